"""no_duplicate_shapes: no two features of a layer have the same geometry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.checks.plane.gathering import Gathered, gather, length_in
from cimkit.checks.plane.survey import need_shapely
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """The geometry."""
    return Demand(geometry=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """between: features of different layers are compared too. tolerance (m): corners are rounded to this grid before
    they are compared; without it they must be the same. The order of parts and where a ring begins do not count. Only
    valid geometries are asked."""
    need_shapely()
    mine = gather(context, selected)
    among = np.zeros(len(mine), np.int64) if options.get("between") else context.facts.subjects.kind[mine.sid]
    group = _groups(mine, among, length_in(mine.crs, float(options.get("tolerance") or 0.0)))
    frame = pl.DataFrame({"sid": mine.sid, "group": group}).filter(pl.col("group") >= 0)
    failed, asked = np.zeros(len(selected), bool), np.zeros(len(selected), bool)
    asked[mine.sid] = True
    failed[frame["sid"].to_numpy()] = True

    def explain(sids: IntArray) -> pl.DataFrame:
        members = frame.sort("sid").group_by("group").agg(others=pl.col("sid").head(6))
        told = frame.filter(pl.col("sid").is_in(sids.tolist())).join(members, on="group").sort("sid")
        related = [[other for other in others if other != sid] for sid, others in told.select("sid", "others").rows()]
        return finding_rows(told["sid"].to_numpy(), "shape_duplicate", related=related)

    return Outcome(failed & selected, explain, asked=asked & selected)


def _groups(mine: Gathered, among: IntArray, grid: float) -> npt.NDArray[np.int64]:
    """A number for each set of equal geometries among those of one number, -1 for one that is alone. Only those of
    equal bounds are compared."""
    import shapely

    group = np.full(len(mine), -1, np.int64)
    bounds = np.round(mine.bounds / grid) if grid else mine.bounds
    boxes = pl.DataFrame(bounds, schema=["w", "s", "e", "n"]).with_columns(among=pl.Series(among, dtype=pl.Int64))
    alike = boxes.is_duplicated().to_numpy()
    places = np.flatnonzero(alike)
    if not len(places):
        return group
    geometry = shapely.force_2d(mine.geometry[places])
    if grid:
        geometry = shapely.transform(geometry, lambda corners: np.round(corners / grid) * grid)
    written = pl.Series("wkb", shapely.to_wkb(shapely.normalize(geometry)).tolist(), dtype=pl.Binary)
    pairs = pl.DataFrame([written, boxes["among"].filter(pl.Series(alike))])
    twice = pairs.is_duplicated()
    numbers = pairs.filter(twice).select(pl.struct("wkb", "among").rank("dense").cast(pl.Int64)).to_series()
    group[places[twice.to_numpy()]] = numbers.to_numpy()
    return group
