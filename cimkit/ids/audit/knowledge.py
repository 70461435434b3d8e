"""What one IFC version knows that an audit asks for: entity names, attributes, predefined types, data types.

From the schema tables of `cimkit.facts.ifc_schema`. Names of entities are upper case. In IFC2X3 the names count too
that IDS borrows from IFC4 for occurrences told apart by their type only (IFCAIRTERMINAL for an IfcFlowTerminal with an
IfcAirTerminalType; buildingSMART's table of 57).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

import polars as pl

from cimkit.facts.ifc_schema import SCHEMA_NAMES, Attribute, PropertySetTemplate, ifc_schema
from cimkit.facts.mapped_occurrences import OCCURRENCES_BY_TYPE
from cimkit.ids.document import IdsValue
from cimkit.rules.patterns import PatternError
from cimkit.rules.restriction import INTEGER_TYPES

__all__ = ["IFC_VERSIONS", "Knowledge", "attribute_bases", "knowledge", "select"]

#: What `ifcVersion` may name.
IFC_VERSIONS = SCHEMA_NAMES

#: Data types of text that have an XSD type of their own.
_TEXT_BASES = {
    "IFCDATE": "date",
    "IFCDATETIME": "dateTime",
    "IFCDURATION": "duration",
    "IFCTIME": "time",
    "IFCURIREFERENCE": "anyURI",
}
_BASES = {"string": "string", "logical": "string", "real": "double", "number": "double", "integer": "integer",
          "boolean": "boolean", "binary": ""}  # fmt: skip


@lru_cache(maxsize=len(IFC_VERSIONS))
def knowledge(version: str) -> Knowledge:
    """What the version knows; KeyError for one that is not in `IFC_VERSIONS`."""
    return Knowledge(version)


def select(value: IdsValue, names: frozenset[str]) -> frozenset[str]:
    """Which of the names a value lets through; none if its pattern can't be read."""
    exact = value.restriction().exact_texts()
    if exact is not None:
        return names & exact
    listed = pl.Series(sorted(names), dtype=pl.String)
    try:
        return frozenset(listed.filter(pl.Series(value.restriction().accepts_text(listed))))
    except PatternError:
        return frozenset()


def attribute_bases(attribute: Attribute) -> frozenset[str]:
    """XSD types in which a value of the attribute can be written; empty where a value can't be asked for.

    Objects, selects and lists have no value of their own in IDS.
    """
    if attribute.aggregate or attribute.kind in {"entity", "select", "binary"}:
        return frozenset()
    if attribute.kind == "enumeration":
        return frozenset({"string"})
    if attribute.kind == "logical":
        return frozenset({"string", "boolean"})
    if attribute.type in INTEGER_TYPES:
        return frozenset({"integer"})
    return frozenset({_TEXT_BASES.get(attribute.type, _BASES[attribute.kind])})


class Knowledge:
    """One IFC version, as an audit asks it."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.schema = ifc_schema(version)

    @cached_property
    def borrowed(self) -> Mapping[str, str]:
        """Names of occurrences that exist only through their type -> that type (IFC2X3)."""
        return {name: of_type for name, _, of_type in OCCURRENCES_BY_TYPE} if self.version == "IFC2X3" else {}

    @cached_property
    def _stand_ins(self) -> Mapping[str, str]:
        """Those names -> the entity that such things really are: IFCFLOWTERMINAL for IFCAIRTERMINAL."""
        return {name: occurrence for name, occurrence, _ in OCCURRENCES_BY_TYPE} if self.borrowed else {}

    def both(self, some: frozenset[str], others: frozenset[str]) -> frozenset[str]:
        """What a thing can be that is one of `some` and one of `others`: an IfcFlowTerminal can be an IfcAirTerminal
        in IFC2X3, and the narrower name is kept."""
        if not self._stand_ins:
            return some & others
        narrower = (
            name
            for mine, theirs in ((some, others), (others, some))
            for name in mine
            if self._stand_ins.get(name) in theirs
        )
        return some & others | frozenset(narrower)

    @cached_property
    def entities(self) -> frozenset[str]:
        """All names an entity facet may use, abstract ones too."""
        return frozenset(self.schema.entities) | frozenset(self.borrowed)

    @cached_property
    def concrete(self) -> frozenset[str]:
        """Those that things in a file can be of."""
        return frozenset(name for name in self.entities if not self.is_abstract(name))

    def is_abstract(self, name: str) -> bool:
        """Whether nothing in a file can be exactly of this entity."""
        return name in self.schema.abstract

    def is_a(self, name: str, ancestor: str) -> bool:
        """Is the entity, borrowed ones by IFC4's reading, the other or derived from it?"""
        if name in self.borrowed:
            return ifc_schema("IFC4").is_a(name, ancestor)
        return self.schema.is_a(name, ancestor)

    def attributes(self, name: str) -> tuple[Attribute, ...]:
        """All explicit attributes; of a borrowed name those of the type's occurrences, IfcElement's."""
        own = "IFCELEMENT" if name in self.borrowed else name
        return self.schema.entities[own].attributes if own in self.schema.entities else ()

    def predefined_types(self, name: str) -> tuple[str, ...] | None:
        """Values of the entity's PredefinedType, or of its type's where the entity has none; None: neither has.

        An IFC2X3 entity that stands for others may have the values of each of their types.
        """
        for holder in (name, f"{name}TYPE"):
            found = self._own_predefined_types(holder)
            if found is not None:
                return found
        types = [self.borrowed[narrow] for narrow, wide in self._stand_ins.items() if wide == name]
        values = [value for each in types for value in self._own_predefined_types(each) or ()]
        return tuple(dict.fromkeys(values)) or None

    def _own_predefined_types(self, name: str) -> tuple[str, ...] | None:
        entity = self.schema.entities.get(name)
        for attribute in entity.attributes if entity else ():
            if attribute.name == "PredefinedType":
                return self.schema.enumerations.get(attribute.type, ())
        return None

    @cached_property
    def data_types(self) -> Mapping[str, str]:
        """Data type -> the XSD type of its values, "" where values can't be compared."""
        found = dict.fromkeys(self.schema.enumerations, "string")
        for name, defined in self.schema.types.items():
            if not defined.aggregate and defined.base in _BASES:
                base = "integer" if name in INTEGER_TYPES else _BASES[defined.base]
                found[name] = _TEXT_BASES.get(name, base)
        return found

    @cached_property
    def standard_sets(self) -> Mapping[str, PropertySetTemplate]:
        """Standard property and quantity sets by name."""
        return self.schema.property_sets

    @cached_property
    def reserved_prefixes(self) -> tuple[str, ...]:
        """Beginnings that only standard sets may have, folded. IFC2X3 has no standard quantity sets."""
        return ("pset_",) if self.version == "IFC2X3" else ("pset_", "qto_")

    def takes_set(self, entity: str, template: PropertySetTemplate) -> bool:
        """Whether the standard says that things of the entity, or their types, have this set."""
        bare = {entity, entity.removesuffix("TYPE").removesuffix("STYLE")}
        for entry in template.applicable:
            applicable = entry.partition("/")[0]
            wanted = {applicable, applicable.removesuffix("TYPE").removesuffix("STYLE")}
            if any(self.is_a(name, target) for name in bare for target in wanted):
                return True
            if any(self.borrowed.get(name) == applicable for name in bare) or self._stands_for(entity, applicable):
                return True
        return False

    def _stands_for(self, entity: str, applicable: str) -> bool:
        """IFC2X3's IfcFlowTerminal stands for the IfcAirTerminal that it lacks."""
        occurrence = applicable.removesuffix("TYPE")
        return occurrence in self.borrowed and ifc_schema("IFC4").is_a(occurrence, entity)
