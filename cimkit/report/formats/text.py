"""The report on a terminal: the verdict, what was looked at, what to mend first, then the rules, worst first.

Everything cimkit itself says fits a cp936 (GBK) console: no emoji, no drawn boxes. Control characters in names that
come from a model are made visible, so that no file can steer the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

import polars as pl

from cimkit.report.formats.columns import Cell, common_folder, fit, in_columns
from cimkit.report.formats.styled import Styled, painted
from cimkit.report.formats.wrapping import wrapped
from cimkit.report.model import Report, Result, SourceSummary, Verdict
from cimkit.report.outline import by_importance, mend_first, qualities, skipped_counts, unset_parameters, urgency
from cimkit.report.project_lines import project_sections
from cimkit.report.reading import with_messages_of
from cimkit.report.summary import SEVERITIES, count, findings_of, ids_verdict
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

__all__ = ["to_text", "write"]

#: So many failed rules, the worst, are shown with findings; of the others the totals are told.
_RULES_WITH_EXAMPLES = 60
#: So many sources are listed; of more the total is told.
_SOURCES = 60
_STYLE = {
    "failed": "bold red",
    "blocked": "bold magenta",
    "manual": "bold yellow",
    "passed": "bold green",
    "not-applicable": "dim",
    "error": "red",
    "warning": "yellow",
    "info": "cyan",
}


def write(report: Report, stream: IO[bytes], max_findings: int) -> None:
    """As a text file, without colour."""
    stream.write(to_text(report, max_findings=max_findings).encode("utf-8"))


def to_text(report: Report, *, max_findings: int, width: int = 100, colour: bool = False) -> str:
    """The whole report as lines of at most `width` cells (a Chinese character has two)."""
    page = _Page(report, width, max_findings)
    page.draw()
    text = painted(page.lines) if colour else "\n".join(line.plain for line in page.lines)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


class _Page:
    def __init__(self, report: Report, width: int, max_findings: int) -> None:
        self.report = report
        self.width = width
        self.max_findings = max_findings
        self.words = Words(report.lang)
        self.lines: list[Styled] = []

    def draw(self) -> None:
        results = by_importance(self.report)
        self._banner()
        self._project()
        self._sources()
        self._packs()
        self._mend_first()
        self._failed([result for result in results if result.verdict is Verdict.FAILED])
        for verdict in (Verdict.BLOCKED, Verdict.MANUAL):
            self._open_questions(verdict, [result for result in results if result.verdict is verdict])
        self._rest()

    # --- the first screen ---------------------------------------------------------------------------------------

    def _banner(self) -> None:
        words, report = self.words, self.report
        counts = count(report)
        line = Styled().append(f" {words.verdict(report.verdict)} ", f"{_STYLE[report.verdict]} reverse")
        for severity in SEVERITIES:
            number = counts.findings[severity]
            line.append("   ")
            line.append(
                f"{words.severity(severity)} {words.number(number)}", style=_STYLE[severity] if number else "dim"
            )
        for key, number in (("waived", counts.waived), ("baselined", counts.baselined)):
            if number:
                line.append(f"   {words(key)} {words.number(number)}", style="dim")
        self._indented(line, 0)
        rules = " · ".join(
            f"{words.verdict(verdict)} {words.number(number)}" for verdict, number in counts.rules.items() if number
        )
        if rules:
            self._line(words("rules_line", rules=rules), "dim")
        if report.verdict is Verdict.NOT_APPLICABLE:
            self._line(words("headline_not-applicable"), "bold")
        if stage := stage_line(words, report):
            self._line(words("stage_line", stage=stage), "dim")
        if report.settings.get("depth"):
            self._line(words(f"depth_{report.settings['depth']}"), "bold")
        for error in report.internal_errors:
            self._line(internal_error_line(words, error), "bold red")

    def _project(self) -> None:
        for section in project_sections(self.report):
            self._heading(section.title)
            rows = [
                ((plain(label), ""), (plain(text), _STYLE.get(style or "", ""))) for label, text, style in section.lines
            ]
            self._columns(rows, first_most=0.4)

    def _sources(self) -> None:
        """One line a source; where that does not fit, the folder they share is told once, and then two lines a source.

        Of very many, those that could not be read or failed are shown first.
        """
        words, sources = self.words, self.report.sources
        self._heading(words("sources"))
        shown = sources
        if len(sources) > _SOURCES:
            shown = sorted(sources, key=urgency)[:_SOURCES]
        rows = [self._source_row(source) for source in shown]
        folder = "" if fit(rows, self.width - 2) else common_folder([row[0][0] for row in rows])
        if folder:
            self._indented(Styled(words("sources_in", folder=folder), style="dim"))
        within = [((path[len(folder) :], style), *others) for (path, style), *others in rows]
        self._columns(within)
        for source in shown:
            for trouble in (source.error, words("partial") if source.partial else None):
                if trouble:
                    about = "" if source.path in trouble else f"{plain(source.path)}: "  # most sentences name the file
                    self._indented(Styled(about + plain(trouble), style="bold red"))
        if len(sources) > len(shown):
            counts = {"shown": words.number(len(shown)), "total": words.number(len(sources))}
            self._indented(Styled(words("sources_capped", **counts), style="dim"))

    def _source_row(self, source: SourceSummary) -> list[Cell]:
        verdict = (self.words.verdict(source.verdict), _STYLE[source.verdict]) if source.verdict else ("", "")
        line = plain(source_line(self.words, source))
        if source.sha256:
            line += f" · sha256 {source.sha256[:12]}"
        return [(plain(source.path), ""), verdict, (line, "")]

    def _packs(self) -> None:
        words = self.words
        if self.report.packs or self.report.ids:
            self._heading(words("packs"))
        for pack in self.report.packs:
            line = Styled(f"{plain(words.local(pack.title) or pack.id)} ({pack.id} {pack.edition})  ")
            line.append(words.verdict(pack.verdict), _STYLE[pack.verdict])
            line.append("  " + words("judged", judged=pack.judged, of=pack.of, adopted=pack.adopted))
            self._indented(line)
            evidence = " · ".join(
                f"{words.known('evidence', word)} {number}" for word, number in pack.evidence.items() if number
            )
            if evidence:
                self._indented(Styled(words("rests_on", evidence=evidence), style="dim"), 4)
            if notice := words.local(pack.notice):
                self._indented(Styled(plain(notice), style="dim"), 4)
        for ids in self.report.ids:
            line = Styled(f"IDS  {plain(str(ids.get('title') or ids.get('path')))}  ")
            if verdict := ids_verdict(self.report, ids):
                line.append(words.verdict(verdict), _STYLE[verdict])
            self._indented(line)
            for note in ids.get("notes", ()):
                self._indented(Styled(plain(str(note)), style="dim"), 4)
        self._line(words("scope"), "dim")

    def _mend_first(self) -> None:
        mends = mend_first(self.report)
        if not mends:
            return
        words = self.words
        self._heading(words("mend_first"))
        for number, mend in enumerate(mends, 1):
            line = Styled(f"{number}. {mend.result.code}  {plain(words.title(mend.result))}", style="bold")
            share = words(
                "mend_share",
                count=words.number(mend.open),
                share=words.percent(mend.share),
                severity=words.severity(mend.result.severity),
            )
            self._indented(line)
            self._indented(Styled(share + common_trait(words, mend.concentration)), 5)
            if fix := words.local(mend.result.fix):
                self._indented(Styled(words("fix_line", fix=plain(fix)), style="dim"), 5)
        if len(mends) > 1:
            self._indented(
                Styled(
                    words(
                        "mend_all",
                        count=len(mends),
                        share=words.percent(mends[-1].so_far),
                        severity=words.severity(mends[0].result.severity),
                    )
                )
            )

    # --- the rules ------------------------------------------------------------------------------------------------

    def _failed(self, results: list[Result]) -> None:
        if not results:
            return
        words = self.words
        self._heading(words("findings"))
        examples = self._examples(results[:_RULES_WITH_EXAMPLES])
        for place, result in enumerate(results):
            line = Styled(f"{words.severity(result.severity)}  ", style=_STYLE.get(result.severity, ""))
            line.append(f"{result.code}  {plain(words.title(result))}", style="bold")
            line.append("  " + tally(words, result))
            self._indented(line)
            if place >= _RULES_WITH_EXAMPLES:
                continue
            if reason := rule_reason(words, result):
                self._indented(Styled(plain(reason)), 4)
            self._shown(result, next(examples))
        counted = len(results) - _RULES_WITH_EXAMPLES
        if counted > 0:
            self._indented(Styled(words("only_counted", count=words.number(counted)), style="dim"))

    def _examples(self, results: list[Result]) -> Iterator[pl.DataFrame]:
        """The findings of each result that are shown, with their sentences: the open ones first, up to the cap."""
        several = []
        for result in results:
            rows = result.findings.rows
            if rows["state"].null_count() < rows.height:
                rows = rows.sort(pl.col("state").is_not_null(), maintain_order=True)
            several.append((result, rows.head(self.max_findings)))
        return with_messages_of(self.report, several)

    def _shown(self, result: Result, shown: pl.DataFrame) -> None:
        """A result's findings; the true total where there are more."""
        same = shown["statement"].unique()
        column, by = "message", 4
        if shown.height > 1 and len(same) == 1:  # said once, the things below it
            self._indented(Styled(plain(same[0] or "")), 4)
            column, by = "subject_text", 6
        for said, state in shown.select(column, "state").iter_rows():
            mark = f"[{self.words.known('state', state)}] " if state else ""
            self._indented(Styled(mark + plain(said), style="dim" if state else ""), by)
        total = findings_of(result)
        if total > shown.height and shown.height:
            more = self.words("capped", shown=self.words.number(shown.height), total=self.words.number(total))
            self._indented(Styled(more, style="dim"), 4)

    def _open_questions(self, verdict: Verdict, results: list[Result]) -> None:
        if not results:
            return
        self._heading(self.words(f"list_{verdict}", count=len(results)))
        self._indented(Styled(self.words("list_note"), style="dim"))
        shown = results[: self.max_findings]
        for result in shown:
            reason = rule_reason(self.words, result)
            line = Styled(f"{result.code}  {plain(self.words.title(result))}")
            if reason:
                line.append(f"  {plain(reason)}", style="dim")
            self._indented(line)
        if len(results) > len(shown):
            self._indented(Styled(self.words("capped", shown=len(shown), total=len(results)), style="dim"))

    def _rest(self) -> None:
        words = self.words
        by_quality = quality_line(words, qualities(self.report))
        lines: list[str] = [by_quality] if by_quality else []
        skipped = [f"{words.known('skipped', reason)} {number}" for reason, number in skipped_counts(self.report)]
        if skipped:
            lines.append(words("skipped_line", count=len(self.report.skipped), reasons=" · ".join(skipped)))
        unset = unset_parameters(self.report)
        if unset:
            lines.append(words("unset_line", names=", ".join(unset)))
        expired = [waiver for waiver in self.report.waivers if waiver.get("state") == "expired"]
        lines += [
            words("waiver_expired_line", code=waiver.get("code", ""), until=waiver.get("until", ""))
            for waiver in expired
        ]
        unused = [str(waiver.get("code", "")) for waiver in self.report.waivers if waiver.get("state") == "unused"]
        if unused:
            lines.append(words("waiver_unused_line", count=len(unused), codes=", ".join(dict.fromkeys(unused))))
        if lines:
            self._heading(words("also"))
            for line in lines:
                self._indented(Styled(plain(line)))
        self._line(words("made_by", version=self.report.version, created=self.report.created), "dim")

    # --- drawing --------------------------------------------------------------------------------------------------

    def _heading(self, heading: str) -> None:
        self._line("")
        self._indented(Styled(heading, style="bold"), 0)

    def _line(self, line: str, style: str = "") -> None:
        self._indented(Styled(plain(line), style=style), 0)

    def _indented(self, what: Styled, by: int = 2) -> None:
        self._written(what.broken(wrapped(what.plain, self.width - by)), by)

    def _columns(self, rows: Sequence[Sequence[Cell]], *, first_most: float = 0.0) -> None:
        self._written(in_columns(rows, self.width - 2, first_most=first_most), 2)

    def _written(self, lines: Sequence[Styled], by: int) -> None:
        self.lines += [line.indented(by) for line in lines]
