"""Do the entities of a facet exist in every IFC version named, and can they have the predefined types asked for?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cimkit.ids.audit.flaws import Flaws, nearest
from cimkit.ids.audit.knowledge import Knowledge, select
from cimkit.ids.audit.structure import RELATIONS
from cimkit.ids.audit.values import check_value
from cimkit.ids.document import EntityFacet, IdsValue, PartOfFacet

__all__ = ["EntitySets", "check_entity", "check_part_of"]

#: IFC version -> entities that are meant in it.
EntitySets = Mapping[str, frozenset[str]]

_STRING = frozenset({"string"})

#: Relation -> (what the part can be, what the whole can be), by the EXPRESS definitions of its two ends.
_ENDS = {
    "IFCRELAGGREGATES": (("IFCOBJECTDEFINITION",), ("IFCOBJECTDEFINITION",)),
    "IFCRELASSIGNSTOGROUP": (("IFCOBJECTDEFINITION",), ("IFCGROUP",)),
    "IFCRELCONTAINEDINSPATIALSTRUCTURE": (("IFCPRODUCT",), ("IFCSPATIALSTRUCTUREELEMENT", "IFCSPATIALELEMENT")),
    "IFCRELNESTS": (("IFCOBJECTDEFINITION",), ("IFCOBJECTDEFINITION",)),
    "IFCRELVOIDSELEMENT IFCRELFILLSELEMENT": (("IFCELEMENT",), ("IFCELEMENT",)),
}


def check_entity(facet: EntityFacet, versions: Sequence[Knowledge], flaws: Flaws) -> EntitySets:
    """Note what is wrong with an entity facet; give the entities it means in each version."""
    check_value(facet.name, _STRING, flaws, "name")
    check_value(facet.predefined_type, _STRING, flaws, "predefinedType")
    if facet.name is None:
        return {known.version: known.concrete for known in versions}
    meant = {known.version: select(facet.name, known.entities) for known in versions}
    if facet.name.texts():
        _check_names(facet.name, versions, flaws)
    else:
        _check_pattern(facet.name, versions, meant, flaws)
    if facet.predefined_type is not None:
        for known in versions:
            _check_predefined_type(facet.predefined_type, known, meant[known.version], flaws)
    return {known.version: meant[known.version] & known.concrete for known in versions}


def _check_names(value: IdsValue, versions: Sequence[Knowledge], flaws: Flaws) -> None:
    for limit in value.texts():
        name = limit.value
        knowing = [known for known in versions if name in known.entities]
        lacking = [known for known in versions if name not in known.entities]
        if any(name.upper() in known.entities for known in lacking) and name != name.upper():
            flaws.add("IDS-ENT-001", limit.line, name=name, upper=name.upper())
            continue
        listed_elsewhere = value.simple is None and bool(knowing)
        for known in lacking:
            if listed_elsewhere and select(value, known.entities):
                flaws.add("IDS-ENT-009", limit.line, name=name, version=known.version)
            else:
                flaws.add_near("IDS-ENT-002", limit.line, name=name, known=known.concrete, version=known.version)
        for known in knowing:
            if known.is_abstract(name):
                alone = not select(value, known.concrete)
                code = "IDS-ENT-004" if alone else "IDS-ENT-010"
                flaws.add(code, limit.line, name=name, version=known.version)


def _check_pattern(value: IdsValue, versions: Sequence[Knowledge], meant: EntitySets, flaws: Flaws) -> None:
    if not value.of("pattern"):
        return
    for known in versions:
        if not meant[known.version] & known.concrete:
            pattern = value.restriction().describe()
            flaws.add("IDS-ENT-003", value.line, pattern=pattern, version=known.version)


def _check_predefined_type(value: IdsValue, known: Knowledge, entities: frozenset[str], flaws: Flaws) -> None:
    options = {name: found for name in sorted(entities) if (found := known.predefined_types(name)) is not None}
    if not options:
        if entities:
            names = ", ".join(sorted(entities)[:3])
            flaws.add("IDS-ENT-006", value.line, entity=names, version=known.version)
        return
    listed = frozenset(option for found in options.values() for option in found)
    names = ", ".join(sorted(options)[:3])
    about = {"entity": names, "version": known.version}
    if not value.texts():
        if value.of("pattern") and "USERDEFINED" not in listed and not select(value, listed):
            shown = value.restriction().describe()
            flaws.add_near("IDS-ENT-007", value.line, name=shown, known=listed, **about)
        return
    for limit in value.texts():
        if limit.value in listed or not limit.value:
            continue
        if "USERDEFINED" not in listed:
            flaws.add_near("IDS-ENT-007", limit.line, name=limit.value, known=listed, **about)
        elif (near := nearest(limit.value, listed)) is not None:
            flaws.add("IDS-ENT-008", limit.line, name=limit.value, nearest=near, **about)


def check_part_of(facet: PartOfFacet, versions: Sequence[Knowledge], parts: EntitySets, flaws: Flaws) -> None:
    """Note a whole that can't exist, can't be one by the relation, or can't have such parts."""
    if facet.entity is None:
        return
    wholes = check_entity(facet.entity, versions, flaws)
    ends = [_ENDS[name] for name in RELATIONS if facet.relation in {None, name}]
    if not ends:
        return  # no relation that IDS knows, which is said elsewhere
    relation = facet.relation or "partOf"
    for known in versions:
        found = wholes[known.version]
        if found and not _any_is_a(known, found, [root for _, whole in ends for root in whole]):
            names = ", ".join(sorted(found)[:3])
            flaws.add("IDS-PRT-001", facet.line, entity=names, relation=relation, version=known.version)
        found = parts[known.version]
        if found and not _any_is_a(known, found, [root for part, _ in ends for root in part]):
            names = ", ".join(sorted(found)[:3])
            flaws.add("IDS-PRT-002", facet.line, entity=names, relation=relation, version=known.version)


def _any_is_a(known: Knowledge, names: frozenset[str], roots: list[str]) -> bool:
    return any(known.is_a(name, root) for name in names for root in roots)
