"""placed: coordinates can be true in the reference system that their layer states.

Ranges: EPSG register v11.022; China lies within 3 to 54 degrees north and 73 to 136 degrees east.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows, no_rows, whole_finding
from cimkit.checks.places import EASTING_M, NORTHING_M, PREFIXED_EASTING_M, box_text, epsg_code, gauss_kruger_zone
from cimkit.checks.plane.gathering import is_geographic, system
from cimkit.checks.plane.survey import shapes_of, survey
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand
from cimkit.facts.shapes import LayerShapes
from cimkit.facts.systems import change_of_system

__all__ = ["demand", "judge"]

_Bounds = npt.NDArray[np.float64]
#: Which rows (of those with bounds) can't be true, and what was expected instead; None: the aspect does not apply.
_Answer = tuple[BoolArray, str | None] | None

_LATITUDE, _LONGITUDE = (3.0, 54.0), (73.0, 136.0)
#: From here on nearly all of a layer is wrong, and one finding says so.
_WHOLE_LAYER = 0.95
_FEWEST = 20
#: Half the width of a zone of 3 and of 6 degrees at the equator, where it is widest (m).
_HALF_ZONE_M = {3: 167_000.0, 6: 334_000.0}


def demand(options: Mapping[str, Any]) -> Demand:
    """The geometry."""
    return Demand(geometry=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """aspect: `degrees` degrees in a system of metres; `metres` the reverse; `swapped` north and east in each other's
    place; `zone` the zone's number before the easting missing, doubled or another than the system's; `span` beyond the
    zone; `inside` within a `box` of degrees. Layers whose system does not make the question possible are not asked.
    Where nearly every feature of a layer fails, one finding says it of the layer."""
    aspect = str(options["aspect"])
    count = len(selected)
    asked, failed = np.zeros(count, bool), np.zeros(count, bool)
    found: dict[int, LayerShapes] = {}
    expected: dict[int, str | None] = {}
    wholes = []
    shapes = shapes_of(context)
    for number, (layer, chosen) in enumerate(shapes.selected(selected) if shapes is not None else ()):
        everywhere = survey(context, layer).bounds
        rows = chosen[np.isfinite(everywhere[chosen]).all(axis=1)]
        bounds = everywhere[rows]
        answer = _ASPECTS[aspect](bounds, layer.crs, options) if len(rows) else None
        if answer is None:
            continue
        wrong, wanted = answer
        asked[layer.sid[rows]] = True
        if len(rows) >= _FEWEST and wrong.mean() >= _WHOLE_LAYER:
            wholes.append(_whole(layer, bounds[wrong], f"placed_{aspect}", wanted))
        else:
            failed[layer.sid[rows[wrong]]] = True
        found[number], expected[number] = layer, wanted

    def explain(sids: IntArray) -> pl.DataFrame:
        frames = []
        for number, layer in found.items():
            rows = np.flatnonzero(np.isin(layer.sid, sids))
            told = [_box(bounds) for bounds in survey(context, layer).bounds[rows]]
            frames.append(finding_rows(layer.sid[rows], f"placed_{aspect}", found=told, expected=expected[number]))
        return pl.concat(frames).sort("sid", maintain_order=True) if frames else no_rows()

    return Outcome(failed, explain, asked=asked, whole=pl.concat(wholes) if wholes else None)


def _whole(layer: LayerShapes, bounds: _Bounds, reason: str, expected: str | None) -> pl.DataFrame:
    extent = np.r_[bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)]
    return whole_finding(reason, locator=layer.layer, found=f"{_box(extent)} × {len(bounds)}", expected=expected)


def _box(bounds: _Bounds) -> str:
    west, south, east, north = (f"{value:.10g}" for value in bounds.tolist())
    return f"x {west} ~ {east}, y {south} ~ {north}" if (west, south) != (east, north) else f"x {west}, y {south}"


def _within(bounds: _Bounds, x: tuple[float, float], y: tuple[float, float]) -> BoolArray:
    inside: BoolArray = (
        (bounds[:, 0] >= x[0]) & (bounds[:, 2] <= x[1]) & (bounds[:, 1] >= y[0]) & (bounds[:, 3] <= y[1])
    )
    return inside


def _degrees(bounds: _Bounds, crs: str | None, options: Mapping[str, Any]) -> _Answer:
    if is_geographic(crs) is not False:
        return None
    return _within(bounds, _LONGITUDE, _LATITUDE) | _within(bounds, _LATITUDE, _LONGITUDE), None


def _metres(bounds: _Bounds, crs: str | None, options: Mapping[str, Any]) -> _Answer:
    if not is_geographic(crs):
        return None
    return ~_within(bounds, (-360.0, 360.0), (-180.0, 180.0)), "x -180 ~ 180, y -90 ~ 90"


def _swapped(bounds: _Bounds, crs: str | None, options: Mapping[str, Any]) -> _Answer:
    if is_geographic(crs):
        return _within(bounds, _LATITUDE, _LONGITUDE), None
    if gauss_kruger_zone(epsg_code(crs)) is None:
        return None
    east = _within(bounds, NORTHING_M, EASTING_M) | _within(bounds, NORTHING_M, PREFIXED_EASTING_M)
    return east, None


def _zone(bounds: _Bounds, crs: str | None, options: Mapping[str, Any]) -> _Answer:
    zone = gauss_kruger_zone(epsg_code(crs))
    if zone is None:
        return None
    number, prefixed = zone
    x = (bounds[:, 0] + bounds[:, 2]) / 2
    plain = (x >= EASTING_M[0]) & (x <= EASTING_M[1])
    written = np.where(x >= PREFIXED_EASTING_M[0], x // 1e6, 0)
    if prefixed:
        return plain | ((written > 0) & (written != number)), f"x {number}000000 ~ {number}999999"
    return written > 0, f"x {EASTING_M[0]:.0f} ~ {EASTING_M[1]:.0f}"


def _span(bounds: _Bounds, crs: str | None, options: Mapping[str, Any]) -> _Answer:
    code = epsg_code(crs)
    zone = gauss_kruger_zone(code)
    if zone is None or code is None:
        return None
    x = (bounds[:, 0] + bounds[:, 2]) / 2
    easting = np.where(x >= PREFIXED_EASTING_M[0], x % 1e6, x)
    reach = _HALF_ZONE_M[6 if code <= 4512 else 3]
    plausible = (easting >= EASTING_M[0]) & (easting <= EASTING_M[1])
    return plausible & (np.abs(easting - 500_000.0) > reach), f"x {500_000 - reach:.0f} ~ {500_000 + reach:.0f}"


def _inside(bounds: _Bounds, crs: str | None, options: Mapping[str, Any]) -> _Answer:
    box = options.get("box")
    if not box or crs is None or system(crs) is None:
        return None
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    longitude, latitude = (np.asarray(each) for each in change_of_system(crs).transform(x, y))
    inside = (latitude >= box["south"]) & (latitude <= box["north"])
    inside &= (longitude >= box["west"]) & (longitude <= box["east"])
    return ~inside, box_text(box)


_ASPECTS: Mapping[str, Callable[[_Bounds, str | None, Mapping[str, Any]], _Answer]] = {
    "degrees": _degrees,
    "metres": _metres,
    "swapped": _swapped,
    "zone": _zone,
    "span": _span,
    "inside": _inside,
}
