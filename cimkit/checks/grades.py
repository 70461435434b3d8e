"""grades: the grade of a whole is the worst of its parts, which a further part may lower somewhat.

Made for the safety appraisal of buildings (GB 50292-2015, 9.1): the unit takes the lower grade of foundation and
superstructure; the envelope may lower it by one or two grades, but not below Csu.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
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
    """steps: the grades from best to worst, each with all its spellings, blanks between them ("Asu Au"). result, parts:
    operands. lowering: a part that, where it is worse than the others, may lower the result by up to `by` grades
    (default 2), not below the grade `floor`. Asked: who states the result and all parts in known spellings."""
    count = len(selected)
    steps = [step.split() for step in options["steps"]]
    rank = {unicodedata.normalize("NFKC", spelling): place for place, step in enumerate(steps) for spelling in step}
    result = _ranks(texts_of(context, options["result"], count), rank)
    parts = np.stack([_ranks(texts_of(context, part, count), rank) for part in options["parts"]])
    worst = parts.max(axis=0)
    asked = selected & (result >= 0) & (parts >= 0).all(axis=0)
    lowest = worst.copy()
    if options.get("lowering") is not None:
        lowering = _ranks(texts_of(context, options["lowering"], count), rank)
        floor = rank[str(options["floor"])] if options.get("floor") is not None else len(steps) - 1
        reach = np.minimum(worst + int(options.get("by", 2)), np.maximum(worst, floor))
        lowest = np.where(lowering > worst, reach, worst)
    failed = asked & ((result < worst) | (result > lowest))

    def explain(sids: IntArray) -> pl.DataFrame:
        written = texts_of(context, options["result"], count).gather(sids)
        spans = zip(worst[sids], lowest[sids], strict=True)
        expected = [" | ".join(steps[place][0] for place in range(best, last + 1)) for best, last in spans]
        values = [
            orjson.dumps({"parts": ", ".join(steps[place][-1] for place in parts[:, sid])}).decode() for sid in sids
        ]
        return finding_rows(sids, "grade_wrong", found=written, expected=expected, values=values)

    return Outcome(failed, explain, asked=asked)


def _ranks(texts: pl.Series, rank: Mapping[str, int]) -> IntArray:
    """The place of each grade among the steps, -1 for one that is not known."""
    narrow = texts.str.normalize("NFKC").str.replace_all(r"\s+", "").str.strip_suffix("级")
    ranks: IntArray = narrow.replace_strict(rank, default=-1, return_dtype=pl.Int32).fill_null(-1).to_numpy()
    return ranks
