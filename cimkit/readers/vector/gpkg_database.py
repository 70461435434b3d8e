"""A GeoPackage as the SQLite database it is: opened without locks, whatever else holds it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cimkit.errors import SourceError

__all__ = ["DATABASE_ERRORS", "ColumnInfo", "Database", "open_database", "quoted"]

#: What sqlite3 raises for a damaged database; names in its messages need not be UTF-8.
DATABASE_ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column as the table's definition has it. key: place in the primary key, 0: not part of it."""

    name: str
    declared: str
    required: bool
    key: int


class Database:
    """What the checks and the reader ask of the database. Names are compared without case, as SQLite does."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """The rows of a query. Raises sqlite3.Error."""
        cursor = self._connection.execute(query, values)
        names = [each[0] for each in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def number(self, pragma: str) -> int:
        """A pragma that is a number, as unsigned 32 bits."""
        row = self._connection.execute(f"PRAGMA {pragma}").fetchone()
        return int(row[0]) & 0xFFFFFFFF if row else 0

    @cached_property
    def tables(self) -> Mapping[str, str]:
        """Tables and views: lower-case name -> name as written."""
        found = self.rows("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        return {str(row["name"]).lower(): str(row["name"]) for row in found}

    def has(self, table: object) -> bool:
        return str(table).lower() in self.tables

    def columns(self, table: str) -> list[ColumnInfo]:
        """Its columns in order; none for a table that is not there, or a view that is broken."""
        try:
            found = self.rows(f"PRAGMA table_info({quoted(table)})")
        except DATABASE_ERRORS:
            return []
        return [
            ColumnInfo(str(row["name"]), str(row["type"] or ""), bool(row["notnull"]), int(row["pk"])) for row in found
        ]

    def table(self, name: str) -> list[dict[str, Any]]:
        """All rows of a table, names of columns in lower case; none where it is not there."""
        if not self.has(name):
            return []
        return [
            {key.lower(): value for key, value in row.items()} for row in self.rows(f"SELECT * FROM {quoted(name)}")
        ]

    def count(self, table: str) -> int | None:
        """How many rows; None for a table that is not there or can't be counted."""
        try:
            return int(self.rows(f"SELECT count(*) AS n FROM {quoted(table)}")[0]["n"])
        except DATABASE_ERRORS:
            return None


@contextmanager
def open_database(path: Path, name: str) -> Iterator[Database]:
    """Read only and without locks: a file that another program holds is read as it lies on the disk.

    Raises SourceError for what SQLite does not take as a database.
    """
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(f"{_address(path)}?mode=ro&immutable=1", uri=True)
        connection.text_factory = _text
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield Database(connection)
    except DATABASE_ERRORS as problem:
        raise SourceError("vector.database_broken", name=name, problem=str(problem)) from problem
    finally:
        if connection is not None:
            connection.close()


def _address(path: Path) -> str:
    """The file as a URI; SQLite wants the server of a network share in the path, not before it."""
    address = path.resolve().as_uri()
    return address if address.startswith("file:///") else f"file:////{address.removeprefix('file://')}"


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
