"""Features of several layers side by side, in one reference system, for checks between them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from cimkit.checks.contract import Context
from cimkit.checks.plane.survey import shapes_of, survey
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.shapes import GeometryArray
from cimkit.facts.systems import change_of_system

__all__ = ["Gathered", "gather", "is_geographic", "length_in", "system"]

_METRES_A_DEGREE = 111_320.0


class Gathered(Struct, frozen=True):
    """sid: subject of each; geometry: sound ones only; bounds (n, 4); crs: of all of them, None: not stated."""

    sid: IntArray
    geometry: GeometryArray
    bounds: npt.NDArray[np.float64]
    crs: str | None

    def __len__(self) -> int:
        return len(self.sid)


def gather(context: Context, mask: BoolArray, dimension: int | None = None, crs: str | None = None) -> Gathered:
    """The valid geometries of these subjects. dimension: only those that are 0, 1 or 2; crs: the system wanted, else
    that of the first layer; layers of another system that is known are transformed."""
    import shapely

    sids: list[Any] = [np.zeros(0, np.int32)]
    geometries: list[Any] = [np.zeros(0, object)]
    shapes = shapes_of(context)
    for layer, rows in shapes.selected(mask) if shapes is not None else ():
        told = survey(context, layer)
        sound = told.valid[rows] & ~told.empty[rows] & ~told.absurd[rows] & (told.kind[rows] >= 0)
        kept = rows[sound]
        crs = crs or layer.crs
        geometry = layer.geometry(kept)
        if dimension is not None:
            fits = shapely.get_dimensions(geometry) == dimension
            kept, geometry = kept[fits], geometry[fits]
        if layer.crs and crs and layer.crs != crs:
            geometry = _moved(geometry, layer.crs, crs)
        sids.append(layer.sid[kept])
        geometries.append(geometry)
    together = np.concatenate(geometries)
    return Gathered(np.concatenate(sids), together, shapely.bounds(together).reshape(-1, 4), crs)


def _moved(geometry: GeometryArray, source: str, target: str) -> GeometryArray:
    """As they are where one of the systems is not known: what is asked then fails or holds by the numbers alone."""
    import shapely

    transformer = _transformer(source, target)
    if transformer is None:
        return geometry

    def moved(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.stack(transformer.transform(corners[:, 0], corners[:, 1]), axis=1)

    made: GeometryArray = shapely.transform(geometry, moved)
    return made


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Any:
    from pyproj.exceptions import CRSError, ProjError

    try:
        return change_of_system(source, target)
    except (CRSError, ProjError):
        return None


@lru_cache(maxsize=256)
def system(crs: str | None) -> Any:
    """pyproj's system; None for none, or for one that it does not know."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if not crs:
        return None
    try:
        return CRS.from_user_input(crs)
    except CRSError:
        return None


def is_geographic(crs: str | None) -> bool | None:
    """Whether coordinates are degrees; None where the system is not known."""
    known = system(crs)
    return None if known is None else bool(known.is_geographic)


def length_in(crs: str | None, metres: float) -> float:
    """A length in the units of a system: degrees (of a meridian) where it is geographic."""
    return metres / _METRES_A_DEGREE if is_geographic(crs) else metres
