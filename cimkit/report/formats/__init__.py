"""The formats a report can be written in: one file each, and one explicit table of names.

A format is a function `write(report, stream, max_findings)` that writes bytes. `max_findings` caps the findings shown
for each rule in formats that people read; data formats list all that the report keeps and ignore it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO

from cimkit.errors import UsageError
from cimkit.whole_files import written_whole

if TYPE_CHECKING:
    from cimkit.report.model import Report

__all__ = ["FORMATS", "MAX_FINDINGS", "TO_STANDARD_OUTPUT", "render", "show", "write"]

#: Name of the format -> where its writer is.
FORMATS = {
    "bcf": "cimkit.report.formats.bcf:write",
    "csv": "cimkit.report.formats.csv:write",
    "html": "cimkit.report.formats.html:write",
    "json": "cimkit.report.formats.json:write",
    "jsonl": "cimkit.report.formats.jsonl:write",
    "junit": "cimkit.report.formats.junit:write",
    "markdown": "cimkit.report.formats.markdown:write",
    "parquet": "cimkit.report.formats.parquet:write",
    "sarif": "cimkit.report.formats.sarif:write",
    "text": "cimkit.report.formats.text:write",
    "xlsx": "cimkit.report.formats.xlsx:write",
}
#: Formats that make sense on standard output.
TO_STANDARD_OUTPUT = ("text", "json", "jsonl", "markdown")
#: Findings shown for each rule unless the caller says otherwise. A terminal is for a glance: text shows few.
MAX_FINDINGS = 1000
MAX_FINDINGS_ON_TERMINAL = 5

Writer = Callable[["Report", IO[bytes], int], None]


def _writer(format: str) -> Writer:
    if format not in FORMATS:
        raise UsageError("report.unknown_format", format=format, known=", ".join(sorted(FORMATS)))
    module, _, function = FORMATS[format].partition(":")
    writer: Writer = getattr(import_module(module), function)
    return writer


def write(report: Report, format: str, path: str | os.PathLike[str], *, max_findings: int = MAX_FINDINGS) -> None:
    """Write the report to `path`: whole or not at all, never half a file over an older one.

    Raises UsageError for an unknown format, for a format whose library is not installed, and for a path that can't
    be written (its folder is missing, or another program has the file open).
    """
    writer = _writer(format)
    target = Path(path)
    try:
        with written_whole(target) as stream:
            writer(report, stream, max_findings)
    except OSError as error:
        raise UsageError("report.cannot_write", path=str(target), why=error.strerror or str(error)) from error


def render(
    report: Report,
    format: str,
    *,
    max_findings: int | None = None,
    width: int = 100,
    colour: bool = False,
) -> str:
    """The report as a string. width, colour: of text only. Raises UsageError for a format that is not text."""
    if format == "text":
        from cimkit.report.formats.text import to_text

        cap = MAX_FINDINGS_ON_TERMINAL if max_findings is None else max_findings
        return to_text(report, max_findings=cap, width=width, colour=colour)
    if format not in TO_STANDARD_OUTPUT:
        raise UsageError("report.not_for_standard_output", format=format, known=", ".join(TO_STANDARD_OUTPUT))
    stream = BytesIO()
    _writer(format)(report, stream, MAX_FINDINGS if max_findings is None else max_findings)
    return stream.getvalue().decode("utf-8")


def show(report: Report, format: str, stream: TextIO, *, max_findings: int | None = None) -> None:
    """Print the report on standard output.

    Text fits the terminal's width, is coloured only on a terminal and without NO_COLOR, and what the terminal's
    encoding (a Chinese Windows console has cp936) cannot show becomes `?`. The other formats are UTF-8 everywhere.
    """
    binary: IO[bytes] | None = getattr(stream, "buffer", None)
    if format == "text":
        terminal = stream.isatty()
        rendered = render(
            report,
            format,
            max_findings=max_findings,
            width=_terminal_width() if terminal else 100,
            colour=terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
        )
        encoding = stream.encoding or "utf-8"
        stream.write(rendered.encode(encoding, "replace").decode(encoding))
    else:
        rendered = render(report, format, max_findings=max_findings)
        if binary is None:
            stream.write(rendered)
        else:
            stream.flush()
            binary.write(rendered.encode("utf-8"))
            binary.flush()


def _terminal_width() -> int:
    import shutil

    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 160))
