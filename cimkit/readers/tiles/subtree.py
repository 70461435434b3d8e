"""One subtree of an implicit tiling, in JSON or in its binary form.

Source: OGC 22-025r4, Implicit Tiling (Subtree JSON Format, Subtree Binary Format); subtree.schema.json.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from cimkit.readers.tiles.availability import Bits, level_slices, node_count, read_availability
from cimkit.readers.tiles.binary import Section, check_padding, header
from cimkit.readers.tiles.buffers import Buffers, read_buffers
from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.entities import read_entity
from cimkit.readers.tiles.extensions import ExtensionUse
from cimkit.readers.tiles.json_text import parse_json
from cimkit.readers.tiles.metadata_values import Schema
from cimkit.readers.tiles.property_tables import read_property_table
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["MAGIC", "Availability", "Tiling", "read_buffers_document", "read_subtree"]

MAGIC = b"subt"
_HEADER = "<4sIQQ"
_HEADER_BYTES = 24

Fetch = Callable[[str, Place], bytes | None]


@dataclass(frozen=True, slots=True)
class Tiling:
    """What an implicit root says of its subtrees. contents: how many each tile has, None when that is not known."""

    scheme: str
    subtree_levels: int
    available_levels: int
    contents: int | None = None

    @property
    def dimensions(self) -> int:
        return 3 if self.scheme == "OCTREE" else 2

    @property
    def branching(self) -> int:
        return 8 if self.scheme == "OCTREE" else 4


@dataclass(frozen=True, slots=True)
class Availability:
    """The bits of one subtree, None for what could not be had."""

    tiles: Bits | None
    contents: tuple[Bits | None, ...]
    children: Bits | None


def read_subtree(
    data: bytes,
    file: str,
    tiling: Tiling | None,
    level: int,
    schema: Schema | None,
    shapes: Shapes,
    use: ExtensionUse,
    fetch: Fetch,
) -> Availability | None:
    """Check a subtree and give its availability; None when it can't be read. level: of its root in the tiling."""
    document, internal = _document(data, file, shapes)
    if document is None:
        return None
    place = Place(file)
    use.look(document, place)
    buffers = read_buffers(document, place, shapes, use, fetch, internal)
    tiling = tiling or _implied_tiling(document, place, buffers, shapes)
    if internal is not None:
        _check_internal(document, internal, file, data, shapes)
    rows = _read_tables(document, place, schema, buffers, shapes, use)
    if schema is not None:
        read_entity(document, "subtreeMetadata", place, schema, shapes, use)
    availability = _read_all(document, place, tiling, buffers, shapes, use)
    _check_metadata(document, place, rows, availability, tiling, shapes)
    if tiling is not None:
        _check_together(availability, tiling, level, place, shapes)
    return availability


#: Deeper subtrees than this nobody writes: 16 levels of a quadtree are 1.4 thousand million tiles.
_DEEPEST = 16
#: How deep the whole tiling goes is not known from one subtree.
_NO_END = 1 << 20


def _implied_tiling(document: Mapping[str, Any], place: Place, buffers: Buffers, shapes: Shapes) -> Tiling | None:
    """The tiling of a subtree that is read alone, as the lengths of its bit streams imply it: those of its tiles and of
    its child subtrees together fit one scheme and depth, or none at all (which is written down)."""
    listed = document.get("contentAvailability")
    tiles = {_stream_length(each, buffers) for each in (document.get("tileAvailability"), *_objects(listed))} - {None}
    children = _stream_length(document.get("childSubtreeAvailability"), buffers)
    if children is None or len(tiles) != 1:
        return None
    (length,) = tiles
    fitting = [
        Tiling(scheme, levels, _NO_END)
        for scheme, branching in (("QUADTREE", 4), ("OCTREE", 8))
        for levels in range(1, _DEEPEST + 1)
        if (node_count(branching, levels) + 7) // 8 == length and (branching**levels + 7) // 8 == children
    ]
    if not fitting:
        shapes.ledger.add("tiles_subtree", "length", place.at("childSubtreeAvailability", "bitstream"), children)
    return fitting[0] if len(fitting) == 1 else None


def _objects(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _stream_length(value: Any, buffers: Buffers) -> int | None:
    """Bytes of the bit stream of an availability object; None for a constant, and for what is wrong otherwise."""
    index = value.get("bitstream") if isinstance(value, dict) and "constant" not in value else None
    view = buffers.views[index] if type(index) is int and 0 <= index < len(buffers.views) else None
    return view.length if view is not None else None


def read_buffers_document(
    document: Mapping[str, Any], file: str, shapes: Shapes, use: ExtensionUse, fetch: Fetch
) -> None:
    """Check the buffers and buffer views of a document that has nothing else."""
    read_buffers(document, Place(file), shapes, use, fetch, None)


def _document(data: bytes, file: str, shapes: Shapes) -> tuple[dict[str, Any] | None, bytes | None]:
    """The JSON of a subtree, and the binary part of a binary one."""
    internal = None
    if not data.lstrip().startswith(b"{") and not data.startswith(b"\xef\xbb\xbf"):
        parts = _split(Section(data, file), shapes)
        if parts is None:
            return None, None
        data, internal = parts
    document = parse_json(data, file, shapes.ledger)
    if document is not None and type(document) is not dict:
        shapes.wrong_type(document, Place(file), "object")
        return None, None
    return document, internal


def _split(section: Section, shapes: Shapes) -> tuple[bytes, bytes | None] | None:
    """JSON and binary part of the binary form."""
    add = shapes.ledger.add
    fields = header(section, _HEADER, shapes.ledger)
    if fields is None:
        return None
    magic, version, json_length, binary_length = fields
    if magic != MAGIC:
        add("tiles_binary", "magic", section.at(0), magic.decode("latin-1"), MAGIC.decode())
        return None
    if version != 1:
        add("tiles_binary", "version", section.at(4), version, 1)
        return None
    for offset, length in ((8, json_length), (16, binary_length)):
        if length % 8:
            add("tiles_binary", "alignment", section.at(offset), length, "n * 8")
    end = _HEADER_BYTES + json_length
    if end + binary_length != len(section):
        add("tiles_binary", "length", section.at(8), len(section), end + binary_length)
        return None
    text = section.data[_HEADER_BYTES:end]
    stripped = text.rstrip(b" \0")
    check_padding(section.part(_HEADER_BYTES, end), len(stripped), b" ", shapes.ledger)
    return stripped, section.data[end:] if binary_length else None


def _check_internal(document: Mapping[str, Any], internal: bytes, file: str, data: bytes, shapes: Shapes) -> None:
    """The binary part holds the first buffer and, to the next 8 bytes, zeros."""
    buffers = document.get("buffers")
    first = buffers[0] if type(buffers) is list and buffers and type(buffers[0]) is dict else {}
    length = first.get("byteLength")
    if "uri" in first or type(length) is not int or length > len(internal):
        return
    section = Section(internal, file, len(data) - len(internal))
    if len(internal) - length >= 8:
        shapes.ledger.add("tiles_buffer", "longer_than_said", section.at(length), len(internal), length)
    else:
        check_padding(section, length, b"\0", shapes.ledger)


def _read_tables(
    document: Mapping[str, Any],
    place: Place,
    schema: Schema | None,
    buffers: Buffers,
    shapes: Shapes,
    use: ExtensionUse,
) -> list[int | None]:
    """The numbers of rows of the property tables."""
    rows: list[int | None] = []
    for index, each in enumerate(shapes.mappings(document, "propertyTables", place) or ()):
        at = place.at("propertyTables", index)
        rows.append(read_property_table(each, at, schema, buffers, shapes, use) if each is not None else None)
    return rows


def _read_all(
    document: Mapping[str, Any],
    place: Place,
    tiling: Tiling | None,
    buffers: Buffers,
    shapes: Shapes,
    use: ExtensionUse,
) -> Availability:
    tile_bits = node_count(tiling.branching, tiling.subtree_levels) if tiling else None
    child_bits = tiling.branching**tiling.subtree_levels if tiling else None

    def single(name: str, length: int | None) -> Bits | None:
        value = shapes.mapping(document, name, place, required=True)
        return None if value is None else read_availability(value, place.at(name), length, buffers, shapes, use)

    tiles = single("tileAvailability", tile_bits)
    if tiles is not None and not tiles.any():
        shapes.ledger.add("tiles_subtree", "no_tile", place.at("tileAvailability"), 0, "1..")
    listed = shapes.mappings(document, "contentAvailability", place)
    contents = tuple(
        read_availability(each, place.at("contentAvailability", index), tile_bits, buffers, shapes, use)
        if each is not None
        else None
        for index, each in enumerate(listed or ())
    )
    wanted = tiling.contents if tiling else None
    if wanted is not None and listed is not None and len(listed) != wanted:
        shapes.ledger.add("tiles_subtree", "content_count", place.at("contentAvailability"), len(listed), wanted)
    return Availability(tiles, contents, single("childSubtreeAvailability", child_bits))


def _check_metadata(
    document: Mapping[str, Any],
    place: Place,
    rows: list[int | None],
    availability: Availability,
    tiling: Tiling | None,
    shapes: Shapes,
) -> None:
    """`tileMetadata` and `contentMetadata` are indices of tables with a row for each thing available."""
    wanted: list[tuple[Place, int, Bits | None]] = []
    index = shapes.integer(document, "tileMetadata", place, least=0)
    if index is not None:
        wanted.append((place.at("tileMetadata"), index, availability.tiles))
    listed = shapes.array(document, "contentMetadata", place) or ()
    at = place.at("contentMetadata")
    for number, each in enumerate(listed):
        index = _index(each, at.at(number), shapes)
        if index is not None:
            bits = availability.contents[number] if number < len(availability.contents) else None
            wanted.append((at.at(number), index, bits))
    if tiling is not None and tiling.contents is not None and listed and len(listed) != tiling.contents:
        shapes.ledger.add("tiles_subtree", "content_count", at, len(listed), tiling.contents)
    for where, index, bits in wanted:
        if "propertyTables" not in document:
            shapes.ledger.add("tiles_missing", "dependency", where, index, "propertyTables")
        elif index >= len(rows):
            shapes.ledger.add("tiles_identifier", "property_table", where, index, f"0..{len(rows) - 1}")
        elif bits is not None and tiling is not None and rows[index] not in (None, int(bits.sum())):
            shapes.ledger.add("tiles_property_table", "row_count", where, rows[index], int(bits.sum()))


def _index(value: Any, place: Place, shapes: Shapes) -> int | None:
    """An index as an element of an array."""
    if type(value) not in (int, float):
        shapes.wrong_type(value, place, "integer", element=True)
        return None
    return shapes.integer({"": value}, "", Place(place.file, place.pointer), least=0)


def _check_together(found: Availability, tiling: Tiling, level: int, place: Place, shapes: Shapes) -> None:
    """What the bits must say of one another, and of the number of levels."""
    branching, levels = tiling.branching, tiling.subtree_levels
    tiles = found.tiles
    if tiles is None:
        return
    slices = level_slices(branching, levels)
    at = place.at("tileAvailability")
    for above, below in pairwise(slices):
        _held_by(tiles[below], np.repeat(tiles[above], branching), "parent_missing", at, below.start, shapes)
    for index, bits in enumerate(found.contents):
        if bits is not None:
            _held_by(bits, tiles, "content_without_tile", place.at("contentAvailability", index), 0, shapes)
    beyond = tiling.available_levels - level
    if 0 < beyond < levels and tiles[slices[beyond].start :].any():
        shapes.ledger.add("tiles_subtree", "beyond_levels", at, level + levels, tiling.available_levels)
    if found.children is not None:
        at = place.at("childSubtreeAvailability")
        _held_by(found.children, np.repeat(tiles[slices[-1]], branching), "parent_missing", at, 0, shapes)
        if beyond <= levels and found.children.any():
            shapes.ledger.add("tiles_subtree", "beyond_levels", at, level + levels + 1, tiling.available_levels)


def _held_by(bits: Bits, holders: Bits, detail: str, place: Place, first: int, shapes: Shapes) -> None:
    """Write down bits that are 1 where their holder is 0: how many, and the first."""
    wrong = np.flatnonzero(bits & ~holders)
    if len(wrong):
        shapes.ledger.add("tiles_subtree", detail, place, {"bit": int(wrong[0]) + first, "count": len(wrong)}, 0)
