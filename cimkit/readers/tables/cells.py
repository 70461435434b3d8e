"""The cells of a worksheet's column as texts of one type, and what the spreadsheet did to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from cimkit.readers.notes import Notes

__all__ = ["CellColumn", "typed"]

#: Spreadsheets keep fifteen digits of a number.
_EXACT = 1e15
_EXPONENT = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}")
_OF_DAYS = re.compile(r"日期|时间|年月日|\bdate\b|_date$|^date_", re.IGNORECASE)
#: Days counted from 1899-12-30, as Excel for Windows does: 1954 to 2064.
_FIRST_DAY, _LAST_DAY = 20_000, 60_000
_ZERO_DAY = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class CellColumn:
    """name; cells below the header; place: cell name of each (`B7`), the sheet before it."""

    name: str
    cells: Sequence[Any]
    places: Sequence[str]


def typed(column: CellColumn, notes: Notes) -> tuple[pl.Series, str]:
    """The column as texts, null where the cell is empty, and its type: INTEGER, REAL, BOOLEAN, DATE, DATETIME, TIME or
    TEXT.

    A cell formatted as text stays text. A day kept as a number in a column of days is read as the day, and noted.
    """
    kinds = Counter(_kind(cell) for cell in column.cells)
    del kinds[""]
    main = kinds.most_common(1)[0][0] if kinds else "text"
    if kinds["number"] and main != "text" and (kinds["day"] or (main == "number" and _OF_DAYS.search(column.name))):
        return _of_days(column, notes)
    if main != "number" and len(kinds) > 1 and not (main == "day" and set(kinds) <= {"day", "text"}):
        _note_damage(column, main, notes)
    elif main in {"number", "text"}:
        _note_digits(column, notes)
    texts = [_text(cell) for cell in column.cells]
    return pl.Series(column.name, texts, dtype=pl.String), _type(column.cells, kinds)


def _kind(cell: Any) -> str:
    match cell:
        case bool():
            return "truth"
        case int() | float():
            return "number"
        case date():
            return "day"
        case time() | timedelta():
            return "time"
        case str():
            return "text" if cell.strip() else ""
        case _:
            return ""


def _text(cell: Any) -> str | None:
    match cell:
        case bool():
            return "true" if cell else "false"
        case int() | float():
            return _number_text(float(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
        case date() | time():
            return cell.isoformat()
        case str():
            return cell.strip() or None
        case None:
            return None
        case _:
            return str(cell)


def _number_text(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < _EXACT else repr(number)


def _type(cells: Sequence[Any], kinds: Counter[str]) -> str:
    """The type of most cells; others keep their text, and are no numbers then."""
    main, often = kinds.most_common(1)[0] if kinds else ("text", 0)
    if len(kinds) > 1 and not (main == "number" and 2 * often > sum(kinds.values())):
        return "TEXT"
    match main:
        case "number":
            whole = all(float(cell).is_integer() for cell in cells if _kind(cell) == "number")
            return "INTEGER" if whole else "REAL"
        case "truth":
            return "BOOLEAN"
        case "day":
            timed = any(isinstance(cell, datetime) and cell.time() != time() for cell in cells)
            return "DATETIME" if timed else "DATE"
        case "time":
            return "TIME"
        case _:
            return "TEXT"


def _of_days(column: CellColumn, notes: Notes) -> tuple[pl.Series, str]:
    texts: list[str | None] = []
    for cell, place in zip(column.cells, column.places, strict=True):
        if _kind(cell) == "number" and _FIRST_DAY <= cell <= _LAST_DAY:
            day = (_ZERO_DAY + timedelta(days=int(cell))).isoformat()
            notes.add("table_date_as_number", found=_number_text(float(cell)), expected=day, locator=place)
            texts.append(day)
        else:
            texts.append(_text(cell))
    days = all(text is None or re.fullmatch(r"\d{4}-\d\d-\d\d", text) for text in texts)
    return pl.Series(column.name, texts, dtype=pl.String), "DATE" if days else "TEXT"


def _note_digits(column: CellColumn, notes: Notes) -> None:
    """Numbers and texts that were codes of more digits than a spreadsheet keeps."""
    for cell, place in zip(column.cells, column.places, strict=True):
        if (_kind(cell) == "number" and abs(cell) >= _EXACT) or (
            isinstance(cell, str) and _EXPONENT.fullmatch(cell.strip())
        ):
            notes.add("table_code_damaged", "digits", found=_text(cell), locator=place)


def _note_damage(column: CellColumn, main: str, notes: Notes) -> None:
    """Cells of another kind in a column that is mostly texts."""
    _note_digits(column, notes)
    if main != "text" or not notes.wants("table_code_damaged"):
        return
    texts = [cell.strip() for cell in column.cells if _kind(cell) == "text"]
    codes = [text for text in texts if re.fullmatch(r"[0-9A-Za-z./_-]+", text)]
    if len(codes) * 2 < len(texts):
        return  # words: a number among them is no code
    padded = {len(text) for text in codes if text.isdigit() and text.startswith("0")}
    length = next(iter(padded)) if len(padded) == 1 else 0
    for cell, place in zip(column.cells, column.places, strict=True):
        kind, found = _kind(cell), _text(cell)
        if kind == "day" and not _OF_DAYS.search(column.name):
            notes.add("table_code_damaged", "day", found=found, locator=place)
        elif kind == "truth":
            notes.add("table_code_damaged", "truth", found=found, locator=place)
        elif kind == "number" and found is not None and found.isdigit() and len(found) < length:
            notes.add("table_code_damaged", "zeros", found=found, expected=found.zfill(length), locator=place)
