"""Reference systems as the facts name them."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["height_datum", "system_of"]

_VERTICAL = ("COMPD_CS", "COMPOUNDCRS", "VERT_CS", "VERTCRS", "VERTICALCRS")


@lru_cache(maxsize=256)
def system_of(text: str | None) -> str | None:
    """`EPSG:4490` for WKT that the register knows, else the text as it is; None for none."""
    if not text or text.upper().startswith("EPSG:"):
        return text or None
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        code = CRS.from_user_input(text).to_epsg(min_confidence=70)
    except CRSError:
        return text
    return text if code is None else f"EPSG:{code}"


@lru_cache(maxsize=256)
def height_datum(text: str | None) -> str | None:
    """`EPSG:5737` or the name of the vertical part of a compound system; None where there is none."""
    if not text or not (any(word in text.upper() for word in _VERTICAL) or "+" in text):
        return None
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        parts = CRS.from_user_input(text).sub_crs_list
    except CRSError:
        return None
    vertical = next((part for part in parts if part.is_vertical), None)
    if vertical is None:
        return None
    code = vertical.to_epsg(min_confidence=70)
    return vertical.name if code is None else f"EPSG:{code}"
