"""What a JSON document is, told by its first level: CityJSON, GeoJSON, 3D Tiles, S3M, I3S, metadata or neither.

The order of members is free, so a document can begin with megabytes of vertices before it says what it is: then the
rest is looked through for the marks alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

__all__ = ["json_kind"]

_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|[{}\[\],:]|[^\s"{}\[\],:]+', re.DOTALL)
_PIECE = 4_000_000
#: Longer than any mark with the white space that may stand in it.
_OVERLAP = 200
_MARKS = re.compile(rb'"type"\s*:\s*"(CityJSON(?:Feature)?|FeatureCollection|Feature)"|"(CityObjects)"\s*:')

_GEOMETRIES = frozenset(
    {b"Point", b"MultiPoint", b"LineString", b"MultiLineString", b"Polygon", b"MultiPolygon", b"GeometryCollection"}
)
_TILESET = frozenset({b"geometricError", b"schemaUri", b"statistics", b"groups", b"extensionsUsed"})
_SUBTREE = frozenset({b"tileAvailability", b"contentAvailability", b"childSubtreeAvailability", b"propertyTables"})
_SCHEMA = frozenset({b"classes", b"enums"})
_OF_SCHEMAS = _SCHEMA | {b"$schema", b"id", b"name", b"description", b"version", b"extensions", b"extras"}
_OF_TILES = _SCHEMA | {
    *(b"asset", b"root", b"boundingVolume", b"geometricError", b"implicitTiling", b"buffers", b"bufferViews"),
}
_GLTF = frozenset({b"scenes", b"nodes", b"meshes", b"accessors"})
#: A record of metadata by its usual members, in English and Chinese.
_METADATA = frozenset({b"metadata", "元数据".encode()})
_TITLES = frozenset({b"title", b"datasetName", "数据集名称".encode(), "名称".encode(), "数据名称".encode()})
_OF_METADATA = frozenset(
    {b"abstract", b"producer", b"lineage", b"spatialReference"}
    | {word.encode() for word in ("摘要", "生产单位", "坐标系", "坐标系统", "空间参照系", "密级", "数据来源")}
)


def json_kind(
    content: bytes, head_size: int, read_at: Callable[[int, int], bytes] | None, *, alone: bool = False
) -> str:
    """`cityjson`, `geojson`, `geojsonseq`, `3dtiles`, `s3m`, `i3s`, `metadata` or `json`.

    content: the first bytes without byte order mark and white space; head_size: how many bytes of the file were read
    for it; read_at: the bytes at an offset of the file, None where there are no more; alone: the file was named by
    itself, so that what could be a part of 3D Tiles (a schema needs no more than an id) is taken for one.
    """
    sequence = content.startswith(b"\x1e")
    content = content.lstrip(b"\x1e \t\r\n")
    names, ended = _first_level(content)
    kind = _decided(names)
    if kind == "geojson" and names.get(b"type") == b"Feature":
        return "geojsonseq" if sequence or (ended and _goes_on(content, ended)) else "geojson"
    if kind == "metadata" and not ended and read_at is not None:  # a city model has a member of that name, too
        return _looked_through(head_size, read_at) or kind
    if kind is not None:
        return kind
    if alone and ended and (names.keys() & _OF_TILES or (b"id" in names and names.keys() <= _OF_SCHEMAS)):
        return "3dtiles"
    if not ended and read_at is not None:
        return _looked_through(head_size, read_at) or "json"
    return "json"


def _decided(names: dict[bytes, bytes]) -> str | None:
    said = names.get(b"type", b"")
    if said in (b"CityJSON", b"CityJSONFeature") or b"CityObjects" in names:
        return "cityjson"
    if said in (b"FeatureCollection", b"Feature") or (said in _GEOMETRIES and names.keys() & {b"coordinates"}):
        return "geojson"
    keys = names.keys()
    if b"SuperMap" in names.get(b"asset", b"") or {b"rootTiles", b"dataType"} <= keys or b"pyramidSplitType" in keys:
        return "s3m"
    if b"layerType" in keys and b"store" in keys:
        return "i3s"
    if keys & _SUBTREE or (keys & _SCHEMA and keys <= _OF_SCHEMAS) or {b"buffers", b"bufferViews"} <= keys:
        return "3dtiles"
    if (b"asset" in keys or b"root" in keys) and keys & (_TILESET | _GLTF | {b"root"}):
        return "3dtiles"
    if keys & {b"geometricError"}:
        return "3dtiles"
    if keys & _METADATA or (keys & _TITLES and keys & _OF_METADATA):
        return "metadata"
    return None


def _first_level(content: bytes) -> tuple[dict[bytes, bytes], int]:
    """Names of the outermost object -> their values where they are texts (empty otherwise), and where it ends (0: not
    within these bytes)."""
    names: dict[bytes, bytes] = {}
    depth, name, after_name = 0, None, False
    for token in _TOKEN.finditer(content):
        text = token[0]
        if text in (b"{", b"["):
            depth += 1
            after_name = False
            if depth == 1 and text == b"[":
                return {}, 0
        elif text in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                return names, token.end()
        elif depth == 1 and text == b",":
            name, after_name = None, False
        elif depth == 1 and text == b":":
            after_name = True
        elif depth == 1 and text.startswith(b'"'):
            if after_name and name is not None:
                names[name] = token[1]
            elif not after_name:
                name = token[1]
                names.setdefault(name, b"")
    return names, 0


def _goes_on(content: bytes, ended: int) -> bool:
    return content[ended:].lstrip(b"\x1e \t\r\n").startswith(b"{")


def _looked_through(start: int, read_at: Callable[[int, int], bytes]) -> str | None:
    """The first mark further down. A document that has none is none of these."""
    for piece in _pieces(max(0, start - _OVERLAP), read_at):
        mark = _MARKS.search(piece)
        if mark is not None:
            return "cityjson" if mark[2] or mark[1].startswith(b"City") else "geojson"
    return None


def _pieces(offset: int, read_at: Callable[[int, int], bytes]) -> Iterator[bytes]:
    while piece := read_at(offset, _PIECE):
        yield piece
        if len(piece) < _PIECE:
            return
        offset += _PIECE - _OVERLAP
