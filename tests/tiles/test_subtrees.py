"""Implicit tilings: availability that is right in any shape, and each way in which it can be wrong."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.readers.tiles.availability import level_slices, morton_coordinates, node_count
from cimkit.readers.tiles.subtree import Tiling
from tests.tiles.building import defects_of, found, glb, padded, read

Bits = np.ndarray[Any, np.dtype[np.bool_]]


def implicit_tileset(scheme: str, subtree_levels: int, levels: int) -> dict[str, Any]:
    variables = "{level}/{x}/{y}" + ("/{z}" if scheme == "OCTREE" else "")
    return {
        "asset": {"version": "1.1"},
        "geometricError": 9,
        "root": {
            "boundingVolume": {"box": [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]},
            "geometricError": 9,
            "refine": "ADD",
            "content": {"uri": f"c/{variables}.glb"},
            "implicitTiling": {
                "subdivisionScheme": scheme,
                "subtreeLevels": subtree_levels,
                "availableLevels": levels,
                "subtrees": {"uri": f"s/{variables}.subtree"},
            },
        },
    }


def subtree_file(tiles: Bits, contents: Bits, children: Bits) -> bytes:
    """The binary form, every availability a bit stream."""
    body, views = b"", []
    for bits in (tiles, contents, children):
        data = np.packbits(bits, bitorder="little").tobytes()
        views.append({"buffer": 0, "byteOffset": len(body), "byteLength": len(data)})
        body += padded(data, b"\0")
    document = {
        "buffers": [{"byteLength": len(body)}],
        "bufferViews": views,
        "tileAvailability": {"bitstream": 0, "availableCount": int(tiles.sum())},
        "contentAvailability": [{"bitstream": 1, "availableCount": int(contents.sum())}],
        "childSubtreeAvailability": {"bitstream": 2, "availableCount": int(children.sum())},
    }
    return binary(document, body)


def binary(document: dict[str, Any], body: bytes) -> bytes:
    import json

    text = padded(json.dumps(document).encode())
    return struct.pack("<4sIQQ", b"subt", 1, len(text), len(body)) + text + body


def interleaved(coordinates: tuple[int, ...]) -> int:
    """Morton index by its definition."""
    index = 0
    for bit in range(20):
        for dimension, value in enumerate(coordinates):
            index |= (value >> bit & 1) << (bit * len(coordinates) + dimension)
    return index


@given(st.lists(st.tuples(*[st.integers(0, 1000)] * 3), min_size=1, max_size=20))
def test_morton_coordinates_undo_interleaving(points: list[tuple[int, int, int]]) -> None:
    for dimensions in (2, 3):
        cut = [point[:dimensions] for point in points]
        index = np.array([interleaved(point) for point in cut], np.int64)
        assert list(zip(*(c.tolist() for c in morton_coordinates(index, dimensions)), strict=True)) == cut


def test_levels_follow_one_another() -> None:
    assert node_count(4, 3) == 21
    assert node_count(8, 2) == 9
    assert level_slices(4, 3) == [slice(0, 1), slice(1, 5), slice(5, 21)]


@st.composite
def trees(draw: st.DrawFn) -> tuple[str, int, int, set[tuple[int, ...]], set[tuple[int, ...]]]:
    """Scheme, levels of subtrees, levels in all, tiles (level, x, y ...) closed upwards, tiles with content."""
    scheme = draw(st.sampled_from(["QUADTREE", "OCTREE"]))
    subtree_levels, levels = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    dimensions = 3 if scheme == "OCTREE" else 2
    tiles: set[tuple[int, ...]] = {(0,) * (dimensions + 1)}
    for _ in range(draw(st.integers(0, 6))):
        level = draw(st.integers(0, levels - 1))
        point = tuple(draw(st.integers(0, 2**level - 1)) for _ in range(dimensions))
        for up in range(level + 1):
            tiles.add((level - up, *(value >> up for value in point)))
    contents = {tile for tile in sorted(tiles) if draw(st.booleans())}
    return scheme, subtree_levels, levels, tiles, contents


def written(tree: tuple[str, int, int, set[tuple[int, ...]], set[tuple[int, ...]]]) -> dict[str, Any]:
    """The files of a tree."""
    scheme, depth, levels, tiles, contents = tree
    branching = 8 if scheme == "OCTREE" else 4
    files: dict[str, Any] = {"tileset.json": implicit_tileset(scheme, depth, levels)}
    slices = level_slices(branching, depth)
    for root in (tile for tile in tiles if tile[0] % depth == 0):
        bits = {name: np.zeros(node_count(branching, depth), bool) for name in ("tiles", "contents")}
        children = np.zeros(branching**depth, bool)
        for tile in tiles:
            local = tile[0] - root[0]
            if not 0 <= local <= depth or tuple(value >> local for value in tile[1:]) != root[1:]:
                continue
            index = interleaved(tuple(value & (2**local - 1) for value in tile[1:]))
            if local == depth:
                children[index] = True
            else:
                bits["tiles"][slices[local].start + index] = True
                bits["contents"][slices[local].start + index] = tile in contents
        name = "/".join(map(str, root))
        files[f"s/{name}.subtree"] = subtree_file(bits["tiles"], bits["contents"], children)
    for tile in contents:
        files[f"c/{'/'.join(map(str, tile))}.glb"] = glb()
    return files


@given(trees())
def test_any_tree_is_read_whole(tree: tuple[str, int, int, set[tuple[int, ...]], set[tuple[int, ...]]]) -> None:
    facts = read(written(tree))
    assert found(facts) == set()
    _, depth, _, tiles, contents = tree
    assert facts.counts["tiles"] == len(tiles)
    assert facts.counts["contents"] == len(contents)
    assert facts.counts["subtrees"] == sum(tile[0] % depth == 0 for tile in tiles)


@given(trees())
def test_parents_of_implicit_tiles_are_the_tiles_above(
    tree: tuple[str, int, int, set[tuple[int, ...]], set[tuple[int, ...]]],
) -> None:
    from cimkit.facts.demand import everything

    facts = read(written(tree), demand=everything())
    links = facts.links["TILEPARENT"]
    keys = facts.describe(np.arange(len(facts), dtype=np.int32))["id"].to_list()
    for sid, target in zip(links.sid.tolist(), links.target.tolist(), strict=True):
        tile = tuple(map(int, keys[sid].split("/")))
        parent = (tile[0] - 1, *(value >> 1 for value in tile[1:]))
        expected = "/root" if parent[0] == 0 else "/".join(map(str, parent))
        assert keys[target] == expected


SPARSE = ("QUADTREE", 2, 4, {(0, 0, 0), (1, 1, 0), (2, 3, 1), (3, 6, 2)}, {(1, 1, 0), (3, 6, 2)})


def test_files_that_availability_promises() -> None:
    files = written(SPARSE)
    assert defects_of(files) == set()
    for name in ("s/2/3/1.subtree", "c/3/6/2.glb"):
        assert defects_of({key: each for key, each in files.items() if key != name}) - {
            ("orphan", "not_referred_to")
        } == {("file", "missing")}


TILING = Tiling("QUADTREE", 2, 4)
ONES = {"constant": 1}
NONE = {"constant": 0}
RIGHT = {"tileAvailability": ONES, "contentAvailability": [ONES], "childSubtreeAvailability": ONES}
BUFFER = {
    "buffers": [{"uri": "b.bin", "byteLength": 32}],
    "bufferViews": [{"buffer": 0, "byteOffset": 0, "byteLength": 1}],
}


def subtree(document: Any, *, body: bytes = b"\x1f" + bytes(31)) -> set[tuple[str, str]]:
    return defects_of({"it": document, "b.bin": body}, "it", kind="subtree", tiling=TILING)


@pytest.mark.parametrize(
    ("change", "defect"),
    [
        ({}, None),
        ({**BUFFER, "tileAvailability": {"bitstream": 0, "availableCount": 5}}, None),
        ({**BUFFER, "tileAvailability": {"bitstream": 0, "availableCount": 4}}, ("subtree", "count")),
        ({"tileAvailability": {"constant": 1, "availableCount": 4}}, ("subtree", "count")),
        ({"tileAvailability": NONE}, ("subtree", "no_tile")),
        ({"tileAvailability": {}}, ("missing", "any_of")),
        ({"tileAvailability": {"constant": 2}}, ("value", "list")),
        ({"tileAvailability": {"constant": 1, "bitstream": 0}}, ("value", "one_of")),
        ({"tileAvailability": {"bitstream": 0}}, ("identifier", "buffer_view")),
        ({"tileMetadata": 0}, ("missing", "dependency")),
        ({"contentMetadata": ["0"]}, ("type", "element")),
        ({"contentAvailability": []}, ("length", "array")),
        ({"buffers": [{"byteLength": 3}]}, ("missing", "dependency")),
        ({"buffers": [{"uri": "b.bin", "byteLength": 99}]}, ("buffer", "shorter_than_said")),
        ({"buffers": [{"uri": "b.bin", "byteLength": 8}]}, ("practice", "buffers_without_views")),
        ({"buffers": [{"uri": "data:,a", "byteLength": 1}]}, ("buffer", "data_uri")),
        ({**BUFFER, "bufferViews": [{"buffer": 0, "byteOffset": 4, "byteLength": 1}]}, ("buffer", "alignment")),
        ({**BUFFER, "bufferViews": [{"buffer": 0, "byteOffset": 32, "byteLength": 1}]}, ("buffer", "exceeds_buffer")),
        ({**BUFFER, "bufferViews": [{"buffer": 1, "byteOffset": 0, "byteLength": 1}]}, ("identifier", "buffer")),
        ({"bufferViews": BUFFER["bufferViews"]}, ("missing", "dependency")),
        (
            {**BUFFER, "childSubtreeAvailability": {"bitstream": 0}},
            ("subtree", "length"),
        ),
    ],
)
def test_one_change_to_a_subtree(change: dict[str, Any], defect: tuple[str, str] | None) -> None:
    defects = subtree({**RIGHT, **change})
    assert defects == set() if defect is None else defect in defects


@pytest.mark.parametrize(
    ("bits", "defect"),
    [(0b00011, None), (0b00010, ("subtree", "parent_missing")), (0b100001, ("subtree", "unused_bits"))],
)
def test_bits_of_tiles(bits: int, defect: tuple[str, str] | None) -> None:
    document = {**RIGHT, **BUFFER, "tileAvailability": {"bitstream": 0}, "contentAvailability": [NONE]}
    defects = subtree({**document, "childSubtreeAvailability": NONE}, body=bytes([bits]) + bytes(31))
    assert defects == set() if defect is None else defect in defects


def test_contents_and_children_need_tiles() -> None:
    document = {**RIGHT, **BUFFER, "tileAvailability": {"bitstream": 0}}
    defects = subtree(document, body=b"\x01" + bytes(31))
    assert {("subtree", "content_without_tile"), ("subtree", "parent_missing")} <= defects


def test_nothing_is_available_below_the_last_level() -> None:
    assert defects_of({"it": RIGHT}, "it", kind="subtree", tiling=Tiling("QUADTREE", 2, 2)) == {
        ("subtree", "beyond_levels")
    }


@pytest.mark.parametrize(
    ("offset", "value", "defect"),
    [
        (0, b"subx", ("binary", "magic")),
        (4, b"\x02", ("binary", "version")),
        (8, b"\xff", ("binary", "length")),
        (16, b"\xff", ("binary", "length")),
    ],
)
def test_headers_of_binary_subtrees(offset: int, value: bytes, defect: tuple[str, str]) -> None:
    data = bytearray(binary(RIGHT, b""))
    data[offset : offset + len(value)] = value
    assert defect in defects_of({"it": bytes(data)}, "it", kind="subtree", tiling=TILING)


def test_padding_of_binary_subtrees() -> None:
    right = {**RIGHT, **BUFFER, "buffers": [{"byteLength": 1}]}
    assert subtree(binary(right, bytes(8))) == set()
    assert subtree(binary(right, b"\0\0\0\1\0\0\0\0")) == {("binary", "padding")}
    assert subtree(binary(right, bytes(4))) == {("binary", "alignment")}
    assert subtree(binary(right, bytes(16))) == {("buffer", "longer_than_said")}


# --- the root of an implicit tiling ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "defect"),
    [
        ({"children": []}, ("implicit", "children")),
        ({"metadata": {"class": "a"}}, ("implicit", "metadata")),
        ({"boundingVolume": {"sphere": [0, 0, 0, 1]}}, ("implicit", "sphere")),
        ({"content": {"uri": "c/{level}/{x}.glb"}}, ("implicit", "missing_variable")),
        ({"content": {"uri": "c/{level}/{x}/{y}/{z}.glb"}}, ("implicit", "unknown_variable")),
        (
            {"content": {"uri": "c/{level}/{x}/{y}.glb", "boundingVolume": {"box": [0] * 12}}},
            ("implicit", "content_volume"),
        ),
    ],
)
def test_what_an_implicit_root_must_not_have(change: dict[str, Any], defect: tuple[str, str]) -> None:
    document = implicit_tileset("QUADTREE", 2, 4)
    document["root"].update(change)
    assert defect in defects_of({**written(SPARSE), "tileset.json": document})


def test_constants_can_promise_more_than_a_source_may_have() -> None:
    """A few bytes that stand for millions of tiles are not followed for ever, and that is said."""
    from cimkit.readers.tiles.opener import MemoryOpener
    from cimkit.readers.tiles.reader import read_tileset
    from cimkit.sources.limits import Limits
    from tests.tiles.building import EVERY_DEFECT, as_bytes

    files = {"tileset.json": implicit_tileset("QUADTREE", 5, 30), "s/0/0/0.subtree": RIGHT}
    opener = MemoryOpener(as_bytes(files))
    facts = read_tileset(opener, EVERY_DEFECT, name="tileset.json", limits=Limits(members=100))
    assert ("not_read", "too_many_files") in found(facts)
    assert facts.defects.height < 120
