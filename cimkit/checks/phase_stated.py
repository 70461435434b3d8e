"""phase_stated: once some of a model's elements are existing or demolished, every one of them says what it is.

A model in which nothing is existing or demolished is no renovation, and owes no phases at all.
"""

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
    """The phases."""
    return Demand(phases=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """beside: phases whose presence among the selected makes the question one (existing, demolished). Without any of
    them nobody is asked."""
    wanted = set(options.get("beside") or ("existing", "demolished"))
    states = np.zeros(len(selected), bool)
    renovation = False
    phases = context.facts.phases
    if phases is not None:
        stated = np.flatnonzero(phases.present())
        stated = stated[selected[phases.sid[stated]]]
        states[phases.sid[stated]] = True
        renovation = not wanted.isdisjoint(phases.texts(stated.astype(np.int32)))
    asked = selected if renovation else np.zeros(len(selected), bool)
    failed = asked & ~states

    def explain(sids: IntArray) -> pl.DataFrame:
        return finding_rows(sids, "phase_missing")

    return Outcome(failed, explain, asked=asked)
