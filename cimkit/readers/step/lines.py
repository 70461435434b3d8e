"""Lines and columns of byte offsets, for people; made only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cimkit.readers.step.compact import batches, gather

if TYPE_CHECKING:
    from cimkit.readers.step.octets import Int64Array, Octets

__all__ = ["Lines"]

_BLOCK = 1 << 16
_LAST_ASCII = 127
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
        line, column = self.positions([offset])
        return int(line[0]), int(column[0])

    def positions(self, offsets: npt.ArrayLike) -> tuple[Int64Array, Int64Array]:
        """1-based lines and columns, in characters, of the bytes at some offsets."""
        wanted = np.asarray(offsets, np.int64)
        lines, starts = self._lines_and_starts(wanted)
        columns = wanted - starts + 1
        if self._encoding != "ascii":
            for first, last in batches(columns, _BLOCK):
                if last - first > 1 or columns[first] <= _BLOCK:  # so far into a line, bytes are counted
                    text, cuts = gather(self._octets, starts[first:last], columns[first:last] - 1)
                    columns[first:last] = self._characters(text, cuts) + 1
        return lines, columns

    def lines(self, offsets: npt.ArrayLike) -> Int64Array:
        """1-based line of each offset."""
        return self._lines_and_starts(np.asarray(offsets, np.int64))[0]

    def _characters(self, text: npt.NDArray[np.uint8], cuts: Int64Array) -> Int64Array:
        """Number of characters in each stretch of a text."""
        high = text > _LAST_ASCII
        counts = np.diff(cuts)
        if self._encoding == "utf-8":
            following = np.concatenate((np.zeros(1, np.int64), np.cumsum((text & 0xC0) == 0x80)))
            return counts - np.diff(following[cuts])
        for row in np.unique(np.searchsorted(cuts, np.flatnonzero(high), side="right") - 1).tolist():
            counts[row] = len(text[cuts[row] : cuts[row + 1]].tobytes().decode(self._encoding, "replace"))
        return counts

    def _lines_and_starts(self, wanted: Int64Array) -> tuple[Int64Array, Int64Array]:
        """1-based line of each offset, and where the line starts."""
        order = np.argsort(wanted, kind="stable")
        lines, starts = np.empty(len(wanted), np.int64), np.empty(len(wanted), np.int64)
        blocks = wanted[order] // _BLOCK
        for block in np.unique(blocks).tolist():
            first, last = np.searchsorted(blocks, [block, block + 1])
            which = order[first:last]
            ends = self._line_ends(block * _BLOCK, (block + 1) * _BLOCK)
            before = np.searchsorted(ends, wanted[which], side="left")
            lines[which] = self._before[min(block, len(self._before) - 1)] + before + 1
            starts[which] = np.append(self._last_end[min(block, len(self._last_end) - 1)], ends)[before] + 1
        return lines, starts
