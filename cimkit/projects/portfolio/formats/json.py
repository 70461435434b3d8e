"""The portfolio as JSON, version 1: for the province's platform and for programs. Keys are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import IO, Any

import orjson
import polars as pl

from cimkit.projects.portfolio.figures import Figures
from cimkit.projects.portfolio.model import Change, Portfolio

__all__ = ["to_dict", "write"]

_VERSION = 1
#: Tables whose rows stand in each project, under the name of the table, without the project.
_INSIDE = ("kinds", "missing", "unread", "investment", "indicators", "packs")


def write(portfolio: Portfolio, stream: IO[bytes]) -> None:
    """Write it as one line of UTF-8."""
    stream.write(orjson.dumps(to_dict(portfolio)) + b"\n")


def to_dict(portfolio: Portfolio) -> dict[str, Any]:
    """The portfolio as plain data: figures by group, then every project with what it lacks and fails.

    Of a project's results those stand here that did not pass; all of them are in the store.
    """
    figures = Figures(portfolio)
    return {
        "portfolio_version": _VERSION,
        "cimkit": portfolio.version,
        "created": portfolio.created,
        "lang": portfolio.lang,
        "name": portfolio.name,
        "period": portfolio.period,
        "frozen": portfolio.frozen,
        "total": figures.total,
        "cities": figures.cities,
        "kinds": figures.kinds,
        "stages": figures.stages,
        "rules": figures.rules,
        "missing": figures.missing,
        "investment": figures.investment,
        "indicators": figures.indicators,
        "change": _change(portfolio.change),
        "late": _change(portfolio.late),
        "faults": [{**asdict(fault), "message": fault.message(portfolio.lang)} for fault in portfolio.faults],
        "projects": _projects(portfolio.tables),
    }


def _projects(tables: Mapping[str, pl.DataFrame]) -> list[dict[str, Any]]:
    results = tables["results"].filter(pl.col("verdict") != "passed")
    inside = {name: _by_project(tables[name]) for name in _INSIDE} | {"results": _by_project(results)}
    listed = []
    for row in tables["projects"].iter_rows(named=True):
        mine = {name: rows.get(row["project"], []) for name, rows in inside.items()}
        listed.append({**row, "missing_count": row["missing"], **mine})
    return listed


def _by_project(frame: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        grouped.setdefault(row.pop("project"), []).append(row)
    return grouped


def _change(change: Change | None) -> dict[str, Any] | None:
    return None if change is None else asdict(change)
