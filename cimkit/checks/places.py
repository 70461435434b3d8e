"""Places and Chinese plane coordinates: what the coordinate checks share.

Ranges and codes: EPSG register v11.022. A CGCS2000 Gauss-Krueger northing in China is 2.0 to 6.0 million metres; an
easting is 0.1 to 0.9 million without the zone's number, 8 digits with it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cimkit.checks.contract import finding_rows
from cimkit.facts.systems import change_of_system

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "Georeference",
    "box_text",
    "distance_m",
    "epsg_code",
    "finding_about",
    "gauss_kruger_zone",
    "inside",
    "is_registered",
    "to_degrees",
]

Georeference = Mapping[str, Any]

NORTHING_M = (2.0e6, 6.0e6)
EASTING_M = (1.0e5, 9.0e5)
PREFIXED_EASTING_M = (1.3e7, 4.6e7)


def epsg_code(name: str | None) -> int | None:
    """The code in `EPSG:4529`, `epsg 4529`, `urn:ogc:def:crs:EPSG::4529`; None without one."""
    match = re.search(r"EPSG:{0,2}[\s:]*(?:[\d.]*:)?(\d{4,6})", name or "", re.IGNORECASE)
    return int(match[1]) if match else None


def gauss_kruger_zone(code: int | None) -> tuple[int, bool] | None:
    """Zone number of a CGCS2000 Gauss-Krueger code and whether its eastings carry it; None for other systems."""
    if code is None:
        return None
    for first, last, offset, prefixed in (
        (4491, 4501, 4478, True),  # 6 degrees, zones 13 to 23
        (4502, 4512, 4489, False),
        (4513, 4533, 4488, True),  # 3 degrees, zones 25 to 45
        (4534, 4554, 4509, False),
    ):
        if first <= code <= last:
            return code - offset, prefixed
    return None


def inside(low_high: tuple[float, float], value: float) -> bool:
    """Whether a value lies in a closed range."""
    return low_high[0] <= value <= low_high[1]


def finding_about(part: Mapping[str, Any] | None, reason: str, **columns: Any) -> pl.DataFrame:
    """One finding about a part of the georeference: about its subject (a site), or where it stands in the file."""
    sid, number = (part or {}).get("sid"), (part or {}).get("id")
    locator = f"#{number}" if sid is None and number else None
    return finding_rows([sid], reason, locator=locator, **columns)


def box_text(box: Mapping[str, float]) -> str:
    """Latitudes and longitudes of a box: `38.7 ~ 43.5, 118.8 ~ 125.8`."""
    return f"{box['south']} ~ {box['north']}, {box['west']} ~ {box['east']}"


def distance_m(lat_1: float, lon_1: float, lat_2: float, lon_2: float) -> float:
    """Great-circle distance on a sphere of 6 371 km, metres; good to half a percent, which these checks do not feel."""
    a, b = math.radians(lat_1), math.radians(lat_2)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon_2 - lon_1) / 2) ** 2
    return 2 * 6_371_000 * math.asin(math.sqrt(min(1.0, h)))


def is_registered(code: int) -> bool:
    """Whether the EPSG register has a coordinate reference system of this code."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        CRS.from_epsg(code)
    except CRSError:
        return False
    return True


def to_degrees(code: int, easting: float, northing: float) -> tuple[float, float] | None:
    """Latitude and longitude of a plane point; None for a code that the register does not have, or a point that the
    projection can't take."""
    from pyproj.exceptions import ProjError

    try:
        longitude, latitude = change_of_system(f"EPSG:{code}").transform(easting, northing)
    except ProjError:
        return None
    return (latitude, longitude) if math.isfinite(latitude) and math.isfinite(longitude) else None
