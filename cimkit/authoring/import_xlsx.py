"""`cimcheck pack import`: a workbook that `pack export --to xlsx` wrote, back into the files of its pack.

Only what somebody changed is written; a table that says the same as before stays as it is, to the byte. What a
spreadsheet did to codes is told cell by cell, and then nothing is written. A pack that would no longer load stays.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cimkit.authoring.excel_damage import Damage, address, cell_text, error_cells
from cimkit.authoring.workbook import INDEX, Sheet, from_cell, pack_sheets
from cimkit.authoring.written_files import write_file
from cimkit.authoring.yaml_editing import changed_mappings
from cimkit.errors import PackError, UsageError
from cimkit.rules.faults import nearest
from cimkit.rules.lists import LIST_COLUMNS
from cimkit.rules.load import load_pack
from cimkit.rules.pack_files import PackFiles, read_pack_files
from cimkit.rules.parameters import PARAMETER_KEYS
from cimkit.rules.shapes import text_in
from cimkit.rules.tables import TABLE_COLUMNS

__all__ = ["Imported", "import_xlsx", "workbook_pack"]

#: Columns that hold days.
_DAYS = frozenset({"from", "to"})
_KNOWN = {"table": TABLE_COLUMNS, "list": LIST_COLUMNS, "parameters": ("name", *PARAMETER_KEYS)}


@dataclass(frozen=True, slots=True)
class Imported:
    """changed: files that were written, relative to the pack; damages: why nothing was."""

    changed: tuple[str, ...] = ()
    damages: tuple[Damage, ...] = ()


@dataclass(slots=True)
class _Table:
    """What a sheet says: its headings in order, and its rows."""

    headings: list[str]
    rows: list[dict[str, str]] = field(default_factory=list)


def workbook_pack(path: Path) -> str:
    """The id of the pack that a workbook was made of. Raises PackError for a workbook of other making."""
    return _index(_grids(path), path.name)[0]


def import_xlsx(path: Path, folder: Path) -> Imported:
    """Bring the workbook's changes into the pack in a folder.

    Raises PackError for a file that is no such workbook, a heading or sheet that nobody knows, and a pack that would
    not load with the changes (its files stay as they were); UsageError for the workbook of another pack and for files
    that can't be written.
    """
    content = _read(path)
    grids = _grids(path)
    identity, listed = _index(grids, path.name)
    files = read_pack_files(folder)
    here = text_in(files.yaml_mapping("pack.yaml"), "id", "pack.yaml", required=True)
    if here != identity:
        raise UsageError("exchange.other_pack", file=path.name, id=identity, other=here)
    sheets = {sheet.file: sheet for sheet in pack_sheets(files)}
    damages = list(error_cells(content, path.name))
    contents: dict[str, bytes] = {}
    for name, file in listed.items():
        if name not in grids:
            continue  # a sheet that somebody left out leaves its file alone
        sheet = sheets.get(file)
        if sheet is None:
            raise PackError("exchange.file_gone", sheet=name, file=file, id=identity)
        table = _table(grids[name], name, sheet, damages)
        if table.rows != [dict(row) for row in sheet.rows]:
            contents[file] = _written(sheet, table, files)
    if damages:
        return Imported(damages=tuple(damages))
    _replace(folder, contents, files)
    return Imported(changed=tuple(contents))


# --- reading ------------------------------------------------------------------------------------------------------


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise PackError("rules.unreadable_file", place=str(path), file=str(path), line=None, why=why) from error


def _grids(path: Path) -> dict[str, list[list[Any]]]:
    """Sheet -> its cells."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as missing:
        raise UsageError("exchange.xlsx_extra") from missing
    content = _read(path)
    list(error_cells(content, path.name))  # refuses what is no workbook, or unpacks without end, before it is read
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except CalamineError as error:
        raise PackError("exchange.no_workbook", file=path.name) from error


def _index(grids: Mapping[str, list[list[Any]]], file: str) -> tuple[str, dict[str, str]]:
    """The pack's id, and sheet -> file, from the first sheet."""
    rows = [[str(cell).strip() for cell in row] for row in grids.get(INDEX, ())]
    identity = next((row[1] for row in rows if len(row) > 1 and row[0] == "id"), "")
    start = next((number for number, row in enumerate(rows) if row[:2] == ["sheet", "file"]), None)
    if not identity or start is None:
        raise PackError("exchange.not_of_a_pack", file=file, sheet=INDEX)
    listed: dict[str, str] = {}
    for row in rows[start + 1 :]:
        if not row or not row[0]:
            break
        listed[row[0]] = row[1]
    strangers = [name for name in grids if name not in listed and name != INDEX]
    if strangers:
        raise PackError("exchange.unknown_sheet", sheet=strangers[0], sheets=", ".join(listed))
    return identity, listed


def _table(grid: Sequence[Sequence[Any]], name: str, sheet: Sheet, damages: list[Damage]) -> _Table:
    """The sheet's rows as text; what was done to its cells is added to the damages."""
    if not grid:
        raise PackError("exchange.sheet_empty", sheet=name)
    headings = [str(cell).strip() for cell in grid[0]]
    _check_headings(headings, name, sheet)
    own = {heading: {row[heading] for row in sheet.rows if heading in row} for heading in headings}
    known = _known_texts(grid, headings, own)
    table = _Table([heading for heading in headings if heading])
    for number, row in enumerate(grid[1:], start=1):
        cells: dict[str, str] = {}
        for column, (heading, cell) in enumerate(zip(headings, row, strict=False)):
            where = address(name, number, column)
            said: str | Damage
            if heading == "value" and isinstance(cell, bool | int | float):
                said = _plain_number(cell)  # a parameter's figure may be typed as one
            elif isinstance(cell, str) and (heading == "value" or cell.strip() in own[heading]):
                said = cell.strip()
            else:
                said = cell_text(cell, where, known.get(heading, ()), day=heading in _DAYS)
            if isinstance(said, Damage):
                damages.append(said)
            elif said and not heading:
                raise PackError("exchange.cell_without_heading", cell=where)
            elif said:
                cells[heading] = said
        if cells:
            table.rows.append(cells)
    return table


def _plain_number(cell: bool | float) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(int(cell)) if float(cell).is_integer() else repr(float(cell))


def _check_headings(headings: Sequence[str], name: str, sheet: Sheet) -> None:
    allowed = _KNOWN[sheet.kind]
    for number, heading in enumerate(headings):
        if not heading:
            continue
        if heading in headings[:number]:
            raise PackError("exchange.heading_twice", sheet=name, word=heading)
        if heading not in allowed:
            near = nearest(heading, allowed) or ", ".join(allowed)
            raise PackError("exchange.unknown_heading", cell=address(name, 0, number), word=heading, near=near)
    first = "name" if sheet.kind == "parameters" else "code"
    if first not in headings:
        raise PackError("exchange.heading_missing", sheet=name, word=first)


def _known_texts(
    grid: Sequence[Sequence[Any]], headings: Sequence[str], own: Mapping[str, set[str]]
) -> dict[str, frozenset[str]]:
    """Heading -> the texts of its column, as they stand in the workbook and in the pack."""
    known = {heading: set(texts) for heading, texts in own.items()}
    for row in grid[1:]:
        for heading, cell in zip(headings, row, strict=False):
            if isinstance(cell, str):
                known[heading].add(cell.strip())
    return {heading: frozenset(texts) for heading, texts in known.items()}


# --- writing ------------------------------------------------------------------------------------------------------


def _written(sheet: Sheet, table: _Table, files: PackFiles) -> bytes:
    if sheet.kind == "parameters":
        return _parameters(sheet, table, files)
    filled = {heading for row in table.rows for heading in row}
    own = sheet.columns[: sheet.known]
    columns = [*own, *(heading for heading in table.headings if heading in filled and heading not in own)]
    rows = [[row.get(column, "") for column in columns] for row in table.rows]
    if sheet.file.lower().endswith(".xlsx"):
        return _workbook(columns, rows)
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([columns, *rows])
    return out.getvalue().encode("utf-8-sig")


def _workbook(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A table that the pack keeps as a workbook of one sheet."""
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        as_text = book.add_format({"num_format": "@"})
        page = book.add_worksheet()
        page.set_column(0, len(columns) - 1, 18, as_text)
        for number, row in enumerate([columns, *rows]):
            for column, cell in enumerate(row):
                if cell:
                    page.write_string(number, column, cell, as_text)
    return made.getvalue()


def _parameters(sheet: Sheet, table: _Table, files: PackFiles) -> bytes:
    """`parameters.yaml` with the fields that changed; its comments stay."""
    before = {row["name"]: row for row in sheet.rows}
    wanted: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    for row in table.rows:
        name = row.get("name")
        if name is None:
            raise PackError("exchange.parameter_without_name", sheet=sheet.name)
        if name in seen:
            raise PackError("exchange.parameter_twice", sheet=sheet.name, name=name)
        seen.add(name)
        old = before.get(name, {})
        new = name not in before
        fields = {
            key: from_cell(row.get(key, "")) if key == "value" else row.get(key)
            for key in PARAMETER_KEYS
            if row.get(key) != old.get(key) or (new and key == "value")
        }
        if fields:
            wanted[name] = fields
    gone = [name for name in before if name not in seen]
    if gone:
        raise PackError("exchange.parameter_gone", sheet=sheet.name, name=", ".join(gone))
    text = files.content[sheet.file].decode("utf-8-sig")
    return changed_mappings(text, wanted).encode("utf-8")


def _replace(folder: Path, contents: Mapping[str, bytes], files: PackFiles) -> None:
    """Write the files; if the pack does not load with them, put the old ones back."""
    sound = False
    try:
        for file, content in contents.items():
            write_file(folder / file, content)
        if contents:
            load_pack(folder.resolve())
        sound = True
    finally:
        if not sound:
            for file in contents:
                write_file(folder / file, files.content[file])
