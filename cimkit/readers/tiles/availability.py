"""Availability in subtrees: bits in Morton order, read as arrays of booleans.

Source: OGC 22-025r4, Implicit Tiling, Availability and Appendix A; availability.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.readers.tiles.buffers import Buffers
from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.extensions import ExtensionUse
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["Bits", "level_slices", "morton_coordinates", "node_count", "read_availability"]

Bits = npt.NDArray[np.bool_]
#: More nodes than this in one subtree are not spread into an array: 8 levels of an octree, 13 of a quadtree.
MOST_NODES = 70_000_000


@dataclass(frozen=True, slots=True)
class _Form:
    """constant or view index, as written."""

    constant: int | None
    view: int | None
    count: int | None


def node_count(branching: int, levels: int) -> int:
    """Nodes in all levels of a subtree (branching: 4 or 8)."""
    return int((branching**levels - 1) // (branching - 1))


def level_slices(branching: int, levels: int) -> list[slice]:
    """Where each level's bits are."""
    ends = [node_count(branching, level + 1) for level in range(levels)]
    return [slice(begin, end) for begin, end in zip([0, *ends], ends, strict=False)]


def morton_coordinates(index: npt.NDArray[np.int64], dimensions: int) -> tuple[npt.NDArray[np.int64], ...]:
    """Coordinates of Morton indices, x first: bit k of coordinate d is bit k * dimensions + d of the index."""
    bits = int(index.max(initial=0)).bit_length() // dimensions + 1
    coordinates = []
    for dimension in range(dimensions):
        coordinate = np.zeros_like(index)
        for bit in range(bits):
            coordinate |= ((index >> (bit * dimensions + dimension)) & 1) << bit
        coordinates.append(coordinate)
    return tuple(coordinates)


def read_availability(
    value: Mapping[str, Any],
    place: Place,
    length: int | None,
    buffers: Buffers,
    shapes: Shapes,
    use: ExtensionUse,
) -> Bits | None:
    """The bits of one availability object; None when they can't be had.

    length: how many there must be; None: that is not known here.
    """
    use.look(value, place)
    form = _read_form(value, place, shapes)
    if form is None:
        return None
    if length is not None and length > MOST_NODES:
        shapes.ledger.add("tiles_not_read", "too_large", place, length, f"..{MOST_NODES}")
        return None
    if form.constant is not None:
        if length is None:
            return np.array([form.constant], bool)
        if form.count is not None and form.count != form.constant * length:
            _wrong("count", place.at("availableCount"), form.count, form.constant * length, shapes)
        return np.full(length, form.constant, bool)
    return _read_bits(form, place, length, buffers, shapes)


def _read_form(value: Mapping[str, Any], place: Place, shapes: Shapes) -> _Form | None:
    has_view, has_constant = "bitstream" in value, "constant" in value
    view = shapes.integer(value, "bitstream", place, least=0)
    constant = None
    if has_constant:
        constant = value["constant"]
        if type(constant) not in (int, float) or constant not in (0, 1):
            shapes.ledger.add("tiles_value", "list", place.at("constant"), constant, "0 | 1")
            constant = None
    count = shapes.integer(value, "availableCount", place, least=0)
    if has_view and has_constant:
        shapes.ledger.add("tiles_value", "one_of", place, "bitstream | constant")
        return None
    if not has_view and not has_constant:
        shapes.ledger.add("tiles_missing", "any_of", place, expected="bitstream | constant")
    if view is None and constant is None:
        return None
    return _Form(int(constant) if constant is not None else None, view, count)


def _read_bits(form: _Form, place: Place, length: int | None, buffers: Buffers, shapes: Shapes) -> Bits | None:
    index = form.view or 0
    if index >= len(buffers.views):
        shapes.ledger.add(
            "tiles_identifier", "buffer_view", place.at("bitstream"), index, f"0..{len(buffers.views) - 1}"
        )
        return None
    view = buffers.views[index]
    if view is None:
        return None
    if length is not None and view.length != (length + 7) // 8:
        _wrong("length", place.at("bitstream"), view.length, (length + 7) // 8, shapes)
        return None
    if view.data is None:
        return None
    bits = np.unpackbits(np.frombuffer(view.data, np.uint8), bitorder="little").astype(bool)
    if length is not None:
        if bits[length:].any():
            _wrong("unused_bits", place.at("bitstream"), 1, 0, shapes)
        bits = bits[:length]
    if form.count is not None and form.count != int(bits.sum()):
        _wrong("count", place.at("availableCount"), form.count, int(bits.sum()), shapes)
    return bits


def _wrong(detail: str, place: Place, found: Any, expected: Any, shapes: Shapes) -> None:
    shapes.ledger.add("tiles_subtree", detail, place, found, expected)
