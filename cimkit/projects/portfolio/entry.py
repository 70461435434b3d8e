"""One project of a portfolio, in the few plain data that a portfolio needs of its report."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cimkit.errors import CimkitError
from cimkit.report.model import Report, Result, Verdict
from cimkit.report.reading import localised
from cimkit.report.summary import count, exit_status, findings_of, open_findings
from cimkit.run.fleet import DIED, Failure

__all__ = ["Entry", "Options", "ProjectCheck", "failed_entry"]

#: Plain data that JSON can hold: what a worker sends home, and what is kept.
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Options:
    """What every project of a portfolio is asked; the words are those of `cimkit.check`."""

    packs: tuple[str, ...] | None = None
    ids: tuple[str, ...] = ()
    stage: str | None = None
    settings: str | None = None
    lang: str = "zh"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    depth: str = "full"


@dataclass(frozen=True, slots=True)
class ProjectCheck:
    """Checks the project in a folder. It travels to other processes with its options."""

    options: Options

    def __call__(self, folder: str) -> Entry:
        """The project's entry. What is wrong with this project alone, its settings file too, is told in it."""
        from cimkit.projects.project import check_project

        options = self.options
        try:
            report = check_project(
                Path(folder),
                packs=options.packs,
                ids=options.ids,
                stage=options.stage,
                settings=options.settings,
                lang=options.lang,
                select=options.select,
                ignore=options.ignore,
                depth=options.depth,
            )
        except CimkitError as error:
            return _unread(error.message(options.lang), error.key, error.exit_status)
        return _entry(report)


def failed_entry(folder: str, failure: Failure | None, lang: str) -> Entry:
    """The entry of a project whose check ended without an answer."""
    name = os.path.basename(folder) or folder  # noqa: PTH119 - a name, whatever system it comes from
    if failure is None or failure.kind == DIED:
        error = CimkitError("run.worker_died", name=name)
    else:
        error = CimkitError("run.task_failed", name=name, kind=failure.kind, detail=failure.message)
    return _unread(error.message(lang), error.key, error.exit_status)


def _entry(report: Report) -> Entry:
    project: Mapping[str, Any] = report.project or {}
    counts = count(report)
    unread = [source for source in report.sources if source.error is not None]
    return {
        "error": project.get("error"),
        "error_key": next((source.error_key for source in unread), None) if project.get("error") else None,
        "status": exit_status(report, "never"),
        "faults": len(report.internal_errors),
        **{
            key: project.get(key)
            for key in ("number", "name", "city", "city_name", "district", "district_name", "task")
        },
        "kinds": list(project.get("kinds") or ()),
        "kind_names": list(project.get("kind_names") or ()),
        "stage": project.get("stage") if not project.get("error") else None,
        "verdict": str(report.verdict),
        "total_investment": project.get("total_investment"),
        "investment": dict(project.get("investment") or {}),
        "dates": dict(project.get("dates") or {}),
        "indicators": {
            code: [each.get("name"), each.get("value"), each.get("unit")]
            for code, each in (project.get("indicators") or {}).items()
        },
        "findings": dict(counts.findings),
        "rules": {str(verdict): number for verdict, number in counts.rules.items()},
        "sources": [[source.path, source.sha256, source.bytes, source.format] for source in report.sources],
        "unread": [[source.path, source.error, source.error_key] for source in unread],
        "missing": [[each["code"], each["title"], each["severity"]] for each in _listed(project, "missing")],
        "to_sign": len(_listed(project, "to_sign")),
        "results": [
            _result(result, report.lang) for result in report.results if result.verdict is not Verdict.NOT_APPLICABLE
        ],
        "packs": {pack.id: [pack.edition, pack.sha256] for pack in report.packs},
    }


def _listed(project: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    return project.get(key) or ()


def _result(result: Result, lang: str) -> list[Any]:
    """code, pack, severity, verdict, subjects asked, open findings, title."""
    said = findings_of(result) and open_findings(result)
    title = localised(result.title, lang) or result.name
    return [result.code, result.pack, result.severity, str(result.verdict), result.applicable, said, title]


def _unread(error: str, key: str, status: int) -> Entry:
    return {
        "error": error,
        "error_key": key,
        "status": status,
        "faults": int(status == CimkitError.exit_status),
        **dict.fromkeys(("number", "name", "city", "city_name", "district", "district_name", "task", "stage")),
        "kinds": [],
        "kind_names": [],
        "verdict": str(Verdict.BLOCKED),
        "total_investment": None,
        **{name: {} for name in ("investment", "dates", "indicators", "findings", "rules", "packs")},
        **{name: [] for name in ("sources", "unread", "missing", "results")},
        "to_sign": 0,
    }
