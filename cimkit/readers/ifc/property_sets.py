"""Which subject has which property set, its own or its type's.

IfcRelDefinesByProperties hangs sets on occurrences (IFC4 also several at once, as an IfcPropertySetDefinitionSet);
types name theirs in HasPropertySets; materials and profiles are named by IfcExtendedProperties. An occurrence has its
type's sets too, and where both have a property of one name in sets of one name, the occurrence's holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cimkit.facts.columns import IntArray, Origin
from cimkit.readers.ifc.instances import Rows
from cimkit.readers.ifc.joins import matches
from cimkit.readers.ifc.relations import ENDS, pairs_of

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel
    from cimkit.readers.ifc.subjects import SubjectIndex

__all__ = ["Holdings", "find_holdings", "first_types"]


@dataclass(frozen=True, slots=True)
class Holdings:
    """Subject `sid[i]` has the property set of row `set_row[i]`, as an `Origin`. Own sets come before the type's."""

    sid: IntArray
    set_row: Rows
    origin: npt.NDArray[np.uint8]


def find_holdings(model: IfcModel, subjects: SubjectIndex) -> Holdings:
    """All property sets of all subjects."""
    owners, sets = _directly_held(model)
    sid = subjects.sid[owners]
    own = sid >= 0
    occurrence, type_row = first_types(model)
    inheriting = subjects.sid[occurrence] >= 0
    occurrence, type_row = occurrence[inheriting], type_row[inheriting]
    order = np.argsort(owners, kind="stable")
    which, found = matches(type_row, owners[order])
    inherited_sid = subjects.sid[occurrence[which]]
    inherited_set = sets[order][found]
    return Holdings(
        np.concatenate((sid[own], inherited_sid)),
        np.concatenate((sets[own], inherited_set)),
        np.repeat(np.array([Origin.OCCURRENCE, Origin.TYPE], np.uint8), [int(own.sum()), len(inherited_sid)]),
    )


def first_types(model: IfcModel) -> tuple[Rows, Rows]:
    """Each occurrence that has a type, ascending, and the type; the first one named in the file counts."""
    pairs = pairs_of(model, "IFCRELDEFINESBYTYPE", *ENDS["IFCRELDEFINESBYTYPE"])
    occurrence, first = np.unique(pairs.thing, return_index=True)
    return occurrence, pairs.other[first]


def _directly_held(model: IfcModel) -> tuple[Rows, Rows]:
    """Pairs (row of the owner, row of the set)."""
    by_relation = pairs_of(model, "IFCRELDEFINESBYPROPERTIES", "RelatedObjects", "RelatingPropertyDefinition")
    owners, sets = [by_relation.thing], [by_relation.other]
    for owner, definition in (_of_types(model), *_of_resources(model)):
        owners.append(owner)
        sets.append(definition)
    return np.concatenate(owners), np.concatenate(sets)


def _of_types(model: IfcModel) -> tuple[Rows, Rows]:
    table = model.table("IFCTYPEOBJECT")
    owner, definition = table.ref_lists("HasPropertySets")
    return table.rows[owner], definition


def _of_resources(model: IfcModel) -> list[tuple[Rows, Rows]]:
    """Properties of materials and profiles, which name their owner themselves."""
    found = []
    for entity, attribute in (
        ("IFCMATERIALPROPERTIES", "Material"),
        ("IFCPROFILEPROPERTIES", "ProfileDefinition"),
    ):
        table = model.table(entity)
        owner = table.refs(attribute)
        known = owner >= 0
        found.append((owner[known], table.rows[known]))
    return found
