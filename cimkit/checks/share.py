"""share: which part of the selected subjects also meets a condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cimkit.checks.contract import Context, Outcome, no_rows, of_source, whole_finding
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its conditions."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """Not applicable with fewer than `least` subjects (1): a share of nothing says nothing."""
    total = int(selected.sum())
    if total < max(1, int(options.get("least", 1))):
        return of_source(len(selected), no_rows(), looked=False)
    part = int((selected & context.holds(options["of"])).sum())
    share = part / total
    low, high = options.get("min", 0.0), options.get("max", 1.0)
    if low <= share <= high:
        return of_source(len(selected), no_rows())
    reason = "share_too_high" if share > high else "share_too_low"
    bounds = (f"{low:.0%}" if low > 0 else "", f"{high:.0%}" if high < 1 else "")
    finding = whole_finding(reason, found=f"{share:.0%} ({part} / {total})", expected="..".join(bounds))
    return of_source(len(selected), finding)
