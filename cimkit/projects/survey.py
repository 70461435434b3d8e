"""What a run lets a project see of its sources: taken while each is at hand, kept in a few rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from cimkit.facts.columns import PropertyColumn, State
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.model import Facts
from cimkit.facts.names import FoldedNames, fold_layer_name
from cimkit.facts.shapes import Shapes
from cimkit.projects.definitions import Definitions
from cimkit.projects.inventory import Deliverable, Inventory
from cimkit.projects.models import Model, model_demand, model_of
from cimkit.projects.redline import RedLine
from cimkit.sources.formats import IFC_FORMATS
from cimkit.sources.source import Source

__all__ = ["LAYER_FORMATS", "BuildingRow", "SeenLayer", "Survey"]

#: Formats of layers and tables, and those among them that have plane geometry.
LAYER_FORMATS = frozenset({"geopackage", "shapefile", "geojson", "geojsonseq", "filegdb", "csv", "xlsx", "parquet"})
_PLANE = frozenset({"geopackage", "shapefile", "geojson", "geojsonseq", "filegdb"})
#: So many buildings of a layer are compared one by one; a project of the province has some hundred.
MOST_BUILDINGS = 100_000

BuildingRow = Mapping[str, Any]


class SeenLayer:
    """A layer of a deliverable. nearest: metres from its nearest feature to the red line, farthest likewise; None:
    nobody can say."""

    def __init__(self, path: str, name: str, count: int) -> None:
        self.path = path
        self.name = name
        self.count = count
        self.nearest: float | None = None
        self.farthest: float | None = None

    @property
    def place(self) -> str:
        """Where a person finds it."""
        return f"{self.path}#{self.name}"


class Survey:
    """One run's view across a project's sources (`cimkit.run.checking.Across`). `conclude(demand)` gives the facts of
    the project itself, when all other sources have been taken."""

    def __init__(
        self,
        inventory: Inventory,
        known: Definitions,
        red_line: RedLine | None,
        conclude: Callable[[Survey, Demand], Facts],
    ) -> None:
        self.inventory = inventory
        self.known = known
        self.red_line = red_line
        self.models: list[Model] = []
        self.layers: list[SeenLayer] = []
        self.buildings: list[dict[str, Any]] = []
        self.stated: list[dict[str, Any]] = []  # what sources say of the project's number and name
        self.items: dict[str, list[str]] = {}  # item -> layers that hold it
        self._conclude = conclude

    def demand(self, source: Source, schema: IfcSchema | None) -> Demand:
        """See `Across.demand`."""
        if source.format in IFC_FORMATS:
            return model_demand(schema, self.known) if schema is not None else Demand()
        if source.format not in LAYER_FORMATS:
            return Demand()
        names = [name for names in self.known.buildings["fields"].values() for name in names]
        names += [*self.known.buildings["project_number"], *self.known.buildings["project_name"]]
        geometry = source.format in _PLANE and self.red_line is not None and self.red_line.area is not None
        return Demand(
            kinds=None, properties=frozenset({PropertyDemand(None, FoldedNames.of(names))}), geometry=geometry
        )

    def take(self, source: Source, facts: Facts) -> None:
        """See `Across.take`."""
        deliverable = self.inventory.deliverable_of(source)
        path = self.inventory.relative(source)
        if facts.format in IFC_FORMATS:
            self._model(facts, path, deliverable)
        elif facts.format in LAYER_FORMATS:
            self._take_layers(facts, path, deliverable)

    def facts_of(self, source: Source, demand: Callable[[], Demand]) -> Facts | None:
        """See `Across.facts_of`."""
        return self._conclude(self, demand()) if source.format == "project" else None

    def _model(self, facts: Facts, path: str, deliverable: Deliverable | None) -> None:
        model = model_of(facts, path, self.known, deliverable.discipline if deliverable else None)
        self.models.append(model)
        for aspect, said in model.stated.items():
            self.stated += [{"aspect": aspect, "path": path, "place": place, "value": value} for value, place in said]

    def _take_layers(self, facts: Facts, path: str, deliverable: Deliverable | None) -> None:
        by_layer: dict[str, dict[str, PropertyColumn]] = {}
        for column in facts.properties:
            by_layer.setdefault(column.set_name, {})[fold_layer_name(column.name)] = column
        distances = self._distances(facts)
        declared = deliverable.item if deliverable else None
        told: Any = facts.whole.get("layers") or ()
        for layer in told:
            name = str(layer["name"])
            seen = SeenLayer(path, name, int(layer["count"] or 0))
            far = distances.get(name)
            if far is not None and np.isfinite(far[1]).any():
                seen.nearest, seen.farthest = float(np.nanmin(far[1])), float(np.nanmax(far[1]))
            self.layers.append(seen)
            item = self.known.item_of_layer(name)
            if item is not None:
                self.items.setdefault(item.code, []).append(seen.place)
            fields = by_layer.get(name, {})
            is_buildings = self.known.is_building_layer(name) or (declared == "building-layer" and len(told) == 1)
            if is_buildings:
                self.items.setdefault("building-layer", []).append(seen.place)
                self._take_buildings(facts, path, name, fields, far)
            self._statements(path, name, fields)

    def _distances(self, facts: Facts) -> dict[str, tuple[Any, Any]]:
        """Layer -> sids of its features and their metres to the red line."""
        shapes = facts.whole.get("shapes")
        if self.red_line is None or not isinstance(shapes, Shapes):
            return {}
        measured = ((layer, self.red_line.distances(layer)) for layer in shapes.layers)
        return {layer.layer: (layer.sid, far) for layer, far in measured if far is not None}

    def _field(self, fields: Mapping[str, PropertyColumn], names: Sequence[str]) -> dict[int, str]:
        """sid -> text, of the first of these fields that the layer has."""
        column = next((fields[key] for name in names if (key := fold_layer_name(name)) in fields), None)
        if column is None:
            return {}
        rows = np.flatnonzero(column.column.row_states() == State.PRESENT)
        return dict(zip(column.column.sid[rows].tolist(), column.column.texts(rows), strict=True))

    def _take_buildings(
        self, facts: Facts, path: str, layer: str, fields: Mapping[str, PropertyColumn], far: tuple[Any, Any] | None
    ) -> None:
        read = {key: self._field(fields, self.known.field_names(key)) for key in self.known.buildings["fields"]}
        index = facts.subjects.kinds.index(layer) if layer in facts.subjects.kinds else -1
        sids = np.flatnonzero(facts.subjects.kind == index)[:MOST_BUILDINGS]
        metres = dict(zip(far[0].tolist(), far[1].tolist(), strict=True)) if far is not None else {}
        for sid in sids.tolist():
            row: dict[str, Any] = {key: values.get(sid) for key, values in read.items()}
            row["place"] = f"{path}#{layer}:{int(facts.subjects.row[sid])}"
            distance = metres.get(sid)
            row["distance"] = distance if distance is not None and np.isfinite(distance) else None
            self.buildings.append(self._plain(row))

    def _plain(self, row: dict[str, Any]) -> dict[str, Any]:
        """Numbers as numbers, the phase and flags in the words of the form."""
        for key in ("area", "storeys", "storeys_below", "height"):
            row[key] = _number(row[key])
        yes = {fold_layer_name(word) for word in self.known.buildings["yes"]}
        for key in ("unlawful", "dangerous"):
            row[key] = None if row[key] is None else fold_layer_name(row[key]) in yes
        said = fold_layer_name(row["phase"]) if row["phase"] else None
        phases = {
            fold_layer_name(word): phase for phase, words in self.known.buildings["phases"].items() for word in words
        }
        row["phase"] = phases.get(said) if said else None
        return row

    def _statements(self, path: str, layer: str, fields: Mapping[str, PropertyColumn]) -> None:
        for aspect in ("project_number", "project_name"):
            values = pl.Series(list(self._field(fields, self.known.buildings[aspect]).values()), dtype=pl.String)
            for value in values.unique(maintain_order=True).head(5):
                self.stated.append({"aspect": aspect, "path": path, "place": f"{path}#{layer}", "value": value})


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text.replace(",", ""))
    except ValueError:
        return None
