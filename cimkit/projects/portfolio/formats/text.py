"""What a terminal shows of a portfolio: the total, the cities, what fails and lacks most, what changed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import IO

from cimkit.projects.portfolio.figures import Figures
from cimkit.projects.portfolio.model import Portfolio
from cimkit.projects.portfolio.wording import Words, change_lines, headline
from cimkit.report.wording import plain

__all__ = ["to_text", "write"]

_MOST = 12  # rows of a list on a terminal; the count of the others is said


def write(portfolio: Portfolio, stream: IO[bytes]) -> None:
    """Write it as UTF-8."""
    stream.write(to_text(portfolio).encode("utf-8"))


def to_text(portfolio: Portfolio) -> str:
    """Lines of text, columns aligned for Chinese too."""
    words, figures = Words(portfolio.lang), Figures(portfolio)
    lines = [headline(figures.total, words)]
    if portfolio.period:
        lines.append(words("frozen", period=portfolio.period, when=portfolio.frozen))
    lines += ["", *(fault.message(portfolio.lang) for fault in portfolio.faults)]
    heads = [words(key) for key in ("city", "projects", "not_conforming", "share", "errors", "lacking")]
    rows = [
        [
            words.named(row["name"]),
            words.number(row["projects"]),
            words.number(row["bad"]),
            words.percent(row["share"]),
            words.number(row["errors"]),
            words.number(row["missing"]),
        ]
        for row in figures.cities
        if row["projects"]
    ]
    lines += _table([heads, *rows])
    failing = [
        [row["code"], words.number(row["failed"]), words.severity(row["severity"]), row["title"] or ""]
        for row in figures.rules
    ]
    lines += _list(words("fails_most"), failing, words)
    lacking = [[row["code"], words.number(row["projects"]), row["title"] or ""] for row in figures.missing]
    lines += _list(words("lacks_most"), lacking, words)
    for title, change in (("change", portfolio.change), ("late", portfolio.late)):
        if change is None:
            continue
        lines += ["", words(title, since=change.since)]
        if change.is_empty:
            lines.append(f"  {words('no_change')}")
        for _, heading, changed in change_lines(change, words):
            lines += [f"  {heading}", *_cut([f"    {plain(line)}" for line in changed], words)]
    return "\n".join(lines) + "\n"


def _list(title: str, rows: Sequence[Sequence[str]], words: Words) -> list[str]:
    return ["", title, *_cut(_table(rows), words)] if rows else []


def _cut(lines: Sequence[str], words: Words) -> list[str]:
    if len(lines) <= _MOST:
        return list(lines)
    return [*lines[:_MOST], f"  {words('and_more', count=len(lines) - _MOST)}"]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(_cells(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    lines = []
    for row in rows:
        padded = [
            " " * (width - _cells(cell)) + cell if index else cell + " " * (width - _cells(cell))
            for index, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append("  " + "  ".join([*padded, plain(row[-1])]))
    return lines


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
