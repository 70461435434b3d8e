"""Rules that look rows up in another table, where that table is another source of the run: a CSV file beside another.

Each source leaves behind what it asks and what it holds. A rule is judged in each source by itself; where others hold
something of the table, what the source could not answer, or answered with no, is asked of all of them together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from cimkit.checks.contract import FINDING_ROWS, Lookup, Settled, no_rows
from cimkit.checks.table import CHECKS
from cimkit.facts.columns import BoolArray
from cimkit.facts.model import Facts
from cimkit.report.model import SUBJECTS, Verdict
from cimkit.rules.conditions import All, Check
from cimkit.rules.model import Rule
from cimkit.run.assemble import SourceJudgements
from cimkit.run.engine import Judgement
from cimkit.run.evaluation import Evaluation
from cimkit.sources.formats import IFC_FORMATS

__all__ = ["Left", "Lookups"]

Key = tuple[str, str]  # pack and code of a rule
_PEOPLE = {"sid": pl.Int32, **SUBJECTS}
#: Types of the columns that sources leave; the others are texts.
_TYPES = {**_PEOPLE, "total": pl.Float64, "value": pl.Float64, "known": pl.Boolean}
#: Verdicts of a source asked alone that another source may change.
_OPEN = frozenset({Verdict.PASSED, Verdict.FAILED, Verdict.NOT_APPLICABLE})


class Left(Struct, frozen=True):
    """What one source leaves for one rule. parts: one for each check that the rule consists of; people: who asks, a
    frame of SUBJECTS with their sid; complete: the source holds something for each part, so that all of its subjects
    were asked, and only those that failed ask again."""

    parts: Sequence[Lookup]
    people: pl.DataFrame
    complete: bool


class Lookups(Struct):
    """What the sources of a run left so far, by rule and index of the source."""

    left: dict[Key, dict[int, Left]] = field(default_factory=dict)

    def take(self, index: int, facts: Facts, rules: Sequence[Rule]) -> None:
        """Keep what the source numbered `index` asks and holds."""
        asked = [(rule, checks) for rule in rules if (checks := _lookups(rule))]
        if not asked or facts.format in IFC_FORMATS:
            return
        evaluation = Evaluation(facts)
        for rule, checks in asked:
            found = _left(index, evaluation, evaluation.holds(rule.where), checks)
            if found is not None:
                self.left.setdefault((rule.pack, rule.code), {})[index] = found

    def join(self, other: Lookups) -> None:
        """Take over what other sources left."""
        for key, left in other.left.items():
            self.left.setdefault(key, {}).update(left)

    def told(self) -> list[dict[str, Any]]:
        """All of it as JSON has it."""
        return [
            {
                "rule": key,
                "parts": [[_columns(part.asking), _columns(part.held)] for part in each.parts],
                "people": _columns(each.people),
                "complete": each.complete,
            }
            for key, left in self.left.items()
            for each in left.values()
        ]

    @classmethod
    def of_told(cls, told: Sequence[Mapping[str, Any]], index: int) -> Lookups:
        """What `told` has said of one source, which is now numbered `index`."""
        lookups = cls()
        for each in told:
            parts = [Lookup(_frame(asking), None if held is None else _frame(held)) for asking, held in each["parts"]]
            people = _frame(each["people"]).with_columns(pl.lit(index, dtype=pl.Int32).alias("source"))
            left = Left(parts, people.select(list(_PEOPLE)), bool(each["complete"]))
            lookups.left[str(each["rule"][0]), str(each["rule"][1])] = {index: left}
        return lookups

    def settled(self, rules: Sequence[Rule], told: Sequence[SourceJudgements]) -> list[SourceJudgements]:
        """What the sources were told, with the answers that need more than one of them in place of their own."""
        changed: dict[int, dict[Key, Judgement]] = {}
        people: dict[int, list[pl.DataFrame]] = {}
        alone = {each.index: each for each in told}
        for rule in rules:
            key = rule.pack, rule.code
            for index, left in self._asked_again(key, alone).items():
                held = [
                    [part.held for each in self.left[key].values() if (part := each.parts[place]).held is not None]
                    for place in range(len(left.parts))
                ]
                judgement = _judge(_lookups(rule), left, held, alone[index].judgements[key])
                changed.setdefault(index, {})[key] = judgement
                people.setdefault(index, []).append(left.people)
        kept = [_without(each, changed.get(each.index, {})) for each in told]
        return kept + [
            SourceJudgements(index, judgements, pl.concat(people[index]).unique("sid", maintain_order=True))
            for index, judgements in changed.items()
        ]

    def _asked_again(self, key: Key, alone: Mapping[int, SourceJudgements]) -> dict[int, Left]:
        """The sources that ask something of which another holds something. None where one that holds something could
        not be judged: nobody knows what it would have said."""
        left = self.left.get(key, {})
        holders = {index for index, each in left.items() if any(part.held is not None for part in each.parts)}
        open_ = {index for index in left if key in (one := alone[index].judgements) and one[key].verdict in _OPEN}
        if not holders <= open_:
            return {}
        return {
            index: each
            for index, each in left.items()
            if index in open_ and holders - {index} and any(part.asking.height for part in each.parts)
        }


def _columns(frame: pl.DataFrame | None) -> dict[str, Any] | None:
    return None if frame is None else frame.to_dict(as_series=False)


def _frame(columns: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema={name: _TYPES.get(name, pl.String) for name in columns})


def _lookups(rule: Rule) -> tuple[Check, ...]:
    """The checks that a rule consists of, where each looks up what may lie elsewhere; none for other rules."""
    if rule.across is not None or rule.occurs is not None or rule.where is None:
        return ()
    parts = rule.must.of if isinstance(rule.must, All) else (rule.must,)
    checks = tuple(part for part in parts if isinstance(part, Check) and _looks_elsewhere(part))
    return checks if len(checks) == len(parts) else ()


def _looks_elsewhere(check: Check) -> bool:
    return check.name == "tally" or (check.name == "references" and bool(check.options.get("elsewhere")))


def _module(check: Check) -> Any:
    return import_module(f"cimkit.checks.{CHECKS[check.name].module}")


def _left(index: int, evaluation: Evaluation, selected: BoolArray, checks: Sequence[Check]) -> Left | None:
    parts: list[Lookup] = [_module(check).lookup(evaluation, selected, check.options) for check in checks]
    complete = all(part.held is not None for part in parts)
    if complete:
        parts = [_failing(check, part) for check, part in zip(checks, parts, strict=True)]
    asking = pl.concat([part.asking["sid"] for part in parts]).unique().sort().to_numpy()
    if not len(asking) and all(part.held is None for part in parts):
        return None
    described = evaluation.facts.describe(asking.astype(np.int32)) if len(asking) else pl.DataFrame(schema=SUBJECTS)
    told = described.with_columns(
        pl.Series("sid", asking, dtype=pl.Int32), pl.lit(index, dtype=pl.Int32).alias("source")
    )
    return Left(parts, told.select(pl.col(name).cast(dtype) for name, dtype in _PEOPLE.items()), complete)


def _failing(check: Check, part: Lookup) -> Lookup:
    answer: Settled = _module(check).settled(part.asking, [part.held], check.options)
    return part._replace(asking=part.asking.filter(pl.col("sid").is_in(answer.rows["sid"].implode())))


def _judge(checks: Sequence[Check], left: Left, held: Sequence[Sequence[Any]], alone: Judgement) -> Judgement:
    answers: list[Settled] = [
        _module(check).settled(part.asking, tables, check.options)
        for check, part, tables in zip(checks, left.parts, held, strict=True)
        if tables
    ]
    rows = pl.concat([no_rows(), *(answer.rows.cast(FINDING_ROWS) for answer in answers)])  # type: ignore[arg-type]
    rows = rows.sort("sid", maintain_order=True)
    asked = pl.concat([answer.asked for answer in answers]).n_unique()
    applicable = alone.applicable if left.complete else asked
    if rows.height:
        return Judgement(Verdict.FAILED, applicable, rows["sid"].n_unique(), rows)
    return Judgement(Verdict.PASSED if applicable else Verdict.NOT_APPLICABLE, applicable)


def _without(told: SourceJudgements, changed: Mapping[Key, Judgement]) -> SourceJudgements:
    """The judgements of a source that still stand. Their people stay: findings point at rows of them."""
    if not changed:
        return told
    return replace(told, judgements={key: one for key, one in told.judgements.items() if key not in changed})
