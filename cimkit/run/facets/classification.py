"""Classification facet: a reference into a classification system, inherited classes included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import orjson
import polars as pl
from msgspec.structs import replace

from cimkit.checks.contract import finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.rules.conditions import Cardinality, Classification
from cimkit.rules.restriction import Restriction

if TYPE_CHECKING:
    from cimkit.run.evaluation import Evaluation

__all__ = ["explain", "holds"]


def holds(facet: Classification, evaluation: Evaluation) -> BoolArray:
    """Which subjects meet the facet (n)."""
    _any_class, in_system, good = _answer(facet, evaluation)
    match facet.cardinality:
        case Cardinality.REQUIRED:
            return good
        case Cardinality.OPTIONAL:
            return ~in_system | good
        case Cardinality.PROHIBITED:
            return ~good


def _answer(facet: Classification, evaluation: Evaluation) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Classified at all, with a code of the system, classified as asked (n each)."""
    plain = replace(facet, cardinality=Cardinality.REQUIRED, instructions=None, uri=None)
    answer: tuple[BoolArray, BoolArray, BoolArray] = evaluation.remember(
        ("classification", plain), lambda: _compute(facet, evaluation)
    )
    return answer


def _compute(facet: Classification, evaluation: Evaluation) -> tuple[BoolArray, BoolArray, BoolArray]:
    rows = evaluation.facts.classifications
    if not rows.height:
        nobody = np.zeros(len(evaluation.facts), bool)
        return nobody, nobody, nobody
    sid = rows["sid"].to_numpy()
    of_system = _accepted(facet.system, rows["system"], evaluation, "system")
    of_value = (
        np.ones(len(sid), bool) if facet.value is None else _accepted(facet.value, rows["code"], evaluation, "code")
    )
    coded = rows["code"].is_not_null().to_numpy()
    result = tuple(np.zeros(len(evaluation.facts), bool) for _ in range(3))
    for mask, which in zip(result, (np.ones(len(sid), bool), of_system & coded, of_system & of_value), strict=True):
        mask[sid[which]] = True
    return result  # type: ignore[return-value]


def _accepted(test: Restriction | None, texts: pl.Series, evaluation: Evaluation, name: str) -> BoolArray:
    """Tested once for each distinct text."""
    if test is None:
        return np.ones(len(texts), bool)
    distinct, code = evaluation.remember(("distinct classification", name), lambda: _distinct(texts))
    accepted: BoolArray = np.append(test.accepts_text(distinct), False)[code]
    return accepted


def _distinct(texts: pl.Series) -> tuple[pl.Series, IntArray]:
    """Distinct texts and the index of each row into them; -1 (the last) where there is none."""
    distinct = texts.drop_nulls().unique(maintain_order=True)
    index = pl.DataFrame({"text": distinct, "code": np.arange(len(distinct), dtype=np.int32)})
    code = texts.to_frame("text").join(index, on="text", how="left", maintain_order="left")["code"].fill_null(-1)
    return distinct, code.to_numpy()


def explain(facet: Classification, evaluation: Evaluation, sids: IntArray) -> pl.DataFrame:
    """Not classified, classified elsewhere, or classified as something else."""
    any_class, in_system, _ = _answer(facet, evaluation)
    written = (
        evaluation.facts.classifications.filter(~pl.col("inherited"))
        .filter(pl.col("sid").is_in(pl.Series(sids, dtype=pl.Int32).implode()))
        .with_columns(
            text=pl.concat_str([pl.col("system").fill_null("?"), pl.col("code").fill_null("-")], separator=": ")
        )
        .group_by("sid", maintain_order=True)
        .agg(pl.col("text").unique(maintain_order=True).str.join(" | "))
    )
    found = pl.DataFrame({"sid": pl.Series(sids, dtype=pl.Int32)}).join(
        written, on="sid", how="left", maintain_order="left"
    )
    if facet.cardinality is Cardinality.PROHIBITED:
        reasons = np.full(len(sids), "classification_prohibited", dtype=object)
    else:
        reasons = np.where(
            in_system[sids],
            "classification_wrong_value",
            np.where(any_class[sids], "classification_wrong_system", "classification_missing"),
        ).astype(object)
    system = facet.system.describe() if facet.system is not None else "*"
    value = facet.value.describe() if facet.value is not None else "*"
    return finding_rows(
        sids,
        pl.Series(reasons.tolist(), dtype=pl.String),
        found=found["text"],
        expected=f"{system}: {value}",
        values=orjson.dumps({"system": system, "value": value}).decode(),
    )
