"""Meshes, nodes and scenes of a glTF asset.

Source: glTF 2.0 (ISO/IEC 12113), Meshes, Scenes, Nodes and Hierarchy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.gltf_accessors import Accessor, Accessors
from cimkit.readers.tiles.gltf_references import Lists, index_into, reference
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["check_meshes", "check_nodes"]

_UNSIGNED = (5121, 5123, 5125)
#: Forms that the attributes of glTF itself may have.
_ATTRIBUTES = {
    "POSITION": ("VEC3/5126",),
    "NORMAL": ("VEC3/5126",),
    "TANGENT": ("VEC4/5126",),
}


def check_meshes(
    document: Mapping[str, Any], lists: Lists, accessors: Accessors, place: Place, shapes: Shapes
) -> frozenset[str]:
    """Check all primitives; the names of their attributes."""
    names: set[str] = set()
    free_forms = "KHR_mesh_quantization" in _listed(document.get("extensionsUsed"))
    for index, mesh in enumerate(lists.get("meshes", [])):
        if mesh is None:
            continue
        at = place.at("meshes", index)
        if "primitives" not in mesh:
            shapes.ledger.add("tiles_missing", "property", at.at("primitives"), expected="primitives")
        for number, primitive in enumerate(shapes.mappings(mesh, "primitives", at) or ()):
            if primitive is not None:
                names.update(
                    _check_primitive(primitive, at.at("primitives", number), lists, accessors, free_forms, shapes)
                )
    return frozenset(names)


def _check_primitive(
    primitive: Mapping[str, Any], place: Place, lists: Lists, accessors: Accessors, free_forms: bool, shapes: Shapes
) -> set[str]:
    attributes = shapes.mapping(primitive, "attributes", place, required=True, least=1) or {}
    found: dict[str, Accessor] = {}
    for name, value in attributes.items():
        at = place.at("attributes", name)
        index = index_into(value, at, len(accessors), shapes)
        accessor = accessors[index] if index is not None else None
        if accessor is None:
            continue
        found[name] = accessor
        if name in _ATTRIBUTES and not free_forms and accessor.code not in _ATTRIBUTES[name]:
            shapes.ledger.add("tiles_gltf", "attribute_form", at, accessor.code, " | ".join(_ATTRIBUTES[name]))
        if name == "POSITION" and not accessor.has_bounds:
            shapes.ledger.add("tiles_gltf", "position_bounds", at, expected="min, max")
    counts = {accessor.count for accessor in found.values()}
    if len(counts) > 1:
        shapes.ledger.add("tiles_gltf", "attribute_counts", place.at("attributes"), sorted(counts))
    if "indices" in primitive:
        _check_indices(primitive["indices"], place.at("indices"), min(counts, default=0), accessors, shapes)
    mode = shapes.integer(primitive, "mode", place, least=0)
    if mode is not None and mode > 6:
        shapes.ledger.add("tiles_value", "range", place.at("mode"), mode, "0..6")
    if "material" in primitive:
        index_into(primitive["material"], place.at("material"), len(lists.get("materials", [])), shapes)
    return set(attributes)


def _check_indices(value: Any, place: Place, vertices: int, accessors: Accessors, shapes: Shapes) -> None:
    index = index_into(value, place, len(accessors), shapes)
    accessor = accessors[index] if index is not None else None
    if accessor is None:
        return
    if accessor.type != "SCALAR" or accessor.component not in _UNSIGNED:
        shapes.ledger.add("tiles_gltf", "indices_form", place, accessor.code, "SCALAR/5121 | 5123 | 5125")
    elif accessor.values is not None and vertices:
        greatest = int(accessor.values.max())
        if greatest >= vertices:
            shapes.ledger.add("tiles_gltf", "index_range", place, greatest, f"0..{vertices - 1}")


def check_nodes(document: Mapping[str, Any], lists: Lists, place: Place, shapes: Shapes) -> None:
    """Nodes form trees; scenes list their roots."""
    nodes = lists.get("nodes", [])
    parents: dict[int, int] = {}
    for index, node in enumerate(nodes):
        if node is None:
            continue
        at = place.at("nodes", index)
        _check_node(node, at, lists, shapes)
        for number, value in enumerate(shapes.array(node, "children", at) or ()):
            child = index_into(value, at.at("children", number), len(nodes), shapes)
            if child is None:
                continue
            if child in parents:
                shapes.ledger.add("tiles_gltf", "two_parents", at.at("children", number), child)
            parents.setdefault(child, index)
    _check_circles(parents, place, shapes)
    _check_scenes(document, lists, parents, place, shapes)


def _check_node(node: Mapping[str, Any], place: Place, lists: Lists, shapes: Shapes) -> None:
    for name, wanted in (("mesh", "meshes"), ("camera", "cameras"), ("skin", "skins")):
        reference(node, name, place, len(lists.get(wanted, [])), shapes)
    for name, length in (("matrix", 16), ("translation", 3), ("rotation", 4), ("scale", 3)):
        shapes.numbers(node, name, place, length)
    if "matrix" in node and node.keys() & {"translation", "rotation", "scale"}:
        shapes.ledger.add("tiles_value", "one_of", place, "matrix | translation, rotation, scale")


def _check_scenes(
    document: Mapping[str, Any], lists: Lists, parents: Mapping[int, int], place: Place, shapes: Shapes
) -> None:
    """A scene lists roots, so none of its nodes is another node's child."""
    nodes, scenes = lists.get("nodes", []), lists.get("scenes", [])
    for index, scene in enumerate(scenes):
        at = place.at("scenes", index)
        for number, value in enumerate((shapes.array(scene, "nodes", at) if scene else None) or ()):
            root = index_into(value, at.at("nodes", number), len(nodes), shapes)
            if root in parents:
                shapes.ledger.add("tiles_gltf", "scene_root", at.at("nodes", number), root)
    reference(document, "scene", place, len(scenes), shapes)


def _check_circles(parents: Mapping[int, int], place: Place, shapes: Shapes) -> None:
    """Walk up from each node once; a node met again on the same walk closes a circle."""
    walked: dict[int, int] = {}
    for start in parents:
        node: int | None = start
        while node is not None and node not in walked:
            walked[node] = start
            node = parents.get(node)
        if node is not None and walked[node] == start:
            shapes.ledger.add("tiles_gltf", "circle", place.at("nodes", node), node)


def _listed(value: Any) -> list[Any]:
    return value if type(value) is list else []
