"""complete_series: what must come again every so often (a check-up a year, a report a week) has no gap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

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
    """of: what tells one series from another (a city, a point); at: when; unit: year, day or minute; every: the longest
    step allowed. The finding stands at the row after the gap. A series of one moment is not asked."""
    count = len(selected)
    unit, every = str(options["unit"]), float(options["every"])
    rows = ordered(context, selected, options["of"], moments_of(context, options["at"], unit, count))
    moments = rows.unique(["series", "at"], keep="first", maintain_order=True)
    steps = moments.with_columns(
        step=pl.col("at").diff().over("series", order_by="at"),
        before=pl.col("sid").shift().over("series", order_by="at"),
    ).filter(pl.col("step").is_not_null())
    asked, failed = np.zeros(count, bool), np.zeros(count, bool)
    asked[steps["sid"].to_numpy()] = True
    gaps = steps.filter(pl.col("step") > every * (1 + 1e-9))
    failed[gaps["sid"].to_numpy()] = True

    def explain(sids: IntArray) -> pl.DataFrame:
        told = pl.DataFrame({"sid": pl.Series(sids, dtype=pl.Int32)}).join(gaps, on="sid", how="left")
        told = told.sort("sid")
        return finding_rows(
            sids,
            f"series_gap_{unit}",
            found=[f"{step:g}" for step in told["step"]],
            expected=f"<= {every:g}",
            related=[[before] for before in told["before"]],
        )

    return Outcome(failed, explain, asked=asked)
