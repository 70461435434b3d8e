"""City objects and root members against the schema, by hand: a table look-up each, for tens of thousands a second."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cimkit.readers.cityjson.ledger import Ledger, pointer
from cimkit.readers.cityjson.tables import (
    ATTRIBUTES_1_0,
    FEATURE_MEMBERS,
    GEOMETRY_MEMBERS,
    NEEDS_PARENTS,
    OBJECT_MEMBERS,
    ROOT_MEMBERS,
    VERSIONS,
    allowed_geometries,
)

__all__ = ["SchemaCheck", "is_numbers", "version_of"]

_LOD = {"1.0": re.compile(r""), "1.1": re.compile(r"\d(\.\d)?"), "2.0": re.compile(r"[0-3](\.[0-3])?")}
_CRS = {
    "1.0": re.compile(r"urn:ogc:def:crs:EPSG::[0-9]{4,5}"),
    "1.1": re.compile(r"https?://www\.opengis\.net/def/crs/.+"),
    "2.0": re.compile(r"https?://www\.opengis\.net/def/crs/.+"),
}
#: What JSON calls the types that Python's parser makes.
_JSON_TYPES = {dict: "object", list: "array", str: "string", int: "integer"}
_EXTENSION_TYPE = re.compile(r"\+[A-Z]\w+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_numbers(value: Any, count: int) -> bool:
    """An array of so many numbers."""
    return isinstance(value, list) and len(value) == count and all(type(item) in {int, float} for item in value)


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def version_of(content: Mapping[str, Any], ledger: Ledger, line: int | None) -> tuple[str, str]:
    """(version as written, version whose tables are read): an unknown one is read as the nearest known."""
    written = content.get("version")
    if not isinstance(written, str):
        return "", VERSIONS[-1]
    short = ".".join(written.split(".")[:2])
    if written not in VERSIONS:
        expected = ", ".join(VERSIONS)
        ledger.add("city_version", "unknown", pointer("version"), found=written, expected=expected, line=line)
    return written, short if short in VERSIONS else VERSIONS[0] if short < VERSIONS[0] else VERSIONS[-1]


@dataclass(slots=True)
class SchemaCheck:
    """What the schema of one version says, for the documents of one file.

    extensions  names of the declared extensions; None where the file may not declare any (a feature by itself)
    """

    version: str
    ledger: Ledger
    extensions: Mapping[str, Any]
    line: int | None = None

    def _wrong(
        self, place: str, detail: str, found: Any = None, expected: str | None = None, sid: int | None = None
    ) -> None:
        self.ledger.add("city_schema", detail, place, found=found, expected=expected, sid=sid, line=self.line)

    def _require(
        self, content: Mapping[str, Any], members: Mapping[str, type], place: str, sid: int | None = None
    ) -> None:
        for name, kind in members.items():
            if name not in content:
                self._wrong(place + pointer(name), "missing", expected=name, sid=sid)
            elif not isinstance(content[name], kind):
                self._wrong(place + pointer(name), "wrong_type", content[name], _JSON_TYPES[kind], sid)

    # --- the root -----------------------------------------------------------------------------------------------

    def root(self, content: Mapping[str, Any]) -> None:
        """Members of a CityJSON document."""
        required: dict[str, type] = {"version": str, "CityObjects": dict, "vertices": list}
        if self.version != "1.0":
            required["transform"] = dict
        self._require(content, required, "")
        if "transform" in content:
            self._transform(content["transform"])
        self._each(content, "metadata", dict, self._metadata)
        self._each(content, "extensions", dict, self._extensions)
        self._each(content, "appearance", dict, self._appearance)
        self._each(content, "geometry-templates", dict, self._templates)
        self._extra(content, ROOT_MEMBERS, "")

    def feature(self, content: Mapping[str, Any]) -> None:
        """Members of a CityJSONFeature."""
        self._require(content, {"id": str, "CityObjects": dict, "vertices": list}, "")
        objects = content.get("CityObjects")
        if isinstance(objects, dict) and isinstance(content.get("id"), str) and content["id"] not in objects:
            self.ledger.add("city_reference", "feature_missing", pointer("id"), found=content["id"], line=self.line)
        self._each(content, "appearance", dict, self._appearance)
        for name in sorted(content.keys() - FEATURE_MEMBERS):  # a feature must not have others; a CityJSON may
            self._wrong(pointer(name), "unknown_member", name)

    def _each(self, content: Mapping[str, Any], name: str, kind: type, look: Callable[[Any], None]) -> None:
        if name in content:
            if isinstance(content[name], kind):
                look(content[name])
            else:
                self._wrong(pointer(name), "wrong_type", content[name], _JSON_TYPES[kind])

    def _extra(self, content: Mapping[str, Any], known: frozenset[str], place: str, sid: int | None = None) -> None:
        for name in content.keys() - known:
            where = place + pointer(name)
            if name.startswith("+"):
                if not self.extensions:
                    self.ledger.add("city_extension", "not_declared", where, found=name, sid=sid, line=self.line)
            else:
                self.ledger.add("city_extra_property", "unknown_member", where, found=name, sid=sid, line=self.line)

    def _transform(self, transform: Any) -> None:
        place = pointer("transform")
        if not isinstance(transform, dict):
            self._wrong(place, "wrong_type", transform, "object")
            return
        for name in ("scale", "translate"):
            if not is_numbers(transform.get(name), 3):
                self._wrong(place + pointer(name), "not_three_numbers", transform.get(name))

    def _metadata(self, metadata: Mapping[str, Any]) -> None:
        place = pointer("metadata")
        if "geographicalExtent" in metadata and not is_numbers(metadata["geographicalExtent"], 6):
            self._wrong(place + pointer("geographicalExtent"), "not_six_numbers", metadata["geographicalExtent"])
        crs = metadata.get("referenceSystem")
        if crs is not None and not (isinstance(crs, str) and _CRS[self.version].fullmatch(crs)):
            where, expected = place + pointer("referenceSystem"), _CRS[self.version].pattern
            self.ledger.add("city_crs", "wrong_form", where, found=crs, expected=expected, line=self.line)
        for name in ("identifier", "title"):
            if name in metadata and not isinstance(metadata[name], str):
                self._wrong(place + pointer(name), "wrong_type", metadata[name], "string")
        date = metadata.get("referenceDate")
        if date is not None and not (isinstance(date, str) and _DATE.fullmatch(date)):
            self._wrong(place + pointer("referenceDate"), "no_date", date, "YYYY-MM-DD")
        contact = metadata.get("pointOfContact")
        if contact is not None and self.version != "1.0":
            if isinstance(contact, dict):
                self._require(contact, {"contactName": str, "emailAddress": str}, place + pointer("pointOfContact"))
            else:
                self._wrong(place + pointer("pointOfContact"), "wrong_type", contact, "object")

    def _extensions(self, extensions: Mapping[str, Any]) -> None:
        for name, extension in extensions.items():
            place = pointer("extensions", name)
            if isinstance(extension, dict):
                self._require(extension, {"url": str, "version": str}, place)
            else:
                self._wrong(place, "wrong_type", extension, "object")

    def _appearance(self, appearance: Mapping[str, Any]) -> None:
        place = pointer("appearance")
        required: dict[str, dict[str, type]] = {"materials": {"name": str}, "textures": {"type": str, "image": str}}
        for name, members in required.items():
            items = appearance.get(name, [])
            if not isinstance(items, list):
                self._wrong(place + pointer(name), "wrong_type", items, "array")
                continue
            for number, item in enumerate(items):
                where = place + pointer(name, number)
                if isinstance(item, dict):
                    self._require(item, members, where)
                else:
                    self._wrong(where, "wrong_type", item, "object")
        self._lists(appearance.get("vertices-texture", []), 2, place + pointer("vertices-texture"))

    def _lists(self, vertices: Any, count: int, place: str) -> None:
        if not isinstance(vertices, list):
            self._wrong(place, "wrong_type", vertices, "array")
            return
        for number, vertex in enumerate(vertices):
            if not is_numbers(vertex, count):
                self._wrong(place + pointer(number), "wrong_length", vertex, str(count))

    def _templates(self, templates: Mapping[str, Any]) -> None:
        place = pointer("geometry-templates")
        self._require(templates, {"templates": list, "vertices-templates": list}, place)
        if isinstance(templates.get("vertices-templates"), list):
            self._lists(templates["vertices-templates"], 3, place + pointer("vertices-templates"))
        items = templates.get("templates")
        for number, template in enumerate(items if isinstance(items, list) else ()):
            self.geometry(template, place + pointer("templates", number), None, None)

    # --- city objects -------------------------------------------------------------------------------------------

    def city_object(self, place: str, content: Any, sid: int) -> None:
        """One city object, its geometries' members included; what is in the boundaries is looked at elsewhere."""
        if not isinstance(content, dict):
            self._wrong(place, "wrong_type", content, "object", sid)
            return
        kind = content.get("type")
        known = allowed_geometries(self.version)
        if not isinstance(kind, str):
            self._wrong(place + "/type", "missing", kind, "type", sid)
            kind = ""
        elif kind not in known:
            self._unknown_type(kind, place, sid)
        self._relatives(content, kind, place, sid)
        if "geographicalExtent" in content and not is_numbers(content["geographicalExtent"], 6):
            self._wrong(place + "/geographicalExtent", "not_six_numbers", content["geographicalExtent"], sid=sid)
        if "attributes" in content:
            self._attributes(content["attributes"], place + "/attributes", sid)
        geometries = content.get("geometry")
        if isinstance(geometries, list):
            allowed = known.get(kind)
            for number, geometry in enumerate(geometries):
                self.geometry(geometry, f"{place}/geometry/{number}", allowed, sid)
        elif "geometry" in content:
            self._wrong(place + "/geometry", "wrong_type", geometries, "array", sid)
        elif self.version == "1.0" and kind in known and kind != "CityObjectGroup":
            self._wrong(place + "/geometry", "missing", expected="geometry", sid=sid)
        if content.keys() - OBJECT_MEMBERS:
            self._extra(content, OBJECT_MEMBERS, place, sid)

    def _relatives(self, content: Mapping[str, Any], kind: str, place: str, sid: int) -> None:
        for member in ("parents", "children", "members"):
            if member in content and not _strings(content[member]):
                self._wrong(f"{place}/{member}", "not_strings", content[member], sid=sid)
        required = "parents" if kind in NEEDS_PARENTS else None
        if kind == "CityObjectGroup":
            required = "members" if self.version == "1.0" else "children"
        if required is not None and required not in content:
            self._wrong(f"{place}/{required}", "missing", expected=required, sid=sid)

    def _unknown_type(self, kind: str, place: str, sid: int) -> None:
        where = place + "/type"
        if not _EXTENSION_TYPE.fullmatch(kind):
            self._wrong(where, "unknown_type", kind, sid=sid)
        elif not self.extensions:
            self.ledger.add("city_extension", "not_declared", where, found=kind, sid=sid, line=self.line)

    def _attributes(self, attributes: Any, where: str, sid: int) -> None:
        if not isinstance(attributes, dict):
            self._wrong(where, "wrong_type", attributes, "object", sid)
            return
        if not self.extensions:
            for name in attributes:
                if name.startswith("+"):
                    self.ledger.add(
                        "city_extension", "not_declared", where + pointer(name), found=name, sid=sid, line=self.line
                    )
        if self.version == "1.0":
            for name, kind in ATTRIBUTES_1_0.items():
                if name in attributes and (
                    not isinstance(attributes[name], kind) or isinstance(attributes[name], bool)
                ):
                    self._wrong(where + pointer(name), "wrong_type", attributes[name], sid=sid)

    def geometry(self, geometry: Any, place: str, allowed: frozenset[str] | None, sid: int | None) -> None:
        """The members of a geometry. allowed: types that this city object may have; None: any."""
        if not isinstance(geometry, dict):
            self._wrong(place, "wrong_type", geometry, "object", sid)
            return
        kind = geometry.get("type")
        if not isinstance(kind, str) or (kind not in GEOMETRY_MEMBERS_OF):
            self._wrong(f"{place}/type", "unknown_geometry", kind, sid=sid)
            return
        if allowed is not None and kind not in allowed:
            self._wrong(f"{place}/type", "geometry_not_allowed", kind, ", ".join(sorted(allowed)), sid)
        members = GEOMETRY_MEMBERS_OF[kind]
        if kind == "GeometryInstance":
            self._instance(geometry, place, sid)
        else:
            if not isinstance(geometry.get("boundaries"), list):
                self._wrong(f"{place}/boundaries", "missing", geometry.get("boundaries"), "boundaries", sid)
            self._lod(geometry.get("lod"), place, sid)
        if geometry.keys() - members:
            for name in sorted(geometry.keys() - members):
                self._wrong(place + pointer(name), "unknown_member", name, sid=sid)

    def _lod(self, lod: Any, place: str, sid: int | None) -> None:
        if self.version == "1.0":
            right = isinstance(lod, int | float) and not isinstance(lod, bool)
        else:
            right = isinstance(lod, str) and _LOD[self.version].fullmatch(lod) is not None
        if not right:
            self._wrong(f"{place}/lod", "wrong_lod" if lod is not None else "missing", lod, "lod", sid)

    def _instance(self, geometry: Mapping[str, Any], place: str, sid: int | None) -> None:
        if type(geometry.get("template")) is not int:
            self._wrong(f"{place}/template", "wrong_type", geometry.get("template"), "integer", sid)
        if not is_numbers(geometry.get("transformationMatrix"), 16):
            self._wrong(
                f"{place}/transformationMatrix", "wrong_length", geometry.get("transformationMatrix"), "16", sid
            )
        anchor = geometry.get("boundaries")
        if not (isinstance(anchor, list) and len(anchor) == 1 and type(anchor[0]) is int):
            self._wrong(f"{place}/boundaries", "wrong_length", anchor, "1", sid)


GEOMETRY_MEMBERS_OF: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("MultiPoint", "MultiLineString"), GEOMETRY_MEMBERS - {"material", "texture"}),
    **dict.fromkeys(("MultiSurface", "CompositeSurface", "Solid", "MultiSolid", "CompositeSolid"), GEOMETRY_MEMBERS),
    "GeometryInstance": frozenset({"type", "template", "boundaries", "transformationMatrix"}),
}
