"""Where the floor lines take their buildings from, and how they stand among the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cimkit.projects.dossier import Dossier
from cimkit.projects.floor_lines import Indicator
from cimkit.projects.survey import Survey
from cimkit.projects.tables import FLAG, NUMBER, TEXT, ProjectLayer

__all__ = ["indicator_layer", "inputs_of", "owed"]


def inputs_of(dossier: Dossier, survey: Survey) -> tuple[Sequence[Mapping[str, Any]], str]:
    """The buildings that the floor lines count, and what to call their origin: those of the form where it gives every
    one a phase, else those of the building layer where that does, else the floors of the one model that does."""
    rows = dossier.form.rows("buildings")
    if rows and all(row.get("phase") for row in rows):
        return [row.values for row in rows], dossier.form.file
    if survey.buildings and all(each["phase"] for each in survey.buildings):
        layers = dict.fromkeys(each["place"].rpartition(":")[0] for each in survey.buildings)
        return survey.buildings, ", ".join(layers)
    models = [model for model in survey.models if model.areas]
    if len(models) == 1:  # the floors of several models may be the same ones
        return [{"area": area, "phase": phase} for phase, area in models[0].areas.items()], models[0].path
    return [row.values for row in rows], dossier.form.file


def owed(indicators: Sequence[Indicator], dossier: Dossier) -> list[Indicator]:
    """The figures, with whether the project owes them: being a renewal unit, or demolishing something."""
    is_unit = any(kind.code == "renewal-unit" for kind in dossier.kinds)
    asked = is_unit or dossier.form.single.get("demolition") is True
    asked = asked or any(row.get("phase") == "demolished" for row in dossier.form.rows("buildings"))
    return [replace(each, asked=asked) for each in indicators]


def indicator_layer(indicators: Sequence[Indicator], dossier: Dossier) -> ProjectLayer:
    """One row a figure."""
    rows = [
        {
            "code": each.code,
            "name": each.name["zh"],
            "value": each.value,
            "unit": each.unit,
            "inputs": each.inputs or None,
            "lacking": each.lacking or None,
            "computed": each.value is not None,
            "asked": each.asked,
            "place": dossier.form.file,
        }
        for each in indicators
    ]
    fields = {
        "code": TEXT, "name": TEXT, "value": NUMBER, "unit": TEXT, "inputs": TEXT, "lacking": TEXT, "computed": FLAG,
        "asked": FLAG,
    }  # fmt: skip
    return ProjectLayer("indicator", fields, rows, "code")
