"""A metadata schema: classes, properties and enumerations, each definition checked against itself.

Source: OGC 22-025r4, 3D Metadata Specification and its reference implementation (Schema), with schema.schema.json,
class.schema.json, class.property.schema.json, enum.schema.json, enum.value.schema.json.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.extensions import ExtensionUse
from cimkit.readers.tiles.metadata_types import (
    COMPONENT_TYPES,
    ENUM_VALUE_TYPES,
    FLOATS,
    IDENTIFIER,
    INTEGER_RANGES,
    NUMERIC_TYPES,
    RESERVED,
    SEMANTICS,
    TYPES,
)
from cimkit.readers.tiles.metadata_values import (
    ClassProperty,
    Enumeration,
    MetadataClass,
    Schema,
    check_value,
)
from cimkit.readers.tiles.shapes import Shapes

__all__ = ["read_schema"]

_IDENTIFIER = re.compile(IDENTIFIER)


def read_schema(document: Mapping[str, Any], place: Place, shapes: Shapes, use: ExtensionUse) -> Schema:
    """The schema object at `place`."""
    use.look(document, place)
    identifier = shapes.text(document, "id", place, required=True)
    if identifier is not None and not _IDENTIFIER.match(identifier):
        shapes.ledger.add("tiles_value", "pattern", place.at("id"), identifier, IDENTIFIER)
    for name in ("name", "description", "version"):
        shapes.text(document, name, place, least=1)
    enums: dict[str, Enumeration | None] = {}
    for name, value, at in _members(document, "enums", place, shapes):
        enums[name] = _read_enum(value, at, shapes, use)
    has_enums = "enums" in document
    classes: dict[str, MetadataClass | None] = {}
    for name, value, at in _members(document, "classes", place, shapes):
        classes[name] = _read_class(value, at, shapes, use, enums if has_enums else None)
    return Schema(classes, enums)


def _members(
    owner: Mapping[str, Any], name: str, place: Place, shapes: Shapes
) -> list[tuple[str, dict[str, Any], Place]]:
    """The members of a dictionary of objects, by their IDs."""
    found = []
    for key, value in (shapes.mapping(owner, name, place, least=1) or {}).items():
        at = place.at(name, key)
        if not _IDENTIFIER.match(key):
            shapes.ledger.add("tiles_value", "pattern", at, key, IDENTIFIER)
        if type(value) is dict:
            found.append((key, value, at))
        else:
            shapes.wrong_type(value, at, "object")
    return found


def _read_enum(value: dict[str, Any], place: Place, shapes: Shapes, use: ExtensionUse) -> Enumeration | None:
    before = len(shapes.ledger)
    use.look(value, place)
    for name in ("name", "description"):
        shapes.text(value, name, place, least=1)
    value_type = shapes.text(value, "valueType", place, among=ENUM_VALUE_TYPES) or "UINT16"
    names: dict[str, int] = {}
    numbers: list[int] = []
    if "values" not in value:
        shapes.ledger.add("tiles_missing", "property", place.at("values"), expected="values")
    for index, each in enumerate(shapes.mappings(value, "values", place) or ()):
        if each is None:
            continue
        at = place.at("values", index)
        use.look(each, at)
        shapes.text(each, "description", at, least=1)
        title = shapes.text(each, "name", at, required=True, least=1)
        number = shapes.integer(each, "value", at, required=True)
        if title is not None and title in names:
            shapes.ledger.add("tiles_class", "duplicate_enum_name", at.at("name"), title)
        if number is not None:
            if number in numbers:
                shapes.ledger.add("tiles_class", "duplicate_enum_value", at.at("value"), number)
            least, most = INTEGER_RANGES[value_type]
            if not least <= number <= most:
                shapes.ledger.add("tiles_value", "range", at.at("value"), number, f"{least}..{most}")
            numbers.append(number)
        if title is not None:
            names[title] = number if number is not None else 0
    return Enumeration(value_type, names) if len(shapes.ledger) == before else None


def _read_class(
    value: dict[str, Any],
    place: Place,
    shapes: Shapes,
    use: ExtensionUse,
    enums: Mapping[str, Enumeration | None] | None,
) -> MetadataClass:
    use.look(value, place)
    for name in ("name", "description"):
        shapes.text(value, name, place, least=1)
    properties: dict[str, ClassProperty | None] = {}
    semantics: Counter[str] = Counter()
    titles: Counter[str] = Counter()
    for name, each, at in _members(value, "properties", place, shapes):
        properties[name] = _read_property(each, at, shapes, use, enums)
        for counter, key, detail in ((semantics, "semantic", "duplicate_semantic"), (titles, "name", "duplicate_name")):
            text = each.get(key)
            if type(text) is str:
                counter[text] += 1
                if counter[text] == 2:
                    shapes.ledger.add("tiles_class", detail, at.at(key), text)
    return MetadataClass(properties)


def _read_property(
    value: dict[str, Any],
    place: Place,
    shapes: Shapes,
    use: ExtensionUse,
    enums: Mapping[str, Enumeration | None] | None,
) -> ClassProperty | None:
    """A class property; None when its type can't be told, so that nothing depends on a guess."""
    before = len(shapes.ledger)
    use.look(value, place)
    for name in ("name", "description"):
        shapes.text(value, name, place, least=1)
    kind = shapes.text(value, "type", place, required=True, among=TYPES)
    array = shapes.boolean(value, "array", place) or False
    count = shapes.integer(value, "count", place, least=2)
    normalized = shapes.boolean(value, "normalized", place) or False
    required = shapes.boolean(value, "required", place) or False
    semantic = shapes.text(value, "semantic", place, least=1)
    if "count" in value and value.get("array", False) is False:
        shapes.ledger.add("tiles_class", "count_without_array", place.at("count"), value["count"])
    if kind is None:
        return None
    component = _component_type(value, kind, place, shapes)
    enum, enum_known = _enum_type(value, kind, place, shapes, enums)
    component = enum.value_type if enum is not None else component
    prop = ClassProperty(kind, component, enum, array, count, normalized, required, semantic)
    if len(shapes.ledger) > before or not enum_known:
        return None
    _check_normalized(prop, place, shapes)
    _check_semantic(prop, place, shapes)
    return _with_values(prop, value, place, shapes)


def _component_type(value: Mapping[str, Any], kind: str, place: Place, shapes: Shapes) -> str | None:
    component = shapes.text(value, "componentType", place, among=COMPONENT_TYPES)
    if kind in NUMERIC_TYPES:
        if "componentType" not in value:
            shapes.ledger.add("tiles_class", "component_type_missing", place.at("componentType"), kind)
    elif "componentType" in value:
        shapes.ledger.add("tiles_class", "component_type_unneeded", place.at("componentType"), kind)
    return component


def _enum_type(
    value: Mapping[str, Any],
    kind: str,
    place: Place,
    shapes: Shapes,
    enums: Mapping[str, Enumeration | None] | None,
) -> tuple[Enumeration | None, bool]:
    """The enumeration of an ENUM property; the second is False when it is broken, so that values can't be judged."""
    name = shapes.text(value, "enumType", place)
    if kind != "ENUM":
        if "enumType" in value:
            shapes.ledger.add("tiles_class", "enum_type_unneeded", place.at("enumType"), kind)
        return None, True
    if "enumType" not in value:
        shapes.ledger.add("tiles_class", "enum_type_missing", place.at("enumType"))
    elif name is not None and name not in (enums or {}):
        shapes.ledger.add("tiles_identifier", "enum", place.at("enumType"), name, " | ".join(enums or {}))
    enum = (enums or {}).get(name) if name is not None else None
    return enum, enum is not None


def _check_normalized(prop: ClassProperty, place: Place, shapes: Shapes) -> None:
    if prop.normalized and (not prop.is_numeric or prop.component in FLOATS):
        found = prop.component or prop.type
        shapes.ledger.add("tiles_class", "not_normalizable", place.at("normalized"), found, "integer component type")


def _check_semantic(prop: ClassProperty, place: Place, shapes: Shapes) -> None:
    semantic = prop.semantic or ""
    wanted = SEMANTICS.get(semantic)
    if wanted is None:
        if semantic.startswith(RESERVED):
            shapes.ledger.add("tiles_practice", "unknown_semantic", place.at("semantic"), semantic)
        return
    differences = (
        ("type", prop.type, wanted.type, prop.type == wanted.type),
        (
            "componentType",
            prop.component,
            sorted(wanted.components),
            not wanted.components or prop.component in wanted.components,
        ),
        ("array", prop.array, wanted.array, prop.array == wanted.array),
        ("count", prop.count, wanted.count, prop.array != wanted.array or prop.count == wanted.count),
        ("normalized", prop.normalized, False, not prop.normalized),
    )
    for name, found, expected, holds in differences:
        if not holds:
            shapes.ledger.add("tiles_semantic", name.lower(), place.at("semantic"), [prop.semantic, found], expected)
            return


def _with_values(prop: ClassProperty, value: Mapping[str, Any], place: Place, shapes: Shapes) -> ClassProperty:
    """The property with offset, scale, bounds, noData and default, each where it is allowed and well formed."""
    add = shapes.ledger.add
    read: dict[str, Any] = {}

    def take(name: str, *, floating: bool) -> None:
        if check_value(value[name], prop, place.at(name), shapes, floating=floating):
            read[{"noData": "no_data"}.get(name, name)] = value[name]

    for name in ("offset", "scale", "min", "max"):
        if name not in value:
            continue
        if prop.is_variable:
            add("tiles_class", "not_for_variable_arrays", place.at(name), name)
        elif not prop.is_numeric:
            detail = "transform_not_for_type" if name in ("offset", "scale") else "bound_not_for_type"
            add("tiles_class", detail, place.at(name), prop.type)
        elif name in ("offset", "scale") and not (prop.normalized or prop.component in FLOATS):
            add(
                "tiles_class",
                "transform_not_for_type",
                place.at(name),
                prop.component,
                "FLOAT32 | FLOAT64 | normalized",
            )
        else:
            take(name, floating=prop.normalized)
    for name in ("noData", "default"):
        if name not in value:
            continue
        if prop.required:
            add("tiles_class", "default_of_required", place.at(name), name)
        elif name == "noData" and prop.type == "BOOLEAN":
            add("tiles_class", "no_data_of_boolean", place.at(name), value[name])
        else:
            take(name, floating=prop.normalized and name == "default")
    return replace(prop, **read)
