"""Markdown to paste into an issue, a chat or a document: the summary, the rules as a table, findings below.

Text from models and packs is escaped: a name cannot become a link, a heading, a table cell or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from cimkit.report.model import Report, Result, Verdict
from cimkit.report.outline import by_importance, mend_first, qualities, skipped_counts, unset_parameters
from cimkit.report.project_lines import project_sections
from cimkit.report.reading import with_messages
from cimkit.report.summary import SEVERITIES, count, findings_of, open_findings
from cimkit.report.wording import (
    Words,
    common_trait,
    internal_error_line,
    plain,
    quality_line,
    rule_reason,
    source_line,
    stage_line,
    tally,
)

__all__ = ["write"]

#: Everything that can begin something in CommonMark or GitHub's tables, wherever it stands.
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~!&@$])")


def write(report: Report, stream: IO[bytes], max_findings: int) -> None:
    """Write the report as UTF-8 Markdown."""
    lines = _lines(report, Words(report.lang), max_findings)
    stream.write("\n".join(lines).encode("utf-8") + b"\n")


def _safe(text: str) -> str:
    return _MARKUP.sub(r"\\\1", plain(text))


def _lines(report: Report, words: Words, max_findings: int) -> Iterator[str]:
    results = by_importance(report)
    yield from _summary(report, words)
    yield from _project(report)
    yield from _mend_first(report, words)
    yield from _rules(results, words)
    for result in results:
        if result.verdict is Verdict.FAILED:
            yield from _findings(report, result, words, max_findings)
    yield from _notes(report, words)


def _summary(report: Report, words: Words) -> Iterator[str]:
    counts = count(report)
    yield f"# {words('title_line', verdict=words.verdict(report.verdict))}"
    yield ""
    tallies = [f"{words.severity(severity)} **{words.number(counts.findings[severity])}**" for severity in SEVERITIES]
    tallies += [f"{words(key)} {number}" for key, number in _aside(counts.waived, counts.baselined) if number]
    yield " · ".join(tallies)
    yield ""
    rules = [f"{words.verdict(verdict)} {number}" for verdict, number in counts.rules.items() if number]
    yield f"- {words('rules_line', rules=' · '.join(rules))}"
    if stage := stage_line(words, report):
        yield f"- {words('stage_line', stage=_safe(stage))}"
    if report.settings.get("depth"):
        yield f"- {words('depth_' + report.settings['depth'])}"
    yield from (f"- **{_safe(internal_error_line(words, error))}**" for error in report.internal_errors)
    yield ""
    yield f"| {words('sources')} | {words('verdict')} | {words('about')} | SHA-256 |"
    yield "| --- | --- | --- | --- |"
    for source in report.sources:
        verdict = words.verdict(source.verdict) if source.verdict else ""
        about = [source_line(words, source), source.error or "", words("partial") if source.partial else ""]
        digest = f"`{source.sha256[:12]}`" if source.sha256 else ""
        yield f"| {_safe(source.path)} | {verdict} | {_safe(' '.join(filter(None, about)))} | {digest} |"
    if report.packs:
        yield ""
        yield f"| {words('packs')} | {words('verdict')} | {words('coverage')} | {words('evidence')} |"
        yield "| --- | --- | --- | --- |"
    for pack in report.packs:
        title = words.local(pack.title) or pack.id
        evidence = [f"{words.known('evidence', word)} {number}" for word, number in pack.evidence.items() if number]
        covered = words("judged", judged=pack.judged, of=pack.of, adopted=pack.adopted)
        cells = (
            _safe(f"{title} ({pack.id} {pack.edition})"),
            words.verdict(pack.verdict),
            covered,
            " · ".join(evidence),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    for notice in dict.fromkeys(words.local(pack.notice) for pack in report.packs):
        if notice:
            yield f"> {_safe(notice)}"
            yield ">"
    for file in report.ids:
        for note in file.get("notes", ()):
            yield f"> {_safe(str(file.get('title') or file.get('path')))}: {_safe(str(note))}"
            yield ">"
    yield f"> {words('scope')}"


def _project(report: Report) -> Iterator[str]:
    for section in project_sections(report):
        yield ""
        yield f"## {section.title}"
        yield ""
        yield "| | |"
        yield "| --- | --- |"
        for label, text, _ in section.lines:
            yield f"| {_safe(label)} | {_safe(text)} |"


def _aside(waived: int, baselined: int) -> tuple[tuple[str, int], ...]:
    return ("waived", waived), ("baselined", baselined)


def _mend_first(report: Report, words: Words) -> Iterator[str]:
    mends = mend_first(report)
    if not mends:
        return
    yield ""
    yield f"## {words('mend_first')}"
    yield ""
    for number, mend in enumerate(mends, 1):
        result = mend.result
        share = words(
            "mend_share",
            count=words.number(mend.open),
            share=words.percent(mend.share),
            severity=words.severity(result.severity),
        )
        yield f"{number}. **{_safe(words.title(result))}** ({result.code})"
        yield f"   {share}{_safe(common_trait(words, mend.concentration))}"
        if fix := words.local(result.fix):
            yield f"   {words('fix_line', fix=_safe(fix))}"


def _rules(results: list[Result], words: Words) -> Iterator[str]:
    shown = [result for result in results if result.verdict in (Verdict.FAILED, Verdict.BLOCKED, Verdict.MANUAL)]
    if not shown:
        return
    yield ""
    yield f"## {words('rules')}"
    yield ""
    yield f"| {words('verdict')} | {words('severity')} | {words('code')} | {words('rule')} | {words('open')} |"
    yield "| --- | --- | --- | --- | ---: |"
    for result in shown:
        severity = words.severity(result.severity)
        title = _safe(words.title(result))
        if reason := rule_reason(words, result):
            title += f" ({_safe(reason)})"
        number = words.number(open_findings(result)) if result.verdict is Verdict.FAILED else ""
        yield f"| {words.verdict(result.verdict)} | {severity} | {_safe(result.code)} | {title} | {number} |"


def _findings(report: Report, result: Result, words: Words, max_findings: int) -> Iterator[str]:
    yield ""
    yield f"### {_safe(result.code)} {_safe(words.title(result))}"
    yield ""
    yield f"{words.severity(result.severity)} · {tally(words, result)}"
    yield ""
    shown = with_messages(report, result, result.findings.rows.head(max_findings))
    for message, state in shown.select("message", "state").iter_rows():
        mark = f"[{words.known('state', state)}] " if state else ""
        yield f"- {_safe(mark + message)}"
    total = findings_of(result)
    if total > shown.height:
        yield ""
        yield words("capped", shown=words.number(shown.height), total=words.number(total))


def _notes(report: Report, words: Words) -> Iterator[str]:
    yield ""
    if by_quality := quality_line(words, qualities(report)):
        yield f"- {by_quality}"
    skipped = [f"{words.known('skipped', reason)} {number}" for reason, number in skipped_counts(report)]
    if skipped:
        yield f"- {words('skipped_line', count=len(report.skipped), reasons=' · '.join(skipped))}"
    if unset := unset_parameters(report):
        yield f"- {words('unset_line', names=_safe(', '.join(unset)))}"
    yield f"- {words('made_by', version=report.version, created=report.created)}"
