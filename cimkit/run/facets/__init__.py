"""One file a facet: which subjects meet it, and what to say of those that do not.

Each has `holds(facet, evaluation)` -> mask over all subjects, and `explain(facet, evaluation, sids)` -> FINDING_ROWS.
Both speak of columns; no loop over subjects.
"""

from __future__ import annotations

from cimkit.rules.conditions import Attribute, Classification, Entity, Material, PartOf, Phase, Property
from cimkit.run.facets import attribute, classification, entity, material, part_of, phase, property

__all__ = ["FACETS"]

FACETS = {
    Entity: entity,
    Attribute: attribute,
    Property: property,
    Classification: classification,
    Material: material,
    PartOf: part_of,
    Phase: phase,
}
