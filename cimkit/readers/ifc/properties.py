"""Property sets and quantities of subjects as columns, one for each set name and property name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.columns import Column, IntArray, Origin, PropertyColumn
from cimkit.facts.model import GROUPS
from cimkit.readers.ifc.inheritance import Held as HeldRows
from cimkit.readers.ifc.joins import Places, numbered, repeated
from cimkit.readers.ifc.property_members import find_members
from cimkit.readers.ifc.property_names import WantedNames
from cimkit.readers.ifc.property_sets import held_sets
from cimkit.readers.ifc.property_values import (
    KINDS,
    PropertyValues,
    WrittenValues,
    decoded_values,
    written_values,
)
from cimkit.readers.ifc.series import or_null_sign, picked
from cimkit.readers.ifc.values import decoded, recoded
from cimkit.readers.step.distinct import encode
from cimkit.readers.step.pieces import in_pieces

if TYPE_CHECKING:
    from cimkit.facts.demand import PropertyDemand
    from cimkit.readers.ifc.instances import IfcModel, Table
    from cimkit.readers.ifc.subjects import SubjectIndex
    from cimkit.readers.ifc.units import Units

__all__ = ["Properties", "read_properties"]

_SETS_AT_ONCE = 1 << 16


class Properties(NamedTuple):
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
    held = _demanded_sets(model, held_sets(model, subjects), wanted)
    if not len(held.sid):
        return NOTHING
    found = _found(model, held, wanted, units)
    pairs = _pairs(held, found)
    columns = tuple(
        PropertyColumn(held.names[set_name], found.names[name], built, kinds)
        for set_name, name, built, kinds in _columns(pairs, found)
    )
    return Properties(columns, _groups(model, held))


class _Held(NamedTuple):
    """Holdings of demanded sets, by subject; a group is all sets of one name that a subject has."""

    sid: IntArray
    set_index: IntArray
    origin: npt.NDArray[np.uint8]
    group: IntArray
    sets: Table
    name_of_set: IntArray
    names: pl.Series


def _demanded_sets(model: IfcModel, holdings: HeldRows, wanted: WantedNames) -> _Held:
    sets, set_index = numbered(holdings.row, len(model))
    table = model.take(sets)
    codes, distinct = encode(or_null_sign(table.raw("Name")))
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
            "name": picked(held.names, held.name_of_set[held.set_index[first]]),
            "origin": held.origin[first],
            "quantity": quantity[held.set_index[first]],
        },
        schema=GROUPS,
    )


class _Found(NamedTuple):
    """The demanded properties, ordered by set.

    record  whose values in `values` are the property's
    column  number of each property's column; `cells` says what each column is: set name x len(names) + name
    """

    set_index: IntArray
    record: IntArray
    column: IntArray
    cells: npt.NDArray[np.int64]
    names: pl.Series
    values: PropertyValues


def _found(model: IfcModel, held: _Held, wanted: WantedNames, units: Units) -> _Found:
    """Read the sets batch by batch, so that what isn't kept never stands in memory all at once."""
    pieces = in_pieces(len(held.sets), _SETS_AT_ONCE)
    batches = [_read_batch(model, held, wanted, piece) for piece in pieces]
    codes, names = encode(pl.concat([batch.names for batch in batches]))
    keys: list[npt.NDArray[np.int64]] = []
    start = 0
    for batch in batches:
        of_set, of_name = batch.cells
        keys.append(of_set.astype(np.int64) * len(names) + codes[start + of_name])
        start += len(batch.names)
    cells, column = np.unique(np.concatenate(keys), return_inverse=True)
    starts = np.cumsum([0, *(len(key) for key in keys)])
    records = np.cumsum([0, *(len(batch.values.kind) for batch in batches)])
    return _Found(
        set_index=np.concatenate([batch.set_index for batch in batches]),
        record=np.concatenate([batch.record + start for batch, start in zip(batches, records, strict=False)]).astype(
            np.int32
        ),
        column=np.concatenate(
            [column[start + batch.cell] for batch, start in zip(batches, starts, strict=False)]
        ).astype(np.int32),
        cells=cells,
        names=names,
        values=decoded_values([batch.values for batch in batches], units),
    )


class _Batch(NamedTuple):
    """Demanded properties of some sets. `cell` of each points into `cells`: codes of set names, and of `names`."""

    set_index: IntArray
    record: IntArray
    cell: IntArray
    cells: tuple[IntArray, IntArray]
    names: pl.Series
    values: WrittenValues


def _read_batch(model: IfcModel, held: _Held, wanted: WantedNames, piece: tuple[int, int]) -> _Batch:
    members = find_members(model, held.sets.take(np.arange(*piece)))
    set_index = members.set_index + piece[0]
    width = max(len(members.names), 1)
    keys, cell = numbered(
        held.name_of_set[set_index].astype(np.int64) * width + members.name, width * max(len(held.names), 1)
    )
    cells = (keys // width, keys % width)
    kept = np.flatnonzero(wanted.pairs(held.names, members.names, cells)[cell])
    members = members.take(kept)
    values = written_values(model, members)
    return _Batch(set_index[kept].astype(np.int32), members.record, cell[kept], cells, members.names, values)


class _Pairs(NamedTuple):
    """A subject has a property, whose values are those of a record: ordered by column, then by subject."""

    column: IntArray
    sid: IntArray
    record: IntArray
    origin: npt.NDArray[np.uint8]
    group: IntArray


def _pairs(held: _Held, found: _Found) -> _Pairs:
    count = np.bincount(found.set_index, minlength=len(held.sets))
    start = np.cumsum(count) - count
    holding, member = repeated(start[held.set_index], count[held.set_index])
    order = _order(found.column[member])
    member, holding = member[order], holding[order]
    columns, sid, origin = found.column[member], held.sid[holding], held.origin[holding]
    inherited = origin == Origin.TYPE
    if inherited.any():  # a subject's own come before the inherited ones: the first of a run says who holds
        first = np.append(True, (np.diff(columns) != 0) | (np.diff(sid) != 0))
        own_run = ~inherited[np.flatnonzero(first)][np.cumsum(first, dtype=np.int32) - 1]
        kept = np.flatnonzero(~(inherited & own_run))
        columns, sid, member, origin, holding = columns[kept], sid[kept], member[kept], origin[kept], holding[kept]
    return _Pairs(columns, sid, found.record[member], origin, held.group[holding])


def _order(columns: IntArray) -> npt.NDArray[np.int64]:
    """Stable order by column; the narrow type lets numpy sort by radix, which is several times as fast."""
    narrow = columns.astype(np.uint16) if len(columns) and columns.max() < 2**16 else columns
    return np.argsort(narrow, kind="stable")


def _columns(pairs: _Pairs, found: _Found) -> Iterator[tuple[int, int, Column, frozenset[str]]]:
    """Set name, property name (as codes), the column and its kinds."""
    values = found.values
    count = values.count[pairs.record]
    which: Places
    if bool((count == 1).all()):
        several = np.zeros(len(count), bool)
        which, row = np.arange(len(count)), values.start[pairs.record]
    else:
        several = count != 1
        which, row = repeated(values.start[pairs.record], count)
    pair_edges = np.flatnonzero(np.diff(pairs.column, prepend=-1, append=-1)) if len(count) else np.zeros(1, np.int64)
    row_edges = np.searchsorted(which, pair_edges)
    own = recoded(values.code[row], row_edges, values.values)
    stretches = zip(pair_edges, pair_edges[1:], row_edges, row_edges[1:], own, strict=False)
    for first, last, start, end, (code, used) in stretches:
        pair = which[start:end]
        role, origin = values.role[row[start:end]], pairs.origin[pair]
        column = Column(
            sid=pairs.sid[pair],
            code=code,
            values=used,
            role=role if role.any() else None,
            origin=origin if origin.any() else None,
            holder=pairs.group[pair],
            owner=(pair - first).astype(np.int32) if several[first:last].any() else None,
        )
        kinds = frozenset(KINDS[kind] for kind in np.unique(values.kind[pairs.record[first:last]]))
        set_name, name = divmod(int(found.cells[pairs.column[first]]), len(found.names))
        yield set_name, name, column, kinds
