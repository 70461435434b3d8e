"""One run: sources in, a report out. Everything it needs is handed in; it keeps nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from cimkit import __version__
from cimkit.errors import CimkitError, SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.model import Facts
from cimkit.report.model import PackSummary, Report, Result, Skipped, SourceSummary, Verdict
from cimkit.report.summary import judged, pack_verdict, report_verdict, worst
from cimkit.report.views import Plan as StoreyPlan
from cimkit.rules.model import Pack, Rule
from cimkit.run.across import AcrossRun
from cimkit.run.assemble import SourceJudgements, assemble
from cimkit.run.engine import judge_rules, may_speak_of
from cimkit.run.ids_notes import with_notes
from cimkit.run.plan import demand_of
from cimkit.run.reading import read_facts
from cimkit.sources.formats import READ_WHOLE
from cimkit.sources.limits import Limits
from cimkit.sources.source import Source

__all__ = ["Across", "CancelledError", "Plan", "Progress", "run"]

#: progress(step, done, total): step is `read`, `judge` or `report`; done of total sources.
Progress = Callable[[str, int, int], None]


class Across(Protocol):
    """Someone who compares the sources of a run with each other, and may bring a source of their own."""

    def demand(self, source: Source, schema: IfcSchema | None) -> Demand:
        """What it needs to know of a source besides what the rules ask."""

    def take(self, source: Source, facts: Facts) -> None:
        """Called once a source is judged; it keeps what it needs, and no facts."""

    def facts_of(self, source: Source, demand: Demand) -> Facts | None:
        """The facts of a source that it makes itself, of all that it took so far; None: a reader has them."""


class CancelledError(CimkitError):
    """The caller asked the run to stop."""

    exit_status = 3

    def __init__(self) -> None:
        super().__init__("run.cancelled")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked, of everything. rules: in the order of the report; ids: the IDS files they may come from."""

    rules: Sequence[Rule]
    packs: Sequence[Pack] = ()
    skipped: Sequence[Skipped] = ()
    missing_parameters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stage: tuple[str, str] = ("", "default")
    parameters: Mapping[str, Any] = field(default_factory=dict)
    adoption: Sequence[Mapping[str, Any]] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    ids: Sequence[Mapping[str, Any]] = ()
    ids_versions: Mapping[str, Sequence[Sequence[str]]] = field(
        default_factory=dict
    )  # path -> those of each specification
    formats: Mapping[str, frozenset[str]] = field(default_factory=dict)  # pack id -> formats it speaks of; absent: all


def run(
    sources: Sequence[Source],
    plan: Plan,
    *,
    lang: str = "zh",
    limits: Limits | None = None,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
    pictures: bool = False,
    across: Across | None = None,
) -> Report:
    """Check every source against the plan. A source that can't be read is in the report with its sentence, and the
    others are checked; a fault of cimkit itself is listed as an internal error, and its source has no verdict.

    Raises CancelledError when `cancel()` becomes true.
    """
    limits = limits or Limits()
    summaries: list[SourceSummary] = []
    told: list[SourceJudgements] = []
    faults: list[Mapping[str, Any]] = []
    pairs = AcrossRun(plan.missing_parameters)
    views: list[StoreyPlan] = []
    for index, source in enumerate(sources):
        if cancel is not None and cancel():
            raise CancelledError
        if progress is not None:
            progress("read", index, len(sources))
        summary = SourceSummary(path=source.name, bytes=source.size, format=source.format)
        summaries.append(summary)
        try:
            judgements = _check_source(index, source, plan, limits, summary, pictures, views, faults, across, pairs)
        except SourceError as problem:
            summary.error, summary.error_key = problem.message(lang), problem.key
            summary.verdict = Verdict.BLOCKED
        except CimkitError:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever happens in one source, the others are checked; it is told, never hidden
            faults.append(_told(fault, source, None))
            summary.verdict = Verdict.BLOCKED
        else:
            told.append(judgements)
    if progress is not None:
        progress("report", len(sources), len(sources))
    for compared in pairs.judged():
        told.append(compared)
        of_source = (judgement.verdict for judgement in compared.judgements.values())
        summaries[compared.index].verdict = worst([summaries[compared.index].verdict or Verdict.PASSED, *of_source])
    faults += [_told(fault, sources[index], code) for fault, index, code in pairs.faults]
    results, subjects = assemble(plan.rules, told, len(sources))
    report = Report(
        version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        lang=lang,
        verdict=Verdict.NOT_APPLICABLE,
        stage=plan.stage,
        sources=summaries,
        packs=[_pack_summary(pack, results) for pack in plan.packs],
        results=results,
        subjects=subjects,
        ids=with_notes(plan.ids, plan.ids_versions, summaries, lang),
        parameters=plan.parameters,
        adoption=list(plan.adoption),
        settings=plan.settings,
        skipped=list(plan.skipped),
        internal_errors=faults,
        views=views,
    )
    report.verdict = report_verdict(report)
    return report


def _check_source(
    index: int,
    source: Source,
    plan: Plan,
    limits: Limits,
    summary: SourceSummary,
    pictures: bool,
    views: list[StoreyPlan],
    faults: list[Mapping[str, Any]],
    across: Across | None,
    pairs: AcrossRun,
) -> SourceJudgements:
    if source.error is not None:
        raise source.error
    if source.format in READ_WHOLE:
        source = replace(source, data=source.read(limits))  # read once, for the reader, the digest and the pictures
        summary.bytes = len(source.data or b"")
    rules = [rule for rule in plan.rules if _speaks_of(plan, rule, source.format)]
    alone = [rule for rule in rules if rule.across is None]
    with ThreadPoolExecutor(1) as aside:  # hashing releases the interpreter: it costs no time beside the reading
        digest = aside.submit(source.digest, limits)
        facts = _facts(source, rules, limits, across)
        judgements = judge_rules(facts, alone, missing_parameters=plan.missing_parameters)
        summary.sha256 = digest.result()
    for rule, judgement in zip(alone, judgements, strict=True):
        if judgement.fault is not None:
            faults.append(_told(judgement.fault, source, rule.code))
    told = SourceJudgements.of(index, facts, alone, judgements)
    pairs.take(index, facts, rules)
    if across is not None:
        across.take(source, facts)
    _summarise(summary, facts, [judgement.verdict for judgement in judgements])
    if pictures and source.data is not None:
        from cimkit.run.pictures import plans_of

        plans, reason = plans_of(source.data, facts, told)
        views.extend(plans)
        if reason is not None:
            summary.facts = {**summary.facts, "plans": reason}
    return told


def _facts(source: Source, rules: Sequence[Rule], limits: Limits, across: Across | None) -> Facts:
    rules = [rule for rule in rules if may_speak_of(rule, source.format)]
    if across is None:
        return read_facts(source, limits, lambda schema: demand_of(rules, schema))
    own = across.facts_of(source, demand_of(rules, None))
    if own is not None:
        return own
    return read_facts(source, limits, lambda schema: demand_of(rules, schema) | across.demand(source, schema))


def _speaks_of(plan: Plan, rule: Rule, format: str | None) -> bool:
    formats = plan.formats.get(rule.pack)
    return not formats or format in formats


def _summarise(summary: SourceSummary, facts: Facts, verdicts: Sequence[Verdict]) -> None:
    summary.format = facts.format
    summary.schema = next(iter(facts.datasets["schema"].drop_nulls()), facts.schema.name if facts.schema else None)
    summary.subjects = len(facts)
    summary.verdict = worst(verdicts)
    summary.partial = bool(facts.counts.get("truncated", 0) or facts.counts.get("unreadable_records", 0))
    summary.facts = {
        name: facts.whole[name]
        for name in ("header", "discipline", "georeference", "storeys", "units")
        if name in facts.whole
    }
    summary.kinds = {name[5:]: count for name, count in facts.counts.items() if name.startswith("kind:")}


def _pack_summary(pack: Pack, results: Sequence[Result]) -> PackSummary:
    mine = [result for result in results if result.pack == pack.id]
    evidence: dict[str, int] = {}
    for result in mine:
        evidence[result.evidence] = evidence.get(result.evidence, 0) + 1
    return PackSummary(
        id=pack.id,
        edition=pack.edition,
        sha256=pack.sha256,
        verdict=pack_verdict(mine),
        judged=judged(mine),
        of=len(mine),
        adopted=sum(result.adopted for result in mine),
        evidence=evidence,
        title=pack.title,
        notice=pack.notice,
    )


def _told(fault: Exception, source: Source, code: str | None) -> dict[str, Any]:
    """An internal error as the report lists it, with enough to mend it by."""
    import traceback

    frames = traceback.extract_tb(fault.__traceback__)
    place = next((frame for frame in reversed(frames) if "cimkit" in frame.filename), frames[-1] if frames else None)
    where = f"{place.filename.replace(chr(92), '/').rpartition('cimkit/')[2]}:{place.lineno}" if place else ""
    return {
        "source": source.name,
        "rule": code,
        "kind": type(fault).__name__,
        "message": str(fault)[:500],
        "where": where,
    }
