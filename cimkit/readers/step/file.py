"""A STEP physical file (ISO 10303-21), opened: an index of every instance, nothing more."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cimkit.readers.step.alike import alike
from cimkit.readers.step.comments import skip_separators
from cimkit.readers.step.errors import NotStepError
from cimkit.readers.step.header import StepHeader, read_header
from cimkit.readers.step.index import Index, IntArray, build_index
from cimkit.readers.step.limits import StepLimits
from cimkit.readers.step.lines import Lines
from cimkit.readers.step.lookup import IdLookup, RowsByType
from cimkit.readers.step.octets import Buffer, Octets
from cimkit.readers.step.records import Records
from cimkit.readers.step.splitter import Marks, split
from cimkit.readers.step.text import Texts, detect_encoding

if TYPE_CHECKING:
    from cimkit.readers.step.octets import Int64Array

__all__ = ["StepFile"]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"I\x00S\x00O\x00", b"\x00I\x00S\x00O")
_OTHER_FORMATS = (b"<", b"{", b"[", b"PK\x03\x04", b"%PDF")
_BEGINNING = re.compile(rb"ISO-10303-21\s*;|HEADER\s*;|DATA\s*[;(]", re.IGNORECASE)
_LOOKED_AT = 1 << 16
_LAST = 64  # statements among which the end of the file is looked for
_DATA = re.compile(rb"(?:\s|/\*.*?\*/)*DATA\b", re.IGNORECASE | re.DOTALL)
_END = re.compile(rb"(?:\s|/\*.*?\*/)*END-ISO-10303-21\b", re.IGNORECASE | re.DOTALL)


class StepFile:
    """Immutable. Rows are instances in file order; a row's number is its place among them.

    The buffer that it was opened from must stay as it is while the StepFile is used.
    """

    def __init__(
        self, octets: Octets, content: tuple[int, int], marks: Marks, index: Index, limits: StepLimits
    ) -> None:
        """Use `StepFile.open`. `content` is where the first statement starts and the last complete one ends."""
        self.octets = octets
        self.content_start, end = content
        self.marks = marks
        self.index = index
        self.limits = limits
        #: 'ascii', 'utf-8', 'gb18030' or 'latin-1': how bytes above 127 are read
        self.encoding: str = detect_encoding(octets, marks.high)
        #: whether there are bytes above 127, which editions 1 and 2 of the standard don't allow
        self.had_raw_bytes: bool = bool(marks.high)
        #: instance number of every row, -1 for one that no 64-bit number holds
        self.ids: IntArray = index.ids
        #: code into `keywords` of every row
        self.types: IntArray = index.types
        #: upper case, alphabetical; '' stands for complex instances and for rows without a keyword
        self.keywords: tuple[str, ...] = index.keywords
        #: byte range of every row, from '#' to after ';'
        self.starts: Int64Array = index.starts
        self.ends: Int64Array = index.ends
        self.header: StepHeader = read_header(self._header_statements(), self.encoding)
        #: range of what follows the last complete statement
        self.tail: tuple[int, int] = self._skipped(end), octets.size
        #: whether the file stops before END-ISO-10303-21
        self.truncated: bool = not self._has_end()
        self.texts = Texts(octets, self.encoding)
        self._found: tuple[Records, npt.NDArray[np.int32]] | None = None
        self._alike: npt.NDArray[np.int32] | None = None

    @classmethod
    def open(cls, data: Buffer, *, limits: StepLimits | None = None) -> StepFile:
        """Index a file that is in memory or mapped.

        Raises NotStepError if the bytes are no STEP file, StepError if they pass one of the limits.
        """
        limits = limits or StepLimits()
        octets = Octets(data)
        start = _content_start(octets)
        ends, marks = split(octets, start, limits)
        index = build_index(octets, start, ends, marks.comments, limits)
        return cls(octets, (start, int(ends[-1]) if len(ends) else start), marks, index, limits)

    def __len__(self) -> int:
        return len(self.ids)

    def rows_of(self, *keywords: str) -> npt.NDArray[np.int32]:
        """Rows of the instances with any of the keywords (in any case), in file order."""
        codes = [code for code, name in enumerate(self.keywords) if name in {word.upper() for word in keywords}]
        return self._rows_by_type.rows(codes)

    def row_of_ids(self, ids: npt.ArrayLike) -> npt.NDArray[np.int32]:
        """The row of each instance number, the first if several have it; -1 where none has."""
        return self.lookup.rows(np.asarray(ids))

    def line_column(self, offset: int) -> tuple[int, int]:
        """1-based line and column, in characters, of the byte at an offset."""
        return self.lines.position(offset)

    def records(self, rows: npt.ArrayLike) -> Records:
        """The parameters of some rows, in the order given. Raises IndexError for a number that is no row."""
        rows = np.asarray(rows)
        if self._found is not None and len(rows) and int(rows.min()) >= 0:
            found, place = self._found
            places = place[rows]
            if int(places.min()) >= 0:
                return found.take(places)
        return Records(self, rows)

    def find_parameters(self, rows: IntArray) -> None:
        """Find the parameters of these rows now, so that `records` of any of them need not: for rows that several
        readers ask for."""
        place = np.full(len(self), -1, np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        self._found = Records(self, rows), place

    def find_alike(self, rows: IntArray) -> None:
        """Find now what `alike` says of these rows, for rows that several readers ask for."""
        found = np.arange(len(self), dtype=np.int32)
        found[rows] = alike(self, rows)
        self._alike = found

    def alike(self, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
        """For each row, and they ascend, one whose text after its number is the same: what is read of it holds for
        both."""
        return alike(self, rows) if self._alike is None else self._alike[rows]

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.octets, self.encoding)

    @cached_property
    def lookup(self) -> IdLookup:
        return IdLookup(self.ids)

    @cached_property
    def _rows_by_type(self) -> RowsByType:
        return RowsByType(self.types, len(self.keywords))

    def _header_statements(self) -> list[tuple[int, bytes]]:
        index = self.index
        first_row = int(self.starts[0]) if len(self.starts) else self.octets.size
        statements: list[tuple[int, bytes]] = []
        size = 0
        for start, end in zip(index.other_starts.tolist(), index.other_ends.tolist(), strict=True):
            size += end - start
            if start >= first_row or size > self.limits.header_bytes:
                break
            text = self.octets.bytes(start, end)
            if _DATA.match(text):
                break
            statements.append((start, text))
        return statements

    def _skipped(self, offset: int) -> int:
        return int(skip_separators(self.octets, np.array([offset]), self.marks.comments)[0])

    def _has_end(self) -> bool:
        index = self.index
        last = [*zip(index.other_starts[-_LAST:].tolist(), index.other_ends[-_LAST:].tolist(), strict=True), self.tail]
        return any(_END.match(self.octets.bytes(start, min(end, start + _LOOKED_AT))) for start, end in last)


def _content_start(octets: Octets) -> int:
    beginning = octets.bytes(0, _LOOKED_AT)
    if beginning.startswith(_UTF_16):
        raise NotStepError("step.utf_16")
    start = len(_BYTE_ORDER_MARK) if beginning.startswith(_BYTE_ORDER_MARK) else 0
    content = beginning[start:].lstrip()
    if content.startswith(_OTHER_FORMATS) or not _BEGINNING.search(content):
        raise NotStepError("step.not_a_step_file")
    return start
