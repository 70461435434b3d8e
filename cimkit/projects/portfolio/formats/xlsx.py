"""The portfolio as a workbook: what a province's platform or a person takes over, one sheet a subject."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import IO, Any

import polars as pl

from cimkit.errors import UsageError
from cimkit.projects.portfolio.figures import Figures, Row
from cimkit.projects.portfolio.model import Change, Portfolio
from cimkit.projects.portfolio.wording import Words, change_lines, headline
from cimkit.report.wording import plain

__all__ = ["write"]

_GROUP = ("projects", "not_conforming", "share", "errors", "lacking", "investment")
_LONGEST = 32_000  # Excel knows no longer cell


def write(portfolio: Portfolio, stream: IO[bytes]) -> None:
    """Write the workbook. Raises UsageError where XlsxWriter is not installed."""
    try:
        import xlsxwriter
    except ImportError as error:
        raise UsageError("portfolio.xlsx_missing") from error
    whole = BytesIO()  # a disk that is full is then told once, and by nobody else
    book = xlsxwriter.Workbook(whole, {"in_memory": True, "constant_memory": False, "strings_to_formulas": False})
    made = datetime.fromisoformat(portfolio.created).astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"created": made})
    sheets = _Sheets(book)
    words, figures = Words(portfolio.lang), Figures(portfolio)
    about = [words("title"), portfolio.name, headline(figures.total, words)]
    if portfolio.period:
        about.append(words("frozen", period=portfolio.period, when=portfolio.frozen))
    about += [words("made_by", version=portfolio.version, created=portfolio.created), words("scope")]
    about += [fault.message(portfolio.lang) for fault in portfolio.faults]
    sheets.add(words("sheet_total"), [""], [[line] for line in about])
    group_heads = [words(name) for name in _GROUP]
    for title, head, rows in (
        ("sheet_cities", "city", figures.cities),
        ("sheet_kinds", "kind", figures.kinds),
        ("stage", "stage", figures.stages),
    ):
        listed = [[row["code"], words.named(row["name"]), *_group(row)] for row in rows]
        sheets.add(words(title), [words("code"), words(head), *group_heads], listed)
    sheets.add(
        words("sheet_rules"),
        [words(name) for name in ("code", "rule", "severity", "asked_of", "not_conforming", "share", "findings")],
        [
            [row["code"], row["title"], words.severity(row["severity"]), row["projects"], row["failed"], row["share"],
             row["findings"]]
            for row in figures.rules
        ],
    )  # fmt: skip
    sheets.add(
        words("sheet_missing"),
        [words(name) for name in ("code", "name", "projects")],
        [[row["code"], row["title"], row["projects"]] for row in figures.missing],
    )
    _tables(sheets, portfolio, words)
    for change in (portfolio.change, portfolio.late):
        if change is not None:
            sheets.add(words("sheet_change"), [words("what_changed"), words("project")], _changed(change, words))
    book.close()
    stream.write(whole.getbuffer())


def _tables(sheets: _Sheets, portfolio: Portfolio, words: Words) -> None:
    """The tables as the store has them, with the headings' meanings."""
    results = portfolio.tables["results"].filter(pl.col("verdict") != "passed")
    for title, frame in (
        ("sheet_projects", portfolio.projects),
        ("sheet_lacks", portfolio.tables["missing"]),
        ("sheet_results", results),
    ):
        sheets.add(words(title), [words(f"column_{name}") for name in frame.columns], frame.iter_rows())


def _changed(change: Change, words: Words) -> list[list[Any]]:
    return [[heading, line] for _, heading, lines in change_lines(change, words) for line in lines]


def _group(row: Row) -> list[Any]:
    return [row["projects"], row["bad"], row["share"], row["errors"], row["missing"], row["investment"]]


class _Sheets:
    """Sheets with a heading that stays in sight and filters. Text is written as text, whatever it looks like."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.share = book.add_format({"num_format": "0%"})
        self.number = book.add_format({"num_format": "#,##0.##"})

    def add(self, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """A sheet."""
        names = {sheet.get_name() for sheet in self.book.worksheets()}
        sheet = self.book.add_worksheet(title if title not in names else f"{title} 2")
        sheet.freeze_panes(1, 0)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self.heading)
        count = 0
        for count, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._cell(sheet, count, column, value)
        sheet.set_column(0, len(heads) - 1, 18)
        if count and len(heads) > 1:
            sheet.autofilter(0, 0, count, len(heads) - 1)

    def _cell(self, sheet: Any, row: int, column: int, value: Any) -> None:
        if isinstance(value, float):
            sheet.write_number(row, column, value, self.share if 0 < value < 1 else self.number)
        elif isinstance(value, int):
            sheet.write_number(row, column, value)
        elif value is not None:
            text = plain(str(value))
            sheet.write_string(row, column, text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)})")
