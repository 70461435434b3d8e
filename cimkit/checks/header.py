"""header: a field of the file's header is filled, or has an allowed value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import polars as pl

from cimkit.checks.contract import Context, Outcome, no_rows, of_source, whole_finding
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing: every reader gives the header."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """Not applicable where the source has no header at all."""
    header = context.facts.whole.get("header")
    count = len(context.facts)
    if not isinstance(header, Mapping):
        return of_source(count, no_rows(), looked=False)
    field = str(options["field"])
    content = header.get(field)
    texts = [str(text) for text in content] if isinstance(content, list | tuple) else [str(content or "")]
    filled = [text for text in texts if text.strip()]
    value = options.get("value")
    values = orjson.dumps({"field": field}).decode()
    if not filled:
        return of_source(count, whole_finding("header_missing", values=values))
    if value is not None and not value.accepts_text(pl.Series(filled, dtype=pl.String)).any():
        finding = whole_finding(
            "header_wrong_value", found=" | ".join(filled), expected=value.describe(), values=values
        )
        return of_source(count, finding)
    return of_source(count, no_rows())
