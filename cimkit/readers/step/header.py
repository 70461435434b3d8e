"""The header section: what the file says of itself, read with tolerance.

Nothing here judges: a header entity that is missing or malformed leaves its fields empty, and the
defects say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from msgspec import Struct, field

from cimkit.readers.step.text import decode_string
from cimkit.readers.step.tokens import Token, tokens

__all__ = ["HeaderEntity", "HeaderField", "StepHeader", "read_header"]

HeaderField: TypeAlias = "str | list[HeaderField] | None"

_DEEPEST = 32


class HeaderEntity(NamedTuple):
    """One entity of the header: keyword in upper case, its parameters as written and as values, its bytes.

    A value is text (strings decoded, anything else as written), None for `$` and `*`, or a list.
    """

    keyword: str
    raw: tuple[str, ...]
    values: tuple[HeaderField, ...]
    start: int
    end: int


class StepHeader(Struct, frozen=True):
    """The fields of FILE_DESCRIPTION, FILE_NAME and FILE_SCHEMA; None where there is none or `$`.

    `raw` has the text of each field as it is written, by the field's name; `entities` all that the
    header holds.
    """

    description: tuple[str, ...] | None = None
    implementation_level: str | None = None
    name: str | None = None
    time_stamp: str | None = None
    author: tuple[str, ...] | None = None
    organization: tuple[str, ...] | None = None
    preprocessor_version: str | None = None
    originating_system: str | None = None
    authorization: str | None = None
    schema_identifiers: tuple[str, ...] | None = None
    raw: Mapping[str, str] = field(default_factory=dict)
    entities: tuple[HeaderEntity, ...] = ()


#: fields of the header's entities, in order (ISO 10303-21, 8.2)
FIELDS: Mapping[str, tuple[str, ...]] = {
    "FILE_DESCRIPTION": ("description", "implementation_level"),
    "FILE_NAME": (
        "name",
        "time_stamp",
        "author",
        "organization",
        "preprocessor_version",
        "originating_system",
        "authorization",
    ),
    "FILE_SCHEMA": ("schema_identifiers",),
}
_LISTS = frozenset(("description", "author", "organization", "schema_identifiers"))


def read_header(statements: Sequence[tuple[int, bytes]], encoding: str) -> StepHeader:
    """Read header entities from statements (offset in the file, bytes); the first of each keyword counts."""
    entities = [entity for start, text in statements if (entity := _read_entity(start, text, encoding)) is not None]
    values: dict[str, object] = {}
    raw: dict[str, str] = {}
    for entity in entities:
        for name, written, value in zip(FIELDS.get(entity.keyword, ()), entity.raw, entity.values, strict=False):
            if name in raw:
                continue
            raw[name] = written
            values[name] = _texts(value) if name in _LISTS else _text(value)
    return StepHeader(**values, raw=raw, entities=tuple(entities))  # type: ignore[arg-type]


def _text(value: HeaderField) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: HeaderField) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return (value,)
    return None if value is None else tuple(item for item in value if isinstance(item, str))


def _read_entity(start: int, text: bytes, encoding: str) -> HeaderEntity | None:
    stream = list(tokens(text))
    if len(stream) < 2 or stream[0].kind not in ("keyword", "bad-keyword") or stream[1].kind != "(":
        return None
    keyword = text[stream[0].start : stream[0].end].decode("ascii", "replace").upper()
    raw: list[str] = []
    values: list[HeaderField] = []
    rest = iter(stream[2:])
    for begin, end, value in _values(text, rest, encoding, stream[1].end):
        raw.append(text[begin:end].decode(encoding, "replace").strip())
        values.append(value)
    return HeaderEntity(keyword, tuple(raw), tuple(values), start, start + len(text))


def _values(
    text: bytes, stream: Iterator[Token], encoding: str, start: int, depth: int = 0
) -> Iterator[tuple[int, int, HeaderField]]:
    """Values up to the bracket that closes the list, each with the range it stands in."""
    value: HeaderField = None
    seen = False
    for token in stream:
        if token.kind in (",", ")", ";"):
            if seen or token.kind == ",":
                yield start, token.start, value
            value, seen, start = None, False, token.end
            if token.kind != ",":
                return
            continue
        seen = True
        if token.kind == "(":
            inner = _values(text, stream, encoding, token.end, depth + 1) if depth < _DEEPEST else _skipped(stream)
            value = [item for _, _, item in inner]
        elif token.kind == "string":
            value = decode_string(text[token.start + 1 : token.end - 1].decode(encoding, "replace"))
        elif token.kind not in ("$", "*"):
            value = text[token.start : token.end].decode(encoding, "replace")


def _skipped(stream: Iterator[Token]) -> Iterator[tuple[int, int, HeaderField]]:
    """Nothing, after going past the bracket that closes a list nested too deep to matter."""
    depth = 1
    for token in stream:
        depth += (token.kind == "(") - (token.kind == ")")
        if not depth:
            break
    return iter(())
