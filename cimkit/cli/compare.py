"""`cimcheck compare OLD NEW`: what is new, what is mended, what is still there."""

from __future__ import annotations

import sys

import click

from cimkit.cli.command import Command, language_option
from cimkit.cli.words import Words

__all__ = ["command"]


def command(words: Words) -> click.Command:
    """The command."""
    parameters: list[click.Parameter] = [
        click.Argument(["old"], metavar="OLD.json"),
        click.Argument(["new"], metavar="NEW.json"),
        language_option(words),
    ]
    return Command("compare", words, lambda old, new: _run(words, old, new), parameters)


def _run(words: Words, old: str, new: str) -> int:
    from cimkit import compare, load_report
    from cimkit.cli.comparison import comparison_text

    comparison = compare(load_report(old), load_report(new))
    sys.stdout.write(comparison_text(comparison, words))
    return 1 if comparison.added else 0
