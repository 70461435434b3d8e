"""linked: how many links of a relation each selected subject has."""

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
    """The relations."""
    return Demand(relations=frozenset(options["relation"]))


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """inverse: links that lead to the subject. other: only links whose other end meets a condition. Default min 1."""
    count = len(selected)
    other = context.holds(options["other"]) if options.get("other") is not None else np.ones(count, bool)
    links = np.zeros(count, np.int64)
    for relation in options["relation"]:
        link = context.facts.links.get(relation)
        if link is None:
            continue
        near, far = (link.target, link.sid) if options.get("inverse") else (link.sid, link.target)
        links += np.bincount(near[other[far]], minlength=count)
    low = options.get("min", 1 if options.get("max") is None else 0)
    high = options.get("max")
    few = selected & (links < low)
    many = selected & (links > high) if high is not None else np.zeros(count, bool)
    values = orjson.dumps({"relation": ", ".join(options["relation"])}).decode()
    expected = f"{low:g}.." + ("" if high is None else f"{high:g}")

    def explain(sids: IntArray) -> pl.DataFrame:
        reasons = pl.Series(np.where(few[sids], "not_linked", "linked_too_often"))
        return finding_rows(
            sids, reasons, found=pl.Series(links[sids]).cast(pl.String), expected=expected, values=values
        )

    return Outcome(few | many, explain)
