"""Semantics, materials and textures: arrays that run along the boundaries, and the things they point to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cimkit.readers.cityjson.geometry import Placed
from cimkit.readers.cityjson.ledger import Ledger, pointer, shown
from cimkit.readers.cityjson.tables import DEPTHS, SEMANTIC_SURFACES

__all__ = ["SurfaceCheck"]

_LEAF_TYPES = {int, type(None)}


@dataclass(frozen=True, slots=True)
class SurfaceCheck:
    """Checks the geometries of one document.

    extensions  declared extensions: without any, 2.0 has no surface types with a plus
    materials, textures, coordinates   how many of each the document's appearance has
    """

    version: str
    ledger: Ledger
    extensions: Mapping[str, Any]
    materials: int
    textures: int
    coordinates: int

    def check(self, item: Placed) -> None:
        """Everything of one geometry whose boundaries are nested well."""
        content, depth = item.content, DEPTHS[item.content["type"]]
        if "semantics" in content:
            self._semantics(item, content["semantics"], max(depth - 2, 1))
        if "material" in content:
            self._themes(item, "material", content["material"])
        if "texture" in content:
            self._themes(item, "texture", content["texture"])

    def _add(
        self, kind: str, item: Placed, place: str, detail: str, found: Any = None, expected: str | None = None
    ) -> None:
        text = None if found is None else shown(found)
        self.ledger.add(kind, detail, item.place + place, found=text, expected=expected, sid=item.sid, line=item.line)

    # --- semantics ----------------------------------------------------------------------------------------------

    def _semantics(self, item: Placed, semantics: Any, levels: int) -> None:
        kind, place = "city_semantics", "/semantics"
        if not isinstance(semantics, dict):
            self._add("city_schema", item, place, "wrong_type", semantics, "object")
            return
        surfaces, values = semantics.get("surfaces"), semantics.get("values")
        if not isinstance(surfaces, list):
            self._add("city_schema", item, f"{place}/surfaces", "missing", surfaces, "surfaces")
            return
        for number, surface in enumerate(surfaces):
            self._surface(item, f"{place}/surfaces/{number}", surface, len(surfaces))
        if "values" not in semantics:
            self._add("city_schema", item, f"{place}/values", "missing", expected="values")
        elif values is not None:
            fault = self._fit(values, item.content["boundaries"], levels, len(surfaces), f"{place}/values")
            if fault:
                self._add(kind, item, *fault)

    def _surface(self, item: Placed, place: str, surface: Any, count: int) -> None:
        if not isinstance(surface, dict):
            self._add("city_schema", item, place, "wrong_type", surface, "object")
            return
        name = surface.get("type")
        if isinstance(name, str) and name.startswith("+"):
            if self.version == "2.0" and not self.extensions:
                self._add("city_extension", item, f"{place}/type", "not_declared", name)
        elif not (isinstance(name, str) and name in SEMANTIC_SURFACES) and (name is not None or self.version == "2.0"):
            self._add("city_schema", item, f"{place}/type", "unknown_surface", name)
        related = [("parent", surface["parent"])] if "parent" in surface else []
        children = surface.get("children", [])
        related += [("children", child) for child in children] if isinstance(children, list) else []
        for member, index in related:
            if type(index) is not int or not 0 <= index < count:
                self._add("city_semantics", item, f"{place}/{member}", "surface_missing", index, f"0..{count - 1}")

    # --- materials and textures ---------------------------------------------------------------------------------

    def _themes(self, item: Placed, member: str, themes: Any) -> None:
        if not isinstance(themes, dict):
            self._add("city_schema", item, f"/{member}", "wrong_type", themes, "object")
            return
        for theme, content in themes.items():
            place = f"/{member}" + pointer(theme)
            if not isinstance(content, dict):
                self._add("city_schema", item, place, "wrong_type", content, "object")
            elif member == "texture":
                self._texture(item, place, content)
            else:
                self._material(item, place, content)

    def _material(self, item: Placed, place: str, content: Mapping[str, Any]) -> None:
        if ("value" in content) == ("values" in content):
            self._add("city_schema", item, place, "value_or_values")
        elif "value" in content:
            index = content["value"]
            if type(index) is not int or not 0 <= index < self.materials:
                self._add("city_material", item, f"{place}/value", "missing", index, _range(self.materials))
        elif content["values"] is not None:
            levels = DEPTHS[item.content["type"]] - 2
            fault = self._fit(content["values"], item.content["boundaries"], levels, self.materials, f"{place}/values")
            if fault:
                self._add("city_material", item, *fault)

    def _fit(
        self, values: Any, boundaries: list[Any], levels: int, count: int, place: str
    ) -> tuple[str, str, Any, str] | None:
        """The first place where values don't run along boundaries or go beyond `count`; null stands for all below."""
        if values is None:
            return None
        if not isinstance(values, list):
            return place, "not_an_array", values, "[]"
        if len(values) != len(boundaries):
            return place, "wrong_length", len(values), str(len(boundaries))
        if levels > 1:
            for number, (value, boundary) in enumerate(zip(values, boundaries, strict=True)):
                fault = self._fit(value, boundary, levels - 1, count, f"{place}/{number}")
                if fault:
                    return fault
            return None
        if not set(map(type, values)) <= _LEAF_TYPES:
            return place, "not_an_index", values, _range(count)
        for number, value in enumerate(values):
            if value is not None and not 0 <= value < count:
                return f"{place}/{number}", "missing", value, _range(count)
        return None

    def _texture(self, item: Placed, place: str, content: Mapping[str, Any]) -> None:
        if "values" not in content:
            if self.version != "1.0":
                self._add("city_schema", item, f"{place}/values", "missing", expected="values")
            return
        depth = DEPTHS[item.content["type"]]
        fault = self._fit_rings(content["values"], item.content["boundaries"], depth, f"{place}/values")
        if fault:
            self._add("city_texture", item, *fault)

    def _fit_rings(
        self, values: Any, boundaries: list[Any], levels: int, place: str
    ) -> tuple[str, str, Any, str] | None:
        """As `_fit`, down to rings: a texture, then coordinates for each point of the ring; or nulls."""
        if not isinstance(values, list):
            return place, "not_an_array", values, "[]"
        if levels > 1:
            if len(values) != len(boundaries):
                # A surface without texture may say so once for all its rings.
                bare = levels == 2 and values == [[None]]
                return None if bare else (place, "wrong_length", len(values), str(len(boundaries)))
            for number, (value, boundary) in enumerate(zip(values, boundaries, strict=True)):
                fault = self._fit_rings(value, boundary, levels - 1, f"{place}/{number}")
                if fault:
                    return fault
            return None
        types = set(map(type, values))
        if types == {type(None)}:
            return None
        if types != {int}:
            return place, "not_an_index", values, _range(self.coordinates)
        if len(values) != len(boundaries) + 1:
            return place, "wrong_length", len(values), str(len(boundaries) + 1)
        if not 0 <= values[0] < self.textures:
            return f"{place}/0", "missing", values[0], _range(self.textures)
        if min(values) < 0 or max(values[1:], default=0) >= self.coordinates:
            return place, "coordinates_missing", values, _range(self.coordinates)
        return None


def _range(count: int) -> str:
    return f"0..{count - 1}" if count else "—"
