"""Parquet: all findings as one table for analysis, in the words of the JSON report (`failed`, not 不通过).

A rule without findings has one row with nulls, so that the verdict of every rule is in the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import polars as pl

from cimkit.report.model import Report, Result
from cimkit.report.reading import with_messages
from cimkit.report.wording import Words

__all__ = ["write"]

_SUBJECT = ("kind", "id", "name", "tag", "type", "storey")
_SAID = ("found", "expected", "message", "reason", "state", "values")
_RULE = ("code", "pack", "title", "verdict", "severity", "evidence")


def write(report: Report, stream: IO[bytes], max_findings: int = 0) -> None:  # noqa: ARG001 - data formats list all
    """Write one file, its rows in the order of the JSON report."""
    schema = dict.fromkeys((*_RULE, "source", "locator", *_SUBJECT, *_SAID), pl.String)
    tables = list(_tables(report))
    table = pl.concat(tables) if tables else pl.DataFrame(schema=schema)
    table.write_parquet(stream)


def _tables(report: Report) -> Iterator[pl.DataFrame]:
    words = Words(report.lang)
    for result in sorted(report.results, key=lambda result: (result.code, result.pack)):
        frame = with_messages(report, result, result.findings.rows)
        told = frame.select(
            pl.col("path").alias("source"),
            pl.col("place").alias("locator"),
            *(pl.col(f"s_{name}").alias(name) for name in _SUBJECT),
            *_SAID,
        )
        if not told.height:
            told = pl.DataFrame({name: [None] for name in told.columns}, schema=told.schema)
        yield told.select(*_rule(result, words), pl.all())


def _rule(result: Result, words: Words) -> Iterator[pl.Expr]:
    values = (result.code, result.pack, words.title(result), str(result.verdict), result.severity, result.evidence)
    for name, value in zip(_RULE, values, strict=True):
        yield pl.lit(value, dtype=pl.String).alias(name)
