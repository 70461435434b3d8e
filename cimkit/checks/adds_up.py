"""adds_up: several numbers of one row add up to the total that the row states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cimkit.checks.compare import numbers_of
from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

if TYPE_CHECKING:
    import polars as pl

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """parts, total: operands; an empty part counts as nothing. tolerance: absolute (default 0.005, half of the second
    decimal). A row is asked that states a total and at least one part, and no part that is not a number."""
    count = len(selected)
    parts = np.stack([numbers_of(context, part, count) for part in options["parts"]])
    total = numbers_of(context, options["total"], count)
    sums = np.nansum(parts, axis=0)
    unread = np.any([_written(context, part, count) for part in options["parts"]] & ~np.isfinite(parts), axis=0)
    asked = selected & np.isfinite(total) & np.isfinite(parts).any(axis=0) & ~unread
    slack = float(options.get("tolerance", 0.005)) + 1e-9 * np.abs(np.nan_to_num(total))
    failed = asked & (np.abs(sums - total) > slack)

    def explain(sids: IntArray) -> pl.DataFrame:
        return finding_rows(
            sids,
            "sum_wrong",
            found=[f"{number:.12g}" for number in sums[sids]],
            expected=[f"{number:.12g}" for number in total[sids]],
        )

    return Outcome(failed, explain, asked=asked)


def _written(context: Context, operand: Any, count: int) -> BoolArray:
    """Which subjects have something written there (n)."""
    found = None if isinstance(operand, int | float) else context.operand(operand)
    return np.zeros(count, bool) if found is None else found[1]
