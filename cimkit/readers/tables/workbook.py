"""An Excel workbook (.xlsx, .xlsm) to layers: one a sheet, below the row that names the columns."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cimkit.errors import SourceError
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.facts.model import Facts
from cimkit.readers.notes import Notes
from cimkit.readers.tables.cells import CellColumn, typed
from cimkit.readers.tables.headers import column_names, letters
from cimkit.readers.tables.package import SheetPart, sheet_parts

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand

__all__ = ["read_xlsx"]

Row = list[Any]
#: ((first row, first column), (last row, last column)), counted from 0
Merged = tuple[tuple[int, int], tuple[int, int]]

_HEADER_WITHIN = 30


def read_xlsx(data: bytes | memoryview, demand: Demand, *, name: str) -> Facts:
    """The facts of a workbook: a layer a sheet, a subject a row, `row` its number in the sheet.

    The header is the first row that is nearly as wide as the table and holds texts only; a header of two rows is
    joined (`上级.下级`). A merged cell's value counts for all of its cells. What the spreadsheet did to codes and days
    is in the defects, with the cell's name.

    Raises SourceError without python-calamine, for what is no workbook, a locked one, one too large, and an empty one.
    """
    try:
        import python_calamine
    except ImportError as missing:
        raise SourceError("readers.extra_missing", name=name, extra="xlsx") from missing
    content = bytes(data)
    parts = sheet_parts(content, name)
    notes = Notes(demand)
    layers = []
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet in workbook.sheets_metadata:
            if sheet.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            opened = workbook.get_sheet_by_name(sheet.name)
            rows: list[Row] = opened.to_python(skip_empty_area=False)
            layer = _layer(sheet.name, rows, opened.merged_cell_ranges or [], parts.get(sheet.name), notes)
            if layer is None:
                continue
            layers.append(layer)
            if sheet.visible != python_calamine.SheetVisibleEnum.Visible:
                notes.add("table_hidden", found=sheet.name, locator=sheet.name)
    except SourceError:
        raise
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError) as problem:
        raise SourceError("tables.no_workbook", name=name) from problem
    except BaseException as panic:
        if type(panic).__name__ != "PanicException":  # what a fault inside calamine is raised as
            raise
        raise SourceError("tables.no_workbook", name=name) from panic
    if not layers:
        raise SourceError("tables.empty", name=name)
    return facts_of_layers(layers, demand, format="xlsx", name=name, defects=notes.frame())


def _layer(sheet: str, rows: list[Row], merges: Sequence[Merged], part: SheetPart | None, notes: Notes) -> Layer | None:
    """None: the sheet is empty."""
    if not any(_filled(row) for row in rows):
        return None
    for place, error in (part.errors if part is not None else {}).items():
        notes.add("table_formula_error", found=error, locator=f"{sheet}!{place}")
    at, named = _find_header(rows, merges)
    if not named:
        notes.add("table_no_header", locator=f"{sheet}!A{at + 1}")
    below = at + 1 if named else at
    written = [_word(cell) for cell in rows[at]] if named else [""] * len(rows[at])
    if named and _second_header(rows, merges, at):
        written = _joined(written, rows[at + 1], merges, at)
        below = at + 2
    _spread_merged(rows, merges, below, sheet, notes)
    body = [(number, row) for number, row in enumerate(rows[below:], start=below + 1) if _filled(row)]
    _note_blank(body, below, sheet, notes)
    if not body:
        notes.add("table_no_rows", locator=sheet)
    filled = [any(_is_value(row[column]) for _, row in body) for column in range(len(written))]
    names = column_names(written, filled, notes, line=at + 1 if named else None, sheet=sheet)
    series, types = [], {}
    for column, label in enumerate(names):
        if not written[column] and not filled[column]:
            continue  # neither named nor used
        places = [f"{sheet}!{letters(column + 1)}{number}" for number, _ in body]
        values, types[label] = typed(CellColumn(label, [row[column] for _, row in body], places), notes)
        series.append(values)
    return Layer(
        name=sheet, frame=pl.DataFrame(series), rows=np.array([number for number, _ in body], np.int64), types=types,
        geometry=None, geometry_type=None, crs=None, key=None, encoding=None,
    )  # fmt: skip


def _is_value(cell: Any) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _filled(row: Row) -> int:
    return sum(_is_value(cell) for cell in row)


def _word(cell: Any) -> str:
    """A header's cell: `2021` for the number, line breaks inside as a space."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split()) if _is_value(cell) else ""


def _find_header(rows: list[Row], merges: Sequence[Merged]) -> tuple[int, bool]:
    """The row that names the columns, and whether there is one: else the first row of values."""
    head = rows[:_HEADER_WITHIN]
    widest = max(_filled(row) for row in rows[: 2 * _HEADER_WITHIN])
    spread = _covered(merges)  # a merged group of columns names all of them
    first = None
    for index, row in enumerate(head):
        width = _filled(row) + spread.get(index, 0)
        if 2 * width < widest or (width == 1 and widest > 1):
            continue
        first = index if first is None else first
        texts = sum(isinstance(cell, str) and _is_value(cell) for cell in row)
        wide = any(top == index and right - left + 1 > 0.8 * len(row) > 2 for (top, left), (_, right) in merges)
        if 5 * texts >= 4 * _filled(row) and not wide:
            return index, True
    return (first or 0), False


def _covered(merges: Sequence[Merged]) -> dict[int, int]:
    """How many empty cells of each row are covered by a cell merged over less than eight columns."""
    covered: dict[int, int] = {}
    for (top, left), (_, right) in merges:
        if right - left < 8:
            covered[top] = covered.get(top, 0) + right - left
    return covered


def _second_header(rows: list[Row], merges: Sequence[Merged], at: int) -> bool:
    """Whether the header has two rows: a group of columns is merged, and texts name its members below."""
    if at + 1 >= len(rows):
        return False
    groups = [(left, right) for (top, left), (bottom, right) in merges if top == bottom == at and right > left]
    members = [rows[at + 1][column] for left, right in groups for column in range(left, right + 1)]
    return bool(members) and all(isinstance(cell, str) for cell in members) and any(map(_is_value, members))


def _joined(written: list[str], second: Row, merges: Sequence[Merged], at: int) -> list[str]:
    group = list(written)
    for (top, left), (bottom, right) in merges:
        if top == bottom == at:
            group[left : right + 1] = [written[left]] * (right - left + 1)
    below = [_word(cell) for cell in second]
    pairs = zip(group, below, strict=True)
    return [f"{upper}.{lower}" if upper and lower else upper or lower for upper, lower in pairs]


def _spread_merged(rows: list[Row], merges: Sequence[Merged], below: int, sheet: str, notes: Notes) -> None:
    """Give every cell of a merged one below the header its value, and note each."""
    for (top, left), (bottom, right) in merges:
        if top < below or top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        place = f"{sheet}!{letters(left + 1)}{top + 1}:{letters(right + 1)}{bottom + 1}"
        notes.add("table_merged", found=_word(value) or None, locator=place)
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [value] * (min(right + 1, len(row)) - left)


def _note_blank(body: Sequence[tuple[int, Row]], below: int, sheet: str, notes: Notes) -> None:
    """Rows without a value above the last one that has any."""
    if body and (blank := body[-1][0] - below - len(body)):
        present = {number for number, _ in body}
        first = next(number for number in range(below + 1, body[-1][0]) if number not in present)
        notes.add("table_blank_row", found=blank, locator=f"{sheet}!A{first}")
