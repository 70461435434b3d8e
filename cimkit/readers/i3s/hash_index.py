"""The index of a package: MD5 of each path in lower case -> where its entry begins (i3s-spec, SLPK hash table)."""

from __future__ import annotations

import hashlib

import numpy as np

from cimkit.readers.files import PackedFiles
from cimkit.readers.notes import Notes

__all__ = ["INDEX", "judge_index"]

INDEX = "@specialIndexFileHASH128@"
_ENTRY = np.dtype([("low", "<u8"), ("high", "<u8"), ("offset", "<u8")])


def judge_index(files: PackedFiles, notes: Notes) -> None:
    """Order, size, and whether each file of the package is found by it, where it says. Raises OSError."""
    data = files.read(INDEX)
    if len(data) % _ENTRY.itemsize:
        notes.add("i3s_hash", "index_size", found=len(data), expected="24 n", locator=INDEX)
        return
    index = np.frombuffer(data, _ENTRY)
    order = np.lexsort((index["high"], index["low"]))
    if not (order == np.arange(len(order))).all():
        notes.add("i3s_hash", "index_order", locator=INDEX)
    known = {
        bytes(data[at : at + 16]): int.from_bytes(data[at + 16 : at + 24], "little") for at in range(0, len(data), 24)
    }
    for name, info in files.entries.items():
        if name == INDEX:
            continue
        offset = known.get(hashlib.md5(name.lower().encode(), usedforsecurity=False).digest())
        if offset is None:
            notes.add("i3s_hash", "not_in_index", locator=name)
        elif offset != info.header_offset:
            notes.add("i3s_hash", "index_offset", found=offset, expected=info.header_offset, locator=name)
