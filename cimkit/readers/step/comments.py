"""Comments `/* ... */`: where they are, and stepping over them and blanks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from cimkit.readers.step.states import COMMENT, STRING

if TYPE_CHECKING:
    from cimkit.readers.step.octets import Int64Array, Octets

__all__ = ["Comments", "find_comments", "outside", "skip_separators", "trim"]

_STAR, _SLASH = b"*/"
_BLANK = 32  # and every control character below it
_ROUNDS = 64


def _empty() -> Int64Array:
    return np.empty(0, np.int64)


def outside(offsets: Int64Array, starts: Int64Array, ends: Int64Array) -> npt.NDArray[np.bool_]:
    """Which offsets lie in none of some ranges, which are sorted and apart."""
    if not len(starts):
        return np.ones(len(offsets), np.bool_)
    which = np.searchsorted(starts, offsets, side="right") - 1
    return (which < 0) | (offsets >= ends[which])


class Comments(Struct, frozen=True):
    """Ranges of bytes, sorted and apart: from '/' of the opening to after '/' of the closing sign."""

    starts: Int64Array = field(default_factory=_empty)
    ends: Int64Array = field(default_factory=_empty)

    def __len__(self) -> int:
        return len(self.starts)

    def end_of(self, offsets: Int64Array) -> Int64Array:
        """Where the comment that begins exactly at each offset ends; the offset itself where none begins."""
        which = np.minimum(np.searchsorted(self.starts, offsets), len(self.starts) - 1)
        return np.where(self.starts[which] == offsets, self.ends[which], offsets)

    def start_of(self, offsets: Int64Array) -> Int64Array:
        """Where the comment that ends exactly at each offset starts; the offset itself where none ends."""
        which = np.minimum(np.searchsorted(self.ends, offsets), len(self.ends) - 1)
        return np.where(self.ends[which] == offsets, self.starts[which], offsets)

    def outside(self, offsets: Int64Array) -> npt.NDArray[np.bool_]:
        """Which offsets lie in no comment."""
        return outside(offsets, self.starts, self.ends)

    def merged(self) -> Comments:
        """The same with comments that touch, or were cut in two, made one."""
        if len(self) < 2:
            return self
        apart = self.starts[1:] != self.ends[:-1]
        return Comments(self.starts[np.append(True, apart)], self.ends[np.append(apart, True)])

    def between(self, start: int, end: int) -> tuple[Int64Array, Int64Array]:
        """The comments that touch a range of bytes."""
        first = int(np.searchsorted(self.ends, start, side="right"))
        last = int(np.searchsorted(self.starts, end, side="left"))
        return self.starts[first:last], self.ends[first:last]


def skip_separators(octets: Octets, offsets: Int64Array, comments: Comments) -> Int64Array:
    """The first byte at or after each offset that is neither blank nor comment."""
    here = octets.at(offsets)
    waiting = np.flatnonzero((here <= _BLANK) | (here == _SLASH))
    if not len(waiting):
        return offsets
    result = offsets.copy()
    for _ in range(_ROUNDS):
        before = result[waiting]
        here = octets.at(before)
        after = before + (here <= _BLANK)
        if len(comments):
            after = comments.end_of(after)
        after = np.minimum(after, octets.size)
        result[waiting] = after
        waiting = waiting[(after != before) & (after < octets.size)]
        if len(waiting):
            here = octets.at(result[waiting])
            waiting = waiting[(here <= _BLANK) | (here == _SLASH)]
        if not len(waiting):
            return result
    for row in waiting.tolist():  # long runs of blanks: rare, so one at a time
        result[row] = _skip_one(octets, int(result[row]), comments)
    return result


def _skip_one(octets: Octets, offset: int, comments: Comments) -> int:
    while offset < octets.size:
        window = octets.array[offset : min(offset + 4096, octets.size)]
        solid = np.flatnonzero(window > _BLANK)
        if not len(solid):
            offset += len(window)
            continue
        offset += int(solid[0])
        end = int(comments.end_of(np.array([offset]))[0]) if len(comments) else offset
        if end == offset:
            return offset
        offset = end
    return octets.size


def trim(octets: Octets, starts: Int64Array, ends: Int64Array, comments: Comments) -> tuple[Int64Array, Int64Array]:
    """Ranges without blanks and comments at their ends."""
    starts = np.minimum(skip_separators(octets, starts, comments), ends)
    last = np.maximum(ends - 1, 0)
    while len(comments) or (octets.at(last) <= _BLANK).any():
        shorter = np.where((ends > starts) & (octets.at(last) <= _BLANK), ends - 1, ends)
        if len(comments):
            shorter = np.maximum(comments.start_of(shorter), starts)
        if np.array_equal(shorter, ends):
            break
        ends = shorter
        last = np.maximum(ends - 1, 0)
    return starts, ends


def find_comments(
    piece: npt.NDArray[np.uint8], start: int, quotes: Int64Array, restarts: Int64Array, state: int
) -> tuple[Comments, bool]:
    """Comments of the piece that begins at `start`, and whether the last one is closed in it.

    `quotes` and `restarts` (where a new statement begins whatever came before) are offsets in the
    file. One step a comment, for what one hides decides where the next begins.
    """
    end = start + len(piece)
    opens = np.flatnonzero((piece[:-1] == _SLASH) & (piece[1:] == _STAR)) + start
    closes = np.flatnonzero((piece[:-1] == _STAR) & (piece[1:] == _SLASH)) + start
    if state == COMMENT:
        opens = np.concatenate((np.array([start - 2]), opens))
    # where each comment would stop, and how many quotes stand before its beginning, its stop and the last restart
    closing = np.searchsorted(closes, opens + 2)
    stops = np.append(closes + 2, end)[closing]
    quotes_before = np.searchsorted(quotes, opens)
    quotes_until = np.searchsorted(quotes, stops)
    restart = np.concatenate((np.array([-1]), restarts))[np.searchsorted(restarts, opens)]
    quotes_restart = np.searchsorted(quotes, restart)

    starts: list[int] = []
    ends: list[int] = []
    closed, inside, since, seen = True, state == STRING, start - 2, 0
    columns = (opens, closing, stops, quotes_before, quotes_until, restart, quotes_restart)
    for begin, close, stop, before, until, again, before_again in zip(*(c.tolist() for c in columns), strict=True):
        if begin < since:
            continue
        if again >= max(since, start):
            inside, seen = False, before_again
        inside, seen = inside ^ bool((before - seen) & 1), before
        since = begin
        if not inside:
            starts.append(max(begin, start))
            ends.append(stop)
            closed, since, seen = close < len(closes), stop, until
    return Comments(np.array(starts, np.int64), np.array(ends, np.int64)), closed
