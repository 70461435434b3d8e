"""A portfolio's own words in one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cimkit.locales import text
from cimkit.projects.portfolio.model import Change
from cimkit.report.wording import Words as ReportWords

__all__ = ["Words", "change_lines", "headline"]

#: Parts of a change in the order of interest.
PARTS = ("worse", "better", "added", "removed", "revised")


@dataclass(frozen=True, slots=True)
class Words:
    """`Words("zh")("key")` is the sentence `portfolio.key`; raises KeyError for one that is not there."""

    lang: str

    def __call__(self, key: str, **values: Any) -> str:
        return text(f"portfolio.{key}", self.lang, **values)

    def verdict(self, verdict: str) -> str:
        """The word for a verdict."""
        return ReportWords(self.lang).verdict(verdict)

    def severity(self, severity: str) -> str:
        """The word for a severity."""
        return ReportWords(self.lang).severity(severity)

    def number(self, value: float) -> str:
        """`12,345`, `12.5`."""
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0").rstrip(".")

    def percent(self, share: float | None) -> str:
        """`56%`; `–` for no share."""
        return "–" if share is None else ReportWords(self.lang).percent(share)

    def named(self, name: str | None) -> str:
        """A group's name; one for projects that state none."""
        return name or self("not_stated")


def headline(total: dict[str, Any], words: Words) -> str:
    """One sentence: how many, how many of them need work."""
    values = {name: words.number(total[name]) for name in ("projects", "bad", "missing")}
    return words("headline", **values, share=words.percent(total["share"]))


def change_lines(change: Change, words: Words) -> list[tuple[str, str, list[str]]]:
    """Part, its heading with the number, and a line for each project."""
    told = []
    for part in PARTS:
        rows = getattr(change, part)
        if rows:
            heading = words(f"change_{part}", count=words.number(len(rows)))
            told.append((part, heading, [_line(row, words) for row in rows]))
    return told


def _line(row: Any, words: Words) -> str:
    name = words("project_line", number=row["project"], name=row["name"] or "", city=row["city_name"] or "")
    if "was" not in row:
        return f"{name} {words.verdict(row['verdict'])}"
    before = f"{words.verdict(row['was'])} ({row['errors_were']})"
    line = f"{name} {before} → {words.verdict(row['verdict'])} ({row['errors']})"
    if "fields" in row:
        line += " · " + words("comma").join(_revised(field, row, words) for field in row["fields"])
    return line


def _revised(field: str, row: Any, words: Words) -> str:
    """What a field was and is; of the data themselves, that they are other ones."""
    if field not in row["values"]:
        return words("data_revised")
    was, now = (
        words.number(value) if isinstance(value, float) else words.named(value) for value in row["values"][field]
    )
    return f"{words(f'column_{field}')} {was} → {now}"
