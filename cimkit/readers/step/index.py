"""The index of a file: which statements are instances, their number, their keyword."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from cimkit.readers.step.comments import Comments, skip_separators
from cimkit.readers.step.errors import StepError
from cimkit.readers.step.keywords import KeywordTable
from cimkit.readers.step.numerals import read_numbers
from cimkit.readers.step.pieces import in_pieces, in_threads

if TYPE_CHECKING:
    from cimkit.readers.step.limits import StepLimits
    from cimkit.readers.step.octets import Int64Array, Octets

__all__ = ["Index", "build_index"]

IntArray = npt.NDArray[np.int16] | npt.NDArray[np.int32] | npt.NDArray[np.int64]

_HASH, _EQUALS = b"#="
_LARGEST = np.iinfo(np.int32).max
_STATEMENTS_AT_ONCE = 1 << 16


class Index(NamedTuple):
    """One row an instance, in file order; and the statements that are none."""

    ids: IntArray
    types: IntArray
    keywords: tuple[str, ...]
    starts: Int64Array
    ends: Int64Array
    other_starts: Int64Array
    other_ends: Int64Array


def build_index(octets: Octets, start: int, ends: Int64Array, comments: Comments, limits: StepLimits) -> Index:
    """Read number and keyword of every statement `#12 = KEYWORD`; complex instances have the keyword ''.

    `start` is where the first statement begins, `ends` where each ends.
    """
    if len(ends) > limits.statements:
        raise StepError("step.too_many_statements", found=len(ends), limit=limits.statements)
    indexer = _Indexer(octets, start, ends, comments, limits)
    pieces = in_pieces(len(ends), _STATEMENTS_AT_ONCE)
    strangers = []
    count = 0
    for part in in_threads(indexer.index, pieces, threaded=octets.size >= limits.thread_bytes):
        count += len(part)
        if count > limits.foreign_statements:
            raise StepError("step.too_many_foreign_statements", limit=limits.foreign_statements)
        strangers.append(part)
    return indexer.result(np.concatenate(strangers) if strangers else np.empty(0, np.int64))


class _Indexer:
    """Fills columns that have a place for every statement; several threads may each fill a stretch."""

    def __init__(self, octets: Octets, start: int, ends: Int64Array, comments: Comments, limits: StepLimits) -> None:
        self._octets = octets
        self._start = start
        self._ends = ends
        self._comments = comments
        self._table = KeywordTable(octets, limits)
        self._ids = np.empty(len(ends), np.int32)
        self._large_ids: list[tuple[int, Int64Array]] = []
        self._codes = np.empty(len(ends), np.int32)
        self._starts = np.empty(len(ends), np.int64)

    def index(self, piece: tuple[int, int]) -> Int64Array:
        """Index the statements of a stretch; returns the numbers of those that are no instances."""
        first, last = piece
        octets, comments = self._octets, self._comments
        ends = self._ends[first:last]
        begins = np.empty_like(ends)
        begins[0] = self._ends[first - 1] if first else self._start
        begins[1:] = ends[:-1]
        begins = skip_separators(octets, begins, comments)
        numbers, places = read_numbers(octets, begins + 1)
        places = skip_separators(octets, places, comments)
        stranger = (octets.at(begins) != _HASH) | (octets.at(places) != _EQUALS)
        stranger |= (places <= begins + 1) | (places >= ends)
        self._starts[first:last] = begins
        names = skip_separators(octets, places + 1, comments)
        if stranger.any():
            self._codes[first:last] = 0
            self._codes[first:last][~stranger] = self._table.codes(names[~stranger])
        else:
            self._codes[first:last] = self._table.codes(names)
        self._ids[first:last] = numbers
        if int(numbers.max()) > _LARGEST:
            self._large_ids.append((first, numbers))
        return np.flatnonzero(stranger) + first

    def result(self, strangers: Int64Array) -> Index:
        """The index of all statements but the strangers."""
        ids: npt.NDArray[np.int32] | Int64Array = self._ids
        if self._large_ids:
            ids = ids.astype(np.int64)
            for first, numbers in self._large_ids:
                ids[first : first + len(numbers)] = numbers
        other_starts, other_ends = self._starts[strangers], self._ends[strangers]
        spoken = other_starts < other_ends  # what a restart cut off may be blank
        rows = _all_but(strangers, len(self._ends))
        keywords, codes = self._table.finish(self._codes[rows])
        return Index(
            ids[rows],
            codes,
            keywords,
            self._starts[rows],
            self._ends[rows],
            other_starts[spoken],
            other_ends[spoken],
        )


def _all_but(strangers: Int64Array, count: int) -> slice | npt.NDArray[np.bool_]:
    """Selects all numbers below `count` but some; a slice, which copies nothing, if only the ends are cut off."""
    at_front = int(np.count_nonzero(strangers == np.arange(len(strangers))))
    at_back = len(strangers) - at_front
    if np.array_equal(strangers[at_front:], np.arange(count - at_back, count)):
        return slice(at_front, count - at_back)
    keep = np.ones(count, np.bool_)
    keep[strangers] = False
    return keep
