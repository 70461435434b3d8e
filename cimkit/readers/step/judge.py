"""One statement against the grammar, token by token: every defect, its kind, and where it is.

Slow and patient, for the few statements that the fast patterns refused. After a defect it goes on
where a reader would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cimkit.readers.step.grammar import STRING_PIECE
from cimkit.readers.step.tokens import Token, tokens

__all__ = ["Flaw", "judge_entity", "judge_instance"]


class Flaw(NamedTuple):
    """A defect; `offset` is a byte's, `detail` what the excerpt there wouldn't tell."""

    kind: str
    offset: int
    detail: str | None = None


_WORDS = frozenset(("keyword", "bad-keyword"))
_BAD_VALUES = frozenset(
    ("bad-instance-name", "bad-number", "bad-enumeration", "unterminated-string", "bad-binary", "unterminated-comment")
)
_GOOD_STRING = re.compile(STRING_PIECE.replace("]-~]|''", r"]-~\x80-\xff]|''").encode() + b"*+")
_CUT_OFF = frozenset(("unterminated-string", "unterminated-comment"))
_CONTROLS = re.compile(rb"[\x00-\x1f\x7f]+")
_BAD_ESCAPE = re.compile(rb"\\(?:X[24]?\\[^\\']*(?:\\X0\\)?|[A-Z]\\)?")


def judge_instance(text: bytes, deepest: int) -> list[Flaw]:
    """Defects of `#1 = KEYWORD(...);` or `#1 = (KEYWORD(...) KEYWORD(...));`, with offsets from its first byte."""
    return list(_Judge(text, deepest).instance())


def judge_entity(text: bytes, deepest: int) -> list[Flaw]:
    """Defects of `KEYWORD(...);`, an entity of the header."""
    return list(_Judge(text, deepest).entity())


class _Frame(NamedTuple):
    """A list that is open: where its bracket is, and whether a keyword stands before that."""

    offset: int
    typed: bool


class _Judge:
    def __init__(self, text: bytes, deepest: int) -> None:
        self._text = text
        self._deepest = deepest
        self._stream = list(tokens(text))
        self._place = 0
        self._stuck = False

    def instance(self) -> Iterator[Flaw]:
        if self._peek().kind in _WORDS:
            yield Flaw("bad-instance-name", self._peek().start)
        else:
            yield from self._name()
        if self._peek().kind == "(":
            yield from self._complex_record()
        else:
            yield from self._record()
        yield from self._ending()

    def _name(self) -> Iterator[Flaw]:
        name = self._next()
        if name.kind != "name":
            yield Flaw("bad-instance-name", name.start)
        if self._peek().kind == "=":
            self._next()
        else:
            yield Flaw("missing-equals", self._peek().start)

    def entity(self) -> Iterator[Flaw]:
        yield from self._record()
        yield from self._ending()

    def _peek(self) -> Token:
        if self._place < len(self._stream):
            return self._stream[self._place]
        end = len(self._text.rstrip())
        return Token("end", end, end)

    def _next(self) -> Token:
        token = self._peek()
        self._place += 1
        return token

    def _complex_record(self) -> Iterator[Flaw]:
        opened = self._next()
        if self._peek().kind not in _WORDS:
            yield Flaw("missing-keyword", self._peek().start)
            self._skip_to_end()
            return
        while self._peek().kind in _WORDS:
            yield from self._record()
        if self._peek().kind == ")":
            self._next()
        elif not self._stuck:
            yield Flaw("unbalanced-parenthesis", opened.start)

    def _record(self) -> Iterator[Flaw]:
        token = self._peek()
        if token.kind == "bad-keyword":
            yield Flaw(token.kind, token.start)
        if token.kind in _WORDS:
            self._next()
        else:
            yield Flaw("missing-keyword", token.start)
        if self._peek().kind != "(":
            yield Flaw("unbalanced-parenthesis", self._peek().start)
            self._skip_to_end()
            return
        yield from self._parameters()

    def _parameters(self) -> Iterator[Flaw]:
        """A bracketed list, with the lists in it."""
        frames = [_Frame(self._next().start, typed=False)]
        expected = "first"  # the first value or ')'; a "value" after a comma; a "comma" after a value
        while frames:
            token = self._next()
            if token.kind in {"end", ";"}:
                if token.kind == ";" or not self._cut_off():
                    yield Flaw("unbalanced-parenthesis", frames[-1].offset)
                self._place -= 1
                self._stuck = True
                return
            if token.kind == ")":
                if expected == "value" or (expected == "first" and frames[-1].typed):
                    yield Flaw("empty-parameter", token.start)
                frames.pop()
                expected = "comma"
            elif token.kind == ",":
                yield from _comma_flaws(token, expected, frames[-1])
                expected = "value"
            elif token.kind in {"=", "bad-character"}:
                yield Flaw("bad-character", token.start)
            else:
                if expected == "comma":
                    yield Flaw("missing-comma", token.start)
                yield from self._value(token)
                frame = self._opened(token)
                expected = "comma" if frame is None else "first"
                if frame is not None:
                    frames.append(frame)
                if len(frames) > self._deepest:
                    yield Flaw("nesting-too-deep", token.start)
                    self._skip_to_end()
                    return

    def _cut_off(self) -> bool:
        """Whether the statement ends in a string or comment that has no end; nothing more can be said then."""
        return bool(self._stream) and self._stream[-1].kind in _CUT_OFF

    def _opened(self, token: Token) -> _Frame | None:
        """The list that a value opens: '(' itself, or a keyword with '(' after it."""
        if token.kind == "(":
            return _Frame(token.start, typed=False)
        if token.kind in _WORDS and self._peek().kind == "(":
            return _Frame(self._next().start, typed=True)
        return None

    def _value(self, token: Token) -> Iterator[Flaw]:
        if token.kind in _BAD_VALUES or token.kind == "bad-keyword":
            yield Flaw(token.kind, token.start)
        if token.kind in _WORDS and self._peek().kind != "(":
            yield Flaw("bad-value", token.start)
        if token.kind == "string":
            yield from _string_flaws(self._text, token)

    def _ending(self) -> Iterator[Flaw]:
        if self._stuck:
            return
        while self._peek().kind == ")":
            yield Flaw("unbalanced-parenthesis", self._next().start)
        token = self._next()
        if token.kind == ";":
            token = self._peek()
            if token.kind != "end":
                yield Flaw("unexpected-text", token.start)
        elif token.kind in ("end", "name"):
            yield Flaw("missing-semicolon", token.start)
        else:
            yield Flaw(token.kind if token.kind in _BAD_VALUES else "unexpected-text", token.start)

    def _skip_to_end(self) -> None:
        self._stuck = True
        self._place = len(self._stream)


def _comma_flaws(token: Token, expected: str, frame: _Frame) -> Iterator[Flaw]:
    if expected != "comma":
        yield Flaw("empty-parameter", token.start)
    elif frame.typed:
        yield Flaw("two-values-in-typed-parameter", token.start)


def _string_flaws(text: bytes, token: Token) -> Iterator[Flaw]:
    """Characters and directives that no string may hold."""
    place, end = token.start + 1, token.end - 1
    while place < end:
        good = _GOOD_STRING.match(text, place, end)
        place = good.end() if good else place
        if place >= end:
            return
        controls = _CONTROLS.match(text, place, end)
        yield Flaw("control-character" if controls else "bad-escape", place)
        found = controls or _BAD_ESCAPE.match(text, place, end)
        place = found.end() if found else place + 1
