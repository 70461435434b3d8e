"""What a person needs to find a subject; read only for those that are asked about."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cimkit.facts.columns import IntArray
from cimkit.readers.ifc.inheritance import first_types
from cimkit.readers.ifc.relations import ENDS, pairs_of
from cimkit.readers.ifc.series import picked, picked_or_null

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel, Rows
    from cimkit.readers.ifc.subjects import SubjectIndex

__all__ = ["Descriptions"]

#: Ways from a thing to the storey it stands on, tried in this order.
_UPWARDS = (
    "IFCRELCONTAINEDINSPATIALSTRUCTURE",
    "IFCRELAGGREGATES",
    "IFCRELNESTS",
    "IFCRELFILLSELEMENT",
    "IFCRELVOIDSELEMENT",
)
_DEEPEST = 64


class Descriptions:
    """Called with subjects, gives their kind, id, name, tag, type, storey and locator."""

    def __init__(self, model: IfcModel, subjects: SubjectIndex) -> None:
        self._model = model
        self._subjects = subjects

    def __call__(self, sids: IntArray) -> pl.DataFrame:
        model = self._model
        rows = self._subjects.rows[np.asarray(sids, np.int64)]
        table = model.take(rows)
        occurrence, types = self._types
        place = np.minimum(np.searchsorted(occurrence, rows), max(len(occurrence) - 1, 0))
        typed = occurrence[place] == rows if len(occurrence) else np.zeros(len(rows), bool)
        type_row = np.where(typed, types[place] if len(types) else -1, -1)
        kinds = pl.Series([self._kind_name(kind) for kind in model.kinds], dtype=pl.String)
        return pl.DataFrame(
            {
                "kind": picked(kinds, table.kinds),
                "id": table.texts("GlobalId"),
                "name": table.texts("Name"),
                "tag": table.texts("Tag"),
                "type": self._names(type_row),
                "storey": self._names(self._storeys(rows)),
                "locator": pl.Series(np.asarray(model.file.ids, np.int64)[rows]).cast(pl.String),
            }
        ).with_columns(locator="#" + pl.col("locator"))

    def _kind_name(self, keyword: str) -> str:
        entity = self._model.schema.entities.get(keyword)
        return entity.name if entity is not None else keyword

    def _names(self, rows: Rows) -> pl.Series:
        """Name of the instance in each row, null for -1."""
        known = np.flatnonzero(rows >= 0)
        distinct, which = np.unique(rows[known], return_inverse=True)
        names = self._model.take(distinct).texts("Name")
        index = np.full(len(rows), -1, np.int64)
        index[known] = which
        return picked_or_null(names, index)

    def _storeys(self, rows: Rows) -> Rows:
        """Row of the storey each thing is in, directly or through what it is part of; -1 none."""
        model = self._model
        storey_kinds = model.subtypes(("IFCBUILDINGSTOREY",))
        current = rows.copy()
        found = np.full(len(rows), -1, np.int64)
        for _ in range(_DEEPEST):
            here = model.of_kinds(current, storey_kinds)
            found[here] = current[here]
            current = np.where(here | (current < 0), -1, self._above[current])
            if (current < 0).all():
                break
        return found

    @cached_property
    def _types(self) -> tuple[Rows, Rows]:
        return first_types(self._model)

    @cached_property
    def _above(self) -> Rows:
        """What each instance stands in or is part of, by row; -1 nothing."""
        above = np.full(len(self._model), -1, np.int64)
        for relation in reversed(_UPWARDS):
            pairs = pairs_of(self._model, relation, *ENDS[relation])
            above[pairs.thing] = pairs.other
        return above
