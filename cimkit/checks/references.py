"""references: a value of each selected subject is the key of some other subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from cimkit.checks.contract import Context, Lookup, Outcome, Settled, finding_rows, outcome_of_lookup
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge", "lookup", "settled"]


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """Subjects without a value are not asked. where: whose keys count; to: the operand that is the key. elsewhere: the
    keys may lie in another source, so a source without any of those subjects is not asked."""
    found = lookup(context, selected, options)
    if found.held is None and not options.get("elsewhere"):
        found = found._replace(held=pl.DataFrame(schema={"key": pl.String}))
    return outcome_of_lookup(found, settled, options, len(selected))


def lookup(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Lookup:
    """asking: sid, key; held: key."""
    operand = context.operand(options.get("attribute") or options["property"])
    sids, texts = np.zeros(0, np.int32), pl.Series([], dtype=pl.String)
    if operand is not None:
        column, has = operand
        rows = np.flatnonzero((selected & has)[column.sid]).astype(np.int32)
        sids, texts = column.sid[rows], column.texts(rows)
    asking = pl.DataFrame([pl.Series("sid", sids, dtype=pl.Int32), texts.alias("key")])
    among = context.holds(options["where"]) if options.get("where") is not None else np.ones(len(selected), bool)
    if not among.any():
        return Lookup(asking, None)
    keys = pl.Series([], dtype=pl.String)
    target = context.operand(options["to"])
    if target is not None:
        key_column, _ = target
        keys = key_column.texts(np.flatnonzero(among[key_column.sid]).astype(np.int32)).unique()
    return Lookup(asking, pl.DataFrame([keys.alias("key")]))


def settled(asking: pl.DataFrame, held: Sequence[pl.DataFrame], options: Mapping[str, Any]) -> Settled:
    """A key that none of the tables holds is a reference to nothing."""
    keys = pl.concat([each["key"] for each in held])
    missed = asking.filter(~asking["key"].is_in(keys.implode())).unique("sid", keep="first", maintain_order=True)
    return Settled(asking["sid"], finding_rows(missed["sid"].to_numpy(), "reference_missing", found=missed["key"]))
