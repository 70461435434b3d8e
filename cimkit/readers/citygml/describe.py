"""What a person needs to find city objects of CityGML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from cimkit.facts.columns import IntArray
    from cimkit.readers.citygml.members import CityObject

__all__ = ["Describe"]


class Describe:
    """What a person needs to find city objects."""

    def __init__(self, objects: Sequence[CityObject]) -> None:
        self._objects = objects

    def __call__(self, sids: IntArray) -> pl.DataFrame:
        found = [self._objects[sid] for sid in sids.tolist()]
        columns: dict[str, list[str | None]] = {
            "kind": [one.kind for one in found],
            "id": [one.name for one in found],
            "name": list(_names(found)),
            "tag": [None] * len(found),
            "type": [None] * len(found),
            "storey": [None] * len(found),
            "locator": [one.place for one in found],
        }
        return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _names(objects: Sequence[CityObject]) -> Iterator[str | None]:
    for one in objects:
        name = one.attributes.get("name")
        yield name if isinstance(name, str) else None
