"""Entity facet: of a kind, and perhaps of a predefined type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from msgspec.structs import replace

from cimkit.checks.contract import finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.model import Facts
from cimkit.rules.conditions import Cardinality, Entity
from cimkit.run.kinds import kinds_named, layers_named

if TYPE_CHECKING:
    from cimkit.run.evaluation import Evaluation

__all__ = ["explain", "holds"]


def holds(facet: Entity, evaluation: Evaluation) -> BoolArray:
    """Which subjects meet the facet (n)."""
    of_kind = _of_kind(facet, evaluation)
    if facet.predefined_type is None:
        return ~of_kind if facet.cardinality is Cardinality.PROHIBITED else of_kind
    of_type = _of_predefined_type(facet, evaluation)
    match facet.cardinality:
        case Cardinality.REQUIRED:
            return of_kind & of_type
        case Cardinality.OPTIONAL:  # what is of that kind must be of that type
            return ~of_kind | of_type
        case Cardinality.PROHIBITED:
            return ~(of_kind & of_type)


def _of_kind(facet: Entity, evaluation: Evaluation) -> BoolArray:
    facts = evaluation.facts
    key = ("kind", replace(facet, predefined_type=None, cardinality=Cardinality.REQUIRED, instructions=None))
    return evaluation.remember_mask(key, lambda: facts.subjects.of_kinds(_kinds_here(facet, facts)))


def _kinds_here(facet: Entity, facts: Facts) -> frozenset[str]:
    """The kinds of this source that the facet names, also where it has kinds that no schema knows."""
    if facts.schema is None:
        return layers_named(facet, facts.subjects.kinds)
    named = kinds_named(facet, facts.schema)
    strangers = [kind for kind in facts.subjects.kinds if kind not in facts.schema.entities]
    if not strangers or facet.name.exact_texts() is not None:
        return named
    kinds = pl.Series(strangers, dtype=pl.String)
    return named.union(kinds.filter(facet.name.accepts_text(kinds)))


def _of_predefined_type(facet: Entity, evaluation: Evaluation) -> BoolArray:
    facts = evaluation.facts
    result = np.zeros(len(facts), bool)
    column = facts.predefined_types
    if column is not None and facet.predefined_type is not None:
        result[column.sid[column.spread(facet.predefined_type.accepts(column.values))]] = True
    return result


def explain(facet: Entity, evaluation: Evaluation, sids: IntArray) -> pl.DataFrame:
    """Either the kind is wrong, or the predefined type is."""
    facts = evaluation.facts
    kinds = pl.Series([_written(facts, kind) for kind in facts.subjects.kinds], dtype=pl.String)
    kind = kinds.gather(facts.subjects.kind[sids])
    if facet.predefined_type is None:
        return finding_rows(sids, "entity_wrong", found=kind, expected=facet.name.describe())
    types = pl.Series([None], dtype=pl.String).extend_constant(None, len(facts) - 1) if len(facts) else pl.Series([])
    column = facts.predefined_types
    if column is not None:
        first = np.unique(column.sid, return_index=True)[1]
        values = np.full(len(facts), None, dtype=object)
        values[column.sid[first]] = column.texts(first.astype(np.int32)).to_numpy()
        types = pl.Series(values.tolist(), dtype=pl.String)
    of_kind = _of_kind(facet, evaluation)[sids]
    prohibited = facet.cardinality is Cardinality.PROHIBITED
    wrong_type = pl.Series(of_kind | prohibited)
    frame = pl.DataFrame({"kind": kind, "type": types.gather(sids), "wrong_type": wrong_type}).select(
        reason=pl.when("wrong_type").then(pl.lit("predefined_type_wrong")).otherwise(pl.lit("entity_wrong")),
        found=pl.when("wrong_type").then("type").otherwise("kind"),
        expected=pl.when("wrong_type")
        .then(pl.lit(("≠ " if prohibited else "") + facet.predefined_type.describe()))
        .otherwise(pl.lit(facet.name.describe())),
    )
    return finding_rows(sids, frame["reason"], found=frame["found"], expected=frame["expected"])


def _written(facts: Facts, kind: str) -> str:
    """`IfcWall` for IFCWALL."""
    entity = facts.schema.entities.get(kind) if facts.schema else None
    return entity.name if entity else kind
