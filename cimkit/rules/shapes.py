"""Small readers of plain values, each with the error that says what was expected where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from cimkit.rules.faults import broken, unknown

__all__ = ["choice", "known_keys", "language_texts", "mapping_in", "one_or_many", "text_in"]

_E = TypeVar("_E", bound=StrEnum)


def known_keys(data: Mapping[str, Any], known: Iterable[str], file: str) -> None:
    """Raises PackError for a key that is not one of the known ones."""
    known = frozenset(known)
    for key in data:
        if key not in known:
            raise unknown("unknown_key", key, known, file, data, key)


def mapping_in(data: Mapping[str, Any], key: str, file: str) -> Mapping[str, Any]:
    """The mapping under `key`; empty where there is none."""
    value = data.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise broken("not_a_mapping_at", file, data, key, field=key)
    return value


def text_in(data: Mapping[str, Any], key: str, file: str, *, required: bool = False) -> str | None:
    """The text under `key`; a number is taken as it reads (`edition: 2021`)."""
    value = data.get(key)
    if value is None:
        if required:
            raise broken("missing_key", file, data, field=key)
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise broken("not_text", file, data, key, field=key)
    return str(value)


def one_or_many(data: Mapping[str, Any], key: str, file: str) -> tuple[str, ...]:
    """The texts under `key`: one, or a list of them; none where the key is missing."""
    value = data.get(key)
    if value is None:
        return ()
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | int | float) and not isinstance(item, bool) for item in items):
        raise broken("not_texts", file, data, key, field=key)
    return tuple(str(item) for item in items)


def choice(data: Mapping[str, Any], key: str, words: type[_E], default: _E, file: str) -> _E:
    """One of the words of an enumeration under `key`."""
    value = data.get(key)
    if value is None:
        return default
    if value not in [str(word) for word in words]:
        raise unknown("unknown_word", str(value), [str(word) for word in words], file, data, key, field=key)
    return words(value)


def language_texts(data: Mapping[str, Any], key: str, file: str) -> Mapping[str, str]:
    """{"zh": ..., "en": ...} under `key`; one text stands for both languages."""
    value = data.get(key)
    if value is None:
        return {}
    if isinstance(value, str):
        return {"zh": value, "en": value}
    if not isinstance(value, dict):
        raise broken("not_language_texts", file, data, key, field=key)
    known_keys(value, ("zh", "en"), file)
    return {language: str(text) for language, text in value.items() if text is not None}
