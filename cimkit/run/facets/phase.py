"""Phase: new, existing, demolished ... from whatever carrier of the source states it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cimkit.checks.contract import finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.rules.conditions import Cardinality, Phase

if TYPE_CHECKING:
    from cimkit.run.evaluation import Evaluation

__all__ = ["explain", "holds"]


def holds(facet: Phase, evaluation: Evaluation) -> BoolArray:
    """Which subjects meet it (n)."""
    has, good = np.zeros(len(evaluation.facts), bool), np.zeros(len(evaluation.facts), bool)
    column = evaluation.facts.phases
    if column is not None:
        present = column.present()
        has[column.sid[present]] = True
        allowed = present
        if facet.value is not None:
            allowed = present & column.spread(facet.value.accepts_text(column.values.text))
        good[column.sid[allowed]] = True
    match facet.cardinality:
        case Cardinality.REQUIRED:
            return good
        case Cardinality.OPTIONAL:
            return ~has | good
        case Cardinality.PROHIBITED:
            return ~good


def explain(facet: Phase, evaluation: Evaluation, sids: IntArray) -> pl.DataFrame:
    """No phase, or another one."""
    found = np.full(len(evaluation.facts), None, dtype=object)
    column = evaluation.facts.phases
    if column is not None:
        rows = np.arange(len(column.sid), dtype=np.int32)
        found[column.sid] = column.texts(rows).to_numpy()
    missing = np.array([text is None for text in found[sids]], bool)
    reasons = np.where(missing, "phase_missing", "phase_wrong").astype(object)
    return finding_rows(
        sids,
        pl.Series(reasons.tolist(), dtype=pl.String),
        found=pl.Series(found[sids].tolist(), dtype=pl.String),
        expected=facet.value.describe() if facet.value is not None else None,
    )
