"""How low the contents of a tileset lie, cell by cell: what is compared with terrain and points.

Roofs and trees are in a tileset and not in the terrain, so the lowest vertices of each cell stand for the ground. Only
tiles without children are looked at: coarser ones are simplified. Heights are those above the ellipsoid of WGS 84,
which is what OGC 22-025r4, Coordinate reference system, has in a tileset on the earth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cimkit.readers.height_cells import CELL_DEGREES, HeightCells, cells_text
from cimkit.readers.tiles.points import Array, Points, geodetic
from cimkit.readers.tiles.volumes import Matrix

__all__ = ["GroundHeights"]

#: Vertices of one content that are looked at, spread evenly.
_VERTICES = 2_000
#: Of the vertices of a content in one cell this share may lie lower: skirts and stray points.
_BELOW = 0.1
#: Distances from the middle of the earth within which a place lies on it, metres.
_ON_EARTH = (6_330_000.0, 6_400_000.0)


class GroundHeights:
    """Collects the contents of the tiles at the end of the tree."""

    def __init__(self) -> None:
        self._cells = HeightCells(CELL_DEGREES, lowest=True)

    def add(self, points: Sequence[Points], to_tileset: Matrix | None) -> None:
        """The vertices of one content. to_tileset: from the tile to the tileset; a tileset that does not lie on the
        earth has no such heights."""
        count = sum(len(each.values) for each in points)
        step = max(1, count // _VERTICES)
        found = [_placed(each, to_tileset, step) for each in points if len(each.values)]
        if not found:
            return
        places = np.concatenate(found)
        distance = np.linalg.norm(places, axis=1)
        places = places[(distance > _ON_EARTH[0]) & (distance < _ON_EARTH[1])]
        if len(places):
            longitude, latitude, height = geodetic(places)
            self._cells.add(*_low(np.degrees(longitude), np.degrees(latitude), height))

    def text(self) -> str | None:
        """The cells as text; None: there are none."""
        return cells_text(self._cells.lows())


def _placed(points: Points, to_tileset: Matrix | None, step: int) -> Array:
    matrix = points.matrix if to_tileset is None else np.array(to_tileset) @ points.matrix
    with np.errstate(over="ignore", invalid="ignore"):
        placed: Array = points.values[::step].astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
    return placed[np.isfinite(placed).all(axis=1)]


def _low(x: Array, y: Array, z: Array) -> tuple[Array, Array, Array]:
    """One point for each cell: its place, and the height that a tenth of the cell's points do not reach."""
    column, row = np.floor(x / CELL_DEGREES), np.floor(y / CELL_DEGREES)
    order = np.lexsort((z, row, column))
    column, row, z = column[order], row[order], z[order]
    new = np.concatenate([[True], (np.diff(column) != 0) | (np.diff(row) != 0)])
    start = np.flatnonzero(new)
    length = np.diff(np.append(start, len(z)))
    at = start + (length * _BELOW).astype(np.int64)
    return (column[at] + 0.5) * CELL_DEGREES, (row[at] + 0.5) * CELL_DEGREES, z[at]
