"""Implicit tiling: its object at a tile, what that tile must not have, and the templates of its URIs.

Source: OGC 22-025r4, Implicit Tiling; tile.implicitTiling.schema.json, subtrees.schema.json, templateUri.schema.json.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.extensions import ExtensionUse
from cimkit.readers.tiles.shapes import Shapes
from cimkit.readers.tiles.subtree import Tiling

__all__ = ["ImplicitRoot", "Template", "check_implicit_root", "read_implicit_tiling"]

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_SCHEMES = ("QUADTREE", "OCTREE")
#: A tree of 4 ** 32 or 8 ** 32 tiles: deeper ones can't be counted in 64 bits.
_MOST_LEVELS = 32


@dataclass(frozen=True, slots=True)
class Template:
    """A URI with `{level}`, `{x}`, `{y}` and, in octrees, `{z}`."""

    text: str
    place: Place

    def fill(self, level: int, coordinates: tuple[int, ...]) -> str:
        """The URI of one tile. Only the variables are replaced; nothing in the text is evaluated."""
        uri = self.text.replace("{level}", str(level))
        for name, value in zip("xyz", coordinates, strict=False):
            uri = uri.replace(f"{{{name}}}", str(value))
        return uri


@dataclass(frozen=True, slots=True)
class ImplicitRoot:
    """What is needed to walk an implicit tiling; contents: None for one whose template is broken."""

    tiling: Tiling
    subtrees: Template
    contents: tuple[Template | None, ...]


def read_implicit_tiling(
    value: Mapping[str, Any], place: Place, contents: list[tuple[str | None, Place]], shapes: Shapes, use: ExtensionUse
) -> ImplicitRoot | None:
    """The implicit tiling object; None when it can't be walked. contents: URIs of the tile's contents, with places."""
    use.look(value, place)
    scheme = shapes.text(value, "subdivisionScheme", place, required=True, among=_SCHEMES)
    subtree_levels = shapes.integer(value, "subtreeLevels", place, required=True, least=1)
    available_levels = shapes.integer(value, "availableLevels", place, required=True, least=1)
    subtrees = shapes.mapping(value, "subtrees", place, required=True)
    uri = None
    if subtrees is not None:
        use.look(subtrees, place.at("subtrees"))
        uri = shapes.text(subtrees, "uri", place.at("subtrees"), required=True)
    if scheme is None:
        return None
    template = _template(uri, place.at("subtrees", "uri"), scheme, shapes)
    templates = tuple(_template(each, at, scheme, shapes) for each, at in contents)
    if subtree_levels is None or available_levels is None or template is None:
        return None
    if subtree_levels > _MOST_LEVELS or available_levels > _MOST_LEVELS:
        shapes.ledger.add(
            "tiles_not_read", "too_large", place, max(subtree_levels, available_levels), f"..{_MOST_LEVELS}"
        )
        return None
    return ImplicitRoot(Tiling(scheme, subtree_levels, available_levels, len(contents)), template, templates)


def _template(uri: str | None, place: Place, scheme: str, shapes: Shapes) -> Template | None:
    """The URI as a template; None when its variables are wrong (written down)."""
    if uri is None:
        return None
    wanted = {"level", "x", "y", *("z" if scheme == "OCTREE" else "")}
    named = set(_VARIABLE.findall(uri))
    for name in sorted(named - wanted):
        shapes.ledger.add("tiles_implicit", "unknown_variable", place, name, " ".join(sorted(wanted)))
    for name in sorted(wanted - named):
        shapes.ledger.add("tiles_implicit", "missing_variable", place, uri, name)
    return Template(uri, place) if named == wanted else None


def check_implicit_root(tile: Mapping[str, Any], place: Place, shapes: Shapes) -> None:
    """Write down what the root of an implicit tiling must not have."""
    for name in ("children", "metadata"):
        if name in tile:
            shapes.ledger.add("tiles_implicit", name, place.at(name))
    volume = tile.get("boundingVolume")
    if isinstance(volume, dict) and "sphere" in volume and not volume.keys() & {"box", "region"}:
        shapes.ledger.add("tiles_implicit", "sphere", place.at("boundingVolume", "sphere"))
    contents = tile.get("contents")
    listed = [(tile.get("content"), place.at("content"))]
    listed += [
        (each, place.at("contents", index)) for index, each in enumerate(contents if isinstance(contents, list) else ())
    ]
    for content, at in listed:
        if isinstance(content, dict) and "boundingVolume" in content:
            shapes.ledger.add("tiles_implicit", "content_volume", at.at("boundingVolume"))
