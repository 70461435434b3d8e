"""Rules across sources: asked last, of pairs of subjects that lie in one source or two.

Each source leaves behind only the columns that these rules take of it. The pairs of one source's subjects are facts
like any other: what was taken are properties, in sets named after the roles, so that a rule's `must` is an ordinary
condition and every facet and check can be asked of pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from cimkit.facts.columns import Column, IntArray, PropertyColumn, State, Values
from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts, Subjects
from cimkit.rules.across_model import Across
from cimkit.rules.across_reading import PAIR
from cimkit.rules.model import Rule
from cimkit.run.across_maps import Maps
from cimkit.run.across_measures import Taken
from cimkit.run.across_pairs import Pairs, pair_up
from cimkit.run.across_rows import PEOPLE, RoleRows, rows_of_role
from cimkit.run.assemble import SourceJudgements
from cimkit.run.engine import Judgement, judge_rules
from cimkit.run.evaluation import Evaluation

__all__ = ["AcrossRun", "pair_facts"]

_FIELD = frozenset({"field"})


class AcrossRun:
    """The rules across sources of one run, and what its sources left for them so far."""

    def __init__(self, missing_parameters: Mapping[str, Sequence[str]]) -> None:
        self.faults: list[tuple[Exception, int, str]] = []  # faults of cimkit: what, source, code of the rule
        self.maps = Maps()
        self._missing = missing_parameters
        self._rules: dict[tuple[str, str], Rule] = {}
        self._rows: dict[tuple[str, str], tuple[list[RoleRows], list[RoleRows]]] = {}

    def take(self, index: int, facts: Facts, rules: Sequence[Rule]) -> None:
        """Keep what the source numbered `index` contributes to those of these rules that are across sources."""
        asked = [rule for rule in rules if rule.across is not None]
        if not asked:
            return
        evaluation = Evaluation(facts)
        for rule in asked:
            across = _across(rule)
            key = rule.pack, rule.code
            self._rules[key] = rule
            for rows, role in zip(self._rows.setdefault(key, ([], [])), (across.first, across.second), strict=True):
                found = rows_of_role(index, evaluation, across, role)
                if found is not None:
                    rows.append(found)

    def join(self, other: AcrossRun) -> None:
        """Take over what another run of the same rules kept of the sources that follow."""
        self._rules |= other._rules
        for key, (firsts, seconds) in other._rows.items():
            mine = self._rows.setdefault(key, ([], []))
            mine[0].extend(firsts)
            mine[1].extend(seconds)

    @property
    def is_empty(self) -> bool:
        """Whether no source left anything."""
        return not any(firsts or seconds for firsts, seconds in self._rows.values())

    def judged(self) -> list[SourceJudgements]:
        """What the rules say, one entry for each rule and source with subjects of the first role. A rule whose second
        role nobody plays is not asked: what it compares with was not handed in."""
        told = []
        for key, (firsts, seconds) in self._rows.items():
            if seconds:
                told += [self._judge(self._rules[key], first, seconds) for first in firsts]
        return told

    def _judge(self, rule: Rule, first: RoleRows, seconds: Sequence[RoleRows]) -> SourceJudgements:
        across = _across(rule)
        pairs = pair_up(across, first, seconds)
        self.maps.add(across, first, seconds, pairs)
        facts = pair_facts(across, first, seconds, pairs)
        judgement = judge_rules(facts, [replace(rule, across=None)], missing_parameters=self._missing)[0]
        if judgement.fault is not None:
            self.faults.append((judgement.fault, first.source, rule.code))
        judgement = replace(judgement, rows=_with_partners(judgement, pairs))
        return SourceJudgements(
            first.source, {(rule.pack, rule.code): judgement}, _people(judgement, first, seconds, pairs)
        )


def _across(rule: Rule) -> Across:
    assert rule.across is not None
    return rule.across


def pair_facts(across: Across, first: RoleRows, seconds: Sequence[RoleRows], pairs: Pairs) -> Facts:
    """Pairs as facts: one subject each, called by its first."""
    rows = pl.Series(pairs.first, dtype=pl.UInt32)
    columns = [
        _property(across.first.name, name, Taken(taken.text.gather(rows), taken.number[pairs.first]))
        for name, taken in first.taken.items()
    ]
    columns += [_property(across.second.name, name, _of_partners(name, seconds, pairs)) for name in across.second.take]
    matched = pl.Series([by or None for by in pairs.by], dtype=pl.String)
    columns += [
        _property(PAIR, "matched_by", Taken(matched, np.full(len(pairs), np.nan))),
        _property(PAIR, "distance", Taken.numbers(pairs.distance)),
        _property(PAIR, "overlap", Taken.numbers(pairs.overlap)),
    ]
    people = first.people

    def describe(sids: IntArray) -> pl.DataFrame:
        return people.select(pl.all().gather(pl.Series(pairs.first[sids], dtype=pl.UInt32)))

    return Facts(
        format="pairs",
        demand=Demand(kinds=None),
        subjects=Subjects(np.zeros(len(pairs), np.int32), (PAIR,), np.arange(1, len(pairs) + 1, dtype=np.int64)),
        describe=describe,
        properties=tuple(columns),
        whole={"partners": pairs.partners, "again": pairs.again, "roles": (across.first.name, across.second.name)},
    )


def _of_partners(name: str, seconds: Sequence[RoleRows], pairs: Pairs) -> Taken:
    """What the partners have under a name; nothing where there is no partner."""
    text = pl.Series([None], dtype=pl.String).new_from_index(0, len(pairs))
    number = np.full(len(pairs), np.nan)
    for holder, second in enumerate(seconds):
        at = np.flatnonzero(pairs.holder == holder)
        taken = second.taken.get(name)
        if taken is None or not len(at):
            continue
        number[at] = taken.number[pairs.second[at]]
        theirs = taken.text.gather(pl.Series(pairs.second[at], dtype=pl.UInt32))
        text = text.scatter(pl.Series(at, dtype=pl.UInt32), theirs)
    return Taken(text, number)


def _property(role: str, name: str, taken: Taken) -> PropertyColumn:
    count = len(taken.text)
    states = np.where(taken.text.is_null().to_numpy(), State.NULL, State.PRESENT).astype(np.uint8)
    types = pl.Series(["TEXT"], dtype=pl.String).new_from_index(0, count)
    values = Values(taken.text, taken.number, types, states)
    return PropertyColumn(role, name, Column(np.arange(count, dtype=np.int32), None, values), _FIELD)


def _with_partners(judgement: Judgement, pairs: Pairs) -> pl.DataFrame:
    """Findings name the partner as the related element. Partners are numbered behind the pairs."""
    rows = judgement.rows
    count = len(pairs)
    has = [sid is not None and pairs.holder[sid] >= 0 for sid in rows["sid"]]
    related = [[count + sid] if partner else None for sid, partner in zip(rows["sid"].to_list(), has, strict=True)]
    return rows.with_columns(related=pl.Series(related, dtype=pl.List(pl.Int32)))


def _people(judgement: Judgement, first: RoleRows, seconds: Sequence[RoleRows], pairs: Pairs) -> pl.DataFrame:
    """The failing pairs' first subjects under the pairs' numbers, and their partners under those behind them."""
    failing = judgement.rows["sid"].drop_nulls().unique().sort().to_list()
    frames = [_numbered(first, pairs.first[failing].tolist(), failing)] if failing else []
    for holder, second in enumerate(seconds):
        at = [sid for sid in failing if pairs.holder[sid] == holder]
        if at:
            frames.append(_numbered(second, pairs.second[at].tolist(), [len(pairs) + sid for sid in at]))
    schema = {"sid": pl.Int32, "source": pl.Int32, **PEOPLE}
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def _numbered(rows: RoleRows, at: list[int], numbers: list[int]) -> pl.DataFrame:
    return rows.people.select(pl.all().gather(at)).select(
        pl.Series("sid", numbers, dtype=pl.Int32), pl.lit(rows.source, dtype=pl.Int32).alias("source"), *PEOPLE
    )
