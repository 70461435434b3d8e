"""A Parquet file to a layer; with the metadata of GeoParquet (1.0, 1.1), a layer of features."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from cimkit.errors import SourceError
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.facts.model import Facts
from cimkit.readers.notes import Notes

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand

__all__ = ["read_parquet"]


def read_parquet(data: bytes | memoryview, demand: Demand, *, name: str) -> Facts:
    """The facts of a Parquet file: one layer named for the file, a subject a row, `row` counted from 1.

    Raises SourceError for what is no Parquet file, or a damaged one.
    """
    content = bytes(data)
    if not (content.startswith(b"PAR1") and content.endswith(b"PAR1") and len(content) >= 12):
        raise SourceError("tables.parquet_broken", name=name)
    try:
        geo = pl.read_parquet_metadata(io.BytesIO(content)).get("geo")
        return _facts(pl.read_parquet(io.BytesIO(content)), geo, demand, name)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as problem:
        raise SourceError("tables.parquet_broken", name=name) from problem


def _facts(frame: pl.DataFrame, geo: str | None, demand: Demand, name: str) -> Facts:
    notes = Notes(demand)
    if not frame.height:
        notes.add("table_no_rows")
    stem = name.rpartition("/")[2].rpartition("!")[2].rpartition(".")[0] or name
    primary, crs, kind = _geometry(geo, frame, notes) if geo is not None else (None, None, None)
    layer = Layer(
        name=stem,
        frame=frame if primary is None else frame.drop(primary),
        geometry=None if primary is None else frame[primary],
        geometry_type=kind,
        crs=crs,
    )
    return facts_of_layers([layer], demand, format="parquet", name=name, defects=notes.frame())


def _geometry(geo: str, frame: pl.DataFrame, notes: Notes) -> tuple[str | None, str | None, str | None]:
    """The column of geometries, its reference system and its type, as the metadata say. A column that is not there or
    not in well-known binary is noted, and the table read without."""
    try:
        document = orjson.loads(geo)
    except orjson.JSONDecodeError as problem:
        notes.add("table_geometry", "metadata", found=problem, locator="geo")
        return None, None, None
    members: Mapping[str, Any] = document if isinstance(document, dict) else {}
    for member in ("version", "primary_column", "columns"):
        if member not in members:
            notes.add("table_geometry", "metadata", expected=member, locator="geo")
    primary, columns = members.get("primary_column"), members.get("columns")
    column = columns.get(primary) if isinstance(columns, dict) and isinstance(primary, str) else None
    if not isinstance(primary, str) or primary not in frame.columns or not isinstance(column, dict):
        notes.add("table_geometry", "no_column", found=primary, locator="geo")
        return None, None, None
    if column.get("encoding") != "WKB" or frame.schema[primary] != pl.Binary:
        notes.add("table_geometry", "encoding", found=column.get("encoding"), expected="WKB", locator="geo")
        return None, None, None
    kinds = column.get("geometry_types")
    kind = kinds[0] if isinstance(kinds, list) and len(kinds) == 1 and isinstance(kinds[0], str) else "Unknown"
    return primary, _system(column), kind


def _system(column: Mapping[str, Any]) -> str | None:
    """A system that is not named is longitude and latitude on WGS 84; null is no system."""
    if "crs" not in column:
        return "EPSG:4326"
    if not isinstance(column["crs"], dict):
        return None
    from cimkit.readers.crs_text import system_of_wkt

    system = system_of_wkt(orjson.dumps(column["crs"]).decode())
    return system.crs if system is not None else None
