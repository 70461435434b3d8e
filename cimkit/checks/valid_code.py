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
    fault = pl.Series([faults[code] for code in codes], dtype=pl.String)
    allowed = options.get("list")
    if allowed is not None:
        unlisted = pl.Series(~allowed.accepts_text(codes)).replace_strict({True: "code_not_in_list", False: None})
        fault = fault.zip_with(fault.is_not_null(), unlisted)
    failed = none.copy()
    failed[column.sid[fault.is_not_null().to_numpy()]] = True
    failed &= asked

    def explain(sids: IntArray) -> pl.DataFrame:
        rows = np.searchsorted(column.sid, sids)
        return finding_rows(sids, fault.gather(rows), found=codes.gather(rows), expected=options["scheme"])

    return Outcome(failed, explain, asked=asked)
