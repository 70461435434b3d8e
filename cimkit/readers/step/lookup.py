"""From instance numbers and keywords to rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cimkit.readers.step.pieces import in_pieces, in_threads

if TYPE_CHECKING:
    from cimkit.readers.step.index import IntArray

__all__ = ["IdLookup", "RowsByType"]

Rows = npt.NDArray[np.int32]

_DENSE_FACTOR = 8
_DENSE_ALWAYS = 1 << 20
_ROWS_AT_ONCE = 1 << 16


class IdLookup:
    """Rows by instance number: a table if the numbers are dense enough, else a sorted search."""

    def __init__(self, ids: IntArray) -> None:
        largest = int(ids.max()) if len(ids) else -1
        self.dense = largest < max(_DENSE_FACTOR * len(ids), _DENSE_ALWAYS)
        if self.dense:
            self._table = np.full(largest + 2, -1, np.int32)  # the last entry stays -1
            # written backwards, so that the first of several rows with one number stays
            for begin, end in reversed(in_pieces(len(ids), _ROWS_AT_ONCE)):
                self._table[ids[begin:end][::-1]] = np.arange(end - 1, begin - 1, -1, dtype=np.int32)
            self._table[-1] = -1
        else:
            self._order = np.argsort(ids, kind="stable").astype(np.int32)
            self._sorted = ids[self._order]

    def rows(self, ids: npt.NDArray[np.integer]) -> Rows:
        """The row of each number, -1 where there is none."""
        if self.dense:
            last = len(self._table) - 1
            found: Rows = self._table[np.where((ids < 0) | (ids > last), last, ids)]
        else:
            place = np.minimum(np.searchsorted(self._sorted, ids), len(self._sorted) - 1)
            found = np.where((self._sorted[place] == ids) & (ids >= 0), self._order[place], np.int32(-1))
        return found


class RowsByType:
    """Rows grouped by keyword, by counting: four bytes a row."""

    def __init__(self, types: IntArray, keywords: int) -> None:
        self._order = np.empty(len(types), np.int32)
        pieces = in_pieces(len(types), _ROWS_AT_ONCE)
        counts = np.zeros((len(pieces) + 1, keywords), np.int64)  # of each keyword, in the piece before
        for number, (begin, end) in enumerate(pieces, start=1):
            counts[number] = np.bincount(types[begin:end], minlength=keywords)
        self._first = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts.sum(axis=0))))
        places = self._first[:-1] + np.cumsum(counts, axis=0)  # where the rows of each keyword go, of each piece

        def fill(number: int) -> None:
            begin, end = pieces[number]
            order = np.argsort(types[begin:end], kind="stable")
            sorted_types = types[begin:end][order]
            count = counts[number + 1]
            shift = places[number] - (np.cumsum(count) - count)
            self._order[np.arange(end - begin) + shift[sorted_types]] = order + begin

        deque(in_threads(fill, range(len(pieces)), threaded=len(pieces) > 1), maxlen=0)

    def rows(self, codes: Sequence[int]) -> Rows:
        """Rows of any of the codes, in file order."""
        groups = [self._order[self._first[code] : self._first[code + 1]] for code in codes]
        if not groups:
            return np.empty(0, np.int32)
        return groups[0].copy() if len(groups) == 1 else np.sort(np.concatenate(groups))
