"""The kinds that an entity facet names."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.names import fold_layer_name, folded_names
from cimkit.rules.conditions import Entity

__all__ = ["kinds_named", "layers_named"]


def kinds_named(facet: Entity, schema: IfcSchema | None) -> frozenset[str]:
    """Kinds that the facet means, with their subtypes unless it is exact.

    Names that the schema does not have stay when they are named outright: a source may have more kinds than its schema
    (IFC2X3's air terminals, the layers of a city).
    """
    exact = facet.name.exact_texts()
    if schema is None:
        return exact or frozenset()
    if exact is not None:
        meant = exact
    else:
        names = pl.Series(list(schema.entities), dtype=pl.String)
        meant = frozenset(names.filter(facet.name.accepts_text(names)))
    if facet.exact:
        return meant
    return meant.union(*(schema.subtypes(name) for name in meant))


def layers_named(facet: Entity, layers: Sequence[str]) -> frozenset[str]:
    """Of these layers or feature classes, as they are written, those that the facet means.

    Their names are compared without width, case, spaces and the form of brackets; a pattern is tried as it is.
    """
    listed = facet.name.exact_texts()
    if listed is not None:  # asked of every rule and source: without a column of names
        folded = folded_names(listed)
        return frozenset(name for name in layers if fold_layer_name(name) in folded)
    names = pl.Series(list(layers), dtype=pl.String)
    return frozenset(names.filter(pl.Series(facet.name.accepts_text(names), dtype=pl.Boolean)))
