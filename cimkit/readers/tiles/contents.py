"""What a tile's content is, told by its first bytes, and its check by format.

Source: OGC 22-025r4, Tile format specifications (a content is told by its magic, JSON by what it holds).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cimkit.readers.tiles.binary import Section
from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.files import Found
from cimkit.readers.tiles.glb import read_glb
from cimkit.readers.tiles.gltf import Gltf, check_gltf, is_gltf
from cimkit.readers.tiles.json_text import parse_json
from cimkit.readers.tiles.legacy import LEGACY, LegacyHooks, check_legacy
from cimkit.readers.tiles.points import Points
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["Content", "check_content"]

#: Formats of drafts and extensions that are known by name only.
_NAMED_ONLY = {b"vctr": "vctr", b"geom": "geom", b"subt": "subtree"}


@dataclass(slots=True)
class Content:
    """format: glb, gltf, b3dm, i3dm, pnts, cmpt, tileset, geojson, vctr, geom or unknown; counts: features by kind."""

    format: str
    size: int
    counts: dict[str, int] = field(default_factory=dict)
    document: dict[str, Any] | None = None  # of an external tileset
    #: Vertices and points, until the tile that first refers to the content has looked at them.
    points: list[Points] = field(default_factory=list)


def check_content(found: Found, data: bytes, place: Place | str, shapes: Shapes, *, vertices: bool = False) -> Content:
    """Check a content by its format.

    place: where it is referred to, for defects that have no place inside it; vertices: are its points wanted.
    """
    magic = data[:4]
    fetch = _fetcher(found)
    if magic == b"glTF":
        document, binary = read_glb(Section(data, found.label), shapes)
        gltf = (
            check_gltf(document, binary, found.label, shapes, fetch, vertices=vertices)
            if document is not None
            else None
        )
        return Content("glb", len(data), points=gltf.points if gltf is not None else [])
    if magic in LEGACY:
        hooks = _hooks(found, shapes, fetch, vertices)
        tile = check_legacy(Section(data, found.label), shapes, hooks)
        return Content(magic.decode(), len(data), tile.counts, points=tile.points)
    if magic in _NAMED_ONLY:
        shapes.ledger.add("tiles_not_read", "format", found.label, _NAMED_ONLY[magic])
        return Content(_NAMED_ONLY[magic], len(data))
    if data.lstrip(b" \t\r\n\xef\xbb\xbf")[:1] == b"{":
        return _check_json(found, data, shapes, fetch, vertices)
    shapes.ledger.add("tiles_content", "unknown_format", place, [found.label, magic.decode("latin-1")])
    return Content("unknown", len(data))


def _check_json(
    found: Found, data: bytes, shapes: Shapes, fetch: Callable[[str, Place], bytes | None], vertices: bool
) -> Content:
    document = parse_json(data, found.label, shapes.ledger, unique_names=False)
    if document is None:
        return Content("unknown", len(data))
    if is_gltf(document):
        gltf = check_gltf(document, None, found.label, shapes, fetch, vertices=vertices)
        return Content("gltf", len(data), points=gltf.points if gltf is not None else [])
    if document.keys() & {"root", "geometricError", "asset"}:
        return Content("tileset", len(data), document=document)
    if document.get("type") in ("FeatureCollection", "Feature"):
        shapes.ledger.add("tiles_not_read", "format", found.label, "geojson")
        return Content("geojson", len(data))
    shapes.ledger.add("tiles_content", "unknown_format", found.label, sorted(document)[:5])
    return Content("unknown", len(data))


def _fetcher(found: Found) -> Callable[[str, Place], bytes | None]:
    """Bytes of what a URI inside this content refers to."""

    def fetch(uri: str, place: Place) -> bytes | None:
        target = found.files.locate(uri, found.name, place)
        return target.read(place) if target is not None else None

    return fetch


def _hooks(found: Found, shapes: Shapes, fetch: Callable[[str, Place], bytes | None], vertices: bool) -> LegacyHooks:
    def embedded(section: Section) -> Gltf | None:
        document, binary = read_glb(section, shapes)
        return (
            check_gltf(document, binary, section.file, shapes, fetch, vertices=vertices)
            if document is not None
            else None
        )

    def referred(uri: str, where: str) -> None:
        target = found.files.locate(uri, found.name, where)
        data = target.read(where) if target is not None else None
        if target is not None and data is not None:
            inner = check_content(target, data, where, shapes)
            if inner.format not in ("glb", "gltf"):
                shapes.ledger.add("tiles_content", "not_gltf", where, inner.format, "glTF")

    return LegacyHooks(embedded, referred)
