"""A word on IDS files in the report: specifications that name other IFC versions than the models have.

`ifcVersion` says what the author had in mind; buildingSMART's cases want a specification judged on any model. So this
is a note beside the file and changes no verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cimkit.facts.ifc_schema import nearest_schema
from cimkit.locales import text
from cimkit.report.model import SourceSummary
from cimkit.sources.formats import IFC_FORMATS

__all__ = ["with_notes"]


def with_notes(
    files: Sequence[Mapping[str, Any]],
    versions: Mapping[str, Sequence[Sequence[str]]],
    sources: Sequence[SourceSummary],
    lang: str,
) -> list[Mapping[str, Any]]:
    """The entries of the IDS files, each with `notes` where there is something to say.

    files: entries as in `Report.ids`. versions: path of a file -> the IFC versions that each of its specifications
    names.
    """
    models: dict[str, list[SourceSummary]] = {}
    for source in sources:
        if source.format in IFC_FORMATS and source.schema:
            models.setdefault(source.schema, []).append(source)
    noted = []
    for file in files:
        notes = [
            note
            for schema, of_schema in models.items()
            if (note := _note(versions.get(file["path"], ()), schema, of_schema, lang)) is not None
        ]
        noted.append({**file, "notes": notes} if notes else file)
    return noted


def _note(versions: Sequence[Sequence[str]], schema: str, models: Sequence[SourceSummary], lang: str) -> str | None:
    judged_as = nearest_schema(schema)[0]
    other = [names for names in versions if names and judged_as not in names]
    if not other:
        return None
    named = sorted({name for names in other for name in names})
    return text(
        "run.ids_for_other_schema",
        lang,
        count=len(other),
        of=len(versions),
        versions=", ".join(named),
        schema=schema,
        model=models[0].path,
        models=len(models),
    )
