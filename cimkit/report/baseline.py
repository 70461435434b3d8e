"""Baseline: findings that an earlier report already had are known; only new ones count for the exit status.

A baseline forgives nothing: verdicts stay what they are. It only tells what is new.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from cimkit.report.comparing import compare, identities
from cimkit.report.model import FindingTable, Report, Result

__all__ = ["apply_baseline"]


def apply_baseline(report: Report, earlier: Report) -> Report:
    """A new report in which open findings that `earlier` has too are marked `baselined`."""
    known = {(result.code, result.pack): result for result in compare(earlier, report).still}
    results = [_marked(report, result, known.get((result.code, result.pack))) for result in report.results]
    baseline = {
        "created": earlier.created,
        "verdict": str(earlier.verdict),
        "sources": [{"path": source.path, "sha256": source.sha256} for source in earlier.sources],
        "count": sum(result.baselined for result in results),
    }
    return replace(report, results=results, baseline=baseline)


def _marked(report: Report, result: Result, known: Result | None) -> Result:
    rows = result.findings.rows
    if known is not None:
        marks = identities(report, known).with_columns(state=pl.lit("baselined"))
        keys = identities(report, result)
        found = keys.join(marks, on=["subject", "reason", "nth"], how="left", maintain_order="left")["state"]
        rows = rows.with_columns(state=pl.coalesce("state", pl.Series(found)))
    return replace(result, findings=FindingTable(rows), baselined=int((rows["state"] == "baselined").sum()))
