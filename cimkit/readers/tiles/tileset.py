"""A tileset's JSON: everything but its tiles.

Source: OGC 22-025r4 and 18-053r2, Tileset JSON; tileset.schema.json, asset.schema.json, properties.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.entities import read_entity, read_entity_object, read_statistics
from cimkit.readers.tiles.extensions import ExtensionUse
from cimkit.readers.tiles.files import Files
from cimkit.readers.tiles.json_text import parse_json
from cimkit.readers.tiles.metadata_schema import read_schema
from cimkit.readers.tiles.metadata_values import Schema
from cimkit.readers.tiles.session import Session
from cimkit.readers.tiles.volumes import Matrix, Volume

__all__ = ["VERSIONS", "External", "Tileset", "read_top_level"]

#: Published versions of 3D Tiles.
VERSIONS = ("1.0", "1.1")


@dataclass(frozen=True, slots=True)
class External:
    """A reference to an external tileset: from which tile, by which content, with which volume and error."""

    label: str
    place: Place
    geometric_error: float | None
    volume: Volume | None


@dataclass
class Tileset:
    """One tileset file while it is read. label: what locators call it; sid: its subject; archived: inside a 3TZ."""

    label: str
    name: str
    files: Files
    sid: int
    use: ExtensionUse
    schema: Schema | None = None
    groups: int = 0
    version: str | None = None
    root: dict[str, Any] | None = None
    root_error: float | None = None
    root_volume: Volume | None = None
    root_matrix: Matrix | None = None
    other_up_axis: bool = False  # `gltfUpAxis`, of drafts before 1.0: its contents are turned in another way
    externals: list[External] = field(default_factory=list)

    @property
    def archived(self) -> bool:
        return bool(self.files.prefix)


def read_top_level(document: Mapping[str, Any], tileset: Tileset, session: Session) -> None:
    """Read all but the tiles of a tileset."""
    place, shapes, use = Place(tileset.label), session.shapes, tileset.use
    use.look(document, place)
    use.declare(document, place)
    values = session.records[tileset.sid].values
    asset = shapes.mapping(document, "asset", place, required=True)
    if asset is not None:
        use.look(asset, place.at("asset"))
        tileset.version = shapes.text(asset, "version", place.at("asset"), required=True)
        if tileset.version is not None and tileset.version not in VERSIONS:
            shapes.ledger.add(
                "tiles_version", "unknown", place.at("asset", "version"), tileset.version, " | ".join(VERSIONS)
            )
        tileset.other_up_axis = asset.get("gltfUpAxis", "Y") != "Y"
        own = shapes.text(asset, "tilesetVersion", place.at("asset"))
        values.update({"Version": tileset.version, "TilesetVersion": own})
        if type(asset.get("generator")) is str:
            values["Generator"] = asset["generator"]
    values["GeometricError"] = shapes.number(document, "geometricError", place, required=True, least=0)
    _read_properties(document, place, session, use)
    tileset.schema = _find_schema(document, place, tileset, session)
    session.records[tileset.sid].entity = read_entity(document, "metadata", place, tileset.schema, shapes, use)
    groups = shapes.mappings(document, "groups", place)
    tileset.groups = len(groups or ())
    for index, group in enumerate(groups or ()):
        if group is not None:
            read_entity_object(group, place.at("groups", index), tileset.schema, shapes, use)
    read_statistics(document, place, tileset.schema, shapes, use)
    tileset.root = shapes.mapping(document, "root", place, required=True)


def _read_properties(document: Mapping[str, Any], place: Place, session: Session, use: ExtensionUse) -> None:
    """Minimum and maximum of per-feature properties."""
    shapes = session.shapes
    properties = shapes.mapping(document, "properties", place) or {}
    for name in properties:
        value = shapes.mapping(properties, name, place.at("properties"))
        if value is None:
            continue
        at = place.at("properties", name)
        use.look(value, at)
        least = shapes.number(value, "minimum", at, required=True)
        most = shapes.number(value, "maximum", at, required=True)
        if least is not None and most is not None and least > most:
            shapes.ledger.add("tiles_value", "order", at, [least, most], "minimum <= maximum")


def _find_schema(document: Mapping[str, Any], place: Place, tileset: Tileset, session: Session) -> Schema | None:
    """The metadata schema, inside the tileset or beside it; None when the tileset has none."""
    shapes = session.shapes
    if "schema" in document and "schemaUri" in document:
        shapes.ledger.add("tiles_value", "one_of", place, "schema | schemaUri")
    if "schema" in document:
        value = shapes.mapping(document, "schema", place)
        return _schema(value, place.at("schema"), tileset, session)
    if "schemaUri" not in document:
        return None
    uri = shapes.text(document, "schemaUri", place)
    found = tileset.files.locate(uri, tileset.name, place.at("schemaUri")) if uri is not None else None
    data = found.read(place.at("schemaUri")) if found is not None else None
    if found is None or data is None:
        return Schema(known=False)
    value = parse_json(data, found.label, session.ledger)
    if value is not None and type(value) is not dict:
        shapes.wrong_type(value, Place(found.label), "object")
        value = None
    return _schema(value, Place(found.label), tileset, session)


def _schema(value: dict[str, Any] | None, place: Place, tileset: Tileset, session: Session) -> Schema:
    if value is None:
        return Schema(known=False)
    name = value.get("id")
    sid = session.records.add("schema", name if type(name) is str else place.file, str(place), tileset.sid)
    outer, session.ledger.sid = session.ledger.sid, sid
    schema = read_schema(value, place, session.shapes, tileset.use)
    session.records[sid].values.update({"Classes": len(schema.classes), "Enums": len(schema.enums)})
    session.ledger.sid = outer
    return schema
