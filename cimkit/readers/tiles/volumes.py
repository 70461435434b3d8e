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

from cimkit.facts.boundaries import LARGEST_COORDINATE
from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["S2", "Matrix", "Volume", "after", "is_inside", "is_invertible", "largest_scale", "read_volume"]

S2 = "3DTILES_bounding_volume_S2"
#: The rows of an affine 4 x 4 matrix.
Matrix = tuple[tuple[float, float, float, float], ...]
Vector = tuple[float, float, float]
_TOKEN = re.compile(r"^[0-9a-fA-F]{1,16}$")
#: Rounding of angles: well under a millimetre on the ground.
_ANGLE = 1e-9
_HEIGHTS = "minimum height <= maximum height"


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
                if max(map(abs, volume.numbers)) > LARGEST_COORDINATE:
                    shapes.ledger.add("tiles_practice", "absurd_number", place.at(kind), list(volume.numbers))
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


def is_inside(inner: Volume, outer: Volume, matrix: Matrix | None = None) -> bool | None:
    """Whether `inner`, moved by `matrix` (its rows), lies in `outer`; None: can't be said.

    Plain arithmetic: for the dozen numbers of one pair it is several times faster than arrays are.
    """
    if inner.kind == "region" or outer.kind == "region":
        return _region_inside(inner.numbers, outer.numbers) if inner.kind == outer.kind else None
    if {inner.kind, outer.kind} - {"box", "sphere"}:
        return None
    centre, halves, radius = _shape(inner, matrix)
    offset = _minus(centre, outer.numbers[:3])
    # Numbers written in single precision are rounded in proportion to their distance from the origin.
    slack = 1e-6 * max(1.0, *map(abs, centre))
    if outer.kind == "sphere":
        return _farthest(offset, halves) + radius <= outer.numbers[3] * (1 + 1e-6) + slack
    for axis in _axes(outer.numbers):
        length = math.hypot(*axis)
        if length == 0:
            continue  # a box without thickness along an axis can be judged along the others only
        reach = abs(_dot(offset, axis)) + sum(abs(_dot(half, axis)) for half in halves)
        if reach / length + radius > length * (1 + 1e-6) + slack:
            return False
    return True


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


def _shape(volume: Volume, matrix: Matrix | None) -> tuple[Vector, list[Vector], float]:
    """Centre, half axes and radius, moved by the matrix: a sphere has no half axes, a box no radius."""
    numbers = volume.numbers
    centre: Vector = (numbers[0], numbers[1], numbers[2])
    halves = _axes(numbers) if volume.kind == "box" else []
    radius = numbers[3] if volume.kind == "sphere" else 0.0
    if matrix is None:
        return centre, halves, radius
    turned = [_turn(matrix, half) for half in halves]
    moved = _turn(matrix, centre)
    shifted = (moved[0] + matrix[0][3], moved[1] + matrix[1][3], moved[2] + matrix[2][3])
    return shifted, turned, radius * largest_scale(matrix)


def after(outer: Matrix | None, inner: Matrix | None) -> Matrix | None:
    """The matrix that does `inner` first and `outer` then; None: neither does anything."""
    if outer is None or inner is None:
        return inner if outer is None else outer
    columns = list(zip(*inner, strict=True))
    rows = [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in outer]
    return tuple((row[0], row[1], row[2], row[3]) for row in rows)


def is_invertible(matrix: Matrix) -> bool:
    """Whether the matrix keeps three directions apart: the determinant of its axes, each of length 1, is not 0."""
    axes: list[Vector] = [(matrix[0][column], matrix[1][column], matrix[2][column]) for column in range(3)]
    lengths = [math.hypot(*axis) for axis in axes]
    if not all(lengths) or not all(map(math.isfinite, lengths)):
        return False
    x, y, z = ([value / length for value in axis] for axis, length in zip(axes, lengths, strict=True))
    crossed = (y[1] * z[2] - y[2] * z[1], y[2] * z[0] - y[0] * z[2], y[0] * z[1] - y[1] * z[0])
    return abs(_dot(x, crossed)) > 1e-12


def largest_scale(matrix: Matrix | None) -> float:
    """The largest factor by which the matrix scales along one of its axes."""
    if matrix is None:
        return 1.0
    return max(math.hypot(matrix[0][column], matrix[1][column], matrix[2][column]) for column in range(3))


def _axes(numbers: Sequence[float]) -> list[Vector]:
    return [(numbers[at], numbers[at + 1], numbers[at + 2]) for at in (3, 6, 9)]


def _farthest(offset: Vector, halves: list[Vector]) -> float:
    """The distance of the farthest corner of a box whose centre is at `offset`."""
    corners = [offset]
    for half in halves:
        corners = [_plus(corner, half) for corner in corners] + [_minus(corner, half) for corner in corners]
    return max(math.hypot(*corner) for corner in corners)


def _turn(matrix: Matrix, vector: Vector) -> Vector:
    return (_dot(matrix[0], vector), _dot(matrix[1], vector), _dot(matrix[2], vector))


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _plus(one: Vector, other: Vector) -> Vector:
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2])


def _minus(one: Vector, other: Sequence[float]) -> Vector:
    return (one[0] - other[0], one[1] - other[1], one[2] - other[2])
