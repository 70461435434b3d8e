"""Judgements of several sources put together into the results of one report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct
from msgspec.structs import asdict

from cimkit.facts.model import Facts
from cimkit.report.model import FINDINGS, SUBJECTS, FindingTable, Result, Verdict
from cimkit.report.summary import worst
from cimkit.rules.model import Rule
from cimkit.run.engine import Judgement

__all__ = ["SourceJudgements", "assemble"]


class SourceJudgements(Struct, frozen=True):
    """What the rules said of one source, and who its failing subjects are (a frame of SUBJECTS with their sid). Rules
    across sources come as entries of their own, whose people may lie in other sources."""

    index: int
    judgements: Mapping[tuple[str, str], Judgement]  # by pack and code: two IDS files both have an IDS-001
    people: pl.DataFrame

    @classmethod
    def of(cls, index: int, facts: Facts, rules: Sequence[Rule], judgements: Sequence[Judgement]) -> SourceJudgements:
        """Describe the failing subjects while the source is still at hand."""
        found = [judgement.rows.select("sid", "related") for judgement in judgements if judgement.rows.height]
        failing = _spoken_of(pl.concat(found, how="vertical_relaxed")) if found else np.zeros(0, np.int32)
        described = facts.describe(failing) if len(failing) else pl.DataFrame(schema=SUBJECTS).drop("source")
        people = described.select(
            pl.Series("sid", failing, dtype=pl.Int32),
            pl.lit(index, dtype=pl.Int32).alias("source"),
            *(pl.col(name).cast(dtype) for name, dtype in SUBJECTS.items() if name != "source"),
        )
        by_rule = {(rule.pack, rule.code): judgement for rule, judgement in zip(rules, judgements, strict=True)}
        return cls(index, by_rule, people)


def assemble(
    rules: Sequence[Rule], sources: Sequence[SourceJudgements], count: int
) -> tuple[list[Result], pl.DataFrame]:
    """Results in the order of the rules, and the subject table that their findings point into.

    count: number of sources of the run, unread ones included.
    """
    frames = [source.people for source in sources]
    people = pl.concat(frames) if frames else pl.DataFrame(schema={"sid": pl.Int32, **SUBJECTS})
    people = people.with_row_index("subject").with_columns(pl.col("subject").cast(pl.Int64))
    ends = accumulate(source.people.height for source in sources)
    rows_of = {
        id(source): people[end - source.people.height : end].select("sid", "subject")
        for source, end in zip(sources, ends, strict=True)
    }
    findings = {id(source): _findings(source, rows_of[id(source)]) for source in sources}
    results = [_result(rule, sources, findings, count) for rule in rules]
    return results, people.select(list(SUBJECTS))


def _spoken_of(rows: pl.DataFrame) -> npt.NDArray[np.int32]:
    """The subjects that findings are about or name besides, ascending."""
    sids = rows["sid"].drop_nulls()
    related = rows["related"].drop_nulls()
    if len(related):
        sids = pl.concat([sids, related.explode().drop_nulls().cast(pl.Int32)])
    return np.unique(sids.to_numpy()).astype(np.int32)


def _findings(source: SourceJudgements, people: pl.DataFrame) -> dict[tuple[str, str], pl.DataFrame]:
    """The findings of each rule that found something in a source, pointing into the subject table.

    people: sid and row of the table, for every subject. All rules are looked up at once: there are hundreds of them.
    """
    found = {key: judgement.rows for key, judgement in source.judgements.items() if judgement.rows.height}
    if not found:
        return {}
    pointed = _pointing(pl.concat(list(found.values()), how="vertical_relaxed"), source.index, people)
    ends = accumulate(rows.height for rows in found.values())
    return {key: pointed[end - rows.height : end] for (key, rows), end in zip(found.items(), ends, strict=True)}


def _result(
    rule: Rule,
    sources: Sequence[SourceJudgements],
    findings: Mapping[int, Mapping[tuple[str, str], pl.DataFrame]],
    count: int,
) -> Result:
    key = rule.pack, rule.code
    asked = [(source, source.judgements[key]) for source in sources if key in source.judgements]
    by_source = [(Verdict.NOT_APPLICABLE, 0, 0)] * count
    frames = []
    for source, judgement in asked:
        by_source[source.index] = (judgement.verdict, judgement.applicable, judgement.failed)
        if judgement.rows.height:
            frames.append(findings[id(source)][key])
    verdict = worst(judgement.verdict for _, judgement in asked)
    speaking = next((judgement for _, judgement in asked if judgement.verdict is verdict and judgement.reason), None)
    return Result(
        code=rule.code,
        name=rule.name,
        pack=rule.pack,
        verdict=verdict,
        severity=str(rule.severity),
        evidence=str(rule.evidence),
        title=rule.title,
        message=rule.message,
        why=rule.why,
        fix=rule.fix,
        cites=[_cite(cite) for cite in rule.cites],
        quality=rule.quality,
        adopted=rule.adopted,
        gate=str(rule.gate),
        applicable=sum(judgement.applicable for _, judgement in asked),
        failed=sum(judgement.failed for _, judgement in asked),
        findings=FindingTable(pl.concat(frames) if frames else _no_findings()),
        reason=speaking.reason if speaking else None,
        reason_values=speaking.reason_values if speaking else {},
        by_source=by_source,
    )


@lru_cache(maxsize=1)
def _no_findings() -> pl.DataFrame:
    return pl.DataFrame(schema=FINDINGS)


@lru_cache(maxsize=16_384)
def _cite(cite: Any) -> dict[str, Any]:
    """What a rule cites, as the report has it; one mapping for all reports of a process, which nobody changes."""
    return {name: value for name, value in asdict(cite).items() if value is not None}


def _pointing(rows: pl.DataFrame, source: int, people: pl.DataFrame) -> pl.DataFrame:
    """Findings of one source, their sids turned into rows of the subject table."""
    pointed = rows.join(people, on="sid", how="left", maintain_order="left")
    return pointed.select(
        subject=pl.col("subject"),
        source=pl.lit(source, dtype=pl.Int32),
        locator=pl.col("locator"),
        reason=pl.col("reason"),
        found=pl.col("found"),
        expected=pl.col("expected"),
        related=_related(rows["related"], people),
        values=pl.col("values"),
        state=pl.lit(None, dtype=pl.String),
    )


def _related(sids: pl.Series, people: pl.DataFrame) -> pl.Series:
    """The further subjects of each finding as rows of the subject table."""
    dtype = pl.List(pl.Int64)
    if sids.null_count() == len(sids):
        return pl.Series([None], dtype=dtype).new_from_index(0, len(sids))
    subject_of = dict(zip(people["sid"], people["subject"], strict=True))
    rows = [None if each is None else [subject_of[sid] for sid in each] for each in sids]
    return pl.Series(rows, dtype=dtype)
