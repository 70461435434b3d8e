"""File geodatabases through GDAL's OpenFileGDB, layer by layer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.frames import Layer, asks_for_geometry, asks_for_layer, facts_of_layers, wanted_fields
from cimkit.facts.model import Facts
from cimkit.readers.notes import Notes
from cimkit.readers.vector.ogr import LayerError, layer_names, layer_schema, need_geo, read_layer
from cimkit.readers.vector.systems import height_datum, system_of

__all__ = ["read_filegdb"]

_TABLE = re.compile(r"a[0-9a-f]{8}\.gdbtable", re.IGNORECASE)
#: Field types of Esri's definitions.
_ESRI_TYPES: Mapping[str, str] = {
    "esriFieldTypeString": "TEXT",
    "esriFieldTypeSmallInteger": "INTEGER",
    "esriFieldTypeInteger": "INTEGER",
    "esriFieldTypeBigInteger": "INTEGER",
    "esriFieldTypeOID": "INTEGER",
    "esriFieldTypeSingle": "REAL",
    "esriFieldTypeDouble": "REAL",
    "esriFieldTypeDate": "DATETIME",
    "esriFieldTypeDateOnly": "DATE",
    "esriFieldTypeTimeOnly": "TIME",
    "esriFieldTypeBlob": "BLOB",
}
_OBJECT_ID = "esriFieldTypeOID"


def read_filegdb(path: Path, demand: Demand, *, name: str) -> Facts:
    """The layers and tables of a .gdb folder. A layer that can't be read is a defect, and the others are read.

    Raises SourceError when nothing of it opens, or when the extra `geo` is not installed.
    """
    need_geo(name)
    notes = Notes(demand)
    _note_files(path, notes)
    try:
        names = layer_names(path)
    except LayerError as problem:
        raise SourceError("vector.not_opened", name=name, problem=str(problem)) from problem
    layers = []
    for layer, kind in names:
        try:
            layers.append(_layer(path, layer, kind, demand, notes))
        except LayerError as problem:
            notes.add("layer_not_read", found=problem, locator=layer)
    return facts_of_layers(layers, demand, format="filegdb", name=name, defects=notes.frame())


def _note_files(path: Path, notes: Notes) -> None:
    """Each table has its index; locks of an editor mean that somebody was writing."""
    there = {each.name.lower(): each for each in path.iterdir() if each.is_file()}
    for name, file in there.items():
        if _TABLE.fullmatch(name):
            if f"{name[:-9]}.gdbtablx" not in there:
                notes.add("gdb_part", "absent", expected=f"{name[:-9]}.gdbtablx")
            if not file.stat().st_size:
                notes.add("gdb_part", "empty", found=file.name)
        if name.endswith((".wr.lock", ".ed.lock")):
            notes.add("gdb_locked", found=file.name)


def _layer(path: Path, layer: str, kind: str | None, demand: Demand, notes: Notes) -> Layer:
    told = layer_schema(path, layer)
    types, nullable, key = _definition(path, layer)
    if not types:
        types = {str(name): _ogr_type(str(kind)) for name, kind in zip(told["fields"], told["ogr_types"], strict=True)}
    asked = asks_for_layer(demand, layer)
    frame, rows, wkb = pl.DataFrame(), np.zeros(0, np.int64), None
    if asked:
        fields = wanted_fields(demand, layer, list(types))
        geometry = kind is not None and asks_for_geometry(demand)
        known = {str(each) for each in told["fields"]}
        read = read_layer(path, layer, columns=[each for each in fields if each in known], geometry=geometry)
        for said in read.said:
            notes.add("layer_note", found=said, locator=layer)
        frame, rows, wkb = read.frame, read.fids, read.wkb
        if key in fields and key not in frame.columns:
            frame = frame.with_columns(pl.Series(key, rows))
    system = told.get("crs")
    return Layer(
        name=layer,
        frame=frame,
        rows=rows,
        types=types,
        geometry=wkb,
        geometry_type=kind,
        crs=system_of(system),
        height_datum=height_datum(system),
        encoding="UTF-8",
        nullable=nullable,
        extent=_extent(told.get("total_bounds")),
        count=int(told["features"]),
        key=key if key in frame.columns else None,
    )


def _definition(path: Path, layer: str) -> tuple[dict[str, str], dict[str, bool], str | None]:
    """Field types with lengths, which may be null, and the name of the object id, by Esri's own definition (XML)."""
    from lxml import etree

    try:
        read = read_layer(path, None, columns=None, geometry=False, sql=f"GetLayerDefinition {layer}")
    except LayerError:
        return {}, {}, None
    texts = [text for column in read.frame for text in column.to_list() if isinstance(text, str)]
    if not texts:
        return {}, {}, None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(texts[0].encode(), parser)
    except etree.XMLSyntaxError:
        return {}, {}, None
    types: dict[str, str] = {}
    nullable: dict[str, bool] = {}
    key = None
    for field in root.iterfind(".//GPFieldInfoExs/GPFieldInfoEx"):
        name, kind = field.findtext("Name") or "", field.findtext("FieldType") or ""
        base = _ESRI_TYPES.get(kind)
        if kind == _OBJECT_ID:
            key = name
        if base is None:
            if kind != "esriFieldTypeGeometry":
                types[name] = "TEXT"
            continue
        length = field.findtext("Length")
        types[name] = f"TEXT({length})" if base == "TEXT" and length else base
        nullable[name] = field.findtext("IsNullable") != "false"
    return types, nullable, key


def _ogr_type(kind: str) -> str:
    """`OFTInteger64` -> INTEGER."""
    plain = kind.removeprefix("OFT")
    for part, base in (("DateTime", "DATETIME"), ("Date", "DATE"), ("Time", "TIME"), ("Integer", "INTEGER")):
        if plain.startswith(part):
            return base
    return {"Real": "REAL", "Binary": "BLOB"}.get(plain, "TEXT")


def _extent(bounds: Any) -> tuple[float, float, float, float] | None:
    if bounds is None or not np.isfinite(np.asarray(bounds, float)).all():
        return None
    west, south, east, north = (float(each) for each in bounds)
    return west, south, east, north
