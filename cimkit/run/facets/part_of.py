"""PartOf facet: part of something of a kind, directly or indirectly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import orjson
import polars as pl
from msgspec.structs import replace

from cimkit.checks.contract import finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.rules.conditions import Cardinality, PartOf

if TYPE_CHECKING:
    from cimkit.run.evaluation import Evaluation

__all__ = ["IDS_RELATIONS", "explain", "holds"]

#: The relations that IDS follows where none is named.
IDS_RELATIONS = frozenset(
    {
        "IFCRELAGGREGATES",
        "IFCRELASSIGNSTOGROUP",
        "IFCRELCONTAINEDINSPATIALSTRUCTURE",
        "IFCRELNESTS",
        "IFCRELVOIDSELEMENT",
        "IFCRELFILLSELEMENT",
    }
)


def holds(facet: PartOf, evaluation: Evaluation) -> BoolArray:
    """Which subjects meet the facet (n)."""
    part, good = _answer(facet, evaluation)
    match facet.cardinality:
        case Cardinality.REQUIRED:
            return good
        case Cardinality.OPTIONAL:
            return ~part | good
        case Cardinality.PROHIBITED:
            return ~good


def _links(facet: PartOf, evaluation: Evaluation) -> tuple[IntArray, IntArray]:
    """Part and whole of every link that counts."""
    links = evaluation.facts.links
    chosen = [links[name] for name in sorted(facet.relations or IDS_RELATIONS) if name in links]
    if not chosen:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    return np.concatenate([link.sid for link in chosen]), np.concatenate([link.target for link in chosen])


def _answer(facet: PartOf, evaluation: Evaluation) -> tuple[BoolArray, BoolArray]:
    """Part of anything, part of what is asked (n each)."""
    plain = replace(facet, cardinality=Cardinality.REQUIRED, instructions=None)
    answer: tuple[BoolArray, BoolArray] = evaluation.remember(("part of", plain), lambda: _compute(facet, evaluation))
    return answer


def _compute(facet: PartOf, evaluation: Evaluation) -> tuple[BoolArray, BoolArray]:
    count = len(evaluation.facts)
    part, whole = _links(facet, evaluation)
    some = np.zeros(count, bool)
    some[part] = True
    meant = np.ones(count, bool) if facet.entity is None else evaluation.holds(facet.entity)
    # Grow upwards until nothing is added: as many rounds as the hierarchy is deep, and cycles do no harm.
    good = np.zeros(count, bool)
    while True:
        grown = good.copy()
        grown[part[(meant | good)[whole]]] = True
        if np.array_equal(grown, good):
            return some, good
        good = grown


def explain(facet: PartOf, evaluation: Evaluation, sids: IntArray) -> pl.DataFrame:
    """Part of nothing, or of something else."""
    facts = evaluation.facts
    some, _ = _answer(facet, evaluation)
    part, whole = _links(facet, evaluation)
    first = np.full(len(facts), -1, np.int32)
    first[part[::-1]] = whole[::-1]
    wholes = first[sids]
    known = facts.describe(wholes[wholes >= 0])
    names = pl.Series(
        [f"{kind} {name}" if name else kind for kind, name in known.select("kind", "name").iter_rows()], dtype=pl.String
    )
    found = np.full(len(sids), None, dtype=object)
    found[wholes >= 0] = names.to_numpy()
    if facet.cardinality is Cardinality.PROHIBITED:
        reasons = np.full(len(sids), "part_of_prohibited", dtype=object)
    else:
        reasons = np.where(some[sids], "part_of_wrong_entity", "part_of_missing").astype(object)
    entity = facet.entity.name.describe() if facet.entity is not None else "*"
    if facet.entity is not None and facet.entity.predefined_type is not None:
        entity += f".{facet.entity.predefined_type.describe()}"
    return finding_rows(
        sids,
        pl.Series(reasons.tolist(), dtype=pl.String),
        found=pl.Series(found.tolist(), dtype=pl.String),
        expected=entity,
        related=pl.Series([[whole] if whole >= 0 else None for whole in wholes.tolist()], dtype=pl.List(pl.Int32)),
        values=orjson.dumps({"relation": ", ".join(sorted(facet.relations))}).decode(),
    )
