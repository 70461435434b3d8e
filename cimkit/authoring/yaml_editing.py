"""Values changed in a YAML file whose comments and layout stay as their author wrote them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from cimkit.rules.yaml_reading import parse_yaml

__all__ = ["as_json", "changed_mappings"]

_PLAIN = re.compile(r"[A-Za-z\u3400-\u9fff][^\n\t:#,{}\[\]&*!|>'\"%@`]*")

#: Not printable by YAML's rules.
_REFUSED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")

Fields = Mapping[str, Any]
_Edit = tuple[int, int, str]


def changed_mappings(text: str, wanted: Mapping[str, Fields]) -> str:
    """A file that is a mapping of names to values or to mappings with the key `value`, with what `wanted` says of them.

    wanted: name -> the fields that are to change, each with its new value (None: null). Names that the file does not
    have are added at its end. Everything else stays, to the byte.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    edits: list[_Edit] = []
    there: set[str] = set()
    for key, node in root.value if isinstance(root, yaml.MappingNode) else ():
        there.add(key.value)
        if key.value in wanted:
            edits += _edits(text, key, node, wanted[key.value])
    for start, end, replacement in sorted(edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    added = [f"{_scalar(name)}: {_flow(fields)}\n" for name, fields in wanted.items() if name not in there]
    if added and text and not text.endswith("\n"):
        text += "\n"
    return text + "".join(added)


def _edits(text: str, key: Any, node: Any, fields: Fields) -> list[_Edit]:
    """Where the text changes so that the fields hold."""
    keys = {inner.value: value for inner, value in node.value} if isinstance(node, yaml.MappingNode) else {}
    if "value" not in keys:  # a bare value
        bare = set(fields) == {"value"}
        written = _scalar(fields["value"]) if bare else _flow({"value": _value_of(text, node), **fields})
        return [_over(text, key, node, written)]
    edits = []
    missing = {}
    for name, value in fields.items():
        if name in keys:
            inner = next(inner for inner, _ in node.value if inner.value == name)
            edits.append(_over(text, inner, keys[name], _scalar(value)))
        elif value is not None:
            missing[name] = value
    if missing:
        first, last = node.value[0][0], node.value[-1][1]
        end = _end(text, last)
        if node.flow_style:
            edits.append((end, end, "".join(f", {name}: {_scalar(value)}" for name, value in missing.items())))
        else:
            indent = " " * first.start_mark.column
            line = text.find("\n", end)
            at = len(text) if line < 0 else line
            edits.append((at, at, "".join(f"\n{indent}{name}: {_scalar(value)}" for name, value in missing.items())))
    return edits


def _over(text: str, key: Any, node: Any, written: str) -> _Edit:
    """The new text of a value, in the place of the old one, which may be nothing at all."""
    start, end = node.start_mark.index, _end(text, node)
    if start == end:  # `name:` alone
        at = text.index(":", key.end_mark.index) + 1
        return at, at, f" {written}"
    return start, end, written


def _end(text: str, node: Any) -> int:
    """Where a value ends: the mark of a block stands after the line breaks and comments that follow it."""
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style not in ("|", ">"):
        return int(end)
    if getattr(node, "flow_style", None):
        return int(end)
    last = node
    while isinstance(last, yaml.MappingNode | yaml.SequenceNode) and last.value and not last.flow_style:
        inner = last.value[-1]
        last = inner[1] if isinstance(inner, tuple) else inner
    if last is not node:
        return _end(text, last)
    return int(start + len(text[start:end].rstrip()))


def _value_of(text: str, node: Any) -> Any:
    return parse_yaml(text[node.start_mark.index : _end(text, node)], "")


def _flow(fields: Fields) -> str:
    return "{" + ", ".join(f"{name}: {_scalar(value)}" for name, value in fields.items()) + "}"


def _scalar(value: Any) -> str:
    """A value on one line, in a form that stands inside braces too."""
    if value is None:
        return "null"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value == value.strip() and parse_yaml(value, "") == value:
        return value
    return as_json(value)


def as_json(value: Any) -> str:
    """A value as JSON on one line, which is YAML too: characters that YAML does not take are escaped."""
    return _REFUSED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False, default=str))
