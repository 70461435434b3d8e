"""The properties in property sets, by name; those within complex properties as `Outer.Inner`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.columns import IntArray
from cimkit.readers.ifc.instances import Rows
from cimkit.readers.ifc.joins import matches
from cimkit.readers.ifc.values import decoded, encode

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel

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


@dataclass(frozen=True, slots=True)
class Members:
    """Property `row[i]` stands in the set `set_index[i]` (a position among the sets asked for) under a name.

    attribute  for the attributes of predefined sets, which are properties without an instance: number of the
               attribute's name in `attributes`, and `row` is the set's; -1 for all others
    """

    set_index: npt.NDArray[np.int64]
    row: Rows
    name: IntArray
    attribute: IntArray
    names: pl.Series
    attributes: tuple[str, ...]


def predefined_sets(model: IfcModel) -> frozenset[str]:
    """Entities whose own attributes are the properties (IfcDoorLiningProperties)."""
    known = model.subtypes(("IFCPROPERTYSETDEFINITION",))
    return known - model.subtypes(("IFCPROPERTYSET", "IFCELEMENTQUANTITY"))


def find_members(model: IfcModel, sets: Rows) -> Members:
    """The properties of these sets, ordered by set."""
    table = model.take(sets)
    set_index, row = _listed(model, sets)
    raw_names = model.take(row).raw("Name").fill_null("$")
    codes, distinct = encode(raw_names)
    names = decoded(distinct.replace("$", ""))
    level = (set_index, row, codes)
    levels = [level]
    for _ in range(_DEEPEST):
        level, names = _below(model, level, names)
        if not len(level[0]):
            break
        levels.append(level)
    set_index, row, name = (np.concatenate(parts) for parts in zip(*levels, strict=True))
    attribute = np.full(len(row), -1, np.int32)
    attributes: tuple[str, ...] = ()
    predefined = model.of_kinds(sets, predefined_sets(model))
    if predefined.any():
        where = np.flatnonzero(predefined)
        which, attribute_code, attributes = _attributes_of(model, table.kinds[where])
        names = pl.concat([names, pl.Series(attributes, dtype=pl.String)])
        set_index = np.concatenate((set_index, where[which]))
        row = np.concatenate((row, sets[where[which]]))
        name = np.concatenate((name, attribute_code + (len(names) - len(attributes))))
        attribute = np.concatenate((attribute, attribute_code))
    order = np.argsort(set_index, kind="stable")
    codes, distinct = encode(names)  # a name may have come twice: written differently, or nested
    return Members(
        set_index[order], row[order], codes[name[order]].astype(np.int32), attribute[order], distinct, attributes
    )


def _listed(model: IfcModel, sets: Rows) -> tuple[npt.NDArray[np.int64], Rows]:
    parts: list[tuple[npt.NDArray[np.int64], Rows]] = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    for entity, attribute in _LISTS.items():
        kinds = model.subtypes((entity,))
        where = np.flatnonzero(model.of_kinds(sets, kinds)) if kinds else np.empty(0, np.int64)
        if len(where):
            owner, row = model.take(sets[where]).ref_lists(attribute)
            parts.append((where[owner], row))
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


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
        outer = names.gather(name[where[which]])
        inner = decoded(model.take(child[found]).raw("Name").fill_null("''"))
        codes, distinct = encode(outer + "." + inner)
        parts.append((set_index[where[which]], child[found], codes + np.int32(len(names))))
        names = pl.concat([names, distinct])
    if not parts:
        nothing = np.empty(0, np.int64)
        return (nothing, nothing, nothing.astype(np.int32)), names
    joined = tuple(np.concatenate(each) for each in zip(*parts, strict=True))
    return (joined[0], joined[1], joined[2]), names


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
    which = np.repeat(np.arange(len(kinds)), [len(of_kind[int(kind)]) for kind in kinds])
    codes = np.concatenate([np.asarray(of_kind[int(kind)], np.int32) for kind in kinds])
    return which, codes, tuple(names)
