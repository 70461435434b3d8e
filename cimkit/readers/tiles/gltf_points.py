"""The vertices of a glTF asset's scene, in the coordinates of the tile that has it.

Source: glTF 2.0 (ISO/IEC 12113), Nodes and Hierarchy; OGC 22-025r4, glTF transforms; CESIUM_RTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cimkit.readers.tiles.gltf_accessors import Accessor, Accessors
from cimkit.readers.tiles.gltf_references import Lists
from cimkit.readers.tiles.points import IDENTITY, Y_UP_TO_Z_UP, Array, Points, moved
from cimkit.readers.tiles.shapes import is_number

__all__ = ["scene_points"]

_INSTANCES = "EXT_mesh_gpu_instancing"


def scene_points(document: Mapping[str, Any], lists: Lists, accessors: Accessors) -> list[Points]:
    """Vertices of every mesh in the default scene. Meshes that are skinned or instanced by an extension are left out:
    where they are drawn is not where their vertices are stored."""
    scenes = lists.get("scenes", [])
    index = document.get("scene", 0)
    scene = scenes[index] if type(index) is int and 0 <= index < len(scenes) else None
    nodes = lists.get("nodes", [])
    found: list[Points] = []
    seen: set[int] = set()
    waiting = [(each, Y_UP_TO_Z_UP) for each in _indices(scene, "nodes", len(nodes))]
    while waiting:
        number, above = waiting.pop()
        node = nodes[number]
        matrix = _matrix(node) if node is not None else None
        if number in seen or node is None or matrix is None:
            continue
        seen.add(number)
        here = above @ matrix
        waiting.extend((each, here) for each in _indices(node, "children", len(nodes)))
        extensions = node.get("extensions")
        if "skin" not in node and not (isinstance(extensions, dict) and _INSTANCES in extensions):
            mesh = _positions(node.get("mesh"), lists, accessors)
            found.extend(Points(_decoded(each), here) for each in mesh if each.values is not None)
    centre = _centre(document)
    return moved(found, centre) if centre is not None else found


def _indices(owner: Mapping[str, Any] | None, name: str, count: int) -> list[int]:
    values = (owner or {}).get(name)
    return [each for each in values if type(each) is int and 0 <= each < count] if type(values) is list else []


def _positions(mesh: Any, lists: Lists, accessors: Accessors) -> list[Accessor]:
    meshes = lists.get("meshes", [])
    value = meshes[mesh] if type(mesh) is int and 0 <= mesh < len(meshes) else None
    primitives = (value or {}).get("primitives")
    found: list[Accessor] = []
    for primitive in primitives if type(primitives) is list else ():
        attributes = primitive.get("attributes") if type(primitive) is dict else None
        index = attributes.get("POSITION") if type(attributes) is dict else None
        accessor = accessors[index] if type(index) is int and 0 <= index < len(accessors) else None
        if accessor is not None and accessor.type == "VEC3":
            found.append(accessor)
    return found


def _decoded(accessor: Accessor) -> Any:
    """Normalized integers as the numbers that they stand for."""
    assert accessor.values is not None
    if not accessor.normalized or accessor.values.dtype.kind == "f":
        return accessor.values
    return np.maximum(accessor.values / np.iinfo(accessor.values.dtype).max, -1.0)


def _matrix(node: Mapping[str, Any]) -> Array | None:
    """From the node to its parent; None when it is written wrongly."""
    if "matrix" in node:
        numbers = _numbers(node, "matrix", [])
        return np.array(numbers, np.float64).reshape(4, 4).T if len(numbers) == 16 else None
    translation = _numbers(node, "translation", [0, 0, 0])
    rotation = _numbers(node, "rotation", [0, 0, 0, 1])
    scale = _numbers(node, "scale", [1, 1, 1])
    if (len(translation), len(rotation), len(scale)) != (3, 4, 3):
        return None
    x, y, z, w = rotation
    matrix = IDENTITY.copy()
    matrix[:3, :3] = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    ) * np.array(scale)
    matrix[:3, 3] = translation
    return matrix


def _numbers(node: Mapping[str, Any], name: str, default: list[float]) -> list[float]:
    values = node.get(name, default)
    return values if type(values) is list and all(map(is_number, values)) else []


def _centre(document: Mapping[str, Any]) -> list[float] | None:
    extensions = document.get("extensions")
    value = extensions.get("CESIUM_RTC") if type(extensions) is dict else None
    numbers = _numbers(value, "center", []) if type(value) is dict else []
    return numbers if len(numbers) == 3 else None
