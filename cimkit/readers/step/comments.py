"""Comments `/* ... */`: where they are, and stepping over them and blanks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

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


@dataclass(frozen=True)
class Comments:
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

    `quotes` and `restarts` (where a new instance begins whatever came before) are offsets in the
    file. One step a comment, for what one hides decides where the next begins.
    """
    opens = np.flatnonzero((piece[:-1] == _SLASH) & (piece[1:] == _STAR)) + start
    closes = np.flatnonzero((piece[:-1] == _STAR) & (piece[1:] == _SLASH)) + start
    end = start + len(piece)
    found: list[tuple[int, int]] = []

    def close(begin: int, earliest: int) -> bool:
        following = int(np.searchsorted(closes, earliest))
        stop = int(closes[following]) + 2 if following < len(closes) else end
        found.append((begin, stop))
        return following < len(closes)

    def all_found(closed: bool) -> tuple[Comments, bool]:
        ranges = np.array(found, np.int64).reshape(-1, 2)
        return Comments(ranges[:, 0].copy(), ranges[:, 1].copy()), closed

    inside, since = state == STRING, start
    if state == COMMENT:
        if not close(start, start):
            return all_found(False)
        inside, since = False, found[-1][1]
    latest = np.searchsorted(restarts, opens, side="right") - 1
    restarted = np.where(latest >= 0, restarts[np.maximum(latest, 0)], -1) if len(restarts) else np.full(len(opens), -1)
    for begin, restart in zip(opens.tolist(), restarted.tolist(), strict=True):
        if begin < since:
            continue
        if restart >= since:
            inside, since = False, restart
        count = int(np.searchsorted(quotes, begin)) - int(np.searchsorted(quotes, since))
        inside, since = inside ^ bool(count & 1), begin
        if inside:
            continue
        if not close(begin, begin + 2):
            return all_found(False)
        since = found[-1][1]
    return all_found(True)
