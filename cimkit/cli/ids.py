"""`cimcheck ids audit FILE...`: IDS 1.0 files."""

from __future__ import annotations

from pathlib import Path

import click

from cimkit.cli.command import Command, Group, language_option
from cimkit.cli.words import Words
from cimkit.errors import PackError
from cimkit.locales import text

__all__ = ["command"]

_REFUSED = PackError.exit_status


def command(words: Words) -> click.Command:
    """The group of commands."""
    return Group("ids", words, {"audit": _audit})


def _audit(words: Words) -> click.Command:
    files = click.Argument(["files"], nargs=-1, required=True, metavar="FILE...")
    return Command("ids audit", words, lambda files: _run(words, files), [files, language_option(words)])


def _run(words: Words, files: tuple[str, ...]) -> int:
    from cimkit.ids.audit.audit import audit
    from cimkit.rules.model import Severity

    errors = 0
    for name in files:
        try:
            data = Path(name).read_bytes()
        except OSError as error:
            errors += 1  # and the other files are audited
            click.echo(
                text("ids.unopened", words.lang, file=name, problem=error.strerror or type(error).__name__), err=True
            )
            continue
        report = audit(data, name)
        wrong = sum(flaw.severity is Severity.ERROR for flaw in report.findings)
        errors += wrong
        for flaw in report.findings:
            severity = words("severity_error" if flaw.severity is Severity.ERROR else "severity_warning")
            place = name if flaw.line is None else f"{name}:{flaw.line}"
            click.echo(f"{place}  {severity}  {flaw.code}  {flaw.message(words.lang)}")
        click.echo(words("ids_summary", file=name, errors=wrong, warnings=len(report.findings) - wrong))
    return _REFUSED if errors else 0
