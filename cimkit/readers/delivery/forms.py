"""The two documents with their values read: rows of known fields, and defects where something is not right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cimkit.readers.delivery import values
from cimkit.readers.delivery.documents import Line, read_document
from cimkit.readers.delivery.fields import (
    AGREED_FIELDS,
    DATASET_FIELDS,
    SINGLE_AGREEMENT,
    SINGLE_MANIFEST,
    Field,
    Holds,
    field_named,
)
from cimkit.readers.notes import Notes

__all__ = ["Form", "Row", "read_agreement", "read_manifest"]

#: What the sheet of rows is called in a workbook; the first stands in messages.
DATASET_SHEETS = ("数据集", "datasets")
AGREED_SHEETS = ("图层", "layers")
VERSION = "1"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what each field holds (None: empty), and where it stands."""

    values: Mapping[str, Any]
    place: str

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class Form:
    """A manifest or an agreement. single: its own fields; rows: its data sets or layers."""

    name: str
    single: Row
    rows: tuple[Row, ...] = field(default=())


def read_manifest(data: bytes, name: str, notes: Notes) -> Form:
    """What is handed over. Raises SourceError."""
    return _read(data, name, notes, "datasets", DATASET_SHEETS, SINGLE_MANIFEST, DATASET_FIELDS)


def read_agreement(data: bytes, name: str, notes: Notes) -> Form:
    """What is owed. Raises SourceError."""
    return _read(data, name, notes, "layers", AGREED_SHEETS, SINGLE_AGREEMENT, AGREED_FIELDS)


def _read(
    data: bytes,
    name: str,
    notes: Notes,
    rows: str,
    sheets: tuple[str, ...],
    single: tuple[Field, ...],
    fields: tuple[Field, ...],
) -> Form:
    document = read_document(data, name, rows, sheets)
    for place in document.strangers:
        notes.add("delivery_not_a_row", locator=place)
    head = _row(document.single, single, notes)
    version = head[single[0].name]
    if version is not None and version != VERSION:
        notes.add("delivery_unknown_version", found=version, expected=VERSION, locator=document.single.place)
    return Form(name, head, tuple(_row(line, fields, notes) for line in document.rows))


def _row(line: Line, fields: tuple[Field, ...], notes: Notes) -> Row:
    found: dict[str, Any] = {}
    for word, given in line.values.items():
        known = field_named(fields, word)
        if known is None:
            near = _near(word, fields)
            notes.add("delivery_unknown_field", found=word, expected=near, locator=line.place)
        elif given is not None and given != "":
            value = _READERS[known.holds](given)
            if value is None or value == ():
                expected = f"{known.name}: {known.holds}"
                notes.add("delivery_wrong_value", str(known.holds), found=given, expected=expected, locator=line.place)
            else:
                found[known.name] = value
    for each in fields:
        if each.required and each.name not in found:
            notes.add("delivery_missing_field", expected=f"{each.name} ({each.zh})", locator=line.place)
    return Row(found, line.place)


def _near(word: str, fields: tuple[Field, ...]) -> str | None:
    import difflib

    names = {name.casefold(): name for each in fields for name in (each.name, each.zh)}
    close = difflib.get_close_matches(word.strip().casefold(), names, n=1, cutoff=0.6)
    return names[close[0]] if close else None


def _text(given: Any) -> str | None:
    return given.strip() or None if isinstance(given, str) else None


def _of_text(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda given: read(given) if isinstance(given, str) else None


def _count(given: str) -> float | None:
    value = values.number(given)
    return value if value is not None and value >= 0 and value.is_integer() else None


def _secrecy(given: str) -> str | None:
    return given.strip() if values.secrecy_rank(given) is not None else None


def _condition(given: Any) -> Any:
    return given if isinstance(given, Mapping) else _text(given)


def _mapping(given: Any) -> Any:
    """`地下空间: 有`, or in a workbook `地下空间=有; 轨道交通=无`."""
    if isinstance(given, Mapping):
        return given
    pairs = (part.partition("=") for part in values.texts(given))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals} or None


_READERS: Mapping[Holds, Callable[[Any], Any]] = {
    Holds.TEXT: _text,
    Holds.TEXTS: values.texts,
    Holds.DATE: _of_text(values.is_date),
    Holds.NUMBER: _of_text(values.number),
    Holds.COUNT: _of_text(_count),
    Holds.EXTENT: values.extent,
    Holds.SECRECY: _of_text(_secrecy),
    Holds.CONSTRAINT: _of_text(values.constraint),
    Holds.CONDITION: _condition,
    Holds.FLAG: _of_text(values.flag),
    Holds.MAPPING: _mapping,
}
