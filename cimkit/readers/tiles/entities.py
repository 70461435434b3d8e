"""Metadata in a tileset's JSON: entities, groups and statistics, each against its class.

Source: OGC 22-025r4, Metadata; metadataEntity.schema.json, group.schema.json, statistics.schema.json and below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.extensions import ExtensionUse
from cimkit.readers.tiles.metadata_values import (
    ClassProperty,
    MetadataClass,
    Schema,
    check_value,
    in_bounds,
)
from cimkit.readers.tiles.shapes import Shapes, is_integer

__all__ = ["Entity", "read_entity", "read_statistics", "semantic_value"]

_NUMERIC_STATISTICS = ("min", "max", "mean", "median", "standardDeviation", "variance", "sum")


class Entity:
    """An entity's class and its good values, with their properties."""

    __slots__ = ("class_id", "properties", "values")

    def __init__(self, class_id: str, values: dict[str, Any], properties: dict[str, ClassProperty]) -> None:
        self.class_id = class_id
        self.values = values
        self.properties = properties


def read_entity(
    owner: Mapping[str, Any], name: str, place: Place, schema: Schema | None, shapes: Shapes, use: ExtensionUse
) -> Entity | None:
    """The metadata entity `owner[name]`. schema: None when the tileset has none, or none that could be read."""
    value = shapes.mapping(owner, name, place)
    return None if value is None else read_entity_object(value, place.at(name), schema, shapes, use)


def read_entity_object(
    value: Mapping[str, Any], place: Place, schema: Schema | None, shapes: Shapes, use: ExtensionUse
) -> Entity | None:
    """The metadata entity `value` at `place`."""
    use.look(value, place)
    class_id = shapes.text(value, "class", place, required=True)
    given = shapes.mapping(value, "properties", place, least=1)
    if class_id is None or ("properties" in value and given is None):
        return None
    if schema is None:
        shapes.ledger.add("tiles_missing", "schema", place, class_id, "schema | schemaUri")
        return None
    found = find_class(class_id, place.at("class"), schema, shapes)
    if found is None:
        return None
    values: dict[str, Any] = {}
    properties: dict[str, ClassProperty] = {}
    for key, each in (given or {}).items():
        at = place.at("properties", key)
        if key not in found.properties:
            shapes.ledger.add("tiles_identifier", "property", at, key, " | ".join(found.properties))
            continue
        prop = found.properties[key]
        if prop is None:
            continue
        if each is None and prop.required:
            shapes.ledger.add("tiles_metadata_value", "required", at, "null")
        elif check_value(each, prop, at, shapes):
            in_bounds(each, prop, at, shapes)
            values[key], properties[key] = each, prop
    _check_required(found, given or {}, place.at("properties"), shapes)
    return Entity(class_id, values, properties)


def find_class(class_id: str, place: Place, schema: Schema, shapes: Shapes) -> MetadataClass | None:
    """The class of that ID; None when there is none (written down) or its definition is broken."""
    if schema.known and class_id not in schema.classes:
        shapes.ledger.add("tiles_identifier", "class", place, class_id, " | ".join(schema.classes))
    return schema.classes.get(class_id)


def _check_required(found: MetadataClass, given: Mapping[str, Any], place: Place, shapes: Shapes) -> None:
    for key, prop in found.properties.items():
        if prop is not None and prop.required and key not in given:
            shapes.ledger.add("tiles_metadata_value", "required", place.at(key), expected=key)


def semantic_value(entity: Entity | None, semantic: str) -> Any:
    """The value of the property with this semantic; None when the entity has none."""
    for key, prop in (entity.properties if entity else {}).items():
        if prop.semantic == semantic:
            return entity.values[key] if entity else None
    return None


def read_statistics(
    document: Mapping[str, Any], place: Place, schema: Schema | None, shapes: Shapes, use: ExtensionUse
) -> None:
    """The statistics of a tileset: only of classes and properties that its schema has."""
    statistics = shapes.mapping(document, "statistics", place)
    if statistics is None:
        return
    place = place.at("statistics")
    use.look(statistics, place)
    classes = shapes.mapping(statistics, "classes", place, least=1)
    if classes is None:
        return
    if schema is None:
        shapes.ledger.add("tiles_missing", "schema", place.at("classes"), expected="schema | schemaUri")
        return
    for class_id in classes:
        each = shapes.mapping(classes, class_id, place.at("classes"))
        at = place.at("classes", class_id)
        found = find_class(class_id, at, schema, shapes)
        if each is None:
            continue
        use.look(each, at)
        shapes.integer(each, "count", at, least=0)
        properties = shapes.mapping(each, "properties", at, least=1)
        for key in properties or {}:
            _read_property_statistics(properties or {}, key, at.at("properties"), found, shapes, use)


def _read_property_statistics(
    properties: Mapping[str, Any],
    key: str,
    place: Place,
    found: MetadataClass | None,
    shapes: Shapes,
    use: ExtensionUse,
) -> None:
    value = shapes.mapping(properties, key, place)
    at = place.at(key)
    if found is not None and key not in found.properties:
        shapes.ledger.add("tiles_identifier", "property", at, key, " | ".join(found.properties))
    prop = found.properties.get(key) if found is not None else None
    if value is None:
        return
    use.look(value, at)
    for name in _NUMERIC_STATISTICS:
        if name in value and prop is not None:
            if not prop.is_numeric:
                shapes.ledger.add("tiles_class", "bound_not_for_type", at.at(name), prop.type, "SCALAR | VECN | MATN")
            else:
                check_value(value[name], prop, at.at(name), shapes, floating=True)
    occurrences = shapes.mapping(value, "occurrences", at, least=1)
    for name, count in (occurrences or {}).items():
        there = at.at("occurrences", name)
        if prop is not None and prop.enum is not None and name not in prop.enum.names:
            shapes.ledger.add("tiles_identifier", "enum_value", there, name, " | ".join(prop.enum.names))
        counts = count if type(count) is list else [count]
        if not counts:
            shapes.ledger.add("tiles_length", "array", there, 0, "1..")
        for each in counts:
            if not is_integer(each):
                shapes.wrong_type(each, there, "integer", element=type(count) is list)
