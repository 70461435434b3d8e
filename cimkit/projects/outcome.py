"""What the report says of the project as a whole: who it is, what is missing, what is wrong, what a person must
sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cimkit.projects.comparing import present_items
from cimkit.projects.definitions import Definitions
from cimkit.projects.dossier import Dossier
from cimkit.projects.floor_lines import Indicator
from cimkit.projects.survey import Survey
from cimkit.report.model import Report, Result, Verdict
from cimkit.report.reading import localised
from cimkit.report.summary import findings_of, open_findings, worst

__all__ = ["outcome_of"]

#: Codes of rules that ask whether something is there.
_REQUIRED = "RNP-REQ-"


def outcome_of(
    report: Report, dossier: Dossier, survey: Survey, indicators: Sequence[Indicator], known: Definitions
) -> dict[str, Any]:
    """The mapping `Report.project`; its keys are only ever added to."""
    lang = report.lang
    failed = [result for result in report.results if result.verdict is Verdict.FAILED and open_findings(result)]
    missing = [result for result in failed if result.code.startswith(_REQUIRED)]
    wrong = [result for result in failed if not result.code.startswith(_REQUIRED)]
    return {
        "number": dossier.number,
        "name": dossier.name,
        "city": dossier.city.code if dossier.city else None,
        "city_name": dossier.city.name if dossier.city else None,
        "district": dossier.district.code if dossier.district else None,
        "district_name": dossier.district.name if dossier.district else None,
        "kinds": [kind.code for kind in dossier.kinds],
        "kind_names": [kind.label(lang) for kind in dossier.kinds],
        "stage": report.stage[0],
        "task": dossier.form.single.get("task"),
        "task_name": known.tasks.get(str(dossier.form.single.get("task"))),
        "form": dossier.form.file,
        "total_investment": dossier.form.single.get("total_investment"),
        "investment": _investment(dossier),
        "dates": {
            key: dossier.form.single.get(key)
            for key in ("approved", "planned_start", "started", "planned_finish", "finished", "accepted")
            if dossier.form.single.get(key)
        },
        "red_line": _red_line(survey),
        "indicators": {each.code: _indicator(each, lang) for each in indicators},
        "missing": _once([_entry(result, lang) for result in missing]),
        "wrong": [_entry(result, lang) for result in wrong],
        "to_sign": [_entry(result, lang) for result in report.results if result.verdict is Verdict.MANUAL],
        "deliverables": _deliverables(report, survey, known, lang),
        "present": dict(sorted(present_items(survey).items())),
        "models": [
            {
                "path": model.path,
                "discipline": model.discipline,
                "because": model.because,
                "schema": model.schema,
                "storeys": len(model.storeys),
                "buildings": len(model.buildings),
            }
            for model in survey.models
        ],
        "buildings": len(dossier.form.rows("buildings")),
    }


def _investment(dossier: Dossier) -> dict[str, float]:
    sums: dict[str, float] = {}
    for row in dossier.form.rows("investment"):
        source, amount = row.get("source"), row.get("amount")
        if source is not None and amount is not None:
            sums[source] = sums.get(source, 0.0) + amount
    return sums


def _red_line(survey: Survey) -> dict[str, Any] | None:
    line = survey.red_line
    if line is None:
        return None
    return {
        "path": line.path,
        "valid": line.valid,
        "square_metres": line.square_metres,
        "latitude": line.latitude,
        "longitude": line.longitude,
    }


def _indicator(each: Indicator, lang: str) -> dict[str, Any]:
    return {
        "name": each.name.get(lang) or each.name["zh"],
        "value": each.value,
        "unit": each.unit,
        "inputs": each.inputs,
        "lacking": each.lacking,
        "asked": each.asked,
    }


def _once(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What several kinds of one project call for is told once."""
    return list({entry["title"]: entry for entry in reversed(entries)}.values())[::-1]


def _entry(result: Result, lang: str) -> dict[str, Any]:
    return {
        "code": result.code,
        "title": localised(result.title, lang) or result.name,
        "severity": result.severity,
        "findings": findings_of(result) if result.verdict is Verdict.FAILED else 0,
    }


def _deliverables(report: Report, survey: Survey, known: Definitions, lang: str) -> list[dict[str, Any]]:
    verdicts = {source.path: source.verdict for source in report.sources}
    listed = []
    for each in survey.inventory.deliverables:
        of_sources = [verdict for source in each.sources if (verdict := verdicts.get(source.name)) is not None]
        listed.append(
            {
                "id": each.id,
                "path": each.path,
                "item": each.item,
                "item_name": known.items[each.item].label(lang) if each.item else None,
                "because": each.because,
                "category": each.category,
                "named": each.place is not None,
                "present": each.exists,
                "verdict": str(worst(of_sources)) if of_sources else None,
            }
        )
    return listed
