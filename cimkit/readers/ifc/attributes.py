"""Attributes of subjects as columns, one for each attribute name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.columns import Column, IntArray
from cimkit.readers.ifc.series import NO_TEXT, or_null_sign, picked
from cimkit.readers.ifc.values import decode, encode_with, recoded
from cimkit.readers.step.distinct import encode

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand
    from cimkit.facts.ifc_schema import Attribute
    from cimkit.readers.ifc.instances import IfcModel, Table
    from cimkit.readers.ifc.subjects import SubjectIndex
    from cimkit.readers.ifc.units import Units
    from cimkit.readers.step import Records

__all__ = ["attribute_columns", "declared_type"]

_ROWS_AT_ONCE = 300_000
#: Every value is another one: to look for the distinct ones gains nothing.
_IDENTIFIER = "GlobalId"
#: What stands for a reference and for a list of them: links say where they lead, an attribute only that it does.
_REFERENCES = pl.Series(["#", "(#…)"], dtype=pl.String)


def attribute_columns(model: IfcModel, subjects: SubjectIndex, demand: Demand, units: Units) -> dict[str, Column]:
    """The demanded attributes, by the schema's names, of the subjects that have them and for which they are asked."""
    wanted = _wanted_kinds(model, subjects, demand)
    if not wanted:
        return {}
    anywhere = np.logical_or.reduce(list(wanted.values()))
    sids = np.flatnonzero(anywhere[model.kind_of[subjects.rows]])
    table = model.take(subjects.rows[sids])
    columns: dict[str, Column] = {}
    batch: list[_Written] = []
    rows = 0
    for name, kinds in wanted.items():
        written = _written(table, name, kinds, sids)
        if name == _IDENTIFIER:
            columns[name] = _undistinguished(written, units)
            continue
        batch.append(written)
        rows += len(written.sid)
        if rows > _ROWS_AT_ONCE:
            columns |= _decoded(batch, units)
            batch, rows = [], 0
    return columns | _decoded(batch, units)


def _wanted_kinds(model: IfcModel, subjects: SubjectIndex, demand: Demand) -> dict[str, npt.NDArray[np.bool_]]:
    """Attribute name -> for which kinds of the file it is demanded; names of kinds that are subjects only."""
    present = np.bincount(model.kind_of[subjects.rows], minlength=len(model.kinds)) > 0
    having: dict[str, npt.NDArray[np.bool_]] = {}
    for kind in np.flatnonzero(present):
        entity = model.schema.entities.get(model.kinds[int(kind)])
        for attribute in entity.attributes if entity else ():
            having.setdefault(attribute.name, np.zeros(len(model.kinds), bool))[kind] = True
    names = pl.Series(list(having), dtype=pl.String)
    wanted: dict[str, npt.NDArray[np.bool_]] = {}
    for test in demand.attributes:
        for name in names.filter(pl.Series(test(names), dtype=pl.Boolean)):
            wanted[name] = having[name]
    for asked in demand.attributes_of:
        kinds = np.fromiter((kind in asked.kinds for kind in model.kinds), bool, len(model.kinds))
        for name in names.filter(pl.Series(asked.name(names), dtype=pl.Boolean)):
            wanted[name] = wanted.get(name, False) | (having[name] & kinds)
    return {name: wanted[name] for name in having if name in wanted and wanted[name].any()}


class _Written(NamedTuple):
    """One attribute as the file has it. The declared type (into `types`) may differ by kind (PredefinedType)."""

    name: str
    sid: IntArray
    raw: pl.Series
    type_code: npt.NDArray[np.int64]
    types: tuple[tuple[str, bool], ...]


def _written(table: Table, name: str, kinds: npt.NDArray[np.bool_], sids: npt.NDArray[np.integer]) -> _Written:
    """The attribute of those rows of the table that are of these kinds. sids: the subject of each row."""
    model = table.model
    types: dict[tuple[str, bool], int] = {}
    code_of_kind = np.zeros(len(model.kinds), np.int64)
    refers = True
    for kind in np.flatnonzero(kinds):
        declared = model.attribute(int(kind), name)
        if declared is not None:
            refers &= declared.kind == "entity"
            key = (declared_type(declared), declared.kind == "enumeration")
            code_of_kind[kind] = types.setdefault(key, len(types))
    meant = kinds[table.kinds]
    if not meant.all():
        chosen = np.flatnonzero(meant)
        table, sids = table.take(chosen), sids[chosen]
    wheres, raws = [np.empty(0, np.int64)], [NO_TEXT]
    for position, where, records in table.parts(name):
        wheres.append(np.arange(len(table)) if where is None else where)
        raws.append(_references(records, position) if refers else records.raw(position))
    row, raw = np.concatenate(wheres), pl.concat(raws)
    if len(wheres) > 2:
        order = np.argsort(row, kind="stable")
        row, raw = row[order], picked(raw, order)
    return _Written(name, sids[row].astype(np.int32), raw, code_of_kind[table.kinds[row]], tuple(types))


def _references(records: Records, position: int) -> pl.Series:
    """What is written where a reference belongs, with every reference as the same: there are as many as instances."""
    single, several = records.refer(position)
    index = several.astype(np.int64)
    others = np.flatnonzero(~(single | several))
    if not len(others):
        return picked(_REFERENCES, index)
    index[others] = len(_REFERENCES) + np.arange(len(others))
    return picked(pl.concat([_REFERENCES, records.take(others).raw(position)]), index)


def _undistinguished(written: _Written, units: Units) -> Column:
    """Decode every row for itself."""
    names = pl.Series([name for name, _ in written.types], dtype=pl.String)
    values = decode(or_null_sign(written.raw), picked(names, written.type_code), units)
    return Column(written.sid, None, values)


def _decoded(batch: list[_Written], units: Units) -> dict[str, Column]:
    """Decode several attributes at once: the cost of a call is more than that of a thousand values."""
    if not batch:
        return {}
    types: dict[tuple[str, bool], int] = {}
    for each in batch:
        for declared in each.types:
            types.setdefault(declared, len(types))
    codes, distinct = encode(or_null_sign(pl.concat([each.raw for each in batch])))
    type_codes = [np.array([types[declared] for declared in each.types], np.int64)[each.type_code] for each in batch]
    combined, (which, of_type) = encode_with(codes, np.concatenate(type_codes))
    names = pl.Series([name for name, _ in types], dtype=pl.String)
    enumerated = np.array([enumerated for _, enumerated in types], bool)
    values = decode(picked(distinct, which), picked(names, of_type), units, enumerated=enumerated[of_type])
    edges = np.cumsum([0, *(len(each.sid) for each in batch)])
    own = recoded(combined, edges, values)
    return {each.name: Column(each.sid, code, used) for each, (code, used) in zip(batch, own, strict=True)}


def declared_type(attribute: Attribute) -> str:
    """Upper case name of the declared type; the name of the simple type where there is no other (`STRING`)."""
    return attribute.type or attribute.kind.upper()
