"""One run: sources in, a report out. Everything it needs is handed in; it keeps nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

from msgspec.structs import replace

from cimkit import __version__
from cimkit.report.model import PackSummary, Report, Result, SourceSummary, Verdict
from cimkit.report.summary import judged, pack_verdict, report_verdict, source_verdict
from cimkit.rules.model import Pack
from cimkit.run.across import AcrossRun
from cimkit.run.assemble import SourceJudgements, assemble
from cimkit.run.ids_notes import with_notes
from cimkit.run.looking import Across, Look, Looked, Noter, Plan, fault_told
from cimkit.run.looks import CancelledError, Progress, looks
from cimkit.run.lookups import Lookups
from cimkit.sources.limits import Depth, Limits
from cimkit.sources.source import Source

if TYPE_CHECKING:
    from cimkit.report.views import Map
    from cimkit.report.views import Plan as StoreyPlan
    from cimkit.run.cache import AnswerCache
    from cimkit.run.crews import Crew

__all__ = ["Across", "CancelledError", "Concluding", "Plan", "Progress", "run"]


class Concluding(Across, Protocol):
    """Someone who makes further sources of what the others hold: `facts_of` has their facts."""

    @property
    def sources(self) -> Sequence[Source]:
        """Those sources, the last of the run."""

    def noter(self) -> Noter:
        """Who notes what must be known of the others."""

    def heed(self, source: Source, looked: Looked) -> None:
        """Called with what each source said, in the order of the sources."""


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
    concluding: Concluding | None = None,
    crew: Crew | None = None,
    cache: AnswerCache | None = None,
) -> Report:
    """Check every source against the plan. A source that can't be read is in the report with its sentence, and the
    others are checked; a fault of cimkit itself is listed as an internal error, and its source has no verdict.

    across: who compares the sources while they are looked at; concluding: who makes further sources of what all of them
    hold. crew: who looks at the sources, this process unless one is given; cache: where answers are kept.
    Raises CancelledError when `cancel()` becomes true.
    """
    limits = limits or Limits()
    noter = concluding.noter() if concluding is not None else None
    look = Look(plan, lang, limits, pictures, across, noter, several=len(sources) > 1)
    summaries: list[SourceSummary] = []
    told: list[SourceJudgements] = []
    faults: list[Mapping[str, Any]] = []
    pairs = AcrossRun(plan.missing_parameters)
    lookups = Lookups()
    views: list[StoreyPlan | Map] = []
    every = chain(
        looks(look, sources, crew, cache, progress=progress, cancel=cancel),
        _concluded(Look(plan, lang, limits), concluding, len(sources)),
    )
    sources = [*sources, *(concluding.sources if concluding is not None else ())]
    for source, looked in zip(sources, every, strict=True):
        if concluding is not None:
            concluding.heed(source, looked)
        summaries.append(looked.summary)
        if looked.told is not None:
            told.append(looked.told)
        faults += looked.faults
        pairs.join(looked.pairs)
        lookups.join(looked.lookups)
        views += looked.views
    if progress is not None:
        progress("report", len(sources), len(sources))
    told = lookups.settled(plan.rules, told)
    told += pairs.judged()
    views += pairs.maps.views() if pictures else []
    faults += [fault_told(fault, sources[index], code) for fault, index, code in pairs.faults]
    results, subjects = assemble(plan.rules, told, len(sources))
    for index in {each.index for each in told} if results else ():
        summaries[index].verdict = source_verdict(results, index)
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
        settings=plan.settings if limits.depth is Depth.FULL else {**plan.settings, "depth": str(limits.depth)},
        skipped=list(plan.skipped),
        internal_errors=faults,
        views=views,
    )
    report.verdict = report_verdict(report)
    return report


def _concluded(look: Look, concluding: Concluding | None, first: int) -> Iterator[Looked]:
    """The sources that are made of the others, looked at once those were. first: their place in the run."""
    if concluding is not None:
        look = replace(look, across=concluding)
        for index, source in enumerate(concluding.sources, start=first):
            yield look((index, source))


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
