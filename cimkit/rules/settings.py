"""`cimcheck.yaml`: what a project, an institute or a province sets. It is never part of a pack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from cimkit.rules.faults import broken, unknown
from cimkit.rules.model import Severity
from cimkit.rules.shapes import known_keys, mapping_in, one_or_many, text_in
from cimkit.rules.stages import STAGES, stage_named

__all__ = ["SETTINGS_FILE", "SETTINGS_KEYS", "Adoption", "Settings", "find_settings", "read_settings"]

SETTINGS_FILE = "cimcheck.yaml"
SETTINGS_KEYS = (
    "stage", "packs", "select", "ignore", "parameters", "regrade", "aliases", "adoption", "waivers", "period",
)  # fmt: skip
ADOPTION_KEYS = ("pack", "table", "code", "by", "date", "edition", "page", "clauses", "severity", "note")
OFF = "off"
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)


class Adoption(Struct, frozen=True):
    """Somebody who holds the printed standard takes rules as binding: those of a pack, a table, or a code.

    clauses   code -> clause number of that edition, as the adopter read it
    severity  what the adopted rules become; None: as they are
    """

    by: str
    date: str
    edition: str
    page: str | None = None
    pack: str | None = None
    table: str | None = None
    code: str | None = None
    clauses: Mapping[str, str] = field(default_factory=dict)
    severity: Severity | None = None
    note: str | None = None


class Settings(Struct, frozen=True):
    """What a settings file says; an empty one changes nothing.

    packs       ids, or paths already made relative to nothing (they are written relative to the file)
    regrade     code or first parts of one -> severity, or "off"
    waivers     files of waivers, or the waivers themselves as they are written
    period      (first, last) ISO days that a delivery speaks of; the last decides which edition of a pack is in force
    given       the file's content as plain data, for the report
    """

    file: Path | None = None
    stage: str | None = None
    packs: tuple[str, ...] | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    regrade: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    adoption: tuple[Adoption, ...] = ()
    waivers: tuple[Path, ...] | tuple[Mapping[str, Any], ...] = ()
    period: tuple[str | None, str | None] = (None, None)
    given: Mapping[str, Any] = field(default_factory=dict)


def find_settings(source: Path) -> Path | None:
    """The settings file beside a source (inside it, if it is a folder), or in the nearest folder above it."""
    source = source.absolute()
    for folder in (source, *source.parents) if source.is_dir() else source.parents:
        candidate = folder / SETTINGS_FILE
        if candidate.is_file():
            return candidate
    return None


def read_settings(path: str | Path) -> Settings:
    """Read a settings file. Raises PackError, with file, line and the nearest right word."""
    path = Path(path)
    file = path.name
    from cimkit.rules.yaml_reading import read_yaml_file

    data = read_yaml_file(path, file)
    if data is None:
        data = {}
    if not isinstance(data, Mapping):
        raise broken("not_a_mapping", file, data)
    known_keys(data, SETTINGS_KEYS, file)
    return Settings(
        file=path,
        stage=_stage(data, file),
        packs=_packs(data, file, path.parent) if data.get("packs") is not None else None,
        select=one_or_many(data, "select", file),
        ignore=one_or_many(data, "ignore", file),
        parameters=_parameters(data, file),
        regrade=_regrade(data, file),
        aliases=_aliases(data, file),
        adoption=_adoptions(data, file),
        waivers=_waivers(data, file, path.parent),
        period=_period(data, file),
        given=_plain(data),
    )


def _stage(data: Mapping[str, Any], file: str) -> str | None:
    word = text_in(data, "stage", file)
    stage = stage_named(word) if word is not None else None
    if word is not None and stage is None:
        raise unknown("unknown_word", word, STAGES, file, data, "stage", field="stage")
    return stage


def _packs(data: Mapping[str, Any], file: str, folder: Path) -> tuple[str, ...]:
    """Ids as they are; what is a folder beside the settings file, as its path."""
    names = one_or_many(data, "packs", file)
    if names == ("none",):
        return ()
    return tuple(str(folder / name) if (folder / name / "pack.yaml").is_file() else name for name in names)


def _parameters(data: Mapping[str, Any], file: str) -> dict[str, Mapping[str, Any]]:
    given = mapping_in(data, "parameters", file)
    return {pack: mapping_in(given, pack, file) for pack in given}


def _regrade(data: Mapping[str, Any], file: str) -> dict[str, str]:
    given = mapping_in(data, "regrade", file)
    words = (*(str(severity) for severity in Severity), OFF)
    for code, word in given.items():
        if word not in words:
            raise unknown("unknown_word", str(word), words, file, given, code, field=code)
    return dict(given)


def _aliases(data: Mapping[str, Any], file: str) -> dict[str, tuple[str, ...]]:
    given = mapping_in(data, "aliases", file)
    return {name: one_or_many(given, name, file) for name in given}


def _adoptions(data: Mapping[str, Any], file: str) -> tuple[Adoption, ...]:
    given = data.get("adoption") or []
    if not isinstance(given, list):
        raise broken("not_a_list_at", file, data, "adoption", field="adoption")
    return tuple(_adoption(entry, file) for entry in given)


def _adoption(entry: Any, file: str) -> Adoption:
    if not isinstance(entry, Mapping):
        raise broken("adoption_not_mapping", file, entry)
    known_keys(entry, ADOPTION_KEYS, file)
    texts = {key: text_in(entry, key, file) for key in ("pack", "table", "code", "page", "note")}
    if sum(texts[key] is not None for key in ("pack", "table", "code")) != 1:
        raise broken("adoption_of_what", file, entry)
    severity = entry.get("severity")
    words = [str(word) for word in Severity]
    if severity is not None and severity not in words:
        raise unknown("unknown_word", str(severity), words, file, entry, "severity", field="severity")
    clauses = mapping_in(entry, "clauses", file)
    return Adoption(
        by=text_in(entry, "by", file, required=True) or "",
        date=text_in(entry, "date", file, required=True) or "",
        edition=text_in(entry, "edition", file, required=True) or "",
        clauses={code: text_in(clauses, code, file, required=True) or "" for code in clauses},
        severity=Severity(severity) if severity is not None else None,
        **texts,
    )


def _waivers(data: Mapping[str, Any], file: str, folder: Path) -> tuple[Path, ...] | tuple[Mapping[str, Any], ...]:
    """File names become paths beside the settings file; a list of mappings stays as it is."""
    given = data.get("waivers")
    if isinstance(given, list) and given and all(isinstance(entry, Mapping) for entry in given):
        return tuple(given)
    return tuple(folder / name for name in one_or_many(data, "waivers", file))


def _period(data: Mapping[str, Any], file: str) -> tuple[str | None, str | None]:
    """`2024`, `2024-05`, `2024-05-30` or {from, to} of such, as first and last day."""
    given = data.get("period")
    if given is None:
        return None, None
    if isinstance(given, Mapping):
        known_keys(given, ("from", "to"), file)
        first, last = (text_in(given, key, file) for key in ("from", "to"))
    else:
        first = last = text_in(data, "period", file)
    for text in (first, last):
        if text is not None and not _DAY.fullmatch(text):
            raise broken("setting_day", file, data, "period", found=text)
    # Days compare as text; month 99 and day 99 stand after every real one.
    return (
        None if first is None else first + "-01-01"[len(first) - 4 :],
        None if last is None else last + "-12-31"[len(last) - 4 :],
    )


def _plain(value: Any) -> Any:
    """The same without marks of lines."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value
