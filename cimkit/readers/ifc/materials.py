"""Materials of subjects in every form that IFC has: plain, lists, layers, profiles, constituents, usages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cimkit.facts.columns import Origin
from cimkit.facts.model import MATERIALS
from cimkit.readers.ifc.inheritance import with_types
from cimkit.readers.ifc.joins import matches
from cimkit.readers.ifc.relations import pairs_of
from cimkit.readers.ifc.series import picked

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel, Rows
    from cimkit.readers.ifc.subjects import SubjectIndex

__all__ = ["read_materials"]


class _Form(NamedTuple):
    """Role in the facts (None: it only points on); attributes of the name, of what it points to, of the category."""

    role: str | None
    name: str = "Name"
    parts: tuple[str, ...] = ()
    category: str = "Category"


_FORMS: Mapping[str, _Form] = {
    "IFCMATERIAL": _Form("material"),
    "IFCMATERIALLIST": _Form("list", "", ("Materials",)),
    "IFCMATERIALLAYER": _Form("layer", parts=("Material",)),
    "IFCMATERIALLAYERSET": _Form("layer_set", "LayerSetName", ("MaterialLayers",)),
    "IFCMATERIALLAYERSETUSAGE": _Form(None, "", ("ForLayerSet",)),
    "IFCMATERIALPROFILE": _Form("profile", parts=("Material",)),
    "IFCMATERIALPROFILESET": _Form("profile_set", parts=("MaterialProfiles",)),
    "IFCMATERIALPROFILESETUSAGE": _Form(None, "", ("ForProfileSet", "ForProfileEndSet")),
    "IFCMATERIALCONSTITUENT": _Form("constituent", parts=("Material",)),
    "IFCMATERIALCONSTITUENTSET": _Form("constituent_set", parts=("MaterialConstituents",)),
}
_DEEPEST = 8  # usage, set, layer, material; a file that goes deeper goes in a circle


def read_materials(model: IfcModel, subjects: SubjectIndex) -> pl.DataFrame:
    """A row for each material, layer, set ... of each subject; a thing without any has those of its type."""
    pairs = pairs_of(model, "IFCRELASSOCIATESMATERIAL", "RelatedObjects", "RelatingMaterial")
    if not len(pairs.thing):
        return pl.DataFrame(schema=MATERIALS)
    held = with_types(model, subjects, pairs.thing, pairs.other)
    own = np.unique(held.sid[held.origin == Origin.OCCURRENCE])
    kept = (held.origin == Origin.OCCURRENCE) | ~np.isin(held.sid, own)
    sid, row, origin = held.sid[kept], held.row[kept], held.origin[kept]
    definitions, which = np.unique(row, return_inverse=True)
    described = _described(model, definitions)
    order = np.argsort(sid, kind="stable")
    holder, entry = matches(which[order], described["definition"].to_numpy())
    return pl.DataFrame(
        {
            "sid": sid[order][holder],
            "role": picked(described["role"], entry),
            "name": picked(described["name"], entry),
            "category": picked(described["category"], entry),
            "origin": origin[order][holder],
        },
        schema=MATERIALS,
    )


def _described(model: IfcModel, definitions: Rows) -> pl.DataFrame:
    """Entries of each definition (position among them, ascending): role, name, category."""
    schema = {"definition": pl.Int64, "role": pl.String, "name": pl.String, "category": pl.String}
    entries = [pl.DataFrame(schema=schema)]
    definition, row = np.arange(len(definitions)), definitions
    for _ in range(_DEEPEST):
        next_definitions, next_rows = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for entity, form in _FORMS.items():
            kinds = model.subtypes((entity,)) - frozenset(_FORMS) | {entity}
            here = np.flatnonzero(model.of_kinds(row, kinds))
            if not len(here):
                continue
            table = model.take(row[here])
            if form.role is not None:
                described = {
                    "definition": definition[here],
                    "name": table.texts(form.name),
                    "category": table.texts(form.category),
                }
                entries.append(pl.DataFrame(described).with_columns(role=pl.lit(form.role)))
            for attribute in form.parts:
                owner, part = table.ref_lists(attribute)
                next_definitions.append(definition[here][owner])
                next_rows.append(part)
        definition, row = np.concatenate(next_definitions), np.concatenate(next_rows)
        if not len(row):
            break
    return pl.concat([each.select(*schema) for each in entries]).sort("definition", maintain_order=True)
