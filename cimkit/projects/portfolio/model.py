"""A portfolio that was checked: its tables, and what stands beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cimkit.locales import text

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Change", "Portfolio", "PortfolioFault"]


@dataclass(frozen=True, slots=True)
class PortfolioFault:
    """Something wrong with where projects are or how they are numbered. kind: number_twice or nested."""

    kind: str
    what: str
    places: tuple[str, ...]

    def message(self, lang: str) -> str:
        """The sentence."""
        return text(f"portfolio.fault_{self.kind}", lang, what=self.what, places=", ".join(self.places))


@dataclass(frozen=True, slots=True)
class Change:
    """What differs from an earlier state, as rows for people: project, name, and what changed.

    since: when the earlier state was made; added, removed: projects; better, worse: those whose verdict or number of
    open errors changed; revised: those with other data or another form, whatever it did to the verdict.
    """

    since: str
    added: list[Mapping[str, Any]] = field(default_factory=list)
    removed: list[Mapping[str, Any]] = field(default_factory=list)
    better: list[Mapping[str, Any]] = field(default_factory=list)
    worse: list[Mapping[str, Any]] = field(default_factory=list)
    revised: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.removed or self.better or self.worse or self.revised)


@dataclass
class Portfolio:
    """`created` apart, the same projects, packs and options give the same portfolio.

    name: of the folder looked through; tables: see `cimkit.projects.portfolio.tables`; change: against the last run;
    period: the frozen period that the tables show, with `late`: what came or changed after it was frozen.
    """

    version: str
    created: str
    lang: str
    name: str
    tables: Mapping[str, pl.DataFrame]
    faults: list[PortfolioFault] = field(default_factory=list)
    change: Change | None = None
    period: str | None = None
    frozen: str | None = None
    late: Change | None = None

    @property
    def projects(self) -> pl.DataFrame:
        """One row a project."""
        return self.tables["projects"]

    def status(self, fail_on: str = "error") -> int:
        """The exit status: the highest of the projects' own."""
        from cimkit.report.summary import SEVERITIES

        own = int(self.projects["status"].max() or 0)  # type: ignore[arg-type]
        failing = [] if fail_on == "never" else list(SEVERITIES[: SEVERITIES.index(fail_on) + 1])
        columns = {"error": "errors", "warning": "warnings", "info": "infos"}
        found = sum(int(self.projects[columns[severity]].sum()) for severity in failing)
        return max(own, 1 if found or (self.faults and fail_on != "never") else 0)
