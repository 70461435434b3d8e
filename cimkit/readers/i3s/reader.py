"""A scene layer package (.slpk) or its folder to facts: one subject of kind `scenelayer`."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from cimkit.errors import SourceError
from cimkit.facts.model import Facts
from cimkit.readers.files import PackedFiles, open_files
from cimkit.readers.i3s.hash_index import INDEX, judge_index
from cimkit.readers.i3s.nodes import find_page, read_nodes
from cimkit.readers.notes import Notes
from cimkit.readers.records import Record, facts_of_records

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand

__all__ = ["read_i3s"]

_LAYER = ("3dSceneLayer.json.gz", "3dSceneLayer.json")
_REQUIRED = ("id", "layerType", "version", "capabilities", "store")
_TYPES = frozenset({"3DObject", "IntegratedMesh", "Point", "PointCloud", "Building", "Line", "Polygon", "group"})
_CAPABILITIES = frozenset({"View", "Query", "Edit", "Extract"})


def read_i3s(path: Path, demand: Demand, *, name: str) -> Facts:
    """The facts of an I3S scene layer, from its package or folder.

    The subject has type, version, reference systems (`crs`, `height_datum`), extent, nodes, files and bytes. Meshes are
    not opened. Layers of Building packages and layers before 1.7, whose nodes lie in documents of their own, are
    described and their nodes not judged.

    Raises SourceError for what is no package, or holds no description of a layer.
    """
    notes = Notes(demand)
    try:
        files = open_files(path)
        layer_name = next((each for each in _LAYER if each in files), None)
        if layer_name is None:
            raise SourceError("readers.i3s_empty", name=name)
        layer = orjson.loads(files.read(layer_name))
    except (OSError, orjson.JSONDecodeError) as problem:
        raise SourceError("readers.i3s_broken", name=name) from problem
    if not isinstance(layer, dict):
        raise SourceError("readers.i3s_broken", name=name)
    try:
        _judge_package(files, notes)
        _judge_layer(layer, notes)
        nodes = _nodes(files, layer, notes)
    finally:
        if files.archive is not None:
            files.archive.close()
    return _facts(files, layer, nodes, demand, name, notes)


def _judge_package(files: PackedFiles, notes: Notes) -> None:
    for name, info in files.entries.items():
        if info.compress_type != zipfile.ZIP_STORED:
            notes.add("i3s_package", "compressed", locator=name)
    if INDEX in files and files.entries:
        try:
            judge_index(files, notes)
        except OSError as problem:
            notes.add("i3s_hash", "unreadable_json", found=problem, locator=INDEX)


def _judge_layer(layer: Mapping[str, Any], notes: Notes) -> None:
    where = "3dSceneLayer"
    for member in _REQUIRED:
        if member not in layer and not (layer.get("layerType") == "Building" and member == "store"):
            notes.add("i3s_layer", "missing", expected=member, locator=where)
    kind = layer.get("layerType")
    if kind is not None and not (isinstance(kind, str) and kind in _TYPES):
        notes.add("i3s_layer", "layer_type", found=kind, expected=" | ".join(sorted(_TYPES)), locator=where)
    capabilities = layer.get("capabilities")
    for word in capabilities if isinstance(capabilities, list) else ():
        if not (isinstance(word, str) and word in _CAPABILITIES):
            expected = " | ".join(sorted(_CAPABILITIES))
            notes.add("i3s_layer", "capability", found=word, expected=expected, locator=where)
    if not isinstance(layer.get("spatialReference"), dict):
        notes.add("i3s_layer", "missing", expected="spatialReference", locator=where)


def _nodes(files: PackedFiles, layer: Mapping[str, Any], notes: Notes) -> int | None:
    if find_page(files, 0) is not None:
        return len(read_nodes(files, notes))
    if layer.get("nodePages") is not None and layer.get("layerType") != "Building":
        notes.add("i3s_resource", "page", found="nodepages/0")
        return None
    notes.add("i3s_not_judged", "old_nodes")
    return None


def _code(number: object) -> str | None:
    return f"EPSG:{number}" if type(number) is int and 0 < number < 100_000 else None


def _facts(
    files: PackedFiles, layer: Mapping[str, Any], nodes: int | None, demand: Demand, name: str, notes: Notes
) -> Facts:
    reference = layer.get("spatialReference")
    system: Mapping[str, Any] = reference if isinstance(reference, dict) else {}
    store = layer.get("store")
    stored: Mapping[str, Any] = store if isinstance(store, dict) else {}
    crs = _code(system.get("latestWkid", system.get("wkid")))
    height = _code(system.get("latestVcsWkid", system.get("vcsWkid")))
    fields: dict[str, Any] = {
        "layer_type": _text(layer.get("layerType")),
        "version": _text(stored.get("version")),
        "profile": _text(stored.get("profile")),
        "crs": crs or _text(system.get("wkt")),
        "height_datum": height,
        "nodes": nodes,
        "files": len(files.sizes),
        "bytes": sum(files.sizes.values()),
        "index": INDEX in files,
    }
    extent = stored.get("extent")
    if isinstance(extent, list) and len(extent) == 4:
        fields |= {side: each if type(each) in (int, float) else None
                   for side, each in zip(("west", "south", "east", "north"), extent, strict=True)}  # fmt: skip
    stem = name.rpartition("/")[2].rpartition("!")[2]
    record = Record("scenelayer", stem, _text(layer.get("name")) or stem, stem, fields)
    dataset = {
        "name": stem,
        "format": "i3s",
        "schema": f"I3S {fields['version']}" if fields["version"] else None,
        "crs": crs,
        "height_datum": height,
        "count": nodes,
    }
    counts = {"nodes": nodes or 0, "files": len(files.sizes)}
    told = {"i3s": dict(fields)}
    return facts_of_records([record], demand, format="i3s", datasets=[dataset], notes=notes, whole=told, counts=counts)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
