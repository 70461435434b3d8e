"""The index of a file: which statements are instances, their number, their keyword."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

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
    from cimkit.readers.step.splitter import Splits

__all__ = ["Index", "build_index"]

_HASH, _EQUALS = b"#="
_STATEMENTS_AT_ONCE = 1 << 15


@dataclass(frozen=True)
class Index:
    """One row an instance, in file order; and the statements that are none."""

    ids: npt.NDArray[np.int32] | Int64Array
    types: npt.NDArray[np.int32]
    keywords: tuple[str, ...]
    starts: Int64Array
    ends: Int64Array
    other_starts: Int64Array
    other_ends: Int64Array


@dataclass(frozen=True)
class _Rows:
    ids: npt.NDArray[np.int32] | Int64Array
    types: npt.NDArray[np.int32]
    starts: Int64Array
    ends: Int64Array
    other_starts: Int64Array
    other_ends: Int64Array


def build_index(octets: Octets, start: int, splits: Splits, limits: StepLimits) -> Index:
    """Read id and keyword of every statement `#12 = KEYWORD`; complex instances have the keyword ''."""
    count = len(splits.ends)
    if count > limits.statements:
        raise StepError("step-too-many-statements", found=count, limit=limits.statements)
    table = KeywordTable(octets, limits)
    work = partial(_index_statements, octets, start, splits.ends, splits.comments, table)
    pieces = in_pieces(count, _STATEMENTS_AT_ONCE)
    rows: list[_Rows] = []
    foreign = 0
    for part in in_threads(work, pieces, threaded=octets.size >= limits.thread_bytes):
        foreign += len(part.other_starts)
        if foreign > limits.foreign_statements:
            raise StepError("step-too-many-foreign-statements", limit=limits.foreign_statements)
        rows.append(part)
    ids = _joined([part.ids for part in rows], np.int64 if any(part.ids.itemsize > 4 for part in rows) else np.int32)
    keywords, types = table.finish(_joined([part.types for part in rows], np.int32))
    return Index(
        ids=ids,
        types=types,
        keywords=keywords,
        starts=_joined([part.starts for part in rows], np.int64),
        ends=_joined([part.ends for part in rows], np.int64),
        other_starts=_joined([part.other_starts for part in rows], np.int64),
        other_ends=_joined([part.other_ends for part in rows], np.int64),
    )


def _joined(arrays: list[npt.NDArray[np.generic]], dtype: type[np.generic]) -> npt.NDArray[np.generic]:
    return np.concatenate(arrays).astype(dtype, copy=False) if arrays else np.empty(0, dtype)


def _index_statements(
    octets: Octets, start: int, all_ends: Int64Array, comments: Comments, table: KeywordTable, piece: tuple[int, int]
) -> _Rows:
    first, last = piece
    ends = all_ends[first:last]
    begins = np.empty_like(ends)
    begins[0] = all_ends[first - 1] if first else start
    begins[1:] = ends[:-1]
    begins = skip_separators(octets, begins, comments)
    numbers, places = read_numbers(octets, begins + 1)
    places = skip_separators(octets, places, comments)
    is_row = (octets.at(begins) == _HASH) & (octets.at(places) == _EQUALS) & (places > begins + 1) & (places < ends)
    if is_row.all():
        other_starts = other_ends = np.empty(0, np.int64)
    else:
        other = ~is_row & (begins < ends)
        other_starts, other_ends = begins[other], ends[other]
        begins, ends, numbers, places = begins[is_row], ends[is_row], numbers[is_row], places[is_row]
    names = skip_separators(octets, places + 1, comments)
    ids = numbers.astype(np.int32) if not len(numbers) or int(numbers.max()) <= np.iinfo(np.int32).max else numbers
    return _Rows(ids, table.codes(names), begins, ends, other_starts, other_ends)
