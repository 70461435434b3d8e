"""Records that say the same: what is read of one holds for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cimkit.readers.step.distinct import first_places
from cimkit.readers.step.numerals import read_numbers
from cimkit.readers.step.pieces import in_pieces, in_threads
from cimkit.readers.step.text import views

if TYPE_CHECKING:
    from cimkit.readers.step.file import StepFile

__all__ = ["alike"]

Rows = npt.NDArray[np.int32]

_EQUALS = ord("=")
_ROWS_AT_ONCE = 1 << 17
_TOO_FEW = 2000  # to be worth the comparison
_TOO_FAR = 1 << 31  # bytes between the first and the last that are compared


def alike(step: StepFile, rows: npt.NDArray[np.integer]) -> Rows:
    """For each of these rows, which ascend, one of them whose text after its number is the same, byte for byte; often
    the row itself.

    A hundred thousand rows are compared at a time, so that of equal ones more than one may be named.
    """
    if len(rows) < _TOO_FEW:
        return rows.astype(np.int32)

    def of_piece(piece: tuple[int, int]) -> Rows:
        some = rows[slice(*piece)]
        starts, ends = step.starts[some], step.ends[some]
        if int(ends[-1]) - int(starts[0]) > _TOO_FAR:
            return some.astype(np.int32)
        _, after = read_numbers(step.octets, starts + 1)
        # with something between number and `=`, which is seldom, a record is like no other
        starts = np.where(step.octets.at(after) == _EQUALS, after, starts)
        codes, first = first_places(views(step.octets, starts, ends))
        found: Rows = some[first][codes].astype(np.int32)
        return found

    pieces = in_pieces(len(rows), _ROWS_AT_ONCE)
    return np.concatenate(list(in_threads(of_piece, pieces, threaded=len(pieces) > 1)))
