"""Instance numbers that are given twice, and references to numbers that are never given."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.readers.step.compact import compact
from cimkit.readers.step.numerals import read_numbers
from cimkit.readers.step.parameters import outside_strings
from cimkit.readers.step.pieces import in_pieces, in_threads

if TYPE_CHECKING:
    from cimkit.readers.step.file import StepFile
    from cimkit.readers.step.octets import Int64Array

__all__ = ["dangling_references", "duplicate_ids"]

_QUOTE, _HASH = b"'#"
_ROWS_AT_ONCE = 1 << 15


def duplicate_ids(step: StepFile) -> pl.DataFrame:
    """Each row whose number an earlier row has: id, row, line, first_row, first_line. In file order."""
    ids = step.ids
    rows = np.empty(0, np.int32)
    if len(ids) > 1 and not (ids[1:] > ids[:-1]).all():
        first = step.row_of_ids(ids)
        rows = np.flatnonzero((first != np.arange(len(ids))) & (ids >= 0)).astype(np.int32)
    originals = step.row_of_ids(ids[rows])
    return pl.DataFrame(
        {
            "id": pl.Series(ids[rows].astype(np.int64)),
            "row": pl.Series(rows),
            "line": pl.Series(step.lines.lines(step.starts[rows])),
            "first_row": pl.Series(originals),
            "first_line": pl.Series(step.lines.lines(step.starts[originals])),
        }
    )


def dangling_references(step: StepFile) -> pl.DataFrame:
    """Each reference to a number that no instance has: from_id, from_row, to_id, offset, line. In file order."""
    exists: npt.NDArray[np.bool_] | None = None
    if step.lookup.dense:
        exists = np.zeros(int(step.ids.max(initial=0)) + 2, np.bool_)
        exists[step.ids[step.ids >= 0]] = True
    pieces = in_pieces(step.octets.size, step.limits.piece_bytes)
    threaded = step.octets.size >= step.limits.thread_bytes
    suspects = np.concatenate(
        [np.empty(0, np.int64), *in_threads(partial(_unknown, step, exists), pieces, threaded=threaded)]
    )
    rows = np.unique(np.searchsorted(step.starts, suspects, side="right") - 1)
    rows = rows[rows >= 0]
    parts = [_references_of(step, rows[first:last]) for first, last in in_pieces(len(rows), _ROWS_AT_ONCE)]
    owner = np.concatenate([np.empty(0, np.int64), *(part[0] for part in parts)])
    target = np.concatenate([np.empty(0, np.int64), *(part[1] for part in parts)])
    offset = np.concatenate([np.empty(0, np.int64), *(part[2] for part in parts)])
    return pl.DataFrame(
        {
            "from_id": pl.Series(step.ids[owner].astype(np.int64)),
            "from_row": pl.Series(owner.astype(np.int32)),
            "to_id": pl.Series(target),
            "offset": pl.Series(offset),
            "line": pl.Series(step.lines.lines(offset)),
        }
    )


def _unknown(step: StepFile, exists: npt.NDArray[np.bool_] | None, piece: tuple[int, int]) -> Int64Array:
    """Offsets of `#12` in a piece, be it in a string or not, whose number no instance has."""
    start, end = piece
    places = np.flatnonzero(step.octets.array[start:end] == _HASH) + start
    numbers, _ = read_numbers(step.octets, places + 1)
    known = step.row_of_ids(numbers) >= 0 if exists is None else exists[np.minimum(numbers, len(exists) - 1)]
    return places[~known & (numbers >= 0)]


def _references_of(step: StepFile, rows: Int64Array) -> tuple[Int64Array, Int64Array, Int64Array]:
    """The dangling references of rows: row, number, offset."""
    marks = step.marks
    piece = compact(step.octets, step.starts[rows], step.ends[rows], marks.comments)
    places = np.flatnonzero((piece.text == _HASH) | (piece.text == _QUOTE))
    firsts = piece.firsts(places)
    places = places[outside_strings(piece, places, piece.text[places] == _QUOTE, firsts, marks.apostrophes)]
    offsets = piece.offsets(places)
    numbers, _ = read_numbers(step.octets, offsets + 1)
    dangling = np.flatnonzero((numbers >= 0) & (step.row_of_ids(numbers) < 0))
    return rows[piece.owner(places[dangling])], numbers[dangling], offsets[dangling]
