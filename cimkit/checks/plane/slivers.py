"""slivers: no area is so thin that only a slip of digitising can have made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.checks.plane.gathering import gather, length_in
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
    """width (m, default 0.1): an area is a sliver when twice its area over its perimeter is less: the mean width of a
    long thin strip. max_area (m²): larger ones are not asked. Only valid areas are."""
    need_shapely()
    import shapely

    mine = gather(context, selected, dimension=2)
    metre = length_in(mine.crs, 1.0)
    area, around = shapely.area(mine.geometry), shapely.length(mine.geometry)
    width = np.divide(2 * area, around, out=np.zeros(len(mine)), where=around > 0) / metre
    few = np.ones(len(mine), bool)
    if options.get("max_area") is not None:
        few = area <= float(options["max_area"]) * metre**2
    limit = float(options.get("width") or 0.1)
    asked, failed = np.zeros(len(selected), bool), np.zeros(len(selected), bool)
    widths = np.zeros(len(selected))
    asked[mine.sid[few]] = True
    widths[mine.sid] = width
    failed[mine.sid[few & (width < limit)]] = True

    def explain(sids: IntArray) -> pl.DataFrame:
        found = [f"{value:.3g} m" for value in widths[sids].tolist()]
        return finding_rows(sids, "shape_sliver", found=found, expected=f">= {limit:g} m")

    return Outcome(failed & selected, explain, asked=asked & selected)
