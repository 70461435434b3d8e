"""Small operations on polars series.

Those of polars that go through its query engine (`gather`, `fill_null`) cost a tenth of a millisecond even for one
value, which a file of forty kilobytes feels. These do not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["NO_TEXT", "or_null_sign", "picked", "picked_or_null", "repeated_text"]

_NULL = pl.Series(values=[None], dtype=pl.String)
NO_TEXT = pl.Series(values=[], dtype=pl.String)

Index = npt.NDArray[np.integer[Any]]


def picked(series: pl.Series, index: Index) -> pl.Series:
    """The values in these places."""
    return series[index]


def picked_or_null(texts: pl.Series, index: Index) -> pl.Series:
    """The texts in these places; null where the place is -1."""
    missing = index < 0
    if not missing.any():
        return texts[index]
    return pl.concat([texts, _NULL])[np.where(missing, len(texts), index)]


def repeated_text(text: str | None, count: int) -> pl.Series:
    """The same text `count` times."""
    return pl.Series(values=[text], dtype=pl.String).new_from_index(0, count)


def or_null_sign(raw: pl.Series) -> pl.Series:
    """What a record that is too short lacks is null, as if it had written `$`."""
    return raw.fill_null("$") if raw.null_count() else raw
