"""Coordinates in degrees as metres: what is judged by millimetres cannot stay in degrees."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

__all__ = ["Metric", "metric_of"]

FloatArray = npt.NDArray[np.float64]

#: Coordinates (n, 3) -> the same in metres, east, north, up.
Metric = Callable[[FloatArray], FloatArray]

_METRES_PER_DEGREE = 111_320.0  # along a meridian; 0.5 % matters to no tolerance here


def metric_of(reference_system: str | None, points: FloatArray) -> Metric | None:
    """How coordinates of a reference system become metres; None where they are metres, or nobody knows.

    points: the data (n, 3); beyond 360 they are no degrees, and the reference system need not be looked up.

    A plate carrée around the middle of the data keeps planes planes and lines lines, which is all that validity asks.
    Raises ImportError where pyproj is not installed.
    """
    if reference_system is None or not len(points) or np.abs(points[:, :2]).max() > 360:
        return None
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        known = CRS.from_user_input(reference_system)
    except CRSError:
        return None
    if not known.is_geographic and not any(part.is_geographic for part in known.sub_crs_list):
        return None
    axes = (known.sub_crs_list[0] if known.sub_crs_list else known).axis_info
    north_first = bool(axes) and axes[0].direction == "north"

    def metric(points: FloatArray) -> FloatArray:
        longitude, latitude = (points[:, 1], points[:, 0]) if north_first else (points[:, 0], points[:, 1])
        width = _METRES_PER_DEGREE * np.cos(np.radians(np.median(latitude)))
        east, north = (longitude - np.median(longitude)) * width, (latitude - np.median(latitude)) * _METRES_PER_DEGREE
        return np.column_stack([east, north, points[:, 2]])

    return metric
