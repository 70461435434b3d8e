"""A reference system given as well-known text, as rules speak of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SystemText", "system_of_wkt"]


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
