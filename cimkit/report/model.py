"""The report and what it is made of. It knows no source and no rule: all it says, it holds.

Findings stay columns (`FindingTable`) until someone reads one; a report of a hundred thousand findings is a few
frames, not a hundred thousand objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, overload

import polars as pl

if TYPE_CHECKING:
    from polars.datatypes import DataTypeClass

__all__ = [
    "FINDINGS",
    "SUBJECTS",
    "Finding",
    "FindingTable",
    "PackSummary",
    "Report",
    "Result",
    "Skipped",
    "SourceSummary",
    "Subject",
    "Verdict",
]


class Verdict(StrEnum):
    """The five verdicts, and no other."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not-applicable"
    MANUAL = "manual"
    BLOCKED = "blocked"


#: Columns of `FindingTable.rows`.
FINDINGS: dict[str, pl.DataType | DataTypeClass] = {
    "subject": pl.Int64,  # row of the report's subject table, null: the source as a whole
    "source": pl.Int32,  # index into Report.sources
    "locator": pl.String,  # where, if it is not the subject's own locator (a line, a defect)
    "reason": pl.String,  # key of the sentence in the locale files' findings.yaml
    "found": pl.String,
    "expected": pl.String,
    "related": pl.List(pl.Int64),  # rows of the subject table: the second element, the cause
    "values": pl.String,  # JSON object of further values for the sentence, null: none
    "state": pl.String,  # null open, "waived" or "baselined"
}
#: Columns of `Report.subjects`, the things that findings speak of.
SUBJECTS: dict[str, pl.DataType | DataTypeClass] = {
    "source": pl.Int32,
    "kind": pl.String,
    "id": pl.String,
    "name": pl.String,
    "tag": pl.String,
    "type": pl.String,
    "storey": pl.String,
    "locator": pl.String,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a finding speaks of. id: GlobalId or a feature's key; locator: where a person finds it (`#1234`)."""

    kind: str | None
    id: str | None
    name: str | None
    tag: str | None
    type: str | None
    storey: str | None
    locator: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, read out of the columns."""

    subject: Subject | None
    related: tuple[Subject, ...]
    reason: str
    found: str | None
    expected: str | None
    locator: str | None
    source: str
    values: Mapping[str, Any]
    state: str | None
    message: str  # in the report's language


class FindingTable(Sequence[Finding]):
    """The findings of one result as columns, read as a sequence. Ordered by source, then row of the subject."""

    __slots__ = ("_report", "_result", "rows")

    def __init__(self, rows: pl.DataFrame) -> None:
        self.rows = rows
        self._report: Report | None = None
        self._result: Result | None = None

    def bind(self, report: Report, result: Result) -> None:
        """Called once by the report that takes the result in: names and sentences come from there."""
        self._report, self._result = report, result

    def __len__(self) -> int:
        return self.rows.height

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Finding]: ...
    def __getitem__(self, index: int | slice) -> Finding | Sequence[Finding]:
        if isinstance(index, slice):
            return list(self._read(self.rows[index]))
        return next(self._read(self.rows[index]))

    def __iter__(self) -> Iterator[Finding]:
        return self._read(self.rows)

    def _read(self, rows: pl.DataFrame) -> Iterator[Finding]:
        from cimkit.report.reading import read_findings

        assert self._report is not None, "findings are read through their report"
        assert self._result is not None
        return read_findings(self._report, self._result, rows)


@dataclass
class Result:
    """What one rule, or one IDS specification, said of all sources."""

    code: str
    name: str
    pack: str  # pack id, or "ids:<file name>"
    verdict: Verdict
    severity: str
    evidence: str
    title: Mapping[str, str]
    message: Mapping[str, str]
    why: Mapping[str, str]
    fix: Mapping[str, str]
    cites: Sequence[Mapping[str, Any]]
    quality: str | None
    adopted: bool
    gate: str
    applicable: int
    failed: int
    findings: FindingTable
    waived: int = 0
    baselined: int = 0
    reason: str | None = None  # why it is manual, blocked or failed without findings: key of locales/…/results.yaml
    reason_values: Mapping[str, Any] = field(default_factory=dict)
    by_source: Sequence[tuple[Verdict, int, int]] = ()  # verdict, applicable, failed for each source

    def __repr__(self) -> str:
        return f"<Result {self.code} {self.verdict}: {self.severity}, {self.failed} of {self.applicable} failed>"


@dataclass
class SourceSummary:
    """One source of the run. error: the sentence, already in the report's language, when it could not be read."""

    path: str
    sha256: str | None = None
    bytes: int | None = None
    format: str | None = None
    schema: str | None = None
    subjects: int | None = None
    verdict: Verdict | None = None
    error: str | None = None
    error_key: str | None = None
    partial: bool = False  # a readable part was judged, the rest was lost
    facts: Mapping[str, Any] = field(default_factory=dict)  # header, discipline, phase counts: what a reader may show
    kinds: Mapping[str, int] = field(default_factory=dict)  # subjects by kind


@dataclass
class PackSummary:
    """One pack's share. judged of of: rules that gave passed or failed, of all that could be asked at this stage."""

    id: str
    edition: str
    sha256: str
    verdict: Verdict
    judged: int
    of: int
    adopted: int
    evidence: Mapping[str, int]
    title: Mapping[str, str] = field(default_factory=dict)
    notice: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A rule that was not asked, and why: deselected, draft, removed, stage, edition, discipline, schema."""

    code: str
    reason: str


@dataclass
class Report:
    """The whole answer. `created` apart, the same input, packs and settings give the same report."""

    version: str
    created: str
    lang: str
    verdict: Verdict
    stage: tuple[str, str]  # value, decided by: option, settings, source, default
    sources: list[SourceSummary]
    packs: list[PackSummary]
    results: list[Result]
    subjects: pl.DataFrame
    ids: list[Mapping[str, Any]] = field(default_factory=list)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    adoption: list[Mapping[str, Any]] = field(default_factory=list)
    settings: Mapping[str, Any] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    internal_errors: list[Mapping[str, Any]] = field(default_factory=list)
    views: list[Any] = field(default_factory=list)  # plans, boxes: attached by run for formats that ask for them
    waivers: list[Mapping[str, Any]] = field(default_factory=list)  # as given, with `state` and the number they met
    signoffs: list[Mapping[str, Any]] = field(default_factory=list)  # as given, with `state`
    baseline: Mapping[str, Any] | None = None  # the earlier report whose findings count as known
    project: Mapping[str, Any] | None = None  # of a renewal project: who it is, what is missing, wrong, to be signed

    def __post_init__(self) -> None:
        for result in self.results:
            result.findings.bind(self, result)

    def __repr__(self) -> str:
        """What a notebook shows: the tables are for `results` and `to_dict`."""
        from cimkit.report.summary import count

        told = ", ".join(f"{number} {severity}" for severity, number in count(self).findings.items())
        return f"<Report {self.verdict}: {told}; {len(self.sources)} sources, {len(self.results)} rules>"

    def ok(self, fail_on: str = "error") -> bool:
        """Whether no open finding is at or over `fail_on` (error, warning, info, never) and every source was read."""
        from cimkit.report.summary import is_ok

        return is_ok(self, fail_on)

    def write(self, format: str, path: str, *, max_findings: int = 1000) -> None:
        """Write one of the formats of `cimkit.report.formats`. Raises UsageError for an unknown format or a path that
        can't be written. max_findings caps what text, html, markdown, docx and bcf show; totals stay exact."""
        from cimkit.report.formats import write

        write(self, format, path, max_findings=max_findings)

    def to_dict(self) -> dict[str, Any]:
        """The JSON report, version 1."""
        from cimkit.report.formats.json import to_dict

        return to_dict(self)
