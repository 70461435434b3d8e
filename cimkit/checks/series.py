"""Rows of series in the order of time: what the checks about series share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.checks.contract import Context
from cimkit.facts.columns import BoolArray

__all__ = ["ordered", "texts_of"]


def texts_of(context: Context, operand: Any, count: int) -> pl.Series:
    """The text of each subject (n), null where it has none."""
    found = context.operand(operand)
    if found is None:
        return pl.Series([None], dtype=pl.String).new_from_index(0, count)
    column, _ = found
    nothing = len(column.sid)  # the row after the last one, which holds null
    texts = pl.concat([column.values.text.cast(pl.String).str.strip_chars(), pl.Series([None], dtype=pl.String)])
    rows = np.full(count, nothing, np.int64)
    rows[column.sid] = np.arange(nothing)
    return texts.gather(rows)


def ordered(context: Context, selected: BoolArray, keys: Sequence[Any], at: npt.NDArray[np.float64]) -> pl.DataFrame:
    """Columns sid, series, at: the selected subjects that have all keys and a moment, each series in order of time.

    Rows of one moment keep the order of the source.
    """
    count = len(selected)
    names = [f"key{place}" for place in range(len(keys))]
    frame = pl.DataFrame(
        {
            "sid": np.arange(count, dtype=np.int32),
            "at": at,
            **{name: texts_of(context, key, count) for name, key in zip(names, keys, strict=True)},
        }
    )
    known = frame.filter(pl.Series(selected & np.isfinite(at))).drop_nulls(names)
    series = pl.struct(names).rank("dense") if names else pl.lit(1, dtype=pl.UInt32)
    return known.select("sid", "at", series=series).sort("series", "at", "sid")
