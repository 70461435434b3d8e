"""Two states of a portfolio side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cimkit.projects.portfolio.model import Change
from cimkit.report.summary import WORST_FIRST

if TYPE_CHECKING:
    import polars as pl

__all__ = ["change_between"]

#: What makes a project another one, though its name is the same: its data, its form, its figures.
_REVISED = ("content", "total_investment", "stage", "name", "city", "district")
_RANK = {str(verdict): rank for rank, verdict in enumerate(WORST_FIRST)}


def change_between(old: Mapping[str, pl.DataFrame], new: Mapping[str, pl.DataFrame], since: str) -> Change:
    """What the new tables say differently. since: when the old ones were made."""
    before = {row["project"]: row for row in old["projects"].iter_rows(named=True)}
    after = {row["project"]: row for row in new["projects"].iter_rows(named=True)}
    change = Change(since)
    change.added.extend(_told(row) for project, row in after.items() if project not in before)
    change.removed.extend(_told(row) for project, row in before.items() if project not in after)
    for project, row in after.items():
        was = before.get(project)
        if was is None:
            continue
        told = {**_told(row), "was": was["verdict"], "errors_were": was["errors"]}
        step = _standing(row) - _standing(was)
        if step:
            (change.better if step > 0 else change.worse).append(told)
        fields = [column for column in _REVISED if was[column] != row[column]]
        if fields:
            values = {column: [was[column], row[column]] for column in fields if column != "content"}
            change.revised.append({**told, "fields": fields, "values": values})
    return change


def _standing(row: Mapping[str, Any]) -> float:
    """Higher is better: the verdict first, then the number of open errors."""
    errors = int(row["errors"])
    return _RANK.get(row["verdict"], 0) - errors / (errors + 1)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("project", "number", "name", "city_name", "folder", "verdict", "errors")
    return {key: row[key] for key in keys}
