"""What an instance looks like, as regular expressions for polars (linear time, no look-around).

Regular expressions can't count brackets, so lists nest to a given depth and no deeper: an instance
that one refuses isn't wrong yet, the tokenizer has the last word. Written from ISO 10303-21, 6.3
and annex B; any blank may stand between tokens.
"""

from __future__ import annotations

from functools import cache

__all__ = ["STRING_PIECE", "instance_pattern", "instances_pattern"]

_BLANKS = r"[\t-\r ]*"
_NAME = r"#0*[1-9][0-9]{0,18}"
_KEYWORD = r"!?[A-Z_][A-Z0-9_]*"
_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]*(?:E[+-]?[0-9]+)?)?"
_ENUMERATION = r"\.[A-Z_][A-Z0-9_]*\."
_BINARY = r'"(?:0|[0-3][0-9A-F]*)"'

#: What strings are made of (6.4.3): printable ASCII, quotes and backslashes doubled, directives.
STRING_PIECE = (
    r"(?:[ -&(-\[\]-~]|''|\\(?:\\|S\\[ -~]|P[A-Z]\\|X\\[0-9A-F]{2}"
    r"|X2\\(?:[0-9A-F]{4})+\\X0\\|X4\\(?:[0-9A-F]{8})+\\X0\\|[NF]\\))"
)

_ATOM = rf"(?:\$|\*|{_NAME}|{_NUMBER}|'{STRING_PIECE}*'|{_ENUMERATION}|{_BINARY})"


@cache
def instance_pattern(depth: int, *, complex_too: bool = False) -> str:
    """A whole instance, its lists nested at most `depth` deep in the parameter list; complex ones if asked for."""
    return rf"\A{_instance(depth, complex_too=complex_too)}\z"


@cache
def instances_pattern(depth: int) -> str:
    """Any number of such instances one after the other, none of them complex."""
    return rf"\A(?:{_instance(depth, complex_too=False)})*\z"


def _instance(depth: int, *, complex_too: bool) -> str:
    record = rf"{_KEYWORD}{_BLANKS}{_list_of(_value(depth))}{_BLANKS}"
    if complex_too:
        record = rf"(?:{record}|\({_BLANKS}(?:{record})+\){_BLANKS})"
    return rf"{_NAME}{_BLANKS}={_BLANKS}{record};{_BLANKS}"


def _value(depth: int) -> str:
    if depth == 0:
        return _ATOM
    inner = _value(depth - 1)
    return rf"(?:{_ATOM}|{_KEYWORD}{_BLANKS}\({_BLANKS}{inner}{_BLANKS}\)|{_list_of(inner)})"


def _list_of(value: str) -> str:
    return rf"\({_BLANKS}(?:{value}{_BLANKS}(?:,{_BLANKS}{value}{_BLANKS})*)?\)"
