"""shape_valid: a feature's geometry is there, of its layer's kind, and what the simple features standard allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows, no_rows
from cimkit.checks.plane.survey import shapes_of, survey
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand
from cimkit.facts.shapes import LayerShapes

__all__ = ["ASPECTS", "demand", "judge"]

#: In the order in which they are told of a feature that has several.
ASPECTS = ("null", "unread", "empty", "coordinates", "type", "invalid")

#: Dimension of each of shapely's geometry types; a collection has any.
_DIMENSIONS = np.array([0, 1, 1, 2, 0, 1, 2, -1])
_DECLARED = {"Point": 0, "MultiPoint": 0, "LineString": 1, "MultiLineString": 1, "Polygon": 2, "MultiPolygon": 2}
_REASON = re.compile(r"([A-Za-z -]+?)\s*(?:\[([^\]]*)\])?")


def demand(options: Mapping[str, Any]) -> Demand:
    """The geometry."""
    return Demand(geometry=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """aspect: one or more of `ASPECTS`, all without it. Features of layers without geometry are not asked,
    nor those with arcs.

    null, empty: there is none, or one without a point; unread: bytes that spell none; coordinates: not finite, or
    beyond 1e9; type: another dimension than the layer declares; invalid: GEOS says so, with its reason and the place.
    """
    wanted = tuple(options.get("aspect") or ASPECTS)
    count = len(context.facts)
    failed, asked = np.zeros(count, bool), np.zeros(count, bool)
    shapes = shapes_of(context)
    faults = np.zeros(count, np.uint8)  # place in ASPECTS, from 1
    for layer in shapes.layers if shapes is not None else ():
        asked[layer.sid[~layer.curved]] = True
        found = _faults(context, layer)
        for number, aspect in enumerate(ASPECTS, start=1):
            if aspect in wanted:
                rows = found[aspect] & (faults[layer.sid] == 0)
                faults[layer.sid[rows]] = number
    failed = (faults > 0) & selected
    layers = shapes.layers if shapes is not None else ()
    return Outcome(failed, lambda sids: _explained(layers, faults, sids), asked=asked & selected)


def _faults(context: Context, layer: LayerShapes) -> dict[str, BoolArray]:
    told = survey(context, layer)
    declared = _DECLARED.get((layer.geometry_type or "").partition(" ")[0])
    dimension = np.where(told.kind >= 0, _DIMENSIONS[np.maximum(told.kind, 0)], -1)
    wrong = np.zeros(len(layer), bool) if declared is None else (dimension >= 0) & (dimension != declared)
    return {
        "null": layer.null,
        "unread": told.unread,
        "empty": told.empty,
        "coordinates": told.absurd,
        "type": wrong,
        "invalid": ~told.valid & ~told.absurd,
    }


def _explained(layers: tuple[LayerShapes, ...], faults: npt.NDArray[np.uint8], sids: IntArray) -> pl.DataFrame:
    frames = []
    for layer in layers:
        rows = np.flatnonzero(np.isin(layer.sid, sids))
        if len(rows):
            frames.append(_explained_layer(layer, rows, faults[layer.sid[rows]]))
    return pl.concat(frames).sort("sid", maintain_order=True) if frames else no_rows()


def _explained_layer(layer: LayerShapes, rows: IntArray, faults: npt.NDArray[np.uint8]) -> pl.DataFrame:
    import shapely

    geometry = layer.geometry(rows)
    found: list[str | None] = [None] * len(rows)
    values: list[str | None] = [None] * len(rows)
    expected: list[str | None] = [None] * len(rows)
    kinds = [None if one is None else one.geom_type for one in geometry]
    invalid = faults == ASPECTS.index("invalid") + 1
    with np.errstate(invalid="ignore", over="ignore"):
        reasons = shapely.is_valid_reason(geometry[invalid]) if invalid.any() else []
    for at, reason in zip(np.flatnonzero(invalid).tolist(), reasons, strict=True):
        found[at], values[at] = _told(str(reason))
    for at in np.flatnonzero(faults == ASPECTS.index("type") + 1).tolist():
        found[at], expected[at] = kinds[at], layer.geometry_type
    for at in np.flatnonzero(faults == ASPECTS.index("coordinates") + 1).tolist():
        found[at] = _extreme(geometry[at])
    told = [f"shape_{ASPECTS[number - 1]}" for number in faults.tolist()]
    return finding_rows(layer.sid[rows], told, found=found, expected=expected, values=values)


def _told(reason: str) -> tuple[str | None, str]:
    """`Self-intersection[1 2]` -> the place `1 2`, and the reason as a word of the closed list."""
    match = _REASON.fullmatch(reason.strip())
    word, place = (match[1], match[2]) if match else (reason, None)
    return place, orjson.dumps({"detail": word.strip().lower().replace("-", "_").replace(" ", "_")}).decode()


def _extreme(geometry: Any) -> str | None:
    """The corner that is not sane."""
    import shapely

    corners = shapely.get_coordinates(geometry)
    if not len(corners):
        return None
    with np.errstate(invalid="ignore"):
        size = np.where(np.isfinite(corners), np.abs(corners), np.inf).max(axis=1)
    return " ".join(f"{number:.10g}" for number in corners[int(np.argmax(size))])
