"""Mappings and lists that remember where they were written."""

from __future__ import annotations

from typing import Any

__all__ = ["MarkedDict", "MarkedList", "line_of"]


class MarkedDict(dict[str, Any]):
    """A mapping that remembers the line of itself and of each of its keys (1-based)."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class MarkedList(list[Any]):
    """A list that remembers the line of itself and of each of its items (1-based)."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def line_of(value: Any, key: str | int | None = None) -> int | None:
    """The line where `value`, or what it holds under `key`, was written; None for what came from no YAML file."""
    if isinstance(value, MarkedDict):
        return value.lines.get(str(key), value.line)
    if isinstance(value, MarkedList):
        return value.lines[key] if isinstance(key, int) and key < len(value.lines) else value.line
    return None
