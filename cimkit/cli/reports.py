"""`--report` and `--open`: which files a run writes, and the page that is opened when it is done."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from cimkit.cli.opening import browse, default_page
from cimkit.errors import UsageError

if TYPE_CHECKING:
    from cimkit.report.model import Report

__all__ = ["Wanted"]


class Wanted(Struct, frozen=True):
    """files: formats and paths; page: the HTML page among them; opened: whether it is shown when done."""

    files: tuple[tuple[str, Path], ...]
    page: Path | None
    opened: bool

    @classmethod
    def of(cls, given: Sequence[str], known: Collection[str], *, opened: bool, about: str) -> Wanted:
        """What `--report F=PATH` and `--open` ask for. about: what is checked; an unnamed page stands beside it.

        Raises UsageError for an option of another form and for a format that is not known.
        """
        files = [_wanted(text) for text in given]
        for format, _ in files:
            if format not in known:
                raise UsageError("report.unknown_format", format=format, known=", ".join(sorted(known)))
        page = next((path for format, path in files if format == "html"), None)
        if opened and page is None:
            page = default_page(about)
            files.append(("html", page))
        return cls(tuple(files), page, opened)

    def publish(self, report: Report, output: str, max_findings: int | None) -> None:
        """Write the report's files, then show it on standard output."""
        from cimkit.report.formats import show

        for format, path in self.files:
            report.write(format, str(path), **({} if max_findings is None else {"max_findings": max_findings}))
        show(report, output, sys.stdout, max_findings=max_findings)

    def open(self) -> None:
        """Open the page, where that was asked for."""
        if self.opened and self.page is not None:
            browse(self.page)


def _wanted(text: str) -> tuple[str, Path]:
    """`html=out.html` -> the format and the path."""
    format, equals, path = text.partition("=")
    if not equals or not path:
        raise UsageError("cli.report_form", given=text)
    return format.strip().lower(), Path(path)
