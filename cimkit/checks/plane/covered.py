"""covered: the area of each selected feature is covered by others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.checks.plane.cover import left_over
from cimkit.checks.plane.gathering import gather
from cimkit.checks.plane.survey import need_shapely
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

if TYPE_CHECKING:
    import polars as pl

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """The geometry."""
    return Demand(geometry=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """by: the areas that cover; share (default 1): how much of a feature's area they must cover, a millionth of it
    apart. Only valid areas are asked; with nothing that covers, every one fails."""
    need_shapely()
    import shapely

    mine = gather(context, selected, dimension=2)
    theirs = gather(context, context.holds(options["by"]), dimension=2, crs=mine.crs)
    wanted = float(options.get("share") or 1.0)
    area = shapely.area(mine.geometry)
    left = shapely.area(left_over(mine, theirs, 0.0))
    share = 1.0 - np.divide(left, area, out=np.zeros(len(mine)), where=area > 0)
    asked, failed = np.zeros(len(selected), bool), np.zeros(len(selected), bool)
    shares = np.zeros(len(selected))
    asked[mine.sid] = True
    shares[mine.sid] = share
    failed[mine.sid[share < wanted - 1e-6]] = True

    def explain(sids: IntArray) -> pl.DataFrame:
        found = [f"{100 * value:.4g}%" for value in shares[sids].tolist()]
        return finding_rows(sids, "shape_uncovered", found=found, expected=f">= {100 * wanted:g}%")

    return Outcome(failed & selected, explain, asked=asked & selected)
