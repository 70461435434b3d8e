"""`cimcheck pack export --to ids`: what a pack asks of IFC models, as IDS 1.0, with a list of what IDS can't say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cimkit.errors import UsageError
from cimkit.ids.audit.knowledge import IFC_VERSIONS
from cimkit.ids.document import Info
from cimkit.ids.export import Export, Unsaid, export_rules
from cimkit.locales import text
from cimkit.rules.choose import choose
from cimkit.rules.settings import Settings

__all__ = ["export_ids", "unsaid_lines"]

#: Why a rule is not asked at all -> the sentence; those that the caller deselected need none.
_NOT_ASKED = {"draft": "ids.unsaid_draft", "stage": "ids.unsaid_stage"}


def export_ids(
    pack: str | Path,
    *,
    stage: str | None = None,
    settings: Settings | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    versions: Sequence[str] = (),
    new_work: bool = False,
    lang: str = "zh",
) -> Export:
    """The rules of a pack that a check at this stage would ask, as IDS.

    versions: IFC versions, none for all three. new_work: see `cimkit.ids.export.export_rules`. Raises PackError and
    UsageError as a check would, and UsageError where IDS can say none of the rules.
    """
    choice = choose({"ifc"}, packs=[pack], stage=stage, settings=settings, select=select, ignore=ignore)
    chosen = choice.packs[0]
    title = chosen.title.get(lang) or chosen.id
    info = Info(
        title=f"{title} ({chosen.id} {chosen.edition})",
        version=chosen.edition,
        description=chosen.notice.get(lang),
        milestone=choice.stage[0],
    )
    export = export_rules(
        choice.rules,
        info,
        versions=versions or IFC_VERSIONS,
        lang=lang,
        missing_parameters=choice.missing_parameters,
        new_work=new_work,
    )
    if not export.document.specifications:
        raise UsageError("exchange.nothing_for_ids", id=chosen.id)
    not_asked = tuple(Unsaid(code, True, _NOT_ASKED[reason]) for code, reason in choice.skipped if reason in _NOT_ASKED)
    return Export(export.document, (*export.unsaid, *not_asked), export.codes)


def unsaid_lines(unsaid: Sequence[Unsaid], lang: str) -> list[str]:
    """One line a reason, naming all the rules of which it is said; in the order in which they first occur."""
    codes: dict[str, dict[str, None]] = {}
    for one in unsaid:
        codes.setdefault(one.what(lang), {})[one.code] = None
    return [
        text("ids.unsaid_of_many", lang, what=what, count=len(named), codes=", ".join(named))
        for what, named in codes.items()
    ]
