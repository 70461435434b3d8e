"""Conditions asked of one source's facts: masks over all subjects, each distinct question asked once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec.structs import replace

from cimkit.checks.contract import Outcome, finding_rows, no_rows
from cimkit.facts.columns import BoolArray, Column, IntArray
from cimkit.facts.model import Facts
from cimkit.rules.conditions import (
    All,
    AnyOf,
    Attribute,
    Cardinality,
    Check,
    Condition,
    Not,
    Property,
)

if TYPE_CHECKING:
    from cimkit.checks.contract import Judge

__all__ = ["Evaluation"]


class Evaluation:
    """One run over one source. It holds what was asked so far and nothing else; threads each make their own."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._masks: dict[Any, npt.NDArray[np.uint8]] = {}  # a bit a subject: hundreds of questions of a million
        self._memory: dict[Any, Any] = {}

    def remember(self, key: Any, make: Any) -> Any:
        """`make()`, called once for a key: facets keep here what several questions share."""
        if key not in self._memory:
            self._memory[key] = make()
        return self._memory[key]

    def remember_mask(self, key: Any, make: Callable[[], BoolArray]) -> BoolArray:
        """The same for a mask over all subjects; the answer is the caller's own, to change as it likes."""
        packed = self._masks.get(key)
        if packed is None:
            mask = make()
            self._masks[key] = np.packbits(mask)
            return mask.copy()
        return np.unpackbits(packed, count=len(self.facts)).view(bool)

    def holds(self, condition: Condition | None) -> BoolArray:
        """Which subjects meet a condition (n); None: all."""
        if condition is None:
            return np.ones(len(self.facts), bool)
        if isinstance(condition, Check):
            outcome = self._judge_check(condition, np.ones(len(self.facts), bool))
            return ~outcome.failed if outcome.asked is None else outcome.asked & ~outcome.failed
        return self.remember_mask(condition, lambda: self._compute(condition))

    def _compute(self, condition: Condition) -> BoolArray:
        from cimkit.run.facets import FACETS

        match condition:
            case All(of):
                result = np.ones(len(self.facts), bool)
                for part in of:
                    if not result.any():  # of kinds that the source does not have nothing more is asked
                        break
                    result &= self.holds(part)
                return result
            case AnyOf(of):
                result = np.zeros(len(self.facts), bool)
                for part in of:
                    result |= self.holds(part)
                return result
            case Not(of):
                return ~self.holds(of)
            case _:
                mask: BoolArray = FACETS[type(condition)].holds(condition, self)
                return mask

    def judge(self, condition: Condition, selected: BoolArray) -> Outcome:
        """Which of the selected subjects do not meet a requirement, and how to say why."""
        match condition:
            case Check():
                return self._judge_check(condition, selected)
            case All(of):
                return _together([self.judge(part, selected) for part in of], selected)
            case AnyOf(of):
                alternatives = of
                return Outcome(selected & ~self.holds(condition), lambda sids: self._explain_any(alternatives, sids))
            case Not(of):
                return self._judge_not(of, selected)
            case _:
                return Outcome(selected & ~self.holds(condition), lambda sids: self._explain_facet(condition, sids))

    def _judge_not(self, condition: Condition, selected: BoolArray) -> Outcome:
        prohibited = _prohibit(condition)
        if prohibited is not None:
            return self.judge(prohibited, selected)
        return Outcome(selected & self.holds(condition), lambda sids: finding_rows(sids, "condition_not_met"))

    def _judge_check(self, check: Check, selected: BoolArray) -> Outcome:
        from cimkit.checks.table import CHECKS

        judge: Judge = import_module(f"cimkit.checks.{CHECKS[check.name].module}").judge
        return judge(self, selected, check.options)

    def _explain_facet(self, facet: Condition, sids: IntArray) -> pl.DataFrame:
        from cimkit.run.facets import FACETS

        rows: pl.DataFrame = FACETS[type(facet)].explain(facet, self, sids)
        return rows

    def _explain_any(self, alternatives: tuple[Condition, ...], sids: IntArray) -> pl.DataFrame:
        """One finding a subject: what the first alternative lacks, with all of them as expectation."""
        expected = " | ".join(self.describe(part) for part in alternatives)
        first = self.judge(alternatives[0], np.isin(np.arange(len(self.facts)), sids)).explain(sids)
        found = first.unique("sid", keep="first", maintain_order=True).select("sid", "found")
        listed = pl.DataFrame({"sid": pl.Series(sids, dtype=pl.Int32)}).join(found, on="sid", how="left")
        return finding_rows(sids, "any_not_met", found=listed["found"], expected=expected)

    def describe(self, condition: Any) -> str:
        """See `checks.contract.Context.describe`."""
        from cimkit.rules.wording import describe_condition

        return describe_condition(condition)

    def operand(self, operand: Any) -> tuple[Column, BoolArray] | None:
        """See `checks.contract.Context.operand`."""
        key = ("operand", operand)
        if key not in self._memory:
            self._memory[key] = self._find_operand(operand)
        found: tuple[Column, BoolArray] | None = self._memory[key]
        return found

    def _find_operand(self, operand: Attribute | Property) -> tuple[Column, BoolArray] | None:
        from cimkit.run.facets import attribute, property

        columns = (
            attribute.columns(operand, self)
            if isinstance(operand, Attribute)
            else property.present_columns(operand, self)
        )
        columns = [column for column in columns if len(column.sid)]
        if not columns:
            return None
        if len(columns) == 1 and _is_plain(columns[0]):
            has = np.zeros(len(self.facts), bool)
            has[columns[0].sid] = True
            return columns[0], has
        sids, texts, numbers, datatypes = [], [], [], []
        for column in columns:
            rows = np.flatnonzero(column.present())
            sids.append(column.sid[rows])
            texts.append(column.texts(rows))
            numbers.append(column.spread(column.values.number)[rows])
            datatypes.append(column.spread_datatypes(rows))
        sid = np.concatenate(sids)
        # the first carrier wins, as the rule lists them
        first = np.unique(sid, return_index=True)[1]
        from cimkit.facts.columns import Values

        merged = Column(
            sid=sid[first].astype(np.int32),
            code=None,
            values=Values(
                text=pl.concat(texts).gather(first),
                number=np.concatenate(numbers)[first],
                datatype=pl.concat(datatypes).gather(first),
                state=np.zeros(len(first), np.uint8),
            ),
        )
        has = np.zeros(len(self.facts), bool)
        has[merged.sid] = True
        return merged, has


def _is_plain(column: Column) -> bool:
    """Whether each row has a value of its own, and each subject one row: the field of a layer, most often."""
    plain = column.code is None and column.role is None and column.owner is None
    return plain and not column.values.state.any() and bool((np.diff(column.sid) > 0).all())


def _prohibit(condition: Condition) -> Condition | None:
    """The facet that asks for the opposite, where there is one."""
    facet: Any = condition
    if getattr(facet, "cardinality", None) is not Cardinality.REQUIRED:
        return None
    prohibited: Condition = replace(facet, cardinality=Cardinality.PROHIBITED)
    return prohibited


def _together(outcomes: list[Outcome], selected: BoolArray) -> Outcome:
    """Several requirements at once: a subject fails if it fails one; each failing one is a finding."""
    if len(outcomes) == 1:
        return outcomes[0]
    failed = np.zeros(len(selected), bool)
    asked = np.zeros(len(selected), bool)
    for outcome in outcomes:
        failed |= outcome.failed
        asked |= selected if outcome.asked is None else outcome.asked

    def explain(sids: IntArray) -> pl.DataFrame:
        frames = [outcome.explain(part) for outcome in outcomes if len(part := sids[outcome.failed[sids]])]
        return pl.concat(frames).sort("sid", maintain_order=True) if frames else no_rows()

    whole = [outcome.whole for outcome in outcomes if outcome.whole is not None]
    return Outcome(
        failed,
        explain,
        asked=asked,
        whole=pl.concat(whole) if whole else None,
        looked=any(outcome.looked for outcome in outcomes),
    )


def conditions_in(value: Any) -> list[Condition]:
    """All conditions inside a check's options, at any depth."""
    if isinstance(value, Mapping):
        return [found for part in value.values() for found in conditions_in(part)]
    if isinstance(value, list | tuple):
        return [found for part in value for found in conditions_in(part)]
    if type(value).__module__ == "cimkit.rules.conditions" and not isinstance(value, Cardinality):
        return [value]
    return []
