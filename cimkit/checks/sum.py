"""sum: the parts of a thing add up to the total that it states."""

from __future__ import annotations

from collections.abc import Mapping
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
    """The relation from part to whole."""
    return Demand(relations=frozenset({options.get("via", "IFCRELAGGREGATES")}))


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """tolerance: share of the total (default 0.01). A whole is asked when it states a total and every part has its
    number: a sum over some of the parts says nothing."""
    count = len(selected)
    total = numbers_of(context, options["total"], count)
    part = numbers_of(context, options["parts"], count)
    link = context.facts.links.get(options.get("via", "IFCRELAGGREGATES"))
    sums, parts, known = (np.zeros(count) for _ in range(3))
    if link is not None:
        there = np.isfinite(part[link.sid])
        np.add.at(parts, link.target, 1)
        np.add.at(known, link.target, there)
        np.add.at(sums, link.target[there], part[link.sid[there]])
    asked = selected & np.isfinite(total) & (parts > 0) & (parts == known)
    failed = asked & (np.abs(sums - total) > float(options.get("tolerance", 0.01)) * np.abs(total))

    def explain(sids: IntArray) -> pl.DataFrame:
        return finding_rows(
            sids,
            "sum_wrong",
            found=[f"{number:.6g}" for number in sums[sids]],
            expected=[f"{number:.6g}" for number in total[sids]],
        )

    return Outcome(failed, explain, asked=asked)
