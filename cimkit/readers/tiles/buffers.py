"""Buffers and buffer views of subtrees: what they say of themselves, and the bytes behind them.

Source: OGC 22-025r4, Implicit Tiling, Buffers and Buffer Views; buffer.schema.json, bufferView.schema.json.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.extensions import ExtensionUse
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["BufferView", "Buffers", "read_buffers"]

_ALIGNMENT = 8


@dataclass(frozen=True, slots=True)
class BufferView:
    """A part of a buffer. data: its bytes, None when they could not be had."""

    offset: int
    length: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Buffers:
    """views: as listed; None for one that is broken."""

    views: tuple[BufferView | None, ...] = ()


def read_buffers(
    document: Mapping[str, Any],
    place: Place,
    shapes: Shapes,
    use: ExtensionUse,
    fetch: Callable[[str, Place], bytes | None],
    internal: bytes | None,
) -> Buffers:
    """The buffers and views of a subtree. fetch: bytes of a URI; internal: the binary part of a binary subtree."""
    given = shapes.mappings(document, "buffers", place)
    buffers = [
        _read_buffer(each, place.at("buffers", index), shapes, use, fetch, internal if index == 0 else None)
        if each is not None
        else None
        for index, each in enumerate(given or ())
    ]
    listed = shapes.mappings(document, "bufferViews", place)
    if listed is not None and "buffers" not in document:
        shapes.ledger.add("tiles_missing", "dependency", place.at("buffers"), "bufferViews", "buffers")
        return Buffers((None,) * len(listed))
    if given is not None and "bufferViews" not in document:
        shapes.ledger.add("tiles_practice", "buffers_without_views", place.at("buffers"))
    return Buffers(
        tuple(
            _read_view(each, place.at("bufferViews", index), shapes, use, buffers) if each is not None else None
            for index, each in enumerate(listed or ())
        )
    )


@dataclass(frozen=True, slots=True)
class _Buffer:
    length: int
    data: bytes | None


def _read_buffer(
    value: Mapping[str, Any],
    place: Place,
    shapes: Shapes,
    use: ExtensionUse,
    fetch: Callable[[str, Place], bytes | None],
    internal: bytes | None,
) -> _Buffer | None:
    use.look(value, place)
    uri = shapes.text(value, "uri", place)
    length = shapes.integer(value, "byteLength", place, required=True, least=1)
    shapes.text(value, "name", place, least=1)
    data = None
    if uri is not None:
        if uri[:5].lower() == "data:":
            shapes.ledger.add("tiles_buffer", "data_uri", place.at("uri"))
        else:
            data = fetch(uri, place.at("uri"))
    elif "uri" not in value:
        if internal is None:
            shapes.ledger.add("tiles_missing", "dependency", place.at("uri"), expected="uri")
        data = internal
    if length is None:
        return None
    if data is not None and len(data) < length:
        shapes.ledger.add("tiles_buffer", "shorter_than_said", place.at("byteLength"), len(data), length)
        data = None
    return _Buffer(length, data)


def _read_view(
    value: Mapping[str, Any], place: Place, shapes: Shapes, use: ExtensionUse, buffers: list[_Buffer | None]
) -> BufferView | None:
    use.look(value, place)
    index = shapes.integer(value, "buffer", place, required=True, least=0)
    offset = shapes.integer(value, "byteOffset", place, required=True, least=0)
    length = shapes.integer(value, "byteLength", place, required=True, least=1)
    shapes.text(value, "name", place, least=1)
    if offset is not None and offset % _ALIGNMENT:
        shapes.ledger.add("tiles_buffer", "alignment", place.at("byteOffset"), offset, f"n * {_ALIGNMENT}")
    if index is not None and index >= len(buffers):
        shapes.ledger.add("tiles_identifier", "buffer", place.at("buffer"), index, f"0..{len(buffers) - 1}")
        return None
    if index is None or offset is None or length is None:
        return None
    buffer = buffers[index]
    if buffer is None:
        return None
    if offset + length > buffer.length:
        shapes.ledger.add("tiles_buffer", "exceeds_buffer", place, offset + length, f"..{buffer.length}")
        return None
    data = buffer.data[offset : offset + length] if buffer.data is not None else None
    return BufferView(offset, length, data)
