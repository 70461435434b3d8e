"""`pack.yaml`: who a pack is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from cimkit.rules.faults import broken
from cimkit.rules.manifest_model import Manifest
from cimkit.rules.rules_reading import read_stages
from cimkit.rules.shapes import known_keys, language_texts, mapping_in, one_or_many, text_in
from cimkit.rules.stages import STAGES

__all__ = ["MANIFEST_KEYS", "read_manifest"]

MANIFEST_KEYS = (
    "id", "prefix", "edition", "in_force", "title", "authority", "notice", "documents", "extends", "regrade", "removed",
    "applies_to", "together", "stages", "status", "watch", "default",
)  # fmt: skip
_FILE = "pack.yaml"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,7}", re.ASCII)


def read_manifest(data: Mapping[str, Any]) -> Manifest:
    """The manifest that a mapping writes. Raises PackError."""
    known_keys(data, MANIFEST_KEYS, _FILE)
    identity = text_in(data, "id", _FILE, required=True) or ""
    prefix = text_in(data, "prefix", _FILE, required=True) or ""
    if not _ID.fullmatch(identity):
        raise broken("pack_id", _FILE, data, "id", id=identity)
    if not _PREFIX.fullmatch(prefix):
        raise broken("pack_prefix", _FILE, data, "prefix", prefix=prefix)
    default = data.get("default", True)
    if not isinstance(default, bool):
        raise broken("not_a_flag", _FILE, data, "default", field="default")
    stages = read_stages(data, "stages", _FILE)
    return Manifest(
        id=identity,
        prefix=prefix,
        edition=text_in(data, "edition", _FILE, required=True) or "",
        in_force=_in_force(data),
        title=language_texts(data, "title", _FILE),
        authority=language_texts(data, "authority", _FILE),
        notice=language_texts(data, "notice", _FILE),
        documents=_documents(data),
        extends=text_in(data, "extends", _FILE),
        regrade=_words(data, "regrade"),
        removed=_words(data, "removed"),
        applies_to=frozenset(one_or_many(data, "applies_to", _FILE)),
        stages=tuple(stage for stage in STAGES if stage in stages),
        status=text_in(data, "status", _FILE) or "draft",
        watch=data.get("watch"),
        default=default,
        together=_together(data),
    )


def _in_force(data: Mapping[str, Any]) -> tuple[str | None, str | None]:
    given = mapping_in(data, "in_force", _FILE)
    known_keys(given, ("from", "to"), _FILE)
    days = tuple(text_in(given, key, _FILE) for key in ("from", "to"))
    for key, day in zip(("from", "to"), days, strict=True):
        if day is not None and not _is_day(day):
            raise broken("not_a_day", _FILE, given, key, found=day)
    first, last = days
    if first is not None and last is not None and last < first:
        raise broken("in_force_backwards", _FILE, given, "to", first=first, last=last)
    return first, last


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2021-05-30")


def _together(data: Mapping[str, Any]) -> tuple[frozenset[str], ...]:
    """Groups of formats, one of each of which must be there."""
    given = data.get("together") or []
    if not isinstance(given, list):
        raise broken("not_a_list_at", _FILE, data, "together", field="together")
    return tuple(frozenset(one_or_many({"together": group}, "together", _FILE)) for group in given)


def _documents(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    given = data.get("documents") or []
    if not isinstance(given, list):
        raise broken("not_a_list_at", _FILE, data, "documents", field="documents")
    return tuple(document if isinstance(document, Mapping) else {"title": str(document)} for document in given)


def _words(data: Mapping[str, Any], key: str) -> dict[str, str]:
    """code -> text; each code must come with its text."""
    given = mapping_in(data, key, _FILE)
    return {code: text_in(given, code, _FILE, required=True) or _refuse_empty(given, code) for code in given}


def _refuse_empty(given: Mapping[str, Any], code: str) -> str:
    raise broken("missing_key", _FILE, given, code, field=code)
