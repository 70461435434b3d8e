"""Code lists of a pack: what a value may be, as rows that its owner can edit."""

from __future__ import annotations

from pathlib import PurePosixPath

from cimkit.rules.code_list import Code, CodeList
from cimkit.rules.faults import fault_at
from cimkit.rules.pack_files import PackFiles
from cimkit.rules.sheets import read_sheet

__all__ = ["LIST_COLUMNS", "read_lists"]

LIST_COLUMNS = ("code", "zh", "en", "parent", "from", "to", "source")


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
