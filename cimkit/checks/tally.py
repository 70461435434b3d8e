"""tally: what a row states as a number or sum of others is what those others come to.

A neighbourhood states 12 buildings: so many rows of the layer of buildings name it. A station states its heated area:
that of its users adds up to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.compare import numbers_of
from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.checks.series import texts_of
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands and the rows counted."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """key, total: of the row that states; rows: what is counted, by: whose key each names, value: what is summed (none:
    the rows themselves), same: what both have alike besides (a period). tolerance: absolute, default 0.005. Not asked:
    where the source has none of these rows at all (they lie elsewhere), and a sum some of whose rows lack the number.
    """
    count = len(selected)
    among = context.holds(options["rows"])
    total = numbers_of(context, options["total"], count)
    value = numbers_of(context, options["value"], count) if options.get("value") is not None else np.ones(count)
    alike = {f"same{place}": texts_of(context, each, count) for place, each in enumerate(options.get("same", ()))}
    keys = pl.DataFrame({"key": texts_of(context, options["key"], count), **alike})
    counted = (
        pl.DataFrame({"key": texts_of(context, options["by"], count), **alike, "value": value})
        .filter(pl.Series(among))
        .group_by(keys.columns)
        .agg(pl.col("value").sum(), known=pl.col("value").is_finite().all())
    )
    stated = keys.join(counted, on=keys.columns, how="left", maintain_order="left")
    sums = stated["value"].fill_null(0.0).to_numpy()
    known = stated["known"].fill_null(value=True).to_numpy()
    keyed = keys.select(pl.all_horizontal(pl.all().is_not_null())).to_series().to_numpy()
    asked = selected & keyed & np.isfinite(total) & known & bool(among.any())
    slack = float(options.get("tolerance", 0.005)) + 1e-9 * np.abs(np.nan_to_num(total))
    failed = asked & ~(np.abs(sums - total) <= slack)

    def explain(sids: IntArray) -> pl.DataFrame:
        return finding_rows(
            sids,
            "tally_wrong",
            found=[f"{number:.12g}" for number in sums[sids]],
            expected=[f"{number:.12g}" for number in total[sids]],
        )

    return Outcome(failed, explain, asked=asked)
