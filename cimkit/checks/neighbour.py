"""host, type, whole: what is asked of the thing a subject sits in, is typed by, or is a part of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.model import Facts

__all__ = ["judge_neighbour", "step"]


def step(facts: Facts, relation: str) -> IntArray:
    """For each subject the one it is linked to by a relation, -1 for none (n)."""
    target = np.full(len(facts), -1, np.int32)
    link = facts.links.get(relation)
    if link is not None:
        target[link.sid] = link.target
    return target


def judge_neighbour(
    context: Context, selected: BoolArray, options: Mapping[str, Any], neighbour: IntArray, reason: str
) -> Outcome:
    """Subjects without such a neighbour are not asked."""
    condition = options["is"]
    good = context.holds(condition)
    asked = selected & (neighbour >= 0)
    failed = np.zeros(len(selected), bool)
    failed[asked] = ~good[neighbour[asked]]

    def explain(sids: IntArray) -> pl.DataFrame:
        """What the neighbour lacks, said of the subject, with the neighbour as the related element."""
        others = neighbour[sids]
        known = context.facts.describe(others)
        names = [name or kind for kind, name in known.select("kind", "name").iter_rows()]
        return finding_rows(
            sids,
            reason,
            found=pl.Series(names, dtype=pl.String),
            expected=context.describe(condition),
            related=[[int(other)] for other in others],
        )

    return Outcome(failed, explain, asked=asked)
