"""Tokens of one statement, one at a time: for the header, and for statements that a faster look refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Token", "tokens"]


class Token(NamedTuple):
    """`kind` is the sign itself, one of the kinds of token, or the kind of defect that stands in its place."""

    kind: str
    start: int
    end: int


_SEPARATOR = re.compile(rb"(?:[\t\n\v\f\r ]|\\[NF]\\|/\*.*?\*/)+", re.DOTALL)
_STRING = re.compile(rb"'(?>[^'\\]|''|\\S\\.|\\\\|\\)*+'", re.DOTALL)
_BINARY = re.compile(rb'"[^"\']*"')
_GOOD_BINARY = re.compile(rb'"(?:0|[0-3][0-9A-F]*)"')
_NUMBER_LIKE = re.compile(rb"[+-]?(?:\.[0-9]|[0-9]|(?<=[+-]))[0-9A-Za-z.+_-]*")
_GOOD_NUMBER = re.compile(rb"[+-]?[0-9]+(?:\.[0-9]*(?:E[+-]?[0-9]+)?)?")
_ENUMERATION_LIKE = re.compile(rb"\.[^.,()';$#*= \t\r\n]*\.?")
_GOOD_ENUMERATION = re.compile(rb"\.[A-Z_][A-Z0-9_]*\.")
_NAME = re.compile(rb"#[0-9]*")
_GOOD_NAME = re.compile(rb"#0*[1-9][0-9]{0,18}")
_KEYWORD = re.compile(rb"!?[A-Za-z_][A-Za-z0-9_-]*")
_GOOD_KEYWORD = re.compile(rb"!?[A-Z_][A-Z0-9_]*")
_SECTION = re.compile(rb"(?:END-)?ISO-10303-21")
_SIGNS = b"(),=;$*"
_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_!")
_DIGITS = frozenset(b"0123456789+-")


def tokens(text: bytes) -> Iterator[Token]:
    """The tokens of a statement; blanks and comments are left out, nothing else is."""
    position = 0
    while position < len(text):
        separator = _SEPARATOR.match(text, position)
        if separator:
            position = separator.end()
            continue
        token = _token(text, position)
        yield token
        position = token.end


def _token(text: bytes, start: int) -> Token:
    first = text[start]
    if first in _SIGNS:
        return Token(chr(first), start, start + 1)
    if first == 0x27:
        found = _STRING.match(text, start)
        return Token("string", start, found.end()) if found else Token("unterminated-string", start, len(text))
    if first == 0x23:
        return _judged(text, start, _NAME, _GOOD_NAME, "name", "bad-instance-name")
    if first in _LETTERS:
        section = _SECTION.match(text, start)
        if section:
            return Token("keyword", start, section.end())
        return _judged(text, start, _KEYWORD, _GOOD_KEYWORD, "keyword", "bad-keyword")
    if first in _DIGITS or (first == 0x2E and text[start + 1 : start + 2].isdigit()):
        return _judged(text, start, _NUMBER_LIKE, _GOOD_NUMBER, "number", "bad-number")
    if first == 0x2E:
        return _judged(text, start, _ENUMERATION_LIKE, _GOOD_ENUMERATION, "enumeration", "bad-enumeration")
    if first == 0x22:
        return _judged(text, start, _BINARY, _GOOD_BINARY, "binary", "bad-binary")
    if text.startswith(b"/*", start):
        return Token("unterminated-comment", start, len(text))
    return Token("bad-character", start, start + 1)


def _judged(text: bytes, start: int, like: re.Pattern[bytes], good: re.Pattern[bytes], kind: str, bad: str) -> Token:
    found = like.match(text, start)
    end = found.end() if found else start + 1
    return Token(kind if good.fullmatch(text, start, end) else bad, start, end)
