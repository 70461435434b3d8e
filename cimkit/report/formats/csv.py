"""CSV for spreadsheets: UTF-8 with a byte order mark (Excel reads Chinese right), headings in the report's language.

A text that a spreadsheet would take for a formula gets an apostrophe before it: names come from files of others.
"""

from __future__ import annotations

from typing import IO

import polars as pl

from cimkit.report.formats.flat import COLUMNS, flat_tables
from cimkit.report.model import Report
from cimkit.report.wording import Words

__all__ = ["FORMULA", "write"]

#: What begins a formula in one spreadsheet or another; a plain number may begin with its sign.
FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
_NUMBER = r"^[+-]?\d+(\.\d+)?$"


def write(report: Report, stream: IO[bytes], max_findings: int = 0) -> None:  # noqa: ARG001 - data formats list all
    """Write all findings, one a row."""
    words = Words(report.lang)
    heading = pl.DataFrame({name: [words(f"column_{name}")] for name in COLUMNS})
    for place, table in enumerate([heading, *flat_tables(report)]):
        guarded = table.with_columns(_guarded(pl.col(name)) for name in COLUMNS)
        lines = guarded.write_csv(include_header=False, line_terminator="\r\n", include_bom=place == 0)
        stream.write(lines.encode("utf-8"))


def _guarded(text: pl.Expr) -> pl.Expr:
    formula = text.str.contains(FORMULA) & ~text.str.contains(_NUMBER)
    return pl.when(formula).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).name.keep()
