"""Instance numbers: digits anywhere in the file to integers, a column at a time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from cimkit.readers.step.octets import WORD, decimal, digit_count

if TYPE_CHECKING:
    from cimkit.readers.step.octets import Int64Array, Octets

__all__ = ["read_numbers"]

_MOST_DIGITS = 19
_MOST_WORDS = 3
_LARGEST = np.uint64(np.iinfo(np.int64).max)
_POWERS = np.array([10**exponent for exponent in range(WORD + 1)], np.uint64)
_DIGITS = re.compile(rb"[0-9]*")
_WINDOW = 4096


def read_numbers(octets: Octets, offsets: Int64Array) -> tuple[Int64Array, Int64Array]:
    """The whole number at each offset and where its digits end.

    -1 where there is no digit, and for a number of more than 19 digits or above 2**63 - 1.
    """
    words = octets.words(offsets)
    count = digit_count(words)
    numbers = decimal(words, count).astype(np.int64)
    numbers[count == 0] = -1
    ends = offsets + count
    longer = np.flatnonzero(count == WORD)
    if len(longer):
        numbers[longer], ends[longer] = _long_numbers(octets, offsets[longer], numbers[longer])
    return numbers, ends


def _long_numbers(octets: Octets, offsets: Int64Array, numbers: Int64Array) -> tuple[Int64Array, Int64Array]:
    """The same for numbers of at least eight digits, of which the first eight are known."""
    values = numbers.astype(np.uint64)
    digits = np.full(len(offsets), WORD, np.int64)
    active = np.arange(len(offsets))
    for _ in range(1, _MOST_WORDS):
        words = octets.words(offsets[active] + digits[active])
        count = digit_count(words)
        values[active] = values[active] * _POWERS[count] + decimal(words, count)
        digits[active] += count
        active = active[count == WORD]
        if not len(active):
            break
    ends = offsets + digits
    for row in active.tolist():
        ends[row] = _end_of_digits(octets, int(ends[row]))
    readable = (digits <= _MOST_DIGITS) & (values <= _LARGEST)
    return np.where(readable, values, np.uint64(0)).astype(np.int64) - ~readable, ends


def _end_of_digits(octets: Octets, offset: int) -> int:
    while True:
        found = _DIGITS.match(octets.bytes(offset, offset + _WINDOW))
        length = len(found.group()) if found else 0
        offset += length
        if length < _WINDOW:
            return offset
