"""Property sets and quantities of subjects as columns, one for each set name and property name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.columns import Column, IntArray, Origin, PropertyColumn
from cimkit.facts.model import GROUPS
from cimkit.readers.ifc.joins import repeated
from cimkit.readers.ifc.property_members import Members, find_members
from cimkit.readers.ifc.property_names import WantedNames
from cimkit.readers.ifc.property_sets import Holdings, find_holdings
from cimkit.readers.ifc.property_values import KINDS, PropertyValues, read_values
from cimkit.readers.ifc.values import decoded, encode, take

if TYPE_CHECKING:
    from cimkit.facts.demand import PropertyDemand
    from cimkit.readers.ifc.instances import IfcModel, Table
    from cimkit.readers.ifc.subjects import SubjectIndex
    from cimkit.readers.ifc.units import Units

__all__ = ["Properties", "read_properties"]


@dataclass(frozen=True, slots=True)
class Properties:
    columns: tuple[PropertyColumn, ...]
    groups: pl.DataFrame


NOTHING = Properties((), pl.DataFrame(schema=GROUPS))


def read_properties(
    model: IfcModel, subjects: SubjectIndex, demands: frozenset[PropertyDemand], units: Units
) -> Properties:
    """The demanded properties of all subjects, and their property sets (empty ones too)."""
    if not demands or not len(subjects):
        return NOTHING
    wanted = WantedNames(demands)
    held = _demanded_sets(model, find_holdings(model, subjects), wanted)
    if not len(held.sid):
        return NOTHING
    members = find_members(model, held.sets)
    meant = wanted.pairs(held.names, members.names)
    cell = held.name_of_set[members.set_index].astype(np.int64) * len(members.names) + members.name
    kept = np.flatnonzero(meant.ravel()[cell])
    column_of = np.cumsum(meant.ravel()) - 1
    members = members.take(kept)
    pairs = _pairs(held, members, column_of[cell[kept]])
    values = read_values(model, members, units)
    titles = np.argwhere(meant)
    columns = tuple(
        PropertyColumn(held.names[int(titles[column, 0])], members.names[int(titles[column, 1])], built, kinds)
        for column, built, kinds in _columns(pairs, members, values)
    )
    return Properties(columns, _groups(model, held))


@dataclass(frozen=True, slots=True)
class _Held:
    """Holdings of demanded sets, by subject; a group is all sets of one name that a subject has."""

    sid: IntArray
    set_index: npt.NDArray[np.int64]
    origin: npt.NDArray[np.uint8]
    group: IntArray
    sets: Table
    name_of_set: IntArray
    names: pl.Series


def _demanded_sets(model: IfcModel, holdings: Holdings, wanted: WantedNames) -> _Held:
    sets, set_index = np.unique(holdings.set_row, return_inverse=True)
    table = model.take(sets)
    codes, distinct = encode(table.raw("Name").fill_null("$"))
    names = decoded(distinct.replace("$", ""))
    meant = wanted.sets(names)[codes]
    kept = np.flatnonzero(meant[set_index])
    kept = kept[np.argsort(holdings.sid[kept], kind="stable")]
    renumbered = np.cumsum(meant) - 1
    sid, set_index = holdings.sid[kept], renumbered[set_index[kept]]
    name_of_set = codes[meant]
    _, group = np.unique(sid.astype(np.int64) * max(len(names), 1) + name_of_set[set_index], return_inverse=True)
    sets_meant = table.take(np.flatnonzero(meant))
    return _Held(sid, set_index, holdings.origin[kept], group.astype(np.int32), sets_meant, name_of_set, names)


def _groups(model: IfcModel, held: _Held) -> pl.DataFrame:
    quantity = model.of_kinds(held.sets.rows, model.subtypes(("IFCELEMENTQUANTITY",)))
    count = int(held.group.max()) + 1
    first = np.full(count, len(held.group), np.int64)
    np.minimum.at(first, held.group, np.arange(len(held.group)))  # own sets come before the type's
    return pl.DataFrame(
        {
            "sid": held.sid[first],
            "set_id": np.arange(count, dtype=np.int32),
            "name": held.names.gather(held.name_of_set[held.set_index[first]]),
            "origin": held.origin[first],
            "quantity": quantity[held.set_index[first]],
        },
        schema=GROUPS,
    )


@dataclass(frozen=True, slots=True)
class _Pairs:
    """A subject has a property: ordered by column, then by subject."""

    column: npt.NDArray[np.int64]
    sid: IntArray
    member: npt.NDArray[np.int64]
    origin: npt.NDArray[np.uint8]
    group: IntArray


def _pairs(held: _Held, members: Members, column: npt.NDArray[np.int64]) -> _Pairs:
    count = np.bincount(members.set_index, minlength=len(held.sets))
    start = np.cumsum(count) - count
    holding, member = repeated(start[held.set_index], count[held.set_index])
    columns, sid, origin = column[member], held.sid[holding], held.origin[holding]
    order = _order(columns)
    inherited = origin == Origin.TYPE
    if inherited.any():
        key = columns * (int(sid.max()) + 1) + sid
        overridden = inherited & np.isin(key, key[~inherited])
        order = order[~overridden[order]]
    return _Pairs(
        columns[order], sid[order], member[order], origin[order], held.group[holding[order]]
    )


def _order(columns: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Stable order by column; the narrow type lets numpy sort by radix, which is several times as fast."""
    narrow = columns.astype(np.uint16) if len(columns) and columns.max() < 2**16 else columns
    return np.argsort(narrow, kind="stable")


def _columns(
    pairs: _Pairs, members: Members, values: PropertyValues
) -> Iterator[tuple[int, Column, frozenset[str]]]:
    if not len(pairs.column):
        return
    edges = np.flatnonzero(np.diff(pairs.column)) + 1
    single = bool((values.count == 1).all())
    for start, end in zip([0, *edges.tolist()], [*edges.tolist(), len(pairs.column)], strict=True):
        part = slice(start, end)
        member = pairs.member[part]
        owner: npt.NDArray[np.int64] | None = None
        if single or bool((values.count[member] == 1).all()):
            which, row = np.arange(end - start), values.start[member]
        else:
            which, row = repeated(values.start[member], values.count[member])
            owner = which
        role, origin = values.role[row], pairs.origin[part][which]
        used, code = np.unique(values.code[row], return_inverse=True)
        column = Column(
            sid=pairs.sid[part][which],
            code=code.astype(np.int32),
            values=take(values.values, used),
            role=role if role.any() else None,
            origin=origin if origin.any() else None,
            holder=pairs.group[part][which],
            owner=None if owner is None else owner.astype(np.int32),
        )
        kinds = frozenset(KINDS[kind] for kind in np.unique(values.kind[member]))
        yield int(pairs.column[start]), column, kinds
