"""fresh: the latest day that a subject gives is within so many years, and not later than the day it is judged by.

The day is given (a parameter, usually), never the day of the run: the same data and settings give the same answer. Days
are written as `dates_in_order` reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.checks.dates_in_order import days_of
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """operands: properties or attributes that hold days; as_of: the day, 2024-05-06; max_years: whole, or None.

    Subjects without a readable day are not asked, and nobody is where `as_of` is no day.
    """
    count = len(selected)
    latest = np.full(count, -1, np.int64)
    text = np.full(count, None, dtype=object)
    for operand in options["operands"]:
        found = context.operand(operand)
        if found is None:
            continue
        column, _ = found
        day = np.full(count, -1, np.int64)
        day[column.sid] = days_of(column.values.text)
        written = np.full(count, None, dtype=object)
        written[column.sid] = column.values.text.to_numpy()
        newer = day > latest
        latest[newer], text[newer] = day[newer], written[newer]
    as_of = int(days_of(pl.Series([str(options["as_of"])], dtype=pl.String))[0])
    years = options.get("max_years")
    oldest = -1 if years is None else as_of - round(float(years) * 10_000)
    asked = selected & (latest >= 0) & (as_of >= 0)
    ahead = asked & (latest > as_of)
    stale = asked & (latest < oldest)

    def explain(sids: IntArray) -> pl.DataFrame:
        reasons = np.where(ahead[sids], "day_ahead", "day_stale").tolist()
        limit = f"{oldest // 10_000:04d}-{oldest // 100 % 100:02d}-{oldest % 100:02d}"
        expected = [f"<= {options['as_of']}" if ahead[sid] else f">= {limit}" for sid in sids.tolist()]
        return finding_rows(sids, reasons, found=text[sids].tolist(), expected=expected)

    return Outcome(ahead | stale, explain, asked=asked)
