"""Changes between coordinate reference systems."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyproj import Transformer

__all__ = ["CGCS2000", "change_of_system"]

#: CGCS2000 in degrees.
CGCS2000 = "EPSG:4490"


@lru_cache(maxsize=64)
def change_of_system(source: str, target: str = CGCS2000) -> Transformer:
    """From one system to another, east before north in both. Each is prepared once: to look it up in the register takes
    longer than to move thousands of points, and all rules and sources of a run need the same few.

    source, target: anything that pyproj takes as a system, `EPSG:4549`. Raises pyproj's ProjError for one that it does
    not know.
    """
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)
