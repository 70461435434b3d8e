"""Contents of each format, right ones and ones with one thing wrong."""

from __future__ import annotations

import copy
import struct
from typing import Any

import numpy as np
import pytest

from tests.tiles.building import TRIANGLE, as_bytes, defects_of, found, glb, gltf_document, legacy, read

POSITIONS = np.zeros((4, 3), "<f4").tobytes()
INSTANCES = {"INSTANCES_LENGTH": 4, "POSITION": {"byteOffset": 0}}
POINTS = {"POINTS_LENGTH": 4, "POSITION": {"byteOffset": 0}, "RGB": {"byteOffset": 48}}
EMBEDDED = struct.pack("<I", 1)
BY_URI = struct.pack("<I", 0)


def content(data: bytes, **beside: Any) -> set[tuple[str, str]]:
    return defects_of({"it": data, **beside}, "it", kind="content")


def composite(*tiles: bytes) -> bytes:
    body = b"".join(tiles)
    return struct.pack("<4sIII", b"cmpt", 1, 16 + len(body), len(tiles)) + body


B3DM = legacy(b"b3dm", {"BATCH_LENGTH": 0}, rest=glb())
I3DM = legacy(b"i3dm", INSTANCES, POSITIONS, rest=glb(), extra=EMBEDDED)
PNTS = legacy(b"pnts", POINTS, POSITIONS + bytes(12), {"name": ["a", "b", "c", "d"]})


@pytest.mark.parametrize("data", [glb(), B3DM, I3DM, PNTS, composite(B3DM, I3DM), composite(composite(PNTS))])
def test_right_contents(data: bytes) -> None:
    assert content(data) == set()


def test_what_contents_hold_is_summed() -> None:
    document = {
        "asset": {"version": "1.1"},
        "geometricError": 1,
        "root": {
            "boundingVolume": {"sphere": [0, 0, 0, 1]},
            "geometricError": 1,
            "refine": "ADD",
            "contents": [{"uri": "it"}, {"uri": "it"}],
        },
    }
    facts = read({"it": composite(I3DM, PNTS), "tileset.json": document})
    assert {
        name: facts.counts[name] for name in ("instances_length", "points_length", "inner_tiles", "files_cmpt")
    } == {
        "instances_length": 4,
        "points_length": 4,
        "inner_tiles": 2,
        "files_cmpt": 1,
    }


def with_field(data: bytes, offset: int, value: int) -> bytes:
    return data[:offset] + struct.pack("<I", value) + data[offset + 4 :]


@pytest.mark.parametrize(
    ("data", "defect"),
    [
        (b"what", ("content", "unknown_format")),
        (b"b3dm", ("binary", "too_short")),
        (with_field(B3DM, 4, 2), ("binary", "version")),
        (with_field(B3DM, 8, len(B3DM) + 8), ("binary", "length")),
        (B3DM + b"1234", ("binary", "length")),
        (with_field(B3DM[:-4], 8, len(B3DM) - 4), ("binary", "alignment")),
        (legacy(b"b3dm", {}, rest=glb()), ("missing", "property")),
        (legacy(b"b3dm", {"BATCH_LENGTH": 2}, rest=glb()), ("content", "batch_id_missing")),
        (legacy(b"b3dm", {"BATCH_LENGTH": 0, "OTHER": 1}, rest=glb()), ("content", "unknown_semantic")),
        (legacy(b"b3dm", {"BATCH_LENGTH": 0}), ("content", "gltf_missing")),
        (legacy(b"b3dm", {"BATCH_LENGTH": 2}, b"", {"a": [1]}, rest=glb()), ("content", "batch_length")),
        (legacy(b"i3dm", {"INSTANCES_LENGTH": 1}, rest=glb(), extra=EMBEDDED), ("content", "position_missing")),
        (legacy(b"i3dm", INSTANCES, POSITIONS[:40], rest=glb(), extra=EMBEDDED), ("content", "exceeds_body")),
        (
            legacy(b"i3dm", {**INSTANCES, "NORMAL_UP": {"byteOffset": 0}}, POSITIONS, rest=glb(), extra=EMBEDDED),
            ("content", "semantic_missing"),
        ),
        (legacy(b"i3dm", INSTANCES, POSITIONS, rest=b"gone.glb", extra=BY_URI), ("file", "missing")),
        (legacy(b"i3dm", INSTANCES, POSITIONS, rest=b"a.glb\0\0\0", extra=BY_URI), ("binary", "padding")),
        (legacy(b"i3dm", INSTANCES, POSITIONS, rest=glb(), extra=struct.pack("<I", 2)), ("binary", "gltf_format")),
        (legacy(b"pnts", {**POINTS, "RGB": {"byteOffset": 60}}, POSITIONS + bytes(16)), ("content", "exceeds_body")),
        (legacy(b"pnts", {**POINTS, "POSITION": {"byteOffset": 2}}, bytes(99)), ("content", "alignment")),
        (legacy(b"pnts", {**POINTS, "POSITION": [0, 0, 0]}, bytes(99)), ("type", "property")),
        (with_field(composite(B3DM), 12, 2), ("binary", "inner_tile")),
        (glb().replace(b"glTF", b"glTX"), ("content", "unknown_format")),
        (with_field(glb(), 4, 1), ("binary", "version")),
        (with_field(glb(), 8, 20), ("binary", "length")),
        (glb()[:-8], ("binary", "length")),
        (b"\xc0{}", ("content", "unknown_format")),
        (b"{]", ("json", "syntax")),
        (b'{"a": 1}', ("content", "unknown_format")),
        (b"vctr" + bytes(40), ("not_read", "format")),
    ],
)
def test_one_thing_wrong(data: bytes, defect: tuple[str, str]) -> None:
    assert defect in content(data, **{"a.glb": glb()})


def changed(*steps: Any) -> dict[str, Any]:
    *path, name, value = steps
    document = copy.deepcopy(gltf_document())
    target: Any = document
    for step in path:
        target = target[step]
    target[name] = value
    return document


@pytest.mark.parametrize(
    ("steps", "defect"),
    [
        (("asset", "version", "1.0"), ("gltf", "version")),
        (("asset", "minVersion", "2.1"), ("gltf", "version")),
        (("scene", 1), ("gltf", "reference")),
        (("nodes", 0, "mesh", 3), ("gltf", "reference")),
        (("nodes", 0, "children", [0]), ("gltf", "circle")),
        (("nodes", [{"mesh": 0}, {"name": "empty"}]), ("practice", "unused_object")),
        (("materials", [{}]), ("practice", "unused_object")),
        (("buffers", 0, "byteLength", 99), ("gltf", "buffer_shorter")),
        (("buffers", 0, "byteLength", 36), ("gltf", "binary_chunk_longer")),
        (("bufferViews", 0, "byteLength", 60), ("gltf", "view_exceeds_buffer")),
        (("accessors", 0, "count", 4), ("gltf", "accessor_exceeds_view")),
        (("accessors", 0, "byteOffset", 2), ("gltf", "alignment")),
        (("accessors", 0, "max", [1, 2, 0]), ("gltf", "maximum_differs")),
        (("accessors", 0, "componentType", 5), ("gltf", "component_type")),
        (("accessors", 0, "type", "VEC5"), ("value", "list")),
        (("accessors", 1, "componentType", 5122), ("gltf", "indices_form")),
        (("meshes", 0, "primitives", 0, "attributes", {"POSITION": 1}), ("gltf", "attribute_form")),
        (("meshes", 0, "primitives", 0, "attributes", {}), ("length", "object")),
        (("meshes", 0, "primitives", 0, "material", 0), ("gltf", "reference")),
        (("images", [{}]), ("gltf", "image_source")),
        (("images", [{"uri": "gone.png"}]), ("file", "missing")),
        (("materials", [{"normalTexture": {"index": 0}}]), ("gltf", "reference")),
        (("nodes", 0, "extensions", {"X": {}}), ("gltf", "extension_not_declared")),
        (("extensionsRequired", ["X"]), ("gltf", "extension_not_declared")),
    ],
)
def test_gltf_with_one_thing_wrong(steps: tuple[Any, ...], defect: tuple[str, str]) -> None:
    assert defect in content(glb(changed(*steps)))


def test_indices_stay_below_the_number_of_vertices() -> None:
    binary = TRIANGLE[:-2] + struct.pack("<H", 3)
    assert content(glb(binary=binary)) == {("gltf", "index_range")}


def test_positions_that_are_no_numbers() -> None:
    binary = struct.pack("<f", float("nan")) + TRIANGLE[4:]
    assert content(glb(binary=binary)) == {("gltf", "not_finite")}


def test_a_gltf_with_its_buffer_beside_it_or_inside_it() -> None:
    import base64

    document = gltf_document()
    document["buffers"][0]["uri"] = "it.bin"
    data = as_bytes({"it": document})["it"]
    assert content(data, **{"it.bin": TRIANGLE}) == set()
    assert content(data) == {("file", "missing")}
    document["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64.b64encode(TRIANGLE).decode()
    assert content(as_bytes({"it": document})["it"]) == set()
    document["buffers"][0]["uri"] = "data:application/octet-stream;base64,&"
    assert content(as_bytes({"it": document})["it"]) == {("file", "not_a_uri")}


def test_places_in_binary_files_are_bytes_of_the_file() -> None:
    """The glTF inside a b3dm inside a composite is at fault: the byte is one of the composite."""
    inner = with_field(glb(), 4, 9)
    tile = legacy(b"b3dm", {"BATCH_LENGTH": 0}, rest=inner)
    data = composite(B3DM, tile)
    facts = read({"it": data}, "it", kind="content")
    assert found(facts) == {("binary", "version")}
    assert facts.defects["locator"].to_list() == [f"it@{data.rindex(b'glTF') + 4}"]


def test_accessors_with_a_stride_and_matrices() -> None:
    """MAT3 of bytes: columns are padded to 4 bytes."""
    values = np.arange(48, dtype=np.uint8)
    document = {
        "asset": {"version": "2.0"},
        "accessors": [
            {"bufferView": 0, "componentType": 5121, "type": "MAT3", "count": 4, "min": [0, 1, 2, 4, 5, 6, 8, 9, 10]},
            {"bufferView": 1, "componentType": 5123, "type": "SCALAR", "count": 3, "max": [256 * 17 + 16]},
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": 48},
            {"buffer": 0, "byteLength": 24, "byteStride": 8},
        ],
        "buffers": [{"byteLength": 48}],
    }
    assert content(glb(document, values.tobytes())) == {("practice", "unused_object")}  # only its values are wanted
