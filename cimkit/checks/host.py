"""host: what is asked of the element in which a door, a window or an opening sits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cimkit.checks.contract import Context, Outcome
from cimkit.checks.neighbour import judge_neighbour, step
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """The relations that lead there."""
    return Demand(relations=frozenset({"IFCRELFILLSELEMENT", "IFCRELVOIDSELEMENT"}))


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """Subjects without one are not asked."""
    filled, voided = step(context.facts, "IFCRELFILLSELEMENT"), step(context.facts, "IFCRELVOIDSELEMENT")
    through = np.where(filled >= 0, voided[filled], voided)
    return judge_neighbour(context, selected, options, through, "host_wrong")
