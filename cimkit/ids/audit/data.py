"""Do the attributes, properties and data types asked for exist, and can they have the values asked for?"""

from __future__ import annotations

from collections.abc import Sequence

from cimkit.facts.ifc_schema import Attribute, PropertySetTemplate
from cimkit.ids.audit.entities import EntitySets
from cimkit.ids.audit.flaws import Flaws
from cimkit.ids.audit.knowledge import Knowledge, attribute_bases, select
from cimkit.ids.audit.values import check_value
from cimkit.ids.document import AttributeFacet, Limit, PropertyFacet

__all__ = ["check_attribute", "check_property"]

_STRING = frozenset({"string"})
#: Kinds of property that hold values of one type that the standard fixes.
_TYPED_KINDS = frozenset({"P_SINGLEVALUE", "P_BOUNDEDVALUE", "P_LISTVALUE", "P_ENUMERATEDVALUE"})
#: Kinds of property that IDS can't ask about.
_UNSUPPORTED_KINDS = frozenset({"P_REFERENCEVALUE", "P_COMPLEX"})


def check_attribute(facet: AttributeFacet, versions: Sequence[Knowledge], entities: EntitySets, flaws: Flaws) -> None:
    """Note attributes that none of the entities has, and values that they can't have."""
    check_value(facet.name, _STRING, flaws, "name")
    if facet.name is None:
        return
    bases: set[str] = set()
    for known in versions:
        # where the entities themselves are wrong, which is said elsewhere, an attribute may still be of none at all
        found = _attributes(known, entities[known.version] or known.concrete)
        wanted = select(facet.name, frozenset(found))
        usable = [attribute for name in wanted for attribute in found[name] if not attribute.derived]
        for limit in facet.name.texts() or (Limit("pattern", facet.name.restriction().describe(), facet.name.line),):
            _check_exists(limit, found, wanted, known, facet, flaws)
        bases_here = frozenset(base for attribute in usable for base in attribute_bases(attribute))
        if usable and facet.value is not None and not bases_here:
            names = ", ".join(sorted(wanted)[:3])
            flaws.add("IDS-ATT-002", facet.value.line, name=names, version=known.version)
        bases |= bases_here
    check_value(facet.value, frozenset(bases), flaws, "value")


def _attributes(known: Knowledge, entities: frozenset[str]) -> dict[str, list[Attribute]]:
    """Attribute name -> what it is for each of the entities that has it."""
    found: dict[str, list[Attribute]] = {}
    for name in sorted(entities):
        for attribute in known.attributes(name):
            found.setdefault(attribute.name, []).append(attribute)
    return found


def _check_exists(
    limit: Limit,
    found: dict[str, list[Attribute]],
    wanted: frozenset[str],
    known: Knowledge,
    facet: AttributeFacet,
    flaws: Flaws,
) -> None:
    if not limit.value:
        return
    is_text = limit.kind != "pattern"
    missing = limit.value not in found if is_text else not wanted
    if missing and facet.name is not None:
        # An enumeration may name what the attribute is called in another version.
        if is_text and facet.name.simple is None and wanted:
            return
        flaws.add_near("IDS-ATT-001", limit.line, name=limit.value, known=found, version=known.version)
    elif is_text and all(attribute.derived for attribute in found[limit.value]):
        flaws.add("IDS-ATT-003", limit.line, name=limit.value, version=known.version)


def check_property(facet: PropertyFacet, versions: Sequence[Knowledge], entities: EntitySets, flaws: Flaws) -> None:
    """Note data types that do not exist, and what goes against the standard property sets."""
    check_value(facet.set, _STRING, flaws, "propertySet")
    check_value(facet.name, _STRING, flaws, "baseName")
    bases: set[str] = set()
    if facet.datatype is None:
        if facet.value is not None:
            flaws.add("IDS-PRP-005", facet.line)
    else:
        bases = _check_data_type(facet, facet.datatype, versions, flaws)
    check_value(facet.value, frozenset(bases), flaws, "value")
    if facet.cardinality == "prohibited":
        return  # a file may forbid what the standard does not have
    for known in versions:
        _check_standard_sets(facet, known, entities[known.version], flaws)


def _check_data_type(facet: PropertyFacet, name: str, versions: Sequence[Knowledge], flaws: Flaws) -> set[str]:
    bases: set[str] = set()
    for known in versions:
        base = known.data_types.get(name)
        if base is None:
            flaws.add_near("IDS-PRP-006", facet.line, name=name, known=known.data_types, version=known.version)
        elif base:
            bases.add(base)
        elif facet.value is not None:
            flaws.add("IDS-PRP-007", facet.line, name=name)
    return bases


def _check_standard_sets(facet: PropertyFacet, known: Knowledge, entities: frozenset[str], flaws: Flaws) -> None:
    if facet.set is None:
        return
    templates: list[PropertySetTemplate] = []
    for limit in facet.set.texts():
        template = known.standard_sets.get(limit.value)
        if template is not None:
            templates.append(template)
        elif limit.value.casefold().startswith(known.reserved_prefixes):
            standard = known.standard_sets
            flaws.add_near("IDS-PRP-001", limit.line, name=limit.value, known=standard, version=known.version)
    if not templates or len(templates) < len(facet.set.texts()):
        return  # a set of their own among them may hold anything
    _check_standard_properties(facet, templates, known, flaws)
    if entities and not any(known.takes_set(entity, template) for entity in entities for template in templates):
        names = ", ".join(sorted(entities)[:3])
        sets = ", ".join(template.name for template in templates)
        flaws.add("IDS-PRP-004", facet.set.line, name=sets, entity=names, version=known.version)


def _check_standard_properties(
    facet: PropertyFacet, templates: list[PropertySetTemplate], known: Knowledge, flaws: Flaws
) -> None:
    if facet.name is None:
        return
    properties = {name: found for template in templates for name, found in template.properties.items()}
    sets = ", ".join(template.name for template in templates)
    wanted = select(facet.name, frozenset(properties))
    for limit in facet.name.texts():
        if limit.value and limit.value not in properties:
            about = {"set": sets, "version": known.version}
            flaws.add_near("IDS-PRP-002", limit.line, name=limit.value, known=properties, **about)
    if facet.name.of("pattern") and not facet.name.texts() and not wanted:
        pattern = facet.name.restriction().describe()
        about = {"set": sets, "version": known.version}
        flaws.add_near("IDS-PRP-002", facet.name.line, name=pattern, known=properties, **about)
    for name in sorted(wanted):
        if properties[name].kind in _UNSUPPORTED_KINDS:
            flaws.add("IDS-PRP-008", facet.line, name=name, set=sets, version=known.version)
    measures = {
        properties[name].measure
        for name in wanted
        if properties[name].kind in _TYPED_KINDS or properties[name].kind.startswith("Q_")
    }
    typed = bool(measures) and measures <= set(known.data_types)
    if typed and facet.datatype and facet.datatype in known.data_types and facet.datatype not in measures:
        shown = " | ".join(sorted(measures))
        names = ", ".join(sorted(wanted)[:3])
        about = {"set": sets, "version": known.version}
        flaws.add("IDS-PRP-003", facet.line, name=names, datatype=facet.datatype, wanted=shown, **about)
