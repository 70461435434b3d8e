"""`cimcheck packs`: every pack that ships with cimkit, in all its editions."""

from __future__ import annotations

import click

from cimkit.cli.command import Command, language_option
from cimkit.cli.words import Words

__all__ = ["command"]


def command(words: Words) -> click.Command:
    """The command."""
    return Command("packs", words, lambda: _run(words), [language_option(words)])


def _run(words: Words) -> None:
    from cimkit.rules.load import load_pack
    from cimkit.rules.packs import find_editions

    for edition in find_editions():
        pack = load_pack(edition.folder)
        first = pack.in_force[0]
        since = words("in_force_from", day=first) if first else ""
        title = pack.title.get(words.lang) or pack.id
        count = words("rules_count", count=len(pack.rules))
        click.echo(f"{pack.id}  {pack.edition}  {count}  {title}{since}")
