"""The engine's own words, in Chinese and English: one YAML file a room, the same keys in both."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

__all__ = ["LANGUAGES", "has_text", "template", "text"]

LANGUAGES = ("zh", "en")


@cache
def _catalogue(room: str, lang: str) -> dict[str, str]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = (resources.files(__name__) / lang / f"{room}.yaml").read_text(encoding="utf-8")
    return {str(key): str(value) for key, value in yaml.load(content, Loader=loader).items()}  # noqa: S506 - the safe loader, in C where there is one


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
