"""What one source says when it is looked at by itself: all that the report needs of it, small enough to travel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from cimkit.errors import CimkitError, SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.model import Facts
from cimkit.report.model import Skipped, SourceSummary, Verdict
from cimkit.report.summary import worst
from cimkit.rules.model import Pack, Rule
from cimkit.run.across import AcrossRun
from cimkit.run.assemble import SourceJudgements
from cimkit.run.engine import judge_rules, may_speak_of
from cimkit.run.lookups import Lookups
from cimkit.run.plan import demand_of
from cimkit.run.reading import read_facts
from cimkit.run.streaming import Streamed, judge_streamed, may_stream, must_stream
from cimkit.sources.formats import IFC_FORMATS, NOTED_WHILE_READ, READ_WHOLE
from cimkit.sources.limits import Depth, Limits
from cimkit.sources.source import Source

if TYPE_CHECKING:
    from cimkit.report.views import Plan as StoreyPlan

__all__ = ["Across", "Look", "Looked", "Noter", "Plan", "fault_told"]


#: Formats of sources that are made of the others, and looked at whole.
_MADE = frozenset({"delivery", "project"})


class Across(Protocol):
    """Someone who compares the sources of a run with each other, and may bring a source of their own."""

    def demand(self, source: Source, schema: IfcSchema | None) -> Demand:
        """What it needs to know of a source besides what the rules ask."""

    def take(self, source: Source, facts: Facts) -> None:
        """Called once a source is judged; it keeps what it needs, and no facts."""

    def facts_of(self, source: Source, demand: Callable[[], Demand]) -> Facts | None:
        """The facts of a source that it makes itself, of all that it took so far; None: a reader has them.

        demand: asked only where it makes them."""


class Noter(Protocol):
    """Says of each source, wherever it is looked at, what a source made of all of them needs to know. It can travel."""

    @property
    def key(self) -> str | None:
        """Tells notes of one kind from those of another, where answers are kept; None: notes too large to keep."""

    @property
    def whole(self) -> bool:
        """Whether it needs all features of a source, however large that is."""

    def demand(self, source: Source, schema: IfcSchema | None) -> Demand:
        """What it needs to know of a source besides what the rules ask."""

    def note(self, source: Source, facts: Facts) -> Any:
        """What is to be known of the source, as JSON has it."""


class Plan(Struct, frozen=True):
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


class Looked(Struct):
    """What one source said. told: None where it could not be read; pairs: what it leaves for rules across sources."""

    summary: SourceSummary
    told: SourceJudgements | None
    pairs: AcrossRun
    faults: list[Mapping[str, Any]] = field(default_factory=list)
    views: list[StoreyPlan] = field(default_factory=list)
    note: Any = None  # see Noter
    lookups: Lookups = field(default_factory=Lookups)


class Look(Struct, frozen=True):
    """Looks at one source of a run after the other, or in another process: it holds all that this needs."""

    plan: Plan
    lang: str
    limits: Limits
    pictures: bool = False
    across: Across | None = None
    noter: Noter | None = None
    several: bool = False  # whether there are other sources, in which a table may lie that this one refers to

    def __call__(self, task: tuple[int, Source]) -> Looked:
        """What the source says. One that can't be read, and a fault of cimkit, are in the answer.

        Raises CimkitError for what concerns every source: a broken pack, a cancelled run.
        """
        index, source = task
        looked = Looked(
            SourceSummary(path=source.name, bytes=source.size, format=source.format),
            None,
            AcrossRun(self.plan.missing_parameters),
        )
        summary = looked.summary
        try:
            looked.told = self._look(index, source, looked)
        except SourceError as problem:
            summary.error, summary.error_key = problem.message(self.lang), problem.key
            summary.verdict = Verdict.BLOCKED
        except CimkitError:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever happens in one source, the others are checked; it is told, never hidden
            looked.faults.append(fault_told(fault, source, None))
            summary.verdict = Verdict.BLOCKED
        return looked

    def _look(self, index: int, source: Source, looked: Looked) -> SourceJudgements:
        summary = looked.summary
        if source.error is not None:
            raise source.error
        if source.format in READ_WHOLE:
            # read once, for the reader, the digest and the pictures
            source = replace(source, data=source.read(self.limits))
            summary.bytes = len(source.data or b"")
        rules = [rule for rule in self.plan.rules if _speaks_of(self.plan, rule, source.format)]
        alone = [rule for rule in rules if rule.across is None]
        with ThreadPoolExecutor(1) as aside:  # hashing releases the interpreter: it costs no time beside the reading
            listed = bool(source.parts) and self.limits.depth is not Depth.FULL  # terabytes are not hashed for a sample
            digest = None if listed or source.format in NOTED_WHILE_READ else aside.submit(source.digest, self.limits)
            streamed = self._stream(index, source, rules)
            if streamed is not None:
                facts, judgements = streamed.facts, streamed.judgements
            else:
                facts = _facts(source, rules, self.limits, self.across, self.noter)
                judgements = judge_rules(facts, alone, missing_parameters=self.plan.missing_parameters)
            summary.sha256 = digest.result() if digest is not None else None
            if source.format in NOTED_WHILE_READ and not listed:
                summary.sha256 = source.digest(self.limits)
        faults = ((rule, one.fault) for rule, one in zip(alone, judgements, strict=True) if one.fault is not None)
        looked.faults += [fault_told(fault, source, rule.code) for rule, fault in faults]
        judgements = [replace(judgement, fault=None) for judgement in judgements]  # told; it can't always travel
        told = SourceJudgements.of(index, facts, alone, judgements) if streamed is None else streamed.told
        if self.pictures and source.data is not None and source.format in IFC_FORMATS and len(alone) < len(rules):
            facts = _with_footprint(source.data, facts)
        self._leave(index, source, facts, rules, looked)
        _summarise(summary, facts, [judgement.verdict for judgement in judgements])
        if streamed is not None:
            summary.subjects = streamed.subjects
        if self.limits.depth is not Depth.FULL and source.format not in _MADE:
            summary.facts = {**summary.facts, "depth": _looked_at(source, self.limits)}
        if self.pictures and source.data is not None:
            from cimkit.run.pictures import plans_of

            plans, reason = plans_of(source.data, facts, told)
            looked.views.extend(plans)
            if reason is not None:
                summary.facts = {**summary.facts, "plans": reason}
        return told

    def _leave(self, index: int, source: Source, facts: Facts, rules: Sequence[Rule], looked: Looked) -> None:
        """What the other sources of the run need of this one."""
        looked.pairs.take(index, facts, rules, source.name)
        if self.several:
            looked.lookups.take(index, facts, rules)
        if self.across is not None:
            self.across.take(source, facts)
        if self.noter is not None:
            looked.note = self.noter.note(source, facts)

    def _stream(self, index: int, source: Source, rules: Sequence[Rule]) -> Streamed | None:
        """The answers of a source that is too large to be read at once; None for others, and where other sources want
        its facts."""
        noted_whole = self.noter is not None and self.noter.whole
        wanted_whole = self.across is not None or noted_whole or self.limits.depth is not Depth.FULL
        if wanted_whole or not may_stream(source):
            return None
        with source.on_disk(self.limits) as path:
            if not must_stream(source, path):
                return None
            missing = self.plan.missing_parameters
            alone = [rule for rule in rules if rule.across is None]
            across = [rule for rule in rules if rule.across is not None]
            return judge_streamed(index, path, alone, name=source.name, missing_parameters=missing, across=across)


def _with_footprint(data: bytes, facts: Facts) -> Facts:
    """The facts with the model's footprint, for rules that compare it with layers and for the map."""
    from cimkit.run.footprints import footprint_of

    footprint = footprint_of(data, facts)
    return facts if footprint is None else replace(facts, whole={**facts.whole, "footprint": footprint})


def _looked_at(source: Source, limits: Limits) -> dict[str, Any]:
    """How much of a source was looked at, and what stands for its digest where it was not hashed."""
    told: dict[str, Any] = {"depth": str(limits.depth)}
    if source.parts:
        told["listing"] = source.listing()
        told["looked"] = sum(limits.looks_at(part, len(source.parts)) for part in source.parts)
        told["of"] = len(source.parts)
    return told


def _shallow(demand: Demand) -> Demand:
    """What is demanded of structure alone: no feature, no geometry."""
    return replace(
        demand,
        kinds=frozenset(),
        named_kinds=frozenset(),
        properties=frozenset(),
        attributes=frozenset(),
        geometry=False,
    )


def _facts(source: Source, rules: Sequence[Rule], limits: Limits, across: Across | None, noter: Noter | None) -> Facts:
    rules = [rule for rule in rules if may_speak_of(rule, source.format)]
    own = across.facts_of(source, lambda: demand_of(rules, None)) if across is not None else None
    if own is not None:
        return own

    def demand(schema: IfcSchema | None) -> Demand:
        others = (each.demand(source, schema) for each in (across, noter) if each is not None)
        wanted = Demand.of([demand_of(rules, schema), *others])
        return _shallow(wanted) if limits.depth is Depth.STRUCTURE else wanted

    facts = read_facts(source, limits, demand)
    if limits.depth is not Depth.FULL:
        facts = replace(facts, whole={**facts.whole, "depth": str(limits.depth)})
    return facts


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
        for name in ("header", "discipline", "georeference", "storeys", "units", "textures", "looked_at")
        if name in facts.whole
    }
    summary.kinds = {name[5:]: count for name, count in facts.counts.items() if name.startswith("kind:")}


def fault_told(fault: Exception, source: Source, code: str | None) -> dict[str, Any]:
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
