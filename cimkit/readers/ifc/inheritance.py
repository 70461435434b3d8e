"""What a subject has itself, and what it has from its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from cimkit.facts.columns import IntArray, Origin
from cimkit.readers.ifc.joins import matches
from cimkit.readers.ifc.relations import ENDS, pairs_of

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel, Rows
    from cimkit.readers.ifc.subjects import SubjectIndex

__all__ = ["Held", "first_types", "with_types"]


class Held(NamedTuple):
    """Subject `sid[i]` has what stands in row `row[i]`, itself or from its type. All own ones come first."""

    sid: IntArray
    row: Rows
    origin: npt.NDArray[np.uint8]


def with_types(model: IfcModel, subjects: SubjectIndex, owner: Rows, row: Rows) -> Held:
    """Pairs of an owner and something it has, spread over the subjects: their own, and those of their types."""
    sid = subjects.sid[owner]
    own = sid >= 0
    occurrence, type_row = first_types(model)
    inheriting = subjects.sid[occurrence] >= 0
    occurrence, type_row = occurrence[inheriting], type_row[inheriting]
    order = np.argsort(owner, kind="stable")
    which, found = matches(type_row, owner[order])
    inherited = subjects.sid[occurrence[which]]
    return Held(
        np.concatenate((sid[own], inherited)),
        np.concatenate((row[own], row[order][found])),
        np.repeat(np.array([Origin.OCCURRENCE, Origin.TYPE], np.uint8), [int(own.sum()), len(inherited)]),
    )


def first_types(model: IfcModel) -> tuple[Rows, Rows]:
    """Each occurrence that has a type, ascending, and the type; the first one named in the file counts."""
    pairs = pairs_of(model, "IFCRELDEFINESBYTYPE", *ENDS["IFCRELDEFINESBYTYPE"])
    occurrence, first = np.unique(pairs.thing, return_index=True)
    return occurrence, pairs.other[first]
