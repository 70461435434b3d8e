"""The nodes of a scene layer, in pages of an array (I3S 1.7 and later): order, parents, children, boxes, resources."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from cimkit.readers.files import PackedFiles
from cimkit.readers.notes import Notes

__all__ = ["find_page", "read_nodes"]

_MOST_PAGES = 100_000


def find_page(files: PackedFiles, number: int) -> str | None:
    """The name of a page of nodes, packed or not."""
    names = (f"nodepages/{number}.json.gz", f"nodepages/{number}.json", f"nodepages/{number}/index.json.gz")
    return next((name for name in names if name in files), None)


def read_nodes(files: PackedFiles, notes: Notes) -> list[Mapping[str, Any]]:
    """All nodes in the order of their pages, judged."""
    nodes = [node for page in _pages(files, notes) for node in page]
    parents: dict[int, int] = {}
    for number, node in enumerate(nodes):
        where = f"node {number}"
        if node.get("index") != number:
            notes.add("i3s_node", "index", found=node.get("index"), expected=number, locator=where)
        for child in _children(node):
            if not 0 <= child < len(nodes):
                notes.add("i3s_node", "child_missing", found=child, expected=f"< {len(nodes)}", locator=where)
            elif child in parents or child == 0:
                notes.add("i3s_node", "two_parents", found=child, locator=where)
            else:
                parents[child] = number
        _judge_box(node, where, notes)
        _judge_mesh(node, where, files, notes)
    for child, parent in parents.items():
        stated = nodes[child].get("parentIndex")
        if stated is not None and stated != parent:
            notes.add("i3s_node", "other_parent", found=stated, expected=parent, locator=f"node {child}")
    lost = sum(number not in parents for number in range(1, len(nodes)))
    if lost:
        notes.add("i3s_node", "not_reached", found=lost)
    return nodes


def _pages(files: PackedFiles, notes: Notes) -> Iterator[list[Mapping[str, Any]]]:
    for number in range(_MOST_PAGES):
        name = find_page(files, number)
        if name is None:
            return
        try:
            document = orjson.loads(files.read(name))
        except (OSError, orjson.JSONDecodeError) as problem:
            notes.add("i3s_json", "unreadable_json", found=problem, locator=name)
            continue
        page = document.get("nodes") if isinstance(document, dict) else None
        if not isinstance(page, list):
            notes.add("i3s_node", "no_nodes", locator=name)
            continue
        yield [node if isinstance(node, dict) else {} for node in page]


def _children(node: Mapping[str, Any]) -> list[int]:
    children = node.get("children")
    return [child for child in children if type(child) is int] if isinstance(children, list) else []


def _judge_box(node: Mapping[str, Any], where: str, notes: Notes) -> None:
    box = node.get("obb")
    if not isinstance(box, dict):
        notes.add("i3s_bounds", "missing", expected="obb", locator=where)
        return
    for member, length in (("center", 3), ("halfSize", 3), ("quaternion", 4)):
        if not _is_sound(box.get(member), length, least=0 if member == "halfSize" else -math.inf):
            notes.add("i3s_bounds", "box", found=f"{member}: {box.get(member)}", locator=where)


def _is_sound(numbers: object, length: int, least: float) -> bool:
    if not isinstance(numbers, list) or len(numbers) != length:
        return False
    return all(type(each) in (int, float) and math.isfinite(each) and each >= least for each in numbers)


def _judge_mesh(node: Mapping[str, Any], where: str, files: PackedFiles, notes: Notes) -> None:
    mesh = node.get("mesh")
    if not isinstance(mesh, dict):
        return
    geometry = mesh.get("geometry")
    resource = geometry.get("resource") if isinstance(geometry, dict) else None
    if type(resource) is int and not _any_of(files, f"nodes/{resource}/geometries/0", (".bin.gz", ".bin")):
        notes.add("i3s_resource", "geometry", found=f"nodes/{resource}/geometries/0", locator=where)
    material = mesh.get("material")
    texture = material.get("resource") if isinstance(material, dict) else None
    if (
        type(texture) is int
        and texture != resource
        and not any(name.startswith(f"nodes/{texture}/textures/") for name in files.sizes)
    ):
        notes.add("i3s_resource", "texture", found=f"nodes/{texture}/textures", locator=where)


def _any_of(files: PackedFiles, stem: str, endings: tuple[str, ...]) -> bool:
    return any(f"{stem}{ending}" in files for ending in endings)
