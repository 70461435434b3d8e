"""determines: equal keys go with equal values (one code has one name, one project one builder)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.checks.series import texts_of
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """key, value: operands; widths and blanks of values do not count. The value that most rows of a key have is taken
    for the right one (the first of equals): the rows with another are the findings. Subjects that lack either are not
    asked."""
    count = len(selected)
    frame = pl.DataFrame(
        {
            "sid": np.arange(count, dtype=np.int32),
            "key": texts_of(context, options["key"], count),
            "value": texts_of(context, options["value"], count).str.normalize("NFKC").str.replace_all(r"\s+", ""),
        }
    )
    known = frame.filter(pl.Series(selected)).drop_nulls(["key", "value"])
    counted = known.group_by("key", "value").agg(rows=pl.len(), first=pl.col("sid").min())
    usual = (
        counted.sort(["rows", "first"], descending=[True, False])
        .group_by("key", maintain_order=True)
        .agg(usual=pl.col("value").first(), example=pl.col("first").first())
    )
    other = known.join(usual, on="key", how="left").filter(pl.col("value") != pl.col("usual")).sort("sid")
    asked, failed = np.zeros(count, bool), np.zeros(count, bool)
    asked[known["sid"].to_numpy()] = True
    failed[other["sid"].to_numpy()] = True

    def explain(sids: IntArray) -> pl.DataFrame:
        rows = pl.DataFrame({"sid": pl.Series(sids, dtype=pl.Int32)}).join(other, on="sid", how="left").sort("sid")
        return finding_rows(
            sids,
            "not_determined",
            found=rows["value"],
            expected=rows["usual"],
            related=[[example] for example in rows["example"]],
            values=pl.select(pl.struct(key=rows["key"]).struct.json_encode().alias("values"))["values"],
        )

    return Outcome(failed, explain, asked=asked)
