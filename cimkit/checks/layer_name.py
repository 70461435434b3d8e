"""layer_name: layers are called as they should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from cimkit.checks.contract import Context, Outcome, finding_rows, of_source
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing: a reader always tells of its layers."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """value: what a name may be, tried in capitals; among: which layers are asked (default: all). One finding a layer,
    empty ones too. Not applicable where a source has no such layers."""
    told = context.facts.whole.get("layers")
    names = [str(each["name"]) for each in told] if isinstance(told, list) else []
    upper = pl.Series([name.upper() for name in names], dtype=pl.String)
    among = options.get("among")
    asked = among.accepts_text(upper) if among is not None else upper.is_not_null().to_numpy()
    good = options["value"].accepts_text(upper)
    wrong = [name for name, one, right in zip(names, asked, good, strict=True) if one and not right]
    findings = finding_rows(
        [None] * len(wrong), "layer_misnamed", locator=wrong, found=wrong, expected=options["value"].describe()
    )
    return of_source(len(selected), findings, looked=bool(asked.any()))
