"""A reference system given as well-known text, as rules speak of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cimkit.facts.systems import change_of_system

__all__ = ["SystemText", "degrees_of", "system_of_wkt"]


@dataclass(frozen=True, slots=True)
class SystemText:
    """crs     horizontal system: `EPSG:4549`, or its name where it is none of the register's
    height  vertical system likewise; None: none is stated
    unit    metres a unit of the horizontal axes (1.0); None: degrees, or not known
    """

    crs: str | None
    height: str | None
    unit: float | None


def system_of_wkt(wkt: str) -> SystemText | None:
    """None: the text is no reference system. A compound system is told as its parts."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(wkt)
    except (CRSError, UnicodeError):
        return None
    parts = system.sub_crs_list or [system]
    vertical = next((part for part in parts if part.is_vertical), None)
    horizontal = next((part for part in parts if not part.is_vertical), None)
    if horizontal is not None and horizontal.is_bound and horizontal.source_crs is not None:
        horizontal = horizontal.source_crs
    unit = None
    if horizontal is not None and (horizontal.is_projected or horizontal.is_geocentric) and horizontal.axis_info:
        unit = horizontal.axis_info[0].unit_conversion_factor
    return SystemText(_named(horizontal), _named(vertical), unit)


def _named(system: object) -> str | None:
    from pyproj import CRS

    if not isinstance(system, CRS):
        return None
    code = system.to_epsg(min_confidence=70)
    return f"EPSG:{code}" if code is not None else str(system.name)


def degrees_of(crs: str | None, box: Sequence[float]) -> dict[str, float]:
    """West, south, east and north of a box as degrees of longitude and latitude: `west_degrees` and so on, as fields
    are named. Nothing where the system has no code of the register, or the box lies where it cannot be computed."""
    if crs is None or not crs.startswith("EPSG:") or not all(map(math.isfinite, box)):
        return {}
    from pyproj import CRS
    from pyproj.exceptions import CRSError, ProjError

    try:
        system = CRS.from_user_input(crs)
        west, south, east, north = box
        degrees = (west, south, east, north)
        if not system.is_geographic:
            degrees = change_of_system(crs).transform_bounds(west, south, east, north)
    except (CRSError, ProjError):
        return {}
    if not all(map(math.isfinite, degrees)):
        return {}
    names = ("west_degrees", "south_degrees", "east_degrees", "north_degrees")
    return {name: round(value, 7) for name, value in zip(names, degrees, strict=True)}
