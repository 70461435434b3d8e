"""once: a combination of values occurs once (a city and a year, a station and a moment)."""

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
    """of: the operands that together occur once. Subjects that lack one of them are not asked; the first of equal ones
    is no finding, the others are."""
    count = len(selected)
    names = [f"key{place}" for place in range(len(options["of"]))]
    keys = {name: texts_of(context, each, count) for name, each in zip(names, options["of"], strict=True)}
    frame = pl.DataFrame({"sid": np.arange(count, dtype=np.int32), **keys})
    known = frame.filter(pl.Series(selected)).drop_nulls(names)
    told = known.with_columns(
        first=pl.col("sid").first().over(names), found=pl.concat_str([pl.col(name) for name in names], separator=" + ")
    )
    again = told.filter(pl.col("sid") != pl.col("first"))
    asked, failed = np.zeros(count, bool), np.zeros(count, bool)
    asked[known["sid"].to_numpy()] = True
    failed[again["sid"].to_numpy()] = True

    def explain(sids: IntArray) -> pl.DataFrame:
        rows = pl.DataFrame({"sid": pl.Series(sids, dtype=pl.Int32)}).join(again, on="sid", how="left").sort("sid")
        return finding_rows(sids, "not_once", found=rows["found"], related=[[first] for first in rows["first"]])

    return Outcome(failed, explain, asked=asked)
