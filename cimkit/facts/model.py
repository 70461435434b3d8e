"""`Facts`: one source's content, in tables that every reader fills and every rule reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct, field

from cimkit.facts.columns import BoolArray, Column, IntArray, PropertyColumn
from cimkit.facts.demand import Demand
from cimkit.facts.ifc_schema import IfcSchema

if TYPE_CHECKING:
    from polars.datatypes import DataTypeClass

__all__ = ["DEFECTS", "RELATIONS", "Facts", "Links", "Subjects"]

#: Links a reader may fill: name -> what `sid` is to `target`. The IDS names of IFC's relations come first.
RELATIONS: Mapping[str, str] = {
    "IFCRELAGGREGATES": "part -> whole (RelatedObjects -> RelatingObject)",
    "IFCRELNESTS": "nested -> host",
    "IFCRELCONTAINEDINSPATIALSTRUCTURE": "element -> spatial structure",
    "IFCRELASSIGNSTOGROUP": "member -> group",
    "IFCRELVOIDSELEMENT": "opening -> voided element",
    "IFCRELFILLSELEMENT": "filling element -> opening",
    "IFCRELDEFINESBYTYPE": "occurrence -> type",
    "IFCRELDECLARES": "definition -> context",
    "IFCRELREFERENCEDINSPATIALSTRUCTURE": "element -> spatial structure referenced",
    "IFCRELSERVICESBUILDINGS": "system -> building",
    "IFCRELSPACEBOUNDARY": "element -> space it bounds",
}

#: Kinds of defect the IFC reader records; those of other formats are listed with their readers.
DEFECTS: Mapping[str, str] = {
    "header": "the STEP header is missing parts, or they have the wrong form",
    "syntax": "the text breaks ISO 10303-21",
    "truncated": "the file ends before its end mark",
    "encoding": "raw bytes outside the basic alphabet",
    "schema": "the schema named in the header is not one that is known",
    "duplicate_id": "two instances with one number",
    "dangling_reference": "a reference to an instance that is not there",
    "unknown_entity": "an entity that the schema does not have",
    "abstract_entity": "an instance of an abstract entity",
    "wrong_arity": "a record with too many or too few attributes",
    "wrong_type": "an attribute whose value has the wrong type",
    "cycle": "a part that is its own whole",
}


class Subjects(Struct, frozen=True):
    """One row a thing that a rule can speak of; sid = row, in the order of the source.

    kind      index into `kinds` of each (int32, n)
    kinds     names of the kinds, UPPER CASE in IFC (`IFCWALL`), a layer's or feature class's code elsewhere
    row       instance number in the source (STEP id, fid, row) of each (int64, n)
    also      subjects that count as a further kind: pairs (sid, index into `kinds`), as IFC2X3's occurrences mapped
              by their types do; None: none
    """

    kind: IntArray
    kinds: tuple[str, ...]
    row: npt.NDArray[np.int64]
    also: tuple[IntArray, IntArray] | None = None

    def __len__(self) -> int:
        return len(self.kind)

    def of_kinds(self, names: frozenset[str]) -> BoolArray:
        """Which subjects are of one of these kinds (n)."""
        wanted = np.fromiter((kind in names for kind in self.kinds), bool, len(self.kinds))
        of_one_layer = wanted.all() or not wanted.any()  # mostly, and then nothing is looked up
        found: BoolArray = np.full(len(self.kind), bool(wanted.any())) if of_one_layer else wanted[self.kind]
        if self.also is not None:
            sid, kind = self.also
            found[sid[wanted[kind]]] = True
        return found


class Links(NamedTuple):
    """A relation as pairs of subjects, ordered by sid: `sid[i]` -> `target[i]` through the relation instance `via[i]`.

    Both ends are sids; `via` is the instance number in the source. Ends that are no subjects of this run are left
    out, unless the relation was demanded: then both its ends are subjects.
    """

    sid: IntArray
    target: IntArray
    via: npt.NDArray[np.int64]


def _empty(schema: dict[str, pl.DataType | DataTypeClass]) -> Callable[[], pl.DataFrame]:
    return lambda: pl.DataFrame(schema=schema)


GROUPS: dict[str, pl.DataType | DataTypeClass] = {
    "sid": pl.Int32,
    "set_id": pl.Int32,
    "name": pl.String,
    "origin": pl.UInt8,
    "quantity": pl.Boolean,
}
CLASSIFICATIONS: dict[str, pl.DataType | DataTypeClass] = {
    "sid": pl.Int32,
    "system": pl.String,  # name of the classification system, null unknown
    "code": pl.String,  # identification
    "name": pl.String,
    "origin": pl.UInt8,
    "inherited": pl.Boolean,  # a class above the one assigned, by ReferencedSource
    "assignment": pl.Int32,  # running number: rows of one assigned reference and the classes above it share it
}
MATERIALS: dict[str, pl.DataType | DataTypeClass] = {
    "sid": pl.Int32,
    "role": pl.String,  # material, layer, layer_set, profile, profile_set, constituent, constituent_set, list
    "name": pl.String,
    "category": pl.String,
    "origin": pl.UInt8,
}
DEFECT_ROWS: dict[str, pl.DataType | DataTypeClass] = {
    "kind": pl.String,
    "sid": pl.Int32,  # null: of the file as a whole
    "row": pl.Int64,  # instance number, null
    "line": pl.Int64,  # 1-based, null
    "column": pl.Int64,
    "detail": pl.String,  # a closed word for each kind (`unterminated_string`), or null
    "found": pl.String,
    "expected": pl.String,
}
DATASETS: dict[str, pl.DataType | DataTypeClass] = {
    "name": pl.String,
    "format": pl.String,
    "schema": pl.String,
    "crs": pl.String,
    "height_datum": pl.String,
    "software": pl.String,
    "date": pl.String,
    "count": pl.Int64,
    "discipline": pl.String,
}


class Facts(Struct, frozen=True):
    """One source's content. Every frame has the columns of its schema above; a reader fills what `demand` names.

    describe(sids) gives what a person needs to find the subjects, a frame with one row for each sid given and the
    columns kind, id, name, tag, type, storey, locator (all String). It is asked only of subjects that have findings.
    """

    format: str
    demand: Demand
    subjects: Subjects
    describe: Callable[[IntArray], pl.DataFrame]
    schema: IfcSchema | None = None
    attributes: Mapping[str, Column] = field(default_factory=dict)
    properties: tuple[PropertyColumn, ...] = ()
    predefined_types: Column | None = None
    phases: Column | None = (
        None  # new, existing, demolished, temporary, other; PRESENT rows only where some carrier says
    )
    links: Mapping[str, Links] = field(default_factory=dict)
    groups: pl.DataFrame = field(default_factory=_empty(GROUPS))
    classifications: pl.DataFrame = field(default_factory=_empty(CLASSIFICATIONS))
    materials: pl.DataFrame = field(default_factory=_empty(MATERIALS))
    datasets: pl.DataFrame = field(default_factory=_empty(DATASETS))
    #: read it as `defects`; a reader may hand over the rest while it still looks for these
    defect_rows: pl.DataFrame | Future[pl.DataFrame] = field(default_factory=_empty(DEFECT_ROWS))
    #: facts about the source as a whole, by name: `header`, `georeference`, `units`, `discipline` ...
    whole: Mapping[str, object] = field(default_factory=dict)
    #: sums for the report: instances, bytes, subjects by kind
    counts: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.subjects)

    @property
    def defects(self) -> pl.DataFrame:
        """What the reader stumbled on (DEFECT_ROWS); waits until it has looked everywhere."""
        return self.defect_rows if isinstance(self.defect_rows, pl.DataFrame) else self.defect_rows.result()
