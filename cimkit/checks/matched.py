"""matched: a subject of a rule across sources has as many counterparts in the other role as it should."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing: pairs know their partners."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """min: default 1; max: default none. Outside a rule across sources nobody is asked. A subject with several
    partners is several pairs; it is one finding, at the first."""
    partners = context.facts.whole.get("partners")
    none = np.zeros(len(selected), bool)
    if not isinstance(partners, np.ndarray):
        return Outcome(none, lambda sids: finding_rows(sids, "unmatched"), asked=none)
    low, high = options.get("min", 1), options.get("max")
    failed = selected & (partners < low)
    if high is not None:
        again: Any = context.facts.whole["again"]
        failed |= selected & (partners > high) & ~again
    roles: Any = context.facts.whole["roles"]
    values = orjson.dumps({"role": roles[1]}).decode()
    expected = f"{low:g}.." if high is None else f"{low:g}..{high:g}" if high != low else f"{low:g}"

    def explain(sids: IntArray) -> pl.DataFrame:
        counts = partners[sids]
        reason = pl.Series(["unmatched" if count < low else "matched_often" for count in counts.tolist()])
        found = [str(count) for count in counts.tolist()]
        return finding_rows(sids, reason, found=found, expected=expected, values=values)

    return Outcome(failed, explain)
