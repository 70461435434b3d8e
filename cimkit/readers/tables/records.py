"""Where the records of a delimited text begin, and how many fields each has (RFC 4180), counted over whole arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Records", "find_records"]

_PIECE = 16_000_000
_QUOTE, _NEWLINE = ord('"'), ord("\n")


@dataclass(frozen=True, slots=True)
class Records:
    """All of length n, the records in the order of the text; blank lines are no records.

    start, end   bytes of each record, the line end left out (int64)
    fields       number of fields (int64)
    line         1-based line of the text on which it begins (int64)
    open_quote   whether the text ends inside quotes
    stray_quote  whether a quoted stretch opens in the middle of a field
    """

    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    fields: npt.NDArray[np.int64]
    line: npt.NDArray[np.int64]
    open_quote: bool
    stray_quote: bool

    def __len__(self) -> int:
        return len(self.start)


def find_records(text: bytes, separator: str) -> Records:
    """The records of a UTF-8 text whose lines end with a bare line feed. A quote opens or closes a quoted stretch
    wherever it stands, so a doubled one inside quotes changes nothing."""
    whole = np.frombuffer(text, np.uint8)
    mark = ord(separator)
    inside, separators, lines, stray = 0, 0, 0, False
    ends, counts, at_line = [], [], []
    for first in range(0, len(whole), _PIECE):
        piece = whole[first : first + _PIECE]
        quotes = piece == _QUOTE
        if inside or quotes.any():
            parity = (np.cumsum(quotes, dtype=np.uint8) + np.uint8(inside)) & 1  # a count modulo 256 is as odd or even
            outside = parity == 0
            inside = int(parity[-1])
            opening = np.flatnonzero(quotes & ~outside) + first
            before = whole[np.maximum(opening - 1, 0)]
            stray = stray or bool(((opening > 0) & ~np.isin(before, (mark, _NEWLINE, _QUOTE))).any())
        else:
            outside = None
        newlines = np.flatnonzero(piece == _NEWLINE)
        closing = newlines if outside is None else newlines[outside[newlines]]
        marks = np.flatnonzero(piece == mark if outside is None else (piece == mark) & outside)
        ends.append(closing.astype(np.int64) + first)
        counts.append(np.searchsorted(marks, closing) + separators)
        at_line.append(np.searchsorted(newlines, closing, side="right") + lines)
        separators += len(marks)
        lines += len(newlines)
    if (len(whole) and not text.endswith(b"\n")) or inside:
        ends.append(np.array([len(whole)]))
        counts.append(np.array([separators]))
        at_line.append(np.array([lines + 1]))
    end = np.concatenate(ends) if ends else np.zeros(0, np.int64)
    total = np.concatenate(counts) if counts else np.zeros(0, np.int64)
    last_line = np.concatenate(at_line) if at_line else np.zeros(0, np.int64)
    start = np.concatenate([[0], end[:-1] + 1]).astype(np.int64)[: len(end)]
    fields = np.diff(total, prepend=0) + 1
    line = np.concatenate([[0], last_line[:-1]])[: len(end)] + 1
    kept = end > start
    return Records(start[kept], end[kept], fields[kept], line[kept].astype(np.int64), bool(inside), stray)
