"""Where the parameters of many records begin and end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from cimkit.readers.step.compact import Compact, batches, compact
from cimkit.readers.step.pieces import in_pieces, in_threads

if TYPE_CHECKING:
    from cimkit.readers.step.limits import StepLimits
    from cimkit.readers.step.octets import Int64Array, Octets
    from cimkit.readers.step.splitter import Marks

__all__ = ["BLANK", "Parameters", "outside_strings", "split_parameters"]

Flags = npt.NDArray[np.bool_]
Ranges: TypeAlias = "tuple[Int64Array, Int64Array]"

# Quote, brackets and comma lie close together: ' ( ) * + ,
_FIRST_SIGN, _SIGNS = 39, 5
_QUOTE, _OPEN, _CLOSE, _COMMA = 0, 1, 2, 5
BLANK = 32
_ROWS_AT_ONCE = 1 << 15


class Parameters(NamedTuple):
    """Top-level parameters of records, as the brackets and commas around them.

    Record `r` has the marks `first[r]` to `first[r + 1]`: its opening bracket, its commas, its
    closing bracket; each a distance in bytes from the record's start. A record without brackets has none.
    """

    arity: npt.NDArray[np.int32]
    first: Int64Array
    marks: npt.NDArray[np.unsignedinteger]
    #: the byte after each mark: `BLANK` for blanks and comments, 0 where the next mark follows at once
    heads: npt.NDArray[np.uint8]
    #: whether no parameter has blanks or comments around it, as nearly all programs write
    tight: bool

    def ranges(
        self, parameter: int, rows: slice | Int64Array, starts: Int64Array
    ) -> tuple[Flags, Int64Array, Int64Array]:
        """Which of the rows have the parameter, and the range between its marks (empty where they haven't).

        `starts` says where the records of these rows start.
        """
        present = self.arity[rows] > parameter
        if present.all():
            mark = self.first[: len(self.arity)][rows] + parameter
            return present, starts + self.marks[mark] + 1, starts + self.marks[mark + 1]
        mark = self.first[rows][present] + parameter
        left, right = starts.copy(), starts.copy()
        left[present] += self.marks[mark].astype(np.int64) + 1
        right[present] += self.marks[mark + 1]
        return present, left, right

    def first_bytes(self, parameter: int, rows: slice) -> npt.NDArray[np.uint8]:
        """First byte of the parameter; `BLANK` where blanks or comments come first, 0 where there is nothing."""
        present = self.arity[rows] > parameter
        mark = self.first[rows] + parameter
        if present.all():
            return self.heads[mark]
        found = np.zeros(len(present), np.uint8)
        found[present] = self.heads[mark[present]]
        return found

    def take(self, records: npt.NDArray[np.integer]) -> Parameters:
        """Those of some records; no longer one after the other."""
        return self._replace(arity=self.arity[records], first=self.first[records])


def split_parameters(
    octets: Octets, count: int, ranges_of: Callable[[slice], Ranges], file_marks: Marks, limits: StepLimits
) -> Parameters:
    """Split the first bracketed list of each of `count` ranges at its own commas; `ranges_of` gives some of them.

    Ranges end at the bracket that closes the list, whatever follows; a list that is never closed
    has the parameters that a comma ends.
    """
    work = partial(_split_rows, octets, ranges_of, file_marks, limits.piece_bytes)
    batches_of_rows = in_pieces(count, _ROWS_AT_ONCE)
    first = np.zeros(count + 1, np.int64)
    arity = np.empty(count, np.int32)
    marks, heads, tight = [np.empty(0, np.uint16)], [np.empty(0, np.uint8)], True
    for (begin, end), part in zip(
        batches_of_rows, in_threads(work, batches_of_rows, threaded=len(batches_of_rows) > 1), strict=True
    ):
        first[begin + 1 : end + 1] = part.counts
        arity[begin:end] = part.arities
        marks.append(part.marks)
        heads.append(part.heads)
        tight &= bool(part.tight.all())
    np.cumsum(first, out=first)
    # numpy takes the widest of the batches' types
    return Parameters(arity, first, np.concatenate(marks), np.concatenate(heads), tight)


class _Split(NamedTuple):
    """For each range its number of marks and of parameters; then all marks, and the bytes after them; and whether
    there are no blanks around parameters (1)."""

    counts: npt.NDArray[np.intp]
    arities: npt.NDArray[np.int32]
    marks: npt.NDArray[np.unsignedinteger]
    heads: npt.NDArray[np.uint8]
    tight: Flags


def _split_rows(
    octets: Octets, ranges_of: Callable[[slice], Ranges], file_marks: Marks, piece_bytes: int, rows: tuple[int, int]
) -> _Split:
    starts, ends = ranges_of(slice(*rows))
    parts = [
        _split_batch(octets, starts[first:last], ends[first:last], file_marks)
        for first, last in batches(ends - starts, piece_bytes)
    ]
    return _Split(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def outside_strings(
    piece: Compact, places: Int64Array, quotes: Flags, firsts: npt.NDArray[np.intp], apostrophes: Int64Array
) -> Flags:
    """Which places lie outside strings; a quote counts as inside. Every range begins outside.

    `firsts` holds for every range the number of places before it.
    """
    if len(apostrophes):
        quotes = quotes & ~np.isin(piece.offsets(places), apostrophes)
    inside = np.cumsum(quotes, dtype=np.uint8) & 1
    at_start = np.concatenate((np.zeros(1, np.uint8), inside))[firsts]
    if at_start.any():  # a range holds an odd number of quotes
        inside ^= at_start[piece.owner(places)]
    outside: Flags = (inside | quotes) == 0
    return outside


def _split_batch(octets: Octets, starts: Int64Array, ends: Int64Array, file_marks: Marks) -> _Split:
    piece = compact(octets, starts, ends, file_marks.comments)
    signs = piece.text - np.uint8(_FIRST_SIGN)
    places = np.flatnonzero(signs <= _SIGNS)
    signs = signs[places]
    firsts = piece.firsts(places)
    free = outside_strings(piece, places, signs == _QUOTE, firsts, file_marks.apostrophes)
    opens = (signs == _OPEN) & free
    closes = (signs == _CLOSE) & free
    depth = np.cumsum(opens.view(np.int8) - closes.view(np.int8), dtype=np.int32)
    at_start = np.concatenate((np.zeros(1, np.int32), depth))[firsts]
    if at_start.any():  # brackets of a range don't match
        depth -= at_start[piece.owner(places)]
    opens &= depth == 1
    closes &= depth == 0
    kept = np.flatnonzero(opens | closes | ((signs == _COMMA) & free & (depth == 1)))
    rows = len(starts)
    owner = np.repeat(np.arange(rows, dtype=np.int32), np.diff(firsts, append=len(places)))[kept]
    places = places[kept]
    count = np.bincount(owner, minlength=rows)
    if int(np.count_nonzero(closes)) != rows or int(np.count_nonzero(opens)) != rows:
        good = _in_first_list(closes[kept], owner, count)
        places, owner = places[good], owner[good]
        count = np.bincount(owner, minlength=rows)
    arity = np.maximum(count - 1, 0).astype(np.int32)
    _find_empty(piece, places, count, arity)
    heads, tight = _heads(piece, places)
    short = int((ends - starts).max()) <= np.iinfo(np.uint16).max
    marks: npt.NDArray[np.unsignedinteger] = (places - piece.bases[owner]).astype(np.uint16 if short else np.uint32)
    return _Split(count, arity, marks, heads, tight)


def _heads(piece: Compact, places: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.uint8], Flags]:
    """The byte after each mark, and whether there are no blanks around parameters (1)."""
    heads = piece.text.take(places + 1, mode="clip")
    signs = piece.text[places] - np.uint8(_FIRST_SIGN)
    inside = signs != _CLOSE
    before = piece.text[places - 1]
    blank = heads <= BLANK
    tight = not (blank & inside).any() and not ((before <= BLANK) & (signs != _OPEN)).any()
    heads[blank] = BLANK
    following = heads - np.uint8(_FIRST_SIGN)
    heads[~inside | (following == _COMMA) | (following == _CLOSE)] = 0
    return heads, np.array([tight])


def _in_first_list(closes: Flags, owner: npt.NDArray[np.int32], count: npt.NDArray[np.intp]) -> Flags:
    """Which marks belong to the first list of their range, for ranges with none or several."""
    closed = np.cumsum(closes)
    before = np.concatenate((np.zeros(1, closed.dtype), closed))[np.cumsum(count) - count]
    first: Flags = closed - closes - before[owner] == 0
    return first


def _find_empty(
    piece: Compact, places: npt.NDArray[np.intp], count: npt.NDArray[np.intp], arity: npt.NDArray[np.int32]
) -> None:
    """Set the arity of records whose brackets hold nothing but blanks to nought."""
    single = np.flatnonzero(arity == 1)
    opening = (np.cumsum(count) - count)[single]
    left, right = places[opening] + 1, places[opening + 1]
    maybe = (left == right) | (piece.text[left] <= BLANK)
    for row, begin, end in zip(single[maybe].tolist(), left[maybe].tolist(), right[maybe].tolist(), strict=True):
        if not piece.text[begin:end].tobytes().strip():
            arity[row] = 0
