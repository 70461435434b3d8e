"""The properties in property sets, by name; those within complex properties as `Outer.Inner`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.columns import IntArray
from cimkit.readers.ifc.instances import Rows
from cimkit.readers.ifc.joins import matches, numbered, stable_order
from cimkit.readers.ifc.series import or_null_sign, picked
from cimkit.readers.ifc.values import decoded
from cimkit.readers.step.distinct import encode

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel, Table

__all__ = ["COMPLEX", "Members", "find_members", "predefined_sets"]

#: Entities that hold properties, and the attribute that lists them.
_LISTS = {
    "IFCPROPERTYSET": "HasProperties",
    "IFCELEMENTQUANTITY": "Quantities",
    "IFCEXTENDEDPROPERTIES": "Properties",
    "IFCEXTENDEDMATERIALPROPERTIES": "ExtendedProperties",
}
COMPLEX = {"IFCCOMPLEXPROPERTY": "HasProperties", "IFCPHYSICALCOMPLEXQUANTITY": "HasQuantities"}
_DEEPEST = 32


class Members(NamedTuple):
    """A property stands in the set `set_index[i]` (a place among the sets asked for) under the name `name[i]`.

    record     row of `table` with what it says; properties that say the same share one
    attribute  of each row of the table: for the attributes of predefined sets, which are properties without an
               instance, number of the attribute's name in `attributes`, and the row is the set's; -1 for all others
    """

    set_index: npt.NDArray[np.int64]
    name: IntArray
    record: IntArray
    table: Table
    attribute: IntArray
    names: pl.Series
    attributes: tuple[str, ...]

    def take(self, kept: npt.NDArray[np.int64]) -> Members:
        """Some of them, with the records that these need."""
        used, record = numbered(self.record[kept], len(self.table))
        return Members(
            self.set_index[kept],
            self.name[kept],
            record,
            self.table.take(used),
            self.attribute[used],
            self.names,
            self.attributes,
        )


def predefined_sets(model: IfcModel) -> frozenset[str]:
    """Entities whose own attributes are the properties (IfcDoorLiningProperties)."""
    known = model.subtypes(("IFCPROPERTYSETDEFINITION",))
    return known - model.subtypes(("IFCPROPERTYSET", "IFCELEMENTQUANTITY"))


def find_members(model: IfcModel, sets: Table) -> Members:
    """The properties of these sets, ordered by set."""
    set_index, rows = _listed(sets)
    listed, place = numbered(rows, len(model))
    said, record = numbered(model.file.alike(listed)[place], len(model))
    table = model.take(said)
    codes, distinct = encode(or_null_sign(table.raw("Name")))
    codes = codes[record]
    names = decoded(distinct.replace("$", ""))
    level: _Level = (set_index, said[record], codes)
    nested: list[_Level] = []
    for _ in range(_DEEPEST):
        level, names = _below(model, level, names)
        if not len(level[0]):
            break
        nested.append(level)
    predefined = model.of_kinds(sets.rows, predefined_sets(model))
    if not nested and not predefined.any():
        return Members(set_index, codes, record, table, np.full(len(table), -1, np.int32), names, ())
    levels = [(set_index, said[record], codes), *nested]
    attribute = np.full(sum(len(each[0]) for each in levels), -1, np.int32)
    where = np.flatnonzero(predefined)
    which, attribute_code, attributes = _attributes_of(model, sets.kinds[where])
    filled = _with_value(sets.take(where), which, attribute_code, attributes)  # an attribute that is null is not there
    which, attribute_code = which[filled], attribute_code[filled]
    levels.append((where[which], sets.rows[where[which]], attribute_code + np.int32(len(names))))
    attribute = np.concatenate((attribute, attribute_code))
    set_index, row, name = (np.concatenate(parts) for parts in zip(*levels, strict=True))
    order = np.argsort(set_index, kind="stable")
    codes, distinct = encode(pl.concat([names, pl.Series(attributes, dtype=pl.String)]))  # a name may have come twice
    width = len(attributes) + 1
    parts, record = numbered(row * width + attribute + 1, len(model) * width)
    return Members(
        set_index[order],
        codes[name[order]].astype(np.int32),
        record[order],
        model.take(parts // width),
        (parts % width - 1).astype(np.int32),
        distinct,
        attributes,
    )


def _listed(sets: Table) -> tuple[npt.NDArray[np.int64], Rows]:
    """The rows of the listed properties by the position of their sets."""
    model = sets.model
    owners, rows = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for entity, attribute in _LISTS.items():
        kinds = model.subtypes((entity,))
        where = np.flatnonzero(model.of_kinds(sets.rows, kinds)) if kinds else np.empty(0, np.int64)
        if len(where):
            owner, row = sets.take(where).ref_lists(attribute)
            owners.append(where[owner])
            rows.append(row)
    owner, row = np.concatenate(owners), np.concatenate(rows)
    order = stable_order(owner)
    return owner[order], row[order]


_Level = tuple[npt.NDArray[np.int64], Rows, IntArray]


def _below(model: IfcModel, level: _Level, names: pl.Series) -> tuple[_Level, pl.Series]:
    """The parts of the complex properties of a level, named after them."""
    set_index, row, name = level
    parts: list[_Level] = []
    for entity, attribute in COMPLEX.items():
        where = np.flatnonzero(model.of_kinds(row, model.subtypes((entity,))))
        if not len(where):
            continue
        holders = np.unique(row[where])
        owner, child = model.take(holders).ref_lists(attribute)
        which, found = matches(np.searchsorted(holders, row[where]), owner)
        outer = picked(names, name[where[which]])
        inner = decoded(model.take(child[found]).raw("Name").fill_null("''"))
        codes, distinct = encode(outer + "." + inner)
        parts.append((set_index[where[which]], child[found], codes + np.int32(len(names))))
        names = pl.concat([names, distinct])
    if not parts:
        nothing = np.empty(0, np.int64)
        return (nothing, nothing, nothing.astype(np.int32)), names
    joined = tuple(np.concatenate(each) for each in zip(*parts, strict=True))
    return (joined[0], joined[1], joined[2]), names


def _with_value(
    sets: Table, which: npt.NDArray[np.int64], codes: IntArray, attributes: tuple[str, ...]
) -> npt.NDArray[np.bool_]:
    """Which attributes of which sets hold anything. which: position among the sets; codes: of the attribute's name."""
    filled = np.zeros(len(which), bool)
    for code, name in enumerate(attributes):
        at = np.flatnonzero(codes == code)
        filled[at] = (or_null_sign(sets.take(which[at]).raw(name)) != "$").to_numpy()
    return filled


def _attributes_of(
    model: IfcModel, kinds: npt.NDArray[np.integer]
) -> tuple[npt.NDArray[np.int64], IntArray, tuple[str, ...]]:
    """(position in kinds, code of the attribute's name) for every attribute that IfcPropertySetDefinition has not."""
    names: dict[str, int] = {}
    general = {each.name for each in model.schema.entities["IFCPROPERTYSETDEFINITION"].attributes}
    of_kind: dict[int, list[int]] = {}
    for kind in np.unique(kinds):
        own = [each.name for each in model.schema.entities[model.kinds[kind]].attributes if each.name not in general]
        of_kind[int(kind)] = [names.setdefault(name, len(names)) for name in own]
    which = np.repeat(np.arange(len(kinds)), np.array([len(of_kind[int(kind)]) for kind in kinds], np.int64))
    codes = np.concatenate([np.empty(0, np.int32), *(np.asarray(of_kind[int(kind)], np.int32) for kind in kinds)])
    return which, codes, tuple(names)
