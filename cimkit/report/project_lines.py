"""What a report says of a renewal project, as lines that every format for people shows in its own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from cimkit.report.model import Report
from cimkit.report.wording import Words

__all__ = ["Section", "project_sections"]

#: So many deliverables, models and rules to sign are listed; the totals are told.
_LISTED = 40


class Section(Struct, frozen=True):
    """A heading and its lines: (label, text, verdict or severity that colours it, or None)."""

    title: str
    lines: Sequence[tuple[str, str, str | None]]


def project_sections(report: Report) -> list[Section]:
    """The sections on the project: who it is, what is missing, its figures, deliverables, models, what to sign. None
    for a report that is not about a project, or whose form could not be read."""
    project = report.project
    if not project or "error" in project:
        return []
    words = Words(report.lang)
    sections = [
        Section(words("project"), _who(project, words)),
        Section(words("project_missing"), _rules(project["missing"], words)),
        Section(words("project_indicators"), _indicators(project["indicators"], words)),
        Section(words("project_deliverables"), _deliverables(project["deliverables"], words)),
        Section(words("project_models"), _models(project["models"], words)),
        Section(words("project_to_sign"), _rules(project["to_sign"], words)),
    ]
    return [section for section in sections if section.lines]


def _who(project: Mapping[str, Any], words: Words) -> list[tuple[str, str, str | None]]:
    place = " ".join(str(project[key]) for key in ("city_name", "district_name") if project.get(key))
    investment = words("comma").join(f"{source} {amount:g}" for source, amount in project["investment"].items())
    line = project.get("red_line") or {}
    told = {
        "project_number": project["number"],
        "project_name": project["name"],
        "project_place": place,
        "project_kinds": words("comma").join(project["kind_names"]),
        "project_stage": project["stage"],
        "project_task": project["task"],
        "project_investment": investment,
        "project_red_line": f"{line['square_metres']:,.0f} m²" if line.get("square_metres") else None,
        "project_form": project["form"],
        "project_wrong": words("project_wrong_count", count=len(project["wrong"])) if project["wrong"] else None,
    }
    return [(words(key), str(value), None) for key, value in told.items() if value]


def _capped(lines: list[tuple[str, str, str | None]], words: Words) -> list[tuple[str, str, str | None]]:
    if len(lines) <= _LISTED:
        return lines
    more = words("capped", shown=words.number(_LISTED), total=words.number(len(lines)))
    return [*lines[:_LISTED], ("", more, None)]


def _rules(entries: Sequence[Mapping[str, Any]], words: Words) -> list[tuple[str, str, str | None]]:
    return _capped([(entry["code"], entry["title"], entry["severity"]) for entry in entries], words)


def _indicators(indicators: Mapping[str, Mapping[str, Any]], words: Words) -> list[tuple[str, str, str | None]]:
    lines: list[tuple[str, str, str | None]] = []
    for each in indicators.values():
        if not each.get("asked", True):
            continue
        if each["value"] is not None:
            text = words("project_computed", value=f"{each['value']:g}{each['unit']}", inputs=each["inputs"])
        elif each["inputs"]:
            text = words("project_lacking_with", lacking=each["lacking"], inputs=each["inputs"])
        else:
            text = words("project_lacking", lacking=each["lacking"])
        lines.append((each["name"], text, None))
    return lines


def _deliverables(deliverables: Sequence[Mapping[str, Any]], words: Words) -> list[tuple[str, str, str | None]]:
    lines: list[tuple[str, str, str | None]] = []
    for each in deliverables:
        parts = [each["item_name"] or words("project_no_item")]
        if not each["present"]:
            parts.append(words("project_absent"))
        elif not each["named"]:
            parts.append(words("project_found"))
        if each["verdict"]:
            parts.append(words.verdict(each["verdict"]))
        lines.append((each["path"], " · ".join(parts), each["verdict"] or ("error" if not each["present"] else None)))
    return _capped(lines, words)


def _models(models: Sequence[Mapping[str, Any]], words: Words) -> list[tuple[str, str, str | None]]:
    lines: list[tuple[str, str, str | None]] = []
    for each in models:
        known = words.known("discipline", each["discipline"] or "") or words("project_no_discipline")
        because = words.known("because", each["because"]) if each["because"] else ""
        told = words("named_subject", name=known, where=because) if because else known
        lines.append((each["path"], f"{told} · {each['schema'] or '-'}", None))
    return _capped(lines, words)
