"""A glTF 2.0 asset: that its parts are there, refer to one another rightly and fit their buffers.

This is no replacement for a full glTF validator: it looks at what makes a tile unreadable or lets it be drawn wrongly.
Source: glTF 2.0 (ISO/IEC 12113).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cimkit.readers.tiles.binary import Section
from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.gltf_accessors import read_accessors
from cimkit.readers.tiles.gltf_points import scene_points
from cimkit.readers.tiles.gltf_references import Lists, reference
from cimkit.readers.tiles.gltf_scene import check_meshes, check_nodes
from cimkit.readers.tiles.gltf_unused import note_unused
from cimkit.readers.tiles.points import Points
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["Gltf", "check_gltf", "is_gltf"]

Fetch = Callable[[str, Place], bytes | None]
_VERSION = re.compile(r"^\d+\.\d+$")
#: Arrays of objects at the top level.
_LISTS = (
    "accessors",
    "animations",
    "buffers",
    "bufferViews",
    "cameras",
    "images",
    "materials",
    "meshes",
    "nodes",
    "samplers",
    "scenes",
    "skins",
    "textures",
)


@dataclass(frozen=True, slots=True)
class Gltf:
    """attributes: names of vertex attributes; points: the vertices of its scene."""

    attributes: frozenset[str]
    points: list[Points]


def is_gltf(document: Any) -> bool:
    """Whether a JSON document is a glTF asset and no tileset."""
    if not isinstance(document, dict) or "root" in document or "geometricError" in document:
        return False
    asset = document.get("asset")
    version = asset.get("version") if isinstance(asset, dict) else None
    return (isinstance(version, str) and version.startswith("2.")) or bool(
        document.keys() & {"meshes", "scenes", "nodes"}
    )


def check_gltf(
    document: Any, binary: Section | None, file: str, shapes: Shapes, fetch: Fetch, *, vertices: bool = False
) -> Gltf | None:
    """Check an asset; None when it can't be read.

    binary: the BIN chunk of a binary glTF; fetch: bytes of a URI; vertices: are the points
    of its scene wanted.
    """
    place = Place(file)
    if type(document) is not dict:
        shapes.wrong_type(document, place, "object")
        return None
    _check_asset(document, place, shapes)
    _check_extensions(document, place, shapes)
    lists = {name: shapes.mappings(document, name, place) or [] for name in _LISTS if name in document}
    buffers = _read_buffers(lists.get("buffers", []), place.at("buffers"), binary, shapes, fetch)
    accessors = read_accessors(lists, buffers, place, shapes)
    attributes = check_meshes(document, lists, accessors, place, shapes)
    check_nodes(document, lists, place, shapes)
    _check_images(lists, place, shapes, fetch)
    _check_materials(lists, place, shapes)
    note_unused(document, lists, place, shapes)
    return Gltf(attributes, scene_points(document, lists, accessors) if vertices else [])


def _check_asset(document: Mapping[str, Any], place: Place, shapes: Shapes) -> None:
    asset = shapes.mapping(document, "asset", place, required=True)
    if asset is None:
        return
    at = place.at("asset")
    version = shapes.text(asset, "version", at, required=True)
    if version is None:
        return
    if not _VERSION.match(version) or not version.startswith("2."):
        shapes.ledger.add("tiles_gltf", "version", at.at("version"), version, "2.0")
    elif version != "2.0":
        shapes.ledger.add("tiles_practice", "unknown_minor_version", at.at("version"), version, "2.0")
    least = shapes.text(asset, "minVersion", at)
    comparable = least is not None and _VERSION.match(least) and _VERSION.match(version)
    if least is not None and comparable and _numbers(least) > _numbers(version):
        shapes.ledger.add("tiles_gltf", "version", at.at("minVersion"), least, version)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part[:9]) for part in version.split("."))


def _check_extensions(document: Mapping[str, Any], place: Place, shapes: Shapes) -> None:
    used = shapes.texts(document, "extensionsUsed", place) or []
    required = shapes.texts(document, "extensionsRequired", place) or []
    for name in required:
        if name not in used:
            shapes.ledger.add(
                "tiles_gltf", "extension_not_declared", place.at("extensionsRequired"), name, "extensionsUsed"
            )
    found: dict[str, str] = {}
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if type(value) is dict:
            extensions = value.get("extensions")
            if type(extensions) is dict:
                found.update(dict.fromkeys(extensions, ""))
            waiting.extend(each for key, each in value.items() if key != "extras" and type(each) in (dict, list))
        else:
            waiting.extend(each for each in value if type(each) in (dict, list))
    for name in sorted(found.keys() - set(used)):
        shapes.ledger.add("tiles_gltf", "extension_not_declared", place, name, "extensionsUsed")


def _read_buffers(
    buffers: list[dict[str, Any] | None],
    place: Place,
    binary: Section | None,
    shapes: Shapes,
    fetch: Fetch,
) -> list[tuple[int, bytes | None] | None]:
    """Length and bytes of each buffer; bytes None when they can't be had, the whole None when it says no length."""
    read: list[tuple[int, bytes | None] | None] = []
    for index, buffer in enumerate(buffers):
        if buffer is None:
            read.append(None)
            continue
        at = place.at(index)
        length = shapes.integer(buffer, "byteLength", at, required=True, least=1)
        uri = shapes.text(buffer, "uri", at)
        data = None
        if uri is not None:
            data = fetch(uri, at.at("uri"))
        elif index == 0 and binary is not None:
            data = binary.data
            if length is not None and len(data) - length > 3:
                shapes.ledger.add("tiles_gltf", "binary_chunk_longer", binary.at(length), len(data), length)
        if length is not None and data is not None and len(data) < length:
            shapes.ledger.add("tiles_gltf", "buffer_shorter", at.at("byteLength"), len(data), length)
            data = None
        read.append((length, data) if length is not None else None)
    return read


def _check_images(lists: Lists, place: Place, shapes: Shapes, fetch: Fetch) -> None:
    images = lists.get("images", [])
    for index, image in enumerate(images):
        if image is None:
            continue
        at = place.at("images", index)
        if ("uri" in image) == ("bufferView" in image):
            shapes.ledger.add("tiles_gltf", "image_source", at, expected="uri | bufferView")
        uri = shapes.text(image, "uri", at)
        if uri is not None:
            fetch(uri, at.at("uri"))
        if reference(image, "bufferView", at, len(lists.get("bufferViews", [])), shapes) is not None:
            shapes.text(image, "mimeType", at, required=True)
    for index, texture in enumerate(lists.get("textures", [])):
        if texture is not None:
            at = place.at("textures", index)
            reference(texture, "source", at, len(images), shapes)
            reference(texture, "sampler", at, len(lists.get("samplers", [])), shapes)


def _check_materials(lists: Lists, place: Place, shapes: Shapes) -> None:
    """Every texture info, wherever in a material: an object under a name that ends in `Texture`."""
    count = len(lists.get("textures", []))
    for index, material in enumerate(lists.get("materials", [])):
        waiting: list[tuple[dict[str, Any], Place]] = [(material or {}, place.at("materials", index))]
        while waiting:
            value, at = waiting.pop()
            for key, each in value.items():
                if type(each) is not dict or key == "extras":
                    continue
                if key.endswith("Texture"):
                    reference(each, "index", at.at(key), count, shapes, required=True)
                waiting.append((each, at.at(key)))
