"""Which packs and which of their rules are asked: the option given, else the settings, else what fits the source."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from cimkit.errors import UsageError
from cimkit.rules.codes import covers
from cimkit.rules.faults import nearest
from cimkit.rules.load import load_pack
from cimkit.rules.model import Pack, Rule, Status
from cimkit.rules.packs import find_editions
from cimkit.rules.setting import applied, switched_off
from cimkit.rules.settings import Settings
from cimkit.rules.stages import DEFAULT_STAGE, STAGES, stage_named

__all__ = ["NO_PACKS", "Choice", "choose", "choose_stage", "default_packs"]

#: `--pack none`: no pack at all.
NO_PACKS = "none"


class Choice(Struct, frozen=True):
    """What will be asked.

    rules               in the order of their codes
    skipped             (code, reason) of the others: deselected, draft, removed, stage, edition
    stage               the stage, and what decided it: option, settings, source, default
    missing_parameters  code -> parameters of that rule which have no value: it is manual
    parameters          pack id -> name -> value, null where nobody has set one
    formats             pack id -> formats it speaks of; a pack that is not there speaks of all
    adoption, settings  as the report prints them
    """

    packs: tuple[Pack, ...]
    rules: tuple[Rule, ...]
    skipped: tuple[tuple[str, str], ...]
    stage: tuple[str, str]
    missing_parameters: Mapping[str, tuple[str, ...]]
    parameters: Mapping[str, Mapping[str, Any]]
    formats: Mapping[str, frozenset[str]]
    adoption: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, Any]


def choose(
    formats: Collection[str],
    *,
    packs: Sequence[str | Path | Pack] | None = None,
    stage: str | None = None,
    settings: Settings | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    declared_stage: str | None = None,
) -> Choice:
    """Everything that decides which rules are asked.

    formats: of the sources. packs: ids, paths or packs; None leaves it to the settings and then to what fits. select
    and ignore: codes or their first parts; an option's select replaces that of the settings, both ignores hold.
    declared_stage: what the source says of itself. Raises PackError and UsageError.
    """
    settings = settings or Settings()
    day = settings.period[1]
    decided = choose_stage(stage, settings, declared_stage)
    wanted = packs if packs is not None else settings.packs
    if wanted is None:
        wanted = default_packs(formats, decided[0], day)
    loaded = [
        pack if isinstance(pack, Pack) else load_pack(pack, parameters=settings.parameters.get(str(pack)), day=day)
        for pack in wanted
        if pack != NO_PACKS
    ]
    loaded = applied(loaded, settings)
    asked: dict[str, Rule] = {}
    skipped: dict[str, str] = {}
    selected = tuple(select) or settings.select
    ignored = (*settings.ignore, *ignore)
    _refuse_selecting_nothing((*select, *ignore), loaded)
    for pack in _extending_first(loaded):
        for rule in pack.rules:
            if rule.code in asked or rule.code in skipped:
                continue  # a rule that two packs share is asked once, as the pack has it that extends the other
            reason = _reason_to_skip(rule, pack, decided[0], settings, selected, ignored)
            if reason is None:
                asked[rule.code] = rule
            else:
                skipped[rule.code] = reason
    rules = tuple(asked[code] for code in sorted(asked))
    return Choice(
        packs=tuple(loaded),
        rules=rules,
        skipped=tuple(sorted(skipped.items())),
        stage=decided,
        missing_parameters=_missing(rules, loaded),
        parameters={pack.id: dict(pack.parameters) for pack in loaded if pack.parameters},
        formats={pack.id: pack.applies_to for pack in loaded if pack.applies_to},
        adoption=tuple(_told(asdict(adoption)) for adoption in settings.adoption),
        settings=settings.given,
    )


def choose_stage(option: str | None, settings: Settings, declared: str | None) -> tuple[str, str]:
    """The stage and what decided it. Raises UsageError for an option that is no stage; a source may say anything."""
    if option is not None:
        stage = stage_named(option)
        if stage is None:
            near = nearest(option, STAGES)
            if near is not None:
                raise UsageError("rules.unknown_stage_near", word=option, near=near)
            raise UsageError("rules.unknown_stage", word=option, known=" ".join(STAGES))
        return stage, "option"
    if settings.stage is not None:
        return settings.stage, "settings"
    stage = stage_named(declared) if declared is not None else None
    return (stage, "source") if stage is not None else (DEFAULT_STAGE, "default")


def default_packs(formats: Collection[str], stage: str, day: str | None = None) -> list[Path]:
    """Folders of the shipped packs that fit sources of these formats at this stage, by id.

    The newest editions, or those in force on an ISO day.
    """
    fitting: dict[str, Path] = {}
    for edition in find_editions():
        manifest = edition.manifest
        if not manifest.default or (day is not None and not edition.in_force_on(day)):
            continue
        of_format = not manifest.applies_to or bool(manifest.applies_to & set(formats))
        of_format = of_format and all(group & set(formats) for group in manifest.together)
        if of_format and (not manifest.stages or stage in manifest.stages):
            fitting[edition.id] = edition.folder
    return [fitting[identity] for identity in sorted(fitting)]


def _extending_first(packs: Sequence[Pack]) -> list[Pack]:
    return sorted(packs, key=lambda pack: pack.extends is None)


def _reason_to_skip(
    rule: Rule, pack: Pack, stage: str, settings: Settings, selected: Sequence[str], ignored: Sequence[str]
) -> str | None:
    if rule.status is Status.REMOVED:
        return "removed"
    if switched_off(rule, settings) or any(covers(word, rule.code) for word in ignored):
        return "deselected"
    if selected and not any(covers(word, rule.code) for word in selected):
        return "deselected"
    if rule.status is Status.DRAFT and rule.code not in {word.upper() for word in selected}:
        return "draft"  # asked only when it is called by its full code
    first, last = pack.in_force
    day = settings.period[1]
    if day is not None and ((first is not None and day < first) or (last is not None and day > last)):
        return "edition"
    if rule.stages and stage not in rule.stages:
        return "stage"
    return None


def _refuse_selecting_nothing(words: Sequence[str], packs: Sequence[Pack]) -> None:
    codes = [rule.code for pack in packs for rule in pack.rules]
    for word in words:
        if codes and not any(covers(word, code) for code in codes):
            near = nearest(word, codes)
            if near is not None:
                raise UsageError("rules.unknown_code", word=word, near=near)
            raise UsageError("rules.nothing_selected", word=word)


def _missing(rules: Sequence[Rule], packs: Sequence[Pack]) -> dict[str, tuple[str, ...]]:
    values = {pack.id: pack.parameters for pack in packs}
    missing = {
        rule.code: tuple(name for name in rule.parameters if values[rule.pack].get(name) is None) for rule in rules
    }
    return {code: names for code, names in missing.items() if names}


def _told(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value not in (None, {}, ())}
