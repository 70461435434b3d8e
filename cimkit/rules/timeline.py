"""Order of dates, times and durations as XSD 1.0 gives it (part 2, 3.2.6 to 3.2.9), for bounds on such text.

Each function answers whether `value sign bound` holds, sign being one of `<`, `<=`, `>`, `>=`. What can't be read,
or has no order (a month against 30 days), does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

__all__ = ["TIMELINES"]

_DURATION = re.compile(
    r"([-+])?P(?=[0-9T])(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)S)?)?"
)
_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
#: XSD compares durations by adding them to these four moments.
_STARTS = ((1696, 9), (1697, 2), (1903, 3), (1903, 7))


def _holds(left: float, sign: str, right: float) -> bool:
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]


def _moment(text: str) -> float | None:
    """Seconds since year 1 of a date, dateTime or time; without a zone it is taken as UTC."""
    text = text.strip()
    try:
        if re.fullmatch(r"[0-9]{2}:.*", text):
            clock = time.fromisoformat(text)
            moment = datetime.combine(date(2000, 1, 1), clock)
        elif "T" in text:
            moment = datetime.fromisoformat(text)
        else:
            day, zone = text[:10], text[10:]
            moment = datetime.fromisoformat(f"{day}T00:00:00{zone}")
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - datetime(1, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)


def _compare_moments(value: str, sign: str, bound: str) -> bool:
    left, right = _moment(value), _moment(bound)
    return left is not None and right is not None and _holds(left, sign, right)


def _duration(text: str) -> tuple[int, float] | None:
    """Months and seconds."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        return None
    sign = -1 if match[1] == "-" else 1
    years, months, days, hours, minutes = (int(part or 0) for part in match.groups()[1:6])
    seconds = float(match[7] or 0)
    return sign * (12 * years + months), sign * (86400 * days + 3600 * hours + 60 * minutes + seconds)


def _days_before(year: int, month: int) -> int:
    """Days from year 0 to a month of the proleptic Gregorian calendar, whatever the year."""
    before = year - 1
    leap_days = before // 4 - before // 100 + before // 400
    leaps = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 365 * before + leap_days + sum(_MONTHS[: month - 1]) + (leaps and month > 2)


def _seconds_after(start: tuple[int, int], length: tuple[int, float]) -> float:
    year, month = start
    months = year * 12 + month - 1 + length[0]
    return (_days_before(months // 12, months % 12 + 1)) * 86400.0 + length[1]


def _compare_durations(value: str, sign: str, bound: str) -> bool:
    left, right = _duration(value), _duration(bound)
    if left is None or right is None:
        return False
    return all(_holds(_seconds_after(start, left), sign, _seconds_after(start, right)) for start in _STARTS)


#: XSD base type -> comparison.
TIMELINES: Mapping[str, Callable[[str, str, str], bool]] = {
    "date": _compare_moments,
    "dateTime": _compare_moments,
    "time": _compare_moments,
    "duration": _compare_durations,
}
