"""Which extensions a tileset has, and whether it says so.

Source: OGC 22-025r4, Specifying extensions; the texts of the extensions named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.shapes import Shapes, type_name

__all__ = ["ARCHIVES", "CONTENT_GLTF", "MUST_BE_REQUIRED", "ExtensionUse", "judge_extensions"]

CONTENT_GLTF = "3DTILES_content_gltf"
ARCHIVES = "MAXAR_content_3tz"
#: Extensions whose own text says that a tileset using them must list them as required.
MUST_BE_REQUIRED = frozenset(
    {CONTENT_GLTF, ARCHIVES, "3DTILES_implicit_tiling", "3DTILES_multiple_contents", "3DTILES_bounding_volume_S2"}
)
#: Extensions whose objects are looked into; of others only that they are there.
KNOWN = frozenset({CONTENT_GLTF, ARCHIVES, "3DTILES_multiple_contents", "3DTILES_bounding_volume_S2"})


class ExtensionUse:
    """The extensions found in one tileset: in its objects, its subtrees and schemas, and by what its contents are."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.found: dict[str, str] = {}
        #: There by what some content is, but part of the core specification by now: need not be declared.
        self.in_core: set[str] = set()
        self.used: list[str] = []
        self.required: list[str] = []

    def look(self, owner: Mapping[str, Any], place: Place) -> None:
        """Every JSON object of 3D Tiles may have `extensions` and `extras`: check them, remember the extensions."""
        if "extensions" in owner:
            for name, value in (self.shapes.mapping(owner, "extensions", place) or {}).items():
                at = place.at("extensions", name)
                if type(value) is not dict:
                    self.shapes.wrong_type(value, at, "object")
                self.found.setdefault(name, str(at))
        if "extras" in owner and type(owner["extras"]) is not dict:
            self.shapes.ledger.add(
                "tiles_practice", "extras_not_object", place.at("extras"), type_name(owner["extras"]), "object"
            )

    def declare(self, document: Mapping[str, Any], place: Place) -> None:
        """Read the two lists of a tileset's top level."""
        self.used = self.shapes.texts(document, "extensionsUsed", place) or []
        self.required = self.shapes.texts(document, "extensionsRequired", place) or []


def judge_extensions(use: ExtensionUse, below: Mapping[str, str], place: Place, shapes: Shapes) -> None:
    """Compare what a tileset declares with what it has. below: found in the external tilesets under it, with where."""
    add = shapes.ledger.add
    found = {**below, **use.found}
    for name in use.required:
        if name not in use.used:
            add("tiles_extension", "required_not_used", place.at("extensionsRequired"), name, "extensionsUsed")
    for name, where in found.items():
        if name not in use.used:
            add("tiles_extension", "not_declared", where, name, "extensionsUsed")
    for name in use.used:
        if name in found and name in MUST_BE_REQUIRED and name not in use.required:
            add("tiles_extension", "not_required", place.at("extensionsRequired"), name, "extensionsRequired")
        if name not in KNOWN:
            add("tiles_not_read", "extension", place.at("extensionsUsed"), name)
        if name not in found and name not in use.in_core:
            add("tiles_practice", "extension_not_found", place.at("extensionsUsed"), name)
