"""dangles: the ends of lines meet other lines, and do not stop short of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.checks.plane.gathering import Gathered, gather, length_in
from cimkit.checks.plane.survey import need_shapely
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]

_DEFAULT_TOLERANCE_M = 0.5
#: Ends nearer than this meet (m).
_MEETS_M = 1e-6


def demand(options: Mapping[str, Any]) -> Demand:
    """The geometry."""
    return Demand(geometry=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """tolerance (m, default 0.5): an end that meets no other line, and has one within this distance, dangles. any:
    every end that meets no other line does, except the ends of a closed line. Only valid lines are asked."""
    need_shapely()
    mine = gather(context, selected, dimension=1)
    tolerance = float(options.get("tolerance") or _DEFAULT_TOLERANCE_M)
    ends = _ends(mine, length_in(mine.crs, tolerance), length_in(mine.crs, _MEETS_M))
    loose = ends.filter(pl.col("meets").not_())
    if not options.get("any"):
        loose = loose.filter(pl.col("distance").is_not_null())
    asked, failed = np.zeros(len(selected), bool), np.zeros(len(selected), bool)
    asked[mine.sid] = True
    failed[loose["sid"].to_numpy()] = True
    metre = length_in(mine.crs, 1.0)

    def explain(sids: IntArray) -> pl.DataFrame:
        """One finding an end, at its place."""
        told = loose.filter(pl.col("sid").is_in(sids.tolist())).sort("sid", maintain_order=True)
        columns = told.select("distance", "other").rows()
        found = [None if distance is None else f"{distance / metre:.3g} m" for distance, _ in columns]
        related = [[] if other is None else [other] for _, other in columns]
        sid = told["sid"].to_numpy()
        return finding_rows(sid, "shape_dangles", found=found, locator=told["place"].to_list(), related=related)

    return Outcome(failed & selected, explain, asked=asked & selected)


def _ends(mine: Gathered, tolerance: float, meets: float) -> pl.DataFrame:
    """Both ends of every open line: sid, place, whether it meets another, distance and subject of the nearest other
    line within the tolerance (null: none)."""
    import shapely

    lines, owner = shapely.get_parts(mine.geometry, return_index=True)
    open_lines = np.flatnonzero(~shapely.is_closed(lines))
    points = np.concatenate([shapely.get_point(lines[open_lines], 0), shapely.get_point(lines[open_lines], -1)])
    of = np.concatenate([open_lines, open_lines])
    end, line = shapely.STRtree(lines).query(points, predicate="dwithin", distance=max(tolerance, meets))
    another = of[end] != line
    end, line = end[another], line[another]
    near = pl.DataFrame(
        {"end": end, "distance": shapely.distance(points[end], lines[line]), "other": mine.sid[owner[line]]},
        schema={"end": pl.Int64, "distance": pl.Float64, "other": pl.Int32},
    )
    nearest = (
        near.sort("distance", maintain_order=True)
        .group_by("end")
        .agg(pl.col("distance").first(), pl.col("other").first())
    )
    corners = shapely.get_coordinates(points)
    frame = pl.DataFrame(
        {
            "end": np.arange(len(points)),
            "sid": mine.sid[owner[of]],
            "place": [f"{x:.10g} {y:.10g}" for x, y in corners.tolist()],
        },
        schema={"end": pl.Int64, "sid": pl.Int32, "place": pl.String},
    )
    joined = frame.join(nearest, on="end", how="left", maintain_order="left")
    return joined.with_columns(meets=(pl.col("distance") <= meets).fill_null(value=False))
