"""Code lists of a pack: what a value may be, as rows that its owner can edit."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import NamedTuple

from cimkit.rules.faults import fault_at
from cimkit.rules.pack_files import PackFiles
from cimkit.rules.sheets import read_sheet

__all__ = ["LIST_COLUMNS", "Code", "CodeList", "read_lists"]

LIST_COLUMNS = ("code", "zh", "en", "parent", "from", "to", "source")


class Code(NamedTuple):
    """A row of a code list. first, last: ISO days between which the code is valid, or None; source: where it stands."""

    code: str
    zh: str | None = None
    en: str | None = None
    parent: str | None = None
    first: str | None = None
    last: str | None = None
    source: str | None = None


class CodeList(NamedTuple):
    """A code list: its rows in the order of the file, and the file they come from."""

    codes: tuple[Code, ...]
    file: str

    def column(self, name: str) -> tuple[str, ...]:
        """All values of a column (`code`, `zh`, `en`), rows without one left out."""
        values = (getattr(code, name) for code in self.codes)
        return tuple(dict.fromkeys(value for value in values if value is not None))


def read_lists(files: PackFiles) -> dict[str, CodeList]:
    """The pack's code lists by name, which is the name of the file without its ending.

    Raises PackError for a row without code, a code written twice, a parent that is no code of the list.
    """
    lists: dict[str, CodeList] = {}
    for path in files.under("lists"):
        name = PurePosixPath(path).stem
        if name in lists:
            raise fault_at("list_twice", path, None, name=name, other=lists[name].file)
        lists[name] = CodeList(tuple(_read_codes(files.content[path], path)), path)
    return lists


def _read_codes(content: bytes, path: str) -> list[Code]:
    rows = read_sheet(content, path, LIST_COLUMNS)
    codes: dict[str, Code] = {}
    for row in rows:
        code = row.cells.get("code")
        if code is None:
            raise fault_at("row_without_code", path, row.number)
        if code in codes:
            raise fault_at("code_twice", path, row.number, code=code)
        codes[code] = Code(code, *(row.cells.get(column) for column in LIST_COLUMNS[1:]))
    for row in rows:
        parent = row.cells.get("parent")
        if parent is not None and parent not in codes:
            raise fault_at("unknown_parent", path, row.number, code=row.cells["code"], parent=parent)
    return list(codes.values())
