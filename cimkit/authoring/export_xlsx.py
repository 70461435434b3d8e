"""`cimcheck pack export --to xlsx`: a pack's tables, lists and parameters for people who work in a spreadsheet.

All columns are formatted as text, so that codes stay as they are typed. Columns whose words are a closed list have a
drop-down. Needs the extra `xlsx`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from cimkit.authoring.lint_names import QUALITY
from cimkit.authoring.workbook import INDEX, Sheet, pack_sheets
from cimkit.checks.codes import SCHEMES
from cimkit.errors import UsageError
from cimkit.locales import text
from cimkit.rules.load import LoadedPack
from cimkit.rules.model import Evidence, Severity
from cimkit.rules.pack_files import read_pack_files
from cimkit.rules.sheets import split_cell
from cimkit.rules.stages import STAGES

__all__ = ["export_xlsx"]

_LONGEST_CELL = 32_767
#: Excel takes a list of words for a drop-down only up to this length.
_LONGEST_LIST = 255
#: Empty rows below a table that have drop-downs already.
_SPARE_ROWS = 500
_DISCIPLINES = ("建筑", "结构", "给排水", "暖通", "电气", "燃气", "幕墙", "总图", "景观", "道路", "桥梁")
_TYPES = ("text", "number", "integer", "boolean", "date", "month", "datetime", "moment", "year")
_WIDTHS = {"code": 14, "entity": 24, "sets": 44, "property": 26, "aliases": 36, "cite": 40, "name": 28, "value": 24}
_WIDTH = 16
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed day, so that one pack gives one file


def export_xlsx(pack: LoadedPack, lang: str = "zh") -> bytes:
    """The workbook of a pack's own files; what it takes from a pack that it extends is not in it.

    Raises UsageError when XlsxWriter is not installed, for a pack without anything to edit, and for a text that is too
    long for a cell; PackError for a table that can't be read.
    """
    try:
        import xlsxwriter
    except ImportError as missing:
        raise UsageError("exchange.xlsx_extra") from missing
    sheets = pack_sheets(read_pack_files(pack.folder))
    if not sheets:
        raise UsageError("exchange.nothing_to_edit", id=pack.id)
    made = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"created": _CREATED, "title": pack.id})
        styles = {
            "text": book.add_format({"num_format": "@", "valign": "top"}),
            "heading": book.add_format({"num_format": "@", "bold": True, "bg_color": "#E9EDF0"}),
            "offered": book.add_format({"num_format": "@", "italic": True, "font_color": "#8A949C"}),
        }
        _write_index(book, pack, sheets, styles, lang)
        for sheet in sheets:
            _write_sheet(book, sheet, styles, _words(sheet, pack))
    return made.getvalue()


def _write_index(book: Any, pack: LoadedPack, sheets: Sequence[Sheet], styles: dict[str, Any], lang: str) -> None:
    page = book.add_worksheet(INDEX)
    page.set_column(0, 2, 30, styles["text"])
    rows = [("id", pack.id), ("edition", pack.edition), (), ("sheet", "file", "kind")]
    rows += [(sheet.name, sheet.file, sheet.kind) for sheet in sheets]
    rows += [(), *((line,) for line in text("exchange.xlsx_remarks", lang).splitlines())]
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            page.write_string(number, column, cell, styles["heading" if number == 3 else "text"])


def _write_sheet(
    book: Any, sheet: Sheet, styles: dict[str, Any], words: dict[str, tuple[tuple[str, ...], bool]]
) -> None:
    page = book.add_worksheet(sheet.name)
    for column, name in enumerate(sheet.columns):
        page.set_column(column, column, _WIDTHS.get(name, _WIDTH), styles["text"])
        page.write_string(0, column, name, styles["heading" if column < sheet.known else "offered"])
    for number, row in enumerate(sheet.rows, start=1):
        for column, name in enumerate(sheet.columns):
            if name in row:
                if len(row[name]) > _LONGEST_CELL:
                    raise UsageError("exchange.cell_too_long", file=sheet.file, row=number + 1, column=name)
                page.write_string(number, column, row[name], styles["text"])
    last = len(sheet.rows) + _SPARE_ROWS
    for column, name in enumerate(sheet.columns):
        if name in words:
            _drop_down(page, column, last, *words[name])
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.columns) - 1)


def _drop_down(page: Any, column: int, last: int, words: tuple[str, ...], only: bool) -> None:
    """only: no other word may be typed; else the words are offered, since a cell may hold several."""
    if sum(len(word) + 1 for word in words) > _LONGEST_LIST:
        return
    validation = {"validate": "list", "source": list(words), "ignore_blank": True}
    page.data_validation(1, column, last, column, validation | ({} if only else {"show_error": False}))


def _words(sheet: Sheet, pack: LoadedPack) -> dict[str, tuple[tuple[str, ...], bool]]:
    """Heading -> the words that may stand below it, and whether no other may."""
    evidence = tuple(map(str, Evidence)), True
    if sheet.kind == "parameters":
        return {"evidence": evidence}
    if sheet.kind == "list":
        return {}
    used = {word for rule in pack.rules for word in rule.disciplines}
    return {
        "constraint": (("M", "C", "O"), True),
        "severity": (tuple(map(str, Severity)), True),
        "evidence": evidence,
        "stage": (tuple(STAGES), False),
        "discipline": (_listed(_DISCIPLINES, used), False),
        "phase": (("any", "new"), False),
        "list": (_listed((), pack.lists), False),
        "type": (_listed(_TYPES, _cells(sheet, "type")), False),
        "scheme": (tuple(sorted(SCHEMES)), True),
        "quality": (QUALITY, True),
    }


def _listed(first: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Words for a drop-down, which a comma would split."""
    return tuple(word for word in dict.fromkeys((*first, *sorted(others))) if "," not in word)


def _cells(sheet: Sheet, column: str) -> set[str]:
    return {part for row in sheet.rows for part in split_cell(row.get(column))}
