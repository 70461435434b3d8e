"""Bounding volumes: read, judged as numbers, and compared with the volume that should hold them.

Boxes and spheres are compared in Cartesian coordinates (metres), regions with regions (radians, metres above the
ellipsoid). A region and a Cartesian volume are not compared: that needs the true shape of the content.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["S2", "Matrix", "Volume", "is_inside", "read_volume"]

S2 = "3DTILES_bounding_volume_S2"
Matrix = npt.NDArray[np.float64]
_TOKEN = re.compile(r"^[0-9a-fA-F]{1,16}$")
#: Rounding of angles: well under a millimetre on the ground.
_ANGLE = 1e-9
_HEIGHTS = "minimum height <= maximum height"
_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)


@dataclass(frozen=True, slots=True)
class Volume:
    """kind: box (12 numbers), sphere (4), region (6), s2 or other (none)."""

    kind: str
    numbers: tuple[float, ...] = ()


def read_volume(owner: dict[str, Any], place: Place, shapes: Shapes) -> Volume | None:
    """The bounding volume object at `place`; None when nothing in it can be used."""
    found: list[Volume] = []
    for kind, length in (("box", 12), ("region", 6), ("sphere", 4)):
        if kind in owner:
            numbers = shapes.numbers(owner, kind, place, length)
            if numbers is None:
                continue
            volume = Volume(kind, tuple(map(float, numbers)))
            if _numbers_hold(volume, place.at(kind), shapes):
                found.append(volume)
    extensions = owner.get("extensions")
    extended = isinstance(extensions, dict) and bool(extensions)
    if isinstance(extensions, dict) and S2 in extensions:
        _read_s2(extensions[S2], place.at("extensions", S2), shapes)
    if not extended and not owner.keys() & {"box", "region", "sphere"}:
        shapes.ledger.add("tiles_missing", "any_of", place, expected="box | region | sphere")
    return found[0] if found else Volume("other") if extended else None


def _numbers_hold(volume: Volume, place: Place, shapes: Shapes) -> bool:
    """Whether the numbers describe a volume. Source: OGC 22-025r4, Bounding volumes; EPSG 4979's ranges."""
    add = shapes.ledger.add
    before = len(shapes.ledger)
    if volume.kind == "sphere" and volume.numbers[3] < 0:
        add("tiles_bounding_volume", "sphere_radius", place.at(3), volume.numbers[3], "0..")
    if volume.kind == "region":
        west, south, east, north, low, high = volume.numbers
        for index, value in enumerate((west, south, east, north)):
            most = math.pi / 2 if index % 2 else math.pi
            if abs(value) > most + _ANGLE:
                add("tiles_bounding_volume", "region_range", place.at(index), value, f"{-most}..{most}")
        if south > north:
            add("tiles_bounding_volume", "region_order", place, [south, north], "south <= north")
        if low > high:
            add("tiles_bounding_volume", "region_order", place, [low, high], _HEIGHTS)
    return len(shapes.ledger) == before


def _read_s2(value: Any, place: Place, shapes: Shapes) -> None:
    """Source: 3DTILES_bounding_volume_S2, its JSON Schema."""
    if not isinstance(value, dict):
        return  # said where all extensions are looked at
    token = shapes.text(value, "token", place, required=True, least=1)
    if token is not None and not _TOKEN.match(token):
        shapes.ledger.add("tiles_value", "pattern", place.at("token"), token, _TOKEN.pattern)
    low = shapes.number(value, "minimumHeight", place, required=True)
    high = shapes.number(value, "maximumHeight", place, required=True)
    if low is not None and high is not None and low > high:
        shapes.ledger.add("tiles_bounding_volume", "region_order", place, [low, high], _HEIGHTS)


def is_inside(inner: Volume, outer: Volume, transform: Matrix | None = None) -> bool | None:
    """Whether `inner`, moved by `transform` (4 x 4, row i column j), lies in `outer`; None: can't be said."""
    if inner.kind == "region" or outer.kind == "region":
        return _region_inside(inner.numbers, outer.numbers) if inner.kind == outer.kind else None
    if {inner.kind, outer.kind} - {"box", "sphere"}:
        return None
    points, margin = _hull(inner, transform)
    return _holds(outer, points, margin)


def _region_inside(inner: Sequence[float], outer: Sequence[float]) -> bool:
    """Heights within a millimetre, angles within `_ANGLE`; either may cross the antimeridian (west > east)."""
    heights = inner[4] >= outer[4] - 1e-3 and inner[5] <= outer[5] + 1e-3
    latitudes = inner[1] >= outer[1] - _ANGLE and inner[3] <= outer[3] + _ANGLE
    width = (outer[2] - outer[0]) % math.tau if outer[2] != outer[0] else 0.0
    if outer[2] - outer[0] >= math.tau - _ANGLE:
        width = math.tau
    start = (inner[0] - outer[0] + _ANGLE) % math.tau - _ANGLE
    span = (inner[2] - inner[0]) % math.tau if inner[2] - inner[0] < math.tau - _ANGLE else math.tau
    longitudes = width >= math.tau - _ANGLE or start + span <= width + 2 * _ANGLE
    return heights and latitudes and longitudes


def _hull(volume: Volume, transform: Matrix | None) -> tuple[Matrix, float]:
    """Points (n, 3) and a distance around them that together are the volume: a box's corners, a sphere's centre."""
    numbers = np.array(volume.numbers)
    if volume.kind == "box":
        points = numbers[:3] + _CORNERS @ numbers[3:].reshape(3, 3)
        margin = 0.0
    else:
        points = numbers[None, :3]
        margin = float(numbers[3])
    if transform is not None:
        points = points @ transform[:3, :3].T + transform[:3, 3]
        margin *= float(np.linalg.norm(transform[:3, :3], axis=0).max())
    return points, margin


def _holds(outer: Volume, points: Matrix, margin: float) -> bool:
    """Tolerances cover numbers written in single precision, far from the origin too."""
    numbers = np.array(outer.numbers)
    offsets = points - numbers[:3]
    slack = 1e-6 * float(np.abs(points).max(initial=1.0))
    if outer.kind == "sphere":
        return bool((np.linalg.norm(offsets, axis=1) + margin <= numbers[3] * (1 + 1e-6) + slack).all())
    axes = numbers[3:].reshape(3, 3)
    lengths = np.linalg.norm(axes, axis=1)
    thick = lengths > 0  # a box without thickness along an axis can be judged along the others only
    along = np.abs(offsets @ axes[thick].T) / lengths[thick]
    return bool((along + margin <= lengths[thick] * (1 + 1e-6) + slack).all())
