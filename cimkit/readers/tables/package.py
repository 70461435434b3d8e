"""A workbook's package (Office Open XML, ISO/IEC 29500): its sheets' parts, looked at before the cells are read.

A reader of cells keeps a sheet as a full rectangle, so that two cells in opposite corners can need all memory there is;
and it shows a cell with an error as an empty one. Both are seen in the parts' text.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from lxml import etree

from cimkit.errors import SourceError

__all__ = ["SheetPart", "sheet_parts"]

_MAIN = "{*}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_LINK = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_LARGEST = 1_000_000_000  # bytes of all parts, unpacked
_MOST_CELLS = 100_000_000  # of a sheet's rectangle
_FEW_CELLS = 5_000_000
_PLACE = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_ERROR = re.compile(rb'<(?:\w+:)?c\s([^>]*?\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_NAME = re.compile(rb'\br="([A-Z]{1,3}[0-9]{1,7})"')
_OLD = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """errors: cells with an error of the spreadsheet, name (`B7`) -> the error (`#REF!`)."""

    name: str
    errors: dict[str, str]


def sheet_parts(data: bytes, name: str) -> dict[str, SheetPart]:
    """The worksheets of a workbook by name.

    Raises SourceError for what is no workbook, a locked one, and one whose sheets are larger than a table can be.
    """
    if data.startswith(_OLD):
        raise SourceError("tables.old_or_locked", name=name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            size = sum(part.file_size for part in package.infolist())
            if size > _LARGEST:
                raise SourceError("tables.workbook_too_large", name=name, size=size, limit=_LARGEST)
            parts = set(package.namelist())
            return {
                sheet: _look(package.read(part), sheet, name)
                for sheet, part in _parts_of_sheets(package).items()
                if part in parts
            }
    except (
        zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, ValueError, EOFError, NotImplementedError,
        RuntimeError,
    ) as problem:  # fmt: skip
        raise SourceError("tables.no_workbook", name=name) from problem


def _look(text: bytes, sheet: str, name: str) -> SheetPart:
    columns: set[bytes] = set()
    rows = cells = 0
    for place in _PLACE.finditer(text):
        columns.add(place[1])
        rows = max(rows, int(place[2]))
        cells += 1
    width = max((_number(column) for column in columns), default=0)
    if rows * width > _MOST_CELLS or (rows * width > _FEW_CELLS and rows * width > 50 * cells):
        raise SourceError("tables.sheet_too_large", name=name, sheet=sheet, rows=rows, columns=width)
    errors = {}
    if b't="e"' in text:
        for cell in _ERROR.finditer(text):
            place_, value = _NAME.search(cell[1]), _VALUE.search(cell[2])
            if place_ is not None:
                errors[place_[1].decode()] = value[1].decode("utf-8", "replace") if value else "#"
    return SheetPart(sheet, errors)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _parsed(content: bytes) -> Any:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def _parts_of_sheets(package: zipfile.ZipFile) -> dict[str, str]:
    """Sheet -> the part of the package that it is in."""
    links = {link.get("Id"): link.get("Target", "") for link in _parsed(package.read("xl/_rels/workbook.xml.rels"))}
    found = {}
    for sheet in _parsed(package.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
        target = links.get(sheet.get(_LINK) or sheet.get(_STRICT_LINK), "")
        found[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found
