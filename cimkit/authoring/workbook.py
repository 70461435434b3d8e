"""A pack's tables as a workbook: which sheet holds which file, and how its values are written in cells.

Sheets: `pack` says which pack and edition it is and lists the sheets with their files; one sheet for each requirement
table, one for each code list, and `parameters`. Every cell is text, whatever it looks like.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from cimkit.authoring.yaml_editing import as_json
from cimkit.errors import PackError
from cimkit.rules.lists import LIST_COLUMNS
from cimkit.rules.pack_files import PackFiles
from cimkit.rules.parameters import PARAMETER_KEYS
from cimkit.rules.sheets import read_headings, read_sheet
from cimkit.rules.tables import TABLE_COLUMNS
from cimkit.rules.yaml_reading import parse_yaml

__all__ = ["INDEX", "PARAMETERS", "Sheet", "as_cell", "from_cell", "pack_sheets"]

INDEX = "pack"
PARAMETERS = "parameters"
_PARAMETER_FILE = "parameters.yaml"
_LONGEST_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the file of the pack behind it, what kind of file that is (table, list, parameters).

    columns  headings, those that the file has first
    known    how many of them the file has; the others are offered to be filled
    rows     heading -> text, empty cells left out
    """

    name: str
    file: str
    kind: str
    columns: tuple[str, ...]
    known: int
    rows: tuple[Row, ...]


def pack_sheets(files: PackFiles) -> list[Sheet]:
    """What of a pack a person edits in a spreadsheet. Raises PackError for a table that can't be read."""
    sheets: list[Sheet] = []
    taken = {INDEX, PARAMETERS}
    for kind, folder, columns in (("table", "tables", TABLE_COLUMNS), ("list", "lists", LIST_COLUMNS)):
        for path in files.under(folder):
            rows = tuple(row.cells for row in read_sheet(files.content[path], path, columns))
            has = read_headings(files.content[path], path)
            name = _name(PurePosixPath(path).stem if kind == "table" else f"list {PurePosixPath(path).stem}", taken)
            sheets.append(Sheet(name, path, kind, (*has, *(c for c in columns if c not in has)), len(has), rows))
    parameters = _parameter_rows(files)
    if parameters:
        sheets.append(
            Sheet(PARAMETERS, _PARAMETER_FILE, "parameters", _PARAMETER_COLUMNS, len(_PARAMETER_COLUMNS), parameters)
        )
    return sheets


_PARAMETER_COLUMNS = ("name", *PARAMETER_KEYS)


def _name(wanted: str, taken: set[str]) -> str:
    """A sheet name that spreadsheet programs take, and that no other sheet has (case does not count)."""
    name = wanted.translate(_FORBIDDEN).strip("'")[:_LONGEST_NAME]
    number = 1
    while name.casefold() in taken:
        number += 1
        ending = f" {number}"
        name = name[: _LONGEST_NAME - len(ending)].rstrip() + ending
    taken.add(name.casefold())
    return name


# --- parameters ---------------------------------------------------------------------------------------------------


def _parameter_rows(files: PackFiles) -> tuple[Row, ...]:
    rows = []
    for name, given in files.yaml_mapping(_PARAMETER_FILE).items():
        fields = given if isinstance(given, dict) and "value" in given else {"value": given}
        cells = {key: as_cell(fields.get(key)) if key == "value" else _text(fields.get(key)) for key in PARAMETER_KEYS}
        rows.append({"name": str(name), **{key: cell for key, cell in cells.items() if cell}})
    return tuple(rows)


def as_cell(value: Any) -> str:
    """A value of a parameter as text in a cell: `0.01`, `[1, 2]`, `{"north": 43.5}`; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, str) and value == value.strip() and _reads_as_itself(value):
        return value
    return as_json(value)


def from_cell(text: str) -> Any:
    """The value that a cell holds. What is no YAML is the text itself."""
    if not text:
        return None
    try:
        return parse_yaml(text, PARAMETERS)
    except PackError:
        return text


def _text(value: Any) -> str:
    """What is said about a parameter, as a person reads it."""
    return "" if value is None else str(value)


def _reads_as_itself(text: str) -> bool:
    return bool(text) and from_cell(text) == text
