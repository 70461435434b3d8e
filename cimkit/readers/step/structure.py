"""The exchange structure around the instances: sections, their order, the header's entities.

The few statements that aren't instances are looked at one by one (ISO 10303-21, 5.2 and 8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from cimkit.readers.step.header import FIELDS
from cimkit.readers.step.judge import Flaw, judge_entity, judge_instance
from cimkit.readers.step.states import COMMENT
from cimkit.readers.step.tokens import Token, tokens

if TYPE_CHECKING:
    from cimkit.readers.step.file import StepFile

__all__ = ["Structure"]

_START, _END = "ISO-10303-21", "END-ISO-10303-21"
_SECTIONS = frozenset((_START, _END, "HEADER", "DATA", "ENDSEC", "ANCHOR", "REFERENCE", "SIGNATURE"))
_FREE_TEXT = frozenset(("ANCHOR", "REFERENCE", "SIGNATURE"))
_REQUIRED = tuple(FIELDS)
# Edition 3 (implementation levels 3 and 4) knows more header entities, and UTF-8.
_LATER_ENTITIES = frozenset(("FILE_POPULATION", "SECTION_LANGUAGE", "SECTION_CONTEXT", "SCHEMA_POPULATION"))
_BEGINNING_OF_STATEMENT = 4096
_ENDS_SECTION = re.compile(rb"\bENDSEC\s*;\s*$")


class Structure:
    """Walks once through the statements that are no instances."""

    def __init__(self, step: StepFile) -> None:
        #: first and last row (exclusive) of each stretch in a REFERENCE section, whose instances are addresses
        self.external_rows: list[tuple[int, int]] = []
        self._step = step
        self._section: str | None = None
        self._seen: set[str] = set()
        self._entities: list[str] = []
        self._said: set[tuple[str, str | None]] = set()

    def flaws(self) -> Iterator[Flaw]:
        """Defects outside the instances, and instances where none may be; offsets count from the file's first byte."""
        step = self._step
        if step.content_start:
            yield Flaw("byte-order-mark", 0)
        starts = step.index.other_starts
        rows_before = np.searchsorted(step.starts, starts).tolist()
        done = 0
        for start, end, rows in zip(starts.tolist(), step.index.other_ends.tolist(), rows_before, strict=True):
            yield from self._rows(done, rows)
            done = rows
            yield from self._statement(start, step.octets.bytes(start, min(end, start + step.limits.header_bytes)))
        yield from self._rows(done, len(step))
        yield from self._finish()

    def _rows(self, first: int, last: int) -> Iterator[Flaw]:
        """Rows `first` to `last` stand between two statements that are no instances."""
        if first == last or self._section == "DATA":
            return
        if self._section == "REFERENCE":
            self.external_rows.append((first, last))
            return
        yield from self._start_missing(int(self._step.starts[first]))
        if _END in self._seen:
            yield from self._once("text-after-end", int(self._step.starts[first]))
        else:
            yield Flaw("instance-outside-data", int(self._step.starts[first]))

    def _once(self, kind: str, offset: int, detail: str | None = None) -> Iterator[Flaw]:
        if (kind, detail) not in self._said:
            self._said.add((kind, detail))
            yield Flaw(kind, offset, detail)

    def _start_missing(self, offset: int) -> Iterator[Flaw]:
        if _START not in self._seen:
            yield from self._once("text-before-start", offset)

    def _statement(self, start: int, text: bytes) -> Iterator[Flaw]:
        beginning = list(islice(tokens(text[:_BEGINNING_OF_STATEMENT]), 2))
        first = beginning[0] if beginning else Token("end", 0, 0)
        second = beginning[1] if len(beginning) > 1 else Token("end", len(text.rstrip()), len(text))
        word = text[first.start : first.end].decode("ascii", "replace").upper()
        is_word = first.kind in ("keyword", "bad-keyword")
        if is_word and word in _SECTIONS:
            if first.kind == "bad-keyword":
                yield Flaw("bad-keyword", start)
            yield from self._section_begins(word, start, text, second)
            return
        yield from self._start_missing(start)
        if self._section in _FREE_TEXT:
            return
        if _END in self._seen:
            yield from self._once("text-after-end", start)
        elif first.kind == ";":
            yield Flaw("empty-statement", start)
        elif self._section == "DATA":
            yield from _moved(judge_instance(text, self._step.limits.depth), start)
        elif is_word and second.kind == "(":
            if self._section is None:
                yield from self._once("missing-section", start, "HEADER")
                self._section = "HEADER"
                self._seen.add("HEADER")
            flaws = judge_entity(text, self._step.limits.depth)
            yield from _moved(flaws, start)
            yield from self._header_entity(word, start)
            if not flaws:
                yield from self._parameter_count(word, start)
        else:
            yield Flaw("unexpected-text", start)

    def _section_begins(self, word: str, start: int, text: bytes, second: Token) -> Iterator[Flaw]:
        yield from self._out_of_order(word, start)
        if word == "ENDSEC":
            yield from self._section_ends(start)
        else:
            if self._section is not None:
                yield Flaw("missing-endsec", start, self._section)
                yield from self._section_ends(start)
            self._section = None if word in (_START, _END) else word
        self._seen.add(word)
        if word == "SIGNATURE":
            if _ENDS_SECTION.search(text):
                self._section = None
        elif word == "DATA" and second.kind == "(":
            yield from _moved(judge_entity(text, self._step.limits.depth), start)
        elif second.kind != ";":
            yield Flaw("missing-semicolon", start + second.start)

    def _out_of_order(self, word: str, start: int) -> Iterator[Flaw]:
        if word != _START:
            yield from self._start_missing(start)
        elif start > self._step.content_start and not self._seen:
            yield from self._once("text-before-start", self._step.content_start)
        if _END in self._seen and word not in ("SIGNATURE", "ENDSEC"):
            yield from self._once("text-after-end", start)
        if word == "DATA" and "HEADER" not in self._seen:
            yield from self._once("missing-section", start, "HEADER")
        if word in self._seen and word in (_START, _END, "HEADER"):
            yield Flaw("duplicate-section", start, word)

    def _section_ends(self, offset: int) -> Iterator[Flaw]:
        if self._section is None:
            yield Flaw("unexpected-text", offset)
        elif self._section == "HEADER":
            for word in _REQUIRED:
                if word not in self._entities:
                    yield Flaw("missing-header-entity", offset, word)
        self._section = None

    def _header_entity(self, word: str, start: int) -> Iterator[Flaw]:
        if word not in FIELDS:
            level = self._step.header.implementation_level or ""
            if not (word in _LATER_ENTITIES and level.startswith(("3", "4"))):
                yield Flaw("unexpected-header-entity", start, word)
            return
        if word in self._entities:
            yield Flaw("duplicate-header-entity", start, word)
        elif any(_REQUIRED.index(other) > _REQUIRED.index(word) for other in self._entities):
            yield Flaw("wrong-header-order", start, word)
        self._entities.append(word)

    def _parameter_count(self, word: str, start: int) -> Iterator[Flaw]:
        for entity in self._step.header.entities:
            if entity.start == start and word in FIELDS and len(entity.raw) != len(FIELDS[word]):
                yield Flaw("wrong-parameter-count", start, f"{word}: {len(entity.raw)} ≠ {len(FIELDS[word])}")

    def _finish(self) -> Iterator[Flaw]:
        step = self._step
        start, end = step.tail
        if start < end:
            text = step.octets.bytes(start, min(end, start + step.limits.header_bytes))
            if text.startswith(b"#") and self._section == "DATA":
                yield from _moved(judge_instance(text, step.limits.depth), start)
            else:
                yield from self._statement(start, text)
        if step.marks.state == COMMENT:
            yield Flaw("unterminated-comment", int(step.marks.comments.starts[-1]))
        if _END in self._seen:
            if "DATA" not in self._seen:
                yield Flaw("missing-section", step.octets.size, "DATA")
        else:
            yield Flaw("truncated", step.octets.size)


def _moved(flaws: list[Flaw], start: int) -> Iterator[Flaw]:
    for flaw in flaws:
        yield flaw._replace(offset=flaw.offset + start)
