"""The IFC schemas as tables: entities, types, enumerations, selects, property sets.

Knowledge from buildingSMART's EXPRESS schemas and property set templates as ifcopenshell carries them, generated once
by scripts/make_ifc_schema.py (data/SOURCES.md says what was mended). ifcopenshell itself is not needed here.
Loading a schema reads one JSON file; a row becomes an object when somebody asks for it.

Keys are upper case as in a STEP file ("IFCWALL"); a look-up takes any case through the methods, upper case through
the mappings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

import orjson

__all__ = [
    "SCHEMA_NAMES",
    "Attribute",
    "DefinedType",
    "Entity",
    "IfcSchema",
    "PropertySetTemplate",
    "PropertyTemplate",
    "ifc_schema",
    "nearest_schema",
]

SCHEMA_NAMES = ("IFC2X3", "IFC4", "IFC4X3_ADD2")

_DATA = Path(__file__).with_name("data")
_SIMPLE = frozenset({"string", "real", "integer", "boolean", "logical", "binary", "number"})


class Attribute(NamedTuple):
    """One explicit attribute of an entity.

    kind       "string", "real", "integer", "boolean", "logical", "binary", "number", "enumeration", "entity", "select"
    type       upper case name of the declared type, entity, enumeration or select; "" for a bare STRING, REAL ...
    aggregate  how many brackets deep the value is written in a STEP record: 0 single, 1 `(a,b)`, 2 `((a),(b))`.
               Those of the declared type are counted too (RefLatitude, an IfcCompoundPlaneAngleMeasure, has 1).
    derived    written as `*` for this entity, because a formula gives the value
    """

    name: str
    optional: bool
    derived: bool
    kind: str
    type: str
    aggregate: int


class Entity(NamedTuple):
    """An entity with all its explicit attributes in the order of the STEP record, inherited ones first.

    `parent` and `ancestors` (nearest first, without itself) are upper case.
    """

    name: str
    upper: str
    parent: str | None
    abstract: bool
    attributes: tuple[Attribute, ...]
    ancestors: tuple[str, ...]


class DefinedType(NamedTuple):
    """A defined type, followed through its chain of definitions to what is written in the file.

    base       "string", "real", "integer", "boolean", "logical", "binary", "number"; "entity" for
               IfcPropertySetDefinitionSet, the one set of references among them
    unit       value of IfcUnitEnum or IfcDerivedUnitEnum whose unit the measure takes ("LENGTHUNIT"), None if unitless
    aggregate  1 for a list such as IfcCompoundPlaneAngleMeasure
    """

    name: str
    base: str
    unit: str | None
    aggregate: int


class PropertyTemplate(NamedTuple):
    """A property or quantity that a standard set defines.

    kind         IfcSimplePropertyTemplateTypeEnum (P_SINGLEVALUE, P_ENUMERATEDVALUE, Q_LENGTH ...) or "P_COMPLEX"
    measure      upper case data type (or a select: IFCVALUE), for P_REFERENCEVALUE what is referred to; "" where the
                 template has none
    enumerators  values allowed in a P_ENUMERATEDVALUE, as published; their case varies between editions and software
    """

    name: str
    kind: str
    measure: str
    enumerators: tuple[str, ...]


class PropertySetTemplate(NamedTuple):
    """A standard property set (Pset_) or quantity set (Qto_).

    applicable     "IFCWALL", or "IFCWALL/SHEAR" for one predefined (or user-defined) type
    template_type  IfcPropertySetTemplateTypeEnum: PSET_TYPEDRIVENONLY, PSET_OCCURRENCEDRIVEN ...; "" where there is
                   none (always in IFC2X3)
    """

    name: str
    quantity: bool
    applicable: tuple[str, ...]
    properties: Mapping[str, PropertyTemplate]
    template_type: str


T = TypeVar("T")


class _Rows(Mapping[str, T], Generic[T]):
    """Rows of a JSON table that become objects when first asked for."""

    def __init__(self, raw: dict[str, Any], build: Callable[[str], T]) -> None:
        self._raw = raw
        self._build = build
        self._built: dict[str, T] = {}

    def __getitem__(self, key: str) -> T:
        found = self._built.get(key)
        if found is None:
            if key not in self._raw:
                raise KeyError(key)
            found = self._built.setdefault(key, self._build(key))
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


class IfcSchema:
    """One IFC schema, immutable and safe to share between threads. Get it from `ifc_schema`."""

    def __init__(self, name: str) -> None:
        self.name = name
        tables = _read(f"{name.lower()}.json")
        self._entities = _by_upper(tables["entities"])
        self._types = _by_upper(tables["types"])
        self._selects = _by_upper(tables["selects"])
        self.enumerations: Mapping[str, tuple[str, ...]] = MappingProxyType(
            {key.upper(): tuple(values) for key, values in tables["enumerations"].items()}
        )
        self.entities: Mapping[str, Entity] = _Rows(self._entities, self._entity)
        self.types: Mapping[str, DefinedType] = _Rows(self._types, self._defined_type)
        self.selects: Mapping[str, frozenset[str]] = _Rows(self._selects, self._select)

    def __repr__(self) -> str:
        return f"<IfcSchema {self.name}>"

    def subtypes(self, name: str) -> frozenset[str]:
        """The entity and everything derived from it, upper case; empty if this schema has no such entity."""
        key = name.upper()
        if key not in self._subtypes:
            return frozenset()
        return self._subtypes[key]

    def is_a(self, name: str, ancestor: str) -> bool:
        """Is the entity `name` the entity `ancestor` or derived from it? False where either is unknown."""
        return name.upper() in self.subtypes(ancestor)

    def attribute_index(self, entity: str, attribute: str) -> int | None:
        """Position of the attribute in the entity's STEP record, from 0; None where it has no such attribute."""
        found = self._positions.get(entity.upper())
        return found.get(attribute) if found is not None else None

    @cached_property
    def property_sets(self) -> Mapping[str, PropertySetTemplate]:
        """Standard property and quantity sets by their exact name ("Pset_WallCommon")."""
        raw = _read(f"{self.name.lower()}_property_sets.json")
        return _Rows(raw, lambda name: _property_set(name, raw[name]))

    @cached_property
    def abstract(self) -> frozenset[str]:
        """Entities that nothing in a file can be exactly of, upper case."""
        return frozenset(key for key, (_, raw) in self._entities.items() if raw.get("abstract", False))

    @cached_property
    def _subtypes(self) -> Mapping[str, frozenset[str]]:
        members: defaultdict[str, set[str]] = defaultdict(set)
        for key in self._entities:
            ancestor: str | None = key
            while ancestor is not None:
                members[ancestor].add(key)
                ancestor = _parent(self._entities[ancestor][1])
        return {key: frozenset(names) for key, names in members.items()}

    @cached_property
    def _positions(self) -> Mapping[str, Mapping[str, int]]:
        return _Rows(
            self._entities,
            lambda key: {attribute.name: index for index, attribute in enumerate(self.entities[key].attributes)},
        )

    def _entity(self, key: str) -> Entity:
        name, raw = self._entities[key]
        parent = _parent(raw)
        above = self.entities[parent] if parent else None
        derived = frozenset(raw.get("derived", ()))
        inherited = above.attributes if above else ()
        own = (self._attribute(text, declared) for text, declared in raw["attributes"].items())
        return Entity(
            name=name,
            upper=key,
            parent=parent,
            abstract=raw.get("abstract", False),
            attributes=tuple(_with_derived(attribute, attribute.name in derived) for attribute in (*inherited, *own)),
            ancestors=(above.upper, *above.ancestors) if above else (),
        )

    def _attribute(self, text: str, declared: str) -> Attribute:
        """`"Coordinates?"` and `"[IfcLengthMeasure]"` -> an Attribute."""
        inner = declared.strip("[]")
        kind, aggregate = self._kind(inner)
        return Attribute(
            name=text.removesuffix("?"),
            optional=text.endswith("?"),
            derived=False,
            kind=kind,
            type="" if inner in _SIMPLE else inner.upper(),
            aggregate=declared.count("[") + aggregate,
        )

    def _kind(self, declared: str) -> tuple[str, int]:
        key = declared.upper()
        if declared in _SIMPLE:
            return declared, 0
        if key in self._types:
            return self.types[key].base, self.types[key].aggregate
        if key in self._entities:
            return "entity", 0
        return ("enumeration" if key in self.enumerations else "select"), 0

    def _defined_type(self, key: str) -> DefinedType:
        name, raw = self._types[key]
        base, aggregate, *unit = raw
        return DefinedType(name=name, base=base, unit=unit[0] if unit else None, aggregate=aggregate)

    def _select(self, key: str) -> frozenset[str]:
        leaves: set[str] = set()
        for member in self._selects[key][1]:
            upper = member.upper()
            leaves |= self.selects[upper] if upper in self._selects else {upper}
        return frozenset(leaves)


@lru_cache(maxsize=len(SCHEMA_NAMES))
def ifc_schema(name: str) -> IfcSchema:
    """The schema "IFC2X3", "IFC4" or "IFC4X3_ADD2". Raises KeyError for any other name (see `nearest_schema`)."""
    if name not in SCHEMA_NAMES:
        raise KeyError(name)
    return IfcSchema(name)


# Identifiers that are not one of the three, in the order in which they are tried. Intermediate editions are judged by
# the edition that kept most of their names: IFC4X1 and IFC4X2 extend IFC4 and still have IfcBuildingElement.
_NEAREST = (
    (re.compile(r"IFC2X"), "IFC2X3"),
    (re.compile(r"IFC4X[12](?!\d)"), "IFC4"),
    (re.compile(r"IFC4X\d"), "IFC4X3_ADD2"),
    (re.compile(r"IFC4(?![\dX])"), "IFC4"),
)


def nearest_schema(identifier: str) -> tuple[str | None, bool]:
    """The schema to judge a file by, from its FILE_SCHEMA text, and whether it is that schema exactly.

    "IFC4" -> ("IFC4", True); "IFC4X3_RC2" -> ("IFC4X3_ADD2", False); "AP214" -> (None, False). Case and blanks are
    not looked at, nor is an object identifier after the name ("IFC4 { 1 0 ... }").
    """
    words = identifier.upper().split()
    name = words[0] if words else ""
    if name in SCHEMA_NAMES:
        return name, True
    for pattern, nearest in _NEAREST:
        if pattern.match(name):
            return nearest, False
    return None, False


def _read(file_name: str) -> dict[str, Any]:
    data: dict[str, Any] = orjson.loads((_DATA / file_name).read_bytes())
    return data


def _by_upper(table: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    return {name.upper(): (name, raw) for name, raw in table.items()}


def _parent(raw: dict[str, Any]) -> str | None:
    return raw["parent"].upper() if "parent" in raw else None


def _with_derived(attribute: Attribute, derived: bool) -> Attribute:
    if attribute.derived == derived:
        return attribute
    return Attribute(attribute.name, attribute.optional, derived, attribute.kind, attribute.type, attribute.aggregate)


def _property_set(name: str, raw: dict[str, Any]) -> PropertySetTemplate:
    return PropertySetTemplate(
        name=name,
        quantity=name.startswith("Qto_"),
        applicable=tuple(entry.upper() for entry in raw["applicable"]),
        properties=MappingProxyType({key: _property(key, *row) for key, row in raw["properties"].items()}),
        template_type=raw.get("type", ""),
    )


def _property(name: str, kind: str, measure: str = "", enumerators: tuple[str, ...] = ()) -> PropertyTemplate:
    return PropertyTemplate(name, kind, measure.upper(), tuple(enumerators))
