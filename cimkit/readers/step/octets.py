"""The file's bytes as numpy sees them: single bytes, and eight of them at any offset.

Reading eight bytes as one integer lets whole columns of short texts be compared, hashed and turned
into numbers with a few integer operations ("SIMD within a register").
"""

from __future__ import annotations

import mmap
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Buffer", "Octets", "decimal", "digit_count", "name_length"]

Buffer: TypeAlias = "bytes | bytearray | memoryview | mmap.mmap | npt.NDArray[np.uint8]"
Int64Array: TypeAlias = npt.NDArray[np.int64]
Words: TypeAlias = npt.NDArray[np.uint64]

WORD = 8
_U = np.uint64
_EVERY = 0x0101010101010101
_HIGH = _U(0x80 * _EVERY)
_ZEROS = _U(0x30 * _EVERY)
_ABOVE_NINE = _U(0x76 * _EVERY)  # 0x76 + 10 sets the high bit
_ONE = _U(1)
_THREE = _U(3)
_SIXTY_FOUR = _U(64)


class Octets:
    """Read-only bytes with vectorised access at arbitrary offsets."""

    __slots__ = ("_last", "_words", "array", "size")

    def __init__(self, data: Buffer) -> None:
        array = data if isinstance(data, np.ndarray) else np.frombuffer(data, dtype=np.uint8)
        if array.dtype != np.uint8 or array.ndim != 1:
            raise TypeError(f"one-dimensional uint8 expected, not {array.dtype} with {array.ndim} dimensions")
        array = np.ascontiguousarray(array)
        self.size = len(array)
        if self.size < WORD:
            array = np.concatenate((array, np.zeros(WORD, np.uint8)))
        array = array.view()
        array.flags.writeable = False
        self.array = array
        self._last = len(array) - WORD
        self._words: Words = np.ndarray((self._last + 1,), dtype="<u8", buffer=array.data, strides=(1,))

    def words(self, offsets: Int64Array) -> Words:
        """The eight bytes at each offset, first byte lowest; zeros beyond the end of the file."""
        if not len(offsets) or int(offsets.max()) <= self._last:
            words: Words = self._words[offsets]
            return words
        inside = np.minimum(offsets, self._last)
        beyond = np.minimum(offsets - inside, WORD).astype(np.uint64)
        shifted: Words = np.right_shift(self._words[inside], beyond << _THREE)
        return shifted

    def at(self, offsets: Int64Array) -> npt.NDArray[np.uint8]:
        """The byte at each offset; zero beyond the end of the file."""
        if not len(offsets) or int(offsets.max()) < self.size:
            return self.array[offsets]
        inside = self.array[np.minimum(offsets, len(self.array) - 1)]
        inside[offsets >= self.size] = 0
        return inside

    def bytes(self, start: int, end: int) -> bytes:
        return self.array[start : min(end, self.size)].tobytes()


def _first_flag(flags: Words) -> npt.NDArray[np.uint8]:
    """Number of the lowest byte whose high bit is set, 8 for none."""
    lowest = flags & (~flags + _ONE)
    return np.right_shift(np.bitwise_count(lowest - _ONE), 3)


def digit_count(words: Words) -> npt.NDArray[np.uint8]:
    """How many decimal digits each word begins with, 0 to 8."""
    nibbles = words ^ _ZEROS
    return _first_flag(((nibbles + _ABOVE_NINE) | nibbles) & _HIGH)


def decimal(words: Words, count: npt.NDArray[np.uint8]) -> Words:
    """The number that the first `count` characters of each word spell."""
    value: Words = np.left_shift(words ^ _ZEROS, _SIXTY_FOUR - (count.astype(np.uint64) << _THREE))
    value = ((value & _U(0x0F * _EVERY)) * _U(2561)) >> _U(8)
    value = ((value & _U(0x00FF00FF00FF00FF)) * _U(6553601)) >> _U(16)
    value = (value & _U(0x0000FFFF0000FFFF)) * _U(42949672960001)
    value >>= _U(32)
    return value


def name_length(words: Words) -> npt.NDArray[np.uint8]:
    """How many bytes of each word come before the first below '0' (blank, quote, bracket, comma), 0 to 8.

    Letters, digits and '_' are all above; so are some signs that no keyword has, which the few
    distinct keywords are searched for afterwards.
    """
    return _first_flag((words - _ZEROS) & ~words & _HIGH)
