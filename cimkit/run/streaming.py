"""Sources with more features than memory holds: rules about one feature batch by batch, the others by their keys.

A rule is asked of each batch where its answer about a feature needs no other feature; counts are summed, and of the
findings the first are kept. Rules across features (unique, references, sums, overlaps) are asked once, of facts that
hold only the columns that they need.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from cimkit.checks.table import CHECKS
from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts
from cimkit.report.model import Verdict
from cimkit.report.summary import worst
from cimkit.rules.conditions import All, AnyOf, Check, Condition, Not
from cimkit.rules.model import Rule
from cimkit.run.assemble import SourceJudgements
from cimkit.run.engine import Judgement, judge_rules, may_speak_of
from cimkit.run.evaluation import conditions_in
from cimkit.run.plan import demand_of
from cimkit.sources.source import Source

__all__ = ["BATCH_ROWS", "Streamed", "is_about_one", "judge_streamed", "may_stream", "must_stream"]

#: From so many features on a source is read in batches, and so many make one.
STREAM_FROM = 2_000_000
BATCH_ROWS = 250_000
#: No feature takes fewer bytes of a file.
_LEAST_BYTES = 20
#: Findings of a rule that are kept; all are counted.
KEPT_FINDINGS = 100_000

#: Checks whose answer about a feature needs no other feature.
_ABOUT_ONE = frozenset(
    {
        "adds_up", "agree", "code_name", "compare", "dates_in_order", "field", "nested_code", "placed", "quotient",
        "shape_valid", "valid_code", "within",
    }
)  # fmt: skip
#: Defects that are found feature by feature.
_DEFECTS_OF_ROWS = frozenset({"gpkg_geometry", "gpkg_value", "layer_not_read", "layer_note"})


def is_about_one(rule: Rule) -> bool:
    """Whether the rule's answer about a feature needs no other feature."""
    if rule.across is not None or rule.occurs is not None:
        return False
    parts = [part for part in (rule.where, rule.must) if part is not None]
    return bool(parts) and all(_is_about_one(part) for part in parts)


def _is_about_one(condition: Condition) -> bool:
    match condition:
        case All(of) | AnyOf(of):
            return all(_is_about_one(part) for part in of)
        case Not(of):
            return _is_about_one(of)
        case Check("no_defect", options):
            return _DEFECTS_OF_ROWS.issuperset(options["kind"])
        case Check(name, options):
            return name in _ABOUT_ONE and all(_is_about_one(part) for part in conditions_in(options))
        case _:
            return True


def _is_of_source(rule: Rule) -> bool:
    return isinstance(rule.must, Check) and CHECKS[rule.must.name].of_source


def must_stream(source: Source, path: Path) -> bool:
    """Whether a source has more features than are read at once. Raises SourceError."""
    from cimkit.readers.vector.geopackage import count_features

    return count_features(path, source.name) >= STREAM_FROM


def may_stream(source: Source) -> bool:
    """Whether a source is of a kind, and large enough, to be worth looking how many features it has."""
    return source.format == "geopackage" and (source.size or 0) >= STREAM_FROM * _LEAST_BYTES


class Streamed(Struct):
    """What the rules said. facts: of the source as a whole; subjects: features in all."""

    facts: Facts
    subjects: int
    judgements: list[Judgement]
    told: SourceJudgements


class _Sum(Struct):
    """One rule's judgements of the batches so far."""

    of_source: bool
    parts: list[Judgement] = field(default_factory=list)
    kept: int = 0
    failed: int = 0

    def add(self, judgement: Judgement) -> Judgement:
        """The judgement with only as many findings as are still kept."""
        if self.of_source or judgement.rows["sid"].is_not_null().any():
            self.failed += judgement.failed
        room = max(0, KEPT_FINDINGS - self.kept)
        if judgement.rows.height > room:
            judgement = replace(judgement, rows=judgement.rows.head(room))
        self.kept += judgement.rows.height
        self.parts.append(judgement)
        return judgement

    def total(self) -> Judgement:
        """All of them as one. What several batches said of the source as a whole is said once."""
        verdict = worst(part.verdict for part in self.parts) if self.parts else Verdict.NOT_APPLICABLE
        speaking = next((part for part in self.parts if part.verdict is verdict), Judgement(verdict))
        rows = pl.concat([part.rows for part in self.parts]) if self.parts else speaking.rows
        of_source = rows.filter(pl.col("sid").is_null()).unique(maintain_order=True)
        return replace(
            speaking,
            applicable=sum(part.applicable for part in self.parts),
            failed=max(self.failed, of_source.height),
            rows=pl.concat([of_source, rows.filter(pl.col("sid").is_not_null())]),
        )


def judge_streamed(
    index: int,
    path: Path,
    rules: Sequence[Rule],
    *,
    name: str,
    missing_parameters: Mapping[str, Sequence[str]],
    across: Sequence[Rule] = (),
) -> Streamed:
    """The judgements of all rules, in their order, of a GeoPackage that is read in batches. Raises SourceError.

    across: rules across sources, which are judged later: `facts` hold the columns that they take of this one.
    """
    from cimkit.readers.vector.geopackage import read_geopackage

    about_one = [rule for rule in rules if is_about_one(rule)]
    others = [rule for rule in rules if not is_about_one(rule)]
    sums = {id(rule): _Sum(_is_of_source(rule)) for rule in about_one}
    people: list[pl.DataFrame] = []
    first = 0
    for facts in _batches(path, _demand(about_one), name):
        judged = judge_rules(facts, about_one, missing_parameters=missing_parameters)
        kept = [sums[id(rule)].add(one) for rule, one in zip(about_one, judged, strict=True)]
        told = SourceJudgements.of(index, facts, about_one, kept)
        people.append(told.people.with_columns(pl.col("sid") + first))
        for rule, one in zip(about_one, kept, strict=True):
            sums[id(rule)].parts[-1] = replace(one, rows=_moved(one.rows, first))
        first += len(facts)
    whole = read_geopackage(path, _demand([*others, *across]), name=name)
    judged = judge_rules(whole, others, missing_parameters=missing_parameters)
    told = SourceJudgements.of(index, whole, others, judged)
    people.append(told.people.with_columns(pl.col("sid") + first))
    by_rule: dict[int, Judgement] = {key: each.total() for key, each in sums.items()}
    by_rule |= {id(rule): replace(one, rows=_moved(one.rows, first)) for rule, one in zip(others, judged, strict=True)}
    judgements = [by_rule[id(rule)] for rule in rules]
    keyed = {(rule.pack, rule.code): replace(by_rule[id(rule)], fault=None) for rule in rules}
    return Streamed(whole, first, judgements, SourceJudgements(index, keyed, pl.concat(people)))


def _demand(rules: Sequence[Rule]) -> Demand:
    return demand_of([rule for rule in rules if may_speak_of(rule, "geopackage")], None)


def _batches(path: Path, demand: Demand, name: str) -> Iterator[Facts]:
    from cimkit.readers.vector.geopackage import read_geopackage, windows_of

    for window in windows_of(path, name, BATCH_ROWS):
        yield read_geopackage(path, demand, name=name, window=window)


def _moved(rows: pl.DataFrame, by: int) -> pl.DataFrame:
    """Findings whose subjects are counted from another place on."""
    moved: Any = pl.col("related").list.eval(pl.element() + by)
    return rows.with_columns(pl.col("sid") + by, moved)
