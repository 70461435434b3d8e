"""The tile formats of 3D Tiles 1.0: b3dm, i3dm, pnts and cmpt.

Source: OGC 18-053r2 / 22-025r4, Batched 3D Model, Instanced 3D Model, Point Cloud, Composite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cimkit.readers.tiles.binary import Section, check_padding, header
from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.gltf import Gltf
from cimkit.readers.tiles.json_text import parse_json
from cimkit.readers.tiles.points import Points, moved
from cimkit.readers.tiles.shapes import Shapes
from cimkit.readers.tiles.tables import centre_of, check_batch_table, check_feature_table, cloud_points

__all__ = ["LEGACY", "LegacyHooks", "LegacyTile", "check_legacy"]

#: Bytes of each format's header.
LEGACY = {b"b3dm": 28, b"i3dm": 32, b"pnts": 28, b"cmpt": 16}
_COMPOSITE_DEPTH = 16


@dataclass(frozen=True, slots=True)
class LegacyHooks:
    """What is done with the glTF in a tile.

    glb       checks an embedded binary one and gives what is in it
    gltf_uri  checks what an i3dm refers to: the URI, and where it stands
    """

    glb: Callable[[Section], Gltf | None]
    gltf_uri: Callable[[str, str], None]


@dataclass(slots=True)
class LegacyTile:
    """counts: features by the semantic that says how many (BATCH_LENGTH ...), and inner_tiles; points: where its
    vertices and points are, instances apart."""

    counts: dict[str, int] = field(default_factory=dict)
    points: list[Points] = field(default_factory=list)


def check_legacy(section: Section, shapes: Shapes, hooks: LegacyHooks) -> LegacyTile:
    """Check a tile and all tiles inside it."""
    tile = LegacyTile()
    counts = tile.counts
    waiting = [(section, 0)]
    while waiting:
        part, depth = waiting.pop()
        magic = part.data[:4]
        fields = _check_header(part, LEGACY[magic], shapes)
        if fields is None:
            continue
        if magic == b"cmpt":
            inner = _inner_tiles(part, fields[3], shapes)
            counts["inner_tiles"] = counts.get("inner_tiles", 0) + len(inner)
            if depth == _COMPOSITE_DEPTH and inner:
                shapes.ledger.add("tiles_not_read", "too_deep", part.at(0), depth + 1, f"..{_COMPOSITE_DEPTH}")
            else:
                waiting.extend((each, depth + 1) for each in reversed(inner))
        else:
            for name, count in _check_body(part, magic.decode(), fields, shapes, hooks, tile.points).items():
                counts[name] = counts.get(name, 0) + count
    return tile


def _check_header(section: Section, size: int, shapes: Shapes) -> tuple[Any, ...] | None:
    """The header's fields, or None when what follows can't be trusted."""
    fields = header(section, "<4s" + "I" * ((size - 4) // 4), shapes.ledger)
    if fields is None:
        return None
    add = shapes.ledger.add
    if fields[1] != 1:
        add("tiles_binary", "version", section.at(4), fields[1], 1)
        return None
    if fields[2] % 8:
        add("tiles_binary", "alignment", section.at(8), fields[2], "n * 8")
    if fields[2] != len(section):
        add("tiles_binary", "length", section.at(8), fields[2], len(section))
        if fields[2] > len(section):
            return None
    return fields


def _inner_tiles(section: Section, count: int, shapes: Shapes) -> list[Section]:
    inner: list[Section] = []
    offset = 16
    for _ in range(count):
        head = section.data[offset : offset + 12]
        if len(head) < 12 or head[:4] not in LEGACY:
            shapes.ledger.add(
                "tiles_binary",
                "inner_tile",
                section.at(offset),
                head[:4].decode("latin-1"),
                "b3dm | i3dm | pnts | cmpt",
            )
            return inner
        length = int.from_bytes(head[8:12], "little")
        if length < 12 or offset + length > len(section):
            shapes.ledger.add("tiles_binary", "length", section.at(offset + 8), length, f"12..{len(section) - offset}")
            return inner
        inner.append(section.part(offset, offset + length))
        offset += length
    if section.data[offset:].strip(b"\0"):
        shapes.ledger.add("tiles_binary", "length", section.at(12), count)
    return inner


def _check_body(
    section: Section,
    format_: str,
    fields: tuple[Any, ...],
    shapes: Shapes,
    hooks: LegacyHooks,
    points: list[Points],
) -> dict[str, int]:
    """The tables one after the other, then the glTF."""
    add = shapes.ledger.add
    begin = LEGACY[format_.encode()]
    bounds = [begin]
    for length in fields[3:7]:
        bounds.append(bounds[-1] + length)
    total = fields[2]
    if bounds[-1] > total:
        add("tiles_binary", "length", section.at(12), bounds[-1], f"..{total}")
        return {}
    for index, name in enumerate(("feature JSON", "feature binary", "batch JSON", "batch binary")):
        if fields[3 + index] and bounds[index + 1] % 8:
            add("tiles_binary", "alignment", section.at(bounds[index + 1]), {name: bounds[index + 1]}, "n * 8")
    if fields[5] == 0 and fields[6]:
        add("tiles_binary", "batch_binary_alone", section.at(24), fields[6], 0)
    feature, lengths = _check_tables(section, format_, fields, bounds, shapes)
    rest = section.part(bounds[-1], total)
    if format_ == "b3dm":
        gltf = _check_glb(rest, bounds[-1], shapes, hooks)
        if gltf is not None:
            points += moved(gltf.points, centre_of(feature))
            _check_batch_ids(gltf, lengths, rest, shapes)
    elif format_ == "pnts":
        points += cloud_points(feature, section.data[bounds[1] : bounds[2]])
    else:
        _check_instanced(rest, bounds[-1], fields[7], shapes, hooks)
    return lengths


def _check_tables(
    section: Section, format_: str, fields: tuple[Any, ...], bounds: list[int], shapes: Shapes
) -> tuple[dict[str, Any] | None, dict[str, int]]:
    """The feature table (None: none that can be read) and the lengths that it states."""
    feature = _table(section.part(bounds[0], bounds[1]), "featureTable", shapes) if fields[3] else None
    if not fields[3]:
        shapes.ledger.add("tiles_content", "feature_table_missing", section.at(12), 0, "1..")
    lengths: dict[str, int] = {}
    if feature is not None:
        lengths = check_feature_table(format_, feature, fields[4], Place(section.file, "/featureTable"), shapes)
    batch = _table(section.part(bounds[2], bounds[3]), "batchTable", shapes) if fields[5] else None
    if batch is not None:
        check_batch_table(
            batch, fields[6], _batch_length(format_, feature, lengths), Place(section.file, "/batchTable"), shapes
        )
    return feature, lengths


def _check_batch_ids(gltf: Gltf, lengths: dict[str, int], rest: Section, shapes: Shapes) -> None:
    """Where there is more than one model, vertices say which they are of. `BATCHID` was its name in drafts."""
    if gltf.attributes and lengths.get("BATCH_LENGTH") and not gltf.attributes & {"_BATCHID", "BATCHID"}:
        shapes.ledger.add("tiles_content", "batch_id_missing", rest.at(0), lengths["BATCH_LENGTH"], "_BATCHID")


def _batch_length(format_: str, feature: dict[str, Any] | None, lengths: dict[str, int]) -> int | None:
    """How many features a batch table has values for. Instances and points may share theirs by BATCH_ID."""
    if format_ == "b3dm":
        return lengths.get("BATCH_LENGTH")
    if format_ == "pnts":
        return lengths.get("BATCH_LENGTH" if "BATCH_ID" in (feature or {}) else "POINTS_LENGTH")
    return None if "BATCH_ID" in (feature or {}) else lengths.get("INSTANCES_LENGTH")


def _table(section: Section, name: str, shapes: Shapes) -> dict[str, Any] | None:
    """A table's JSON header, padded with spaces."""
    stripped = section.data.rstrip(b" \0\t\r\n")
    check_padding(section, len(stripped), b" ", shapes.ledger)
    document = parse_json(stripped, section.file, shapes.ledger, start=section.start)
    if document is not None and type(document) is not dict:
        shapes.wrong_type(document, Place(section.file, f"/{name}"), "object")
        return None
    return document


def _check_glb(rest: Section, offset: int, shapes: Shapes, hooks: LegacyHooks) -> Gltf | None:
    if not rest.data:
        shapes.ledger.add("tiles_content", "gltf_missing", rest.at(0))
        return None
    if offset % 8:
        shapes.ledger.add("tiles_binary", "alignment", rest.at(0), {"glTF": offset}, "n * 8")
    length = int.from_bytes(rest.data[8:12], "little")
    # What follows the glTF up to the next 8 bytes is padding of the tile.
    inner = rest.part(0, length) if 0 < len(rest) - length < 8 and length >= 12 else rest
    return hooks.glb(inner)


def _check_instanced(rest: Section, offset: int, gltf_format: int, shapes: Shapes, hooks: LegacyHooks) -> None:
    if gltf_format == 1:
        _check_glb(rest, offset, shapes, hooks)
        return
    if gltf_format != 0:
        shapes.ledger.add("tiles_binary", "gltf_format", rest.at(0), gltf_format, "0 | 1")
        return
    text = rest.data.rstrip(b" \0")
    check_padding(rest, len(text), b" ", shapes.ledger)
    try:
        uri = text.decode()
    except UnicodeDecodeError as problem:
        shapes.ledger.add("tiles_json", "encoding", rest.at(problem.start))
        return
    if not uri:
        shapes.ledger.add("tiles_content", "gltf_missing", rest.at(0))
        return
    hooks.gltf_uri(uri, rest.at(0))
