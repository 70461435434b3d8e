"""What is asked of a project: the plan, made once for all projects that ask the same of a process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cimkit.projects.definitions import PACK
from cimkit.projects.dossier import Dossier
from cimkit.rules.choose import default_packs
from cimkit.rules.packs import find_packs, locate_pack
from cimkit.rules.settings import Settings
from cimkit.run.checking import Plan
from cimkit.run.planning import plan_for
from cimkit.sources.source import Source

__all__ = ["packs_of", "plan_of"]


def packs_of(
    packs: Sequence[str | os.PathLike[str]] | None,
    settings: Settings,
    sources: Sequence[Source],
    dossier: Dossier,
    stage: str | None,
) -> Sequence[str | os.PathLike[str]] | None:
    """What the caller or the settings name; else what fits the sources, and the packs of the project's kinds."""
    if packs is not None or settings.packs is not None:
        return packs
    formats = frozenset(source.format for source in sources if source.format is not None and source.error is None)
    kinds = tuple(dict.fromkeys(pack for kind in dossier.kinds for pack in kind.packs))
    return _fitting(formats, kinds, stage or settings.stage or dossier.stage, settings.period[1])


@lru_cache(maxsize=64)
def _fitting(formats: frozenset[str], kinds: tuple[str, ...], stage: str, day: str | None) -> tuple[str, ...]:
    shipped = find_packs(day)
    fitting = [str(path) for path in default_packs(formats, stage, day)]
    return tuple(dict.fromkeys([*fitting, *(str(shipped[pack]) for pack in (PACK, *kinds) if pack in shipped)]))


def plan_of(
    sources: Sequence[Source],
    *,
    packs: Sequence[str | os.PathLike[str]] | None,
    ids: Sequence[Any],
    stage: str | None,
    settings: Settings,
    select: Sequence[str],
    ignore: Sequence[str],
    lang: str,
) -> Plan:
    """`cimkit.run.planning.plan_for`, remembered while neither the packs' files nor the settings change.

    Reading the packs costs as much as all else about a small project, and a province has thousands of those.
    """
    options: dict[str, Any] = {
        "packs": packs, "ids": ids, "stage": stage, "settings": settings, "select": select, "ignore": ignore,
        "lang": lang,
    }  # fmt: skip
    named = packs if packs is not None else settings.packs
    if ids or named is None or settings.given:
        return plan_for(sources, **options)
    key = (tuple(map(str, named)), stage, tuple(select), tuple(ignore), lang)
    return _remembered(key, tuple(_state(pack) for pack in key[0]))


@lru_cache(maxsize=32)
def _remembered(key: tuple[Any, ...], state: tuple[Any, ...]) -> Plan:  # noqa: ARG001 - what the packs were then
    packs, stage, select, ignore, lang = key
    return plan_for([], packs=packs, ids=(), stage=stage, settings=Settings(), select=select, ignore=ignore, lang=lang)


def _state(pack: str) -> tuple[Any, ...]:
    """Names, sizes and times of a pack's files, cases apart. Raises PackError for a name that no pack has."""
    if pack == "none":
        return ()
    told = []
    for here, below, files in os.walk(locate_pack(pack)):
        below[:] = sorted(name for name in below if name != "cases")
        for name in sorted(files):
            status = os.stat(os.path.join(here, name))  # noqa: PTH116, PTH118 - asked of each file for each project
            told.append((here, name, status.st_mtime_ns, status.st_size))
    return tuple(told)
