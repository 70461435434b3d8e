"""The distinct texts of a column, and which of them each row has."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["encode", "first_places"]

Codes = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]

_FEW = 1000  # for so many a dictionary is fastest


def encode(values: pl.Series) -> tuple[Codes, pl.Series]:
    """The number of each value among the distinct ones, and these in the order of their first appearance."""
    codes, first = first_places(values)
    return codes, values[first]


def first_places(values: pl.Series) -> tuple[Codes, Places]:
    """The number of each value among the distinct ones, and where each of these appears first, ascending."""
    if len(values) < _FEW:
        return _by_dictionary(values)
    by_hash, first = _numbered(values.hash().to_numpy())
    if values.eq_missing(values[first][by_hash]).all():
        return by_hash, first
    return _by_text(values)  # two texts have one hash


def _by_dictionary(values: pl.Series) -> tuple[Codes, Places]:
    numbers: dict[str | None, int] = {}
    first: list[int] = []
    codes: list[int] = []
    for place, value in enumerate(values.to_list()):
        code = numbers.setdefault(value, len(first))
        codes.append(code)
        if code == len(first):
            first.append(place)
    return np.array(codes, np.int32), np.array(first, np.int64)


def _numbered(hashes: npt.NDArray[np.uint64]) -> tuple[Codes, Places]:
    bits = max(2 * len(hashes) - 1, 1).bit_length()
    slot = hashes >> np.uint64(64 - bits)
    table = np.empty(1 << bits, np.int64)
    table[slot[::-1]] = np.arange(len(hashes) - 1, -1, -1)  # what is written last stays: the first row of each slot
    first = table[slot]
    others = np.flatnonzero(hashes[first] != hashes)  # another hash was first in their slot
    if len(others):
        _, place, which = np.unique(hashes[others], return_index=True, return_inverse=True)
        first[others] = others[place[which]]
    is_first = np.zeros(len(hashes), bool)
    is_first[first] = True
    return (np.cumsum(is_first, dtype=np.int32) - np.int32(1))[first], np.flatnonzero(is_first)


def _by_text(values: pl.Series) -> tuple[Codes, Places]:
    first = values.arg_unique().sort().to_numpy().astype(np.int64)
    numbered = pl.DataFrame({"value": values[first], "code": np.arange(len(first), dtype=np.int32)})
    joined = (
        values.alias("value").to_frame().join(numbered, on="value", how="left", nulls_equal=True, maintain_order="left")
    )
    return joined["code"].to_numpy(), first
