"""The figures of a portfolio, each counted from the tables in one way, for every format."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from cimkit.projects.definitions import definitions
from cimkit.projects.portfolio.model import Portfolio
from cimkit.report.model import Verdict
from cimkit.report.summary import WORST_FIRST

__all__ = ["NOT_CONFORMING", "Figures"]

#: Verdicts of projects that need work: something is wrong, or could not be judged.
NOT_CONFORMING = (str(Verdict.FAILED), str(Verdict.BLOCKED))
Row = dict[str, Any]


@dataclass
class Figures:
    """Figures of one portfolio. Rows of a group have: projects, one count a verdict, `bad` (projects not conforming),
    `share` (of the projects), errors, missing (projects that lack something), investment (万元)."""

    portfolio: Portfolio

    @cached_property
    def total(self) -> Row:
        """All projects together."""
        return self._groups(self.portfolio.projects.with_columns(group=pl.lit("")))[0]

    @cached_property
    def cities(self) -> list[Row]:
        """By city, those that need help most first; cities of the province without a project come last. code, name."""
        projects = self.portfolio.projects.with_columns(group=pl.col("city").fill_null(""))
        found = {row["group"]: row for row in self._groups(projects)}
        names = {code: area.name for code, area in definitions().areas.items() if _is_city(code, area.parent)}
        empty = dict.fromkeys(self.total, 0) | {"share": None}
        rows = [
            {**empty, "group": code, **found.get(code, {}), "code": code, "name": name} for code, name in names.items()
        ]
        rows += [{**row, "code": code, "name": code or None} for code, row in found.items() if code not in names]
        return sorted(rows, key=lambda row: (not row["projects"], -(row["share"] or 0), -row["bad"], row["code"]))

    @cached_property
    def kinds(self) -> list[Row]:
        """By kind, the most frequent first; a project of several kinds counts in each. code, name."""
        kinds = self.portfolio.tables["kinds"]
        joined = self.portfolio.projects.join(kinds.rename({"name": "kind_name"}), on="project", how="left")
        joined = joined.with_columns(group=pl.col("kind").fill_null(""))
        names = dict(zip(kinds["kind"], kinds["name"], strict=True))
        rows = [{**row, "code": row["group"], "name": names.get(row["group"])} for row in self._groups(joined)]
        return sorted(rows, key=lambda row: (-row["projects"], row["code"]))

    @cached_property
    def stages(self) -> list[Row]:
        """By stage. code, name."""
        staged = self.portfolio.projects.with_columns(group=pl.col("stage").fill_null(""))
        rows = [{**row, "code": row["group"], "name": row["group"] or None} for row in self._groups(staged)]
        return sorted(rows, key=lambda row: (-row["projects"], row["code"]))

    @cached_property
    def rules(self) -> list[Row]:
        """Rules that projects fail, the one that fails in most projects first. code, title, severity, pack, projects
        (that it was asked of), failed (projects), findings, share."""
        results = self.portfolio.tables["results"]
        bad = pl.col("verdict") == str(Verdict.FAILED)
        grouped = (
            results.group_by("code", "pack")
            .agg(
                pl.col("title").filter(bad).min(),
                pl.col("severity").filter(bad).min(),
                projects=pl.col("project").filter(pl.col("verdict") != str(Verdict.MANUAL)).n_unique(),
                failed=pl.col("project").filter(bad).n_unique(),
                findings=pl.col("findings").filter(bad).sum(),
            )
            .filter(pl.col("failed") > 0)
            .with_columns(share=pl.col("failed") / pl.col("projects"))
            .sort("failed", "findings", "code", "pack", descending=[True, True, False, False])
        )
        return grouped.to_dicts()

    @cached_property
    def missing(self) -> list[Row]:
        """What is missing, in most projects first. code, title, projects."""
        missing = self.portfolio.tables["missing"]
        grouped = missing.group_by("code").agg(pl.col("title").min(), projects=pl.col("project").n_unique())
        return grouped.sort("projects", "code", descending=[True, False]).to_dicts()

    @cached_property
    def investment(self) -> list[Row]:
        """By source of the money. source, amount (万元), projects."""
        table = self.portfolio.tables["investment"]
        grouped = table.group_by("source").agg(pl.col("amount").sum().round(2), projects=pl.col("project").n_unique())
        return grouped.sort("amount", "source", descending=[True, False]).to_dicts()

    @cached_property
    def indicators(self) -> list[Row]:
        """Floor lines: code, name, unit, projects (that have a value), least, median, greatest."""
        table = self.portfolio.tables["indicators"].drop_nulls("value")
        value = pl.col("value")
        grouped = table.group_by("indicator").agg(
            pl.col("name").min(),
            pl.col("unit").min(),
            projects=pl.col("project").n_unique(),
            least=value.min(),
            median=value.median(),
            greatest=value.max(),
        )
        return grouped.sort("indicator").to_dicts()

    def projects_where(self, condition: pl.Expr) -> list[str]:
        """The projects that a number counts, in the order of the table."""
        return self.portfolio.projects.filter(condition)["project"].to_list()

    def projects_of(self, table: str, **values: str) -> list[str]:
        """The projects with a row in another table: `projects_of("missing", code=...)`."""
        rows = self.portfolio.tables[table]
        for column, value in values.items():
            rows = rows.filter(pl.col(column) == value)
        return rows["project"].unique(maintain_order=True).to_list()

    def _groups(self, frame: pl.DataFrame) -> list[Row]:
        """Rows by the column `group`."""
        verdict = pl.col("verdict")
        grouped = frame.group_by("group").agg(
            pl.len().alias("projects"),
            *((verdict == str(each)).sum().alias(str(each)) for each in WORST_FIRST),
            verdict.is_in(NOT_CONFORMING).sum().alias("bad"),
            pl.col("errors").sum(),
            (pl.col("missing") > 0).sum().alias("missing"),
            pl.col("total_investment").sum().round(2).alias("investment"),
        )
        rows = grouped.with_columns(share=pl.col("bad") / pl.col("projects")).to_dicts()
        return rows or [
            {"group": "", "projects": 0, "bad": 0, "errors": 0, "missing": 0, "investment": 0.0, "share": 0.0}
        ]


def _is_city(code: str, parent: str | None) -> bool:
    return parent is not None and code.endswith("00")
