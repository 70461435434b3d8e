"""Findings as one flat table, a row each, for spreadsheets and data tools.

A rule that a person must judge, or that could not be judged, has a row of its own: a table that lists findings only
would look as if nothing else were open.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from cimkit.report.model import Report, Result, Verdict
from cimkit.report.outline import by_importance
from cimkit.report.reading import with_messages
from cimkit.report.wording import Words, rule_reason

__all__ = ["COLUMNS", "flat_tables"]

#: Columns, in order; all of them text.
COLUMNS = (
    "severity", "code", "rule", "verdict", "state", "source", "storey", "kind", "name", "type", "id", "tag", "locator",
    "problem", "found", "expected", "fix", "pack", "evidence",
)  # fmt: skip
_WITHOUT_FINDINGS = frozenset({Verdict.MANUAL, Verdict.BLOCKED, Verdict.FAILED})


def flat_tables(report: Report) -> Iterator[pl.DataFrame]:
    """One frame of COLUMNS for each rule that has findings or that needs a person, the most important first."""
    words = Words(report.lang)
    for result in by_importance(report):
        if len(result.findings):
            yield _findings(report, result, words)
        elif result.verdict in _WITHOUT_FINDINGS:
            problem = rule_reason(words, result)
            yield _ordered(pl.DataFrame({"problem": [problem]}, schema={"problem": pl.String}), result, words)


def _findings(report: Report, result: Result, words: Words) -> pl.DataFrame:
    frame = with_messages(report, result, result.findings.rows)
    states = {state: words.known("state", state) for state in frame["state"].drop_nulls().unique()}
    state = pl.col("state").replace_strict(states, return_dtype=pl.String) if states else pl.col("state")
    return _ordered(
        frame.select(
            state.alias("state"),
            "found",
            "expected",
            pl.col("message").alias("problem"),
            pl.col("path").alias("source"),
            pl.col("place").alias("locator"),
            *(pl.col(f"s_{name}").alias(name) for name in ("storey", "kind", "name", "type", "id", "tag")),
        ),
        result,
        words,
    )


def _ordered(frame: pl.DataFrame, result: Result, words: Words) -> pl.DataFrame:
    same = {
        "severity": words.severity(result.severity),
        "code": result.code,
        "rule": words.title(result),
        "verdict": words.verdict(result.verdict),
        "fix": words.local(result.fix),
        "pack": result.pack,
        "evidence": words.known("evidence", result.evidence),
    }
    absent = {name: None for name in COLUMNS if name not in same and name not in frame.columns}
    constants = [pl.lit(value, dtype=pl.String).alias(name) for name, value in {**same, **absent}.items()]
    return frame.with_columns(constants).select(COLUMNS)
