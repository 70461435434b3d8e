"""Indices in a glTF asset: every reference is a number into an array of the same asset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.shapes import Shapes, is_integer

__all__ = ["Lists", "index_into", "reference"]

#: The arrays of the asset's top level by name; None where an element is no object.
Lists = Mapping[str, list[dict[str, Any] | None]]


def index_into(value: Any, place: Place, count: int, shapes: Shapes) -> int | None:
    """`value` as an index into an array of `count` elements; None (written down) when it is none."""
    if not is_integer(value):
        shapes.wrong_type(value, place, "integer")
        return None
    if not 0 <= value < count:
        shapes.ledger.add("tiles_gltf", "reference", place, value, f"0..{count - 1}")
        return None
    return int(value)


def reference(
    owner: Mapping[str, Any], name: str, place: Place, count: int, shapes: Shapes, *, required: bool = False
) -> int | None:
    """The property `name` as an index into an array of `count` elements; None when it is not there or is none."""
    if name not in owner:
        if required:
            shapes.ledger.add("tiles_missing", "property", place.at(name), expected=name)
        return None
    return index_into(owner[name], place.at(name), count, shapes)
