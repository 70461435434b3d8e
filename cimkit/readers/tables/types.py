"""What a column of texts holds, and which of its codes a spreadsheet has changed.

A table of texts declares no types: a column is a number's when most of its values are numbers and none is a code,
that is, none has a leading zero or more digits than a spreadsheet keeps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from cimkit.readers.notes import Notes

__all__ = ["told_types"]

Lines = np.ndarray[Any, np.dtype[np.int64]]

_CODE = r"^[+-]?0[0-9]|^\+|[0-9]{16}|^\s|\s$|[nNiI_]"  # also `nan`, `inf`, `1_000`, which are no numbers to a person
_DAY = r"^[0-9]{4}[-/.](0?[1-9]|1[0-2])[-/.](0?[1-9]|[12][0-9]|3[01])$"
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$"
#: How spreadsheets write numbers of 12 digits and more in a narrow cell.
_EXPONENT = r"^[0-9](\.[0-9]+)?E\+(1[1-9]|2[0-9])$"
#: How they write 3-1 or 3/1 once they have taken it for a day.
_MONTH = r"^([0-9]{1,2}月[0-9]{1,2}日|[0-9]{1,2}-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))$"


def told_types(frame: pl.DataFrame, notes: Notes, lines: Lines) -> dict[str, str]:
    """INTEGER, REAL, DATE, DATETIME or TEXT for each column of texts; damaged codes are noted on the way."""
    types = {}
    for column in frame.iter_columns():
        types[column.name] = _type_of(column)
        if types[column.name] != "DATE" and notes.wants("table_code_damaged"):
            _note_damage(column, notes, lines)
    return types


def _type_of(column: pl.Series) -> str:
    values = column.drop_nulls()
    if not len(values):
        return "TEXT"
    first = values.head(100)
    if 2 * first.cast(pl.Float64, strict=False).null_count() < len(first):
        return _number_type(values)
    for pattern, name in ((_DAY, "DATE"), (_TIME, "DATETIME")):
        if first.str.contains(pattern).all() and values.str.contains(pattern).all():
            return name
    return "TEXT"


def _number_type(values: pl.Series) -> str:
    """A number's, also where a few values are words: those are told from the numbers as they are read."""
    strange = values.cast(pl.Float64, strict=False).is_null()
    numbers = values.filter(~strange) if strange.any() else values
    if 2 * len(numbers) <= len(values) or numbers.str.contains(_CODE).any():
        return "TEXT"
    return "REAL" if numbers.str.contains(r"[.eE]").any() else "INTEGER"


def _note_damage(column: pl.Series, notes: Notes, lines: Lines) -> None:
    """Note each code of a column of texts that a spreadsheet has changed."""
    if column.str.contains("E+", literal=True).any():
        _note(column, column.str.contains(_EXPONENT), "digits", notes, lines)
    of_day = column.str.contains(r"月|[0-9]-[A-Z]")
    if of_day.any():
        days = column.str.contains(_MONTH)
        if (days.sum() or 0) * 2 < len(column) - column.null_count():  # a column of days is one
            _note(column, days, "day", notes, lines)
    if column.str.starts_with("0").any():
        _note_zeros(column, notes, lines)


def _note_zeros(column: pl.Series, notes: Notes, lines: Lines) -> None:
    """Codes of digits that are shorter than all codes of the column that begin with a zero."""
    digits = column.str.contains(r"^[0-9]+$").fill_null(False)
    lengths = column.str.len_chars()
    zeros = digits & column.str.starts_with("0") & (lengths > 1)
    long = lengths.filter(zeros).unique().to_list()
    if len(long) != 1:
        return
    usual = (lengths == long[0]).sum()
    if usual * 2 < digits.sum():
        return
    _note(column, digits & (lengths < long[0]) & ~column.str.starts_with("0"), "zeros", notes, lines, long[0])


def _note(
    column: pl.Series, wrong: pl.Series, detail: str, notes: Notes, lines: Lines, length: int | None = None
) -> None:
    for index in np.flatnonzero(wrong.fill_null(False).to_numpy()).tolist():
        found = str(column[index])
        expected = None if length is None else found.zfill(length)
        told = f"{column.name} = {found}"
        notes.add("table_code_damaged", detail, found=told, expected=expected, line=int(lines[index]))
