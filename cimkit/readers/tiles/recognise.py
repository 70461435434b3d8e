"""Which part of 3D Tiles some bytes are."""

from __future__ import annotations

from typing import Any

import orjson

from cimkit.readers.tiles.gltf import is_gltf
from cimkit.readers.tiles.legacy import LEGACY
from cimkit.readers.tiles.subtree import MAGIC

__all__ = ["is_tileset", "kind_of"]

_TILESET = {"root", "geometricError", "schemaUri", "statistics", "groups"}
_SUBTREE = {"tileAvailability", "contentAvailability", "childSubtreeAvailability", "propertyTables"}
_SCHEMA = {"classes", "enums"}
_BUFFERS = {"buffers", "bufferViews"}
_MARK = b"\xef\xbb\xbf"
_HEAD = 65_536


def is_tileset(data: bytes) -> bool:
    """Whether these bytes are the JSON of a tileset, so that it is one to check: an asset and a root tile.

    The first bytes of a file are enough: where the text breaks off, the names that only tiles have decide.
    """
    document = _document(data)
    if document is None:
        head = data[:_HEAD].removeprefix(_MARK).lstrip()
        return head.startswith(b"{") and all(name in head for name in (b'"boundingVolume"', b'"geometricError"'))
    asset, root = document.get("asset"), document.get("root")
    return (
        isinstance(asset, dict) and isinstance(root, dict) and bool(root.keys() & {"boundingVolume", "geometricError"})
    )


def kind_of(data: bytes) -> str:
    """tileset, subtree, schema, buffers or content: the one these bytes come closest to, even when they are broken."""
    magic = data[:4]
    if magic == MAGIC:
        return "subtree"
    if magic in LEGACY or magic == b"glTF":
        return "content"
    document = _document(data)
    if document is None:
        return "tileset" if data.removeprefix(_MARK).lstrip()[:1] == b"{" else "content"
    keys = document.keys()
    if is_gltf(document):
        return "content"
    if keys & _TILESET or "asset" in keys:
        return "tileset"
    if keys & _SUBTREE:
        return "subtree"
    if keys & _SCHEMA:
        return "schema"
    return "buffers" if keys & _BUFFERS else "tileset"


def _document(data: bytes) -> dict[str, Any] | None:
    try:
        document = orjson.loads(data.removeprefix(_MARK))
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None
