"""Distinct texts of a column: what a dictionary would say, however many there are and whatever they hash to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from cimkit.readers.step import distinct
from cimkit.readers.step.distinct import encode

if TYPE_CHECKING:
    import pytest


def by_dictionary(values: list[str | None]) -> tuple[list[int], list[str | None]]:
    numbers: dict[str | None, int] = {}
    return [numbers.setdefault(value, len(numbers)) for value in values], list(numbers)


def told(values: list[str | None]) -> tuple[list[int], list[str | None]]:
    codes, texts = encode(pl.Series(values, dtype=pl.String))
    return codes.tolist(), texts.to_list()


@given(st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=12), st.integers(1, 400))
def test_few_and_many_are_numbered_alike(values: list[str | None], times: int) -> None:
    assert told(values * times) == by_dictionary(values * times)


def test_texts_of_one_hash_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [None, *(str(number % 700) for number in range(2000))]
    numbered = distinct._numbered
    monkeypatch.setattr(distinct, "_numbered", lambda hashes: numbered(hashes % np.uint64(7)))
    assert told(values) == by_dictionary(values)
