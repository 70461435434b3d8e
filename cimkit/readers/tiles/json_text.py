"""Bytes to JSON as 3D Tiles wants it: UTF-8 without mark, unique names, nesting that any reader can hold."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import orjson

from cimkit.readers.tiles.defects import Ledger

__all__ = ["parse_json"]

_MARK = b"\xef\xbb\xbf"
#: How releases of orjson word it.
_TOO_DEEP = re.compile(r"depth limit|recursion limit|too deep", re.IGNORECASE)


def parse_json(data: bytes, file: str, ledger: Ledger, *, start: int = 0, unique_names: bool = True) -> Any:
    """The document, or None (with the defect written down) when there is none.

    file: what locators call it; start: the byte of the file where the document begins.

    orjson reads 1,024 levels and no further, so that no document can exhaust the stack.
    """
    if data.startswith(_MARK):
        ledger.add("tiles_json", "byte_order_mark", f"{file}@{start}")
        data, start = data[len(_MARK) :], start + len(_MARK)
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as problem:
        broken = _first_broken_byte(data)
        if broken is not None:
            ledger.add("tiles_json", "encoding", f"{file}@{start + broken}")
        elif _TOO_DEEP.search(problem.msg):
            ledger.add("tiles_json", "too_deep", file, expected="..1024")
        else:
            ledger.add("tiles_json", "syntax", f"{file}@{start + problem.pos}", problem.msg)
        return None
    if unique_names:
        _note_duplicates(data, file, ledger)
    return document


def _first_broken_byte(data: bytes) -> int | None:
    """Where the bytes stop being UTF-8; None: nowhere."""
    try:
        data.decode()
    except UnicodeDecodeError as problem:
        return problem.start
    return None


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
