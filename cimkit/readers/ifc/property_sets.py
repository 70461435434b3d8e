"""Which subject has which property set, its own or its type's.

IfcRelDefinesByProperties hangs sets on occurrences (IFC4 also several at once, as an IfcPropertySetDefinitionSet);
types name theirs in HasPropertySets; materials and profiles are named by IfcExtendedProperties. An occurrence has its
type's sets too, and where both have a property of one name in sets of one name, the occurrence's holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cimkit.readers.ifc.inheritance import Held, with_types
from cimkit.readers.ifc.relations import pairs_of

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel, Rows
    from cimkit.readers.ifc.subjects import SubjectIndex

__all__ = ["held_sets"]


def held_sets(model: IfcModel, subjects: SubjectIndex) -> Held:
    """All property sets of all subjects."""
    related = pairs_of(model, "IFCRELDEFINESBYPROPERTIES", "RelatedObjects", "RelatingPropertyDefinition")
    owners, sets = [related.thing], [related.other]
    for owner, definition in (_of_types(model), *_of_resources(model)):
        owners.append(owner)
        sets.append(definition)
    return with_types(model, subjects, np.concatenate(owners), np.concatenate(sets))


def _of_types(model: IfcModel) -> tuple[Rows, Rows]:
    table = model.table("IFCTYPEOBJECT")
    owner, definition = table.ref_lists("HasPropertySets")
    return table.rows[owner], definition


def _of_resources(model: IfcModel) -> list[tuple[Rows, Rows]]:
    """Properties of materials and profiles, which name their owner themselves.

    IFC2X3 has kinds without a name (IfcMechanicalMaterialProperties); nothing can ask for these.
    """
    found = []
    for entity, attribute in (("IFCMATERIALPROPERTIES", "Material"), ("IFCPROFILEPROPERTIES", "ProfileDefinition")):
        table = model.table(entity)
        owner = table.refs(attribute)
        known = (owner >= 0) & (model.positions("Name")[table.kinds] >= 0)
        found.append((owner[known], table.rows[known]))
    return found
