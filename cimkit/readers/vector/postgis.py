"""PostGIS: the tables and views of a database, read without changing anything.

Rows come through COPY, the fastest way out of PostgreSQL; geometries as extended well-known binary.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.field_columns import base_type
from cimkit.facts.frames import Layer, asks_for_geometry, asks_for_layer, facts_of_layers, wanted_fields
from cimkit.facts.model import Facts
from cimkit.readers.notes import Notes
from cimkit.readers.vector.systems import height_datum, system_of

__all__ = ["read_postgis"]

#: Tables that belong to PostGIS itself.
_OWN = ("spatial_ref_sys", "geometry_columns", "geography_columns", "raster_columns", "raster_overviews")
_SHAPES = ("geometry", "geography")
_TABLES = """
SELECT n.nspname, c.relname, c.oid::bigint, greatest(c.reltuples, 0)::bigint
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition
  AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname NOT IN ('information_schema', 'topology', 'tiger', 'tiger_data')
  AND NOT (c.relname = ANY(%s)) AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
ORDER BY 1, 2
"""
_COLUMNS = """
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, t.typname,
  EXISTS (SELECT 1 FROM pg_catalog.pg_index i
          WHERE i.indrelid = a.attrelid AND i.indisprimary AND i.indnatts = 1 AND a.attnum = i.indkey[0])
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_SHAPE = "SELECT type, srid FROM geometry_columns WHERE f_table_schema = %s AND f_table_name = %s"
_SYSTEM = "SELECT auth_name, auth_srid, srtext FROM spatial_ref_sys WHERE srid = %s"
#: How GDAL marks an address in the form `PG:host=... dbname=...`.
_PREFIX = re.compile(r"^pg:(?!//)", re.IGNORECASE)
_SIZED = re.compile(r"\((\d+)(?:,(\d+))?\)")
_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("smallint", "integer", "bigint"), "INTEGER"),
    **dict.fromkeys(("real", "double precision"), "REAL"),
    "boolean": "BOOLEAN",
    "date": "DATE",
    "bytea": "BLOB",
}


@dataclass(frozen=True, slots=True)
class _Table:
    """A table with its fields (name -> declared type), which of them may be null, its key and its geometry column."""

    schema: str
    name: str
    fields: Mapping[str, str]
    nullable: Mapping[str, bool]
    key: str | None
    shape: str | None

    @property
    def layer(self) -> str:
        """Its name as a layer: with its schema where that is not the usual one."""
        return self.name if self.schema == "public" else f"{self.schema}.{self.name}"


def read_postgis(address: str, demand: Demand, *, name: str) -> Facts:
    """The tables and views that the user of the address may read, each a layer.

    Raises SourceError when the database can't be reached, or when the extra `postgis` is not installed.
    """
    try:
        import psycopg
        import shapely
    except ImportError as missing:
        raise SourceError("readers.extra_missing", name=name, extra="postgis") from missing
    del shapely
    notes, layers = Notes(demand), []
    try:
        with psycopg.connect(_PREFIX.sub("", address), autocommit=False, connect_timeout=20) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # one state of the data throughout
            for schema, table, oid, _ in connection.execute(_TABLES, [list(_OWN)]).fetchall():
                one = _described(connection, schema, table, oid)
                try:
                    with connection.transaction():
                        layers.append(_layer(connection, one, demand))
                except psycopg.Error as problem:
                    notes.add("layer_not_read", found=_said(problem), locator=one.layer)
    except psycopg.Error as problem:
        raise SourceError("vector.not_connected", name=name, problem=_said(problem)) from problem
    return facts_of_layers(layers, demand, format="postgis", name=name, defects=notes.frame())


def _said(problem: BaseException) -> str:
    """The first line of what the server says; it names no password."""
    return (str(problem).strip() or type(problem).__name__).splitlines()[0]


def _described(connection: Any, schema: str, table: str, oid: int) -> _Table:
    fields, nullable, key, shape = {}, {}, None, None
    for column, declared, required, kind, is_key in connection.execute(_COLUMNS, [oid]).fetchall():
        if kind in _SHAPES:
            shape = shape or column
            continue
        fields[column] = _field_type(declared)
        nullable[column] = not required
        key = column if is_key else key
    return _Table(schema, table, fields, nullable, key, shape)


def _field_type(declared: str) -> str:
    """`character varying(50)` -> TEXT(50), `numeric(10,2)` -> REAL(10,2)."""
    plain = declared.partition("(")[0].strip()
    size = _SIZED.search(declared)
    if plain == "numeric":
        return f"REAL({size[1]},{size[2] or 0})" if size else "REAL"
    if plain.startswith("character") and size:
        return f"TEXT({size[1]})"
    if plain.startswith("timestamp"):
        return "DATETIME"
    return _TYPES.get(plain, "TEXT")


def _layer(connection: Any, table: _Table, demand: Demand) -> Layer:
    from psycopg import sql

    where = sql.Identifier(table.schema, table.name)
    count = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(where)).fetchone()[0]
    kind, system = _shape(connection, table)
    asked = asks_for_layer(demand, table.layer)
    frame, wkb = pl.DataFrame(), None
    if asked:
        fields = wanted_fields(demand, table.layer, list(table.fields))
        with_shape = table.shape is not None and asks_for_geometry(demand)
        frame, wkb = _rows(connection, table, fields, count, table.shape if with_shape else None)
    return Layer(
        name=table.layer,
        frame=frame,
        rows=np.arange(1, (count if asked else 0) + 1, dtype=np.int64),
        types=table.fields,
        geometry=wkb,
        geometry_type=kind,
        crs=system_of(system),
        height_datum=height_datum(system),
        encoding="UTF-8",
        nullable=table.nullable,
        count=count,
        key=table.key if table.key in frame.columns else None,
    )


def _shape(connection: Any, table: _Table) -> tuple[str | None, str | None]:
    """Declared type and system of the geometry; `Unknown` where PostGIS does not say."""
    if table.shape is None:
        return None, None
    row = connection.execute(_SHAPE, [table.schema, table.name]).fetchone()
    if row is None:
        return "Unknown", None
    kinds = {"MULTIPOLYGON": "MultiPolygon", "LINESTRING": "LineString", "MULTILINESTRING": "MultiLineString"}
    kinds |= {"MULTIPOINT": "MultiPoint", "GEOMETRYCOLLECTION": "GeometryCollection", "GEOMETRY": "Unknown"}
    system = connection.execute(_SYSTEM, [row[1]]).fetchone() if row[1] else None
    named = f"EPSG:{system[1]}" if system and str(system[0]).upper() == "EPSG" else system[2] if system else None
    return kinds.get(str(row[0]).upper(), str(row[0]).capitalize()), named


def _rows(
    connection: Any, table: _Table, fields: Sequence[str], count: int, shape: str | None
) -> tuple[pl.DataFrame, pl.Series | None]:
    """The fields, and the geometries as binary. An empty text is told from null: COPY quotes it."""
    from psycopg import sql

    columns: list[Any] = [sql.Identifier(field) for field in fields]
    if shape is not None:
        columns.append(sql.SQL("encode({}::bytea, 'hex')").format(sql.Identifier(shape)))
    if not columns:
        return pl.DataFrame(), None
    order = sql.SQL(" ORDER BY {}").format(sql.Identifier(table.key)) if table.key else sql.SQL("")
    select = sql.SQL("SELECT {} FROM {}{}").format(
        sql.SQL(", ").join(columns), sql.Identifier(table.schema, table.name), order
    )
    text = io.BytesIO()
    copy = sql.SQL("COPY ({}) TO STDOUT WITH (FORMAT csv, FORCE_QUOTE *)").format(select)
    with connection.cursor().copy(copy) as stream:
        for piece in stream:
            text.write(piece)
    names = [f"c{number}" for number in range(len(columns))]
    if not count:
        frame = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    else:
        text.seek(0)
        frame = pl.read_csv(text, has_header=False, new_columns=names, schema_overrides=[pl.String] * len(names))
    series = [_typed(frame[one], name, table.fields[name]) for one, name in zip(names, fields, strict=False)]
    wkb = frame[names[-1]].str.decode("hex", strict=False) if shape is not None else None
    return pl.DataFrame(series), wkb


def _typed(series: pl.Series, name: str, declared: str) -> pl.Series:
    match base_type(declared):
        case "INTEGER":
            series = series.cast(pl.Int64, strict=False)
        case "BOOLEAN":
            series = series.replace_strict(["t", "f"], [True, False], default=None, return_dtype=pl.Boolean)
        case "BLOB":
            series = series.str.strip_prefix("\\x").str.decode("hex", strict=False)
    return series.alias(name)
