"""The portfolio as one HTML page: nothing is fetched, it prints, and it opens on a phone.

Looks and safety are those of the report's page (`cimkit.report.formats.html`): text reaches the page through Jinja's
escaping or as JSON that the script writes as text; the content security policy allows this script and no connection.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib import resources
from typing import IO, Any

import orjson
import polars as pl
from jinja2 import BaseLoader, Environment, StrictUndefined
from markupsafe import Markup

from cimkit.locales import template
from cimkit.projects.portfolio.figures import Figures
from cimkit.projects.portfolio.formats.tile_map import tile_map
from cimkit.projects.portfolio.model import Change, Portfolio
from cimkit.projects.portfolio.wording import Words, change_lines, headline
from cimkit.report.model import Verdict
from cimkit.report.summary import WORST_FIRST

__all__ = ["write"]

_MOST = 15  # bars of a list; the store and the JSON have all
_HELP = 6
_COLUMNS = (
    ("city", False), ("district", False), ("number", False), ("name", False), ("kind", False), ("stage", False),
    ("verdict", False), ("errors", True), ("warnings", True), ("lacking", True), ("to_sign", True),
    ("investment", True),
)  # fmt: skip


def write(portfolio: Portfolio, stream: IO[bytes]) -> None:
    """Write the page as UTF-8."""
    words = Words(portfolio.lang)
    environment = Environment(loader=_Templates(), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["number"] = words.number
    script = _file("portfolio.js").strip()
    style = _report_style() + _file("portfolio.css")
    page = environment.get_template("portfolio.html.j2").render(
        _context(portfolio, words),
        script=Markup(script),  # noqa: S704 - our own file
        style=Markup(style),  # noqa: S704 - our own file
        script_hash=base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii"),
    )
    stream.write(page.encode("utf-8") + b"\n")


class _Templates(BaseLoader):
    def get_source(self, environment: Environment, template: str) -> tuple[str, None, None]:  # noqa: ARG002 - Jinja's
        return _file(template), None, None


@lru_cache(maxsize=8)
def _file(name: str) -> str:
    return (resources.files(__package__) / "templates" / name).read_text(encoding="utf-8")


def _report_style() -> str:
    return (resources.files("cimkit.report.formats") / "templates" / "report.css").read_text(encoding="utf-8")


def _context(portfolio: Portfolio, words: Words) -> dict[str, Any]:
    figures = Figures(portfolio)
    titles = _titles(portfolio)
    return {
        "portfolio": portfolio,
        "lang": portfolio.lang,
        "words": words,
        "verdicts": [str(verdict) for verdict in WORST_FIRST],
        "total": figures.total,
        "headline": headline(figures.total, words),
        "synthetic": bool(portfolio.projects["name"].str.contains("【合成】", literal=True).any()),
        "faults": [fault.message(portfolio.lang) for fault in portfolio.faults],
        "map": tile_map(figures.cities),
        "help": [row for row in figures.cities if row["bad"]][:_HELP],
        "errors": [row for row in figures.rules if row["severity"] == "error"][:_HELP],
        "change": _change(portfolio.change, words),
        "late": _change(portfolio.late, words),
        "kinds": _scaled(figures.kinds),
        "stages": _scaled(figures.stages),
        "rules": figures.rules[:_MOST],
        "missing": [{**row, "severity": None} for row in figures.missing[:_MOST]],
        "investment": figures.investment,
        "indicators": figures.indicators,
        "choices": _choices(figures, titles, words),
        "columns": [(_key(name), words(name), is_number) for name, is_number in _COLUMNS],
        "listed": portfolio.projects.to_dicts(),
        "data": _json(
            {
                "projects": _projects(portfolio, titles),
                "titles": [[code, title] for code, title in titles.items()],
                "words": {"matching": template("portfolio.matching", portfolio.lang)},
                "columns": [(_key(name), words(name), is_number) for name, is_number in _COLUMNS],
                "verdicts": [(str(verdict), words.verdict(str(verdict))) for verdict in WORST_FIRST],
            }
        ),
    }


def _key(column: str) -> str:
    return {"kind": "kindNames", "lacking": "missing"}.get(column, column)


def _titles(portfolio: Portfolio) -> dict[str, str]:
    """Every rule that a project fails: code -> title, by code."""
    failed = portfolio.tables["results"].filter(pl.col("verdict") == str(Verdict.FAILED))
    told = failed.group_by("code").agg(pl.col("title").min()).sort("code")
    return dict(zip(told["code"], told["title"], strict=True))


def _projects(portfolio: Portfolio, titles: dict[str, str]) -> list[dict[str, Any]]:
    numbers = {code: index for index, code in enumerate(titles)}
    tables = portfolio.tables
    failed: dict[str, list[int]] = {}
    for project, code, verdict in tables["results"].select("project", "code", "verdict").iter_rows():
        if verdict == Verdict.FAILED:
            failed.setdefault(project, []).append(numbers[code])
    kinds: dict[str, list[tuple[str, str]]] = {}
    for project, code, name in tables["kinds"].iter_rows():
        kinds.setdefault(project, []).append((code, name))
    unread: dict[str, list[str]] = {}
    for project, _, error in tables["unread"].iter_rows():
        unread.setdefault(project, []).append(error)
    return [
        {
            "index": index,
            "folder": row["folder"],
            "number": row["number"],
            "name": row["name"],
            "city": row["city_name"],
            "cityCode": row["city"] or "",
            "district": row["district_name"],
            "kinds": [code for code, _ in kinds.get(row["project"], [])],
            "kindNames": " ".join(name for _, name in kinds.get(row["project"], [])),
            **{key: row[key] for key in ("stage", "verdict", "errors", "warnings", "missing", "to_sign", "error")},
            "investment": row["total_investment"],
            "failed": failed.get(row["project"], []),
            "unread": unread.get(row["project"], []),
        }
        for index, row in enumerate(portfolio.projects.iter_rows(named=True))
    ]


def _choices(figures: Figures, titles: dict[str, str], words: Words) -> list[tuple[str, str, list[tuple[str, str]]]]:
    verdicts = [(str(verdict), words.verdict(str(verdict))) for verdict in WORST_FIRST if figures.total[str(verdict)]]
    cities = sorted((row["code"], row["name"]) for row in figures.cities if row["projects"] and row["code"])
    return [
        ("city", words("any_city"), cities),
        ("kind", words("any_kind"), [(row["code"], words.named(row["name"])) for row in figures.kinds if row["code"]]),
        ("stage", words("any_stage"), [(row["code"], row["code"]) for row in figures.stages if row["code"]]),
        ("verdict", words("any_verdict"), verdicts),
        ("rule", words("any_rule"), [(str(index), f"{code} {titles[code]}") for index, code in enumerate(titles)]),
    ]


def _scaled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the greatest number of projects beside their own, for the length of bars."""
    longest = max((row["projects"] for row in rows), default=1)
    return [{**row, "longest": longest} for row in rows]


def _change(change: Change | None, words: Words) -> dict[str, Any] | None:
    return None if change is None else {"empty": change.is_empty, "parts": change_lines(change, words)}


def _json(data: Any) -> Markup:
    """JSON that cannot end its script element, whatever it holds."""
    text = orjson.dumps(data).decode("utf-8")
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above
