"""Extents of different systems compared: how far two are apart, and how much of one the other covers."""

from __future__ import annotations

import math

from cimkit.facts.systems import change_of_system
from cimkit.readers.delivery.found import Extent, Found

__all__ = ["apart", "cover", "in_degrees"]


def apart(stated: Extent, stated_crs: str | None, found: Extent, found_crs: str | None) -> float | None:
    """The largest distance between sides of two extents, as a share of the longer side of the found one.

    An extent whose numbers are degrees is taken as degrees, whatever the system. None where they can't be compared.
    """
    if _are_degrees(stated) != _are_degrees(found):
        one, other = in_degrees(stated, stated_crs), in_degrees(found, found_crs)
        if one is None or other is None:
            return None
        stated, found = one, other
    longest = max(found[2] - found[0], found[3] - found[1])
    if longest <= 0:
        return None
    return max(abs(a - b) for a, b in zip(stated, found, strict=True)) / longest


def cover(owed: Extent, owed_crs: str | None, found: Found) -> float | None:
    """The share of an extent that the box of a found layer covers, 0 to 1; None where they can't be compared."""
    if found.extent is None:
        return None
    one, other = owed, found.extent
    if _are_degrees(owed) or _are_degrees(found.extent) or owed_crs != found.crs:
        in_common = in_degrees(owed, owed_crs), in_degrees(found.extent, found.crs)
        if in_common[0] is None or in_common[1] is None:
            return None
        one, other = in_common[0], in_common[1]
    area = (one[2] - one[0]) * (one[3] - one[1])
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return None if area <= 0 else max(0.0, width) * max(0.0, height) / area


def in_degrees(extent: Extent, crs: str | None) -> Extent | None:
    """The extent in longitude and latitude (CGCS2000); None where the system is not known."""
    if _are_degrees(extent):
        return extent
    if crs is None:
        return None
    from pyproj.exceptions import CRSError, ProjError

    try:
        bounds = change_of_system(crs).transform_bounds(*extent)
    except (CRSError, ProjError):
        return None
    west, south, east, north = bounds
    return (west, south, east, north) if all(math.isfinite(value) for value in bounds) else None


def _are_degrees(extent: Extent) -> bool:
    west, south, east, north = extent
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90
