"""Tables as authors keep them: CSV in whatever encoding a spreadsheet program wrote, or XLSX; every cell is text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from cimkit.errors import PackError
from cimkit.rules.faults import fault_at, nearest

__all__ = ["Row", "decode_csv", "read_headings", "read_sheet", "split_cell"]

#: What separates several names in one cell; full-width forms too, because Chinese input methods write them.
_SEPARATORS = re.compile(r"[|;｜；\n]")


#: Spreadsheet programs keep fifteen digits of a number: a longer code that was typed as one is lost.
_EXACT = 1e15


class Row(Struct, frozen=True):
    """A row of a sheet. number: its line in the file; cells: heading -> text, empty cells left out."""

    number: int
    cells: Mapping[str, str]


def decode_csv(content: bytes, file: str) -> str:
    """The text of a CSV file: UTF-8, with or without byte order mark, or GB18030 (what Chinese Excel writes)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise fault_at("csv_encoding", file, None)


def read_sheet(content: bytes, file: str, known: Iterable[str]) -> list[Row]:
    """The rows of a CSV file, or of the first sheet of an XLSX file; rows without any text are left out.

    Raises PackError for an encoding that is none of the three, a heading that is missing, written twice or not among
    `known`, and a row with more cells than headings.
    """
    grid = _xlsx(content, file) if file.lower().endswith(".xlsx") else _csv(content, file)
    heading: list[str] | None = None
    rows: list[Row] = []
    for number, cells in grid:
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            continue
        if heading is None:
            heading = texts
            _check_heading(heading, frozenset(known), file, number)
            continue
        if any(texts[len(heading) :]):
            raise fault_at("row_too_long", file, number, headings=len(heading), cells=len(texts))
        rows.append(Row(number, {name: text for name, text in zip(heading, texts, strict=False) if name and text}))
    if heading is None:
        raise fault_at("sheet_empty", file, None)
    return rows


def read_headings(content: bytes, file: str) -> tuple[str, ...]:
    """The headings of a CSV file, or of the first sheet of an XLSX file, in their order. Raises PackError."""
    for _, cells in _xlsx(content, file) if file.lower().endswith(".xlsx") else _csv(content, file):
        texts = [cell.strip() for cell in cells]
        if any(texts):
            return tuple(filter(None, texts))
    raise fault_at("sheet_empty", file, None)


def _check_heading(heading: list[str], known: frozenset[str], file: str, number: int) -> None:
    seen: set[str] = set()
    for name in filter(None, heading):
        if name in seen:
            raise fault_at("heading_twice", file, number, word=name)
        seen.add(name)
        if name not in known:
            near = nearest(name, known)
            if near is not None:
                raise fault_at("unknown_heading_near", file, number, word=name, near=near)
            raise fault_at("unknown_heading", file, number, word=name, known=", ".join(sorted(known)))


def _csv(content: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(decode_csv(content, file), newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise fault_at("csv_syntax", file, reader.line_num, problem=str(error)) from error


def _xlsx(content: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise PackError("rules.xlsx_extra", file=file) from error
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        grid = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise fault_at("xlsx_broken", file, None, problem=str(error)) from error
    for number, cells in enumerate(grid, start=1):
        for cell in cells:
            if isinstance(cell, float) and abs(cell) >= _EXACT:
                raise fault_at("digits_lost", file, number, found=f"{cell:g}")
        yield number, [_cell_text(cell) for cell in cells]


def _cell_text(cell: object) -> str:
    """A cell as a person reads it: 210100.0 is the code 210100, a day is written as ISO 8601 has it."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def split_cell(text: str | None) -> tuple[str, ...]:
    """The names in a cell that holds several: `A | B`, `A; B`."""
    if not text:
        return ()
    return tuple(part for part in map(str.strip, _SEPARATORS.split(text)) if part)
