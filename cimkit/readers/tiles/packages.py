"""Tilesets in one file: 3TZ archives with their index, and 3D Tiles packages (SQLite).

Source: 3D Tiles Archive Format 1.3 (index, order, names); the package form that 3D Tiles tools write: one table
`media` of keys and contents.
"""

from __future__ import annotations

import hashlib
import sqlite3
import struct

import numpy as np

from cimkit.readers.tiles.defects import Ledger
from cimkit.readers.tiles.opener import ArchiveOpener, UnreadableError

__all__ = ["ARCHIVE", "INDEX", "SQLITE", "TILESET", "PackageOpener", "check_archive", "index_of"]

INDEX = "@3dtilesIndex1@"
#: The file that every archive and package begins with.
TILESET = "tileset.json"
SQLITE = b"SQLite format 3\0"
ARCHIVE = b"PK\3\4"
_ENTRY = np.dtype([("high", "<u8"), ("low", "<u8"), ("offset", "<u8")])
_METHODS = (0, 8, 93)  # stored, deflate, Zstandard


def index_of(offsets: dict[str, int]) -> bytes:
    """The index of an archive: name -> offset of the local header, sorted as the format wants it."""
    rows = np.zeros(len(offsets), _ENTRY)
    for row, (name, offset) in enumerate(offsets.items()):
        high, low = struct.unpack("<QQ", hashlib.md5(name.encode(), usedforsecurity=False).digest())
        rows[row] = (high, low, offset)
    return bytes(np.sort(rows, order=["high", "low"]).tobytes())


def check_archive(opener: ArchiveOpener, data: bytes, label: str, ledger: Ledger) -> None:
    """Write down where a 3TZ archive breaks its format. data: the whole archive."""
    entries = opener.zip.infolist()
    if not entries or entries[-1].filename != INDEX:
        detail = "index_not_last" if any(entry.filename == INDEX for entry in entries) else "index_missing"
        ledger.add("tiles_package", detail, label, expected=INDEX)
    for entry in entries:
        if ".3tz" in entry.filename.lower():
            ledger.add("tiles_package", "nested", f"{label}!{entry.filename}")
        if entry.compress_type not in _METHODS:
            ledger.add("tiles_package", "compression", f"{label}!{entry.filename}", entry.compress_type, "0 | 8 | 93")
    index = next((entry for entry in entries if entry.filename == INDEX), None)
    if index is None:
        return
    if index.compress_type != 0:
        ledger.add("tiles_package", "index_compressed", label, index.compress_type, 0)
    if index.comment:
        ledger.add("tiles_package", "index_comment", label, len(index.comment), 0)
    try:
        found = opener.read(INDEX)
    except UnreadableError as problem:
        ledger.add("tiles_package", "index_unreadable", label, problem.problem)
        return
    offsets = {
        entry.filename.replace("\\", "/").lstrip("/"): entry.header_offset for entry in entries if entry is not index
    }
    expected = index_of(offsets)
    if found != expected:
        _explain(found, expected, label, ledger)
    for entry in entries:
        if data[entry.header_offset : entry.header_offset + 4] != b"PK\3\4":
            ledger.add("tiles_package", "offset", f"{label}!{entry.filename}", entry.header_offset)


def _explain(found: bytes, expected: bytes, label: str, ledger: Ledger) -> None:
    where = f"{label}!{INDEX}"
    if len(found) % _ENTRY.itemsize or len(found) != len(expected):
        ledger.add("tiles_package", "index_length", where, len(found), len(expected))
        return
    have, want = np.frombuffer(found, _ENTRY), np.frombuffer(expected, _ENTRY)
    if np.array_equal(np.sort(have, order=["high", "low"]), want):
        ledger.add("tiles_package", "index_order", where)
    else:
        ledger.add("tiles_package", "index_entries", where, int((have != want).sum()), 0)


class PackageOpener:
    """The contents of a 3D Tiles package. Raises sqlite3.DatabaseError when it is none.

    The database is read in memory, so that no journal or other file beside it is ever touched.
    """

    def __init__(self, data: bytes) -> None:
        self._database = sqlite3.connect(":memory:")
        # A database in memory has no write-ahead log: bytes 18 and 19 of the header say which journal it wants.
        self._database.deserialize(data[:18] + b"\1\1" + data[20:])
        self._database.execute("PRAGMA query_only = ON")
        self._database.execute("PRAGMA trusted_schema = OFF")
        self._names = frozenset(str(key) for (key,) in self._database.execute("SELECT key FROM media"))

    def __del__(self) -> None:
        self._database.close()

    def names(self) -> frozenset[str]:
        return self._names

    def read(self, name: str) -> bytes:
        try:
            row = self._database.execute("SELECT content FROM media WHERE key = ?", (name,)).fetchone()
        except sqlite3.DatabaseError as problem:
            raise UnreadableError("broken", str(problem)) from problem
        content = row[0] if row else None
        if not isinstance(content, bytes):
            raise UnreadableError("broken", type(content).__name__)
        return content
