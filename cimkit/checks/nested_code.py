"""nested_code: a code begins with that of its parent, or of one of a list (a street lies in its county)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.checks.series import texts_of
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """code: an operand; parent: another, whose code it must begin with, trailing pairs of zeros of the parent left out
    (210100 stands for 2101). list: the first `length` characters must stand in this list. Subjects that lack a code or
    its parent, or whose code is shorter than `length`, are not asked."""
    count = len(selected)
    code = texts_of(context, options["code"], count).str.strip_chars()
    asked = selected & code.is_not_null().to_numpy()
    if options.get("parent") is not None:
        wanted = texts_of(context, options["parent"], count).str.strip_chars()
        wanted = wanted.str.replace(r"^(\d{2,}?)(00)+$", "$1")
        asked &= wanted.is_not_null().to_numpy()
        pairs = zip(code.fill_null("").to_list(), wanted.fill_null("").to_list(), strict=True)
        good = np.fromiter((one.startswith(start) for one, start in pairs), bool, count)
        expected = wanted
    else:
        length = int(options["length"])
        start = code.str.head(length)
        asked &= (code.fill_null("").str.len_chars() >= length).to_numpy()
        good = options["list"].accepts_text(start)
        expected = pl.Series(["…"], dtype=pl.String).new_from_index(0, count)
    failed = asked & ~good
    reason = "code_not_nested" if options.get("parent") is not None else "code_start_unknown"

    def explain(sids: IntArray) -> pl.DataFrame:
        told = expected.gather(sids) if options.get("parent") is not None else None
        return finding_rows(sids, reason, found=code.gather(sids), expected=told)

    return Outcome(failed, explain, asked=asked)
