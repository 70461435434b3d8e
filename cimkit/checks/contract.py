"""What a named check is: two functions in a file of its own.

    def demand(options) -> Demand                                   what it needs to know of a source
    def judge(context, selected, options) -> Outcome                its answer for all selected subjects at once

A check that looks rows of another table up has two more, `lookup` and `settled`, so that the table may be another
source (`cimkit.run.lookups`).

Conditions inside the options are demanded by the planner; `demand` names only what the check needs besides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import polars as pl

from cimkit.facts.columns import BoolArray, Column, IntArray
from cimkit.facts.model import Facts

if TYPE_CHECKING:
    from polars.datatypes import DataTypeClass

__all__ = [
    "FINDING_ROWS",
    "Context",
    "Lookup",
    "Outcome",
    "Settled",
    "finding_rows",
    "no_rows",
    "of_source",
    "outcome_of_lookup",
    "whole_finding",
]

#: What a check says of its failing subjects. `reason` is a key of the locale files' findings.yaml.
FINDING_ROWS: dict[str, pl.DataType | DataTypeClass] = {
    "sid": pl.Int32,  # null: the source as a whole
    "locator": pl.String,  # null: the subject's own
    "reason": pl.String,
    "found": pl.String,
    "expected": pl.String,
    "related": pl.List(pl.Int32),  # sids of the second element, the cause
    "values": pl.String,  # JSON object of further values for the sentence
}


def finding_rows(sid: IntArray | Sequence[int | None], reason: Any, **columns: Any) -> pl.DataFrame:
    """A frame of findings. Every column is one value for all rows, or a list or series with one value each.

    columns: those of FINDING_ROWS besides `sid` and `reason`; what is left out is null.
    """
    given = {"sid": sid, "reason": reason, **columns}
    return pl.DataFrame([_series(name, dtype, given.get(name), len(sid)) for name, dtype in FINDING_ROWS.items()])


def _series(name: str, dtype: pl.DataType | DataTypeClass, value: Any, count: int) -> pl.Series:
    if isinstance(value, pl.Series):
        return value.alias(name) if value.dtype == dtype else value.cast(dtype).alias(name)
    if isinstance(value, list | np.ndarray):
        return pl.Series(name, value, dtype=dtype)
    return pl.Series(name, [value], dtype=dtype).new_from_index(0, count)


@lru_cache(maxsize=1)
def no_rows() -> pl.DataFrame:
    """No finding. One frame for all, which nobody changes."""
    return pl.DataFrame(schema=FINDING_ROWS)


class Outcome(NamedTuple):
    """A check's answer.

    failed   which subjects fail (n)
    asked    of which subjects the question could be asked (n); None: of all selected. Nobody asked: not applicable
    explain  sids (ascending) -> a frame of FINDING_ROWS; called only for subjects that failed
    whole    findings about the source as a whole, a frame of FINDING_ROWS; None where the check is about each subject
    looked   for checks about the whole source: was there anything to look at
    """

    failed: BoolArray
    explain: Callable[[IntArray], pl.DataFrame]
    asked: BoolArray | None = None
    whole: pl.DataFrame | None = None
    looked: bool = True


class Lookup(NamedTuple):
    """What a source has of a question that may be answered by another table, perhaps in another source.

    asking  sid, and columns of the check's own: what is looked up
    held    what can be looked up in this source; None: it has nothing of that table
    """

    asking: pl.DataFrame
    held: pl.DataFrame | None


class Settled(NamedTuple):
    """asked: the subjects that could be answered; rows: FINDING_ROWS of those that fail, ascending."""

    asked: pl.Series
    rows: pl.DataFrame


#: settled(asking, what each table holds, options)
Settle = Callable[[pl.DataFrame, Sequence[pl.DataFrame], Mapping[str, Any]], Settled]


def outcome_of_lookup(found: Lookup, settle: Settle, options: Mapping[str, Any], count: int) -> Outcome:
    """The outcome where a source is asked alone (count: number of its subjects): nobody is asked where it has nothing
    of the other table."""
    failed, asked = np.zeros(count, bool), np.zeros(count, bool)
    if found.held is None:
        return Outcome(failed, lambda _: no_rows(), asked=asked)
    answer = settle(found.asking, [found.held], options)
    asked[answer.asked.to_numpy()] = True
    failed[answer.rows["sid"].to_numpy()] = True
    return Outcome(failed, lambda sids: answer.rows.filter(pl.col("sid").is_in(sids.tolist())), asked=asked)


def of_source(count: int, findings: pl.DataFrame, *, looked: bool = True) -> Outcome:
    """The outcome of a check about the source as a whole (count: number of subjects)."""
    return Outcome(np.zeros(count, bool), lambda _: no_rows(), whole=findings, looked=looked)


def whole_finding(reason: str, **columns: Any) -> pl.DataFrame:
    """One finding about the source as a whole."""
    return finding_rows([None], reason, **columns)


class Context(Protocol):
    """What the engine lends a check."""

    @property
    def facts(self) -> Facts: ...
    def remember(self, key: Any, make: Callable[[], Any]) -> Any:
        """`make()`, called once for a key in a run over a source: what several rules share."""

    def holds(self, condition: Any) -> BoolArray:
        """Which subjects meet a condition (n)."""

    def describe(self, condition: Any) -> str:
        """A condition in a few characters, for `expected`."""

    def operand(self, operand: Any) -> tuple[Column, BoolArray] | None:
        """The column that an operand (an Attribute or Property condition) names, one present row a subject, and which
        subjects have it (n). None: the source has no such column."""


Judge = Callable[[Context, BoolArray, Mapping[str, Any]], Outcome]
