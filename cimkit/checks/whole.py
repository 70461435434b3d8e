"""whole: what is asked of the thing that each selected subject is an aggregated part of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cimkit.checks.contract import Context, Outcome
from cimkit.checks.neighbour import judge_neighbour, step
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """The relations that lead there."""
    return Demand(relations=frozenset({"IFCRELAGGREGATES"}))


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """Subjects without one are not asked."""
    through = step(context.facts, "IFCRELAGGREGATES")
    return judge_neighbour(context, selected, options, through, "whole_wrong")
