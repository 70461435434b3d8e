"""Property tables: columns of every type, right ones and ones with one thing wrong."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest

from tests.tiles.building import defects_of, padded
from tests.tiles.test_subtrees import implicit_tileset

PROPERTIES: dict[str, Any] = {
    "height": {"type": "SCALAR", "componentType": "FLOAT32", "max": 10, "noData": -1},
    "use": {"type": "ENUM", "enumType": "use"},
    "flat": {"type": "BOOLEAN"},
    "name": {"type": "STRING"},
    "corners": {"type": "VEC2", "componentType": "UINT16", "array": True, "count": 2},
    "years": {"type": "SCALAR", "componentType": "INT16", "array": True},
    "owners": {"type": "STRING", "array": True},
}
#: property -> name of the index -> bytes, for the five tiles of a full quadtree of two levels.
COLUMNS: dict[str, dict[str, bytes]] = {
    "height": {"values": np.array([1, 2, -1, 4, 10], "<f4").tobytes()},
    "use": {"values": np.array([0, 1, 1, 0, 1], "<u2").tobytes()},
    "flat": {"values": b"\x15"},
    "name": {"values": b"abcde", "stringOffsets": np.array([0, 1, 1, 3, 4, 5], "<u4").tobytes()},
    "corners": {"values": np.arange(20, dtype="<u2").tobytes()},
    "years": {
        "values": np.arange(4, dtype="<i2").tobytes(),
        "arrayOffsets": np.array([0, 1, 1, 1, 3, 4], "<u4").tobytes(),
    },
    "owners": {
        "values": b"xyz",
        "arrayOffsets": np.array([0, 0, 1, 1, 1, 2], "<u4").tobytes(),
        "stringOffsets": np.array([0, 2, 3], "<u4").tobytes(),
    },
}


def files(
    columns: dict[str, dict[str, bytes]], *, rows: int = 5, more: dict[str, Any] | None = None, required: bool = False
) -> dict[str, Any]:
    body, views, table = b"", [], {}
    for name, parts in columns.items():
        table[name] = dict(more or {}) if name == "height" else {}
        for index, data in parts.items():
            table[name][index] = len(views)
            views.append({"buffer": 0, "byteOffset": len(body), "byteLength": len(data)})
            body += padded(data, b"\0")
    subtree = {
        "buffers": [{"uri": "b.bin", "byteLength": len(body)}],
        "bufferViews": views,
        "propertyTables": [{"class": "tile", "count": rows, "properties": table}],
        "tileAvailability": {"constant": 1},
        "childSubtreeAvailability": {"constant": 0},
        "tileMetadata": 0,
    }
    tileset = implicit_tileset("QUADTREE", 2, 2)
    del tileset["root"]["content"]
    properties = {**PROPERTIES, "extra": {"type": "BOOLEAN", "required": True}} if required else PROPERTIES
    tileset["schema"] = {
        "id": "s",
        "classes": {"tile": {"properties": properties}},
        "enums": {"use": {"values": [{"name": "no", "value": 0}, {"name": "yes", "value": 1}]}},
    }
    return {"tileset.json": tileset, "s/0/0/0.subtree": subtree, "s/0/0/b.bin": body}


def changed(name: str, index: str, data: bytes) -> dict[str, dict[str, bytes]]:
    return {**COLUMNS, name: {**COLUMNS[name], index: data}}


def test_right_columns() -> None:
    assert defects_of(files(COLUMNS)) == set()


@pytest.mark.parametrize(
    ("columns", "detail"),
    [
        (changed("height", "values", bytes(16)), "values_length"),
        (changed("height", "values", struct.pack("<5f", 1, 1, 1, 1, float("inf"))), "not_finite"),
        (changed("use", "values", np.array([0, 1, 1, 0, 2], "<u2").tobytes()), "enum_value"),
        (changed("flat", "values", b"\x15\0"), "values_length"),
        (changed("name", "values", b"abcd"), "values_length"),
        (changed("name", "stringOffsets", np.array([0, 1, 1, 3, 2, 5], "<u4").tobytes()), "offsets_fall"),
        (changed("name", "stringOffsets", bytes(20)), "offsets_length"),
        (changed("name", "arrayOffsets", bytes(24)), "offsets_unneeded"),
        (changed("years", "arrayOffsets", np.array([0, 1, 1, 1, 3, 5], "<u4").tobytes()), "values_length"),
        ({**COLUMNS, "name": {"values": b"abcde"}}, "offsets_missing"),
    ],
)
def test_columns_with_one_thing_wrong(columns: dict[str, dict[str, bytes]], detail: str) -> None:
    assert defects_of(files(columns)) == {("property_table", detail)}


def test_values_keep_the_bounds_of_their_class() -> None:
    columns = changed("height", "values", np.array([1, 2, -1, 4, 11], "<f4").tobytes())
    assert defects_of(files(columns)) == {("metadata_value", "above_maximum")}


def test_a_table_says_its_own_minimum_and_maximum() -> None:
    assert defects_of(files(COLUMNS, more={"min": 1, "max": 10})) == set()  # -1 is no value
    assert defects_of(files(COLUMNS, more={"min": 0, "max": 10})) == {("property_table", "minimum_differs")}


def test_there_is_a_row_for_each_tile() -> None:
    columns = {"flat": {"values": b"\1"}}
    assert defects_of(files(columns, rows=4)) == {("property_table", "row_count")}


def test_names_of_columns_are_those_of_the_class() -> None:
    assert defects_of(files({**COLUMNS, "other": {"values": b"\1"}})) == {("identifier", "property")}
    assert defects_of(files(COLUMNS, required=True)) == {("metadata_value", "required")}
