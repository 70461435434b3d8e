"""YAML as rule packs use it: YAML 1.2's scalars, no duplicate key, and every key knows its line.

PyYAML follows YAML 1.1, where `no` is false, `010210` a number in base eight and `2021-05-30` a date. In a pack these
are a word, a code and a day as somebody wrote it. So the events of PyYAML's parser (libyaml where it is built in) are
read here and only what YAML 1.2's core schema calls a number, a boolean or null becomes one. Numbers with leading
zeros stay text as well: in this field they are codes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from cimkit.rules.faults import fault_at
from cimkit.rules.marks import MarkedDict, MarkedList

__all__ = ["parse_yaml", "read_yaml_file"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
#: Deeper nesting than any rule needs; it keeps a hostile file from exhausting the stack of later readers.
_DEEPEST = 64


def read_yaml_file(path: Path, shown: str | None = None) -> Any:
    """The content of a YAML file in UTF-8 (a byte order mark is allowed). `shown` names it in errors.

    Raises PackError for a file that can't be read or is not such YAML.
    """
    name = shown or str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise fault_at("unreadable_file", name, None, why=error.strerror or type(error).__name__) from error
    except UnicodeDecodeError as error:
        raise fault_at("not_utf8", name, None, offset=error.start) from error
    return parse_yaml(text, name)


def parse_yaml(text: str, file: str) -> Any:
    """The one document in `text`: dict, list, str, int, float, bool or None; None for an empty file.

    Raises PackError, with file and line, for a fault of syntax, a key written twice, an anchor, alias or tag.
    """
    try:
        # Control characters are refused by PyYAML when the loader is made, all other faults while it reads.
        loader = _Loader(text)
        return _Builder(file).build(loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise fault_at("yaml_syntax", file, line, problem=error.problem or "") from error
    except yaml.YAMLError as error:
        raise fault_at("yaml_character", file, None) from error


class _Builder:
    """Builds the data from the parser's events without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.stack: list[MarkedDict | MarkedList] = []
        self.keys: list[str | None] = []  # the key that waits for its value, for each mapping on the stack
        self.root: Any = None
        self.documents = 0

    def build(self, loader: Any) -> Any:
        """The document that the events of `loader` tell."""
        next_event = loader.get_event
        while True:
            event = next_event()
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._plain(event)
                self._add(self._scalar(event), event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._plain(event)
                self._open(MarkedDict if kind is yaml.MappingStartEvent else MarkedList, event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self.stack.pop()
                self.keys.pop()
            elif kind is yaml.AliasEvent:
                self._refuse("yaml_alias", event)
            elif kind is yaml.DocumentStartEvent:
                self.documents += 1
                if self.documents > 1:
                    self._refuse("yaml_documents", event)
            elif kind is yaml.StreamEndEvent:
                return self.root

    def _refuse(self, key: str, event: Any, **values: Any) -> None:
        raise fault_at(key, self.file, event.start_mark.line + 1, **values)

    def _plain(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse("yaml_alias", event)
        if event.tag is not None:
            self._refuse("yaml_tag", event, tag=event.tag)

    @staticmethod
    def _scalar(event: Any) -> Any:
        text: str = event.value
        if not event.implicit[0]:  # quoted, or a block of text
            return text
        if text in _WORDS:
            return _WORDS[text]
        if text[0] in "+-.0123456789":
            if _INTEGER.fullmatch(text):
                return int(text) if len(text) < 19 else text  # longer ones are identifiers, not amounts
            if _NUMBER.fullmatch(text):
                return float(text)
        return text

    def _open(self, container: type[MarkedDict | MarkedList], event: Any) -> None:
        made = container(event.start_mark.line + 1)
        self._add(made, event)
        self.stack.append(made)
        self.keys.append(None)
        if len(self.stack) > _DEEPEST:
            self._refuse("yaml_depth", event, deepest=_DEEPEST)

    def _add(self, value: Any, event: Any) -> None:
        if not self.stack:
            self.root = value
            return
        parent = self.stack[-1]
        line = event.start_mark.line + 1
        if isinstance(parent, MarkedList):
            parent.append(value)
            parent.lines.append(line)
            return
        key = self.keys[-1]
        if key is None:
            self._add_key(parent, value, event)
        else:
            parent[key] = value
            self.keys[-1] = None

    def _add_key(self, parent: MarkedDict, value: Any, event: Any) -> None:
        if isinstance(value, (dict, list)):
            self._refuse("yaml_key", event)
        # A key is a name, whatever it looks like: `010210`, `2021` and `no` are names too.
        key = value if isinstance(value, str) else str(event.value)
        if key in parent:
            self._refuse("yaml_duplicate", event, name=key, first=parent.lines[key])
        parent.lines[key] = event.start_mark.line + 1
        self.keys[-1] = key
