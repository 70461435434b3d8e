"""The parameters of chosen rows, a column at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.readers.step.comments import skip_separators
from cimkit.readers.step.compact import batches, compact
from cimkit.readers.step.keywords import KeywordTable
from cimkit.readers.step.numerals import read_numbers
from cimkit.readers.step.parameters import outside_strings, split_parameters
from cimkit.readers.step.text import decode_strings

if TYPE_CHECKING:
    from cimkit.readers.step.file import StepFile
    from cimkit.readers.step.octets import Int64Array

__all__ = ["DANGLING", "NO_REFERENCE", "Records"]

Rows = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

NO_REFERENCE = -1
DANGLING = -2

_QUOTE, _HASH, _OPEN, _CLOSE, _DOT, _BANG = b"'#().!"
_BLANK = 32


class Records:
    """Parameter columns of rows `rows`; position in every answer is position among them.

    Parameters count from 0. A complex instance, `#1=(A(..)B(..))`, has its partial records, as
    written, as its one parameter. What isn't of the kind asked for is null, or `NO_REFERENCE`.
    """

    def __init__(self, step: StepFile, rows: npt.NDArray[np.integer]) -> None:
        self._step = step
        self.rows: Rows = rows.astype(np.int32, copy=False)
        splits = step.splits
        self._parameters = split_parameters(
            step.octets, step.starts[rows], step.ends[rows], splits.comments, splits.apostrophes, step.limits
        )
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

    def raw(self, parameter: int) -> pl.Series:
        """Text as written, with STEP's escapes; null where a record has fewer parameters."""
        present, starts, ends = self._ranges(parameter)
        return self._step.texts.series(starts, ends, present)

    def strings(self, parameter: int) -> pl.Series:
        """What strings mean: without quotes, escapes read; null for `$`, `*` and what isn't a string."""
        present, starts, ends = self._ranges(parameter)
        octets = self._step.octets
        quoted = present & (ends - starts >= 2) & (octets.at(starts) == _QUOTE) & (octets.at(ends - 1) == _QUOTE)
        return decode_strings(self._step.texts.series(starts + 1, ends - 1, quoted))

    def refs(self, parameter: int) -> Rows:
        """Row of the instance referred to; -1 if it's no reference, -2 if no instance has that number."""
        present, starts, ends = self._ranges(parameter)
        octets = self._step.octets
        result = np.full(len(self), NO_REFERENCE, np.int32)
        which = np.flatnonzero(present & (octets.at(starts) == _HASH))
        numbers, stops = read_numbers(octets, starts[which] + 1)
        whole = (stops == ends[which]) & (stops > starts[which] + 1)
        which, numbers = which[whole], numbers[whole]
        rows = self._step.row_of_ids(numbers)
        rows[rows < 0] = DANGLING
        result[which] = rows
        return result

    def ref_lists(self, parameter: int) -> tuple[Int64Array, Int64Array, Rows]:
        """Every reference in the parameter, at any depth: record position, ordinal in the record, row (-2: dangling)."""
        present, starts, ends = self._ranges(parameter)
        return self._references(np.flatnonzero(present), starts[present], ends[present])

    def numbers(self, parameter: int) -> pl.Series:
        """Integers and reals as Float64; null for anything else."""
        values = self.raw(parameter).cast(pl.Float64, strict=False)
        return values.set(values.is_infinite() | values.is_nan(), None)

    def enums(self, parameter: int) -> pl.Series:
        """Enumeration and logical values without their dots, as written."""
        present, starts, ends = self._ranges(parameter)
        octets = self._step.octets
        dotted = present & (ends - starts >= 3) & (octets.at(starts) == _DOT) & (octets.at(ends - 1) == _DOT)
        return self._step.texts.series(starts + 1, ends - 1, dotted)

    def typed(self, parameter: int) -> tuple[pl.Series, pl.Series]:
        """Of values such as `IFCLABEL('x')`: the keyword in upper case, and the text between the brackets."""
        present, starts, ends = self._ranges(parameter)
        octets, comments = self._step.octets, self._step.splits.comments
        first = octets.at(starts)
        letter = ((first | 0x20) >= ord("a")) & ((first | 0x20) <= ord("z")) | (first == _BANG) | (first == ord("_"))
        which = np.flatnonzero(present & letter & (octets.at(ends - 1) == _CLOSE))
        table = KeywordTable(octets, self._step.limits)
        names, final = table.finish(table.codes(starts[which]))
        lengths = np.array([len(name) for name in names], np.int64)
        opens = skip_separators(octets, starts[which] + lengths[final], comments)
        good = octets.at(opens) == _OPEN
        which, final, opens = which[good], final[good], opens[good]
        keywords = pl.Series([*names, None], dtype=pl.String)
        code = np.full(len(self), len(names), np.int64)
        code[which] = final
        inner_start, inner_end = starts.copy(), starts.copy()
        inner_start[which], inner_end[which] = self._trimmed(opens + 1, ends[which] - 1)
        found = code < len(names)
        return keywords.gather(code), self._step.texts.series(inner_start, inner_end, found)

    def lists(self, parameter: int) -> tuple[Int64Array, Int64Array, pl.Series]:
        """Top-level elements of list parameters: record position, ordinal in the list, text as written."""
        present, starts, ends = self._ranges(parameter)
        octets, splits = self._step.octets, self._step.splits
        which = np.flatnonzero(present & (octets.at(starts) == _OPEN))
        inner = split_parameters(
            octets, starts[which], ends[which], splits.comments, splits.apostrophes, self._step.limits
        )
        owner = np.repeat(np.arange(len(which)), inner.arity)
        ordinal = np.arange(len(owner)) - np.repeat(np.cumsum(inner.arity) - inner.arity, inner.arity)
        mark = inner.first[owner] + ordinal
        base = inner.starts[owner]
        left, right = self._trimmed(base + inner.marks[mark] + 1, base + inner.marks[mark + 1])
        return which[owner], ordinal, self._step.texts.series(left, right, np.ones(len(left), np.bool_))

    def _ranges(self, parameter: int) -> tuple[Mask, Int64Array, Int64Array]:
        present, starts, ends = self._parameters.ranges(parameter)
        starts, ends = self._trimmed(starts, ends)
        return present, starts, ends

    def _trimmed(self, starts: Int64Array, ends: Int64Array) -> tuple[Int64Array, Int64Array]:
        """Ranges without blanks and comments at their ends."""
        octets, comments = self._step.octets, self._step.splits.comments
        starts = np.minimum(skip_separators(octets, starts, comments), ends)
        while True:
            shorter = np.where((ends > starts) & (octets.at(np.maximum(ends - 1, 0)) <= _BLANK), ends - 1, ends)
            if len(comments):
                shorter = np.maximum(comments.start_of(shorter), starts)
            if (shorter == ends).all():
                return starts, ends
            ends = shorter

    def _references(
        self, positions: Int64Array, starts: Int64Array, ends: Int64Array
    ) -> tuple[Int64Array, Int64Array, Rows]:
        octets, splits = self._step.octets, self._step.splits
        owners, targets = [], []
        for first, last in batches(ends - starts, self._step.limits.piece_bytes):
            piece = compact(octets, starts[first:last], ends[first:last], splits.comments)
            places = np.flatnonzero((piece.text == _HASH) | (piece.text == _QUOTE))
            quotes = piece.text[places] == _QUOTE
            if quotes.any():
                firsts = np.searchsorted(places, piece.bases)
                places = places[outside_strings(piece, places, quotes, firsts, splits.apostrophes)]
            numbers, _ = read_numbers(octets, piece.offsets(places) + 1)
            rows = self._step.row_of_ids(numbers)
            rows[rows < 0] = DANGLING
            owners.append(piece.owner(places).astype(np.int64) + first)
            targets.append(rows)
        owner = np.concatenate(owners) if owners else np.empty(0, np.int64)
        count = np.bincount(owner, minlength=len(positions))
        ordinal = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        return positions[owner], ordinal, np.concatenate(targets) if targets else np.empty(0, np.int32)
