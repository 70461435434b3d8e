"""A project's form as it was filled in: values with the places where they stand, and what is wrong with them.

A slip in one field never hides the others: it is kept as a fault, with its place and the nearest right word, and the
reading goes on. Only a form that can't be read at all is an error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cimkit.facts.names import fold_layer_name
from cimkit.projects.form_fields import Field, FormFields, Table, form_fields
from cimkit.rules.faults import nearest

__all__ = ["Fault", "Form", "Record", "Row", "form_of", "split_words"]


_DAY = re.compile(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*(?:[T ].*)?", re.ASCII)
_COMPACT_DAY = re.compile(r"\s*(\d{4})(\d{2})(\d{2})\s*", re.ASCII)
_SEPARATORS = re.compile(r"[、,，;；|\n]")
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "1", "是", "有", "√"), True),
    **dict.fromkeys(("false", "no", "n", "0", "否", "无", "×"), False),
}


class Record(list[tuple[str, Any, str]]):
    """A record as written: (name, value, place) of each field. A value is plain, a record (a group) or a list of
    records (a table)."""

    def __init__(self, place: str, items: Iterable[tuple[str, Any, str]] = ()) -> None:
        super().__init__(items)
        self.place = place


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the form or the folder. kind: one of `facts.defects_project.PROJECT_DEFECTS`; place: where
    it stands."""

    kind: str
    place: str | None
    found: str | None = None
    expected: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, or the single fields. values: key -> value, those that are filled; places: key -> where."""

    place: str
    values: Mapping[str, Any]
    places: Mapping[str, str]

    def get(self, key: str) -> Any:
        """The value, or None."""
        return self.values.get(key)


@dataclass(frozen=True, slots=True)
class Form:
    """file: its name in the folder; content: its bytes; single: fields that stand once; tables: rows by table."""

    file: str
    content: bytes
    single: Row
    tables: Mapping[str, Sequence[Row]]
    faults: Sequence[Fault] = field(default_factory=list)

    def rows(self, table: str) -> Sequence[Row]:
        """The rows of a table."""
        return self.tables.get(table, ())


def split_words(text: str) -> tuple[str, ...]:
    """Words in one cell: `老旧小区改造、节能改造`."""
    return tuple(part for part in map(str.strip, _SEPARATORS.split(text)) if part)


def form_of(raw: Record, file: str, content: bytes, faults: Iterable[Fault] = ()) -> Form:
    """The form that records say. file: its name; faults: what the reader of the file already met."""
    return _Reading(file, list(faults)).form(raw, content)


class _Reading:
    def __init__(self, file: str, faults: list[Fault]) -> None:
        self.file = file
        self.faults = faults
        self.fields: FormFields = form_fields()

    def form(self, raw: Record, content: bytes) -> Form:
        single = Record(self.file)
        tables: dict[str, list[Row]] = {}
        for name, value, place in raw:
            table, group = self.fields.table(name), self.fields.group(name)
            if table is not None and (value is None or isinstance(value, list)):
                tables[table.key] = self._rows(table, value or [], place)
            elif group is not None and (value is None or isinstance(value, Record)):
                single += value or []
            elif table is not None or group is not None:
                self._fault("form_wrong_type", place, name, str(value), "table" if table else "group")
            else:
                single.append((name, value, place))
        known = [*self.fields.single]
        row = self._record(single, known, self.file)
        for each in known:
            if each.required and each.key not in row.values and each.key not in row.places:
                self._fault("form_missing_field", self.file, f"{each.title} ({each.key})")
        return Form(self.file, content, row, tables, self.faults)

    def _rows(self, table: Table, given: list[Any], place: str) -> list[Row]:
        rows = []
        for item in given:
            if not isinstance(item, Record):
                self._fault("form_wrong_type", place, table.title, str(item), "row")
                continue
            row = self._record(item, table.fields, item.place)
            for each in table.fields:
                if each.required and each.key not in row.values and each.key not in row.places:
                    self._fault("form_missing_field", item.place, f"{table.title}.{each.title} ({each.key})")
            rows.append(row)
        return rows

    def _record(self, raw: Record, fields: Sequence[Field], place: str) -> Row:
        values: dict[str, Any] = {}
        places: dict[str, str] = {}
        for name, value, where in raw:
            meant = next((each for each in fields if _same(name, each)), None)
            if meant is None:
                self._fault("form_unknown_field", where, name, name, self._near(name, fields))
                continue
            if meant.key in places:
                self._fault("form_field_twice", where, name, name, places[meant.key])
                continue
            if value is None or (isinstance(value, str) and not value.strip()):
                continue
            places[meant.key] = where
            read = self._value(meant, value, where)
            if read is not None:
                values[meant.key] = read
        return Row(place, values, places)

    @staticmethod
    def _near(name: str, fields: Sequence[Field]) -> str | None:
        return nearest(name, [word for each in fields for word in (each.key, each.title)])

    def _value(self, meant: Field, value: Any, place: str) -> Any:
        read = _READERS[meant.kind](value)
        if read is None:
            self._fault("form_wrong_type", place, meant.title, str(value), meant.kind)
            return None
        if meant.words is not None:
            kept = meant.words.get(read) or meant.words.get(read.casefold())
            if kept is None:
                near = nearest(read, meant.words) or " | ".join(dict.fromkeys(meant.words.values()))
                self._fault("form_unknown_word", place, meant.title, read, near)
            return kept
        if isinstance(read, int | float) and not isinstance(read, bool):
            low, high = meant.low, meant.high
            if (low is not None and read < low) or (high is not None and read > high):
                shown = f"{'' if low is None else low}..{'' if high is None else high}"
                self._fault("form_out_of_range", place, meant.title, str(value), shown)
                return None
        return read

    def _fault(self, kind: str, place: str, name: str, found: str | None = None, expected: str | None = None) -> None:
        self.faults.append(Fault(kind, place, found, expected, name))


def _same(name: str, meant: Field) -> bool:
    return fold_layer_name(name) in (fold_layer_name(meant.key), fold_layer_name(meant.title))


# --- values: each reader gives None for what is not of its kind -----------------------------------------------------


def _text(value: Any) -> str | None:
    if isinstance(value, bool | list):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # spreadsheets keep codes as numbers
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def _texts(value: Any) -> tuple[str, ...] | None:
    items = value if isinstance(value, list) else [value]
    if any(isinstance(item, list | bool) for item in items):
        return None
    return tuple(word for item in items for word in split_words(_text(item) or ""))


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    plain = unicodedata.normalize("NFKC", str(value)).replace(",", "").strip()
    try:
        read = float(plain)
    except ValueError:
        return None
    return read if abs(read) < float("inf") else None


def _integer(value: Any) -> int | None:
    read = _number(value)
    return int(read) if read is not None and read.is_integer() else None


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return _FLAGS.get((_text(value) or "").casefold())


def _date(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = unicodedata.normalize("NFKC", str(value))
    match = _DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None


_READERS: Mapping[str, Any] = {
    "text": _text, "code": _text, "word": _text, "texts": _texts,
    "number": _number, "integer": _integer, "flag": _flag, "date": _date,
}  # fmt: skip
