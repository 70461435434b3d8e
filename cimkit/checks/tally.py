"""tally: what a row states as a number or sum of others is what those others come to.

A neighbourhood states 12 buildings: so many rows of the layer of buildings name it. A station states its heated area:
that of its users adds up to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.compare import numbers_of
from cimkit.checks.contract import Context, Lookup, Outcome, Settled, finding_rows, outcome_of_lookup
from cimkit.checks.series import texts_of
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge", "lookup", "settled"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands and the rows counted."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """key, total: of the row that states; rows: what is counted, by: whose key each names, value: what is summed (none:
    the rows themselves), same: what both have alike besides (a period). tolerance: absolute, default 0.005. Not asked:
    where the source has none of these rows at all (they lie elsewhere), and a sum some of whose rows lack the number.
    """
    return outcome_of_lookup(lookup(context, selected, options), settled, options, len(selected))


def lookup(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Lookup:
    """asking: sid, total and the keys of each row that states; held: sum (value) of each key, and whether all of its
    rows have the number (known)."""
    count = len(selected)
    among = context.holds(options["rows"])
    total = numbers_of(context, options["total"], count)
    alike = {f"same{place}": texts_of(context, each, count) for place, each in enumerate(options.get("same", ()))}
    keys = pl.DataFrame({"key": texts_of(context, options["key"], count), **alike})
    asking = (
        keys.with_columns(pl.Series("sid", np.arange(count, dtype=np.int32)), pl.Series("total", total))
        .filter(pl.Series(selected & np.isfinite(total)))
        .drop_nulls(keys.columns)
    )
    if not among.any():
        return Lookup(asking, None)
    value = numbers_of(context, options["value"], count) if options.get("value") is not None else np.ones(count)
    counted = pl.DataFrame({"key": texts_of(context, options["by"], count), **alike, "value": value})
    sums = pl.col("value").sum(), pl.col("value").is_finite().all().alias("known")
    return Lookup(asking, counted.filter(pl.Series(among)).group_by(keys.columns, maintain_order=True).agg(sums))


def settled(asking: pl.DataFrame, held: Sequence[pl.DataFrame], options: Mapping[str, Any]) -> Settled:
    """Rows of several tables add up, or are the same rows twice (a workbook and a layer of it): what one of them alone
    comes to is as good."""
    keys = [name for name in asking.columns if name not in ("sid", "total")]
    numbered = pl.concat([each.with_columns(holder=pl.lit(place)) for place, each in enumerate(held)])
    slack = float(options.get("tolerance", 0.005)) + 1e-9 * pl.col("total").abs()
    answers = (
        asking.join(numbered, on=keys, how="left", maintain_order="left")
        .group_by("sid", "total", maintain_order=True)
        .agg(
            sum=pl.col("value").sum(),
            known=pl.col("known").all(),
            one=((pl.col("value") - pl.col("total")).abs() <= slack).any(),
        )
        .filter("known")
    )
    wrong = answers.filter(~(((pl.col("sum") - pl.col("total")).abs() <= slack) | pl.col("one").fill_null(value=False)))
    rows = finding_rows(
        wrong["sid"].to_numpy(),
        "tally_wrong",
        found=[f"{number:.12g}" for number in wrong["sum"]],
        expected=[f"{number:.12g}" for number in wrong["total"]],
    )
    return Settled(answers["sid"], rows)
