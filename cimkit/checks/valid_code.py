"""valid_code: a code has its form, and its check character where it has one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.codes import SCHEMES
from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operand."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """scheme: a name of `checks.codes.SCHEMES`. Subjects without a value are not asked; each distinct code is tried
    once. `list`: a code must also be in this list."""
    none = np.zeros(len(selected), bool)
    operand = context.operand(options.get("attribute") or options["property"])
    if operand is None:
        return Outcome(none, lambda sids: finding_rows(sids, "code_wrong_form"), asked=none)
    column, has = operand
    asked = selected & has
    codes = column.values.text.str.strip_chars()
    scheme = SCHEMES[options["scheme"]]
    faults = {code: scheme(code) for code in codes.unique()}
    fault = np.array([faults[code] for code in codes], dtype=object)
    allowed = options.get("list")
    if allowed is not None:
        unknown = ~allowed.accepts_text(codes)
        fault[unknown & np.equal(fault, None)] = "code_not_in_list"
    failed = none.copy()
    failed[column.sid[np.not_equal(fault, None)]] = True
    failed &= asked

    def explain(sids: IntArray) -> pl.DataFrame:
        rows = np.searchsorted(column.sid, sids)
        reasons = pl.Series(fault[rows].tolist(), dtype=pl.String)
        return finding_rows(sids, reasons, found=codes.gather(rows), expected=options["scheme"])

    return Outcome(failed, explain, asked=asked)
