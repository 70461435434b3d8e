"""What OGC 12-128 asks of a GeoPackage's tables, noted where it is not so. R numbers are its requirements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cimkit.readers.notes import Notes
from cimkit.readers.vector.gpkg_database import DATABASE_ERRORS, ColumnInfo, Database
from cimkit.readers.vector.gpkg_names import (
    COLUMN_TYPES,
    GEOMETRY_TYPES,
    REQUIRED_COLUMNS,
    SCHEMES,
    SIZED_TYPES,
)

__all__ = ["note_structure", "version_of"]

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_EXTENSION = re.compile(r"[A-Za-z0-9]+_[A-Za-z0-9_]+")
#: Data types of contents that this standard or its registered extensions define.
_DATA_TYPES = {"features", "attributes", "tiles", "2d-gridded-coverage"}


def version_of(database: Database) -> str | None:
    """`GeoPackage 1.3`, by the application id and the user version (R2); None where neither says."""
    identity = database.number("application_id").to_bytes(4, "big")
    if identity in (b"GP10", b"GP11"):
        return f"GeoPackage 1.{chr(identity[3])}"
    number = database.number("user_version")
    return f"GeoPackage {number // 10000}.{number // 100 % 100}" if identity == b"GPKG" and number else None


def note_structure(database: Database, path: Path, name: str, notes: Notes) -> None:
    """Every table of the standard against what it asks; what can't be asked is noted as damage."""
    _note_identity(database, name, notes)
    _note_journals(path, notes)
    for check in (_integrity, _required_tables, _systems, _contents, _geometry_columns, _columns, _extensions):
        try:
            check(database, notes)
        except DATABASE_ERRORS as problem:
            notes.add("gpkg_integrity", "damaged", found=problem)


def _note_identity(database: Database, name: str, notes: Notes) -> None:
    if database.number("application_id").to_bytes(4, "big") not in (b"GPKG", b"GP10", b"GP11"):
        notes.add(
            "gpkg_identity", "application_id", found=f"0x{database.number('application_id'):08X}", expected="GPKG"
        )
    ending = Path(name).suffix
    if ending and ending.lower() not in (
        ".gpkg",
        ".zip",
    ):  # of one that came alone in an archive no other name is known
        notes.add("gpkg_identity", "file_extension", found=ending, expected=".gpkg")


def _note_journals(path: Path, notes: Notes) -> None:
    for ending in ("-wal", "-journal"):
        beside = path.with_name(path.name + ending)
        if beside.is_file() and beside.stat().st_size:
            notes.add("gpkg_journal", found=beside.name)


def _integrity(database: Database, notes: Notes) -> None:
    """R6, R7."""
    if not notes.wants("gpkg_integrity"):
        return
    for row in database.rows("PRAGMA integrity_check"):
        said = next(iter(row.values()))
        if said != "ok":
            notes.add("gpkg_integrity", "damaged", found=said)
    for row in database.rows("PRAGMA foreign_key_check"):
        notes.add("gpkg_integrity", "foreign_key", found=f"{row['table']}:{row['rowid']} → {row['parent']}")


def _required_tables(database: Database, notes: Notes) -> None:
    """R10, R13, R21, R37, R41, R58: tables of the standard with their columns."""
    kinds = {row.get("data_type") for row in database.table("gpkg_contents")}
    needed = ["gpkg_spatial_ref_sys", "gpkg_contents"]
    needed += ["gpkg_geometry_columns"] if "features" in kinds else []
    needed += ["gpkg_tile_matrix_set", "gpkg_tile_matrix"] if "tiles" in kinds else []
    for table in needed:
        if not database.has(table):
            notes.add("gpkg_table", "no_table", found=table, locator=table)
    for table, wanted in REQUIRED_COLUMNS.items():
        if database.has(table):
            present = {column.name.lower() for column in database.columns(table)}
            for column in wanted:
                if column not in present:
                    notes.add("gpkg_table", "no_column", found=f"{table}.{column}", locator=table)


def _systems(database: Database, notes: Notes) -> None:
    """R11."""
    known = {row.get("srs_id") for row in database.table("gpkg_spatial_ref_sys")}
    for wanted in (-1, 0, 4326):
        if known and wanted not in known:
            notes.add("gpkg_srs", "default_missing", found=wanted, locator="gpkg_spatial_ref_sys")


def _contents(database: Database, notes: Notes) -> None:
    """R12, R14, R15, R16; R17 asks for at least one entry."""
    rows = database.table("gpkg_contents")
    if database.has("gpkg_contents") and not rows:
        notes.add("gpkg_contents", "no_rows", locator="gpkg_contents")
    known = {row.get("srs_id") for row in database.table("gpkg_spatial_ref_sys")}
    for row in rows:
        table = str(row.get("table_name"))
        where = f"gpkg_contents:{table}"
        if not database.has(table):
            notes.add("gpkg_contents", "names_no_table", found=table, locator=where)
        moment = row.get("last_change")
        if not isinstance(moment, str) or _MOMENT.fullmatch(moment) is None:
            notes.add("gpkg_contents", "last_change", found=moment, expected="YYYY-MM-DDTHH:MM:SS.SSSZ", locator=where)
        if row.get("srs_id") is not None and row["srs_id"] not in known:
            notes.add("gpkg_srs", "not_described", found=row["srs_id"], locator=where)
        if row.get("data_type") not in _DATA_TYPES and not _is_registered(database, table):
            notes.add("gpkg_contents", "data_type", found=row.get("data_type"), locator=where)
        for low, high in (("min_x", "max_x"), ("min_y", "max_y")):
            if _is_number(row.get(low)) and _is_number(row.get(high)) and row[low] > row[high]:
                notes.add("gpkg_contents", "bounds", found=f"{low} {row[low]:g} > {high} {row[high]:g}", locator=where)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _is_registered(database: Database, table: str) -> bool:
    """Whether an extension speaks of the table."""
    return any(str(row.get("table_name")).lower() == table.lower() for row in database.table("gpkg_extensions"))


def _features(database: Database) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for row in database.table("gpkg_contents"):
        if row.get("data_type") == "features" and database.has(row.get("table_name")):
            yield str(row["table_name"]), row


def _geometry_columns(database: Database, notes: Notes) -> None:
    """R22 to R33, R146."""
    known = {row.get("srs_id") for row in database.table("gpkg_spatial_ref_sys")}
    described = database.table("gpkg_geometry_columns")
    features = {table.lower(): row for table, row in _features(database)}
    for table, row in features.items():
        mine = [one for one in described if str(one.get("table_name")).lower() == table]
        where = f"gpkg_geometry_columns:{row['table_name']}"
        if len(mine) != 1:
            notes.add("gpkg_geometry_column", "several" if mine else "no_row", found=len(mine), locator=where)
    for one in described:
        table = str(one.get("table_name"))
        where = f"gpkg_geometry_columns:{table}"
        if table.lower() not in features:
            notes.add("gpkg_geometry_column", "no_features", found=table, locator=where)
            continue
        column = _column(database, table, one.get("column_name"))
        if column is None:
            notes.add("gpkg_geometry_column", "names_no_column", found=one.get("column_name"), locator=where)
        kind = str(one.get("geometry_type_name") or "")
        if kind not in GEOMETRY_TYPES:
            notes.add("gpkg_geometry_column", "type_name", found=kind, locator=where)
        elif column is not None and column.declared and column.declared.upper() != kind:
            notes.add("gpkg_geometry_column", "declared_type", found=column.declared, expected=kind, locator=where)
        for flag in ("z", "m"):
            if one.get(flag) not in (0, 1, 2):
                notes.add(
                    "gpkg_geometry_column",
                    "flag",
                    found=f"{flag} = {one.get(flag)}",
                    expected="0 | 1 | 2",
                    locator=where,
                )
        if one.get("srs_id") not in known:
            notes.add("gpkg_srs", "not_described", found=one.get("srs_id"), locator=where)
        elif one.get("srs_id") != features[table.lower()].get("srs_id"):
            wanted = features[table.lower()].get("srs_id")
            notes.add("gpkg_geometry_column", "srs_differs", found=one.get("srs_id"), expected=wanted, locator=where)


def _lacks_column(database: Database, table: str, name: object) -> bool:
    return name is not None and _column(database, table, name) is None


def _column(database: Database, table: str, name: object) -> ColumnInfo | None:
    return next((each for each in database.columns(table) if each.name.lower() == str(name).lower()), None)


def _columns(database: Database, notes: Notes) -> None:
    """R5 and R29 (features), R119 (attributes): types of columns, integer primary keys. Views have none to declare."""
    views = {str(row["name"]).lower() for row in database.rows("SELECT name FROM sqlite_master WHERE type = 'view'")}
    for row in database.table("gpkg_contents"):
        table = str(row.get("table_name"))
        if row.get("data_type") not in ("features", "attributes") or not database.has(table) or table.lower() in views:
            continue
        columns = database.columns(table)
        for column in columns:
            if not _is_column_type(column.declared):
                notes.add("gpkg_column_type", found=f"{column.name} {column.declared}".strip(), locator=table)
        keys = [column for column in columns if column.key]
        if len(keys) != 1 or keys[0].declared.upper() != "INTEGER":
            notes.add(
                "gpkg_primary_key", found=", ".join(f"{key.name} {key.declared}" for key in keys) or None, locator=table
            )


def _is_column_type(declared: str) -> bool:
    plain = declared.upper().strip()
    sized = re.fullmatch(r"([A-Z]+)\s*\(\s*\d+\s*\)", plain)
    return plain in COLUMN_TYPES or plain in GEOMETRY_TYPES or (sized is not None and sized[1] in SIZED_TYPES)


def _extensions(database: Database, notes: Notes) -> None:
    """R59 to R64; R75 asks that spatial indexes are registered."""
    rows = database.table("gpkg_extensions")
    registered = {(str(row.get("extension_name")), str(row.get("table_name")).lower()) for row in rows}
    for row in rows:
        table, extension = row.get("table_name"), str(row.get("extension_name"))
        where = f"gpkg_extensions:{extension}"
        if table is not None and not database.has(table):
            notes.add("gpkg_extension", "names_no_table", found=table, locator=where)
        elif table is not None and _lacks_column(database, str(table), row.get("column_name")):
            notes.add("gpkg_extension", "names_no_column", found=f"{table}.{row['column_name']}", locator=where)
        if _EXTENSION.fullmatch(extension) is None:
            notes.add("gpkg_extension", "bad_name", found=extension, locator=where)
        if row.get("scope") not in SCHEMES:
            notes.add("gpkg_extension", "scope", found=row.get("scope"), expected=" | ".join(SCHEMES), locator=where)
    for table, _ in _features(database):
        for one in database.table("gpkg_geometry_columns"):
            index = f"rtree_{table}_{one.get('column_name')}"
            mine = str(one.get("table_name")).lower() == table.lower()
            if mine and database.has(index) and ("gpkg_rtree_index", table.lower()) not in registered:
                notes.add("gpkg_extension", "not_registered", found=f"gpkg_rtree_index: {index}", locator=table)
