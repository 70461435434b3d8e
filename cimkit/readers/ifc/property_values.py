"""The values of properties and quantities, whatever form IFC keeps them in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct

from cimkit.facts.columns import IntArray, Role, Values
from cimkit.readers.ifc.attributes import declared_type
from cimkit.readers.ifc.joins import stable_order
from cimkit.readers.ifc.property_members import COMPLEX
from cimkit.readers.ifc.series import NO_TEXT, or_null_sign, picked, repeated_text
from cimkit.readers.ifc.values import decode, encode_with
from cimkit.readers.step.distinct import encode

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel, Rows, Table
    from cimkit.readers.ifc.property_members import Members
    from cimkit.readers.ifc.units import Units

__all__ = ["KINDS", "PropertyValues", "WrittenValues", "decoded_values", "written_values"]

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


class WrittenValues(NamedTuple):
    """Values of properties as the file has them, each distinct one once.

    kind   of each record, into `KINDS`
    which  record of each row, ascending
    role   `Role` of each row
    code   into the distinct values: their text `raw`, the type declared for them, the row of their unit (-1 none)
    """

    kind: npt.NDArray[np.uint8]
    which: IntArray
    role: npt.NDArray[np.uint8]
    code: IntArray
    raw: pl.Series
    declared: pl.Series
    enumerated: npt.NDArray[np.bool_]
    unit: Rows


class _Part(NamedTuple):
    """Values of some properties as written."""

    which: npt.NDArray[np.integer]
    raw: pl.Series
    kind: str
    role: Role = Role.VALUE
    unit: Rows | None = None
    declared: str = ""
    enumerated: bool = False


def written_values(model: IfcModel, members: Members) -> WrittenValues:
    """The values of the properties' records, each record once."""
    parts = list(_parts(model, members))
    which = np.concatenate([np.empty(0, np.int32), *(part.which for part in parts)]).astype(np.int32)
    kind = np.zeros(len(members.table), np.uint8)
    for part in parts:
        kind[part.which] = _KIND[part.kind]
    role = np.repeat(np.array([part.role for part in parts], np.uint8), [len(part.which) for part in parts])
    coded = [_coded(part) for part in parts]
    sizes = [len(raw) for _, raw, _ in coded]
    starts = np.cumsum([0, *sizes])
    code = np.concatenate(
        [np.empty(0, np.int32), *(codes + start for (codes, _, _), start in zip(coded, starts, strict=False))]
    ).astype(np.int32)
    order = stable_order(which)
    return WrittenValues(
        kind=kind,
        which=which[order],
        role=role[order],
        code=code[order],
        raw=pl.concat([NO_TEXT, *(raw for _, raw, _ in coded)]),
        declared=pl.concat(
            [NO_TEXT, *(repeated_text(part.declared, size) for part, size in zip(parts, sizes, strict=True))]
        ),
        enumerated=np.repeat(np.array([part.enumerated for part in parts], bool), sizes),
        unit=np.concatenate([np.empty(0, np.int64), *(unit for _, _, unit in coded)]),
    )


def _coded(part: _Part) -> tuple[IntArray, pl.Series, Rows]:
    """Codes of the part's values, and the distinct ones: text and unit."""
    codes, distinct = encode(part.raw)
    if part.unit is None or not (part.unit >= 0).any():
        return codes, distinct, np.full(len(distinct), -1, np.int64)
    units, unit_code = np.unique(part.unit, return_inverse=True)
    codes, (of_raw, of_unit) = encode_with(codes, unit_code)
    return codes, picked(distinct, of_raw), units[of_unit]


class PropertyValues(Struct, frozen=True):
    """Values of records: those of record i are rows `start[i]` to `start[i] + count[i]`.

    `code` and `role` are of each row, `kind` (into `KINDS`) of each record.
    """

    start: IntArray
    count: IntArray
    kind: npt.NDArray[np.uint8]
    code: IntArray
    role: npt.NDArray[np.uint8]
    values: Values


def decoded_values(batches: Sequence[WrittenValues], units: Units) -> PropertyValues:
    """The values of several batches of properties one after the other, with one set of distinct values."""
    count = np.concatenate([np.bincount(each.which, minlength=len(each.kind)) for each in batches]).astype(np.int32)
    codes, distinct = encode(pl.concat([each.raw for each in batches]))
    declared_code, declared = encode(pl.concat([each.declared for each in batches]))
    enumerated = np.concatenate([each.enumerated for each in batches])
    unit_rows, unit_code = np.unique(np.concatenate([each.unit for each in batches]), return_inverse=True)
    merged, (of_raw, of_declared, of_enumerated, of_unit) = encode_with(codes, declared_code, enumerated, unit_code)
    values = decode(
        picked(distinct, of_raw),
        picked(declared, of_declared),
        units,
        enumerated=of_enumerated.astype(bool),
        unit_rows=unit_rows[of_unit],
    )
    edges = np.cumsum([0, *(len(each.raw) for each in batches)])
    return PropertyValues(
        start=(np.cumsum(count) - count).astype(np.int32),
        count=count,
        kind=np.concatenate([each.kind for each in batches]),
        code=np.concatenate(
            [merged[start:end][each.code] for each, start, end in zip(batches, edges, edges[1:], strict=False)]
        ),
        role=np.concatenate([each.role for each in batches]),
        values=values,
    )


def _parts(model: IfcModel, members: Members) -> Iterator[_Part]:
    ordinary = members.attribute < 0
    everything = bool(ordinary.all())
    for entity, kind, attributes in _FORMS:
        table, where = _of_entity(model, members, ordinary, everything, entity)
        if table is None:
            continue
        found = [part for each in attributes for part in _of_attribute(table, where, *each, kind)]
        yield from found
        bare = np.setdiff1d(where, np.concatenate([part.which for part in found])) if len(attributes) > 1 else where[:0]
        if len(bare):  # bounds of which none is given
            yield _Part(bare, repeated_text("$", len(bare)), kind)
    yield from _quantities(model, members, ordinary)
    for entity in COMPLEX:
        _, where = _of_entity(model, members, ordinary, everything, entity)
        if len(where):
            yield _Part(where, repeated_text("#", len(where)), "complex")
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
    table: Table, where: npt.NDArray[np.int64], attribute: str, unit: str, role: Role, kind: str
) -> Iterator[_Part]:
    """An attribute's values; a list gives a row for each item, and one row where there is no list."""
    declared = table.declared(attribute)
    if declared is None:  # SetPointValue in IFC2X3
        return
    raw = or_null_sign(table.raw(attribute))
    unit_row = table.refs(unit) if unit else np.full(len(where), -1, np.int64)
    if not declared.aggregate:
        if role is not Role.VALUE:  # a bound that is not given is no value
            given = np.flatnonzero((raw != "$").to_numpy())
            where, raw, unit_row = where[given], picked(raw, given), unit_row[given]
        yield _Part(where, raw, kind, role, unit_row if (unit_row >= 0).any() else None)
        return
    owner, items = table.lists(attribute)
    yield _Part(where[owner], items, kind, role, unit_row[owner])
    bare = np.setdiff1d(np.arange(len(where)), owner)
    if len(bare):
        yield _Part(where[bare], picked(raw, bare), kind, role)


def _quantities(model: IfcModel, members: Members, ordinary: npt.NDArray[np.bool_]) -> Iterator[_Part]:
    """Quantities have their value as the fourth attribute, whose type is the measure (IfcQuantityLength)."""
    for entity in sorted(model.subtypes(("IFCPHYSICALSIMPLEQUANTITY",))):
        where = np.flatnonzero(model.of_kinds(members.table.rows, frozenset({entity})) & ordinary)
        if not len(where):
            continue
        value = model.schema.entities[entity].attributes[3]
        table = members.table.take(where)
        yield _Part(
            where, or_null_sign(table.raw(value.name)), "quantity", unit=table.refs("Unit"), declared=value.type
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
            raw = or_null_sign(members.table.take(here).raw(attribute))
            yield _Part(
                here, raw, "predefined", declared=declared_type(declared), enumerated=declared.kind == "enumeration"
            )
