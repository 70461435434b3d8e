"""gaps: areas that should lie side by side leave no small holes between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cimkit.checks.contract import Context, Outcome, finding_rows, no_rows
from cimkit.checks.plane.gathering import gather, is_geographic, length_in
from cimkit.checks.plane.survey import need_shapely
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

if TYPE_CHECKING:
    import polars as pl

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """The geometry."""
    return Demand(geometry=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """max_area (m², default 1): holes up to this in what the areas cover together are gaps; larger ones are meant.
    Each gap is a finding of the source, with its place and a few areas around it. Only valid areas are asked."""
    need_shapely()
    import shapely

    mine = gather(context, selected, dimension=2)
    asked = np.zeros(len(selected), bool)
    asked[mine.sid] = True
    nothing = np.zeros(len(selected), bool)
    whole = no_rows()
    if len(mine):
        limit = float(options.get("max_area") or 1.0) * length_in(mine.crs, 1.0) ** 2
        parts = shapely.get_parts(shapely.union_all(mine.geometry))
        rings, of = shapely.get_rings(parts, return_index=True)
        inner = np.r_[False, of[1:] == of[:-1]] if len(of) else np.zeros(0, bool)
        holes = shapely.polygons(rings[inner])
        area = shapely.area(holes)
        small = np.flatnonzero(area <= limit)
        whole = _rows(mine.sid, mine.geometry, holes[small], area[small], "" if is_geographic(mine.crs) else " m²")
    return Outcome(nothing, lambda _: no_rows(), asked=asked & selected, whole=whole)


def _rows(sid: Any, geometry: Any, holes: Any, area: Any, unit: str) -> pl.DataFrame:
    import shapely

    around: list[list[int]] = [[] for _ in holes]
    if len(holes):
        hole, beside = shapely.STRtree(geometry).query(holes, predicate="intersects")
        for at, neighbour in zip(hole.tolist(), sid[beside].tolist(), strict=True):
            if len(around[at]) < 6:
                around[at].append(neighbour)
    corners = shapely.get_coordinates(shapely.point_on_surface(holes))
    places = [f"{x:.10g} {y:.10g}" for x, y in corners.tolist()]
    found = [f"{value:.4g}{unit}" for value in area.tolist()]
    first = [others[0] if others else None for others in around]
    return finding_rows(first, "shape_gap", found=found, locator=places, related=[others[1:] for others in around])
