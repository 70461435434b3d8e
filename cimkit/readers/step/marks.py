"""Rare marks that change how quotes are read: apostrophes of `\\S\\'`, and lines that surely begin a statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from cimkit.readers.step.octets import WORD, digit_count

if TYPE_CHECKING:
    from cimkit.readers.step.octets import Int64Array, Octets

__all__ = ["page_escaped_quotes", "restarts"]

_HASH, _EQUALS, _BACKSLASH = b"#=\\"
_D, _H = np.frombuffer(b"DH", np.uint8)
_LAST_LINE_END = 13
_BLANK = 32
_LOOK_BACK = 4096
_SECTION = re.compile(rb"(?:HEADER|ENDSEC|DATA|END-ISO-10303-21)[\t ]{0,8};")
_LONGEST_SECTION = 32
_INSTANCE = re.compile(rb"#[0-9]+[\x00-\x20]*=")


def page_escaped_quotes(octets: Octets, quotes: Int64Array) -> Int64Array:
    """Those quotes that are the character of a `\\S\\` directive (`\\S\\'` is a section sign)."""
    candidates = quotes[quotes >= len(b"\\S\\")]
    before = (octets.at(candidates - 1) == _BACKSLASH) & (octets.at(candidates - 3) == _BACKSLASH)
    return np.array([quote for quote in candidates[before].tolist() if _page_escaped(octets, quote)], np.int64)


def _page_escaped(octets: Octets, quote: int) -> bool:
    """Read from the nearest quote before: from there backslashes pair up."""
    text = octets.bytes(max(0, quote - _LOOK_BACK), quote)
    text = text[text.rfind(b"'") + 1 :]
    position = text.find(b"\\")
    while position >= 0:
        if text.startswith(b"S\\", position + 1):
            if position + 3 == len(text):
                return True
            position += 4
        elif text.startswith(b"\\", position + 1):
            position += 2
        else:
            position += 1
        position = text.find(b"\\", position)
    return False


def restarts(octets: Octets, start: int, end: int) -> Int64Array:
    """Offsets of lines in a stretch of the file that begin a statement, whatever came before.

    Those are lines that begin like an instance, `#12=`, and those that begin or end a section.
    """
    before = max(start - 1, 0)
    piece = octets.array[before:end]
    line_start = piece[:-1] <= _LAST_LINE_END
    instances = np.flatnonzero(line_start & (piece[1:] == _HASH)) + (before + 1)
    words = np.flatnonzero(line_start & (piece[1:] - _D <= _H - _D)) + (before + 1)
    sections = [word for word in words.tolist() if _SECTION.match(octets.bytes(word, word + _LONGEST_SECTION))]
    return np.union1d(_that_begin_instances(octets, instances), np.array(sections, np.int64))


def _that_begin_instances(octets: Octets, lines: Int64Array) -> Int64Array:
    digits = digit_count(octets.words(lines + 1))
    following = octets.at(lines + 1 + digits)
    sure = (digits > 0) & (following == _EQUALS)
    unsure = (digits > 0) & ~sure & ((digits == WORD) | (following <= _BLANK))
    for row in np.flatnonzero(unsure).tolist():
        line = int(lines[row])
        sure[row] = _INSTANCE.match(octets.bytes(line, line + _LOOK_BACK)) is not None
    certain: Int64Array = lines[sure]
    return certain
