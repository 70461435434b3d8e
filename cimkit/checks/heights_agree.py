"""heights_agree: two data sets of one place do not lie a constant height apart.

Ellipsoidal heights taken for heights above the national datum differ from them by nearly the same amount everywhere
(metres to tens of metres), where errors of survey scatter. Both sides give mean heights of cells as readers tell them:
`[[column, row, height], ...]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import orjson

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

if TYPE_CHECKING:
    import polars as pl

__all__ = ["cells_of", "demand", "judge"]

#: Cells that both must have.
_LEAST = 5


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """left, right: the operands; max: metres that the median of the differences may be; spread: metres within which the
    middle half of the differences must lie to be called constant (default 1). Not asked with fewer than five cells in
    common."""
    count = len(selected)
    left, right = (_texts(context, options[side], count) for side in ("left", "right"))
    limit, spread = float(options["max"]), float(options.get("spread") or 1.0)
    asked, failed = np.zeros(count, bool), np.zeros(count, bool)
    told: dict[int, tuple[float, float, int]] = {}
    for sid in np.flatnonzero(selected).tolist():
        differences = _differences(left.get(sid), right.get(sid))
        if len(differences) < _LEAST:
            continue
        asked[sid] = True
        low, median, high = (float(each) for each in np.percentile(differences, (25, 50, 75)))
        if abs(median) > limit and high - low <= spread:
            failed[sid] = True
            told[sid] = (median, high - low, len(differences))

    def explain(sids: IntArray) -> pl.DataFrame:
        rows = [told[sid] for sid in sids.tolist()]
        found = [f"{median:.2f} m" for median, _, _ in rows]
        values = [orjson.dumps({"spread": f"{wide:.2f} m", "cells": str(cells)}).decode() for _, wide, cells in rows]
        return finding_rows(sids, "heights_offset", found=found, expected=f"<= {limit:g} m", values=values)

    return Outcome(failed, explain, asked=asked)


def _texts(context: Context, operand: Any, count: int) -> dict[int, str]:
    """The cells of each subject that has some. One text may be large and stand for many pairs."""
    found = context.operand(operand)
    if found is None:
        return {}
    column, has = found
    rows = np.flatnonzero(has[column.sid]).astype(np.int32)
    texts = column.texts(rows)
    return {sid: text for sid, text in zip(column.sid[rows].tolist(), texts, strict=True) if text is not None}


@lru_cache(maxsize=512)
def cells_of(text: str | None) -> Mapping[tuple[int, int], float]:
    """The heights that a text of cells spells, by column and row; nothing for any other text."""
    try:
        return {(row[0], row[1]): float(row[2]) for row in orjson.loads(text or "")}
    except (orjson.JSONDecodeError, TypeError, ValueError, LookupError):
        return {}


def _differences(left: str | None, right: str | None) -> npt.NDArray[np.float64]:
    """Of the heights of the cells that both have."""
    one, other = cells_of(left), cells_of(right)
    return np.array([one[cell] - other[cell] for cell in one.keys() & other.keys()])
