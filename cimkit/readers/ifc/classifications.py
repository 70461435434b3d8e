"""Classifications of subjects: the class assigned, the classes above it, and the system they are of.

A class is an IfcClassificationReference; ReferencedSource leads to the class above it or to its system. IFC2X3 calls
its code ItemReference, later schemas Identification. A thing has the classes of its type too, except in systems in
which it has one itself (buildingSMART's IDS, classification facet).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.columns import Origin
from cimkit.facts.model import CLASSIFICATIONS
from cimkit.readers.ifc.inheritance import with_types
from cimkit.readers.ifc.joins import ancestors, matches
from cimkit.readers.ifc.relations import pairs_of
from cimkit.readers.ifc.series import picked, picked_or_null

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel, Rows
    from cimkit.readers.ifc.subjects import SubjectIndex

__all__ = ["read_classifications"]

#: Relations that assign a class: entity, attribute of the things, attribute of the class.
_ASSIGNING = (
    ("IFCRELASSOCIATESCLASSIFICATION", "RelatedObjects", "RelatingClassification"),
    ("IFCEXTERNALREFERENCERELATIONSHIP", "RelatedResourceObjects", "RelatingReference"),
    ("IFCMATERIALCLASSIFICATIONRELATIONSHIP", "ClassifiedMaterial", "MaterialClassifications"),
)
_REFERENCES = ("IFCCLASSIFICATIONREFERENCE",)
_SYSTEMS = ("IFCCLASSIFICATION",)


def read_classifications(model: IfcModel, subjects: SubjectIndex) -> pl.DataFrame:
    """A row for each class of each subject, the classes above it among them."""
    things, classes = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for entity, thing, other in _ASSIGNING:
        pairs = pairs_of(model, entity, thing, other)
        is_class = model.of_kinds(pairs.other, model.subtypes(_REFERENCES + _SYSTEMS))
        things.append(pairs.thing[is_class])
        classes.append(pairs.other[is_class])
    held = with_types(model, subjects, np.concatenate(things), np.concatenate(classes))
    if not len(held.sid):
        return pl.DataFrame(schema=CLASSIFICATIONS)
    tree = _tree(model)
    node = np.searchsorted(tree.rows, held.row)
    kept = np.flatnonzero(_counts(held.sid, tree.system_code[node], held.origin))
    kept = kept[np.argsort(held.sid[kept], kind="stable")]
    sid, node, origin = held.sid[kept], node[kept], held.origin[kept]
    assignment = np.arange(len(sid), dtype=np.int32)
    which, above = matches(node, tree.lower)
    frame = pl.concat(
        [
            _rows(tree, sid, node, origin, assignment, inherited=False),
            _rows(tree, sid[which], tree.upper[above], origin[which], assignment[which], inherited=True),
        ]
    )
    return frame.sort("sid", "assignment", "inherited", maintain_order=True)


class _Tree(NamedTuple):
    """All classes and systems of a file; `lower[i]` has the class `upper[i]` above it (positions in `rows`)."""

    rows: Rows
    code: pl.Series
    name: pl.Series
    system: pl.Series
    system_code: npt.NDArray[np.int64]
    lower: npt.NDArray[np.int64]
    upper: npt.NDArray[np.int64]


def _tree(model: IfcModel) -> _Tree:
    rows = np.sort(np.concatenate((model.rows(*_REFERENCES), model.rows(*_SYSTEMS))))
    table = model.take(rows)
    is_system = model.of_kinds(rows, model.subtypes(_SYSTEMS))
    source = table.refs("ReferencedSource")
    place = np.minimum(np.searchsorted(rows, source), len(rows) - 1)
    parent = np.where((source >= 0) & (rows[place] == source), place, -1)
    parent[is_system] = -1  # a system's own source is no class
    lower, upper = ancestors(parent)
    root = np.arange(len(rows))
    root[lower] = upper  # the last one named is the topmost
    root[~is_system[root]] = -1
    names = table.texts("Name")
    code = table.texts("Identification")
    older = table.texts("ItemReference")
    code = pl.select(pl.coalesce(code, older)).to_series()
    system = picked_or_null(names, root)
    # two IfcClassification instances of one name are one system
    _, system_code = np.unique(system.fill_null("").to_numpy().astype(str), return_inverse=True)
    above_is_class = ~is_system[upper]
    return _Tree(rows, code, names, system, system_code, lower[above_is_class], upper[above_is_class])


def _counts(
    sid: npt.NDArray[np.integer], system: npt.NDArray[np.int64], origin: npt.NDArray[np.uint8]
) -> npt.NDArray[np.bool_]:
    """Which rows hold: the type's do only in systems in which the thing has no class itself."""
    key = sid.astype(np.int64) * (int(system.max()) + 1) + system
    own = origin == Origin.OCCURRENCE
    counts: npt.NDArray[np.bool_] = own | ~np.isin(key, key[own])
    return counts


def _rows(
    tree: _Tree,
    sid: npt.NDArray[np.integer],
    node: npt.NDArray[np.integer],
    origin: npt.NDArray[np.uint8],
    assignment: npt.NDArray[np.int32],
    *,
    inherited: bool,
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "sid": sid,
            "system": picked(tree.system, node),
            "code": picked(tree.code, node),
            "name": picked(tree.name, node),
            "origin": origin,
            "inherited": np.full(len(sid), inherited),
            "assignment": assignment,
        },
        schema=CLASSIFICATIONS,
    )
