"""The check `field` in words: what a page says of a requirement row about a layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cimkit.locales import has_text, text

__all__ = ["field_lines"]

#: So many codes of a list a page shows; the pack's list has all.
_CODES_SHOWN = 12


def field_lines(options: Mapping[str, Any], lang: str) -> list[str]:
    """One line for each thing that is asked of the field."""
    return list(_lines(options, lang))


def _lines(options: Mapping[str, Any], lang: str) -> Iterator[str]:
    def word(key: str, **values: Any) -> str:
        return text(f"authoring.field_{key}", lang, **values)

    required = options.get("required", True)
    yield word("required" if required else "optional", name=f"`{options['name']}`")
    for option in ("names", "others"):
        if options.get(option):
            yield word(option, names=" / ".join(f"`{name}`" for name in options[option]))
    if options.get("type"):
        key = f"findings.typed_{options['type']}"
        yield word("type", type=text(key, lang) if has_text(key, lang) else options["type"])
    for option in ("unit", "length", "precision"):
        if options.get(option) is not None:
            yield word(option, value=f"{options[option]}")
    for option in ("value", "list"):
        if options.get(option) is not None:
            yield word("value", value=_allowed(options[option]))
    if options.get("scheme"):
        key = f"findings.scheme_{options['scheme']}"
        yield word("scheme", scheme=text(key, lang) if has_text(key, lang) else options["scheme"])


def _allowed(restriction: Any) -> str:
    """The range, or the first codes of a list."""
    values = restriction.values
    if len(values) <= _CODES_SHOWN:
        return f"`{restriction.describe()}`"
    return f"`{' | '.join(values[:_CODES_SHOWN])}` … ({len(values)})"
