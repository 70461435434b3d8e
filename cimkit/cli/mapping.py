"""`--export-map DIR` of a check: where values should have been, for one re-export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from cimkit.cli.words import Words
from cimkit.locales import text

if TYPE_CHECKING:
    from cimkit.report.model import Report

__all__ = ["show_export_map"]


def show_export_map(report: Report, folder: Path, words: Words, stream: TextIO) -> None:
    """Write the mapping of the report's findings and say what was written."""
    from cimkit.authoring.export_map import write_export_map

    found, files = write_export_map(report, folder)
    if not found:
        stream.write(f"{text('exchange.map_empty', words.lang)}\n")
        return
    said = text(
        "exchange.map_written",
        words.lang,
        rows=len(found),
        elements=sum(one.count for one in found),
        folder=str(folder),
        files=", ".join(path.name for path in files),
    )
    stream.write(f"{said}\n")
