"""ratio: a share that a row states is part divided by whole, within the rounding in which it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
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
    """part, whole, stated: operands. The share may be stated as 0.462 or as 46.2; 46.2 stands for 46.15 to 46.25.
    Rows that lack one of the three, or whose whole is 0, are not asked."""
    count = len(selected)
    part, whole, stated = (numbers_of(context, options[name], count) for name in ("part", "whole", "stated"))
    asked = selected & np.isfinite(part) & np.isfinite(whole) & (whole != 0) & np.isfinite(stated)
    share = np.divide(part, whole, out=np.full(count, np.nan), where=asked)
    rounding = {number: _half_a_digit(number) for number in np.unique(stated[asked])}
    slack = np.array([rounding.get(number, 0.0) for number in stated]) * (1 + 1e-9)
    apart = np.minimum(np.abs(stated - share), np.abs(stated - 100.0 * share))
    failed = asked & (apart > slack)

    def explain(sids: IntArray) -> pl.DataFrame:
        return finding_rows(
            sids,
            "ratio_wrong",
            found=[f"{number:.12g}" for number in stated[sids]],
            expected=[f"{100 * number:.4g}%" for number in share[sids]],
        )

    return Outcome(failed, explain, asked=asked)


def _half_a_digit(number: float) -> float:
    """Half of the last digit in which a number is written: 0.05 for 46.2, 0.5 for 94."""
    exponent = Decimal(repr(float(number))).normalize().as_tuple().exponent
    return 0.5 * 10.0 ** min(int(exponent), 0)
