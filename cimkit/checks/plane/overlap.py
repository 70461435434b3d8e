"""no_overlap: areas do not cover one another, within a layer or between layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.checks.plane.gathering import Gathered, gather, is_geographic, length_in
from cimkit.checks.plane.survey import need_shapely
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]

_DEFAULT_TOLERANCE_M = 0.001
#: Pairs looked at together: intersections take memory.
_TOGETHER = 100_000


def demand(options: Mapping[str, Any]) -> Demand:
    """The geometry."""
    return Demand(geometry=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """other: areas that must not be covered; without it, the selected ones among themselves. tolerance (m, default
    1 mm): overlaps that are narrower do not count. Only valid areas are asked."""
    need_shapely()
    tolerance = float(options.get("tolerance") or _DEFAULT_TOLERANCE_M)
    count = len(selected)
    mine = gather(context, selected, dimension=2)
    other = options.get("other")
    theirs = mine if other is None else gather(context, context.holds(other), dimension=2, crs=mine.crs)
    first, second, area = _overlaps(mine, theirs, length_in(mine.crs, tolerance), same=other is None)
    pairs = pl.DataFrame({"sid": mine.sid[first], "other": theirs.sid[second], "area": area})
    if other is None:
        pairs = pl.concat([pairs, pairs.select(sid="other", other="sid", area="area")])
    failed, asked = np.zeros(count, bool), np.zeros(count, bool)
    asked[mine.sid] = True
    failed[pairs["sid"].to_numpy()] = True

    def explain(sids: IntArray) -> pl.DataFrame:
        """One finding a feature: what it overlaps, the largest first, and how much."""
        told = (
            pairs.filter(pl.col("sid").is_in(sids.tolist()))
            .sort("area", descending=True, maintain_order=True)
            .group_by("sid")
            .agg(related=pl.col("other").head(6), area=pl.col("area").sum())
            .sort("sid")
        )
        unit = "" if is_geographic(mine.crs) else " m²"
        found = [f"{value:.4g}{unit}" for value in told["area"]]
        return finding_rows(told["sid"].to_numpy(), "shape_overlaps", found=found, related=told["related"].to_list())

    return Outcome(failed & selected, explain, asked=asked & selected)


def _overlaps(
    mine: Gathered, theirs: Gathered, tolerance: float, *, same: bool
) -> tuple[IntArray, IntArray, npt.NDArray[np.float64]]:
    """Pairs (places in mine and theirs) whose common area is broader than the tolerance, and that area."""
    import shapely

    nothing = np.zeros(0, np.int64)
    if not len(mine) or not len(theirs):
        return nothing, nothing, np.zeros(0)
    tree = shapely.STRtree(theirs.geometry)
    first, second = tree.query(mine.geometry)
    keep = first < second if same else mine.sid[first] != theirs.sid[second]
    first, second = first[keep], second[keep]
    a, b = mine.bounds[first], theirs.bounds[second]
    width = np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0])
    height = np.minimum(a[:, 3], b[:, 3]) - np.maximum(a[:, 1], b[:, 1])
    keep = (width > tolerance) & (height > tolerance)  # neighbours that only touch
    first, second = first[keep], second[keep]
    kept: list[npt.NDArray[np.bool_]] = [np.zeros(0, bool)]
    areas: list[npt.NDArray[np.float64]] = [np.zeros(0)]
    for start in range(0, len(first), _TOGETHER):
        part = slice(start, start + _TOGETHER)
        common = shapely.intersection(mine.geometry[first[part]], theirs.geometry[second[part]])
        area = shapely.area(common)
        broad = area > tolerance * tolerance
        if broad.any():  # what is left after a strip of half the tolerance goes from every side
            broad[broad] = ~shapely.is_empty(shapely.buffer(common[broad], -tolerance / 2, join_style="mitre"))
        kept.append(broad)
        areas.append(area)
    broad, area = np.concatenate(kept), np.concatenate(areas)
    return first[broad], second[broad], area[broad]
