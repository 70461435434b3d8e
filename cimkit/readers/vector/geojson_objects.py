"""GeoJSON objects against RFC 7946: members, positions, rings. What is wrong is noted; what can be used is kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cimkit.readers.notes import Notes

__all__ = ["Feature", "feature_of", "note_ids", "system_member"]

#: Geometry type -> how deep its coordinates are nested around positions, and whether its innermost arrays are rings.
_DEPTHS = {
    "Point": (0, False),
    "MultiPoint": (1, False),
    "LineString": (1, False),
    "MultiLineString": (2, False),
    "Polygon": (2, True),
    "MultiPolygon": (3, True),
}
_NUMBERS = (int, float)


@dataclass(slots=True)
class Feature:
    """One feature. geometry: None for null and for what is none; place: JSON pointer; line: of a sequence."""

    at: int
    id: Any
    properties: Mapping[str, Any]
    geometry: Mapping[str, Any] | None
    bbox: Any
    place: str
    line: int | None = None


def feature_of(one: Any, at: int, place: str, notes: Notes) -> Feature:
    """A feature, with whatever of it is one (sections 3.2, 7.1)."""
    if not isinstance(one, Mapping) or one.get("type") != "Feature":
        found = one.get("type") if isinstance(one, Mapping) else type(one).__name__
        notes.add("geojson_object", "not_a_feature", found=found, expected="Feature", sid=at, locator=place)
        return Feature(at, None, {}, None, None, place)
    properties = one.get("properties")
    if "properties" not in one or not (properties is None or isinstance(properties, Mapping)):
        notes.add("geojson_object", "no_properties", sid=at, locator=place)
        properties = None
    identity = one.get("id")
    if "id" in one and (isinstance(identity, bool) or not isinstance(identity, str | int | float)):
        notes.add("geojson_object", "identifier", found=identity, sid=at, locator=f"{place}/id")
        identity = None
    geometry = one.get("geometry")
    if "geometry" not in one:
        notes.add("geojson_object", "no_geometry", sid=at, locator=place)
    usable = geometry is not None and _is_geometry(geometry, at, f"{place}/geometry", notes)
    return Feature(at, identity, properties or {}, geometry if usable else None, one.get("bbox"), place)


def _is_geometry(geometry: Any, at: int, place: str, notes: Notes) -> bool:
    """Whether shapes can be made of it. Section 3.1; members of a collection are judged each."""
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind == "GeometryCollection":
        members = geometry.get("geometries")
        if not isinstance(members, list):
            notes.add("geojson_object", "no_geometries", sid=at, locator=place)
            return False
        usable = [_is_geometry(one, at, f"{place}/geometries/{n}", notes) for n, one in enumerate(members)]
        return all(usable)
    if kind not in _DEPTHS:
        notes.add("geojson_object", "geometry_type", found=kind, expected=" | ".join(_DEPTHS), sid=at, locator=place)
        return False
    depth, rings = _DEPTHS[kind]
    fault = _fault(geometry.get("coordinates"), depth, rings)
    if fault is None:
        return True
    word, found = fault
    rank = "geojson_ring" if word in ("not_closed", "too_few") else "geojson_position"
    notes.add(rank, word, found=found, sid=at, locator=f"{place}/coordinates")
    return rank == "geojson_ring" and word == "not_closed"


def _fault(coordinates: Any, depth: int, rings: bool) -> tuple[str, Any] | None:
    """The first fault of a geometry's coordinates, as a word and what was found."""
    if depth == 0:
        return _position_fault(coordinates)
    if not isinstance(coordinates, list):
        return "nesting", coordinates
    for inner in coordinates:
        fault = _fault(inner, depth - 1, rings)
        if fault is not None:
            return fault
    if depth == 1 and rings:
        if len(coordinates) < 4:
            return "too_few", len(coordinates)
        if coordinates[0] != coordinates[-1]:
            return "not_closed", f"{coordinates[0]} … {coordinates[-1]}"
    return None


def _position_fault(position: Any) -> tuple[str, Any] | None:
    if not isinstance(position, list) or len(position) < 2:
        return "numbers", position
    for number in position:
        if type(number) not in _NUMBERS:
            return "numbers", position
        if not math.isfinite(number):
            return "not_finite", position
    return None


def note_ids(features: Sequence[Feature], notes: Notes) -> None:
    """Ids that two features have."""
    seen: dict[Any, int] = {}
    for feature in features:
        if feature.id is None:
            continue
        if feature.id in seen:
            where = f"{feature.place}/id"
            notes.add("geojson_repeated", found=feature.id, sid=feature.at, line=feature.line, locator=where)
        seen.setdefault(feature.id, feature.at)


def system_member(root: Mapping[str, Any], notes: Notes) -> str | None:
    """The system of an old `crs` member (GeoJSON 2008), which RFC 7946 removed (section 4)."""
    if "crs" not in root:
        return None
    member = root["crs"]
    inner = member.get("properties") if isinstance(member, Mapping) else None
    name = inner.get("name") if isinstance(inner, Mapping) else None
    notes.add("geojson_crs", found=name if isinstance(name, str) else member, locator="/crs")
    if not isinstance(name, str):
        return None
    from cimkit.readers.vector.systems import system_of

    return system_of(name)
