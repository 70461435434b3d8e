"""Periods that a province reports on: a year, a quarter, a month."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime

from cimkit.errors import UsageError
from cimkit.locales import text

__all__ = ["days_of", "period_named", "period_shown"]

_PERIOD = re.compile(r"(\d{4})(?:Q([1-4])|-(0[1-9]|1[0-2]))?", re.ASCII)


def period_named(word: str, today: date | None = None) -> str:
    """A period as it is written: `2021Q2`, `2021-06` or `2021`. Raises UsageError for another word, and for a period
    that has not begun."""
    match = _PERIOD.fullmatch(word.strip().upper())
    if match is None or int(match[1]) < 1:
        raise UsageError("portfolio.bad_period", given=word)
    if days_of(match[0])[0] > (today or datetime.now(UTC).date()).isoformat():
        raise UsageError("portfolio.period_to_come", given=match[0])
    return match[0]


def days_of(period: str) -> tuple[str, str]:
    """The first and last day (ISO) of a period that `period_named` gave."""
    year, first, months = _parts(period)
    last = first + months - 1
    return f"{year:04}-{first:02}-01", f"{year:04}-{last:02}-{calendar.monthrange(year, last)[1]:02}"


def period_shown(period: str, lang: str) -> str:
    """The period in words: `2021年第二季度`."""
    year, first, months = _parts(period)
    key = {12: "year", 3: f"quarter_{(first + 2) // 3}", 1: "month"}[months]
    return text(f"portfolio.period_{key}", lang, year=year, month=first)


def _parts(period: str) -> tuple[int, int, int]:
    """Year, first month, number of months."""
    match = _PERIOD.fullmatch(period)
    assert match is not None
    year, quarter, month = int(match[1]), match[2], match[3]
    if quarter:
        return year, 3 * int(quarter) - 2, 3
    return (year, int(month), 1) if month else (year, 1, 12)
