"""same_as: what a subject says is what it is expected to say, another of its values; found and expected are told
apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows, no_rows
from cimkit.facts.columns import BoolArray, Column, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """left: what is found, right: what is expected. Numbers are the same within `tolerance` (absolute, default 1e-9 of
    the larger), texts when equal after folding width, case and blanks. Subjects that lack either are not asked."""
    left, right = (context.operand(options[side]) for side in ("left", "right"))
    nobody = np.zeros(len(selected), bool)
    if left is None or right is None:
        return Outcome(nobody, lambda _: no_rows(), asked=nobody)
    asked = selected & left[1] & right[1]
    sids = np.flatnonzero(asked).astype(np.int32)
    (number, text), (wanted, wanted_text) = (_values(column, sids) for column, _ in (left, right))
    slack = float(options.get("tolerance") or 0.0) + 1e-9 * np.maximum(np.abs(number), np.abs(wanted))
    numbers = ~np.isnan(number) & ~np.isnan(wanted)
    apart = np.where(numbers, np.abs(number - wanted) > slack, (_folded(text) != _folded(wanted_text)).to_numpy())
    failed = nobody.copy()
    failed[sids[apart]] = True

    def explain(of: IntArray) -> pl.DataFrame:
        rows = np.searchsorted(sids, of)
        return finding_rows(of, "not_the_same", found=text.gather(rows), expected=wanted_text.gather(rows))

    return Outcome(failed, explain, asked=asked)


def _values(column: Column, sids: IntArray) -> tuple[Any, pl.Series]:
    """Numbers and texts of these subjects; an operand has one row a subject."""
    rows = np.searchsorted(column.sid, sids)
    return column.values.number[rows], column.texts(rows)


def _folded(text: pl.Series) -> pl.Series:
    return text.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", "")
