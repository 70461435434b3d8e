"""`cimcheck explain CODE`: the page of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cimkit.cli.command import Command, language_option, option
from cimkit.cli.words import Words
from cimkit.errors import UsageError

if TYPE_CHECKING:
    from cimkit.rules.load import LoadedPack
    from cimkit.rules.model import Rule

__all__ = ["command"]

#: So many codes are named where a beginning of codes was given.
_SHOWN = 12


def command(words: Words) -> click.Command:
    """The command."""
    parameters: list[click.Parameter] = [
        click.Argument(["code"], metavar="CODE"),
        option(words, "--pack", "pack", key="explain_pack", metavar="ID|PATH"),
        language_option(words),
    ]
    return Command("explain", words, lambda code, pack: _run(words, code, pack), parameters)


def _run(words: Words, code: str, pack: str | None) -> None:
    from cimkit.authoring.pages import cases_by_rule, rule_page
    from cimkit.rules.load import load_pack, packs

    rule, holder = _find(code, [load_pack(pack)] if pack is not None else list(packs()))
    click.echo(rule_page(rule, holder, cases_by_rule(holder).get(rule.code, []), words.lang))


def _find(code: str, packs: list[LoadedPack]) -> tuple[Rule, LoadedPack]:
    """The rule of this code, or of this name, in the pack that brought it. Raises UsageError with the nearest code."""
    from cimkit.rules.faults import nearest

    found = [
        (rule, pack) for pack in packs for rule in pack.rules if code.upper() == rule.code or code.lower() == rule.name
    ]
    if found:
        # packs that extend another have its rules too, but not their cases
        return next((pair for pair in found if pair[0].code.startswith(pair[1].prefix)), found[0])
    codes = list(dict.fromkeys(rule.code for pack in packs for rule in pack.rules))
    if under := [each for each in codes if each.startswith(code.upper())]:
        shown = " ".join(under[:_SHOWN]) + (" …" if len(under) > _SHOWN else "")
        raise UsageError("cli.rules_under", word=code, count=len(under), codes=shown)
    near = nearest(code, codes)
    if near is not None:
        raise UsageError("cli.unknown_rule_near", word=code, near=near)
    raise UsageError("cli.unknown_rule", word=code)
