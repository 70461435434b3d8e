"""Numbers for entity keywords: each distinct spelling is looked at once, however many rows have it."""

from __future__ import annotations

import re
import secrets
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cimkit.readers.step.errors import StepError
from cimkit.readers.step.octets import WORD, name_length
from cimkit.readers.step.pieces import in_pieces

if TYPE_CHECKING:
    from cimkit.readers.step.limits import StepLimits
    from cimkit.readers.step.octets import Int64Array, Octets, Words

__all__ = ["KeywordTable"]

_BANG = 33
_CODES_AT_ONCE = 1 << 16
_SLOTS = 4096
_SLOT_SHIFT = np.uint64(64 - 12)
_HALF = np.uint64(32)
_KEYWORD = re.compile(rb"!?[A-Za-z_][A-Za-z0-9_]*")


class KeywordTable:
    """Codes of keywords, given out as they are met; `finish` puts them in alphabetical order.

    Keywords are told apart by a 64-bit hash with a secret multiplier, so that no file can be made
    in which two keywords are mistaken for each other. Safe to use from several threads.
    """

    def __init__(self, octets: Octets, limits: StepLimits) -> None:
        self._octets = octets
        self._limits = limits
        self._multiplier = np.uint64(secrets.randbits(64) | 1)
        self._lock = Lock()
        self._slot_hash = np.zeros(_SLOTS, np.uint64)
        self._slot_code = np.full(_SLOTS, -1, np.int32)
        self._codes: dict[int, int] = {}
        self._names: list[str] = []

    def codes(self, offsets: Int64Array) -> npt.NDArray[np.int32]:
        """The code of the keyword at each offset; that of '' where there is none."""
        hashes = self._hashes(offsets)
        slots = (hashes >> _SLOT_SHIFT).astype(np.intp)
        codes = self._slot_code[slots]
        missed = np.flatnonzero((self._slot_hash[slots] != hashes) | (codes < 0))
        if len(missed):
            distinct, first, which = np.unique(hashes[missed], return_index=True, return_inverse=True)
            places = offsets[missed[first]]
            known = [
                self._code_of(hash_, place) for hash_, place in zip(distinct.tolist(), places.tolist(), strict=True)
            ]
            codes[missed] = np.array(known, np.int32)[which]
        return codes

    def _hashes(self, offsets: Int64Array) -> Words:
        own = self._octets.at(offsets) == _BANG  # user-defined keywords begin with '!'
        hashes: Words = own.astype(np.uint64)
        places = offsets + own
        active: npt.NDArray[np.intp] | None = None
        for _ in range(0, self._limits.keyword_bytes, WORD):
            words = self._octets.words(places if active is None else places[active])
            length = name_length(words)
            words &= np.right_shift(np.uint64(0xFFFFFFFFFFFFFFFF), (WORD - length).astype(np.uint64) << np.uint64(3))
            mixed = ((hashes if active is None else hashes[active]) ^ words) * self._multiplier
            mixed ^= mixed >> _HALF
            if active is None:
                hashes = mixed
                active = np.flatnonzero(length == WORD)
            else:
                hashes[active] = mixed
                active = active[length == WORD]
            if not len(active):
                break
            places[active] += WORD
        return hashes

    def _code_of(self, hash_: int, place: int) -> int:
        with self._lock:
            code = self._codes.get(hash_)
            if code is None:
                if len(self._names) >= self._limits.keywords:
                    raise StepError("step.too_many_keywords", limit=self._limits.keywords)
                found = _KEYWORD.match(self._octets.bytes(place, place + self._limits.keyword_bytes))
                code = self._codes[hash_] = len(self._names)
                self._names.append(found.group().decode("ascii").upper() if found else "")
                slot = hash_ >> int(_SLOT_SHIFT)
                if self._slot_code[slot] < 0:
                    self._slot_hash[slot] = hash_
                    self._slot_code[slot] = code
            return code

    @property
    def names(self) -> tuple[str, ...]:
        """The keyword of each code given so far, in upper case."""
        return tuple(self._names)

    def lengths(self, codes: npt.NDArray[np.int32]) -> Int64Array:
        """The length of each code's keyword."""
        lengths: Int64Array = np.array([*(len(name) for name in self._names), 0], np.int64)[codes]
        return lengths

    def finish(
        self, codes: npt.NDArray[np.int32]
    ) -> tuple[tuple[str, ...], npt.NDArray[np.int16] | npt.NDArray[np.int32]]:
        """The keywords of `codes`, which this table gave, in alphabetical order; the codes as codes into them."""
        pieces = in_pieces(len(codes), _CODES_AT_ONCE)
        count = np.zeros(len(self._names), np.int64)
        for begin, end in pieces:
            count += np.bincount(codes[begin:end], minlength=len(self._names))
        keywords = tuple(sorted({name for name, there in zip(self._names, count.tolist(), strict=True) if there}))
        number = {name: code for code, name in enumerate(keywords)}
        final = np.array([number.get(name, -1) for name in self._names], np.int32)
        small = len(keywords) <= np.iinfo(np.int16).max
        types: npt.NDArray[Any] = np.empty(len(codes), np.int16 if small else np.int32)
        for begin, end in pieces:
            types[begin:end] = final[codes[begin:end]]
        return keywords, types
