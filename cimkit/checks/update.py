"""update: a delivery that replaces another keeps what it must keep of it."""

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
    """Nothing: the reader of deliveries compares with the base when one was named."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """aspect: one or several of missing, added, structure, crs, height_datum, geometry, ended, secrecy, level,
    accuracy, category, date. Each difference of these is a finding. Without a base nothing is asked."""
    base: Any = context.facts.whole.get("base")
    if not isinstance(base, pl.DataFrame):
        return of_source(len(context.facts), no_rows(), looked=False)
    rows = base.filter(pl.col("aspect").is_in(list(options["aspect"])))
    values = [
        orjson.dumps({name: value for name, value in row.items() if value is not None}).decode()
        for row in rows.select("layer", "detail", "count").iter_rows(named=True)
    ]
    findings = rows.select(
        sid=pl.lit(None, dtype=pl.Int32),
        locator=pl.concat_str(["path", "layer"], separator="#", ignore_nulls=True),
        reason=_reason(),
        found=pl.col("found"),
        expected=pl.col("expected"),
        related=pl.lit(None, dtype=pl.List(pl.Int32)),
        values=pl.Series(values, dtype=pl.String),
    ).cast(FINDING_ROWS)  # type: ignore[arg-type]
    return of_source(len(context.facts), findings)


def _reason() -> pl.Expr:
    """A field lost, added and changed are three sentences."""
    field = (
        pl.when(pl.col("found").is_null())
        .then(pl.lit("_lost"))
        .when(pl.col("expected").is_null())
        .then(pl.lit("_added"))
        .otherwise(pl.lit("_changed"))
    )
    structure = pl.col("aspect") == "structure"
    return pl.concat_str(pl.lit("update_"), "aspect", pl.when(structure).then(field).otherwise(pl.lit("")))
