"""Small tilesets and contents, made to be right, so that one change at a time can make them wrong."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts
from cimkit.readers.tiles.defects import DEFECTS
from cimkit.readers.tiles.opener import MemoryOpener
from cimkit.readers.tiles.reader import read_tileset
from cimkit.readers.tiles.subtree import Tiling

EVERY_DEFECT = Demand(defects=frozenset(DEFECTS))
BOX = [0, 0, 10, 100, 0, 0, 0, 100, 0, 0, 0, 10]
INNER_BOX = [10, 10, 10, 20, 0, 0, 0, 20, 0, 0, 0, 10]


def as_bytes(files: Mapping[str, Any]) -> dict[str, bytes]:
    """Names and contents; what is no bytes is written as JSON."""
    return {name: each if isinstance(each, bytes) else json.dumps(each).encode() for name, each in files.items()}


def read(
    files: Mapping[str, Any],
    name: str = "tileset.json",
    demand: Demand = EVERY_DEFECT,
    *,
    kind: str | None = None,
    tiling: Tiling | None = None,
) -> Facts:
    """The facts of files in memory."""
    return read_tileset(MemoryOpener(as_bytes(files)), demand, name=name, kind=kind, tiling=tiling)


def found(facts: Facts) -> set[tuple[str, str]]:
    """Kind (without `tiles_`) and detail of each defect."""
    return {
        (kind.removeprefix("tiles_"), detail) for kind, detail in facts.defects.select("kind", "detail").iter_rows()
    }


def defects_of(files: Mapping[str, Any], name: str = "tileset.json", **options: Any) -> set[tuple[str, str]]:
    return found(read(files, name, **options))


def padded(data: bytes, fill: bytes = b" ", to: int = 8, offset: int = 0) -> bytes:
    return data + fill * (-(len(data) + offset) % to)


def gltf_document(length: int = 36) -> dict[str, Any]:
    """One triangle."""
    return {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "type": "VEC3",
                "count": 3,
                "min": [0, 0, 0],
                "max": [1, 1, 0],
            },
            {"bufferView": 1, "componentType": 5123, "type": "SCALAR", "count": 3},
        ],
        "bufferViews": [{"buffer": 0, "byteLength": length}, {"buffer": 0, "byteOffset": length, "byteLength": 6}],
        "buffers": [{"byteLength": length + 6}],
    }


TRIANGLE = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], "<f4").tobytes() + np.array([0, 1, 2], "<u2").tobytes()


def glb(document: Mapping[str, Any] | None = None, binary: bytes = TRIANGLE) -> bytes:
    text = padded(json.dumps(document or gltf_document()).encode(), to=4)
    body = padded(binary, b"\0", 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(body), 0x004E4942) + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def legacy(
    magic: bytes,
    feature: Mapping[str, Any],
    body: bytes = b"",
    batch: Mapping[str, Any] | None = None,
    batch_body: bytes = b"",
    rest: bytes = b"",
    extra: bytes = b"",
) -> bytes:
    """A b3dm, i3dm (extra: the form of its glTF) or pnts tile, padded as it must be."""
    start = 28 + len(extra)
    text = padded(json.dumps(feature).encode(), offset=start)
    body = padded(body, b"\0")
    batch_text = padded(json.dumps(batch).encode()) if batch is not None else b""
    batch_body = padded(batch_body, b"\0")
    rest = padded(rest, b"\0" if rest.startswith(b"glTF") else b" ")
    lengths = (len(text), len(body), len(batch_text), len(batch_body))
    total = start + sum(lengths) + len(rest)
    head = struct.pack("<4sIIIIII", magic, 1, total, *lengths) + extra
    return head + text + body + batch_text + batch_body + rest


def schema() -> dict[str, Any]:
    return {
        "id": "city",
        "classes": {
            "building": {
                "properties": {
                    "height": {"type": "SCALAR", "componentType": "FLOAT32", "min": 0, "required": True},
                    "use": {"type": "ENUM", "enumType": "use", "noData": "other"},
                    "owners": {"type": "STRING", "array": True},
                    "share": {"type": "VEC2", "componentType": "UINT8", "normalized": True, "scale": [2, 2]},
                }
            },
            "tile": {
                "properties": {
                    "error": {"type": "SCALAR", "componentType": "FLOAT64", "semantic": "TILE_GEOMETRIC_ERROR"},
                }
            },
        },
        "enums": {"use": {"values": [{"name": "other", "value": 0}, {"name": "home", "value": 1}]}},
    }


def tileset() -> dict[str, Any]:
    """A tileset with a bit of everything that stands in its JSON."""
    return {
        "asset": {"version": "1.1", "tilesetVersion": "a", "generator": "by hand"},
        "properties": {"Height": {"minimum": 1, "maximum": 2}},
        "geometricError": 500,
        "schema": schema(),
        "groups": [{"class": "building", "properties": {"height": 3.5}}],
        "metadata": {
            "class": "building",
            "properties": {"height": 12.5, "use": "home", "owners": ["a", "b"], "share": [0, 255]},
        },
        "statistics": {
            "classes": {
                "building": {
                    "count": 2,
                    "properties": {"height": {"min": 1, "max": 5}, "use": {"occurrences": {"home": 2}}},
                }
            }
        },
        "root": {
            "boundingVolume": {"box": BOX},
            "geometricError": 100,
            "refine": "ADD",
            "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1000, 2000, 3000, 1],
            "content": {"uri": "a.glb", "group": 0, "boundingVolume": {"box": INNER_BOX}},
            "children": [
                {
                    "boundingVolume": {"sphere": [0, 0, 10, 5]},
                    "geometricError": 10,
                    "metadata": {"class": "tile", "properties": {"error": 9}},
                    "contents": [{"uri": "b.glb?v=1"}, {"uri": "sub/c.b3dm"}],
                },
                {"boundingVolume": {"box": INNER_BOX}, "geometricError": 0, "content": {"uri": "more.json"}},
            ],
        },
    }


def external() -> dict[str, Any]:
    return {
        "asset": {"version": "1.1"},
        "geometricError": 0,
        "root": {
            "boundingVolume": {"box": INNER_BOX},
            "geometricError": 0,
            "refine": "REPLACE",
            "content": {"uri": "a.glb"},
        },
    }


def files() -> dict[str, Any]:
    return {
        "tileset.json": tileset(),
        "more.json": external(),
        "a.glb": glb(),
        "b.glb": glb(),
        "sub/c.b3dm": legacy(b"b3dm", {"BATCH_LENGTH": 0}, rest=glb()),
    }
