"""The formats of a portfolio: one file each, and one table of names. A writer is `write(portfolio, stream)`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import IO

from cimkit.errors import UsageError
from cimkit.projects.portfolio.model import Portfolio
from cimkit.whole_files import written_whole

__all__ = ["FORMATS", "known_format", "write"]

#: Name of the format -> module of this package.
FORMATS = {"docx": "docx", "html": "html", "json": "json", "text": "text", "xlsx": "xlsx"}

Writer = Callable[[Portfolio, IO[bytes]], None]


def known_format(format: str) -> None:
    """Raises UsageError for a format that a portfolio can't be written in."""
    if format not in FORMATS:
        raise UsageError("report.unknown_format", format=format, known=", ".join(sorted(FORMATS)))


def write(portfolio: Portfolio, format: str, path: Path) -> None:
    """Write the portfolio to a file: whole or not at all.

    Raises UsageError for an unknown format, one whose library is not installed, and a path that can't be written.
    """
    known_format(format)
    writer: Writer = import_module(f"cimkit.projects.portfolio.formats.{FORMATS[format]}").write
    try:
        with written_whole(path) as stream:
            writer(portfolio, stream)
    except OSError as error:
        raise UsageError("report.cannot_write", path=str(path), why=error.strerror or str(error)) from error
