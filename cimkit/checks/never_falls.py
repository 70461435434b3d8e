"""never_falls: a counter (heat, water, money spent) only grows, unless a row says why it starts anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.compare import numbers_of
from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.checks.moments import moments_of
from cimkit.checks.series import ordered
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """of: what tells one counter from another; at and unit: when (year, day, minute); value: the reading; unless: rows
    that may start anew. A row fails that reads less than the row before it; the first of a counter is not asked."""
    count = len(selected)
    readings = numbers_of(context, options["value"], count)
    at = moments_of(context, options["at"], str(options["unit"]), count)
    rows = ordered(context, selected & np.isfinite(readings), options["of"], at)
    rows = rows.with_columns(reading=pl.Series(readings[rows["sid"].to_numpy()]))
    steps = rows.with_columns(
        before=pl.col("reading").shift().over("series"),
        sid_before=pl.col("sid").shift().over("series"),
    ).filter(pl.col("before").is_not_null())
    asked, failed = np.zeros(count, bool), np.zeros(count, bool)
    asked[steps["sid"].to_numpy()] = True
    slack = 1e-9 * pl.col("before").abs()
    falls = steps.filter(pl.col("reading") < pl.col("before") - slack)
    failed[falls["sid"].to_numpy()] = True
    if options.get("unless") is not None:
        failed &= ~context.holds(options["unless"])

    def explain(sids: IntArray) -> pl.DataFrame:
        told = pl.DataFrame({"sid": pl.Series(sids, dtype=pl.Int32)}).join(falls, on="sid", how="left").sort("sid")
        return finding_rows(
            sids,
            "counter_falls",
            found=[f"{reading:.12g}" for reading in told["reading"]],
            expected=[f">= {before:.12g}" for before in told["before"]],
            related=[[before] for before in told["sid_before"]],
        )

    return Outcome(failed, explain, asked=asked)
