"""The values of properties and quantities, whatever form IFC keeps them in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.columns import IntArray, Role, Values
from cimkit.readers.ifc.attributes import declared_type
from cimkit.readers.ifc.property_members import COMPLEX
from cimkit.readers.ifc.values import decode, encode, encode_with

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel, Rows, Table
    from cimkit.readers.ifc.property_members import Members
    from cimkit.readers.ifc.units import Units

__all__ = ["KINDS", "PropertyValues", "read_values"]

#: Kinds of property, in the order of the codes used here.
KINDS = ("single", "enumerated", "list", "bounded", "table", "reference", "complex", "quantity", "predefined")
_KIND = {name: code for code, name in enumerate(KINDS)}

#: Entity, its kind, and its values: attribute, attribute of the unit, role.
_FORMS: tuple[tuple[str, str, tuple[tuple[str, str, Role], ...]], ...] = (
    ("IFCPROPERTYSINGLEVALUE", "single", (("NominalValue", "Unit", Role.VALUE),)),
    ("IFCPROPERTYENUMERATEDVALUE", "enumerated", (("EnumerationValues", "", Role.VALUE),)),
    ("IFCPROPERTYLISTVALUE", "list", (("ListValues", "Unit", Role.VALUE),)),
    (
        "IFCPROPERTYBOUNDEDVALUE",
        "bounded",
        (
            ("LowerBoundValue", "Unit", Role.LOWER),
            ("UpperBoundValue", "Unit", Role.UPPER),
            ("SetPointValue", "Unit", Role.SETPOINT),
        ),
    ),
    (
        "IFCPROPERTYTABLEVALUE",
        "table",
        (("DefiningValues", "DefiningUnit", Role.DEFINING), ("DefinedValues", "DefinedUnit", Role.DEFINED)),
    ),
    ("IFCPROPERTYREFERENCEVALUE", "reference", (("PropertyReference", "", Role.VALUE),)),
)


@dataclass(frozen=True, slots=True)
class PropertyValues:
    """Values of properties: those of property i are rows `start[i]` to `start[i] + count[i]`.

    `code` and `role` are of each row, `kind` (into `KINDS`) of each property.
    """

    start: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    kind: npt.NDArray[np.uint8]
    code: IntArray
    role: npt.NDArray[np.uint8]
    values: Values


@dataclass(frozen=True, slots=True)
class _Part:
    """Values of some properties as written."""

    which: npt.NDArray[np.int64]
    raw: pl.Series
    kind: str
    role: Role = Role.VALUE
    unit: Rows | None = None
    declared: str = ""
    enumerated: bool = False


def read_values(model: IfcModel, members: Members, units: Units) -> PropertyValues:
    """Read the values of all these properties."""
    parts = list(_parts(model, members))
    size = len(members.table)
    which = np.concatenate([np.empty(0, np.int64), *(part.which for part in parts)])
    kind = np.zeros(size, np.uint8)
    for part in parts:
        kind[part.which] = _KIND[part.kind]
    role = np.repeat(np.array([part.role for part in parts], np.uint8), [len(part.which) for part in parts])
    code, values = _decoded(parts, units)
    if len(parts) > 1:
        order = np.argsort(which, kind="stable")
        which, code, role = which[order], code[order], role[order]
    count = np.bincount(which, minlength=size)
    return PropertyValues(np.cumsum(count) - count, count, kind, code, role, values)


def _decoded(parts: list[_Part], units: Units) -> tuple[IntArray, Values]:
    raw = pl.concat([pl.Series(values=[], dtype=pl.String), *(part.raw for part in parts)])
    codes, distinct = encode(raw)
    sizes = [len(part.which) for part in parts]
    declared_names = list(dict.fromkeys(part.declared for part in parts)) or [""]
    enumerated = np.zeros(len(declared_names), bool)
    for part in parts:
        enumerated[declared_names.index(part.declared)] |= part.enumerated
    declared = np.repeat([declared_names.index(part.declared) for part in parts], sizes).astype(np.int64)
    unit = np.concatenate(
        [
            np.empty(0, np.int64),
            *(
                np.full(size, -1, np.int64) if part.unit is None else part.unit
                for part, size in zip(parts, sizes, strict=True)
            ),
        ]
    )
    unit_rows, unit_code = np.unique(unit, return_inverse=True) if (unit >= 0).any() else (np.array([-1]), None)
    if unit_code is None and len(declared_names) == 1:
        names = pl.Series([declared_names[0]], dtype=pl.String).new_from_index(0, len(distinct))
        return codes, decode(distinct, names, units, enumerated=enumerated[np.zeros(len(distinct), np.int64)])
    unit_code = np.zeros(len(unit), np.int64) if unit_code is None else unit_code
    combined, (of_raw, of_declared, of_unit) = encode_with(codes, declared, unit_code)
    return combined, decode(
        distinct.gather(of_raw),
        pl.Series(declared_names, dtype=pl.String).gather(of_declared),
        units,
        enumerated=enumerated[of_declared],
        unit_rows=unit_rows[of_unit],
    )


def _parts(model: IfcModel, members: Members) -> Iterator[_Part]:
    ordinary = members.attribute < 0
    everything = bool(ordinary.all())
    for entity, kind, attributes in _FORMS:
        table, where = _of_entity(model, members, ordinary, everything, entity)
        if table is not None:
            for attribute, unit, role in attributes:
                yield from _of_attribute(table, where, attribute, unit, kind, role)
    yield from _quantities(model, members, ordinary)
    for entity in COMPLEX:
        _, where = _of_entity(model, members, ordinary, everything, entity)
        if len(where):
            yield _Part(where, pl.Series(["#"], dtype=pl.String).new_from_index(0, len(where)), "complex")
    if not everything:
        yield from _predefined(model, members)


def _of_entity(
    model: IfcModel, members: Members, ordinary: npt.NDArray[np.bool_], everything: bool, entity: str
) -> tuple[Table | None, npt.NDArray[np.int64]]:
    kinds = model.subtypes((entity,))
    if not kinds:
        return None, np.empty(0, np.int64)
    here = model.of_kinds(members.table.rows, kinds)
    where = np.flatnonzero(here if everything else here & ordinary)
    return (members.table.take(where) if len(where) else None), where


def _of_attribute(
    table: Table, where: npt.NDArray[np.int64], attribute: str, unit: str, kind: str, role: Role
) -> Iterator[_Part]:
    """An attribute's values; a list gives a row for each item, and one row where there is no list."""
    raw = table.raw(attribute)
    if raw.null_count() == len(raw):  # the schema has no such attribute (SetPointValue in IFC2X3)
        return
    raw = raw.fill_null("$")
    unit_row = table.refs(unit) if unit else np.full(len(where), -1, np.int64)
    declared = next((found for each in np.unique(table.kinds) if (found := table.model.attribute(int(each), attribute))), None)
    if declared is None or not declared.aggregate:
        if role is not Role.VALUE:  # a bound that is not given is no value
            given = np.flatnonzero((raw != "$").to_numpy())
            where, raw, unit_row = where[given], raw.gather(given), unit_row[given]
        yield _Part(where, raw, kind, role, unit_row if (unit_row >= 0).any() else None)
        return
    owner, items = table.lists(attribute)
    yield _Part(where[owner], items, kind, role, unit_row[owner])
    bare = np.setdiff1d(np.arange(len(where)), owner)
    if len(bare):
        yield _Part(where[bare], raw.gather(bare), kind, role)


def _quantities(model: IfcModel, members: Members, ordinary: npt.NDArray[np.bool_]) -> Iterator[_Part]:
    """Quantities have their value as the fourth attribute, whose type is the measure (IfcQuantityLength)."""
    for entity in sorted(model.subtypes(("IFCPHYSICALSIMPLEQUANTITY",))):
        where = np.flatnonzero(model.of_kinds(members.table.rows, frozenset({entity})) & ordinary)
        if not len(where):
            continue
        value = model.schema.entities[entity].attributes[3]
        table = members.table.take(where)
        yield _Part(
            where, table.raw(value.name).fill_null("$"), "quantity", unit=table.refs("Unit"), declared=value.type
        )


def _predefined(model: IfcModel, members: Members) -> Iterator[_Part]:
    for code, attribute in enumerate(members.attributes):
        where = np.flatnonzero(members.attribute == code)
        if not len(where):
            continue
        for kind in np.unique(model.kind_of[members.table.rows[where]]):
            here = where[model.kind_of[members.table.rows[where]] == kind]
            declared = model.attribute(int(kind), attribute)
            if declared is None:
                continue
            raw = members.table.take(here).raw(attribute).fill_null("$")
            yield _Part(
                here, raw, "predefined", declared=declared_type(declared), enumerated=declared.kind == "enumeration"
            )
