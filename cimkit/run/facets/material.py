"""Material facet: a material by any name or category of any of its forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from msgspec.structs import replace

from cimkit.checks.contract import finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.rules.conditions import Cardinality, Material

if TYPE_CHECKING:
    from cimkit.run.evaluation import Evaluation

__all__ = ["explain", "holds"]


def holds(facet: Material, evaluation: Evaluation) -> BoolArray:
    """Which subjects meet the facet (n)."""
    some, good = _answer(facet, evaluation)
    match facet.cardinality:
        case Cardinality.REQUIRED:
            return good
        case Cardinality.OPTIONAL:
            return ~some | good
        case Cardinality.PROHIBITED:
            return ~good


def _answer(facet: Material, evaluation: Evaluation) -> tuple[BoolArray, BoolArray]:
    """Has a material at all, has one as asked (n each)."""
    plain = replace(facet, cardinality=Cardinality.REQUIRED, instructions=None, uri=None)
    answer: tuple[BoolArray, BoolArray] = evaluation.remember(("material", plain), lambda: _compute(facet, evaluation))
    return answer


def _compute(facet: Material, evaluation: Evaluation) -> tuple[BoolArray, BoolArray]:
    rows = evaluation.facts.materials
    some, good = np.zeros(len(evaluation.facts), bool), np.zeros(len(evaluation.facts), bool)
    some[rows["sid"].to_numpy()] = True
    if facet.value is None:
        return some, some
    distinct = evaluation.remember("material names", lambda: _distinct(rows))
    accepted = distinct.filter(pl.Series(facet.value.accepts_text(distinct["text"])))
    good[accepted["sid"].explode().to_numpy()] = True
    return some, good


def _distinct(rows: pl.DataFrame) -> pl.DataFrame:
    """Every name and category, with the subjects that have it."""
    texts = pl.concat([rows.select("sid", text="name"), rows.select("sid", text="category")])
    return texts.drop_nulls().group_by("text").agg("sid")


def explain(facet: Material, evaluation: Evaluation, sids: IntArray) -> pl.DataFrame:
    """No material, another one, or a prohibited one."""
    some, _ = _answer(facet, evaluation)
    written = (
        evaluation.facts.materials.filter(pl.col("sid").is_in(pl.Series(sids, dtype=pl.Int32).implode()))
        .drop_nulls("name")
        .group_by("sid", maintain_order=True)
        .agg(pl.col("name").unique(maintain_order=True).str.join(" | "))
    )
    found = pl.DataFrame({"sid": pl.Series(sids, dtype=pl.Int32)}).join(
        written, on="sid", how="left", maintain_order="left"
    )
    if facet.cardinality is Cardinality.PROHIBITED:
        reasons = np.full(len(sids), "material_prohibited", dtype=object)
    else:
        reasons = np.where(some[sids], "material_wrong_value", "material_missing").astype(object)
    expected = facet.value.describe() if facet.value is not None else None
    return finding_rows(sids, pl.Series(reasons.tolist(), dtype=pl.String), found=found["name"], expected=expected)
