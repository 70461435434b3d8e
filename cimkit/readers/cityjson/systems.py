"""Reference systems as city models write them, and as rules speak of them; extents likewise."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["extent_text", "horizontal", "vertical"]

#: A code of the register in a URN (`urn:ogc:def:crs,crs:EPSG:6.12:4549,crs:EPSG::5737`), a URL, or by itself.
_CODE = re.compile(r"EPSG(?:[:/][0-9.]*|\.xml)?[:/#]([0-9]{4,6})", re.IGNORECASE)


def horizontal(stated: str | None) -> str | None:
    """`EPSG:4549`; what has no code of the register stays as it is written. A compound system is called by its own
    code, or by that of its horizontal part."""
    codes = _CODE.findall(stated or "")
    return f"EPSG:{codes[0]}" if codes else stated


def vertical(stated: str | None) -> str | None:
    """The height system, where it is written beside the horizontal one."""
    codes = _CODE.findall(stated or "")
    return f"EPSG:{codes[1]}" if len(codes) > 1 else None


def extent_text(low: Sequence[float], high: Sequence[float]) -> str:
    """West, south, east, north."""
    return " ".join(f"{value:.12g}" for value in (low[0], low[1], high[0], high[1]))
