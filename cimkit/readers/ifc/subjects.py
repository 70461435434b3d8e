"""Which instances are subjects: things that a rule can speak of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from cimkit.facts.columns import IntArray
from cimkit.facts.mapped_occurrences import OCCURRENCES_BY_TYPE
from cimkit.facts.model import Subjects
from cimkit.readers.ifc.instances import Rows
from cimkit.readers.ifc.relations import ENDS, pairs_of

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand
    from cimkit.readers.ifc.instances import IfcModel

__all__ = ["SubjectIndex", "beyond_shape", "find_subjects", "repeating_kinds", "shape_kinds"]

#: Roots of the layers that hold shape and looks. Their instances are most of a file and no rule's subject unless
#: one names them (names of all schemas; those a schema does not have count for nothing).
_SHAPE = (
    "IFCREPRESENTATIONITEM", "IFCREPRESENTATION", "IFCREPRESENTATIONMAP", "IFCPRODUCTREPRESENTATION", "IFCSHAPEASPECT",
    "IFCOBJECTPLACEMENT", "IFCPROFILEDEF", "IFCCONNECTIONGEOMETRY", "IFCCOORDINATEDUNIVERSALTRANSVERSEMERCATOR",
    "IFCPRESENTATIONITEM", "IFCPRESENTATIONSTYLE", "IFCPRESENTATIONSTYLEASSIGNMENT", "IFCPRESENTATIONLAYERASSIGNMENT",
    "IFCCOLOURSPECIFICATION", "IFCCOLOURRGBLIST", "IFCSURFACESTYLESHADING", "IFCSURFACESTYLELIGHTING",
    "IFCSURFACESTYLEREFRACTION", "IFCSURFACESTYLEWITHTEXTURES", "IFCSURFACETEXTURE", "IFCTEXTURECOORDINATE",
    "IFCTEXTUREVERTEX", "IFCTEXTUREVERTEXLIST", "IFCTEXTUREMAP", "IFCVERTEXBASEDTEXTUREMAP", "IFCCURVESTYLEFONT",
    "IFCCURVESTYLEFONTPATTERN", "IFCCURVESTYLEFONTANDSCALING", "IFCPREDEFINEDITEM", "IFCTEXTSTYLEFORDEFINEDFONT",
    "IFCTEXTSTYLETEXTMODEL", "IFCTEXTSTYLEWITHBOXCHARACTERISTICS", "IFCEXTERNALLYDEFINEDHATCHSTYLE",
    "IFCEXTERNALLYDEFINEDSURFACESTYLE", "IFCEXTERNALLYDEFINEDTEXTFONT", "IFCVIRTUALGRIDINTERSECTION",
)  # fmt: skip


class SubjectIndex(Struct, frozen=True):
    """rows  row of each subject, ascending
    sid   subject of every row of the file, -1 where it is none (as long as the file has instances)
    """

    rows: Rows
    sid: IntArray

    def __len__(self) -> int:
        return len(self.rows)


def shape_kinds(model: IfcModel) -> frozenset[str]:
    """Kinds of the layers that hold shape and looks."""
    return model.subtypes(_SHAPE)


def repeating_kinds(model: IfcModel) -> frozenset[str]:
    """Keywords of the file whose records mostly repeat what another one says: properties and quantities."""
    return model.subtypes(("IFCSIMPLEPROPERTY", "IFCPHYSICALSIMPLEQUANTITY"))


def beyond_shape(model: IfcModel) -> Rows:
    """Rows of known entities that are neither shape nor looks: every fact rests on these. Of properties that say the
    same there is one."""
    repeating = repeating_kinds(model)
    wanted = frozenset(model.kinds) & frozenset(model.schema.entities) - shape_kinds(model) - repeating
    meant = np.fromiter((kind in wanted for kind in model.kinds), bool, len(model.kinds))[model.kind_of]
    repeated = np.asarray(model.file.rows_of(*repeating), np.int64)
    model.file.find_alike(repeated)
    meant[model.file.alike(repeated)] = True
    return np.flatnonzero(meant)


def find_subjects(model: IfcModel, demand: Demand) -> SubjectIndex:
    """The subjects of a demand: its kinds, and both ends of each relation it names."""
    chosen = np.zeros(len(model), bool)
    for rows in (*_of_kinds(model, demand.kinds), *_of_kinds(model, demand.named_kinds)):
        chosen[rows] = True
    for relation in sorted(demand.relations & ENDS.keys()):
        pairs = pairs_of(model, relation, *ENDS[relation])
        chosen[pairs.thing] = True
        chosen[pairs.other] = True
    rows = np.flatnonzero(chosen)
    sid = np.full(len(model) + 1, -1, np.int32)  # one more, so that row -1 (nothing) is no subject
    sid[rows] = np.arange(len(rows), dtype=np.int32)
    return SubjectIndex(rows, sid)


def _of_kinds(model: IfcModel, kinds: frozenset[str] | None) -> Iterable[Rows]:
    if kinds is None:
        wanted = frozenset(model.kinds) & frozenset(model.schema.entities) - shape_kinds(model)
    else:
        wanted = kinds & model.present
        if model.schema.name == "IFC2X3":
            yield from (rows for name, rows, _ in mapped_occurrences(model) if name in kinds)
    if wanted:
        yield np.asarray(model.file.rows_of(*wanted), np.int64)


def mapped_occurrences(model: IfcModel) -> list[tuple[str, Rows, str]]:
    """IFC2X3's occurrences that count as a later entity by their types: (`IFCAIRTERMINAL`, rows, type entity)."""
    wanted = [row for row in OCCURRENCES_BY_TYPE if row[1] in model.present and row[2] in model.present]
    if not wanted:
        return []
    pairs = pairs_of(model, "IFCRELDEFINESBYTYPE", *ENDS["IFCRELDEFINESBYTYPE"])
    found: list[tuple[str, Rows, str]] = []
    for name, occurrence, defining in wanted:
        fits = model.of_kinds(pairs.thing, frozenset({occurrence})) & model.of_kinds(pairs.other, frozenset({defining}))
        if fits.any():
            found.append((name, np.unique(pairs.thing[fits]), defining))
    return found


def as_subjects(model: IfcModel, index: SubjectIndex) -> Subjects:
    """The subjects as facts, with the further kinds of IFC2X3's mapped occurrences."""
    kinds = list(model.kinds)
    also: tuple[IntArray, IntArray] | None = None
    mapped = mapped_occurrences(model) if model.schema.name == "IFC2X3" else []
    if mapped:
        sids, codes = [], []
        for name, rows, _ in mapped:
            if name not in kinds:
                kinds.append(name)
            sid = index.sid[rows]
            sid = sid[sid >= 0]
            sids.append(sid)
            codes.append(np.full(len(sid), kinds.index(name), np.int32))
        also = np.concatenate(sids), np.concatenate(codes)
    return Subjects(
        kind=model.kind_of[index.rows].astype(np.int32),
        kinds=tuple(kinds),
        row=np.asarray(model.file.ids, np.int64)[index.rows],
        also=also,
    )
