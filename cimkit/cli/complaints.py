"""What click complains of, as one sentence in the caller's language."""

from __future__ import annotations

import click

from cimkit.cli.words import Words
from cimkit.rules.faults import nearest

__all__ = ["sentence"]


def sentence(error: click.UsageError, words: Words) -> str:
    """The sentence, with the nearest right word where one is near, and where help is."""
    help_of = error.ctx.command_path if error.ctx is not None else "cimcheck"
    return words("complaint", what=_what(error, words), help=words("see_help", command=help_of))


def _what(error: click.UsageError, words: Words) -> str:
    match error:
        case click.NoSuchOption():
            known = [name for each in error.ctx.command.params for name in each.opts] if error.ctx else []
            near = nearest(error.option_name, known)
            if near is not None:
                return words("no_such_option_near", option=error.option_name, near=near)
            return words("no_such_option", option=error.option_name)
        case click.MissingParameter():
            return words("missing_parameter", name=_name(error))
        case click.BadParameter():
            if error.param is not None and isinstance(error.param.type, click.Choice):
                return words("bad_choice", name=_name(error), known=" | ".join(map(str, error.param.type.choices)))
            wanted = _wanted(error.param.type) if error.param is not None else None
            problem = words(wanted[0], **wanted[1]) if wanted is not None else error.message
            return words("bad_parameter", name=_name(error), problem=problem)
        case click.BadOptionUsage() if "does not take" in error.message:  # click has one class for both
            return words("option_without_value", option=error.option_name)
        case click.BadOptionUsage():
            return words("option_needs_value", option=error.option_name)
        case _:
            return words("wrong_use", problem=error.format_message())


def _wanted(kind: click.ParamType[object]) -> tuple[str, dict[str, object]] | None:
    """The sentence on what a number should be; None for values that are no numbers."""
    if isinstance(kind, click.IntRange) and kind.min is not None:
        return "whole_number_from", {"least": kind.min}
    return ("whole_number", {}) if isinstance(kind, click.types.IntParamType) else None


def _name(error: click.BadParameter) -> str:
    parameter = error.param
    if parameter is None:
        return error.param_hint if isinstance(error.param_hint, str) else ""
    return parameter.opts[0] if isinstance(parameter, click.Option) else str(parameter.human_readable_name)
