"""dates_in_order: days that must follow one another do, as far as they are given.

Days may be written 2024-05-06, 2024/5/6, 2024.5.6, 20240506 or 2024年5月6日, with a time after them. Of a month or a
year alone any day may be meant: only what no such day can put right is out of order. What cannot be read so is not
asked here: its form is another rule's affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["days_of", "demand", "judge"]

_SEPARATED = r"^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})"
_COMPACT = r"^\s*(\d{4})(\d{2})(\d{2})(?:\D|$)"
_MONTH = r"^\s*(\d{4})(?:\s*[-/.年]\s*(\d{1,2})\s*月?)?\s*年?\s*$"


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """operands: properties or attributes, in the order in which their days come. One finding a subject, naming the
    first pair out of order. Subjects with fewer than two readable days are not asked."""
    count = len(selected)
    day = np.full((len(options["operands"]), count), -1, np.int64)  # the first that can be meant
    last = day.copy()
    text = np.full(day.shape, None, dtype=object)
    for place, operand in enumerate(options["operands"]):
        found = context.operand(operand)
        if found is not None:
            column, _ = found
            day[place, column.sid], last[place, column.sid] = _spans(column.values.text)
            text[place, column.sid] = column.values.text.to_numpy()
    given = day >= 0
    latest = np.full(count, -1, np.int64)  # which operand holds the latest day so far
    first, second = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    everyone = np.arange(count)
    for place in range(len(day)):
        known = given[place] & (latest >= 0)
        late = known & (day[latest, everyone] > last[place]) & (first < 0)
        first[late], second[late] = latest[late], place
        newer = given[place] & (~known | (day[place] >= day[latest, everyone]))
        latest[newer] = place
    asked = selected & (given.sum(axis=0) >= 2)
    names = [context.describe(operand) for operand in options["operands"]]

    def explain(sids: IntArray) -> pl.DataFrame:
        before, after = first[sids], second[sids]
        found = [f"{names[a]} = {text[a, sid]}" for a, sid in zip(before, sids, strict=True)]
        expected = [f"<= {names[b]} = {text[b, sid]}" for b, sid in zip(after, sids, strict=True)]
        return finding_rows(sids, "dates_out_of_order", found=found, expected=expected)

    return Outcome(asked & (first >= 0), explain, asked=asked)


def _spans(texts: pl.Series) -> tuple[IntArray, IntArray]:
    """First and last day that can be meant, as yyyymmdd; -1 for what is neither day nor month nor year."""
    days = days_of(texts)
    parts = texts.str.strip_suffix(".0").str.extract_groups(_MONTH).struct
    year, month = (parts.field(str(group)).cast(pl.Int64, strict=False).fill_null(0).to_numpy() for group in (1, 2))
    known = (days < 0) & (year > 0) & (month <= 12)
    start = year * 10_000 + np.where(month > 0, month, 1) * 100 + 1
    end = year * 10_000 + np.where(month > 0, month, 12) * 100 + 31
    return np.where(known, start, days), np.where(known, end, days)


def days_of(texts: pl.Series) -> IntArray:
    """Days as yyyymmdd, -1 for what is none."""
    separated = texts.str.extract_groups(_SEPARATED)
    compact = texts.str.extract_groups(_COMPACT)
    parts = [
        separated.struct.field(str(group)).fill_null(compact.struct.field(str(group))).cast(pl.Int64, strict=False)
        for group in (1, 2, 3)
    ]
    year, month, day = (part.fill_null(0).to_numpy() for part in parts)
    sound = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return np.where(sound, year * 10_000 + month * 100 + day, -1)
