"""The quarter's text as a draft: sentences and tables whose every number can be traced to its projects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import IO, Any

import polars as pl

from cimkit.errors import UsageError
from cimkit.projects.portfolio.figures import NOT_CONFORMING, Figures, Row
from cimkit.projects.portfolio.model import Change, Portfolio
from cimkit.projects.portfolio.periods import days_of, period_shown
from cimkit.projects.portfolio.wording import Words, change_lines
from cimkit.report.model import Verdict
from cimkit.report.wording import plain

__all__ = ["write"]

_MOST = 10  # problems named in the text; the workbook has all


def write(portfolio: Portfolio, stream: IO[bytes]) -> None:
    """Write the draft. Raises UsageError where python-docx is not installed."""
    try:
        from docx import Document
    except ImportError as error:
        raise UsageError("portfolio.docx_missing") from error
    draft = _Draft(Document(), portfolio)
    draft.write()
    made = datetime.fromisoformat(portfolio.created).astimezone(UTC)
    properties = draft.document.core_properties
    properties.created = properties.modified = made
    properties.author = properties.last_modified_by = "cimkit"
    whole = BytesIO()  # a disk that is full is then told once, and by nobody else
    draft.document.save(whole)
    stream.write(whole.getbuffer())


class _Draft:
    def __init__(self, document: Any, portfolio: Portfolio) -> None:
        self.document = document
        self.portfolio = portfolio
        self.words = Words(portfolio.lang)
        self.figures = Figures(portfolio)
        self.traces: list[tuple[str, Sequence[str]]] = []
        self._east_asian_font()

    def write(self) -> None:
        """The whole draft, in order."""
        words, portfolio = self.words, self.portfolio
        period = period_shown(portfolio.period, portfolio.lang) if portfolio.period else words("draft_now")
        self.document.add_heading(words("draft_title", period=period), 0)
        when = portfolio.frozen or portfolio.created
        self._say(words("drafted", version=portfolio.version, when=when))
        if portfolio.projects["name"].str.contains("【合成】", literal=True).any():
            self._say(words("synthetic"))
        if portfolio.period:
            self._say(words("frozen", period=period, when=portfolio.frozen))
        self._overview()
        self._groups("draft_cities", "city", self.figures.cities, "city")
        self._cities_without()
        self._groups("draft_kinds", "kind", self.figures.kinds, None)
        self._groups("draft_stages", "stage", self.figures.stages, "stage")
        self._money()
        self._floor_lines()
        self._problems()
        for title, change in (("change", portfolio.change), ("late", portfolio.late)):
            if change is not None:
                self._change(words(title, since=change.since), change)
        self._appendix()

    def _overview(self) -> None:
        words, total = self.words, self.figures.total
        self.document.add_heading(words("draft_overview"), 1)
        everything = pl.lit(value=True)
        projects = self._marked(total["projects"], words("projects"), self.figures.projects_where(everything))
        stating = self.figures.projects_where(pl.col("total_investment").is_not_null())
        stating_marked = self._marked(len(stating), words("investment"), stating)
        values = {
            str(verdict).replace("-", "_"): self._marked(
                total[str(verdict)], words.verdict(str(verdict)), self._where(str(verdict))
            )
            for verdict in (Verdict.PASSED, Verdict.MANUAL, Verdict.FAILED, Verdict.BLOCKED, Verdict.NOT_APPLICABLE)
        }
        self._say(
            words(
                "draft_total",
                projects=projects,
                investment=words.number(total["investment"]),
                stating=stating_marked,
                **values,
            )
        )
        self._dates()
        missing = self.figures.projects_where(pl.col("missing") > 0)
        unread = self.figures.projects_where(pl.col("unread") > 0)
        self._say(
            words(
                "draft_missing_total",
                missing=self._marked(len(missing), words("lacking"), missing),
                unread=self._marked(len(unread), words("unread"), unread),
            )
        )
        for fault in self.portfolio.faults:
            self._say(fault.message(self.portfolio.lang))

    def _dates(self) -> None:
        """What was begun and finished in the period, by the dates of the forms."""
        if self.portfolio.period is None:
            return
        words, counts = self.words, dict[str, str]()
        first, last = days_of(self.portfolio.period)
        for column in ("started", "finished"):
            within = self.figures.projects_where(pl.col(column).is_between(pl.lit(first), pl.lit(last)))
            counts[column] = self._marked(len(within), words(f"column_{column}"), within)
        self._say(words("draft_dates", **counts))

    def _cities_without(self) -> None:
        names = [row["name"] for row in self.figures.cities if row["name"] and not row["projects"]]
        if names:
            self._say(self.words("draft_cities_without", cities=self.words("comma").join(names)))

    def _money(self) -> None:
        words = self.words
        self.document.add_heading(words("money"), 1)
        for row in self.figures.investment:
            projects = self.figures.projects_of("investment", source=row["source"])
            count = self._marked(row["projects"], row["source"], projects)
            self._item(words("draft_money", source=row["source"], amount=words.number(row["amount"]), projects=count))
        if not self.figures.investment:
            self._say(words("draft_none"))

    def _floor_lines(self) -> None:
        words = self.words
        self.document.add_heading(words("floor_lines"), 1)
        table = self.portfolio.tables["indicators"].drop_nulls("value")
        for row in self.figures.indicators:
            own = table.filter(pl.col("indicator") == row["indicator"])["project"].unique(maintain_order=True).to_list()
            name = row["name"] or row["indicator"]
            values = {key: words.number(row[key]) for key in ("least", "median", "greatest")}
            count = self._marked(row["projects"], name, own)
            self._item(words("draft_floor_line", name=name, unit=row["unit"] or "", projects=count, **values))
        if not self.figures.indicators:
            self._say(words("draft_none"))

    def _groups(self, title: str, head: str, rows: Sequence[Row], column: str | None) -> None:
        words = self.words
        self.document.add_heading(words(title), 1)
        heads = [words(key) for key in (head, "projects", "not_conforming", "share", "lacking", "investment")]
        table = self.document.add_table(rows=1, cols=len(heads), style="Light Grid Accent 1")
        for cell, text in zip(table.rows[0].cells, heads, strict=True):
            cell.text = text
        for row in rows:
            if not row["projects"]:
                continue
            name = words.named(row["name"])
            inside = self._inside(column, row["code"])
            bad = self.figures.projects_where(inside & pl.col("verdict").is_in(NOT_CONFORMING))
            lacking = self.figures.projects_where(inside & (pl.col("missing") > 0))
            cells = [
                name,
                self._marked(row["projects"], name, self.figures.projects_where(inside)),
                self._marked(row["bad"], f"{name} {words('not_conforming')}", bad),
                words.percent(row["share"]),
                self._marked(row["missing"], f"{name} {words('lacking')}", lacking),
                words.number(row["investment"]),
            ]
            for cell, text in zip(table.add_row().cells, cells, strict=True):
                cell.text = plain(text)

    def _inside(self, column: str | None, code: str) -> pl.Expr:
        """Which projects a group counts."""
        if column is not None:
            return pl.col(column).fill_null("") == code
        if code:
            return pl.col("project").is_in(self.figures.projects_of("kinds", kind=code))
        return pl.col("project").is_in(self.portfolio.tables["kinds"]["project"].unique().to_list()).not_()

    def _problems(self) -> None:
        words = self.words
        self.document.add_heading(words("draft_problems"), 1)
        self.document.add_heading(words("fails_most"), 2)
        lacks = {row["title"] for row in self.figures.missing}  # which have a list of their own
        rules = [row for row in self.figures.rules if row["title"] not in lacks]
        ranked = sorted(rules, key=lambda row: ("error", "warning", "info").index(row["severity"]))
        for row in ranked[:_MOST]:
            failing = self.figures.projects_of("results", code=row["code"], verdict="failed")
            count = self._marked(row["failed"], row["code"], failing)
            self._item(
                words(
                    "draft_rule",
                    title=row["title"],
                    code=row["code"],
                    failed=count,
                    findings=words.number(row["findings"]),
                )
            )
        self.document.add_heading(words("lacks_most"), 2)
        for row in self.figures.missing[:_MOST]:
            count = self._marked(row["projects"], row["code"], self.figures.projects_of("missing", code=row["code"]))
            self._item(words("draft_lack", title=row["title"], code=row["code"], projects=count))
        if not self.figures.rules and not self.figures.missing:
            self._say(words("draft_none"))

    def _change(self, title: str, change: Change) -> None:
        self.document.add_heading(title, 1)
        if change.is_empty:
            self._say(self.words("no_change"))
        for _, heading, lines in change_lines(change, self.words):
            self.document.add_heading(heading, 2)
            for line in lines:
                self._item(line)

    def _appendix(self) -> None:
        words = self.words
        self.document.add_page_break()
        self.document.add_heading(words("draft_appendix"), 1)
        for mark, (label, projects) in enumerate(self.traces, start=1):
            listed = words("comma").join(projects)
            self._say(words("draft_trace", mark=mark, label=label, count=words.number(len(projects)), projects=listed))
        self.document.add_heading(words("all_projects"), 2)
        for row in self.portfolio.projects.iter_rows(named=True):
            told = {key: words.named(row[key]) for key in ("project", "name", "city_name", "folder")}
            self._item(words("draft_project", **told, verdict=words.verdict(row["verdict"])))

    def _marked(self, count: int, label: str, projects: Sequence[str]) -> str:
        """The number with its mark; nothing needs no tracing. A number that its projects don't add up to is a fault."""
        assert count == len(projects), (label, count, len(projects))
        if not projects:
            return "0"
        self.traces.append((label, projects))
        return f"{self.words.number(count)} [{len(self.traces)}]"

    def _where(self, verdict: str) -> list[str]:
        return self.figures.projects_where(pl.col("verdict") == verdict)

    def _say(self, text: str) -> None:
        self.document.add_paragraph(plain(text))

    def _item(self, text: str) -> None:
        self.document.add_paragraph(plain(text), style="List Bullet")

    def _east_asian_font(self) -> None:
        """Chinese in a font that Chinese systems have."""
        from docx.oxml.ns import qn

        for name in ("Normal", "Heading 1", "Heading 2", "Title"):
            fonts = self.document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
            fonts.set(qn("w:eastAsia"), "宋体" if name == "Normal" else "黑体")
