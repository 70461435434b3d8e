"""count: how many subjects the rule selects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cimkit.checks.contract import Context, Outcome, no_rows, of_source, whole_finding
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides the selection."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """One finding about the source, naming the subjects where there are too many. Always asked."""
    count = int(selected.sum())
    low, high = options.get("min"), options.get("max")
    expected = f"{'' if low is None else f'{low:g}'}..{'' if high is None else f'{high:g}'}"
    if low is not None and count < low:
        return of_source(len(selected), whole_finding("too_few", found=str(count), expected=expected))
    if high is not None and count > high:
        sids = np.flatnonzero(selected)[:20].astype(np.int32).tolist()
        finding = whole_finding("too_many", found=str(count), expected=expected, related=[sids])
        return of_source(len(selected), finding)
    return of_source(len(selected), no_rows())
