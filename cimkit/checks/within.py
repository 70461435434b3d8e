"""within: a number of each selected subject lies between two bounds."""

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
    """Nothing besides its operand."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """Bounds included, no tolerance, both sides at 12 significant digits. Subjects without the number are not asked."""
    numbers = numbers_of(context, options["value"], len(selected))
    low = float(options["min"]) if options.get("min") is not None else -np.inf
    high = float(options["max"]) if options.get("max") is not None else np.inf
    asked = selected & np.isfinite(numbers)
    slack = 1e-12 * np.abs(numbers)
    failed = asked & ((numbers < low - slack) | (numbers > high + slack))

    def explain(sids: IntArray) -> pl.DataFrame:
        expected = f"{'' if low == -np.inf else f'{low:g}'}..{'' if high == np.inf else f'{high:g}'}"
        return finding_rows(
            sids, "number_outside", found=[f"{number:.12g}" for number in numbers[sids]], expected=expected
        )

    return Outcome(failed, explain, asked=asked)
