"""Does a specification make sense: its versions, its occurrence, its facets one by one and together."""

from __future__ import annotations

from cimkit.ids.audit.data import check_attribute, check_property
from cimkit.ids.audit.entities import EntitySets, check_entity, check_part_of
from cimkit.ids.audit.flaws import Flaws
from cimkit.ids.audit.knowledge import IFC_VERSIONS, Knowledge, knowledge
from cimkit.ids.audit.values import check_value
from cimkit.ids.document import (
    AttributeFacet,
    ClassificationFacet,
    Document,
    EntityFacet,
    Facet,
    MaterialFacet,
    PartOfFacet,
    PropertyFacet,
    Specification,
)

__all__ = ["check_sense"]

_STRING = frozenset({"string"})


def check_sense(document: Document, flaws: Flaws) -> None:
    """Note what a well-built file asks for that can't be, or can't be meant."""
    seen: dict[str, int] = {}
    for index, spec in enumerate(document.specifications):
        flaws.spec = index
        if spec.identifier:
            if spec.identifier in seen:
                flaws.add("IDS-SPC-007", spec.line, identifier=spec.identifier, first=seen[spec.identifier])
            seen.setdefault(spec.identifier, spec.line)
        _check_specification(spec, flaws)
    flaws.spec = None


def _check_specification(spec: Specification, flaws: Flaws) -> None:
    if not spec.name.strip():
        flaws.add("IDS-SPC-008", spec.line)
    versions = _check_versions(spec, flaws)
    _check_occurs(spec, flaws)
    everything = {known.version: known.concrete for known in versions}
    applicable = _check_entities(spec.applicability, versions, everything, flaws)
    _check_facets(spec.applicability, versions, applicable, flaws)
    if spec.requirements:
        required = _check_entities(spec.requirements, versions, applicable, flaws)
        _check_facets(spec.requirements, versions, required, flaws)
        for facet in spec.requirements:
            _check_cardinality(facet, flaws)


def _check_versions(spec: Specification, flaws: Flaws) -> list[Knowledge]:
    if not spec.versions:
        flaws.add("IDS-SPC-002", spec.line)
    for name in spec.versions:
        if name not in IFC_VERSIONS:
            known = " | ".join(IFC_VERSIONS)
            flaws.add("IDS-SPC-003", spec.line, name=name, known=known)
    return [knowledge(name) for name in IFC_VERSIONS if name in spec.versions]


def _check_occurs(spec: Specification, flaws: Flaws) -> None:
    line = spec.applicability_line or spec.line
    pair = (spec.min_occurs or "1", spec.max_occurs or "1")
    if pair not in {("1", "unbounded"), ("0", "unbounded"), ("0", "0")}:
        flaws.add("IDS-SPC-001", line, least=pair[0], most=pair[1])
    if not spec.applicability:
        flaws.add("IDS-SPC-004", line)
    if pair == ("0", "unbounded") and not spec.requirements:
        flaws.add("IDS-SPC-005", spec.line)
    if pair == ("0", "0") and spec.requirements:
        flaws.add("IDS-SPC-006", spec.line)


def _check_entities(
    facets: tuple[Facet, ...], versions: list[Knowledge], among: EntitySets, flaws: Flaws
) -> EntitySets:
    """Entities left after the entity facets, which must leave some in every version."""
    left = dict(among)
    for facet in facets:
        if not isinstance(facet, EntityFacet):
            continue
        meant = check_entity(facet, versions, flaws)
        for known in versions:
            before, here = left[known.version], meant[known.version]
            together = known.both(before, here)
            if before and here and not together:
                shown = {"applicable": _few(before), "required": _few(here)}
                flaws.add("IDS-ENT-005", facet.line, version=known.version, **shown)
            left[known.version] = together
    return left


def _few(names: frozenset[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:3]) + (" …" if len(listed) > 3 else "")


def _check_facets(facets: tuple[Facet, ...], versions: list[Knowledge], entities: EntitySets, flaws: Flaws) -> None:
    anything: EntitySets = {known.version: known.concrete for known in versions}
    for facet in facets:
        # what can't be there anyhow may well be forbidden
        meant = anything if facet.cardinality == "prohibited" else entities
        match facet:
            case AttributeFacet():
                check_attribute(facet, versions, meant, flaws)
            case PropertyFacet():
                check_property(facet, versions, meant, flaws)
            case PartOfFacet():
                check_part_of(facet, versions, meant, flaws)
            case ClassificationFacet():
                check_value(facet.system, _STRING, flaws, "system")
                check_value(facet.value, _STRING, flaws, "value")
            case MaterialFacet():
                check_value(facet.value, _STRING, flaws, "value")
            case EntityFacet():
                pass


def _check_cardinality(facet: Facet, flaws: Flaws) -> None:
    """Which facets may be optional or prohibited depends on what they ask for."""
    kind = {
        AttributeFacet: "attribute",
        PropertyFacet: "property",
        ClassificationFacet: "classification",
        MaterialFacet: "material",
    }.get(type(facet))
    if kind is None or isinstance(facet, EntityFacet | PartOfFacet):
        return
    asks = facet.value is not None or (isinstance(facet, PropertyFacet) and facet.datatype is not None)
    if facet.cardinality == "optional" and not asks:
        flaws.add("IDS-CRD-001", facet.line, facet=kind)
    if facet.cardinality == "prohibited" and isinstance(facet, PropertyFacet) and asks:
        flaws.add("IDS-CRD-002", facet.line)
