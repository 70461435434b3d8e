"""The reference system that a metadata record states, in whatever words, as a code that can be compared."""

from __future__ import annotations

import re
from functools import lru_cache

from cimkit.readers.delivery.values import crs_code

__all__ = ["stated_system"]

_CODE = re.compile(r"EPSG:\d{4,6}")
_DIGITS = re.compile(r"\d{4,6}")
_NUMBERS = re.compile(r"\d+")


@lru_cache(maxsize=256)
def stated_system(text: str | None) -> tuple[str | None, str | None]:
    """(the system, the geographic system below it) as codes of the EPSG register; None: the text does not tell.

    Codes (`EPSG:4550`, `urn:ogc:def:crs:EPSG::4550`, `4550`), well-known text and names
    (`CGCS2000_3_Degree_GK_CM_123E`) are understood. A name of a geographic system alone (`CGCS2000`,
    2000国家大地坐标系) tells the datum and not whether the data are in degrees: data in a plane system go by the same
    name, so the first is None then.
    """
    word = (text or "").strip()
    known = crs_code(f"EPSG:{word}" if _DIGITS.fullmatch(word) else word)
    if known is None:
        return None, None
    if _CODE.fullmatch(known):
        by_code = "epsg" in word.casefold() or word.isdecimal()
        datum = _datum(known)
        return (known if by_code and datum is not None else None), datum
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(word)
    except (CRSError, UnicodeError):
        return None, None
    if "[" not in word and _NUMBERS.findall(word) != _NUMBERS.findall(system.name):
        return None, None  # a name that is only like the one that was found
    parts = [part for part in (system.sub_crs_list or [system]) if not part.is_vertical]
    code = parts[0].to_epsg(min_confidence=70) if parts else None
    if code is None:
        return None, None
    plane = f"EPSG:{code}"
    return (plane if parts[0].is_projected or "[" in word else None), _datum(plane)


def _datum(code: str) -> str | None:
    """The code of the geographic system below a system; None: the register has no such system."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        below = CRS.from_user_input(code).geodetic_crs
    except CRSError:
        return None
    known = below.to_epsg(min_confidence=70) if below is not None else None
    return f"EPSG:{known}" if known is not None else None
