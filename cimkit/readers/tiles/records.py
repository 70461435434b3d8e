"""What is read, one record a subject, before it becomes columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cimkit.readers.tiles.entities import Entity

__all__ = ["KINDS", "Record", "Records"]

#: Kinds of subjects, in the order of `Subjects.kinds`.
KINDS = ("tileset", "tile", "content", "subtree", "schema")


@dataclass(slots=True)
class Record:
    """One subject.

    key      what it is called in reports: a tile's pointer or coordinates, a file's name
    locator  `file#pointer` or the file
    parent   sid of the tile above (tile), the tile that has it (content), the tileset it is of (subtree, schema)
    values   attributes by name; numbers, texts and booleans, only those that are there
    """

    kind: str
    key: str
    locator: str
    parent: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    entity: Entity | None = None


class Records:
    """All subjects in the order read; sid = index."""

    def __init__(self) -> None:
        self.rows: list[Record] = []

    def add(self, kind: str, key: str, locator: str, parent: int | None = None) -> int:
        """The sid of a new subject."""
        self.rows.append(Record(kind, key, locator, parent))
        return len(self.rows) - 1

    def __getitem__(self, sid: int) -> Record:
        return self.rows[sid]

    def __len__(self) -> int:
        return len(self.rows)
