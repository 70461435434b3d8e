"""no_defect: the reader stumbled on nothing of this kind. Each defect is a finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import polars as pl

from cimkit.checks.contract import FINDING_ROWS, Context, Outcome, no_rows, of_source
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """The defects of these kinds."""
    return Demand(defects=frozenset(options["kind"]))


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """One finding a defect, at its line, with the element where there is one. Not applicable where the reader had no
    way to look (`whole["not_looked"]`)."""
    rows = context.facts.defects.filter(pl.col("kind").is_in(list(options["kind"])))
    if options.get("detail"):
        rows = rows.filter(pl.col("detail").is_in(list(options["detail"])))
    if not rows.height:
        unseen = context.facts.whole.get("not_looked")
        looked = not isinstance(unseen, frozenset) or not unseen.issuperset(options["kind"])
        return of_source(len(context.facts), no_rows(), looked=looked)
    values = [
        orjson.dumps({"line": line, "column": column, "detail": detail}).decode()
        for line, column, detail in rows.select("line", "column", "detail").iter_rows()
    ]
    place = (
        pl.when(pl.col("line").is_null())
        .then(pl.when(pl.col("row").is_null()).then(None).otherwise(pl.format("#{}", "row")))
        .when(pl.col("column").is_null())
        .then(pl.format("{}", "line"))
        .otherwise(pl.format("{}:{}", "line", "column"))
    )
    if "locator" in rows.columns:  # formats without lines say where in their own way
        place = pl.coalesce("locator", place)
    findings = rows.select(
        sid=pl.col("sid"),
        locator=place,
        reason=pl.when((pl.col("kind") == "wrong_type") & (pl.col("found") == "$"))
        .then(pl.lit("defect_value_missing"))
        .otherwise(pl.format("defect_{}", "kind")),
        found=pl.col("found"),
        expected=pl.col("expected"),
        related=pl.lit(None, dtype=pl.List(pl.Int32)),
        values=pl.Series(values, dtype=pl.String),
    ).cast(FINDING_ROWS)  # type: ignore[arg-type]
    return of_source(len(context.facts), findings)
