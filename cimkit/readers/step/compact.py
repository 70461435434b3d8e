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


class Compact(NamedTuple):
    """Copies of ranges, each filled up with blanks to a multiple of eight bytes; comments are blanks too."""

    text: npt.NDArray[np.uint8]
    #: where each range begins in `text`
    bases: Int64Array
    #: for every eight bytes of `text`: which range they are of
    owners: npt.NDArray[np.int32]
    starts: Int64Array

    def owner(self, places: Int64Array) -> npt.NDArray[np.int32]:
        """Which range each place in `text` belongs to."""
        owners: npt.NDArray[np.int32] = self.owners[places >> 3]
        return owners

    def offsets(self, places: Int64Array) -> Int64Array:
        """Offsets in the file of places in `text`."""
        owner = self.owner(places)
        return places + (self.starts - self.bases)[owner]


def compact(octets: Octets, starts: Int64Array, ends: Int64Array, comments: Comments) -> Compact:
    """Copy the ranges, eight bytes at a time."""
    lengths = ends - starts
    words = (lengths + (WORD - 1)) >> 3
    last = np.cumsum(words)
    bases = (last - words) << 3
    owners = np.repeat(np.arange(len(starts), dtype=np.int32), words)
    sources = np.arange(len(owners), dtype=np.int64) << 3
    sources += (starts - bases)[owners]
    copied = octets.words(sources)
    partial = np.flatnonzero(lengths & (WORD - 1))
    if len(partial):
        keep = np.right_shift(_ALL, ((-lengths[partial] & (WORD - 1)) << 3).astype(np.uint64))
        final = last[partial] - 1
        copied[final] = (copied[final] & keep) | (_BLANKS & ~keep)
    text = copied.astype("<u8", copy=False).view(np.uint8)
    if len(comments):
        _blank_comments(text, bases, starts, ends, comments)
    return Compact(text, bases, owners, starts)


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
