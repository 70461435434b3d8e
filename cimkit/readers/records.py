"""Facts of sources that speak of few things: a raster and its bands, a point cloud and its classes, a metadata record.

Layers of many rows go through `cimkit.facts.frames`; here each subject brings its own fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cimkit.facts.columns import Column, IntArray, PropertyColumn
from cimkit.facts.model import DATASETS, GROUPS, Facts, Links, Subjects
from cimkit.readers.cityjson.columns import column_of

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand
    from cimkit.readers.notes import Notes

__all__ = ["Record", "asks_for_field", "facts_of_records"]

_GREATEST = 2**63 - 1
_DESCRIBED = ("kind", "id", "name", "tag", "type", "storey", "locator")


@dataclass(frozen=True, slots=True)
class Record:
    """One subject. fields: name -> text, number, truth value, list or None (a field that is there and empty);
    part_of: place of its whole in the list of records."""

    kind: str
    key: str | None
    name: str | None
    locator: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    part_of: int | None = None


def facts_of_records(
    records: Sequence[Record],
    demand: Demand,
    *,
    format: str,
    datasets: Sequence[Mapping[str, Any]],
    notes: Notes,
    whole: Mapping[str, object] | None = None,
    counts: Mapping[str, int] | None = None,
) -> Facts:
    """The facts of some records, in their order. Their fields are properties, the kind the set; the attribute `id` is
    the key, `name` the name; the relation `part` leads from a part to its whole."""
    kinds = tuple(dict.fromkeys(record.kind for record in records))
    kind = np.fromiter((kinds.index(record.kind) for record in records), np.int32, len(records))
    rows = [{name: row.get(name) for name in DATASETS} for row in datasets]
    for row in rows:
        row["count"] = min(row["count"] or 0, _GREATEST)  # headers can say anything
    return Facts(
        format=format,
        demand=demand,
        subjects=Subjects(kind, kinds, np.arange(1, len(records) + 1, dtype=np.int64)),
        describe=_describer(records),
        attributes=_attributes(records),
        properties=tuple(_properties(records)),
        links={"part": _parts(records)},
        groups=_groups(records),
        datasets=pl.DataFrame(rows, schema=DATASETS),
        defect_rows=notes.frame(),
        whole=whole or {},
        counts=counts or {},
    )


def asks_for_field(demand: Demand, kind: str, name: str) -> bool:
    """Whether a field of this kind of record is asked for, so that finding it out is worth the time."""
    if demand.kinds is None:
        return True
    kinds, names = pl.Series([kind]), pl.Series([name])
    return any(
        (each.set is None or bool(each.set(kinds)[0])) and (each.name is None or bool(each.name(names)[0]))
        for each in demand.properties
    )


def _describer(records: Sequence[Record]) -> Callable[[IntArray], pl.DataFrame]:
    def describe(sids: IntArray) -> pl.DataFrame:
        rows = [
            (one.kind, one.key, one.name, None, None, None, one.locator)
            for one in (records[sid] for sid in sids.tolist())
        ]
        return pl.DataFrame(rows, schema=dict.fromkeys(_DESCRIBED, pl.String), orient="row")

    return describe


def _attributes(records: Sequence[Record]) -> dict[str, Column]:
    found = {}
    for name, values in (("id", [one.key for one in records]), ("name", [one.name for one in records])):
        there = [(sid, value) for sid, value in enumerate(values) if value is not None]
        found[name] = column_of([sid for sid, _ in there], [value for _, value in there])
    return found


def _properties(records: Sequence[Record]) -> list[PropertyColumn]:
    gathered: dict[tuple[str, str], tuple[list[int], list[Any]]] = {}
    for sid, record in enumerate(records):
        for name, value in record.fields.items():
            sids, values = gathered.setdefault((record.kind, name), ([], []))
            sids.append(sid)
            values.append(value)
    return [
        PropertyColumn(kind, name, column_of(sids, values), frozenset({"field"}))
        for (kind, name), (sids, values) in gathered.items()
    ]


def _groups(records: Sequence[Record]) -> pl.DataFrame:
    """Each subject has one set of fields, named for its kind."""
    count = len(records)
    columns = {
        "sid": range(count),
        "set_id": range(count),
        "name": [record.kind for record in records],
        "origin": [0] * count,
        "quantity": [False] * count,
    }
    return pl.DataFrame(columns, schema=GROUPS)


def _parts(records: Sequence[Record]) -> Links:
    pairs = [(sid, record.part_of) for sid, record in enumerate(records) if record.part_of is not None]
    sid, target = (np.array(side, np.int32) for side in (zip(*pairs, strict=True) if pairs else ((), ())))
    return Links(sid, target, np.full(len(sid), -1, np.int64))
