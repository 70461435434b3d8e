"""`cimcheck rules`: every rule, one a line."""

from __future__ import annotations

import click

from cimkit.cli.command import Command, language_option, option
from cimkit.cli.words import Words

__all__ = ["command"]


def command(words: Words) -> click.Command:
    """The command."""
    parameters: list[click.Parameter] = [
        option(words, "--pack", "packs", key="rules_pack", metavar="ID|PATH", multiple=True),
        language_option(words),
    ]
    return Command("rules", words, lambda packs: _run(words, packs), parameters)


def _run(words: Words, names: tuple[str, ...]) -> None:
    from cimkit.authoring.pages import is_inherited
    from cimkit.rules.load import load_pack, packs

    for pack in [load_pack(name) for name in names] if names else packs():
        for rule in pack.rules:
            if not names and is_inherited(rule, pack):
                continue  # told with the pack that it comes from
            title = rule.title.get(words.lang) or rule.name
            click.echo(f"{rule.code}  {rule.severity:<7}  {rule.evidence:<9}  {rule.status:<10}  {title}")
