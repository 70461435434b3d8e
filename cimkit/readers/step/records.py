"""The parameters of chosen rows, a column at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.readers.step.comments import skip_separators, trim
from cimkit.readers.step.compact import batches, compact
from cimkit.readers.step.keywords import KeywordTable
from cimkit.readers.step.numerals import read_numbers
from cimkit.readers.step.parameters import BLANK, outside_strings, split_parameters
from cimkit.readers.step.pieces import in_pieces, in_threads

if TYPE_CHECKING:
    from cimkit.readers.step.file import StepFile
    from cimkit.readers.step.octets import Int64Array

__all__ = ["DANGLING", "NO_REFERENCE", "Records"]

Rows = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Answer = TypeVar("Answer")

NO_REFERENCE = -1
DANGLING = -2

_QUOTE, _HASH, _OPEN, _CLOSE, _DOT, _BANG, _UNDERSCORE = b"'#().!_"
_ROWS_AT_ONCE = 1 << 17


class _Field(NamedTuple):
    """One parameter of a batch of records: which have it, and its range without blanks around it."""

    present: Flags
    starts: Int64Array
    ends: Int64Array


class Records:
    """Parameter columns of rows `rows`; position in every answer is position among them.

    Parameters count from 0. A complex instance, `#1=(A(..)B(..))`, has its partial records, as
    written, as its one parameter. What isn't of the kind asked for is null, or `NO_REFERENCE`.
    """

    def __init__(self, step: StepFile, rows: npt.NDArray[np.integer]) -> None:
        if int(rows.min(initial=0)) < 0:
            raise IndexError("rows count from 0; NO_REFERENCE and DANGLING are no rows")
        self._step = step
        self.rows: Rows = rows.astype(np.int32, copy=False)
        self._parameters = split_parameters(step.octets, len(rows), self._ranges, step.marks, step.limits)
        #: number of top-level parameters
        self.arity: npt.NDArray[np.int32] = self._parameters.arity

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, positions: npt.NDArray[np.integer]) -> Records:
        """Some of these records, without looking for their parameters again."""
        some = object.__new__(Records)
        some._step = self._step
        some.rows = self.rows[positions]
        some._parameters = self._parameters.take(positions)
        some.arity = some._parameters.arity
        return some

    def heads(self, parameter: int) -> npt.NDArray[np.uint8]:
        """First byte of the parameter, which tells what kind of value it is; 0 where there is none."""
        return self._heads(parameter, slice(0, len(self)))

    def _heads(self, parameter: int, rows: slice) -> npt.NDArray[np.uint8]:
        heads = self._parameters.first_bytes(parameter, rows)
        hidden = np.flatnonzero(heads == BLANK)
        if len(hidden):
            field = self._field(parameter, rows)
            there = field.starts[hidden] < field.ends[hidden]
            heads[hidden] = np.where(there, self._step.octets.at(field.starts[hidden]), np.uint8(0))
        return heads

    def refer(self, parameter: int) -> tuple[Flags, Flags]:
        """Which parameters begin as a reference, and which as a list whose first element does."""
        heads = self.heads(parameter)
        several = heads == _OPEN
        lists = np.flatnonzero(several)
        if len(lists):
            several[lists] = self._step.octets.at(self._field(parameter, lists).starts + 1) == _HASH
        return heads == _HASH, several

    def raw(self, parameter: int) -> pl.Series:
        """Text as written, with STEP's escapes; null where a record has fewer parameters."""
        return self._texts(parameter, lambda field: field)

    def strings(self, parameter: int) -> pl.Series:
        """What strings mean: without quotes, escapes read; null for `$`, `*` and what isn't a string."""
        texts = self._step.texts

        def meanings(field: _Field) -> pl.Series:
            inner = self._between(field, _QUOTE, _QUOTE)
            return texts.meanings(inner.starts, inner.ends, inner.present)

        return _joined(self._in_batches(parameter, meanings))

    def refs(self, parameter: int) -> Rows:
        """Row of the instance referred to; -1 if it's no reference, -2 if no instance has that number."""

        def of_batch(batch: tuple[int, int]) -> Rows:
            rows = slice(*batch)
            return self._reference(self._field(parameter, rows), self._heads(parameter, rows))

        return np.concatenate([np.empty(0, np.int32), *self._batchwise(of_batch)])

    def ref_lists(self, parameter: int) -> tuple[Int64Array, Int64Array, Rows]:
        """Every reference in the parameter, at any depth: record position, ordinal in the record, row or -2."""
        owners, rows = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
        done = 0
        for count, owner, target in self._in_batches(parameter, self._references):
            owners.append(owner + done)
            rows.append(target)
            done += count
        owner = np.concatenate(owners)
        return owner, _ordinals(owner, done), np.concatenate(rows)

    def numbers(self, parameter: int) -> pl.Series:
        """Integers and reals as Float64; null for anything else."""
        values = self.raw(parameter).cast(pl.Float64, strict=False)
        return values.set(values.is_infinite() | values.is_nan(), None)

    def enums(self, parameter: int) -> pl.Series:
        """Enumeration and logical values without their dots, as written."""
        return self._texts(parameter, partial(self._between, first=_DOT, last=_DOT))

    def typed(self, parameter: int) -> tuple[pl.Series, pl.Series]:
        """Of values such as `IFCLABEL('x')`: the keyword in upper case, and the text between the brackets."""
        table = KeywordTable(self._step.octets, self._step.limits)
        parts = list(self._in_batches(parameter, partial(self._typed, table)))
        return _joined(keyword for keyword, _ in parts), _joined(text for _, text in parts)

    def lists(self, parameter: int) -> tuple[Int64Array, Int64Array, pl.Series]:
        """Top-level elements of list parameters: record position, ordinal in the list, text as written."""
        owners, texts = [np.empty(0, np.int64)], []
        done = 0
        for count, owner, text in self._in_batches(parameter, self._elements):
            owners.append(owner + done)
            texts.append(text)
            done += count
        owner = np.concatenate(owners)
        return owner, _ordinals(owner, done), _joined(texts)

    def _ranges(self, batch: slice) -> tuple[Int64Array, Int64Array]:
        rows = self.rows[batch]
        return self._step.starts[rows], self._step.ends[rows]

    def _in_batches(self, parameter: int, work: Callable[[_Field], Answer]) -> Iterable[Answer]:
        """`work` of the parameter, for some records at a time: what it needs on the way stays small."""

        def of_batch(batch: tuple[int, int]) -> Answer:
            return work(self._field(parameter, slice(*batch)))

        return self._batchwise(of_batch)

    def _batchwise(self, work: Callable[[tuple[int, int]], Answer]) -> Iterable[Answer]:
        return in_threads(work, in_pieces(len(self), _ROWS_AT_ONCE), threaded=len(self) > _ROWS_AT_ONCE)

    def _field(self, parameter: int, batch: slice | Int64Array) -> _Field:
        step = self._step
        present, starts, ends = self._parameters.ranges(parameter, batch, step.starts[self.rows[batch]])
        if self._parameters.tight:
            return _Field(present, starts, ends)
        return _Field(present, *trim(step.octets, starts, ends, step.marks.comments))

    def _texts(self, parameter: int, select: Callable[[_Field], _Field]) -> pl.Series:
        def of_batch(field: _Field) -> pl.Series:
            chosen = select(field)
            return self._step.texts.series(chosen.starts, chosen.ends, chosen.present)

        return _joined(self._in_batches(parameter, of_batch))

    def _between(self, field: _Field, first: int, last: int) -> _Field:
        """What stands between two signs; not present where they aren't there."""
        octets = self._step.octets
        enclosed = field.present & (field.ends - field.starts >= 2)
        enclosed &= (octets.at(field.starts) == first) & (octets.at(np.maximum(field.ends - 1, 0)) == last)
        return _Field(enclosed, field.starts + 1, field.ends - 1)

    def _reference(self, field: _Field, heads: npt.NDArray[np.uint8]) -> Rows:
        octets = self._step.octets
        result = np.full(len(field.starts), NO_REFERENCE, np.int32)
        which = np.flatnonzero(heads == _HASH)
        digits = field.starts[which] + 1
        numbers, stops = read_numbers(octets, digits)
        whole = (stops == field.ends[which]) & (stops > digits)
        result[which[whole]] = self._rows_or_dangling(numbers[whole])
        return result

    def _references(self, field: _Field) -> tuple[int, Int64Array, Rows]:
        """Number of records; record position and target of each reference in them."""
        octets, marks = self._step.octets, self._step.marks
        owners, targets = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
        for first, last in batches(field.ends - field.starts, self._step.limits.piece_bytes):
            piece = compact(octets, field.starts[first:last], field.ends[first:last], marks.comments)
            places = np.flatnonzero((piece.text == _HASH) | (piece.text == _QUOTE))
            quotes = piece.text[places] == _QUOTE
            if quotes.any():
                firsts = piece.firsts(places)
                places = places[outside_strings(piece, places, quotes, firsts, marks.apostrophes)]
            numbers, _ = read_numbers(octets, piece.offsets(places) + 1)
            owners.append(piece.owner(places).astype(np.int64) + first)
            targets.append(self._rows_or_dangling(numbers))
        return len(field.starts), np.concatenate(owners), np.concatenate(targets)

    def _rows_or_dangling(self, numbers: Int64Array) -> Rows:
        rows = self._step.row_of_ids(numbers)
        rows[rows < 0] = DANGLING
        return rows

    def _typed(self, table: KeywordTable, field: _Field) -> tuple[pl.Series, pl.Series]:
        """The keyword and the text between the brackets."""
        octets, comments = self._step.octets, self._step.marks.comments
        first = octets.at(field.starts)
        letter = (first | 0x20) - np.uint8(ord("a")) < 26
        letter |= (first == _BANG) | (first == _UNDERSCORE)
        closed = octets.at(np.maximum(field.ends - 1, 0)) == _CLOSE
        which = np.flatnonzero(field.present & letter & closed)
        codes = table.codes(field.starts[which])
        opening = skip_separators(octets, field.starts[which] + table.lengths(codes), comments)
        good = octets.at(opening) == _OPEN
        which, opening = which[good], opening[good]
        names = pl.Series([*table.names, None], dtype=pl.String)
        code = np.full(len(field.starts), len(names) - 1)
        code[which] = codes[good]
        starts, ends = field.starts.copy(), field.starts.copy()
        starts[which], ends[which] = trim(octets, opening + 1, field.ends[which] - 1, comments)
        return names.gather(pl.Series(code)), self._step.texts.series(starts, ends, code < len(names) - 1)

    def _elements(self, field: _Field) -> tuple[int, Int64Array, pl.Series]:
        """Number of records; record position and text of each element of their lists."""
        step = self._step
        which = np.flatnonzero(field.present & (step.octets.at(field.starts) == _OPEN))
        starts = field.starts[which]
        ends = field.ends[which]
        inner = split_parameters(
            step.octets, len(starts), lambda some: (starts[some], ends[some]), step.marks, step.limits
        )
        owner = np.repeat(np.arange(len(which)), inner.arity)
        mark = inner.first[owner] + _ordinals(owner, len(which))
        base = starts[owner]
        left, right = base + inner.marks[mark] + 1, base + inner.marks[mark + 1]
        left, right = trim(step.octets, left, right, step.marks.comments)
        return len(field.starts), which[owner], step.texts.series(left, right, np.ones(len(left), np.bool_))


def _ordinals(owner: Int64Array, owners: int) -> Int64Array:
    """Number of each entry among those of its owner; entries are sorted by owner."""
    count = np.bincount(owner, minlength=owners)
    return np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)


def _joined(parts: Iterable[pl.Series]) -> pl.Series:
    """One column of several, without a copy."""
    return pl.concat([pl.Series([], dtype=pl.String), *parts], rechunk=False)
