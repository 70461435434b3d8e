"""What spreadsheet programs do to codes, found and named by the cell: zeros that are gone, days made of codes, 1.2E+17.

A cell that a person types into a column formatted as text stays as typed. Pasted columns and files that were opened
from CSV do not: `0010` becomes 10, `3-1` the first of March, an identity number of 18 digits 1.2E+17.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from lxml import etree

from cimkit.errors import PackError
from cimkit.locales import text

__all__ = ["Damage", "address", "cell_text", "error_cells"]

#: Numbers keep fifteen digits.
_EXACT = 1e15
_EXPONENT = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}")
_LARGEST = 256 * 1024 * 1024
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class Damage:
    """cell: `list areas!A5`; reason: ending of a locale key `exchange.damage_...`; found: what stands there."""

    cell: str
    reason: str
    found: str
    probably: str = ""

    def message(self, lang: str) -> str:
        """One line for a person."""
        reason = f"{self.reason}_near" if self.probably else self.reason
        return text(f"exchange.damage_{reason}", lang, cell=self.cell, found=self.found, probably=self.probably)


def address(sheet: str, row: int, column: int) -> str:
    """`sheet!AB12`, from row and column counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{sheet}!{letters}{row + 1}"


def cell_text(cell: Any, where: str, known: Collection[str], *, day: bool = False) -> str | Damage:
    """A cell as the text its author meant, or what was done to it.

    known: texts of the same column, of this workbook and of the pack. day: the column holds days.
    """
    match cell:
        case str():
            stripped = cell.strip()
            return Damage(where, "digits", stripped) if _EXPONENT.fullmatch(stripped) else stripped
        case bool():
            return Damage(where, "truth", str(cell).upper())
        case datetime() | date():
            found = cell.date().isoformat() if isinstance(cell, datetime) else cell.isoformat()
            return found if day else Damage(where, "day", found)
        case time() | timedelta():
            return Damage(where, "day", str(cell))
        case int() | float():
            return _number(float(cell), where, known, day=day)
        case _:
            return ""


def _number(number: float, where: str, known: Collection[str], *, day: bool) -> str | Damage:
    if abs(number) >= _EXACT:
        return Damage(where, "digits", f"{number:g}")
    written = str(int(number)) if number.is_integer() else repr(number)
    if day:
        return Damage(where, "number_for_day", written)
    if written in known:
        return written
    near = _before(written, number, known)
    return Damage(where, "zeros", written, near) if near is not None else written


def _before(written: str, number: float, known: Collection[str]) -> str | None:
    """What the number was before its zeros went: a text of the column that is the same number, or one as long as all
    the column's codes that begin with a zero."""
    same = [text for text in known if text != written and _is_number(text) and float(text) == number]
    if same:
        return same[0]
    padded = {len(text) for text in known if text.isascii() and text.isdigit() and text.startswith("0")}
    if number.is_integer() and len(padded) == 1 and len(written) < (length := next(iter(padded))):
        return written.zfill(length)
    return None


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]+(\.[0-9]+)?", text, re.ASCII) is not None


def error_cells(content: bytes, file: str) -> Iterable[Damage]:
    """Cells with an error of the spreadsheet (#REF!, #N/A): a reader of values sees nothing in them.

    Raises PackError for what is no workbook, or one that unpacks to more than a workbook of tables can be.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _LARGEST:
                raise PackError("exchange.workbook_too_large", file=file, megabytes=_LARGEST // 2**20)
            parts = set(archive.namelist())
            for name, part in _sheet_parts(archive).items():
                if part in parts:
                    yield from _errors_in(archive.read(part), name)
    except (zipfile.BadZipFile, RuntimeError, etree.XMLSyntaxError, KeyError, ValueError) as error:
        raise PackError("exchange.no_workbook", file=file) from error


def _parsed(content: bytes) -> Any:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet -> the part of the file that it is in."""
    targets = {link.get("Id"): link.get("Target", "") for link in _parsed(archive.read("xl/_rels/workbook.xml.rels"))}
    book = _parsed(archive.read("xl/workbook.xml"))
    found = {}
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_LINK), "")
        found[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _errors_in(content: bytes, sheet: str) -> Iterable[Damage]:
    if b't="e"' not in content:
        return
    for cell in _parsed(content).iter(f"{_MAIN}c"):
        if cell.get("t") == "e":
            yield Damage(f"{sheet}!{cell.get('r', '')}", "error", cell.findtext(f"{_MAIN}v") or "#")
