"""Geometries of all city objects as flat arrays: nesting, indices, and what can be judged as surfaces and solids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.facts.boundaries import IntVector, row_starts
from cimkit.readers.cityjson.ledger import Ledger, shown
from cimkit.readers.cityjson.tables import DEPTHS

__all__ = ["Batch", "Placed", "flatten", "gather"]


@dataclass(frozen=True, slots=True)
class Placed:
    """One geometry: what it is, whose it is, where it stands in the file.

    number  running number of the geometry in its city object
    """

    content: dict[str, Any]
    sid: int | None
    place: str
    line: int | None


@dataclass(slots=True)
class Batch:
    """Geometries of one type, their boundaries as one flat array of vertex indices.

    starts  row starts of each level, the outermost first: geometries, (solids, shells, surfaces, rings) ...
    """

    kind: str
    items: list[Placed]
    index: IntVector = field(default_factory=lambda: np.zeros(0, np.int64))
    starts: list[IntVector] = field(default_factory=list)

    def owner(self) -> IntVector:
        """Which geometry each index belongs to."""
        owner = np.arange(len(self.items))
        for starts in self.starts:
            owner = np.repeat(owner, np.diff(starts))
        return owner


def gather(objects: Iterator[tuple[str, Any, int, int | None]]) -> dict[str, list[Placed]]:
    """Geometries by type: objects as (JSON pointer, content, sid, line)."""
    found: dict[str, list[Placed]] = {}
    for place, content, sid, line in objects:
        geometries = content.get("geometry") if isinstance(content, dict) else None
        if not isinstance(geometries, list):
            continue
        for number, geometry in enumerate(geometries):
            if isinstance(geometry, dict) and isinstance(kind := geometry.get("type"), str):
                found.setdefault(kind, []).append(Placed(geometry, sid, f"{place}/geometry/{number}", line))
    return found


def flatten(kind: str, items: Sequence[Placed], ledger: Ledger) -> Batch:
    """All boundaries of one type as one array; those not nested as the type wants are defects, and left out."""
    depth = DEPTHS[kind]
    kept = [item for item in items if isinstance(item.content.get("boundaries"), list)]
    flat = _unnested([item.content["boundaries"] for item in kept], depth)
    if flat is None:
        sound = []
        for item in kept:
            if _unnested([item.content["boundaries"]], depth) is None:
                ledger.add(
                    "city_boundary",
                    "wrong_nesting",
                    f"{item.place}/boundaries",
                    found=shown(item.content["boundaries"]),
                    expected=kind,
                    sid=item.sid,
                    line=item.line,
                )
            else:
                sound.append(item)
        kept = sound
        flat = _unnested([item.content["boundaries"] for item in kept], depth)
    index, starts = flat if flat is not None else (np.zeros(0, np.int64), [np.zeros(1, np.int64)] * depth)
    return Batch(kind, kept, index, starts)


def _unnested(rows: list[Any], depth: int) -> tuple[IntVector, list[IntVector]] | None:
    """Arrays in arrays, so many levels, down to integers; None where they are not that."""
    starts = []
    for _ in range(depth):
        if not _all_lists(rows):
            return None
        starts.append(row_starts(list(map(len, rows))))
        rows = list(chain.from_iterable(rows))
    if not rows:
        return np.zeros(0, np.int64), starts
    if not set(map(type, rows)) <= {int}:
        return None
    try:
        index: npt.NDArray[np.int64] = np.asarray(rows, np.int64)
    except OverflowError:
        return None
    return index, starts


def _all_lists(rows: list[Any]) -> bool:
    return set(map(type, rows)) <= {list}
