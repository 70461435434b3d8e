"""agree: what a subject says in several places is the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

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
    """Numbers agree within `tolerance` (absolute, default 1e-6 of the larger), texts when equal after folding width,
    case and blanks. Subjects with fewer than two of the operands are not asked."""
    count = len(selected)
    number = np.full((len(options["operands"]), count), np.nan)
    text = np.full((len(options["operands"]), count), None, dtype=object)
    folded = text.copy()
    has = np.zeros(text.shape, bool)
    for place, operand in enumerate(options["operands"]):
        found = context.operand(operand)
        if found is None:
            continue
        column, _ = found
        has[place, column.sid] = True
        number[place, column.sid] = column.values.number
        text[place, column.sid] = column.values.text.to_numpy()
        folded[place, column.sid] = _folded(column.values.text).to_numpy()
    asked = selected & (has.sum(axis=0) >= 2)
    failed = np.zeros(count, bool)
    first = np.argmax(has, axis=0)
    everyone = np.arange(count)
    for place in range(len(options["operands"])):
        both = asked & has[place]
        a, b = number[first, everyone], number[place]
        slack = options.get("tolerance") or 1e-6 * np.fmax(np.abs(a), np.abs(b))
        numeric = np.isfinite(a) & np.isfinite(b)
        apart = np.where(numeric, np.abs(a - b) > slack, folded[first, everyone] != folded[place])
        failed |= both & apart
    names = [context.describe(operand) for operand in options["operands"]]

    def explain(sids: IntArray) -> pl.DataFrame:
        said = [
            "; ".join(f"{name} = {value}" for name, value in zip(names, text[:, sid], strict=True) if value is not None)
            for sid in sids
        ]
        return finding_rows(sids, "disagree", found=said)

    return Outcome(failed, explain, asked=asked)


def _folded(texts: pl.Series) -> pl.Series:
    return texts.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", "")
