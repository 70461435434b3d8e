"""Values as a finding shows them: as the file has them, and in SI where that is another number.

Rules ask for metres; a model may say 1830 and mean millimetres. Whoever reads "1830, wanted at most 2.2" must see why.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from cimkit.facts.columns import Column, IntArray

__all__ = ["shown_texts"]


def shown_texts(column: Column, rows: IntArray) -> pl.Series:
    """The texts of some rows: `1830 (SI 1.83)` for a number that is not in SI, else what is written."""
    texts = column.texts(rows)
    numbers = column.values.number[rows if column.code is None else column.code[rows]]
    if np.isnan(numbers).all():
        return texts
    written = texts.cast(pl.Float64, strict=False).to_numpy()
    with np.errstate(invalid="ignore", over="ignore"):
        converted = ~np.isnan(numbers) & ~np.isnan(written) & (np.abs(numbers - written) > 1e-9 * np.abs(written))
    if not converted.any():
        return texts
    said = texts.to_list()
    for at in np.flatnonzero(converted).tolist():
        said[at] = f"{(said[at] or '').rstrip('.')} (SI {numbers[at]:.12g})"
    return pl.Series(said, dtype=pl.String)
