"""unique: no two selected subjects have the same value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]

#: The scope of those that are of one kind.
LAYER = "layer"


def demand(options: Mapping[str, Any]) -> Demand:
    """The relation of the scope within which values are unique."""
    within = options.get("within")
    return Demand(relations=frozenset({within} if within and within != LAYER else ()))


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """Subjects without a value are not asked. `within`: a relation; values are unique among those of one target; or
    `layer`: among the features of one layer.
    With a `tolerance`, numbers that close count as the same."""
    none = np.zeros(len(selected), bool)
    operand = context.operand(options.get("attribute") or options["property"])
    if operand is None:
        return Outcome(none, lambda sids: finding_rows(sids, "not_unique"), asked=none)
    column, has = operand
    asked = selected & has
    has_one = asked[column.sid]
    texts = column.texts(has_one)
    if not options.get("tolerance") and _all_differ(texts):  # as nearly always, and quickly seen
        return Outcome(none, lambda sids: finding_rows(sids, "not_unique"), asked=asked)
    rows = np.flatnonzero(has_one).astype(np.int32)
    frame = pl.DataFrame({"sid": column.sid[rows], "text": texts})
    frame = frame.with_columns(scope=pl.Series(_scope(context, column.sid[rows], options.get("within"))))
    if options.get("tolerance"):
        frame = frame.with_columns(number=pl.Series(column.values.number[rows])).sort("scope", "number")
        apart = (pl.col("number").diff().fill_null(0.0) > options["tolerance"]) | pl.col("scope").diff().ne(0)
        frame = frame.with_columns(group=apart.fill_null(True).cum_sum())
    else:
        keys = ["scope", "text"] if options.get("within") else ["text"]
        frame = frame.filter(frame["text"].is_duplicated())  # few are left, and only these are compared in full
        frame = frame.with_columns(group=pl.struct(keys).rank("dense"))
    groups = frame.filter(pl.len().over("group") > 1)
    failed = none.copy()
    failed[groups["sid"].to_numpy()] = True

    def explain(sids: IntArray) -> pl.DataFrame:
        """Each with the others of its value (a few of them)."""
        members = groups.sort("sid").group_by("group").agg(others=pl.col("sid").head(6))
        listed = (
            pl.DataFrame({"sid": pl.Series(sids, dtype=pl.Int32)})
            .join(groups, on="sid", how="left", maintain_order="left")
            .join(members, on="group", how="left", maintain_order="left")
        )
        related = [
            [other for other in others if other != sid] for sid, others in listed.select("sid", "others").iter_rows()
        ]
        return finding_rows(sids, "not_unique", found=listed["text"], related=related)

    return Outcome(failed, explain, asked=asked)


def _all_differ(texts: pl.Series) -> bool:
    """Whether no two are the same. Keys often stand in their order, which is seen a dozen times sooner."""
    ascending = not texts.null_count() and len(texts) > 1 and (texts.slice(0, len(texts) - 1) < texts.slice(1)).all()
    return bool(ascending) or texts.n_unique() == len(texts)


def _scope(context: Context, sids: IntArray, relation: str | None) -> IntArray:
    """The whole to which each subject belongs; -1: none, or no scope asked."""
    if relation == LAYER:
        return context.facts.subjects.kind[sids]
    scope = np.full(len(context.facts), -1, np.int32)
    link = context.facts.links.get(relation) if relation else None
    if link is not None:
        scope[link.sid] = link.target
    return scope[sids]
