"""From instance numbers and keywords to rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from cimkit.readers.step.octets import Int64Array

__all__ = ["IdLookup", "RowsByType"]

Rows = npt.NDArray[np.int32]

_DENSE_FACTOR = 8
_DENSE_ALWAYS = 1 << 20


class IdLookup:
    """Rows by instance number: a table if the numbers are dense enough, else a sorted search."""

    def __init__(self, ids: npt.NDArray[np.int32] | Int64Array) -> None:
        largest = int(ids.max()) if len(ids) else -1
        self.dense = largest < max(_DENSE_FACTOR * len(ids), _DENSE_ALWAYS)
        if self.dense:
            self._table = np.full(largest + 2, -1, np.int32)  # the last entry stays -1
            # written backwards, so that the first of several rows with one number stays
            self._table[ids[::-1]] = np.arange(len(ids) - 1, -1, -1, dtype=np.int32)
            self._table[-1] = -1
        else:
            self._order = np.argsort(ids, kind="stable").astype(np.int32)
            self._sorted = ids[self._order]

    def rows(self, ids: npt.NDArray[np.integer]) -> Rows:
        """The row of each number, -1 where there is none."""
        if self.dense:
            last = len(self._table) - 1
            if ids.dtype.kind == "u":
                return self._table[np.minimum(ids, last)]
            return self._table[np.where((ids < 0) | (ids > last), last, ids)]
        place = np.minimum(np.searchsorted(self._sorted, ids), len(self._sorted) - 1)
        return np.where((self._sorted[place] == ids) & (ids >= 0), self._order[place], np.int32(-1))


class RowsByType:
    """Rows grouped by keyword."""

    def __init__(self, types: Rows, keywords: int) -> None:
        narrow = types.astype(np.int16) if keywords <= np.iinfo(np.int16).max else types  # sorted by radix
        self._order = np.argsort(narrow, kind="stable").astype(np.int32)
        self._first = np.concatenate(([0], np.cumsum(np.bincount(types, minlength=keywords))))

    def rows(self, codes: Sequence[int]) -> Rows:
        """Rows of any of the codes, in file order."""
        groups = [self._order[self._first[code] : self._first[code + 1]] for code in codes]
        if not groups:
            return np.empty(0, np.int32)
        return groups[0].copy() if len(groups) == 1 else np.sort(np.concatenate(groups))
