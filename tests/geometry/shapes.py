"""Solids for the tests, as lists of polygons of rings without closing points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Point = tuple[float, float, float]
Polygon = list[list[Point]]
Shell = list[Polygon]


def prism(
    footprint: Sequence[tuple[float, float]],
    low: float,
    high: float,
    holes: Sequence[Sequence[tuple[float, float]]] = (),
) -> Shell:
    """The footprint (counter-clockwise, holes clockwise) from low to high, facing outwards."""
    rings = [list(footprint), *map(list, holes)]
    floor: Polygon = [[(x, y, low) for x, y in reversed(ring)] for ring in rings]
    roof: Polygon = [[(x, y, high) for x, y in ring] for ring in rings]
    walls: Shell = [
        [[(*a, low), (*b, low), (*b, high), (*a, high)]] for ring in rings for a, b in pairwise([*ring, ring[0]])
    ]
    return [floor, roof, *walls]


def box(x0: float, y0: float, z0: float, x1: float, y1: float, z1: float) -> Shell:
    return prism([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], z0, z1)


def inverted(shell: Shell) -> Shell:
    return [[ring[::-1] for ring in polygon] for polygon in shell]


def moved(shells: Sequence[Shell], rotation: np.ndarray, shift: Sequence[float], scale: float = 1.0) -> list[Shell]:
    def place(point: Point) -> Point:
        x, y, z = (rotation @ np.asarray(point) * scale + np.asarray(shift)).tolist()
        return x, y, z

    return [[[[place(point) for point in ring] for ring in polygon] for polygon in shell] for shell in shells]


def rotation_of(quaternion: Sequence[float]) -> np.ndarray:
    w, x, y, z = np.asarray(quaternion) / np.linalg.norm(quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
