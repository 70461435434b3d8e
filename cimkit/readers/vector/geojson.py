"""GeoJSON (RFC 7946) and GeoJSON text sequences (RFC 8142, and one feature a line)."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

import numpy as np
import orjson
import polars as pl

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.frames import Layer, asks_for_geometry, asks_for_layer, facts_of_layers
from cimkit.facts.model import Facts
from cimkit.facts.shapes import GeometryArray
from cimkit.readers.notes import Notes
from cimkit.readers.vector.defects import about_the_file
from cimkit.readers.vector.geojson_objects import Feature, feature_of, note_ids, system_member
from cimkit.readers.vector.geojson_rings import note_boxes, note_ring_order

__all__ = ["read_geojson", "read_geojson_sequence"]

_BOM = b"\xef\xbb\xbf"
_SEPARATOR = b"\x1e"
#: RFC 7946, section 4: longitude and latitude on WGS 84.
_SYSTEM = "EPSG:4326"


def read_geojson(data: bytes, demand: Demand, *, name: str) -> Facts:
    """A feature collection, a feature or a geometry; the layer has the file's name.

    Raises SourceError for what is no JSON, or holds no GeoJSON object, or when shapely (extra `geo`) is missing.
    """
    notes = Notes(demand)
    text, encoding = _text(data, name, notes)
    gc_was_on = gc.isenabled()
    gc.disable()  # a million small lists are made, and none is garbage
    try:
        root = _parsed(text, name, notes)
        features = list(_features(root, notes))
    finally:
        if gc_was_on:
            gc.enable()
    system = system_member(root, notes) if isinstance(root, Mapping) else None
    return _facts(features, root, system, encoding, demand, notes, name, "geojson")


def read_geojson_sequence(data: bytes, demand: Demand, *, name: str) -> Facts:
    """Features one after the other; one that can't be read is a defect with its line, and the others follow.

    Raises SourceError when there is no feature at all, or when shapely (extra `geo`) is missing.
    """
    notes = Notes(demand)
    text, encoding = _text(data, name, notes)
    features: list[Feature] = []
    for line, record in _records(text):
        try:
            one = orjson.loads(record)
        except orjson.JSONDecodeError as problem:
            notes.add("geojson_syntax", found=problem.msg, line=line)
            continue
        for feature in _features(one, notes, first=len(features)):
            feature.line = line
            features.append(feature)
    if not features:
        raise SourceError("vector.geojson_nothing", name=name)
    return _facts(features, None, None, encoding, demand, notes, name, "geojsonseq")


def _text(data: bytes, name: str, notes: Notes) -> tuple[bytes, str]:
    """The text as UTF-8, and how it was encoded."""
    if data.startswith(_BOM):
        notes.add("geojson_text", "byte_order_mark")
        data = data[len(_BOM) :]
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as problem:
        notes.add("geojson_text", "not_utf8", line=data.count(b"\n", 0, problem.start) + 1)
        try:
            return data.decode("gb18030").encode(), "GB18030"
        except UnicodeDecodeError:
            raise SourceError("vector.geojson_encoding", name=name) from problem
    return data, "UTF-8"


def _parsed(text: bytes, name: str, notes: Notes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        try:
            root = json.loads(text)  # takes NaN and Infinity, which are no JSON, so that the rest can be told
        except (json.JSONDecodeError, RecursionError):
            where = f"{problem.lineno}:{problem.colno}"
            raise SourceError("vector.geojson_broken", name=name, where=where) from problem
        notes.add("geojson_syntax", "not_a_number", found="NaN, Infinity", line=problem.lineno)
        return root


def _records(text: bytes) -> Iterator[tuple[int, bytes]]:
    """(line, text) of each record."""
    line = 1
    for piece in text.split(_SEPARATOR if _SEPARATOR in text else b"\n"):
        if piece.strip():
            yield line + len(piece[: len(piece) - len(piece.lstrip())].splitlines()), piece
        line += piece.count(b"\n") if _SEPARATOR in text else 1


def _features(root: Any, notes: Notes, first: int = 0) -> Iterator[Feature]:
    """The features of a GeoJSON object; a bare geometry is one without properties."""
    kind = root.get("type") if isinstance(root, Mapping) else None
    if kind == "FeatureCollection":
        members = root.get("features")
        if not isinstance(members, list):
            notes.add("geojson_object", "no_features_array", expected="[]", locator="/features")
            return
        for at, one in enumerate(members):
            yield feature_of(one, first + at, f"/features/{at}", notes)
    elif kind == "Feature":
        yield feature_of(root, first, "", notes)
    else:
        yield feature_of({"type": "Feature", "geometry": root, "properties": {}}, first, "", notes)


def _facts(
    features: list[Feature],
    root: Any,
    system: str | None,
    encoding: str,
    demand: Demand,
    notes: Notes,
    name: str,
    format: str,
) -> Facts:
    stem = PurePath(name.replace("\\", "/").rpartition("!")[2]).stem or name
    note_ids(features, notes)
    asked = asks_for_layer(demand, stem)
    shapes = None
    needs_rings = notes.wants("geojson_ring_order", "geojson_bbox")
    if (asked and asks_for_geometry(demand)) or needs_rings or demand.extents:
        shapes = _geometries(features, name)
        note_ring_order(features, shapes, notes)
        note_boxes(features, root, shapes, notes)
    frame = _frame(features) if asked else pl.DataFrame()
    layer = Layer(
        name=stem,
        frame=frame,
        rows=np.arange(1, len(features) + 1, dtype=np.int64) if asked else np.zeros(0, np.int64),
        geometry=shapes if asked and asks_for_geometry(demand) else None,
        geometry_type="Unknown",
        crs=system or _SYSTEM,
        encoding=encoding,
        extent=_extent(shapes) if shapes is not None else None,
        count=len(features),
        key="id" if "id" in frame.columns and any(feature.id is not None for feature in features) else None,
    )
    defects = notes.frame() if asked else about_the_file(notes.frame())
    return facts_of_layers([layer], demand, format=format, name=name, defects=defects)


def _geometries(features: list[Feature], name: str) -> GeometryArray:
    try:
        import shapely
    except ImportError as missing:
        raise SourceError("readers.extra_missing", name=name, extra="geo") from missing
    texts = [None if one.geometry is None else _dumped(one.geometry) for one in features]
    made = shapely.from_geojson(np.array(texts, object), on_invalid="ignore")
    return np.asarray(made, object)


def _extent(shapes: GeometryArray) -> tuple[float, float, float, float] | None:
    """Of all features; the format itself states it at most in part."""
    import shapely

    if not len(shapes):
        return None
    bounds = shapely.total_bounds(shapes)
    west, south, east, north = bounds.tolist()
    return (west, south, east, north) if np.isfinite(bounds).all() else None


def _dumped(geometry: Any) -> bytes:
    try:
        return orjson.dumps(geometry)
    except orjson.JSONEncodeError:
        return b"null"


def _frame(features: list[Feature]) -> pl.DataFrame:
    """One column a property name, in the order of first appearance; `id` where features have one of their own."""
    names = dict.fromkeys(name for feature in features for name in feature.properties)
    columns = {name: [feature.properties.get(name) for feature in features] for name in names}
    if "id" not in columns and any(feature.id is not None for feature in features):
        columns["id"] = [feature.id for feature in features]
    return pl.DataFrame([_series(name, values) for name, values in columns.items()])


def _series(name: str, values: list[Any]) -> pl.Series:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    if kinds <= {int} and all(value is None or -(2**63) <= value < 2**63 for value in values):
        return pl.Series(name, values, dtype=pl.Int64)
    if kinds <= {int, float}:
        return pl.Series(name, [None if value is None else float(value) for value in values], dtype=pl.Float64)
    return pl.Series(name, [_written(value) for value in values], dtype=pl.String)


def _written(value: Any) -> str | None:
    """Text as it is; anything else beside texts as its JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
