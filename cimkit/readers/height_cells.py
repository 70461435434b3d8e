"""Mean heights of terrain and points on one grid, so that two data sets of one place can be held against each other.

Cells are squares whose corners are multiples of their side in the data's own reference system: data sets in the same
system share them. Of each only so many are kept, spread over the extent.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import orjson

__all__ = ["CELL", "HeightCells", "cells_text"]

#: Side of a cell in units of the reference system: metres, where heights can be compared at all.
CELL = 32.0
_MOST_CELLS = 400
_MOST_HELD = 200_000
#: Cells of a rectangle that are counted in an array; a larger one is sorted.
_DENSE = 4_000_000


class HeightCells:
    """Sums of heights by cell, fed piece by piece."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], tuple[float, int]] = {}

    def add(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], z: npt.NDArray[np.float64]) -> None:
        """Points of equal weight. What is not finite is left out."""
        sound = np.isfinite(x) & np.isfinite(y) & np.isfinite(z) & (np.abs(x) < 1e9) & (np.abs(y) < 1e9)
        if not sound.any():
            return
        column = np.floor(x[sound] / CELL).astype(np.int64)
        row = np.floor(y[sound] / CELL).astype(np.int64)
        left, first = int(column.min()), int(row.min())
        wide = int(row.max()) - first + 1
        place = (column - left) * wide + (row - first)
        if (int(column.max()) - left + 1) * wide <= _DENSE:
            count = np.bincount(place)
            total = np.bincount(place, weights=z[sound])
            used = np.flatnonzero(count)
            count, total = count[used], total[used]
        else:
            used, inverse = np.unique(place, return_inverse=True)
            count = np.bincount(inverse)
            total = np.bincount(inverse, weights=z[sound])
        for at, height, number in zip(used.tolist(), total.tolist(), count.tolist(), strict=True):
            key = (at // wide + left, at % wide + first)
            if key not in self._cells and len(self._cells) >= _MOST_HELD:
                continue
            before = self._cells.get(key, (0.0, 0))
            self._cells[key] = (before[0] + height, before[1] + number)

    def means(self, least: int = 1) -> Mapping[tuple[int, int], float]:
        """Mean height of each cell with so many points."""
        return {key: total / count for key, (total, count) in self._cells.items() if count >= least}


def cells_text(means: Mapping[tuple[int, int], float]) -> str | None:
    """The cells as `[[column, row, height], ...]`, some hundred of them; None: there are none.

    Which cells are left out depends on the cells alone, so that two data sets of one place keep the same.
    """
    mask = 0
    kept = sorted(means)
    while len(kept) > _MOST_CELLS:
        mask = mask * 2 + 1
        kept = [key for key in kept if _mixed(key) & mask == 0]
    chosen = [[*key, round(means[key], 3)] for key in kept]
    return orjson.dumps(chosen).decode() if chosen else None


def _mixed(key: tuple[int, int]) -> int:
    """A number that looks random and is not."""
    mixed = (key[0] * 0x9E3779B1 + key[1] * 0x85EBCA77) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    return (mixed * 0x2C1B3C6D & 0xFFFFFFFF) >> 12
