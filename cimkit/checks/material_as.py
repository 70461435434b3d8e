"""material_as: how a thing has its material: in layers, which give its thickness, or with a profile, its section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

if TYPE_CHECKING:
    import polars as pl

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """The materials."""
    return Demand(materials=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """role: one of the roles of `facts.model.MATERIALS`, or several (`layer`, `profile`); any of them will do."""
    materials = context.facts.materials
    has = np.zeros(len(selected), bool)
    has[materials.filter(materials["role"].is_in(list(options["role"])))["sid"].to_numpy()] = True

    def explain(sids: IntArray) -> pl.DataFrame:
        return finding_rows(sids, "material_missing")

    return Outcome(selected & ~has, explain)
