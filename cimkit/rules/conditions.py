"""Conditions: what a rule's `where` selects and its `must` asks, as plain frozen data.

The six facets and their cardinality are those of buildingSMART's IDS 1.0; `All`, `AnyOf` and `Not` join them, and
`Check` names what facets cannot say. Evaluation is in `cimkit.run`, which turns each into masks over columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from cimkit.rules.restriction import Restriction

__all__ = [
    "All",
    "AnyOf",
    "Attribute",
    "Cardinality",
    "Check",
    "Classification",
    "Condition",
    "Entity",
    "Material",
    "Not",
    "PartOf",
    "Phase",
    "Property",
]


class Cardinality(StrEnum):
    """Whether what a facet describes must, may or must not be there."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    PROHIBITED = "prohibited"


class Entity(Struct, frozen=True):
    """Of a kind, and perhaps of a predefined type. `exact`: subtypes do not count (IDS); packs leave it False."""

    name: Restriction
    predefined_type: Restriction | None = None
    exact: bool = False
    cardinality: Cardinality = Cardinality.REQUIRED
    instructions: str | None = None


class Attribute(Struct, frozen=True):
    """An attribute of the schema has a value, or one that the restriction allows."""

    name: Restriction
    value: Restriction | None = None
    cardinality: Cardinality = Cardinality.REQUIRED
    instructions: str | None = None


class Property(Struct, frozen=True):
    """A property of a set (or a field of a layer, where `set` is None) has a value.

    carriers  other (set or None, name) pairs under which the value is as good; None as set: any set
    elsewhere names under which people put it by mistake: the finding then says so
    every     IDS: every matching set and property must hold. False, as packs have it: one carrier that holds is enough
    """

    set: Restriction | None
    name: Restriction
    value: Restriction | None = None
    datatype: Restriction | None = None
    carriers: tuple[tuple[Restriction | None, Restriction], ...] = ()
    elsewhere: tuple[tuple[Restriction | None, Restriction], ...] = ()
    every: bool = True
    cardinality: Cardinality = Cardinality.REQUIRED
    instructions: str | None = None
    uri: str | None = None

    def __hash__(self) -> int:
        # carriers are long, and tell hardly any two of them apart
        return hash((self.set, self.name, self.value, self.datatype, self.cardinality))


class Classification(Struct, frozen=True):
    """A reference into a classification system."""

    system: Restriction | None = None
    value: Restriction | None = None
    cardinality: Cardinality = Cardinality.REQUIRED
    instructions: str | None = None
    uri: str | None = None


class Material(Struct, frozen=True):
    """A material, by the names and categories of all its forms."""

    value: Restriction | None = None
    cardinality: Cardinality = Cardinality.REQUIRED
    instructions: str | None = None
    uri: str | None = None


class PartOf(Struct, frozen=True):
    """Part of something, directly or indirectly.

    relations: names of `facts.model.RELATIONS`; empty: all of IDS's six.
    """

    entity: Entity | None = None
    relations: frozenset[str] = frozenset()
    cardinality: Cardinality = Cardinality.REQUIRED
    instructions: str | None = None


class Phase(Struct, frozen=True):
    """The renovation phase, from whatever carrier states it: new, existing, demolished, temporary, other."""

    value: Restriction | None = None
    cardinality: Cardinality = Cardinality.REQUIRED


class All(Struct, frozen=True):
    """Every one of these holds."""

    of: tuple[Condition, ...]


class AnyOf(Struct, frozen=True):
    """At least one of these holds."""

    of: tuple[Condition, ...]


class Not(Struct, frozen=True):
    """This does not hold."""

    of: Condition


class Check(Struct, frozen=True):
    """A named check of `cimkit.checks`, with its options as written in the rule (parameters already filled in)."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.name)  # options may hold lists


Condition = Entity | Attribute | Property | Classification | Material | PartOf | Phase | All | AnyOf | Not | Check
