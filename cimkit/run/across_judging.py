"""A rule across sources asked of the pairs of one source's subjects.

The pairs are facts like any other: what was taken of the sources are properties, in sets named after the roles, so
that a rule's `must` is an ordinary condition and every facet and check can be asked of pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from msgspec.structs import replace

from cimkit.facts.columns import Column, IntArray, PropertyColumn, State, Values
from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts, Subjects
from cimkit.rules.across_model import PAIR, Across
from cimkit.rules.model import Rule
from cimkit.run.across_maps import Maps
from cimkit.run.across_measures import Taken
from cimkit.run.across_pairs import Pairs, pair_up
from cimkit.run.across_rows import PEOPLE, RoleRows
from cimkit.run.assemble import SourceJudgements
from cimkit.run.engine import Judgement, judge_rules

__all__ = ["judge_pairs", "pair_facts"]

_FIELD = frozenset({"field"})


def judge_pairs(
    rule: Rule,
    first: RoleRows,
    seconds: Sequence[RoleRows],
    missing_parameters: Mapping[str, Sequence[str]],
    maps: Maps,
) -> tuple[SourceJudgements, Exception | None]:
    """What the rule says of the pairs of `first` with `seconds`, and a fault of cimkit while it was asked. The pairs
    are drawn into `maps`."""
    assert rule.across is not None
    pairs = pair_up(rule.across, first, seconds)
    maps.add(rule.across, first, seconds, pairs)
    facts = pair_facts(rule.across, first, seconds, pairs)
    judgement = judge_rules(facts, [replace(rule, across=None)], missing_parameters=missing_parameters)[0]
    told = replace(judgement, rows=_with_partners(judgement, pairs), fault=None)
    people = _people(told, first, seconds, pairs)
    return SourceJudgements(first.source, {(rule.pack, rule.code): told}, people), judgement.fault


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
