"""The fields of a project's form, as its JSON Schema states them: the schema is the one place where they are
written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from cimkit.facts.names import fold_layer_name

__all__ = ["Field", "FormFields", "Table", "form_fields", "form_schema"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. key: its name in YAML; title: its Chinese name; kind: text, number, integer, flag, date, word, texts
    or code; words: each accepted spelling -> the one that is kept."""

    key: str
    title: str
    kind: str
    required: bool = False
    words: Mapping[str, str] | None = None
    low: float | None = None
    high: float | None = None
    help: str = ""

    def label(self, lang: str) -> str:
        """What a person calls it."""
        return self.title if lang == "zh" else self.key


@dataclass(frozen=True, slots=True)
class Table:
    """A list of rows in the form: a sheet of the workbook."""

    key: str
    title: str
    fields: tuple[Field, ...]
    help: str = ""

    def named(self, name: str) -> Field | None:
        """The field that a heading means."""
        return _named(self.fields, name)


@dataclass(frozen=True, slots=True)
class FormFields:
    """single: fields that stand once, those of groups among them; groups: name of a group -> its fields' keys."""

    single: tuple[Field, ...]
    groups: Mapping[str, tuple[str, frozenset[str]]]
    tables: tuple[Table, ...]

    def named(self, name: str) -> Field | None:
        """The single field that a name means."""
        return _named(self.single, name)

    def table(self, name: str) -> Table | None:
        """The table that a name means."""
        folded = fold_layer_name(name)
        return next(
            (each for each in self.tables if folded in (fold_layer_name(each.key), fold_layer_name(each.title))), None
        )

    def group(self, name: str) -> str | None:
        """The key of the group that a name means."""
        folded = fold_layer_name(name)
        return next(
            (
                key
                for key, (title, _) in self.groups.items()
                if folded in (fold_layer_name(key), fold_layer_name(title))
            ),
            None,
        )


def _named(fields: tuple[Field, ...], name: str) -> Field | None:
    folded = fold_layer_name(name)
    return next((each for each in fields if folded in (fold_layer_name(each.key), fold_layer_name(each.title))), None)


@lru_cache(maxsize=1)
def form_schema() -> dict[str, Any]:
    """The JSON Schema of the form (draft 2020-12)."""
    content = (resources.files("cimkit.projects") / "schemas" / "project.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(content)
    return loaded


@lru_cache(maxsize=1)
def form_fields() -> FormFields:
    """The fields of the form."""
    schema = form_schema()
    single: list[Field] = []
    groups: dict[str, tuple[str, frozenset[str]]] = {}
    tables: list[Table] = []
    for key, part in schema["properties"].items():
        if part["type"] == "object":
            inner = _fields(part["properties"], part["required"])
            single += inner
            groups[key] = part["title"], frozenset(field.key for field in inner)
        elif part.get("items", {}).get("type") == "object":
            items = part["items"]
            tables.append(
                Table(key, part["title"], _fields(items["properties"], items["required"]), part["description"])
            )
        else:
            single += _fields({key: part}, schema["required"])
    return FormFields(tuple(single), groups, tuple(tables))


def _fields(properties: Mapping[str, Mapping[str, Any]], required: list[str]) -> tuple[Field, ...]:
    return tuple(
        Field(
            key,
            part["title"],
            _kind(part),
            key in required,
            _words(part),
            part.get("minimum", part.get("exclusiveMinimum")),
            part.get("maximum"),
            part.get("description", ""),
        )
        for key, part in properties.items()
    )


def _kind(part: Mapping[str, Any]) -> str:
    kind = part["type"]
    if "x-words" in part:
        return "word"
    if part.get("format") == "date":
        return "date"
    if isinstance(kind, list):
        if "minimum" in part:
            return "integer"
        return "texts" if "array" in kind else "code"
    return {"number": "number", "integer": "integer", "boolean": "flag"}.get(kind, "text")


def _words(part: Mapping[str, Any]) -> dict[str, str] | None:
    words = part.get("x-words")
    if words is None:
        return None
    return {spelling: kept for kept, others in words.items() for spelling in (kept, *others)}
