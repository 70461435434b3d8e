"""Heights of terrain, points and tiles on one grid, so that data sets of one place can be held against each other.

Heights are summed in square cells of the data's own reference system (`HeightCells`) and then laid on a grid of
longitude and latitude that all data sets share, whatever their systems (`earth_text`). The kind of height is left as
it is: that it differs is what is looked for. Of each data set only so many cells are kept, spread over the extent.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import orjson

from cimkit.facts.systems import change_of_system

__all__ = ["CELL", "CELL_DEGREES", "HeightCells", "cells_text", "earth_text", "on_the_earth"]

#: Side of a cell in a plane reference system, metres.
CELL = 32.0
#: Side of a cell of the common grid, degrees: 55 m northward, 41 m eastward at 42 degrees north.
CELL_DEGREES = 0.0005
_MOST_CELLS = 4_000
_MOST_HELD = 200_000
#: Cells of a rectangle that are counted in an array; a larger one is sorted.
_DENSE = 4_000_000

Cells = Mapping[tuple[int, int], float]
_Array = npt.NDArray[np.float64]


class HeightCells:
    """Sums of heights by cell, fed piece by piece.

    side: of a cell, in units of the reference system; lowest: whether the lowest height of each cell is kept, too.
    """

    def __init__(self, side: float = CELL, *, lowest: bool = False) -> None:
        self.side = side
        self._lowest = lowest
        self._cells: dict[tuple[int, int], tuple[float, int, float]] = {}

    def add(self, x: _Array, y: _Array, z: _Array) -> None:
        """Points of equal weight. What is not finite is left out."""
        sound = np.isfinite(x) & np.isfinite(y) & np.isfinite(z) & (np.abs(x) < 1e9) & (np.abs(y) < 1e9)
        if not sound.any():
            return
        height = z[sound]
        column = np.floor(x[sound] / self.side).astype(np.int64)
        row = np.floor(y[sound] / self.side).astype(np.int64)
        left, first = int(column.min()), int(row.min())
        wide = int(row.max()) - first + 1
        place = (column - left) * wide + (row - first)
        used = None
        if (int(column.max()) - left + 1) * wide > _DENSE:
            used, place = np.unique(place, return_inverse=True)
        count = np.bincount(place)
        total = np.bincount(place, weights=height)
        low = np.full(len(count), np.inf)
        if self._lowest:
            np.minimum.at(low, place, height)
        if used is None:
            used = np.flatnonzero(count)
            count, total, low = count[used], total[used], low[used]
        for at, *sums in zip(used.tolist(), total.tolist(), count.tolist(), low.tolist(), strict=True):
            key = (at // wide + left, at % wide + first)
            if key not in self._cells and len(self._cells) >= _MOST_HELD:
                continue
            before = self._cells.get(key, (0.0, 0, np.inf))
            self._cells[key] = (before[0] + sums[0], before[1] + sums[1], min(before[2], sums[2]))

    def means(self, least: int = 1) -> Cells:
        """Mean height of each cell with so many points."""
        return {key: total / count for key, (total, count, _) in self._cells.items() if count >= least}

    def lows(self, least: int = 1) -> Cells:
        """Lowest height of each cell with so many points; nothing where it was not kept."""
        return {key: low for key, (_, count, low) in self._cells.items() if count >= least and low < np.inf}


def earth_text(cells: Cells, crs: str | None, side: float, *, lowest: bool = False) -> str | None:
    """Cells of a reference system as text, on the grid of the earth; None: there are none, or nobody knows where."""
    return cells_text(on_the_earth(cells, crs, side, lowest=lowest))


def on_the_earth(cells: Cells, crs: str | None, side: float, *, lowest: bool = False) -> Cells:
    """Cells of a reference system (`EPSG:4549`), each laid into the cell of the common grid that its middle lies in:
    their mean there, or the lowest. Nothing for a system without a code."""
    if not cells or crs is None or not crs.startswith("EPSG:"):
        return {}
    middles = (np.array(list(cells), np.float64) + 0.5) * side
    heights = np.fromiter(cells.values(), np.float64, len(cells))
    degrees = _in_degrees(middles, crs)
    known = np.isfinite(degrees).all(axis=1)
    places = np.floor(degrees[known] / CELL_DEGREES).astype(np.int64)
    keys, inverse = np.unique(places, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    if lowest:
        found = np.full(len(keys), np.inf)
        np.minimum.at(found, inverse, heights[known])
    else:
        found = np.bincount(inverse, weights=heights[known], minlength=len(keys)) / np.bincount(inverse)
    return {(key[0], key[1]): height for key, height in zip(keys.tolist(), found.tolist(), strict=True)}


def _in_degrees(points: _Array, crs: str) -> _Array:
    """East before north, (n, 2), to longitude and latitude; NaN where it can't be computed."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError, ProjError

    try:
        system = CRS.from_user_input(crs)
        if system.is_geographic:
            return points
        x, y = change_of_system(crs).transform(points[:, 0], points[:, 1])
    except (CRSError, ProjError):
        return np.full(points.shape, np.nan)
    return np.column_stack([x, y])


def cells_text(cells: Cells) -> str | None:
    """The cells as `[[column, row, height], ...]`, at most some thousand of them; None: there are none.

    Which cells are left out depends on the cells alone, so that two data sets of one place keep the same.
    """
    mask = 0
    kept = sorted(cells)
    while len(kept) > _MOST_CELLS:
        mask = mask * 2 + 1
        kept = [key for key in kept if _mixed(key) & mask == 0]
    chosen = [[*key, round(cells[key], 3)] for key in kept]
    return orjson.dumps(chosen).decode() if chosen else None


def _mixed(key: tuple[int, int]) -> int:
    """A number that looks random and is not."""
    mixed = (key[0] * 0x9E3779B1 + key[1] * 0x85EBCA77) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    return (mixed * 0x2C1B3C6D & 0xFFFFFFFF) >> 12
