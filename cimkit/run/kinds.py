"""The kinds that an entity facet names."""

from __future__ import annotations

import polars as pl

from cimkit.facts.ifc_schema import IfcSchema
from cimkit.rules.conditions import Entity

__all__ = ["kinds_named"]


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
