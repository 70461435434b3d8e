"""Flat geometries (points, lines, polygons of a map): valid after OGC Simple Features, as GEOS judges it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import shapely
from msgspec import Struct

__all__ = ["REASONS", "FlatFault", "flat_faults"]

#: GEOS' reasons -> words for rules and sentences.
REASONS: Mapping[str, str] = {
    "Self-intersection": "self_intersection",
    "Ring Self-intersection": "ring_self_intersection",
    "Hole lies outside shell": "hole_outside",
    "Holes are nested": "nested_holes",
    "Nested holes": "nested_holes",
    "Nested shells": "nested_shells",
    "Interior is disconnected": "interior_disconnected",
    "Duplicate Rings": "duplicate_rings",
    "Too few points in geometry component": "too_few_points",
    "Invalid Coordinate": "invalid_coordinate",
    "Ring is not closed": "ring_not_closed",
}
_WHERE = re.compile(r"^(.*?)\s*\[(\S+) (\S+)\]$")


class FlatFault(Struct, frozen=True):
    """number  position of the geometry
    reason  a word of `REASONS`, or GEOS' own sentence where it is a new one
    point   x, y near which it lies, None where GEOS tells none
    """

    number: int
    reason: str
    point: tuple[float, float] | None


def flat_faults(geometries: npt.NDArray[np.object_]) -> list[FlatFault]:
    """The invalid ones among shapely geometries, in their order, each with the first reason GEOS finds. Missing and
    empty geometries are valid: that something is missing is another rule's matter."""
    broken = np.flatnonzero(~shapely.is_valid(geometries) & ~shapely.is_missing(geometries))
    found = []
    for number, sentence in zip(broken.tolist(), shapely.is_valid_reason(geometries[broken]).tolist(), strict=True):
        match = _WHERE.match(sentence)
        reason = match[1] if match else sentence
        point = (float(match[2]), float(match[3])) if match else None
        found.append(FlatFault(number, REASONS.get(reason, reason), point))
    return found
