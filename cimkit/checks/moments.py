"""When: years, days and minutes of subjects as numbers, so that series can be ordered and gaps measured.

Days may be written 2024-05-06, 2024/5/6, 2024.5.6, 20240506 or 2024年5月6日, with a time 08:30 or 8:30:15 after them.
What cannot be read is NaN: its form is another rule's affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

if TYPE_CHECKING:
    from cimkit.checks.contract import Context

__all__ = ["UNITS", "moments_of"]

#: What a moment counts: years, days since 1970, minutes since 1970 (as the clock on the wall shows them).
UNITS = ("year", "day", "minute")

_SEPARATED = r"^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})"
_COMPACT = r"^\s*(\d{4})(\d{2})(\d{2})(?:\D|$)"
_CLOCK = r"[T日\s](\d{1,2})[:：](\d{2})"
_YEAR = r"^\s*((?:18|19|20|21)\d{2})(?:\D|$)"


def moments_of(context: Context, operand: Any, unit: str, count: int) -> npt.NDArray[np.float64]:
    """The moment of each subject in that unit (n), NaN where it has none that can be read."""
    moments = np.full(count, np.nan)
    found = context.operand(operand)
    if found is None:
        return moments
    column, _ = found
    text = column.values.text.cast(pl.String)
    moments[column.sid] = _years(text, column.values.number) if unit == "year" else _since_1970(text, unit)
    return moments


def _years(text: pl.Series, number: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A year, or the year of a day."""
    spelt = text.str.extract(_YEAR).fill_null(text.str.extract(_COMPACT)).cast(pl.Float64, strict=False)
    written = spelt.fill_null(np.nan).to_numpy()
    return np.where(np.isnan(written) & (np.floor(number) == number), number, written)


def _since_1970(text: pl.Series, unit: str) -> npt.NDArray[np.float64]:
    day = _part(text, _SEPARATED, _COMPACT)
    days = day.cast(pl.Int32).cast(pl.Float64)
    if unit == "day":
        return days.fill_null(np.nan).to_numpy()
    clock = text.str.extract_groups(_CLOCK)
    hour, minute = (clock.struct.field(str(place)).cast(pl.Float64, strict=False).fill_null(0.0) for place in (1, 2))
    return (days * 1440.0 + hour * 60.0 + minute).fill_null(np.nan).to_numpy()


def _part(text: pl.Series, *patterns: str) -> pl.Series:
    """The day that the first of the patterns reads; null for what is no day of the calendar."""
    day = pl.Series([None], dtype=pl.Date).new_from_index(0, len(text))
    for pattern in patterns:
        groups = text.str.extract_groups(pattern)
        year, month, date = (groups.struct.field(str(place)) for place in (1, 2, 3))
        written = year + "-" + month.str.zfill(2) + "-" + date.str.zfill(2)
        day = day.fill_null(written.str.to_date("%Y-%m-%d", strict=False))
    return day
