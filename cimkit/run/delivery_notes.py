"""What each source of a delivery leaves behind for its catalogue: small, and the same wherever it was looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from msgspec import Struct

from cimkit.facts.demand import Demand
from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.model import Facts
from cimkit.readers.delivery.found import Found, found_in
from cimkit.run.delivery_keys import KeyColumns
from cimkit.sources.source import Source

__all__ = ["DeliveryNoter", "found_of"]

#: Formats that say nothing of the extent or the kind of their geometry: it is read anyway.
_NO_EXTENT = frozenset({"geojson", "geojsonseq", "shapefile"})


class DeliveryNoter(Struct, frozen=True):
    """See `run.looking.Noter`. with_keys: note the keys of features too, for an update; named: fields that a manifest
    names as keys."""

    with_keys: bool = False
    named: tuple[str, ...] = ()

    @property
    def key(self) -> str | None:
        """Keys may be millions: with them nothing is kept."""
        return None if self.with_keys else "delivery"

    @property
    def whole(self) -> bool:
        """Keys are of all features."""
        return self.with_keys

    def demand(self, source: Source, schema: IfcSchema | None) -> Demand:
        """The features of formats that state no extent, and the fields that may be keys."""
        if schema is not None:
            return Demand()
        boxes = Demand(kinds=None, geometry=True) if source.format in _NO_EXTENT else Demand()
        return boxes | KeyColumns(self.named).demand() if self.with_keys else boxes

    def note(self, source: Source, facts: Facts) -> dict[str, Any]:
        """The catalogue's rows of a source, and of each the keys and the keys of features that ended."""
        found = found_in(source.name, facts.datasets, facts.whole)
        keys = KeyColumns(self.named)
        if self.with_keys:
            keys.take(source.name, found, facts)
        places = [(each.path, each.layer) for each in found]
        return {
            "found": [asdict(each) for each in found],
            "keys": [_listed(keys.keys.get(place)) for place in places],
            "ended": [_listed(keys.ended.get(place)) or [] for place in places],
        }


def found_of(noted: Sequence[Mapping[str, Any]], path: str) -> list[Found]:
    """The rows of a note, their path relative to the delivery."""
    rows = [Found(**{**row, "extent": tuple(row["extent"]) if row["extent"] is not None else None}) for row in noted]
    return [replace(row, path=path) for row in rows]


def _listed(keys: Any) -> list[str] | None:
    return None if keys is None else list(keys)
