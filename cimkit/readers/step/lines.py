"""Lines and columns of byte offsets, for people; made only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from cimkit.readers.step.octets import Int64Array, Octets

__all__ = ["Lines"]

_BLOCK = 1 << 16
_LF, _CR = b"\n\r"


class Lines:
    """Line ends are LF, CR LF, or CR alone."""

    def __init__(self, octets: Octets, encoding: str) -> None:
        self._octets = octets
        self._encoding = encoding
        blocks = range(0, octets.size, _BLOCK)
        self._before = np.zeros(len(blocks) + 1, np.int64)
        self._last_end = np.full(len(blocks) + 1, -1, np.int64)
        for block, start in enumerate(blocks):
            ends = self._line_ends(start, start + _BLOCK)
            self._before[block + 1] = self._before[block] + len(ends)
            self._last_end[block + 1] = ends[-1] if len(ends) else self._last_end[block]

    def _line_ends(self, start: int, end: int) -> Int64Array:
        piece = self._octets.array[start : min(end, self._octets.size)]
        ends = piece == _LF
        returns = piece == _CR
        if returns.any():
            following = self._octets.array[start + 1 : min(end + 1, self._octets.size)]
            alone = returns.copy()
            alone[: len(following)] &= following != _LF
            ends |= alone
        return np.flatnonzero(ends) + start

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column, in characters, of the byte at an offset."""
        line, start = self._locate(offset)
        before = self._octets.bytes(start, offset)
        column = len(before.decode(self._encoding, "replace")) if len(before) <= _BLOCK else len(before)
        return line, column + 1

    def positions(self, offsets: npt.ArrayLike) -> list[tuple[int, int]]:
        return [self.position(int(offset)) for offset in np.asarray(offsets, np.int64)]

    def lines(self, offsets: npt.ArrayLike) -> Int64Array:
        """1-based line of each offset."""
        wanted = np.asarray(offsets, np.int64)
        order = np.argsort(wanted, kind="stable")
        result = np.empty(len(wanted), np.int64)
        blocks = wanted[order] // _BLOCK
        for block in np.unique(blocks).tolist():
            first, last = np.searchsorted(blocks, [block, block + 1])
            ends = self._line_ends(block * _BLOCK, (block + 1) * _BLOCK)
            inside = np.searchsorted(ends, wanted[order[first:last]], side="left")
            result[order[first:last]] = self._before[block] + inside + 1
        return result

    def _locate(self, offset: int) -> tuple[int, int]:
        block = offset // _BLOCK
        ends = self._line_ends(block * _BLOCK, offset)
        ends = ends[ends < offset]
        last = int(ends[-1]) if len(ends) else int(self._last_end[min(block, len(self._last_end) - 1)])
        return int(self._before[min(block, len(self._before) - 1)]) + len(ends) + 1, last + 1
