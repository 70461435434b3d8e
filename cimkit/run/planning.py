"""What to ask of these sources: packs and IDS files chosen, settings applied, parameters counted."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cimkit.report.model import Skipped
from cimkit.rules.load import load_pack, packs as shipped_packs
from cimkit.rules.model import Pack, Rule, Status
from cimkit.run.checking import Plan
from cimkit.sources.opening import Source

__all__ = ["plan_for"]


def plan_for(
    sources: Sequence[Source],
    *,
    packs: Sequence[str | os.PathLike[str]] | None,
    ids: Sequence[str | os.PathLike[str] | bytes],
    stage: str | None,
    settings: str | os.PathLike[str] | None,
    select: Sequence[str],
    ignore: Sequence[str],
) -> Plan:
    """The plan. Raises UsageError and PackError."""
    chosen: list[Pack] = []
    if packs is None:
        if not ids:
            formats = {source.format for source in sources}
            chosen = [pack for pack in shipped_packs() if pack.default and (not pack.applies_to or pack.applies_to & formats)]
    else:
        chosen = [load_pack(Path(pack) if os.path.isdir(pack) else str(pack)) for pack in packs]
    rules: list[Rule] = []
    skipped: list[Skipped] = []
    for pack in chosen:
        for rule in pack.rules:
            reason = _skip(rule, stage or "施工图", select, ignore)
            if reason:
                skipped.append(Skipped(rule.code, reason))
            else:
                rules.append(rule)
    missing: Mapping[str, list[str]] = {
        rule.code: names for pack in chosen for rule in pack.rules if (names := _unset(rule, pack))
    }
    ids_rules, ids_files = _ids_rules(ids)
    return Plan(
        rules=[*rules, *ids_rules],
        packs=chosen,
        skipped=skipped,
        missing_parameters=missing,
        stage=(stage, "option") if stage else ("施工图", "default"),
        parameters={pack.id: dict(pack.parameters) for pack in chosen if pack.parameters},
        ids=ids_files,
        formats={pack.id: pack.applies_to for pack in chosen},
    )


def _skip(rule: Rule, stage: str, select: Sequence[str], ignore: Sequence[str]) -> str | None:
    if rule.status in (Status.DRAFT, Status.REMOVED):
        return str(rule.status)
    if select and not rule.code.startswith(tuple(select)):
        return "deselected"
    if ignore and rule.code.startswith(tuple(ignore)):
        return "deselected"
    return "stage" if rule.stages and stage not in rule.stages else None


def _unset(rule: Rule, pack: Pack) -> list[str]:
    return [name for name in rule.parameters if pack.parameters.get(name) is None]


def _ids_rules(ids: Sequence[Any]) -> tuple[list[Rule], list[dict[str, Any]]]:
    rules: list[Rule] = []
    files: list[dict[str, Any]] = []
    for given in ids:
        from cimkit.ids.read import read_ids_file

        file = read_ids_file(given)
        rules += file.rules
        files.append({"path": file.path, "sha256": file.sha256, "title": file.title})
    return rules, files
