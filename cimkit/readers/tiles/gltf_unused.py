"""Objects of a glTF asset that nothing refers to: bytes that are sent and never used.

Source: glTF 2.0 (ISO/IEC 12113), the properties that hold indices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.gltf_references import Lists
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["note_unused"]

#: Property names -> the array that their index is of, wherever in the array's own objects they stand.
_POINTERS: Mapping[str, Mapping[str, str]] = {
    "accessors": {"bufferView": "bufferViews"},
    "images": {"bufferView": "bufferViews"},
    "textures": {"source": "images", "sampler": "samplers"},
    "materials": {"index": "textures"},
    "meshes": {"indices": "accessors", "material": "materials"},
    "nodes": {"mesh": "meshes", "skin": "skins", "camera": "cameras", "children": "nodes"},
    "skins": {"inverseBindMatrices": "accessors", "skeleton": "nodes", "joints": "nodes"},
    "animations": {"input": "accessors", "output": "accessors", "node": "nodes"},
    "scenes": {"nodes": "nodes"},
}
#: Objects whose every member is an index of an accessor.
_OF_ACCESSORS = ("attributes", "targets")
#: What makes a node more than a name.
_FILLED = ("mesh", "children", "camera", "skin")
_JUDGED = ("accessors", "bufferViews", "images", "materials", "meshes", "nodes", "samplers", "skins", "textures")


def note_unused(document: Mapping[str, Any], lists: Lists, place: Place, shapes: Shapes) -> None:
    """Write down each unused object. Extensions may refer to anything, so an asset that has some is left alone."""
    if "extensionsUsed" in document:
        return
    used: dict[str, set[int]] = {name: set() for name in (*_JUDGED, "cameras")}
    for name, pointers in _POINTERS.items():
        for target, index in _indices(lists.get(name, []), pointers):
            used[target].add(index)
    for name in _JUDGED:
        for index, value in enumerate(lists.get(name, [])):
            # A node with something in it and no scene around it may be there for whoever opens the asset.
            library = name == "nodes" and value is not None and not value.keys().isdisjoint(_FILLED)
            if index not in used[name] and not library:
                shapes.ledger.add("tiles_practice", "unused_object", place.at(name, index))


def _indices(objects: list[dict[str, Any] | None], pointers: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Every index in these objects, with the array that it is of."""
    waiting: list[Any] = list(objects)
    while waiting:
        value = waiting.pop()
        if type(value) is list:
            waiting.extend(value)
        elif type(value) is dict:
            for key, each in value.items():
                if key in pointers:
                    yield from ((pointers[key], index) for index in _numbers(each))
                elif key in _OF_ACCESSORS:
                    yield from (("accessors", index) for index in _members(each))
                if key not in ("extras", "extensions") and type(each) in (dict, list):
                    waiting.append(each)


def _numbers(value: Any) -> list[int]:
    return [each for each in (value if type(value) is list else [value]) if type(each) is int]


def _members(value: Any) -> list[int]:
    """Indices in an object, or in each object of an array (morph targets)."""
    objects = value if type(value) is list else [value]
    return [each for one in objects if type(one) is dict for each in one.values() if type(each) is int]
