"""Geometry of a city model as flat arrays: points, rings, polygons, shells, solids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

__all__ = [
    "LARGEST_COORDINATE",
    "Boundaries",
    "IntVector",
    "Kind",
    "SubjectGeometry",
    "concatenate",
    "from_coordinates",
    "from_indices",
    "row_starts",
]

FloatArray = npt.NDArray[np.float64]
IntVector = npt.NDArray[np.int64]

#: Coordinates from here on (m) leave nothing of a building in double precision: nobody means them.
LARGEST_COORDINATE = 1e14


class Kind(IntEnum):
    """What a set of polygons claims to be."""

    SURFACES = 0  # MultiSurface: each polygon for itself
    COMPOSITE_SURFACE = 1  # the polygons form one surface, open or closed
    SOLID = 2


class Boundaries(Struct, frozen=True):
    """Solids and surfaces, a surface being a solid of one shell here.

    points         coordinates (n, 3)
    corner         index into `points` of each corner, ring after ring
    ring_start     row starts over `corner`; a polygon's first ring is its exterior one
    polygon_start  row starts over the rings
    shell_start    row starts over the polygons; a solid's first shell is its exterior one
    solid_start    row starts over the shells
    kind           `Kind` of each solid
    composite      number of the CompositeSolid each solid belongs to, -1 none
    building       number of the building (in one level of detail) whose solids must not overlap, -1 none
    closing_point  rings repeat their first point at the end, as GML's do and CityJSON's don't
    """

    points: FloatArray
    corner: IntVector
    ring_start: IntVector
    polygon_start: IntVector
    shell_start: IntVector
    solid_start: IntVector
    kind: npt.NDArray[np.uint8]
    composite: IntVector
    building: IntVector
    closing_point: bool

    def __len__(self) -> int:
        return len(self.kind)


def row_starts(lengths: Sequence[int] | IntVector) -> IntVector:
    """Where each row begins, with the end of the last: [2, 0, 3] -> [0, 2, 2, 5]."""
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def _unpack(rows: Iterable[Sequence[Any]]) -> tuple[list[Any], IntVector]:
    """One level of nesting less: the members of all rows, and where each row begins."""
    kept = rows if isinstance(rows, list) else list(rows)
    return list(chain.from_iterable(kept)), row_starts(list(map(len, kept)))


def from_indices(
    points: FloatArray,
    solids: Sequence[Sequence[Sequence[Sequence[Sequence[int]]]]],
    kind: Kind | Sequence[int] = Kind.SOLID,
    composite: Sequence[int] | None = None,
    building: Sequence[int] | None = None,
) -> Boundaries:
    """Solids as lists of shells of polygons of rings of indices into `points`, without closing points (CityJSON)."""
    return _assembled(points, solids, kind, composite, building, closing_point=False)


def from_coordinates(
    solids: Sequence[Sequence[Sequence[Sequence[Sequence[Sequence[float]]]]]],
    kind: Kind | Sequence[int] = Kind.SOLID,
    composite: Sequence[int] | None = None,
    building: Sequence[int] | None = None,
    *,
    closing_point: bool = True,
) -> Boundaries:
    """Solids as lists of shells of polygons of rings of x, y, z (GML: each ring ends with its first point again)."""
    return _assembled(None, solids, kind, composite, building, closing_point=closing_point)


def _assembled(
    points: FloatArray | None,
    solids: Sequence[Sequence[Any]],
    kind: Kind | Sequence[int],
    composite: Sequence[int] | None,
    building: Sequence[int] | None,
    *,
    closing_point: bool,
) -> Boundaries:
    shells, solid_start = _unpack(solids)
    polygons, shell_start = _unpack(shells)
    rings, polygon_start = _unpack(polygons)
    corners, ring_start = _unpack(rings)
    if points is None:
        points = np.asarray(corners, np.float64)
        corner = np.arange(len(corners))
    else:
        corner = np.asarray(corners, np.int64)
    count = len(solid_start) - 1
    return Boundaries(
        points=np.asarray(points, np.float64).reshape(-1, 3),
        corner=corner,
        ring_start=ring_start,
        polygon_start=polygon_start,
        shell_start=shell_start,
        solid_start=solid_start,
        kind=np.full(count, kind, np.uint8) if isinstance(kind, Kind) else np.asarray(kind, np.uint8),
        composite=np.full(count, -1) if composite is None else np.asarray(composite, np.int64),
        building=np.full(count, -1) if building is None else np.asarray(building, np.int64),
        closing_point=closing_point,
    )


class SubjectGeometry(Struct, frozen=True):
    """The geometry of a source's subjects that can be judged as surfaces and solids.

    sid     subject of each solid or surface, -1 of none
    lod     level of detail of each, as written; "" where none is
    locate  (solid, shell, polygon, ring), each but the first None where it is not that which is meant -> where a person
            finds it: a JSON pointer, an XPath
    """

    boundaries: Boundaries
    sid: npt.NDArray[np.int32]
    lod: tuple[str, ...]
    locate: Callable[[int, int | None, int | None, int | None], str]


def concatenate(parts: Sequence[Boundaries]) -> Boundaries:
    """Boundaries over the same points, one after the other; composites and buildings keep their numbers."""

    def joined(name: str) -> IntVector:
        pieces, offset = [np.zeros(1, np.int64)], 0
        for part in parts:
            starts = getattr(part, name)
            pieces.append(starts[1:] + offset)
            offset += int(starts[-1])
        return np.concatenate(pieces)

    return Boundaries(
        points=parts[0].points,
        corner=np.concatenate([part.corner for part in parts]),
        ring_start=joined("ring_start"),
        polygon_start=joined("polygon_start"),
        shell_start=joined("shell_start"),
        solid_start=joined("solid_start"),
        kind=np.concatenate([part.kind for part in parts]),
        composite=np.concatenate([part.composite for part in parts]),
        building=np.concatenate([part.building for part in parts]),
        closing_point=parts[0].closing_point,
    )
