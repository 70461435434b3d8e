"""quotient: one number of a row divided by another lies between two bounds (height by storeys, crown by height)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

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
    """of divided by `by`; bounds included. Rows that lack a number, or divide by 0, are not asked."""
    count = len(selected)
    above, below = numbers_of(context, options["of"], count), numbers_of(context, options["by"], count)
    asked = selected & np.isfinite(above) & np.isfinite(below) & (below != 0)
    value = np.divide(above, below, out=np.full(count, np.nan), where=asked)
    low = float(options["min"]) if options.get("min") is not None else -np.inf
    high = float(options["max"]) if options.get("max") is not None else np.inf
    slack = 1e-12 * np.abs(value)
    failed = asked & ((value < low - slack) | (value > high + slack))
    names = {side: context.describe(options[side]) for side in ("of", "by")}

    def explain(sids: IntArray) -> pl.DataFrame:
        found = [f"{number:.4g}" for number in value[sids]]
        expected = f"{'' if np.isinf(low) else f'{low:g}'}..{'' if np.isinf(high) else f'{high:g}'}"
        return finding_rows(
            sids, "quotient_outside", found=found, expected=expected, values=orjson.dumps(names).decode()
        )

    return Outcome(failed, explain, asked=asked)
