"""What the whole says: verdicts of packs and report, the number of open findings, the exit status.

Each function is pure and reads only the report. The orders below are the product's promise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from msgspec import Struct

from cimkit.errors import UsageError
from cimkit.report.model import PackSummary, Report, Result, SourceSummary, Verdict

__all__ = [
    "FAIL_ON",
    "SEVERITIES",
    "WORST_FIRST",
    "Counts",
    "count",
    "exit_status",
    "findings_of",
    "ids_verdict",
    "is_ok",
    "judged",
    "open_findings",
    "pack_verdict",
    "report_verdict",
    "source_verdict",
    "summarised",
    "worst",
]

#: Severities, worst first.
SEVERITIES = ("error", "warning", "info")
#: What `--fail-on` may say: the mildest severity that still fails.
FAIL_ON = (*SEVERITIES, "never")
#: Of several verdicts, the first of these that occurs speaks for all.
WORST_FIRST = (Verdict.FAILED, Verdict.BLOCKED, Verdict.MANUAL, Verdict.PASSED, Verdict.NOT_APPLICABLE)
_JUDGED = frozenset({Verdict.PASSED, Verdict.FAILED})
_WEAK_EVIDENCE = frozenset({"practice", "memory"})


class Counts(Struct, frozen=True):
    """rules: how many of each verdict; findings: open ones of each severity (waived and baselined ones apart)."""

    rules: dict[str, int]
    findings: dict[str, int]
    waived: int
    baselined: int


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that speaks for all; not-applicable for none at all."""
    seen = set(verdicts)
    return next((verdict for verdict in WORST_FIRST if verdict in seen), Verdict.NOT_APPLICABLE)


def findings_of(result: Result) -> int:
    """How many findings a result has, also where not all of them were kept: never fewer than subjects failed."""
    least = 1 if result.verdict is Verdict.FAILED else 0
    return max(result.failed, len(result.findings), least)


def open_findings(result: Result) -> int:
    """Findings that are neither waived nor known from the baseline."""
    if result.verdict is not Verdict.FAILED and not len(result.findings):
        return 0
    return max(findings_of(result) - result.waived - result.baselined, 0)


def pack_verdict(results: Sequence[Result]) -> Verdict:
    """Over the rules of severity error, the first that occurs of failed, blocked, manual, passed, not-applicable.

    A failed rule below error that rests on practice or memory and is not adopted leaves the question to a person:
    the pack is then manual where it would have passed, or where none of its error rules applied.
    """
    return _over((result, result.verdict) for result in results)


def _over(answers: Iterable[tuple[Result, Verdict]]) -> Verdict:
    """The verdict over rules and what they answered."""
    seen: set[Verdict] = set()
    undecided = False
    for result, verdict in answers:
        if result.severity == "error":
            seen.add(verdict)
        elif verdict is Verdict.FAILED and result.evidence in _WEAK_EVIDENCE and not result.adopted:
            undecided = True
    over = worst(seen)
    return Verdict.MANUAL if undecided and over in {Verdict.PASSED, Verdict.NOT_APPLICABLE} else over


def source_verdict(results: Sequence[Result], index: int) -> Verdict:
    """The verdict over one source, as over the whole: the worst of what each pack says of this source alone."""
    of_packs: dict[str, list[tuple[Result, Verdict]]] = {}
    for result in results:
        if result.by_source:
            of_packs.setdefault(result.pack, []).append((result, result.by_source[index][0]))
    return worst(_over(answers) for answers in of_packs.values())


def ids_verdict(report: Report, ids: Mapping[str, Any]) -> Verdict | None:
    """The verdict over one IDS file of the report, as of a pack; None where none of its specifications was asked."""
    path = str(ids.get("path") or "")
    names = {f"ids:{path}", f"ids:{path.replace(chr(92), '/').rpartition('/')[2]}"}
    results = [result for result in report.results if result.pack in names]
    return pack_verdict(results) if results else None


def report_verdict(report: Report) -> Verdict:
    """The worst of the packs' verdicts, each IDS file counting as a pack.

    A source that could not be read, or only in part, and a fault of cimkit make it blocked at least: what did not
    run never looks like a pass. Without any rule the sources' own verdicts speak.
    """
    names = dict.fromkeys(result.pack for result in report.results)
    verdicts = [pack_verdict([result for result in report.results if result.pack == name]) for name in names]
    if not verdicts:
        verdicts = [source.verdict for source in report.sources if source.verdict is not None]
    if report.internal_errors or any(source.error or source.partial for source in report.sources):
        verdicts.append(Verdict.BLOCKED)
    return worst(verdicts)


def judged(results: Iterable[Result]) -> int:
    """How many rules gave an answer, passed or failed."""
    return sum(result.verdict in _JUDGED for result in results)


def summarised(report: Report) -> Report:
    """The report with the verdicts of its packs and its own computed anew: after waivers, sign-offs or a baseline."""

    def of_pack(pack: PackSummary) -> PackSummary:
        results = [result for result in report.results if result.pack == pack.id]
        return replace(pack, verdict=pack_verdict(results), judged=judged(results)) if results else pack

    updated = replace(report, packs=[of_pack(pack) for pack in report.packs])
    updated.verdict = report_verdict(updated)
    return updated


def count(report: Report) -> Counts:
    """The totals that stand at the head of every report."""
    rules = Counter(str(result.verdict) for result in report.results)
    findings: Counter[str] = Counter()
    for result in report.results:
        findings[result.severity] += open_findings(result)
    return Counts(
        rules={str(verdict): rules[verdict] for verdict in Verdict},
        findings={severity: findings[severity] for severity in SEVERITIES},
        waived=sum(result.waived for result in report.results),
        baselined=sum(result.baselined for result in report.results),
    )


def is_ok(report: Report, fail_on: str = "error") -> bool:
    """Whether the exit status is 0. Raises UsageError for an unknown `fail_on`."""
    return exit_status(report, fail_on) == 0


def exit_status(report: Report, fail_on: str = "error") -> int:
    """0 no open finding at or over `fail_on`; 1 there is one, or a source or an IDS file was judged in part only; 3 a
    source could not be read; 4 a fault of cimkit. The highest of all holds. With `never`, findings and lost parts do
    not count.

    Raises UsageError for an unknown `fail_on`.
    """
    if fail_on not in FAIL_ON:
        raise UsageError("report.unknown_severity", severity=fail_on, known=", ".join(FAIL_ON))
    if report.internal_errors:
        return 4
    if any(_unread(source) for source in report.sources):
        return 3
    counted = SEVERITIES[: FAIL_ON.index(fail_on) + 1] if fail_on != "never" else ()
    if any(result.severity in counted and (open_findings(result) or _is_flawed(result)) for result in report.results):
        return 1
    return 1 if counted and any(source.partial for source in report.sources) else 0


def _is_flawed(result: Result) -> bool:
    """An IDS specification that could not be asked because it is no sound IDS: the rest of its file was."""
    return result.verdict is Verdict.BLOCKED and result.reason == "results.flawed_rule"


def _unread(source: SourceSummary) -> bool:
    return source.error is not None and not source.partial
