"""compare: two numbers of a subject, or a number and a bound, stand in an order."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand
from cimkit.facts.spelt_numbers import with_spelt_numbers

if TYPE_CHECKING:
    import polars as pl

__all__ = ["demand", "judge", "numbers_of"]

_ORDERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing besides its operands."""
    return Demand()


def numbers_of(context: Context, operand: Any, count: int) -> npt.NDArray[np.float64]:
    """The number of each subject (n), NaN where it has none; a plain number is everybody's. Tables may spell theirs."""
    if isinstance(operand, int | float):
        return np.full(count, float(operand))
    numbers = np.full(count, np.nan)
    found = context.operand(operand)
    if found is not None:
        column, _ = found
        values = column.values if context.facts.schema is not None else with_spelt_numbers(column.values)
        numbers[column.sid] = values.number
    return numbers


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """op: < <= > >= = !=, with an absolute tolerance (default 0) that never makes a subject fail. Subjects that lack
    either number are not asked."""
    count = len(selected)
    left, right = (numbers_of(context, options[side], count) for side in ("left", "right"))
    asked = selected & np.isfinite(left) & np.isfinite(right)
    slack = float(options.get("tolerance", 0.0))
    op = str(options["op"])
    close = np.abs(left - right) <= slack + 1e-12 * np.maximum(np.abs(left), np.abs(right))
    if op == "=":
        good = close
    elif op == "!=":
        good = ~close
    else:
        good = _ORDERS[op](left, right) | (close if slack or "=" in op else np.zeros(count, bool))
    failed = asked & ~good

    def explain(sids: IntArray) -> pl.DataFrame:
        found = [f"{number:.12g}" for number in left[sids]]
        expected = [f"{op} {number:.12g}" for number in right[sids]]
        return finding_rows(sids, "compare_wrong", found=found, expected=expected, values=_names(context, options))

    return Outcome(failed, explain, asked=asked)


def _names(context: Context, options: Mapping[str, Any]) -> str:
    import orjson

    return orjson.dumps({side: _name(context, options[side]) for side in ("left", "right")}).decode()


def _name(context: Context, operand: Any) -> str:
    return f"{operand:g}" if isinstance(operand, int | float) else context.describe(operand)
