"""One pass over the geometries of a layer: what several checks ask of each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from cimkit.checks.contract import Context
from cimkit.errors import SourceError
from cimkit.facts.columns import BoolArray
from cimkit.facts.shapes import GeometryArray, LayerShapes, Shapes

__all__ = ["ABSURD", "Survey", "need_shapely", "shapes_of", "survey"]

#: No coordinate of a plane system on Earth is as large (m): an easting with its zone's number has 8 digits.
ABSURD = 1e9


class Survey(Struct, frozen=True):
    """What is known of each row of a layer (n).

    valid     as GEOS judges it; rows without geometry count as valid
    empty     there, and without a point
    absurd    a coordinate that is not finite, or beyond `ABSURD`
    unread    binary that spells no geometry
    bounds    west, south, east, north (n, 4); NaN where there are none
    kind      shapely's number of the geometry type; -1 for none
    """

    valid: BoolArray
    empty: BoolArray
    absurd: BoolArray
    unread: BoolArray
    bounds: npt.NDArray[np.float64]
    kind: npt.NDArray[np.int8]


def need_shapely() -> ModuleType:
    """shapely. Raises SourceError where it is not installed."""
    try:
        import shapely
    except ImportError as missing:
        raise SourceError("readers.extra_missing", name="shapely", extra="geo") from missing
    module: ModuleType = shapely
    return module


def shapes_of(context: Context) -> Shapes | None:
    """The plane geometry of the source; None where it has none."""
    shapes = context.facts.whole.get("shapes")
    return shapes if isinstance(shapes, Shapes) else None


def survey(context: Context, layer: LayerShapes) -> Survey:
    """The survey of a layer, made once in a run."""
    made: Survey = context.remember(("survey", id(layer)), lambda: _surveyed(layer))
    return made


def _surveyed(layer: LayerShapes) -> Survey:
    """While GEOS judges one batch, the next is made into geometries, for judging releases the interpreter."""
    need_shapely()
    parts: list[Any] = [_judged(np.zeros(0, object))]
    with ThreadPoolExecutor(1) as aside:
        waiting = None
        for _, geometry in layer.batches():
            if waiting is not None:
                parts.append(waiting.result())
            waiting = aside.submit(_judged, geometry)
        if waiting is not None:
            parts.append(waiting.result())
    valid, empty, absurd, bounds, kind = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Survey(valid, empty, absurd, (kind < 0) & ~layer.null & ~layer.curved, bounds, kind)


def _judged(geometry: GeometryArray) -> tuple[BoolArray, BoolArray, BoolArray, npt.NDArray[np.float64], Any]:
    import shapely

    missing, empty = shapely.is_missing(geometry), shapely.is_empty(geometry)
    with np.errstate(invalid="ignore", over="ignore"):
        bounds = shapely.bounds(geometry)
        valid = shapely.is_valid(geometry) | missing
        sane = np.isfinite(bounds).all(axis=1) & (np.abs(bounds).max(axis=1, initial=0.0) < ABSURD)
    absurd = ~missing & ~empty & ~sane
    suspects = np.flatnonzero(~valid & ~absurd)
    if len(suspects):  # a coordinate that is no number may hide inside the bounds of the others
        corners, owner = shapely.get_coordinates(geometry[suspects], return_index=True)
        absurd[suspects[np.unique(owner[~np.isfinite(corners).all(axis=1)])]] = True
    return valid, empty, absurd, bounds, shapely.get_type_id(geometry).astype(np.int8)
