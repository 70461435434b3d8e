"""Where the parameters of many records begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cimkit.readers.step.comments import Comments, skip_separators
from cimkit.readers.step.compact import Compact, batches, compact
from cimkit.readers.step.pieces import in_threads

if TYPE_CHECKING:
    from cimkit.readers.step.limits import StepLimits
    from cimkit.readers.step.octets import Int64Array, Octets

__all__ = ["Parameters", "outside_strings", "split_parameters"]

# Quote, brackets and comma lie close together: ' ( ) * + ,
_FIRST_SIGN, _SIGNS = 39, 5
_QUOTE, _OPEN, _CLOSE, _COMMA = 0, 1, 2, 5


@dataclass(frozen=True)
class Parameters:
    """Top-level parameters of records, as the brackets and commas around them.

    Record `r` has the marks `first[r]` to `first[r + 1]`: its opening bracket, its commas, its
    closing bracket; each a distance from the record's start. A record without brackets has none.
    """

    starts: Int64Array
    arity: npt.NDArray[np.int32]
    first: Int64Array
    marks: npt.NDArray[np.uint32]

    def take(self, records: npt.NDArray[np.integer]) -> Parameters:
        """Those of some records; the marks are shared, and `first` then says only where each record's begin."""
        first = np.append(self.first[:-1][records], self.first[-1])
        return Parameters(self.starts[records], self.arity[records], first, self.marks)

    def ranges(self, parameter: int) -> tuple[npt.NDArray[np.bool_], Int64Array, Int64Array]:
        """Which records have the parameter, and the range between its marks (empty where they haven't)."""
        present = self.arity > parameter
        mark = np.where(present, self.first[:-1] + parameter, 0)
        if not len(self.marks):
            return present, self.starts.copy(), self.starts.copy()
        left = self.starts + self.marks[mark] + 1
        right = self.starts + self.marks[np.where(present, mark + 1, 0)]
        return present, np.where(present, left, self.starts), np.where(present, right, self.starts)


def split_parameters(
    octets: Octets, starts: Int64Array, ends: Int64Array, comments: Comments, apostrophes: Int64Array, limits: StepLimits
) -> Parameters:
    """Split the first bracketed list of every range at its own commas.

    Ranges end at the bracket that closes the list, whatever follows; a list that is never closed
    has the parameters that a comma ends.
    """
    work = partial(_split_batch, octets, starts, ends, comments, apostrophes)
    lengths = ends - starts
    pieces = list(batches(lengths, limits.piece_bytes))
    threaded = int(lengths.sum()) >= limits.thread_bytes
    counts, marks = [], []
    for count, mark in in_threads(work, pieces, threaded=threaded):
        counts.append(count)
        marks.append(mark)
    count = np.concatenate(counts) if counts else np.empty(0, np.int64)
    first = np.zeros(len(starts) + 1, np.int64)
    np.cumsum(count, out=first[1:])
    all_marks = np.concatenate(marks) if marks else np.empty(0, np.uint32)
    arity = np.maximum(count - 1, 0).astype(np.int32)
    single = np.flatnonzero(arity == 1)
    if len(single):
        left = starts[single] + all_marks[first[single]] + 1
        right = starts[single] + all_marks[first[single] + 1]
        arity[single[skip_separators(octets, left, comments) >= right]] = 0
    return Parameters(starts, arity, first, all_marks)


def outside_strings(
    piece: Compact, places: Int64Array, quotes: npt.NDArray[np.bool_], firsts: Int64Array, apostrophes: Int64Array
) -> npt.NDArray[np.bool_]:
    """Which places lie outside strings; a quote counts as inside. Every range begins outside.

    `firsts` holds for every range the number of places before it.
    """
    if len(apostrophes):
        quotes = quotes & ~np.isin(piece.offsets(places), apostrophes)
    inside = np.cumsum(quotes, dtype=np.uint8) & 1
    at_start = np.concatenate((np.zeros(1, np.uint8), inside))[firsts]
    if at_start.any():  # a range holds an odd number of quotes
        inside ^= at_start[piece.owner(places)]
    return (inside | quotes) == 0


def _split_batch(
    octets: Octets,
    starts: Int64Array,
    ends: Int64Array,
    comments: Comments,
    apostrophes: Int64Array,
    batch: tuple[int, int],
) -> tuple[Int64Array, npt.NDArray[np.uint32]]:
    first, last = batch
    piece = compact(octets, starts[first:last], ends[first:last], comments)
    signs = piece.text - np.uint8(_FIRST_SIGN)
    places = np.flatnonzero(signs <= _SIGNS)
    signs = signs[places]
    firsts = np.searchsorted(places, piece.bases)
    free = outside_strings(piece, places, signs == _QUOTE, firsts, apostrophes)
    opens = (signs == _OPEN) & free
    closes = (signs == _CLOSE) & free
    depth = np.cumsum(opens.view(np.int8) - closes.view(np.int8), dtype=np.int32)
    at_start = np.concatenate((np.zeros(1, np.int32), depth))[firsts]
    if at_start.any():  # brackets of a range don't match
        depth -= at_start[piece.owner(places)]
    opens &= depth == 1
    closes &= depth == 0
    kept = np.flatnonzero(opens | closes | ((signs == _COMMA) & free & (depth == 1)))
    places = places[kept]
    owner = piece.owner(places)
    count = np.bincount(owner, minlength=last - first)
    if int(np.count_nonzero(closes)) != last - first or int(np.count_nonzero(opens)) != last - first:
        closed = np.cumsum(closes[kept])
        before = np.concatenate(([0], closed))[np.concatenate(([0], np.cumsum(count)))[:-1]]
        good = closed - closes[kept] - before[owner] == 0
        places, owner = places[good], owner[good]
        count = np.bincount(owner, minlength=last - first)
    return count, (places - piece.bases[owner]).astype(np.uint32)
