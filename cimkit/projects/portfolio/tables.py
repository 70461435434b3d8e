"""The tables of a portfolio: what the store keeps, and what every figure is counted from.

Every table has `project`, by which they join: the project's number where it is the only one with it, else its folder.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import polars as pl

from cimkit.projects.portfolio.entry import Entry
from cimkit.report.model import Verdict
from cimkit.report.summary import SEVERITIES

__all__ = ["COLUMNS", "digest_of", "number_of", "tables_of"]

_AT_A_TIME = 100

#: Table -> column -> type. What a column means stands in the locale files: `portfolio.column_<table>_<column>`.
COLUMNS: Mapping[str, Mapping[str, Any]] = {
    "projects": {
        "project": pl.String,
        "folder": pl.String,
        "number": pl.String,
        "name": pl.String,
        "city": pl.String,
        "city_name": pl.String,
        "district": pl.String,
        "district_name": pl.String,
        "stage": pl.String,
        "task": pl.String,
        "verdict": pl.String,
        "errors": pl.Int64,
        "warnings": pl.Int64,
        "infos": pl.Int64,
        "missing": pl.Int64,
        "to_sign": pl.Int64,
        **{f"rules_{verdict.name.lower()}": pl.Int64 for verdict in Verdict},
        "sources": pl.Int64,
        "unread": pl.Int64,
        "bytes": pl.Int64,
        "total_investment": pl.Float64,
        "started": pl.String,
        "finished": pl.String,
        "status": pl.Int64,
        "error": pl.String,
        "content": pl.String,
    },
    "kinds": {"project": pl.String, "kind": pl.String, "name": pl.String},
    "results": {
        "project": pl.String,
        "code": pl.String,
        "pack": pl.String,
        "severity": pl.String,
        "verdict": pl.String,
        "applicable": pl.Int64,
        "findings": pl.Int64,
        "title": pl.String,
    },
    "missing": {"project": pl.String, "code": pl.String, "title": pl.String, "severity": pl.String},
    "unread": {"project": pl.String, "path": pl.String, "error": pl.String},
    "investment": {"project": pl.String, "source": pl.String, "amount": pl.Float64},
    "indicators": {
        "project": pl.String,
        "indicator": pl.String,
        "name": pl.String,
        "value": pl.Float64,
        "unit": pl.String,
    },
    "packs": {"project": pl.String, "pack": pl.String, "edition": pl.String, "sha256": pl.String},
}


def tables_of(named: Iterable[tuple[str, Entry]], numbers: Iterable[str | None]) -> dict[str, pl.DataFrame]:
    """The tables. named: folder and entry of each project, in the order of the folders; numbers: of all projects, to
    know which are used more than once. Entries are let go as soon as their rows are in a frame."""
    used = Counter(number for number in numbers if number is not None)
    frames: dict[str, list[pl.DataFrame]] = {table: [_frame(table, [])] for table in COLUMNS}
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
    for count, (folder, entry) in enumerate(named, start=1):
        _add(rows, folder, entry, used)
        if count % _AT_A_TIME == 0:
            _flush(rows, frames)
    _flush(rows, frames)
    return {table: pl.concat(parts) for table, parts in frames.items()}


def _flush(rows: dict[str, list[tuple[Any, ...]]], frames: dict[str, list[pl.DataFrame]]) -> None:
    for table, lines in rows.items():
        frames[table].append(_frame(table, lines))
        lines.clear()


def _frame(table: str, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(COLUMNS[table]), orient="row")


def _add(rows: dict[str, list[tuple[Any, ...]]], folder: str, entry: Entry, used: Mapping[str, int]) -> None:
    """A project's rows."""
    number = number_of(entry)
    project = number if number is not None and used[number] == 1 else folder
    rows["projects"].append(_project(project, folder, number, entry))
    rows["kinds"] += [(project, *kind) for kind in zip(entry["kinds"], entry["kind_names"], strict=True)]
    rows["results"] += [(project, *result) for result in entry["results"]]
    rows["missing"] += [(project, *each) for each in entry["missing"]]
    rows["unread"] += [(project, path, error) for path, error, _ in entry["unread"]]
    rows["investment"] += [(project, source, float(amount)) for source, amount in entry["investment"].items()]
    rows["indicators"] += [
        (project, code, name, None if value is None else float(value), unit)
        for code, (name, value, unit) in entry["indicators"].items()
    ]
    rows["packs"] += [(project, pack, *which) for pack, which in entry["packs"].items()]


def number_of(entry: Entry) -> str | None:
    """The project's number as text; None where it states none."""
    return str(entry["number"]) if entry["number"] else None


def _project(project: str, folder: str, number: str | None, entry: Entry) -> tuple[Any, ...]:
    rules, findings, dates = entry["rules"], entry["findings"], entry["dates"]
    sources = sorted(entry["sources"])
    return (
        project,
        folder,
        number,
        *(entry[key] for key in ("name", "city", "city_name", "district", "district_name", "stage")),
        None if entry["task"] is None else str(entry["task"]),
        entry["verdict"],
        *(int(findings.get(severity, 0)) for severity in SEVERITIES),
        len(entry["missing"]),
        entry["to_sign"],
        *(int(rules.get(str(verdict), 0)) for verdict in Verdict),
        len(sources),
        len(entry["unread"]),
        sum(each[2] or 0 for each in sources),
        entry["total_investment"],
        dates.get("started"),
        dates.get("finished"),
        entry["status"],
        entry["error"],
        hashlib.sha256(orjson.dumps([each[:2] for each in sources])).hexdigest() if sources else None,
    )


def digest_of(tables: Mapping[str, pl.DataFrame]) -> str:
    """Hex SHA-256 over the content of all tables: two runs that say the same have the same."""
    total = hashlib.sha256()
    for name in sorted(tables):
        total.update(f"{name}\0".encode())
        total.update(tables[name].write_csv().encode())
    return total.hexdigest()
