"""code_name: a name is the one that a code list gives to the code beside it."""

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
    """code, name: operands; list: pairs of code and name. The name may be longer or shorter at its beginning or end
    (`沈阳市和平区` for `和平区`). Subjects that lack either, and codes that the list does not have, are not asked."""
    count = len(selected)
    names = dict(options["list"])
    code = texts_of(context, options["code"], count).str.strip_chars()
    name = texts_of(context, options["name"], count).str.strip_chars().str.replace_all(r"\s+", "")
    known = pl.DataFrame({"code": code}).join(
        pl.DataFrame(
            {"code": list(names), "listed": list(names.values())}, schema={"code": pl.String, "listed": pl.String}
        ),
        on="code",
        how="left",
        maintain_order="left",
    )["listed"]
    asked = selected & known.is_not_null().to_numpy() & name.is_not_null().to_numpy()
    failed = np.zeros(count, bool)
    for sid in np.flatnonzero(asked & (known != name).fill_null(value=False).to_numpy()).tolist():
        failed[sid] = not (known[sid] in name[sid] or name[sid] in known[sid])

    def explain(sids: IntArray) -> pl.DataFrame:
        values = pl.select(pl.struct(code=code.gather(sids)).struct.json_encode().alias("values"))["values"]
        return finding_rows(
            sids, "code_other_name", found=name.gather(sids), expected=known.gather(sids), values=values
        )

    return Outcome(failed, explain, asked=asked)
