"""Coordinates as metres, east, north, up: what is judged by millimetres cannot stay in degrees, and what faces outwards
cannot be told in a mirror."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pyproj import CRS

__all__ = ["Metric", "east_north", "metric_of"]

FloatArray = npt.NDArray[np.float64]

#: Coordinates (n, 3) -> the same in metres, east, north, up.
Metric = Callable[[FloatArray], FloatArray]

_METRES_PER_DEGREE = 111_320.0  # along a meridian; 0.5 % matters to no tolerance here
_BESIDE = 2.0  # degrees beyond its area in which a reference system is still in use


def metric_of(reference_system: str | None, points: FloatArray) -> Metric | None:
    """How coordinates of a reference system become metres, east before north; None where they are, or nobody knows.

    points: the data (n, 3).

    Degrees: a plate carrée around the middle of the data keeps planes planes and lines lines, which is all that
    validity asks. Metres, in a system whose first axis points north (as CGCS2000's do): the axes are exchanged where
    the data follow it; much data has easting first whatever the system says, and then lies outside of its area.
    Raises ImportError where pyproj is not installed.
    """
    order = _order(reference_system, points)
    if order is None:
        return None
    degrees, north_first = order
    if degrees:
        return _from_degrees(north_first)
    return _exchanged if north_first else None


def east_north(reference_system: str | None, points: FloatArray) -> FloatArray:
    """The plane coordinates (n, 2) of points (n, 3) in the units of their reference system, east before north."""
    order = _order(reference_system, points)
    return points[:, [1, 0]] if order is not None and order[1] else points[:, :2]


def _order(reference_system: str | None, points: FloatArray) -> tuple[bool, bool] | None:
    """Whether coordinates are degrees, and whether northing comes first in them; None where nobody knows."""
    if reference_system is None or not len(points):
        return None
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        known = CRS.from_user_input(reference_system)
    except CRSError:
        return None
    flat: CRS = known.sub_crs_list[0] if known.sub_crs_list else known
    north_first = bool(flat.axis_info) and flat.axis_info[0].direction == "north"
    if flat.is_geographic and np.abs(points[:, :2]).max() <= 360:
        return True, north_first
    if flat.is_projected:
        return False, north_first and _lies_in_area(flat, np.median(points, axis=0))
    return None


def _from_degrees(north_first: bool) -> Metric:
    def metric(points: FloatArray) -> FloatArray:
        longitude, latitude = (points[:, 1], points[:, 0]) if north_first else (points[:, 0], points[:, 1])
        width = _METRES_PER_DEGREE * np.cos(np.radians(np.median(latitude)))
        east, north = (longitude - np.median(longitude)) * width, (latitude - np.median(latitude)) * _METRES_PER_DEGREE
        return np.column_stack([east, north, points[:, 2]])

    return metric


def _exchanged(points: FloatArray) -> FloatArray:
    return points[:, [1, 0, 2]]


def _lies_in_area(flat: CRS, point: Any) -> bool:
    """Whether a point, its coordinates in the order of the system's axes, is where the system is used."""
    from pyproj import Transformer

    area = flat.area_of_use
    if area is None or flat.geodetic_crs is None:
        return False
    latitude_first = flat.geodetic_crs.axis_info[0].direction == "north"
    found = Transformer.from_crs(flat, flat.geodetic_crs).transform(float(point[0]), float(point[1]))
    latitude, longitude = found if latitude_first else found[::-1]
    inside: bool = (
        area.south - _BESIDE <= latitude <= area.north + _BESIDE
        and area.west - _BESIDE <= longitude <= area.east + _BESIDE
    )
    return inside
