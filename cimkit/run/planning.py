"""What to ask of these sources: packs and IDS files chosen, settings applied, parameters counted."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from cimkit.errors import UsageError
from cimkit.report.model import Skipped
from cimkit.rules.choose import choose
from cimkit.rules.model import Rule
from cimkit.rules.settings import Settings, find_settings, read_settings
from cimkit.run.checking import Plan
from cimkit.run.reading import declared_stage
from cimkit.sources.limits import Depth, Limits
from cimkit.sources.opening import Source

__all__ = ["plan_for", "settings_for", "with_depth"]

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
    lang: str = "zh",
) -> Plan:
    """The plan. Naming IDS files and no packs asks the IDS files alone. Raises UsageError and PackError.

    lang: of what is said of flawed IDS specifications.
    """
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
    ids_rules, ids_files, ids_versions = _ids_rules(ids, lang)
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
        ids_versions=ids_versions,
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


def with_depth(limits: Limits, depth: str | None) -> Limits:
    """The limits with a depth of its name; None: as they are. Raises UsageError for a word that is no depth."""
    if depth is None:
        return limits
    if depth not in list(Depth):
        raise UsageError("run.unknown_depth", word=depth, known=", ".join(Depth))
    return replace(limits, depth=Depth(depth))


def _ids_rules(
    ids: Sequence[IdsFile], lang: str
) -> tuple[list[Rule], list[dict[str, Any]], dict[str, list[tuple[str, ...]]]]:
    """The rules of IDS files, each file as a pack of its own; what the report says of the files; path -> the IFC
    versions that each specification names."""
    if not ids:
        return [], [], {}
    from cimkit.ids.kept import ids_rules

    read = [ids_rules(given, lang=lang) for given in ids]
    read = list({(file.path, file.sha256): file for file in read}.values())  # one that is named twice is asked once
    names = Counter(rule.pack for file in read for rule in file.rules[:1])
    rules: list[Rule] = []
    files: list[dict[str, Any]] = []
    versions: dict[str, list[tuple[str, ...]]] = {}
    for number, file in enumerate(read, start=1):
        path = file.path
        if any(names[rule.pack] > 1 for rule in file.rules):  # files of one name in several folders, or bytes
            path = path if path not in {entry["path"] for entry in files} else f"{path} ({number})"
            rules += [replace(rule, pack=f"ids:{path}") for rule in file.rules]
        else:
            rules += file.rules
        files.append({"path": path, "sha256": file.sha256, "title": file.title})
        versions[path] = list(file.versions)
    return rules, files, versions
