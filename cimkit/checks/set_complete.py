"""set_complete: each group of rows has every member of a set (a station its eight points, a year its eight goals)."""

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
    """of: what tells one group from another; property: which member a row is; values: the set, each member with its
    spellings separated by `|`. The finding stands at the group's first row and names what is missing."""
    count = len(selected)
    members = [tuple(spelling.strip() for spelling in member.split("|")) for member in options["values"]]
    names = [f"key{place}" for place in range(len(options["of"]))]
    keys = {name: texts_of(context, each, count) for name, each in zip(names, options["of"], strict=True)}
    frame = pl.DataFrame(
        {"sid": np.arange(count, dtype=np.int32), "member": texts_of(context, options["property"], count), **keys}
    )
    groups = (
        frame.filter(pl.Series(selected))
        .drop_nulls([*names, "member"])
        .group_by(names, maintain_order=True)
        .agg(pl.col("sid").first(), pl.col("member").unique())
    )
    missing = {
        sid: [spellings[0] for spellings in members if not set(spellings) & set(there)]
        for sid, there in groups.select("sid", "member").iter_rows()
    }
    asked, failed = np.zeros(count, bool), np.zeros(count, bool)
    asked[list(missing)] = True
    failed[[sid for sid, lacking in missing.items() if lacking]] = True
    whole = frame.select(pl.concat_str([pl.col(name) for name in names], separator=" + ")).to_series()

    def explain(sids: IntArray) -> pl.DataFrame:
        lacking = [", ".join(missing[sid]) for sid in sids.tolist()]
        return finding_rows(sids, "set_incomplete", found=whole.gather(sids), expected=lacking)

    return Outcome(failed, explain, asked=asked)
