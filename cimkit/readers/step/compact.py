"""Ranges of the file, copied one after the other, so that what lies between them costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from cimkit.readers.step.octets import WORD

if TYPE_CHECKING:
    from cimkit.readers.step.comments import Comments
    from cimkit.readers.step.octets import Int64Array, Octets

__all__ = ["Compact", "batches", "compact", "gather"]

_BLANKS = np.uint64(0x2020202020202020)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_BLANK = 32
_GATHER_BYTES = 1 << 19
_BETWEEN = 2  # bytes between ranges that are copied with them: the end of a line
_RANGES_IN_RUN = 8  # on average, or they are copied one by one


class Compact(NamedTuple):
    """Copies of ranges, one after the other, with nothing but blanks between them; comments are blanks too."""

    text: npt.NDArray[np.uint8]
    #: where each range begins in `text`
    bases: Int64Array
    starts: Int64Array

    def firsts(self, places: Int64Array) -> npt.NDArray[np.intp]:
        """For each range, how many of the ascending places come before it."""
        return np.searchsorted(places, self.bases)

    def owner(self, places: Int64Array) -> npt.NDArray[np.intp]:
        """Which range each place in `text` belongs to."""
        return np.searchsorted(self.bases, places, side="right") - 1

    def offsets(self, places: Int64Array) -> Int64Array:
        """Offsets in the file of places in `text`."""
        owner = self.owner(places)
        return places + (self.starts - self.bases)[owner]


def compact(octets: Octets, starts: Int64Array, ends: Int64Array, comments: Comments) -> Compact:
    """Copy the ranges: by runs of ranges that follow one another in the file, or else eight bytes at a time."""
    if not len(comments):
        begins = _runs(octets, starts, ends)
        if len(begins) * _RANGES_IN_RUN <= len(starts):
            return _copied_by_runs(octets, starts, ends, begins)
    lengths = ends - starts
    words = (lengths + (WORD - 1)) >> 3
    last = np.cumsum(words)
    bases = (last - words) << 3
    sources = np.repeat(starts - bases, words)
    sources += np.arange(len(sources), dtype=np.int64) << 3
    copied = octets.words(sources)
    partial = np.flatnonzero(lengths & (WORD - 1))
    if len(partial):
        keep = np.right_shift(_ALL, ((-lengths[partial] & (WORD - 1)) << 3).astype(np.uint64))
        final = last[partial] - 1
        copied[final] = (copied[final] & keep) | (_BLANKS & ~keep)
    text = copied.astype("<u8", copy=False).view(np.uint8)
    if len(comments):
        _blank_comments(text, bases, starts, ends, comments)
    return Compact(text, bases, starts)


def _runs(octets: Octets, starts: Int64Array, ends: Int64Array) -> npt.NDArray[np.intp]:
    """The ranges that do not follow the one before them with nothing but a few blanks between."""
    before, after = ends[:-1], starts[1:]
    apart = after - before
    near = (apart >= 0) & (apart <= _BETWEEN)
    near &= (apart == 0) | ((octets.at(before) <= _BLANK) & (octets.at(after - 1) <= _BLANK))
    return np.flatnonzero(np.concatenate((np.ones(min(len(starts), 1), np.bool_), ~near)))


def _copied_by_runs(octets: Octets, starts: Int64Array, ends: Int64Array, begins: npt.NDArray[np.intp]) -> Compact:
    count = np.diff(begins, append=len(starts))
    left, right = starts[begins], ends[begins + count - 1]
    lengths = right - left
    bases = starts + np.repeat(np.cumsum(lengths) - lengths - left, count)
    parts = [octets.array[start:end] for start, end in zip(left.tolist(), right.tolist(), strict=True)]
    return Compact(np.concatenate([np.empty(0, np.uint8), *parts]) if len(parts) != 1 else parts[0], bases, starts)


def _blank_comments(
    text: npt.NDArray[np.uint8], bases: Int64Array, starts: Int64Array, ends: Int64Array, comments: Comments
) -> None:
    first = np.searchsorted(comments.ends, starts, side="right")
    stop = np.searchsorted(comments.starts, ends, side="left")
    for row in np.flatnonzero(first < stop).tolist():
        shift = int(bases[row] - starts[row])
        begin, end = int(starts[row]), int(ends[row])
        for comment in range(int(first[row]), int(stop[row])):
            left = max(int(comments.starts[comment]), begin)
            right = min(int(comments.ends[comment]), end)
            text[left + shift : right + shift] = _BLANK


def batches(lengths: Int64Array, size: int) -> Iterator[tuple[int, int]]:
    """Cut rows into batches of about `size` bytes, at least one row each."""
    total = np.cumsum(lengths)
    first = 0
    while first < len(lengths):
        done = int(total[first - 1]) if first else 0
        last = max(int(np.searchsorted(total, done + size, side="right")), first + 1)
        yield first, last
        first = last


def gather(octets: Octets, starts: Int64Array, lengths: Int64Array) -> tuple[npt.NDArray[np.uint8], Int64Array]:
    """The bytes of the ranges with nothing between them, and where each begins (one more than ranges)."""
    offsets = np.zeros(len(starts) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    text = np.empty(int(offsets[-1]), np.uint8)
    for first, last in batches(lengths, _GATHER_BYTES):
        begin, end = int(offsets[first]), int(offsets[last])
        if last - first == 1:
            text[begin:end] = octets.array[int(starts[first]) : int(starts[first]) + end - begin]
            continue
        sources = np.repeat(starts[first:last] - offsets[first:last], lengths[first:last])
        sources += np.arange(begin, end)
        text[begin:end] = octets.array[sources]
    return text, offsets
