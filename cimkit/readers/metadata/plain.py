"""Metadata without a standard's schema: leaves of an XML or JSON tree by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cimkit.readers.metadata.words import field_of

__all__ = ["json_leaves", "json_records", "named_fields", "xml_leaves"]

#: Names that mean something only together with what they stand in: `contact/name`.
_VAGUE = frozenset(
    {"name", "title", "date", "id", "code", "description", "type", "名称", "日期", "说明", "编号", "value"}
)
_LABELS = ("name", "key", "label", "fieldname", "名称")
_DEEPEST = 40
_WRAPPERS = ("metadata", "Metadata", "metaData", "元数据", "records", "items")

Leaf = tuple[tuple[str, ...], str | None]


def named_fields(leaves: Iterator[Leaf]) -> Iterator[tuple[str, str | None]]:
    """(field, text) of each leaf; one that is no field that is known goes by its own name."""
    for path, text in leaves:
        yield _meant(path), text


def _meant(path: Sequence[str]) -> str:
    own = path[-1]
    above = path[-2] if len(path) > 1 else ""
    if above:
        together = field_of(f"{above}{own}")
        if together is not None:
            return together
        if own.casefold() in _VAGUE and (outer := field_of(above)) is not None:
            return outer
    return field_of(own) or own


def xml_leaves(element: Any, path: tuple[str, ...] = (), depth: int = 0) -> Iterator[Leaf]:
    """Elements without children, and attributes other than those that only label an element."""
    if not isinstance(element.tag, str) or depth > _DEEPEST:  # a comment, an entity
        return
    name = element.tag.rpartition("}")[2]
    attributes = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
    label = next((attributes.pop(key) for key in list(attributes) if key.casefold() in _LABELS), None)
    own = (*path, label or name)
    children = [child for child in element if isinstance(child.tag, str)]
    text = " ".join("".join(element.itertext()).split()) if not children else ""
    value = next((attributes.pop(key) for key in list(attributes) if key.casefold() == "value"), None)
    if not children and depth:
        yield own, text or value or None
    for key, attribute in attributes.items():
        if field_of(key) is not None:
            yield (*own, key), attribute or None
    for child in children:
        yield from xml_leaves(child, own if depth else (), depth + 1)


def json_records(document: Any) -> list[Mapping[str, Any]]:
    """The records of a document: it, its members, or what it wraps."""
    if isinstance(document, Mapping):
        for wrapper in _WRAPPERS:
            if isinstance(document.get(wrapper), list | Mapping) and len(document) <= 3:
                return json_records(document[wrapper])
        return [document]
    return [each for each in document if isinstance(each, Mapping)] if isinstance(document, list) else []


def json_leaves(value: Any, path: tuple[str, ...] = (), depth: int = 0) -> Iterator[Leaf]:
    """Values that are no objects. A list of plain values is one text, joined by `; `."""
    if depth > _DEEPEST:
        return
    match value:
        case dict():
            for key, member in value.items():
                yield from json_leaves(member, (*path, str(key)), depth + 1)
        case list() if any(isinstance(each, dict | list) for each in value):
            for member in value:
                yield from json_leaves(member, path, depth + 1)
        case list():
            yield path, "; ".join(str(each) for each in value) or None
        case None:
            yield path, None
        case bool():
            yield path, "true" if value else "false"
        case _:
            yield path, str(value).strip() or None
