"""agree: what a subject says in several places is the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows, no_rows
from cimkit.facts.columns import BoolArray, Column, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """Numbers agree within `tolerance` (absolute, default 1e-6 of the larger), texts when equal after folding width,
    case and blanks. Subjects with fewer than two of the operands are not asked."""
    said = np.zeros(len(selected), np.int8)
    found = []
    for operand in options["operands"]:
        answer = context.operand(operand)
        if answer is not None:
            column, has = answer
            said += has
            found.append((context.describe(operand), column))
    asked = selected & (said >= 2)
    failed = np.zeros(len(selected), bool)
    if not asked.any():
        return Outcome(failed, lambda _: no_rows(), asked=asked)
    rows = pl.concat([_said(name, column, asked) for name, column in found])
    tolerance = options.get("tolerance")
    first = rows.unique("sid", keep="first", maintain_order=True).select("sid", a="number", text_a="folded")
    slack = pl.lit(tolerance) if tolerance else 1e-6 * pl.max_horizontal(pl.col("a").abs(), pl.col("number").abs())
    both_numbers = pl.col("a").is_not_nan() & pl.col("number").is_not_nan()
    apart = (
        pl.when(both_numbers)
        .then((pl.col("a") - pl.col("number")).abs() > slack)
        .otherwise(pl.col("text_a") != pl.col("folded"))
    )
    failed[rows.join(first, on="sid").filter(apart)["sid"].to_numpy()] = True

    def explain(sids: IntArray) -> pl.DataFrame:
        told = (
            rows.filter(pl.col("sid").is_in(pl.Series(sids, dtype=pl.Int32).implode()))
            .group_by("sid", maintain_order=True)
            .agg(pl.format("{} = {}", "name", _plain("text")).str.join("; "))
            .sort("sid")
        )
        return finding_rows(sids, "disagree", found=told["name"])

    return Outcome(failed, explain, asked=asked)


def _said(name: str, column: Column, asked: BoolArray) -> pl.DataFrame:
    """What one operand says of the subjects asked."""
    rows = np.flatnonzero(asked[column.sid]).astype(np.int32)
    text = column.texts(rows)
    return pl.DataFrame(
        {
            "sid": pl.Series(column.sid[rows], dtype=pl.Int32),
            "name": pl.Series([name], dtype=pl.String).new_from_index(0, len(rows)),
            "number": column.values.number[rows],
            "text": text,
            "folded": text.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", ""),
        }
    )


def _plain(text: str) -> pl.Expr:
    """A number as people write it: STEP's `14000.` without its point."""
    return pl.col(text).str.replace(r"^(-?[0-9]+)\.$", "$1")
