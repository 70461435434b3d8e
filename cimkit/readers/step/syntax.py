"""Every syntax defect of a file.

One regular expression judges many instances at once, then each of those among which one is not as it says; the
tokenizer has the last word on what it refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.readers.step.comments import outside
from cimkit.readers.step.grammar import instance_pattern, instances_pattern
from cimkit.readers.step.judge import Flaw, judge_instance
from cimkit.readers.step.pieces import in_pieces, in_threads
from cimkit.readers.step.structure import Structure
from cimkit.readers.step.text import column

if TYPE_CHECKING:
    from cimkit.readers.step.file import StepFile
    from cimkit.readers.step.octets import Int64Array

__all__ = ["DEFECT_KINDS", "syntax_defects"]

#: every kind that `syntax_defects` can name
DEFECT_KINDS = (
    "bad-binary",
    "bad-character",
    "bad-enumeration",
    "bad-escape",
    "bad-instance-name",
    "bad-keyword",
    "bad-number",
    "bad-value",
    "byte-order-mark",
    "control-character",
    "duplicate-header-entity",
    "duplicate-section",
    "empty-parameter",
    "empty-statement",
    "instance-outside-data",
    "missing-comma",
    "missing-endsec",
    "missing-equals",
    "missing-header-entity",
    "missing-keyword",
    "missing-section",
    "missing-semicolon",
    "nesting-too-deep",
    "non-ascii-character",
    "text-after-end",
    "text-before-start",
    "too-many-defects",
    "truncated",
    "two-values-in-typed-parameter",
    "unbalanced-parenthesis",
    "unexpected-header-entity",
    "unexpected-text",
    "unterminated-comment",
    "unterminated-string",
    "wrong-header-order",
    "wrong-parameter-count",
)

_SCHEMA = {"offset": pl.Int64, "line": pl.Int64, "column": pl.Int64, "kind": pl.String, "excerpt": pl.String}
_ROWS_AT_ONCE = 1 << 15
_RUN = 64  # instances asked about in one question: where all are well, a third is saved
_FLAT, _DEEP = 2, 3
_FEW = 200  # refused instances that aren't worth making the larger pattern for
_TAB, _RETURN, _BLANK, _TILDE = 9, 13, 32, 126
_EXCERPT_BEFORE, _EXCERPT = 20, 60


def syntax_defects(step: StepFile) -> pl.DataFrame:
    """Defects in file order: offset, line, column (1-based, in characters), kind, excerpt.

    After `StepLimits.defects` of them the last one is `too-many-defects`.
    """
    most = step.limits.defects
    structure = Structure(step)
    around = list(islice(structure.flaws(), most + 1))
    # bytes above 127 come last: there may be so many of them that they would hide the rest
    inside = chain(_instances(step, structure.external_rows), _controls(step), _raw_bytes(step))
    found = list(islice(chain(around, inside), most + 1))
    found = sorted(found[:most], key=lambda flaw: flaw.offset) + [
        Flaw("too-many-defects", step.octets.size, str(most)) for _ in found[most:]
    ]
    lines, columns = step.lines.positions([flaw.offset for flaw in found])
    return pl.DataFrame(
        {
            "offset": [flaw.offset for flaw in found],
            "line": lines,
            "column": columns,
            "kind": [flaw.kind for flaw in found],
            "excerpt": [flaw.detail or _excerpt(step, flaw.offset) for flaw in found],
        },
        schema=_SCHEMA,
    )


def _excerpt(step: StepFile, offset: int) -> str:
    start = max(offset - _EXCERPT_BEFORE, 0)
    before = step.octets.bytes(start, offset)
    after = step.octets.bytes(offset, start + _EXCERPT)
    before = before[max(before.rfind(b"\n"), before.rfind(b"\r")) + 1 :]
    line = after.splitlines()[0] if after.strip() else b""
    return " ".join((before + (line or after)).decode(step.encoding, "replace").split())


def _text_around(step: StepFile, offset: int) -> str:
    """The text in quotes that a byte stands in, as far as an excerpt reaches."""
    before = step.octets.bytes(max(offset - _EXCERPT, 0), offset).rpartition(b"'")[2]
    after = step.octets.bytes(offset, offset + _EXCERPT).partition(b"'")[0]
    return " ".join((before + after).decode(step.encoding, "replace").split())


def _raw_bytes(step: StepFile) -> Iterator[Flaw]:
    """Bytes above 127, once a statement: editions 1 and 2 have escapes for them, edition 3 allows UTF-8."""
    allowed = step.encoding == "utf-8" and (step.header.implementation_level or "").startswith("4")
    if allowed or not step.had_raw_bytes:
        return
    previous = -1
    for start, end in step.marks.high:
        places = np.flatnonzero(step.octets.array[start:end] > 127) + start
        places = places[step.marks.comments.outside(places)]
        statement = np.searchsorted(step.starts, places, side="right")
        statement += np.searchsorted(step.index.other_starts, places, side="right")
        for place in places[np.flatnonzero(np.diff(statement, prepend=previous))].tolist():
            yield Flaw("non-ascii-character", place, _text_around(step, place))
        previous = int(statement[-1]) if len(statement) else previous


def _controls(step: StepFile) -> Iterator[Flaw]:
    """Control characters between statements; those inside are found with the statement."""
    index = step.index
    for start, end in in_pieces(step.octets.size, step.limits.piece_bytes):
        piece = step.octets.array[start:end]
        odd = (piece < _TAB) | ((piece > _RETURN) & (piece < _BLANK))
        if not odd.any():
            continue
        places = np.flatnonzero(odd) + start
        places = places[step.marks.comments.outside(places) & (places < step.tail[0])]
        places = places[outside(places, step.starts, step.ends)]
        places = places[outside(places, index.other_starts, index.other_ends)]
        for place in places.tolist():
            yield Flaw("control-character", place)


def _instances(step: StepFile, external: list[tuple[int, int]]) -> Iterator[Flaw]:
    work = partial(_refused, step)
    pieces = in_pieces(len(step), _ROWS_AT_ONCE)
    for refused in in_threads(work, pieces, threaded=step.octets.size >= step.limits.thread_bytes):
        for row in refused.tolist():
            if any(first <= row < last for first, last in external):
                continue
            start = int(step.starts[row])
            for flaw in judge_instance(step.octets.bytes(start, int(step.ends[row])), step.limits.depth):
                yield flaw._replace(offset=flaw.offset + start)


def _refused(step: StepFile, piece: tuple[int, int]) -> Int64Array:
    """Rows that no pattern takes for an instance.

    A run of rows is taken as a whole only if each of its rows is: both end an instance at a semicolon outside strings.
    """
    first, last = piece
    start, end = int(step.starts[first]), int(step.ends[last - 1])
    offsets = np.append(step.starts[first:last], end) - start
    plain = _plain(step, start, end)
    runs = column(plain, np.append(offsets[:-1:_RUN], offsets[-1]))
    doubtful = np.repeat(_not_as(runs, instances_pattern(_FLAT)), _RUN)[: last - first]
    if not doubtful.any():
        return np.empty(0, np.int64)
    texts = column(plain, offsets)
    refused = np.flatnonzero(doubtful)
    refused = refused[_not_as(texts.gather(refused), instance_pattern(_FLAT))]
    if len(refused) > _FEW:
        refused = refused[_not_as(texts.gather(refused), instance_pattern(_DEEP, complex_too=True))]
    return refused + first


def _not_as(texts: pl.Series, pattern: str) -> npt.NDArray[np.bool_]:
    matched: npt.NDArray[np.bool_] = texts.str.contains(pattern).to_numpy()
    return ~matched


def _plain(step: StepFile, start: int, end: int) -> npt.NDArray[np.uint8]:
    """Bytes as ASCII, with blanks for comments and for statements that are no instances; a copy only if need be."""
    text = step.octets.array[start:end]
    index = step.index
    between = slice(*np.searchsorted(index.other_starts, [start, end]).tolist())
    ranges = [(index.other_starts[between], index.other_ends[between])]
    if len(step.marks.comments):
        ranges.append(step.marks.comments.between(start, end))
    if any(len(starts) for starts, _ in ranges):
        text = text.copy()
        for starts, ends in ranges:
            for left, right in zip(starts.tolist(), ends.tolist(), strict=True):
                text[max(left - start, 0) : right - start] = _BLANK
    if step.had_raw_bytes and int(text.max()) > 127:
        text = np.where(text > 127, np.uint8(_TILDE), text)
    return text
