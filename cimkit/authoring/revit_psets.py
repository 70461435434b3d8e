"""`cimcheck pack export --to revit-psets`: what a pack wants on elements, as files for Revit's IFC exporter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cimkit.authoring.revit_file import Carrier, is_exported, is_standard, mapping_table, property_sets
from cimkit.facts.ifc_schema import SCHEMA_NAMES, ifc_schema
from cimkit.locales import text
from cimkit.rules.conditions import All, AnyOf, Cardinality, Condition, Entity, Property
from cimkit.rules.model import Pack, Rule, Status
from cimkit.rules.restriction import Restriction

__all__ = ["RevitFiles", "revit_files", "standard_measure"]

_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
#: Quantities are the exporter's own; a set of that name among the user's would be a property set beside them.
_QUANTITIES = re.compile(r"Qto_.*|BaseQuantities", re.IGNORECASE)
_NUMBERS = {"number": "IFCREAL", "integer": "IFCINTEGER", "boolean": "IFCBOOLEAN"}


@dataclass(frozen=True, slots=True)
class RevitFiles:
    """property_sets, mapping_table: the two files; the table is None where no set is a standard one.

    count     properties in them, by set and name
    left_out  codes of rules that want a property which can't be written: no set named, or nothing that Revit exports
    """

    property_sets: bytes
    mapping_table: bytes | None
    count: int
    left_out: tuple[str, ...]


def revit_files(pack: Pack, lang: str = "zh") -> RevitFiles:
    """The files for all that the pack's rules want as properties, drafts and removed rules aside.

    Of the places that a rule accepts the first is taken that the standard allows and the exporter can write; the
    Revit parameter is the first accepted name in Chinese.
    """
    carriers: list[Carrier] = []
    left_out: list[str] = []
    for rule in pack.rules:
        if rule.status in (Status.DRAFT, Status.REMOVED) or rule.across is not None:
            continue
        for wanted in _properties(rule.must):
            carrier = _carrier(rule, wanted)
            if carrier is None or not carrier.writable:
                left_out.append(rule.code)
            else:
                carriers.append(carrier)
    remarks = text("exchange.revit_remarks", lang, pack=f"{pack.id} {pack.edition}").splitlines()
    has_standard = any(is_standard(carrier.set) for carrier in carriers)
    return RevitFiles(
        property_sets=property_sets(carriers, remarks),
        mapping_table=mapping_table(carriers, text("exchange.revit_table_remarks", lang).splitlines())
        if has_standard
        else None,
        count=len({(carrier.set, carrier.name) for carrier in carriers}),
        left_out=tuple(dict.fromkeys(left_out)),
    )


def standard_measure(set_name: str, name: str) -> str:
    """The IFC data type that the standard gives a property, by the newest version that has it; "" for others."""
    for version in reversed(SCHEMA_NAMES):
        template = ifc_schema(version).property_sets.get(set_name)
        if template is not None and name in template.properties:
            found = template.properties[name]
            return "IFCLABEL" if found.kind == "P_ENUMERATEDVALUE" else found.measure
    return ""


def _properties(condition: Condition | None) -> Iterator[Property]:
    """The properties that a requirement wants; of alternatives the first, which is the one the pack means first."""
    match condition:
        case Property() if condition.cardinality is not Cardinality.PROHIBITED:
            yield condition
        case All(of):
            for part in of:
                yield from _properties(part)
        case AnyOf(of):
            yield from next((found for part in of if (found := list(_properties(part)))), ())
        case _:
            return


def _carrier(rule: Rule, wanted: Property) -> Carrier | None:
    places = [
        (set_.values[0], name.values[0])
        for set_, name in ((wanted.set, wanted.name), *wanted.carriers)
        if set_ is not None and len(set_.values) == 1 and len(name.values) == 1
    ]
    place = next((place for place in places if _can_be_written(*place)), None)
    entities = tuple(entity for entity in _entities(rule.where) if is_exported(entity))
    if place is None or not entities:
        return None
    set_name, name = place
    parameter = next((other for _, other in places if _CHINESE.search(other)), name)
    if _CHINESE.search(set_name) and (set_name, parameter) in places:
        name = parameter
    return Carrier(set_name, name, entities, standard_measure(set_name, name) or _measure(wanted.datatype), parameter)


def _can_be_written(set_name: str, name: str) -> bool:
    """Not a quantity, and not a name that a standard set does not have."""
    if _QUANTITIES.fullmatch(set_name):
        return False
    if is_standard(set_name):
        return bool(standard_measure(set_name, name))
    return not set_name.casefold().startswith("pset_")


def _measure(datatype: Restriction | None) -> str:
    if datatype is None:
        return ""
    return _NUMBERS.get(datatype.describe()) or (datatype.values[0] if len(datatype.values) == 1 else "")


def _entities(condition: Condition | None) -> Iterable[str]:
    match condition:
        case Entity():
            return [name.upper() for name in condition.name.values]
        case All(of):
            return next((found for part in of if (found := _entities(part))), [])
        case AnyOf(of):
            return [name for part in of for name in _entities(part)]
        case _:
            return []
