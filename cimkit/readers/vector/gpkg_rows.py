"""Rows of a GeoPackage table: their values and geometries against what the table declares.

SQLite stores any value in any column; GDAL makes what is declared of it. A table with values of other types is
therefore read here, so that what is written stays as it is written. So is a table that GDAL does not open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.field_columns import base_type
from cimkit.facts.geometry_types import type_names
from cimkit.readers.notes import Notes
from cimkit.readers.vector.gpkg_database import Database, quoted
from cimkit.readers.vector.gpkg_names import accepts

__all__ = [
    "Geometries",
    "Rows",
    "Sids",
    "Window",
    "note_geometries",
    "note_strange_values",
    "rows_of",
    "strange_columns",
]

#: When a value is stored otherwise than its column is declared. SQLite orders values by how they are stored: numbers
#: before texts before blobs, so that comparing tells what `typeof` tells, and three times as fast.
_STRANGE: Mapping[str, str] = {
    "INTEGER": "({0} >= '' OR typeof({0}) = 'real')",
    "BOOLEAN": "({0} >= '' OR typeof({0}) = 'real')",
    "REAL": "{0} >= ''",
    "TEXT": "({0} < '' OR {0} >= x'')",
    "DATE": "({0} < '' OR {0} >= x'')",
    "DATETIME": "({0} < '' OR {0} >= x'')",
    "BLOB": "{0} < x''",
}
#: Bytes of the header of a GeoPackage geometry behind its first eight, by the envelope's number in its flags.
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table. wkb: null for none; None: no geometry was asked for."""

    frame: pl.DataFrame
    fids: npt.NDArray[np.int64]
    wkb: pl.Series | None


@dataclass(frozen=True, slots=True)
class Window:
    """Some rows of a table: those whose key lies between two numbers; without a key all of them."""

    table: str
    key: str | None = None
    first: int = 0
    last: int = 0

    @property
    def clause(self) -> str:
        """As a condition in SQL."""
        return "1" if self.key is None else f"{quoted(self.key)} BETWEEN {self.first:d} AND {self.last:d}"


def windows(database: Database, table: str, rows: int) -> list[Window]:
    """Windows of so many rows each over a table; one without a single integer key comes whole."""
    keys = [column.name for column in database.columns(table) if column.key]
    if len(keys) != 1:
        return [Window(table)]
    key, found = quoted(keys[0]), []
    (ends,) = database.rows(f"SELECT min({key}) AS first, max({key}) AS last FROM {quoted(table)}")
    first, last = ends["first"], ends["last"]
    while isinstance(first, int):
        ahead = f"SELECT {key} AS fid FROM {quoted(table)} WHERE {key} >= {first:d} ORDER BY {key}"
        following = database.rows(f"{ahead} LIMIT 1 OFFSET {rows:d}")
        after = following[0]["fid"] if following else None
        found.append(Window(table, keys[0], first, after - 1 if isinstance(after, int) else last))
        first = after
    return found


@dataclass(frozen=True, slots=True)
class Geometries:
    """What gpkg_geometry_columns says of a table: its row, lower-case names."""

    column: str
    kind: str
    system: int
    z: int


def strange_columns(database: Database, window: Window, types: Mapping[str, str]) -> list[str]:
    """Columns of these types that hold values stored as another."""
    tests = {name: _is_strange(name, declared) for name, declared in types.items() if base_type(declared) in _STRANGE}
    if not tests or not _exists(database, window, " OR ".join(tests.values())):
        return []
    return [name for name, test in tests.items() if _exists(database, window, test)]


def _exists(database: Database, window: Window, test: str) -> bool:
    asked = f"SELECT 1 FROM {quoted(window.table)} WHERE {window.clause} AND ({test})"
    (row,) = database.rows(f"SELECT EXISTS ({asked}) AS found")
    return bool(row["found"])


def _is_strange(name: str, declared: str) -> str:
    return _STRANGE[base_type(declared)].format(quoted(name))


def note_strange_values(
    database: Database,
    window: Window,
    key: str,
    types: Mapping[str, str],
    columns: Sequence[str],
    sids: Sids,
    notes: Notes,
) -> None:
    """One defect a value."""
    table = window.table
    for name in columns:
        query = (
            f"SELECT {quoted(key)} AS fid, typeof({quoted(name)}) AS kind, "
            f"substr(CAST({quoted(name)} AS TEXT), 1, 80) AS value "
            f"FROM {quoted(table)} WHERE {window.clause} AND {_is_strange(name, types[name])}"
        )
        for row in database.rows(query):
            found, where = f"{name} = {row['value']} ({row['kind']})", f"{table}:{row['fid']}"
            notes.add("gpkg_value", found=found, expected=types[name], sid=sids.of(row["fid"]), locator=where)


class Sids:
    """Feature ids -> subjects. first: the subject of the first row; None: the rows are none."""

    def __init__(self, fids: npt.NDArray[np.int64], first: int | None) -> None:
        self._fids, self._first = fids, first
        self._order = np.argsort(fids, kind="stable") if first is not None else fids

    def of(self, fid: Any) -> int | None:
        """The subject of a feature; None for one that was not read."""
        if self._first is None or not isinstance(fid, int):
            return None
        at = int(np.searchsorted(self._fids, fid, sorter=self._order))
        if at == len(self._fids) or self._fids[self._order[at]] != fid:
            return None
        return self._first + int(self._order[at])


def note_geometries(
    database: Database, window: Window, key: str, told: Geometries, rows: Rows, sids: Sids, notes: Notes
) -> None:
    """R19: the header; R32: the type; R33: the reference system; R27: z; and what is no well-known binary."""
    table = window.table
    place = quoted(told.column)
    systems = {told.system.to_bytes(4, order, signed=True).hex() for order in ("little", "big")}
    written = ", ".join(f"x'{each}'" for each in sorted(systems))
    sound = f"typeof({place}) = 'blob' AND substr({place}, 1, 2) = x'4750' AND substr({place}, 3, 1) = x'00'"
    query = f"SELECT {quoted(key)} AS fid, {sound} AS sound, hex(substr({place}, 1, 8)) AS head FROM {quoted(table)}"
    right = f"{sound} AND substr({place}, 5, 4) IN ({written})"
    suspects = database.rows(f"{query} WHERE {window.clause} AND {place} IS NOT NULL AND NOT ({right})")
    broken = set()
    for row in suspects:
        detail, expected = ("system", str(told.system)) if row["sound"] else ("bad_header", "GP 00")
        found = _system_in(row["head"]) if row["sound"] else row["head"]
        if not row["sound"]:
            broken.add(row["fid"])
        where = f"{table}:{row['fid']}"
        notes.add("gpkg_geometry", detail, found=found, expected=expected, sid=sids.of(row["fid"]), locator=where)
    if rows.wkb is None:
        return
    _note_unread(database, window, key, place, rows, broken, sids, notes)
    _note_types(table, told, rows, sids, notes)


def _system_in(head: str) -> int:
    raw = bytes.fromhex(head)
    return int.from_bytes(raw[4:8], "little" if raw[3] & 1 else "big", signed=True)


def _note_unread(
    database: Database, window: Window, key: str, place: str, rows: Rows, known: set[int], sids: Sids, notes: Notes
) -> None:
    """Geometries that are there and could not be made out."""
    assert rows.wkb is not None
    null = set(rows.fids[rows.wkb.is_null().to_numpy()].tolist())
    if not null:
        return
    asked = f"SELECT {quoted(key)} AS fid FROM {quoted(window.table)} WHERE {window.clause} AND {place} IS NULL"
    empty = {row["fid"] for row in database.rows(asked)}
    for fid in sorted(null - empty - known):
        notes.add("gpkg_geometry", "wkb", sid=sids.of(fid), locator=f"{window.table}:{fid}")


def _note_types(table: str, told: Geometries, rows: Rows, sids: Sids, notes: Notes) -> None:
    assert rows.wkb is not None
    names = type_names(rows.wkb).str.to_uppercase()
    strange = [name for name in names.unique().drop_nulls() if not accepts(told.kind, name)]
    for at in np.flatnonzero(names.is_in(strange).fill_null(value=False)).tolist() if strange else ():
        fid = int(rows.fids[at])
        where = f"{table}:{fid}"
        notes.add(
            "gpkg_geometry", "geometry_type", found=names[at], expected=told.kind, sid=sids.of(fid), locator=where
        )
    if told.z in (0, 1):
        has_z = _have_heights(rows.wkb)
        for at in np.flatnonzero(has_z != told.z).tolist():
            if rows.wkb[at] is None:
                continue
            fid = int(rows.fids[at])
            found, wanted = f"z = {int(has_z[at])}", f"z = {told.z}"
            where = f"{table}:{fid}"
            notes.add("gpkg_geometry", "dimension", found=found, expected=wanted, sid=sids.of(fid), locator=where)


def _have_heights(wkb: pl.Series) -> npt.NDArray[np.bool_]:
    """Which geometries have z, by their type codes, ISO's or the older ones."""
    heads = wkb.bin.slice(1, 4)
    little = wkb.bin.starts_with(b"\x01").fill_null(value=False).to_numpy()
    codes = np.where(
        little,
        heads.bin.reinterpret(dtype=pl.UInt32, endianness="little").fill_null(0).to_numpy(),
        heads.bin.reinterpret(dtype=pl.UInt32, endianness="big").fill_null(0).to_numpy(),
    )
    plain = (codes & 0x1FFFFFFF) // 1000
    has: npt.NDArray[np.bool_] = (codes & 0x80000000 != 0) | (plain == 1) | (plain == 3)
    return has


def rows_of(
    database: Database,
    window: Window,
    key: str | None,
    columns: Sequence[str],
    types: Mapping[str, str],
    place: str | None,
) -> Rows:
    """Rows through SQLite itself. place: the column of the geometry. Raises sqlite3.Error."""
    asked = [quoted(name) for name in columns]
    first = "rowid" if key is None else quoted(key)
    selected = [f"{first} AS fid", *(f"{name} AS c{at}" for at, name in enumerate(asked))]
    selected += [f"{quoted(place)} AS g"] if place else []
    found = database.rows(f"SELECT {', '.join(selected)} FROM {quoted(window.table)} WHERE {window.clause}")
    fids = [row["fid"] if isinstance(row["fid"], int) else at for at, row in enumerate(found, 1)]
    series = [
        _series(name, [row[f"c{at}"] for row in found], types.get(name, "TEXT")) for at, name in enumerate(columns)
    ]
    wkb = pl.Series("wkb", [_wkb(row["g"]) for row in found], dtype=pl.Binary) if place else None
    return Rows(pl.DataFrame(series), np.asarray(fids, np.int64), wkb)


def _series(name: str, values: list[Any], declared: str) -> pl.Series:
    """Values as they are stored; those of mixed types as texts."""
    base = base_type(declared)
    if base == "BOOLEAN" and all(value in (None, 0, 1) for value in values):
        return pl.Series(name, [None if value is None else bool(value) for value in values], dtype=pl.Boolean)
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int}:
        return pl.Series(name, values, dtype=pl.Int64)
    if kinds <= {int, float}:
        return pl.Series(name, values, dtype=pl.Float64, strict=False)
    if kinds == {bytes}:
        return pl.Series(name, values, dtype=pl.Binary)
    return pl.Series(name, [None if value is None else _written(value) for value in values], dtype=pl.String)


def _written(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _wkb(blob: Any) -> bytes | None:
    """The well-known binary inside a GeoPackage geometry; None for what is none."""
    if not isinstance(blob, bytes) or len(blob) < 13 or blob[:2] != b"GP":
        return None
    envelope = _ENVELOPES.get((blob[3] >> 1) & 7)
    return None if envelope is None else blob[8 + envelope :]
