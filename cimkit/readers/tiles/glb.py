"""The container of binary glTF: header and chunks.

Source: glTF 2.0 (ISO/IEC 12113), Binary glTF layout.
"""

from __future__ import annotations

from typing import Any

from cimkit.readers.tiles.binary import Section, check_padding, header
from cimkit.readers.tiles.json_text import parse_json
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["read_glb"]

_JSON, _BIN = 0x4E4F534A, 0x004E4942


def read_glb(section: Section, shapes: Shapes) -> tuple[Any, Section | None]:
    """The JSON document (None: none) and the binary chunk of a binary glTF."""
    add = shapes.ledger.add
    fields = header(section, "<4sII", shapes.ledger)
    if fields is None:
        return None, None
    magic, version, length = fields
    if magic != b"glTF":
        add("tiles_binary", "magic", section.at(0), magic.decode("latin-1"), "glTF")
        return None, None
    if version != 2:
        add("tiles_binary", "version", section.at(4), version, 2)
        return None, None
    if length != len(section):
        add("tiles_binary", "length", section.at(8), length, len(section))
        if length > len(section):
            return None, None
    chunks = _chunks(section.part(0, length), shapes)
    if not chunks or chunks[0][0] != _JSON:
        add("tiles_gltf", "json_chunk", section.at(12), expected="JSON")
        return None, None
    for index, (kind, _) in enumerate(chunks[1:], 1):
        if kind == _JSON or (kind == _BIN and index != 1):
            add("tiles_gltf", "chunk_order", section.at(12), index)
    text = chunks[0][1]
    stripped = text.data.rstrip(b" \0")
    check_padding(text, len(stripped), b" ", shapes.ledger)
    document = parse_json(stripped, section.file, shapes.ledger, start=text.start, unique_names=False)
    return document, chunks[1][1] if len(chunks) > 1 and chunks[1][0] == _BIN else None


def _chunks(section: Section, shapes: Shapes) -> list[tuple[int, Section]]:
    found: list[tuple[int, Section]] = []
    offset = 12
    while offset < len(section):
        if offset + 8 > len(section):
            shapes.ledger.add("tiles_binary", "length", section.at(offset), len(section) - offset, "8..")
            break
        length = int.from_bytes(section.data[offset : offset + 4], "little")
        kind = int.from_bytes(section.data[offset + 4 : offset + 8], "little")
        end = offset + 8 + length
        if end > len(section):
            shapes.ledger.add("tiles_binary", "length", section.at(offset), length, f"..{len(section) - offset - 8}")
            break
        if length % 4:
            shapes.ledger.add("tiles_binary", "alignment", section.at(offset), length, "n * 4")
        found.append((kind, section.part(offset + 8, end)))
        offset = end
    return found
