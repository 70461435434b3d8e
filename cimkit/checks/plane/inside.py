"""inside: each selected feature lies within the areas of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.checks.plane.cover import left_over
from cimkit.checks.plane.gathering import gather, length_in
from cimkit.checks.plane.survey import need_shapely
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

if TYPE_CHECKING:
    import polars as pl

__all__ = ["demand", "judge"]

_DEFAULT_TOLERANCE_M = 0.001


def demand(options: Mapping[str, Any]) -> Demand:
    """The geometry."""
    return Demand(geometry=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """of: the areas; tolerance (m, default 1 mm): how far a feature may stand out. Not applicable where there is no
    such area. Only valid geometries are asked."""
    need_shapely()
    import shapely

    mine = gather(context, selected)
    theirs = gather(context, context.holds(options["of"]), dimension=2, crs=mine.crs)
    asked, failed = np.zeros(len(selected), bool), np.zeros(len(selected), bool)
    places: dict[int, str] = {}
    if len(theirs):
        tolerance = length_in(mine.crs, float(options.get("tolerance") or _DEFAULT_TOLERANCE_M))
        rest = left_over(mine, theirs, tolerance)
        out = np.flatnonzero(~shapely.is_empty(rest))
        asked[mine.sid] = True
        failed[mine.sid[out]] = True
        corners = shapely.get_coordinates(shapely.point_on_surface(rest[out])).tolist()
        places = {sid: f"{x:.10g} {y:.10g}" for sid, (x, y) in zip(mine.sid[out].tolist(), corners, strict=True)}

    def explain(sids: IntArray) -> pl.DataFrame:
        found = [places.get(sid) for sid in sids.tolist()]
        return finding_rows(sids, "shape_outside", found=found, expected=context.describe(options["of"]))

    return Outcome(failed & selected, explain, asked=asked & selected)
