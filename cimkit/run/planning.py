"""What to ask of these sources: packs and IDS files chosen, settings applied, parameters counted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cimkit.report.model import Skipped
from cimkit.rules.choose import choose
from cimkit.rules.model import Rule
from cimkit.rules.settings import Settings, find_settings, read_settings
from cimkit.run.checking import Plan
from cimkit.run.reading import declared_stage
from cimkit.sources.opening import Source

__all__ = ["plan_for", "settings_for"]

#: A path, or the content.
IdsFile = str | os.PathLike[str] | bytes


def plan_for(
    sources: Sequence[Source],
    *,
    packs: Sequence[str | os.PathLike[str]] | None,
    ids: Sequence[IdsFile],
    stage: str | None,
    settings: Settings,
    select: Sequence[str],
    ignore: Sequence[str],
) -> Plan:
    """The plan. Naming IDS files and no packs asks the IDS files alone. Raises UsageError and PackError."""
    wanted: list[str | Path] | None = None if packs is None else [str(pack) for pack in packs]
    if wanted is None and ids and settings.packs is None:
        wanted = []
    choice = choose(
        {source.format for source in sources if source.format is not None},
        packs=wanted,
        stage=stage,
        settings=settings,
        select=select,
        ignore=ignore,
        declared_stage=next((said for source in sources if (said := declared_stage(source)) is not None), None),
    )
    ids_rules, ids_files = _ids_rules(ids)
    return Plan(
        rules=[*choice.rules, *ids_rules],
        packs=choice.packs,
        skipped=[Skipped(code, reason) for code, reason in choice.skipped],
        missing_parameters=choice.missing_parameters,
        stage=choice.stage,
        parameters=choice.parameters,
        adoption=choice.adoption,
        settings=choice.settings,
        ids=ids_files,
        formats=choice.formats,
    )


def settings_for(given: str | os.PathLike[str] | None, sources: Sequence[Any]) -> Settings:
    """The settings file named, or the `cimcheck.yaml` beside the first source that is a path, or above it; else none.

    Raises PackError for a broken one.
    """
    if given is not None:
        return read_settings(Path(given))
    for source in sources:
        if isinstance(source, str | os.PathLike):
            found = find_settings(Path(source))
            return read_settings(found) if found is not None else Settings()
    return Settings()


def _ids_rules(ids: Sequence[IdsFile]) -> tuple[list[Rule], list[dict[str, Any]]]:
    rules: list[Rule] = []
    files: list[dict[str, Any]] = []
    for given in ids:
        from cimkit.ids.read import read_ids_file

        file = read_ids_file(given)
        rules += file.rules
        files.append({"path": file.path, "sha256": file.sha256, "title": file.title})
    return rules, files
