"""The engine's own words, in Chinese and English: one YAML file a room, the same keys in both."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from functools import cache
from importlib import resources
from typing import Any

from cimkit.cache_folder import keep, kept

__all__ = ["LANGUAGES", "has_text", "template", "text"]

LANGUAGES = ("zh", "en")


@cache
def _catalogue(room: str, lang: str) -> dict[str, str]:
    content = (resources.files(__name__) / lang / f"{room}.yaml").read_bytes()
    name = f"locales/{room}-{lang}-{hashlib.sha256(content).hexdigest()[:40]}.json"
    before = kept(name)
    if before is not None:
        with suppress(ValueError):  # cut short: read again
            words = json.loads(before)
            if isinstance(words, dict):
                return words
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    read = yaml.load(content, Loader=loader)  # noqa: S506 - the safe loader, in C where there is one
    words = {str(key): str(value) for key, value in read.items()}
    keep(name, json.dumps(words, ensure_ascii=False).encode())
    return words


def text(key: str, lang: str, **values: Any) -> str:
    """The sentence `room.name` of the locale files in `lang`, its placeholders filled.

    Raises KeyError for a key that no file has: a missing sentence is a fault of the programme.
    """
    room, _, name = key.partition(".")
    return _catalogue(room, lang)[name].format_map(values)


def template(key: str, lang: str) -> str:
    """The sentence with its placeholders still open, for callers that fill whole columns of them. Raises KeyError."""
    room, _, name = key.partition(".")
    return _catalogue(room, lang)[name]


def has_text(key: str, lang: str) -> bool:
    """Whether the locale files have this sentence."""
    room, _, name = key.partition(".")
    try:
        return name in _catalogue(room, lang)
    except FileNotFoundError:
        return False
