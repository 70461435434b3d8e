"""references: a value of each selected subject is the key of some other subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """Subjects without a value are not asked. where: whose keys count; to: the operand that is the key. elsewhere: the
    keys may lie in another source, so a source without any of those subjects is not asked."""
    none = np.zeros(len(selected), bool)
    operand = context.operand(options.get("attribute") or options["property"])
    if operand is None:
        return Outcome(none, lambda sids: finding_rows(sids, "reference_missing"), asked=none)
    column, has = operand
    asked = selected & has
    if options.get("elsewhere") and not context.holds(options.get("where")).any():
        return Outcome(none, lambda sids: finding_rows(sids, "reference_missing"), asked=none)
    keys = pl.Series([], dtype=pl.String)
    target = context.operand(options["to"])
    if target is not None:
        key_column, _ = target
        among = context.holds(options["where"]) if options.get("where") is not None else np.ones(len(selected), bool)
        keys = key_column.texts(np.flatnonzero(among[key_column.sid]).astype(np.int32)).unique()
    rows = np.flatnonzero(asked[column.sid]).astype(np.int32)
    known = column.texts(rows).is_in(keys.implode()).to_numpy()
    failed = none.copy()
    failed[column.sid[rows[~known]]] = True

    def explain(sids: IntArray) -> pl.DataFrame:
        position = np.searchsorted(column.sid, sids).astype(np.int32)
        return finding_rows(sids, "reference_missing", found=column.texts(position))

    return Outcome(failed, explain, asked=asked)
