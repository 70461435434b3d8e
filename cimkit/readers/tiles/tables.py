"""Feature tables and batch tables of the 1.0 formats: a JSON header and a binary body.

Source: OGC 18-053r2 / 22-025r4, Feature Table, Batch Table, and the semantics of b3dm, i3dm and pnts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.readers.tiles.defects import Ledger, Place
from cimkit.readers.tiles.points import IDENTITY, Points, moved
from cimkit.readers.tiles.shapes import Shapes, is_integer, is_number

__all__ = [
    "FEATURES",
    "FeatureSemantics",
    "centre_of",
    "check_batch_table",
    "check_feature_table",
    "cloud_points",
]

#: Bytes of the component types of the 1.0 formats.
_SIZES = {
    "BYTE": 1,
    "UNSIGNED_BYTE": 1,
    "SHORT": 2,
    "UNSIGNED_SHORT": 2,
    "INT": 4,
    "UNSIGNED_INT": 4,
    "FLOAT": 4,
    "DOUBLE": 8,
}
_COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_BATCH_ID_TYPES = ("UNSIGNED_BYTE", "UNSIGNED_SHORT", "UNSIGNED_INT")


@dataclass(frozen=True, slots=True)
class FeatureSemantics:
    """What a format's feature table may hold.

    length     the semantic that says how many features there are
    features   per-feature semantics: component type, components
    globals    semantics of the tile as a whole: numbers they have (0: a boolean)
    one_of     at least one of these
    together   semantic -> those that must be there with it
    """

    length: str
    features: Mapping[str, tuple[str, int]]
    globals: Mapping[str, int]
    one_of: tuple[str, ...] = ()
    together: Mapping[str, tuple[str, ...]] | None = None


_QUANTIZED = {"POSITION_QUANTIZED": ("QUANTIZED_VOLUME_OFFSET", "QUANTIZED_VOLUME_SCALE")}
_VOLUME = {"RTC_CENTER": 3, "QUANTIZED_VOLUME_OFFSET": 3, "QUANTIZED_VOLUME_SCALE": 3}
_POSITIONS = {"POSITION": ("FLOAT", 3), "POSITION_QUANTIZED": ("UNSIGNED_SHORT", 3), "BATCH_ID": ("UNSIGNED_SHORT", 1)}

FEATURES: Mapping[str, FeatureSemantics] = {
    "b3dm": FeatureSemantics("BATCH_LENGTH", {}, {"RTC_CENTER": 3}),
    "i3dm": FeatureSemantics(
        "INSTANCES_LENGTH",
        {
            **_POSITIONS,
            "NORMAL_UP": ("FLOAT", 3),
            "NORMAL_RIGHT": ("FLOAT", 3),
            "NORMAL_UP_OCT32P": ("UNSIGNED_SHORT", 2),
            "NORMAL_RIGHT_OCT32P": ("UNSIGNED_SHORT", 2),
            "SCALE": ("FLOAT", 1),
            "SCALE_NON_UNIFORM": ("FLOAT", 3),
        },
        {**_VOLUME, "EAST_NORTH_UP": 0},
        ("POSITION", "POSITION_QUANTIZED"),
        {
            **_QUANTIZED,
            "NORMAL_UP": ("NORMAL_RIGHT",),
            "NORMAL_RIGHT": ("NORMAL_UP",),
            "NORMAL_UP_OCT32P": ("NORMAL_RIGHT_OCT32P",),
            "NORMAL_RIGHT_OCT32P": ("NORMAL_UP_OCT32P",),
        },
    ),
    "pnts": FeatureSemantics(
        "POINTS_LENGTH",
        {
            **_POSITIONS,
            "RGBA": ("UNSIGNED_BYTE", 4),
            "RGB": ("UNSIGNED_BYTE", 3),
            "RGB565": ("UNSIGNED_SHORT", 1),
            "NORMAL": ("FLOAT", 3),
            "NORMAL_OCT16P": ("UNSIGNED_BYTE", 2),
        },
        {**_VOLUME, "CONSTANT_RGBA": 4, "BATCH_LENGTH": 1},
        ("POSITION", "POSITION_QUANTIZED"),
        {**_QUANTIZED, "BATCH_ID": ("BATCH_LENGTH",)},
    ),
}
_DRACO = "3DTILES_draco_point_compression"


def check_feature_table(
    format_: str, table: Mapping[str, Any], body: int, place: Place, shapes: Shapes
) -> dict[str, int]:
    """Check a feature table; the lengths it states. body: bytes of its binary part."""
    semantics = FEATURES[format_]
    add = shapes.ledger.add
    length = shapes.integer(table, semantics.length, place, required=True, least=0)
    lengths = {semantics.length: length} if length is not None else {}
    extensions = table.get("extensions")
    compressed = extensions.get(_DRACO, {}) if type(extensions) is dict else {}
    packed = compressed.get("properties", {}) if type(compressed) is dict else {}
    for name, (component, count) in semantics.features.items():
        if name in table and name not in packed:
            _check_reference(name, table[name], component, count, length, body, place, shapes)
    for name, count in semantics.globals.items():
        if name in table:
            _check_global(name, table[name], count, body, place, shapes)
            if count == 1 and is_integer(table[name]):
                lengths[name] = int(table[name])
    if semantics.one_of and not any(name in table for name in semantics.one_of):
        add("tiles_content", "position_missing", place, expected=" | ".join(semantics.one_of))
    for name, others in (semantics.together or {}).items():
        for other in others:
            if name in table and other not in table:
                add("tiles_content", "semantic_missing", place, name, other)
    known = {semantics.length, *semantics.features, *semantics.globals, "extensions", "extras"}
    for name in table.keys() - known:
        add("tiles_content", "unknown_semantic", place.at(name), name)
    return lengths


def _check_reference(
    name: str, value: Any, component: str, count: int, length: int | None, body: int, place: Place, shapes: Shapes
) -> None:
    """A reference into the binary body, for as many features as there are."""
    if type(value) is not dict:
        shapes.wrong_type(value, place.at(name), "object")
        return
    at = place.at(name)
    offset = shapes.integer(value, "byteOffset", at, required=True, least=0)
    if name == "BATCH_ID":
        component = shapes.text(value, "componentType", at, among=_BATCH_ID_TYPES) or component
    if offset is not None:
        _check_body(offset, _SIZES[component], count, length, body, at, shapes.ledger)


def _check_body(
    offset: int, size: int, count: int, length: int | None, body: int, place: Place, ledger: Ledger
) -> None:
    if offset % size:
        ledger.add("tiles_content", "alignment", place.at("byteOffset"), offset, f"n * {size}")
    end = offset + size * count * (length or 0)
    if end > body:
        ledger.add("tiles_content", "exceeds_body", place.at("byteOffset"), end, f"..{body}")


def _check_global(name: str, value: Any, count: int, body: int, place: Place, shapes: Shapes) -> None:
    at = place.at(name)
    if count == 0:
        if type(value) is not bool:
            shapes.wrong_type(value, at, "boolean")
    elif type(value) is dict:
        offset = shapes.integer(value, "byteOffset", at, required=True, least=0)
        if offset is not None:
            component = "UNSIGNED_BYTE" if name == "CONSTANT_RGBA" else "FLOAT" if count > 1 else "UNSIGNED_INT"
            _check_body(offset, _SIZES[component], count, 1, body, at, shapes.ledger)
    elif count == 1:
        shapes.integer({name: value}, name, place, least=0)
    else:
        shapes.numbers({name: value}, name, place, count)


def check_batch_table(table: Mapping[str, Any], body: int, length: int | None, place: Place, shapes: Shapes) -> None:
    """Check a batch table. length: how many features it must have values for; None: not known."""
    for name, value in table.items():
        at = place.at(name)
        if name in ("extensions", "extras", "HIERARCHY"):
            continue
        if type(value) is list:
            if length is not None and len(value) != length:
                shapes.ledger.add("tiles_content", "batch_length", at, len(value), length)
        elif type(value) is dict:
            offset = shapes.integer(value, "byteOffset", at, required=True, least=0)
            component = shapes.text(value, "componentType", at, required=True, among=tuple(_SIZES))
            kind = shapes.text(value, "type", at, required=True, among=tuple(_COMPONENTS))
            if offset is not None and component is not None and kind is not None:
                _check_body(offset, _SIZES[component], _COMPONENTS[kind], length, body, at, shapes.ledger)
        else:
            shapes.wrong_type(value, at, "array | object")


def centre_of(table: Mapping[str, Any] | None) -> list[float]:
    """RTC_CENTER where it stands in the JSON; the origin otherwise."""
    return _three(table, "RTC_CENTER") or [0.0, 0.0, 0.0]


def cloud_points(table: Mapping[str, Any] | None, body: bytes) -> list[Points]:
    """The points of a pnts tile; none when they are compressed, or do not fit the body."""
    count = (table or {}).get("POINTS_LENGTH")
    if table is None or type(count) is not int:
        return []
    if (values := _array(table.get("POSITION"), count, "<f4", body)) is not None:
        return moved([Points(values, IDENTITY)], centre_of(table))
    offset, scale = _three(table, "QUANTIZED_VOLUME_OFFSET"), _three(table, "QUANTIZED_VOLUME_SCALE")
    values = _array(table.get("POSITION_QUANTIZED"), count, "<u2", body)
    if values is None or offset is None or scale is None:
        return []
    return moved([Points(values / 65535 * np.array(scale) + np.array(offset), IDENTITY)], centre_of(table))


def _array(value: Any, count: int, dtype: str, body: bytes) -> npt.NDArray[Any] | None:
    offset = value.get("byteOffset") if type(value) is dict else None
    size = np.dtype(dtype).itemsize
    if type(offset) is not int or offset < 0 or count <= 0 or offset + 3 * size * count > len(body):
        return None
    values: npt.NDArray[Any] = np.frombuffer(body, dtype, 3 * count, offset).reshape(count, 3)
    return values


def _three(table: Mapping[str, Any] | None, name: str) -> list[float] | None:
    value = (table or {}).get(name)
    return list(map(float, value)) if type(value) is list and len(value) == 3 and all(map(is_number, value)) else None
