"""Attributes of subjects as columns, one for each attribute name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cimkit.facts.columns import Column
from cimkit.readers.ifc.values import decode, encode, encode_with

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand
    from cimkit.facts.ifc_schema import Attribute
    from cimkit.readers.ifc.instances import IfcModel
    from cimkit.readers.ifc.subjects import SubjectIndex
    from cimkit.readers.ifc.units import Units

__all__ = ["attribute_columns", "declared_type"]


def attribute_columns(model: IfcModel, subjects: SubjectIndex, demand: Demand, units: Units) -> dict[str, Column]:
    """The demanded attributes, by the schema's names, of all subjects that have them."""
    if not demand.attributes or not len(subjects):
        return {}
    kinds = np.unique(model.kind_of[subjects.rows])
    names: dict[str, None] = {}
    for kind in kinds:
        entity = model.schema.entities.get(model.kinds[int(kind)])
        names.update(dict.fromkeys(attribute.name for attribute in entity.attributes) if entity else {})
    if not names:
        return {}
    series = pl.Series(list(names), dtype=pl.String)
    wanted = np.zeros(len(series), bool)
    for test in demand.attributes:
        wanted |= test(series)
    table = model.take(subjects.rows)
    return {name: _column(model, table.kinds, name, table.raw(name), units) for name in series.filter(pl.Series(wanted))}


def _column(
    model: IfcModel, kinds: np.ndarray[tuple[int], np.dtype[np.integer]], name: str, raw: pl.Series, units: Units
) -> Column:
    """One attribute. The declared type may differ from kind to kind (PredefinedType)."""
    declared = [model.attribute(kind, name) for kind in range(len(model.kinds))]
    types, type_of_kind = np.unique([declared_type(each) if each else "" for each in declared], return_inverse=True)
    enumerations = {declared_type(each) for each in declared if each is not None and each.kind == "enumeration"}
    sid = np.flatnonzero(model.positions(name)[kinds] >= 0).astype(np.int32)
    codes, distinct = encode(raw.gather(sid).fill_null("$"))  # a record that is too short lacks the attribute
    combined, (which, of_type) = encode_with(codes, type_of_kind[kinds[sid]])
    type_names = pl.Series(types.tolist(), dtype=pl.String).gather(of_type)
    values = decode(
        distinct.gather(which), type_names, units, enumerated=type_names.is_in(list(enumerations)).to_numpy()
    )
    return Column(sid=sid, code=combined, values=values)


def declared_type(attribute: Attribute) -> str:
    """Upper case name of the declared type; the name of the simple type where there is no other (`STRING`)."""
    return attribute.type or attribute.kind.upper()
