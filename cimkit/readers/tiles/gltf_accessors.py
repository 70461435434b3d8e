"""Accessors of a glTF asset: their form, their place in the buffers, and their minima and maxima.

Source: glTF 2.0 (ISO/IEC 12113), Buffers and Buffer Views, Accessors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.gltf_references import Lists, reference
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["Accessor", "Accessors", "read_accessors"]

_TYPES: Mapping[int, np.dtype[Any]] = {
    5120: np.dtype("<i1"),
    5121: np.dtype("<u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
_COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_COLUMNS = {"MAT2": 2, "MAT3": 3, "MAT4": 4}

Values = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class _View:
    offset: int
    length: int
    stride: int | None
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Accessor:
    """component: glTF's number of the component type; values: (count, components), None when they can't be had."""

    component: int
    type: str
    count: int
    values: Values | None
    has_bounds: bool
    normalized: bool

    @property
    def code(self) -> str:
        """Type and component type in short, `VEC3/5126`."""
        return f"{self.type}/{self.component}"


Accessors = list[Accessor | None]


def read_accessors(
    lists: Lists, buffers: Sequence[tuple[int, bytes | None] | None], place: Place, shapes: Shapes
) -> Accessors:
    """The accessors as listed; None for one that is broken."""
    views = [
        _read_view(view, place.at("bufferViews", index), buffers, shapes) if view is not None else None
        for index, view in enumerate(lists.get("bufferViews", []))
    ]
    return [
        _read_accessor(each, place.at("accessors", index), views, shapes) if each is not None else None
        for index, each in enumerate(lists.get("accessors", []))
    ]


def _read_view(
    view: Mapping[str, Any], place: Place, buffers: Sequence[tuple[int, bytes | None] | None], shapes: Shapes
) -> _View | None:
    index = reference(view, "buffer", place, len(buffers), shapes, required=True)
    offset = shapes.integer(view, "byteOffset", place, least=0) if "byteOffset" in view else 0
    length = shapes.integer(view, "byteLength", place, required=True, least=1)
    stride = shapes.integer(view, "byteStride", place, least=4)
    if stride is not None and (stride > 252 or stride % 4):
        shapes.ledger.add("tiles_gltf", "stride", place.at("byteStride"), stride, "4..252, n * 4")
    if index is None or offset is None or length is None or (buffer := buffers[index]) is None:
        return None
    if offset + length > buffer[0]:
        shapes.ledger.add("tiles_gltf", "view_exceeds_buffer", place, offset + length, f"..{buffer[0]}")
        return None
    data = buffer[1]
    return _View(offset, length, stride, data[offset : offset + length] if data is not None else None)


def _read_accessor(
    value: Mapping[str, Any], place: Place, views: Sequence[_View | None], shapes: Shapes
) -> Accessor | None:
    component = shapes.integer(value, "componentType", place, required=True)
    kind = shapes.text(value, "type", place, required=True, among=tuple(_COMPONENTS))
    count = shapes.integer(value, "count", place, required=True, least=1)
    offset = shapes.integer(value, "byteOffset", place, least=0) if "byteOffset" in value else 0
    normalized = shapes.boolean(value, "normalized", place) or False
    if component is not None and component not in _TYPES:
        shapes.ledger.add("tiles_gltf", "component_type", place.at("componentType"), component, list(_TYPES))
        return None
    if component is None or kind is None or count is None or offset is None:
        return None
    bounds = {name: _bound(value, name, place, _COMPONENTS[kind], shapes) for name in ("min", "max")}
    values: Values | None = None
    index = reference(value, "bufferView", place, len(views), shapes)
    view = views[index] if index is not None else None
    if view is not None:
        values = _values(_TYPES[component], kind, count, offset, view, place, shapes)
    if values is not None and "sparse" not in value:
        _check_values(values, bounds, place, shapes)
    has_bounds = bounds["min"] is not None and bounds["max"] is not None
    return Accessor(component, kind, count, values if "sparse" not in value else None, has_bounds, normalized)


def _bound(value: Mapping[str, Any], name: str, place: Place, count: int, shapes: Shapes) -> list[float] | None:
    return shapes.numbers(value, name, place, count) if name in value else None


def _values(
    dtype: np.dtype[Any], kind: str, count: int, offset: int, view: _View, place: Place, shapes: Shapes
) -> Values | None:
    """The accessor's values; None when they do not fit their view (written down) or are not to be had."""
    size = dtype.itemsize
    add = shapes.ledger.add
    if offset % size or (view.offset + offset) % size:
        add("tiles_gltf", "alignment", place.at("byteOffset"), view.offset + offset, f"n * {size}")
        return None
    components = _COMPONENTS[kind]
    rows = components // _COLUMNS[kind] if kind in _COLUMNS else components
    column_bytes = -(-rows * size // 4) * 4 if kind in _COLUMNS else rows * size
    element = column_bytes * (_COLUMNS.get(kind, 1) - 1) + rows * size
    stride = view.stride or (column_bytes * _COLUMNS.get(kind, 1) if kind in _COLUMNS else element)
    end = offset + stride * (count - 1) + element
    if view.stride is not None and view.stride < element:
        add("tiles_gltf", "stride", place, view.stride, f"{element}..")
        return None
    if end > view.length:
        add("tiles_gltf", "accessor_exceeds_view", place, end, f"..{view.length}")
        return None
    if view.data is None:
        return None
    raw = np.frombuffer(view.data, np.uint8)
    columns = _COLUMNS.get(kind, 1)
    strides = (stride, column_bytes, size)
    shape = (count, columns, rows)
    typed: Values = np.ndarray(shape, dtype, raw.data, offset, strides)
    return typed.reshape(count, components)


def _as_stored(said: list[float], dtype: np.dtype[Any]) -> Values:
    """Numbers of the JSON as they would be stored: single precision for floats, exact for integers."""
    numbers = np.array(said, np.float64)
    with np.errstate(over="ignore"):
        return numbers.astype(dtype) if dtype.kind == "f" else numbers


def _check_values(values: Values, bounds: Mapping[str, list[float] | None], place: Place, shapes: Shapes) -> None:
    add = shapes.ledger.add
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        add("tiles_gltf", "not_finite", place, int((~np.isfinite(values)).sum()), 0)
        return
    for name, actual in (("min", values.min(axis=0)), ("max", values.max(axis=0))):
        said = bounds[name]
        if said is not None and not np.array_equal(_as_stored(said, values.dtype), actual):
            add("tiles_gltf", f"{name}imum_differs", place.at(name), said, actual.tolist())
