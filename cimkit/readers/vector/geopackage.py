"""GeoPackage (OGC 12-128): structure through SQLite, rows through GDAL, layer by layer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from cimkit.facts.demand import Demand
from cimkit.facts.frames import Layer, asks_for_geometry, asks_for_layer, facts_of_layers, wanted_fields
from cimkit.facts.model import Facts
from cimkit.readers.notes import Notes
from cimkit.readers.vector.gpkg_database import DATABASE_ERRORS, ColumnInfo, Database, open_database
from cimkit.readers.vector.gpkg_rows import (
    Geometries,
    Rows,
    Sids,
    Window,
    note_geometries,
    note_strange_values,
    rows_of,
    strange_columns,
    windows,
)
from cimkit.readers.vector.gpkg_structure import note_structure, version_of
from cimkit.readers.vector.gpkg_tiles import note_tiles
from cimkit.readers.vector.ogr import LayerError, need_geo, read_layer
from cimkit.readers.vector.systems import height_datum, system_of

__all__ = ["count_features", "read_geopackage", "windows_of"]

_OF_LAYERS = ("features", "attributes", "aspatial")  # the last as GDAL once wrote it
_SIZED = re.compile(r"[A-Z ]+\(\s*(\d+)")
#: SQLite's own rule for the affinity of a declared type, where the standard does not know it.
_AFFINITY = (("INT", "INTEGER"), ("CHAR", "TEXT"), ("CLOB", "TEXT"), ("TEXT", "TEXT"), ("BLOB", "BLOB"))
_REALS = ("REAL", "FLOA", "DOUB", "NUMERIC", "DECIMAL")
_PLAIN = {"BOOLEAN": "BOOLEAN", "DATE": "DATE", "DATETIME": "DATETIME"}


def read_geopackage(path: Path, demand: Demand, *, name: str, window: Window | None = None) -> Facts:
    """The layers of a GeoPackage. What is wrong with its structure is a defect, and the layers that can be read are.

    window: only these rows are read, and nothing is said of the structure.
    Raises SourceError when it is no database, or when the extra `geo` is not installed.
    """
    need_geo(name)
    notes = Notes(demand)
    with open_database(path, name) as database:
        if window is None and notes.wants(*_STRUCTURAL):
            note_structure(database, path, name, notes)
            note_tiles(database, notes)
        layers, first = [], 0
        for row in _layer_rows(database):
            layers.append(_layer(database, path, row, demand, first, window, notes))
            first += layers[-1].height
        others = [row for row in _contents(database) if row.get("data_type") not in _OF_LAYERS]
        version = version_of(database)
    whole = {"rasters": [{"name": row.get("table_name"), "kind": row.get("data_type")} for row in others]}
    return facts_of_layers(
        layers, demand, format="geopackage", name=name, defects=notes.frame(), whole=whole, schema=version
    )


_STRUCTURAL = (
    *("gpkg_identity", "gpkg_integrity", "gpkg_table", "gpkg_contents", "gpkg_srs", "gpkg_geometry_column"),
    *("gpkg_column_type", "gpkg_primary_key", "gpkg_extension", "gpkg_tiles", "gpkg_journal"),
)
#: What only reading a layer tells, whether its features are subjects or not.
_OF_ROWS = ("gpkg_geometry", "gpkg_value", "layer_not_read", "layer_note")


_NO_ROWS = Rows(pl.DataFrame(), np.zeros(0, np.int64), None)


def _contents(database: Database) -> list[dict[str, Any]]:
    try:
        return database.table("gpkg_contents")
    except DATABASE_ERRORS:
        return []


def count_features(path: Path, name: str) -> int:
    """Features and rows of all layers. Raises SourceError when it is no database."""
    with open_database(path, name) as database:
        return sum(database.count(str(row["table_name"])) or 0 for row in _layer_rows(database))


def windows_of(path: Path, name: str, rows: int) -> list[Window]:
    """Windows of so many rows each over all layers; tables without a key come whole.

    Raises SourceError when it is no database.
    """
    found: list[Window] = []
    with open_database(path, name) as database:
        for row in _layer_rows(database):
            found += windows(database, database.tables[str(row["table_name"]).lower()], rows)
    return found


def _layer_rows(database: Database) -> list[dict[str, Any]]:
    """The entries of gpkg_contents that are layers or tables, and there."""
    rows = _contents(database)
    return [row for row in rows if row.get("data_type") in _OF_LAYERS and database.has(row.get("table_name"))]


def _layer(
    database: Database,
    path: Path,
    row: Mapping[str, Any],
    demand: Demand,
    first: int,
    window: Window | None,
    notes: Notes,
) -> Layer:
    table = database.tables[str(row["table_name"]).lower()]
    told = _geometries(database, table)
    columns = [
        column for column in database.columns(table) if told is None or column.name.lower() != told.column.lower()
    ]
    types = {column.name: field_type_of(column.declared) for column in columns}
    keys = [column.name for column in columns if column.key]
    key = keys[0] if len(keys) == 1 else None
    system = _system(database, row.get("srs_id") if told is None else told.system)
    here = window is None or window.table == table
    asked = here and asks_for_layer(demand, table)
    rows = _NO_ROWS
    if asked or (here and notes.wants(*_OF_ROWS)):
        fields = _fields(demand, table, columns) if asked else []
        with_geometry = (asked and asks_for_geometry(demand)) or notes.wants("gpkg_geometry")
        place = told if with_geometry else None
        part = window or Window(table)
        rows = _rows(database, path, part, key, fields, types, place, first if asked else None, notes)
    if not asked:
        rows = _NO_ROWS
    return Layer(
        name=table,
        frame=rows.frame,
        rows=rows.fids,
        types=types,
        geometry=rows.wkb if asks_for_geometry(demand) else None,
        geometry_type=_kind(told),
        crs=system_of(system),
        height_datum=height_datum(system),
        encoding="UTF-8",
        nullable={column.name: not column.required and not column.key for column in columns},
        extent=_extent(row),
        count=database.count(table),
        key=key if key in rows.frame.columns else None,
    )


def _fields(demand: Demand, table: str, columns: list[ColumnInfo]) -> list[str]:
    """Fields that are asked for, and a name to call features by."""
    names = [column.name for column in columns]
    wanted = set(wanted_fields(demand, table, names))
    return [name for name in names if name in wanted or name.casefold() in ("name", "名称")]


def _rows(
    database: Database,
    path: Path,
    window: Window,
    key: str | None,
    fields: list[str],
    types: Mapping[str, str],
    told: Geometries | None,
    first: int | None,
    notes: Notes,
) -> Rows:
    """first: subject of the first row; None: the rows are no subjects."""
    try:
        judged = types if notes.wants("gpkg_value") else {name: types[name] for name in fields}
        strange = strange_columns(database, window, judged)
        mixed = not set(strange).isdisjoint(fields)
        rows = None if mixed else _through_gdal(path, window, key, fields, told is not None, notes)
        if rows is None:
            rows = rows_of(database, window, key, fields, types, told.column if told else None)
        sids = Sids(rows.fids, first)
        if key is not None and strange:
            note_strange_values(database, window, key, types, strange, sids, notes)
        if key is not None and told is not None and notes.wants("gpkg_geometry"):
            note_geometries(database, window, key, told, rows, sids, notes)
    except DATABASE_ERRORS as problem:
        notes.add("layer_not_read", found=problem, locator=window.table)
        return _NO_ROWS
    return rows


def _through_gdal(
    path: Path, window: Window, key: str | None, fields: list[str], geometry: bool, notes: Notes
) -> Rows | None:
    """None where GDAL does not open the layer, or leaves out fields whose type it does not know: SQLite reads them."""
    asked = [name for name in fields if name != key]
    try:
        where = window.clause if window.key is not None else None
        read = read_layer(path, window.table, columns=asked, geometry=geometry, where=where, IMMUTABLE="YES")
    except LayerError:
        return None
    if not set(asked) <= set(read.frame.columns):
        return None
    for said in read.said:
        notes.add("layer_note", found=said, locator=window.table)
    frame = read.frame
    if key in fields:
        frame = frame.with_columns(pl.Series(key, read.fids)).select(fields)
    # of a table without a key GDAL numbers the features as it likes
    fids = read.fids if key is not None else np.arange(1, len(read.fids) + 1, dtype=np.int64)
    return Rows(frame, fids, read.wkb)


def _geometries(database: Database, table: str) -> Geometries | None:
    """The geometry column that is described and there."""
    present = {column.name.lower() for column in database.columns(table)}
    for row in database.table("gpkg_geometry_columns"):
        column, system, z = row.get("column_name"), row.get("srs_id"), row.get("z")
        if str(row.get("table_name")).lower() == table.lower() and str(column).lower() in present:
            kind = str(row.get("geometry_type_name") or "GEOMETRY").upper()
            known = system if isinstance(system, int) else 0
            return Geometries(str(column), kind, known, z if isinstance(z, int) else 2)
    return None


def _kind(told: Geometries | None) -> str | None:
    """`MultiPolygon Z` of MULTIPOLYGON with z mandatory."""
    if told is None:
        return None
    names = {"LINESTRING": "LineString", "GEOMETRY": "Unknown", "GEOMETRYCOLLECTION": "GeometryCollection"}
    plain = told.kind.removeprefix("MULTI")
    name = names.get(plain, plain.capitalize())
    multiple = "Multi" if told.kind.startswith("MULTI") else ""
    return f"{multiple}{name}{' Z' if told.z == 1 else ''}"


def _system(database: Database, number: object) -> str | None:
    """The system's code where its organisation is EPSG, else its definition; None for the two undefined ones."""
    for row in database.table("gpkg_spatial_ref_sys"):
        if row.get("srs_id") == number and number not in (-1, 0, None):
            if str(row.get("organization")).upper() == "EPSG":
                return f"EPSG:{row.get('organization_coordsys_id')}"
            return str(row.get("definition") or row.get("srs_name"))
    return None


def field_type_of(declared: str) -> str:
    """`TEXT(50)`, INTEGER, REAL, BOOLEAN, DATE, DATETIME or BLOB of a column's declaration."""
    plain = declared.upper().strip()
    base = plain.partition("(")[0].strip()
    if base in _PLAIN:
        return _PLAIN[base]
    sized = _SIZED.match(plain)
    for part, kind in _AFFINITY:
        if part in base:
            return f"{kind}({sized[1]})" if sized and kind == "TEXT" else kind
    return "REAL" if any(part in base for part in _REALS) else "TEXT"


def _extent(row: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    values = [row.get(name) for name in ("min_x", "min_y", "max_x", "max_y")]
    if not all(isinstance(value, int | float) for value in values):
        return None
    west, south, east, north = (float(value) for value in values if value is not None)
    return west, south, east, north
