"""What a person needs to find city objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from cimkit.readers.cityjson.ledger import pointer
from cimkit.readers.cityjson.references import CityObject

if TYPE_CHECKING:
    from cimkit.facts.columns import IntArray

__all__ = ["Describe", "text_or_none"]


def text_or_none(value: Any) -> str | None:
    """A string as it is; None for anything else."""
    return value if isinstance(value, str) else None


class Describe:
    """`Facts.describe` of city objects. It holds no part of the document, whose memory can go."""

    def __init__(self, objects: Sequence[CityObject], kinds: Sequence[str]) -> None:
        self._kinds = kinds
        self._ids = [one.name for one in objects]
        self._names = [_name(one.content) for one in objects]
        self._lines = [one.line for one in objects]

    def __call__(self, sids: IntArray) -> pl.DataFrame:
        chosen = sids.tolist()
        places = [pointer("CityObjects", self._ids[sid]) for sid in chosen]
        columns: dict[str, list[str | None]] = {
            "kind": [self._kinds[sid] for sid in chosen],
            "id": [self._ids[sid] for sid in chosen],
            "name": [self._names[sid] for sid in chosen],
            "tag": [None] * len(chosen),
            "type": [None] * len(chosen),
            "storey": [None] * len(chosen),
            "locator": [
                place if (line := self._lines[sid]) is None else f"{line}:{place}"
                for sid, place in zip(chosen, places, strict=True)
            ],
        }
        return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _name(content: Mapping[str, Any]) -> str | None:
    attributes = content.get("attributes")
    return text_or_none(attributes.get("name")) if isinstance(attributes, Mapping) else None
