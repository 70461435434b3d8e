"""Lines and columns of byte offsets, for people; made only when asked for."""

from __future__ import annotations

from functools import cached_property
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

    @cached_property
    def _blocks(self) -> tuple[Int64Array, Int64Array]:
        """Of each block: line ends before it, and where the last of these is (-1: there is none). The whole file is
        looked through, so it must not be asked for where nothing is to be told."""
        starts = range(0, self._octets.size, _BLOCK)
        before = np.zeros(len(starts) + 1, np.int64)
        last_end = np.full(len(starts) + 1, -1, np.int64)
        for block, start in enumerate(starts):
            ends = self._line_ends(start, start + _BLOCK)
            before[block + 1] = before[block] + len(ends)
            last_end[block + 1] = ends[-1] if len(ends) else last_end[block]
        return before, last_end

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
        lines, starts = np.empty(len(wanted), np.int64), np.empty(len(wanted), np.int64)
        if not len(wanted):
            return lines, starts
        ends_before, last_end = self._blocks
        order = np.argsort(wanted, kind="stable")
        blocks = wanted[order] // _BLOCK
        for block in np.unique(blocks).tolist():
            first, last = np.searchsorted(blocks, [block, block + 1])
            which = order[first:last]
            ends = self._line_ends(block * _BLOCK, (block + 1) * _BLOCK)
            before = np.searchsorted(ends, wanted[which], side="left")
            lines[which] = ends_before[min(block, len(ends_before) - 1)] + before + 1
            starts[which] = np.append(last_end[min(block, len(last_end) - 1)], ends)[before] + 1
        return lines, starts
