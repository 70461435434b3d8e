"""The form as a workbook: one sheet with the single fields (name, value), one for each table (headings, rows)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from cimkit.errors import SourceError
from cimkit.facts.names import fold_layer_name
from cimkit.projects.form import Fault, Form, Record, form_of
from cimkit.projects.form_fields import Table, form_fields
from cimkit.rules.faults import nearest

__all__ = ["NOTES_SHEETS", "SINGLE_SHEETS", "column_name", "read_xlsx_form"]

#: What the sheet of single fields may be called, and sheets that only tell people how to fill in the others.
SINGLE_SHEETS = ("项目", "project")
NOTES_SHEETS = ("说明", "notes")
#: Headings of the sheet of single fields.
_NAME, _VALUE = ("项", "字段", "name", "field"), ("值", "内容", "value")
#: A title above the headings is passed over, so far down.
_HEADING_ROWS = 6
#: Spreadsheet programs keep fifteen digits of a number: a longer code that was typed as one is lost.
_EXACT = 1e15


def read_xlsx_form(content: bytes, file: str) -> Form:
    """The form. Raises SourceError for what is no workbook, or has no sheet of the form."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise SourceError("projects.form_needs_xlsx", file=file) from error
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {name: workbook.get_sheet_by_name(name) for name in workbook.sheet_names}
        grids = {
            name: (sheet.to_python(skip_empty_area=False), list(sheet.merged_cell_ranges or ()))
            for name, sheet in sheets.items()
        }
    except (CalamineError, ValueError, OSError) as error:
        raise SourceError("projects.form_broken", file=file, problem=str(error)) from error
    reading = _Workbook(file)
    for name, (grid, merged) in grids.items():
        reading.sheet(name, grid, merged)
    if not reading.known:
        raise SourceError("projects.form_no_sheet", file=file, found=", ".join(grids) or "-", expected=SINGLE_SHEETS[0])
    return form_of(reading.raw, file, content, reading.faults)


def column_name(number: int) -> str:
    """0 -> A, 26 -> AA."""
    name = ""
    while number >= 0:
        name = chr(ord("A") + number % 26) + name
        number = number // 26 - 1
    return name


class _Workbook:
    def __init__(self, file: str) -> None:
        self.file = file
        self.raw = Record(file)
        self.faults: list[Fault] = []
        self.known = 0

    def sheet(self, name: str, grid: Sequence[Sequence[Any]], merged: Sequence[Any]) -> None:
        """Take in one sheet."""
        fields = form_fields()
        folded = fold_layer_name(name)
        table = fields.table(name)
        if folded in map(fold_layer_name, SINGLE_SHEETS):
            self.known += 1
            self._single(name, grid)
        elif table is not None:
            self.known += 1
            self._table(name, table, grid, merged)
        elif folded not in map(fold_layer_name, NOTES_SHEETS) and any(any(map(_filled, row)) for row in grid):
            titles = [*SINGLE_SHEETS, *(word for each in fields.tables for word in (each.title, each.key))]
            self.faults.append(Fault("form_unknown_sheet", f"{self.file}!{name}", name, nearest(name, titles), name))

    def _place(self, sheet: str, row: int, column: int) -> str:
        return f"{self.file}!{sheet}!{column_name(column)}{row + 1}"

    def _single(self, sheet: str, grid: Sequence[Sequence[Any]]) -> None:
        headings = {fold_layer_name(word) for word in (*_NAME, *_VALUE)}
        for number, row in enumerate(grid):
            cells = [*row[:2], "", ""][:2]
            name = str(cells[0]).strip()
            value_word = fold_layer_name(str(cells[1]))
            title_only = not _filled(cells[1]) and form_fields().named(name) is None
            if not name or title_only or (fold_layer_name(name) in headings and value_word in headings):
                continue  # empty, a heading of a part, or the headings of the sheet
            value = self._cell(cells[1], sheet, number, 1)
            self.raw.append((name, value, self._place(sheet, number, 1)))

    def _table(self, sheet: str, table: Table, grid: Sequence[Sequence[Any]], merged: Sequence[Any]) -> None:
        at = _heading_row(table, grid)
        if at is None:
            if any(any(map(_filled, row)) for row in grid):
                place = f"{self.file}!{sheet}"
                expected = ", ".join(field.title for field in table.fields if field.required)
                self.faults.append(Fault("form_no_headings", place, None, expected, table.title))
            return
        self._merged(sheet, at, merged)
        names = [str(cell).strip() for cell in grid[at]]
        for field in table.fields:
            if field.required and not any(table.named(name) is field for name in names if name):
                near = nearest(field.title, [name for name in names if name and table.named(name) is None])
                place = f"{self.file}!{sheet}!{at + 1}"
                self.faults.append(Fault("form_missing_column", place, near, field.title, table.title))
        rows = []
        for number in range(at + 1, len(grid)):
            row = grid[number]
            if not any(map(_filled, row)):
                continue
            record = Record(f"{self.file}!{sheet}!{number + 1}")
            for column, cell in enumerate(row):
                if column < len(names) and names[column] and table.named(names[column]) is not None:
                    value = self._cell(cell, sheet, number, column)
                    record.append((names[column], value, self._place(sheet, number, column)))
            rows.append(record)
        self._unknown_headings(sheet, table, names, at)
        self.raw.append((table.key, rows, f"{self.file}!{sheet}"))

    def _unknown_headings(self, sheet: str, table: Table, names: Sequence[str], at: int) -> None:
        """Said once a column, not once a row."""
        for column, name in enumerate(names):
            if name and table.named(name) is None:
                near = nearest(name, [word for field in table.fields for word in (field.title, field.key)])
                self.faults.append(Fault("form_unknown_field", self._place(sheet, at, column), name, near, name))

    def _merged(self, sheet: str, at: int, merged: Sequence[Any]) -> None:
        """Cells that are merged among the headings or the rows hold one value where several are meant."""
        for (top, left), (bottom, right) in merged:
            if bottom >= at:
                cells = f"{column_name(left)}{top + 1}:{column_name(right)}{bottom + 1}"
                self.faults.append(Fault("form_merged_cells", f"{self.file}!{sheet}!{cells}", cells, None, sheet))

    def _cell(self, cell: Any, sheet: str, row: int, column: int) -> Any:
        if isinstance(cell, float) and abs(cell) >= _EXACT:
            self.faults.append(Fault("form_digits_lost", self._place(sheet, row, column), f"{cell:.0f}", None, sheet))
            return None
        return cell


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _heading_row(table: Table, grid: Sequence[Sequence[Any]]) -> int | None:
    """The row, among the first, with the most headings that are known; at least one must be."""
    counted = [
        (sum(table.named(str(cell)) is not None for cell in row if _filled(cell)), -number)
        for number, row in enumerate(grid[:_HEADING_ROWS])
    ]
    most, number = max(counted, default=(0, 0))
    return -number if most else None
