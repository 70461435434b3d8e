"""Bytes to JSON as 3D Tiles wants it: UTF-8 without mark, unique names, nesting that any reader can hold."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import orjson

from cimkit.readers.tiles.defects import Ledger

__all__ = ["parse_json"]

_MARK = b"\xef\xbb\xbf"


def parse_json(data: bytes, file: str, ledger: Ledger, *, start: int = 0, unique_names: bool = True) -> Any:
    """The document, or None (with the defect written down) when there is none.

    file: what locators call it; start: the byte of the file where the document begins.

    orjson reads 1,024 levels and no further, so that no document can exhaust the stack.
    """
    if data.startswith(_MARK):
        ledger.add("tiles_json", "byte_order_mark", f"{file}@{start}")
        data = data[len(_MARK) :]
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as problem:
        if "recursion" in str(problem).lower():
            ledger.add("tiles_json", "too_deep", file, expected="..1024")
        else:
            detail = "syntax" if _is_utf8(data) else "encoding"
            ledger.add("tiles_json", detail, f"{file}@{start + problem.pos}", problem.msg)
        return None
    if unique_names:
        _note_duplicates(data, file, ledger)
    return document


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _note_duplicates(data: bytes, file: str, ledger: Ledger) -> None:
    """orjson keeps the last of several equal names in silence; the standard library's parser shows them all."""

    def members(pairs: list[tuple[str, Any]]) -> None:
        if len({name for name, _ in pairs}) != len(pairs):
            counted = Counter(name for name, _ in pairs)
            for name in sorted(name for name, count in counted.items() if count > 1):
                ledger.add("tiles_json", "duplicate_name", file, name)

    try:
        json.loads(data, object_pairs_hook=members)
    except RecursionError:
        ledger.add("tiles_not_read", "duplicate_names", file)
