"""Numbers that a table keeps as text, and texts that it keeps as numbers.

A column of a spreadsheet with one remark in it is text from top to bottom; one of codes without letters is a number's.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from msgspec.structs import replace

from cimkit.facts.columns import State, Values

__all__ = ["as_written", "with_spelt_numbers"]

_NUMBER = r"^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*[%％]?\s*$"


def with_spelt_numbers(values: Values) -> Values:
    """The same values, texts that spell a number with that number (`46.2%` is 46.2); the others as they were."""
    lacking = np.isnan(values.number) & (values.state == State.PRESENT)
    if not lacking.any():
        return values
    text = values.text.cast(pl.String)
    spelt = text.str.contains(_NUMBER).fill_null(value=False)
    plain = text.str.strip_chars(" \t%％").cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    return replace(values, number=np.where(lacking & spelt.to_numpy(), plain, values.number))


def as_written(values: Values) -> Values:
    """The same values as texts: a code of digits that a table took for a number is still a code."""
    return replace(values, number=np.full(len(values), np.nan))
