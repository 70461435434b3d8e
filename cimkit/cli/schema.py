"""`cimcheck schema NAME`: the JSON Schema of a document that cimkit writes or reads."""

from __future__ import annotations

import sys
from importlib import resources

import click

from cimkit.cli.command import Command, language_option
from cimkit.cli.words import Words

__all__ = ["SCHEMAS", "command"]

#: Name of the document -> package and file of its schema.
SCHEMAS = {
    "report": ("cimkit.report", "schemas/report.json"),
    "pack": ("cimkit.rules", "schemas/pack.json"),
    "rule": ("cimkit.rules", "schemas/rule.json"),
    "settings": ("cimkit.rules", "schemas/settings.json"),
    "project": ("cimkit.projects", "schemas/project.json"),
    "portfolio": ("cimkit.projects", "schemas/portfolio.json"),
    "delivery": ("cimkit.readers.delivery", "schemas/delivery.json"),
    "waivers": ("cimkit.report", "schemas/waivers.json"),
}


def command(words: Words) -> click.Command:
    """The command."""
    parameters: list[click.Parameter] = [
        click.Argument(["document"], type=click.Choice(list(SCHEMAS)), metavar="DOCUMENT"),
        language_option(words),
    ]
    return Command("schema", words, _run, parameters)


def _run(document: str) -> None:
    package, path = SCHEMAS[document]
    sys.stdout.write((resources.files(package) / path).read_text(encoding="utf-8"))
