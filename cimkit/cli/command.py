"""Commands whose help and headings are in the caller's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from cimkit.cli.words import Words
from cimkit.errors import UsageError
from cimkit.rules.faults import nearest

__all__ = ["Command", "Group", "language_option", "option"]


class _Local:
    """What click says of a command in English only, said in the caller's language. Mixed into its classes."""

    words: Words

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=self.words("heading_usage"))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]  # type: ignore[attr-defined]
        records = [record for each in options if (record := each.get_help_record(ctx))]
        if records:
            with formatter.section(self.words("heading_options")):
                formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option: click.Option | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = self.words("help_help")
        return option


class Command(_Local, click.Command):
    """A command. `name` is also the key of its help: `help_<name>`."""

    def __init__(self, name: str, words: Words, run: Callable[..., Any], params: list[click.Parameter]) -> None:
        self.words = words
        text = words(f"help_{name.replace(' ', '_').replace('-', '_')}")
        super().__init__(
            name.rpartition(" ")[2], callback=run, params=params, help=text, options_metavar=words("metavar_options")
        )


class Group(_Local, click.Group):
    """Commands under one name, each loaded when it is called or listed. commands: name -> function that builds it."""

    def __init__(self, name: str, words: Words, builders: dict[str, Callable[[Words], click.Command]]) -> None:
        self.words = words
        self.builders = builders
        super().__init__(
            name,
            help=words(f"help_{name}"),
            params=[language_option(words)],
            subcommand_metavar=words("metavar_command"),
            options_metavar=words("metavar_options"),
        )

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's interface)
        return list(self.builders)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        builder = self.builders.get(cmd_name)
        return builder(self.words) if builder else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Raises UsageError, with the nearest name, for a command that is not there."""
        if args[0] not in self.builders and not args[0].startswith("-"):
            near = nearest(args[0], self.builders) or next(iter(self.builders))
            raise UsageError("cli.no_such_command", word=f"{self.name} {args[0]}", near=f"{self.name} {near}")
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Without loading one of them: their first sentences are in the locale files."""
        _Local.format_options(self, ctx, formatter)
        rows = [(name, first_sentence(self.words(f"help_{self.name}_{name}"))) for name in self.builders]
        with formatter.section(self.words("heading_commands").rstrip(":：")):
            formatter.write_dl(rows)


def first_sentence(text: str) -> str:
    """The part of a help text that fits a list of commands."""
    return text.partition("\n")[0].rstrip("。.")


def option(
    words: Words,
    *names: str,
    key: str,
    metavar: str | None = None,
    values: Mapping[str, str] | None = None,
    **attributes: Any,
) -> click.Option:
    """An option whose help is the sentence `option_<key>`, filled with `values`."""
    return click.Option(list(names), help=words(f"option_{key}", **(values or {})), metavar=metavar, **attributes)


def language_option(words: Words) -> click.Option:
    """`--lang`, which every command takes. It was read before the command line was parsed; here it is checked."""
    return option(words, "--lang", key="lang", type=click.Choice(["zh", "en"]), expose_value=False)
