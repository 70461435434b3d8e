"""IFC's relations as pairs of instances, and as links between subjects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cimkit.facts.model import Links
from cimkit.readers.ifc.instances import Rows
from cimkit.readers.ifc.joins import repeated

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel
    from cimkit.readers.ifc.subjects import SubjectIndex

__all__ = ["ENDS", "Pairs", "links_of", "pairs_of"]

#: Attributes that hold the two ends of each relation of `facts.model.RELATIONS`: the thing, and what it is related to.
ENDS: Mapping[str, tuple[str, str]] = {
    "IFCRELAGGREGATES": ("RelatedObjects", "RelatingObject"),
    "IFCRELNESTS": ("RelatedObjects", "RelatingObject"),
    "IFCRELCONTAINEDINSPATIALSTRUCTURE": ("RelatedElements", "RelatingStructure"),
    "IFCRELASSIGNSTOGROUP": ("RelatedObjects", "RelatingGroup"),
    "IFCRELVOIDSELEMENT": ("RelatedOpeningElement", "RelatingBuildingElement"),
    "IFCRELFILLSELEMENT": ("RelatedBuildingElement", "RelatingOpeningElement"),
    "IFCRELDEFINESBYTYPE": ("RelatedObjects", "RelatingType"),
    "IFCRELDECLARES": ("RelatedDefinitions", "RelatingContext"),
    "IFCRELREFERENCEDINSPATIALSTRUCTURE": ("RelatedElements", "RelatingStructure"),
    "IFCRELSERVICESBUILDINGS": ("RelatingSystem", "RelatedBuildings"),
    "IFCRELSPACEBOUNDARY": ("RelatedBuildingElement", "RelatingSpace"),
}


class Pairs(NamedTuple):
    """Rows related: `thing[i]` to `other[i]` by the relation instance `via[i]`, in the order of the file."""

    thing: Rows
    other: Rows
    via: Rows


def pairs_of(model: IfcModel, entity: str, thing: str, other: str) -> Pairs:
    """Pairs of a relation; either end may be one reference or a list of them. Read once for a model."""
    key = (entity, thing, other)
    if key not in model.known:
        model.known[key] = _read_pairs(model, entity, thing, other)
    pairs: Pairs = model.known[key]  # type: ignore[assignment]
    return pairs


def _read_pairs(model: IfcModel, entity: str, thing: str, other: str) -> Pairs:
    table = model.table(entity)
    owners, things = _end(model, entity, thing)
    other_owners, others = _end(model, entity, other)
    # every thing of a relation with every other of the same relation
    counts = np.bincount(other_owners, minlength=len(table))
    starts = np.cumsum(counts) - counts
    index, other_index = repeated(starts[owners], counts[owners])
    return Pairs(things[index], others[other_index], table.rows[owners[index]])


def _end(model: IfcModel, entity: str, attribute: str) -> tuple[Rows, Rows]:
    table = model.table(entity)
    declared = table.declared(attribute)
    if declared is None:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    if declared.aggregate or declared.kind == "select":  # a select may hold a list: IfcPropertySetDefinitionSet
        return table.ref_lists(attribute)
    target = table.refs(attribute)
    owners = np.flatnonzero(target >= 0)
    return owners, target[owners]


def links_of(model: IfcModel, relation: str, subjects: SubjectIndex) -> Links:
    """A relation between subjects; ends that are none are left out."""
    pairs = pairs_of(model, relation, *ENDS[relation])
    sid, target = subjects.sid[pairs.thing], subjects.sid[pairs.other]
    kept = np.flatnonzero((sid >= 0) & (target >= 0))
    order = kept[np.argsort(sid[kept], kind="stable")]
    return Links(sid[order], target[order], np.asarray(model.file.ids, np.int64)[pairs.via[order]])
