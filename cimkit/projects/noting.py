"""What each source of a project leaves behind for the comparison with the others: a few rows, the same wherever it was
looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cimkit.facts.columns import PropertyColumn
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.model import Facts
from cimkit.facts.names import FoldedNames, fold_layer_name
from cimkit.facts.shapes import Shapes
from cimkit.projects.definitions import PACK, Definitions, definitions
from cimkit.projects.models import model_demand, model_of
from cimkit.projects.redline import RedLine
from cimkit.sources.formats import IFC_FORMATS
from cimkit.sources.source import Source

__all__ = ["LAYER_FORMATS", "SurveyNoter"]

#: Formats of layers and tables, and those among them that have plane geometry.
LAYER_FORMATS = frozenset({"geopackage", "shapefile", "geojson", "geojsonseq", "filegdb", "csv", "xlsx", "parquet"})
_PLANE = frozenset({"geopackage", "shapefile", "geojson", "geojsonseq", "filegdb"})
#: So many buildings of a layer are compared one by one; a project of the province has some hundred.
MOST_BUILDINGS = 100_000


@dataclass(frozen=True, slots=True)
class SurveyNoter:
    """See `run.looking.Noter`. It travels: nothing of it is of this process.

    label     what the names of the project's sources begin with
    declared  name of a source -> what the form says, or its name tells, that it is: item, discipline
    red_line  None: the form names none, or none that distances could be measured to
    """

    label: str
    declared: Mapping[str, tuple[str | None, str | None]]
    red_line: RedLine | None

    @property
    def whole(self) -> bool:
        """The buildings of a layer are compared, however large it is."""
        return True

    @property
    def key(self) -> str | None:
        """Digest of all that a note depends on besides the source."""
        from cimkit.rules.load import pack_digests
        from cimkit.rules.packs import locate_pack
        from cimkit.run.cache import key_of

        line = self.red_line
        return key_of(
            what="survey",
            label=self.label,
            declared=sorted(self.declared.items()),
            red_line=None if line is None else [line.area.wkb_hex, line.plane],
            definitions=pack_digests(locate_pack(PACK)),
        )

    def demand(self, source: Source, schema: IfcSchema | None) -> Demand:
        """Of a model, who and where it is; of layers, the fields of buildings, and places where there is a red line."""
        known = definitions()
        if source.format in IFC_FORMATS:
            return model_demand(schema, known) if schema is not None else Demand()
        if source.format not in LAYER_FORMATS:
            return Demand()
        names = [name for names in known.buildings["fields"].values() for name in names]
        names += [*known.buildings["project_number"], *known.buildings["project_name"]]
        geometry = source.format in _PLANE and self.red_line is not None
        return Demand(
            kinds=None, properties=frozenset({PropertyDemand(None, FoldedNames.of(names))}), geometry=geometry
        )

    def note(self, source: Source, facts: Facts) -> dict[str, Any]:
        """model: see `projects.models.Model`; layers, buildings, stated, items: see `projects.survey.Survey`."""
        item, discipline = self.declared.get(source.name, (None, None))
        path = source.name.removeprefix(f"{self.label}/")
        if facts.format in IFC_FORMATS:
            model = model_of(facts, path, definitions(), discipline).told()
            return {"model": model}
        if facts.format not in LAYER_FORMATS:
            return {}
        noted = _Layers(path, item, self.red_line, definitions())
        noted.take(facts)
        return {"layers": noted.layers, "buildings": noted.buildings, "stated": noted.stated, "items": noted.items}


class _Layers:
    """The layers of one source. item: what the source was declared to be."""

    def __init__(self, path: str, item: str | None, red_line: RedLine | None, known: Definitions) -> None:
        self.path = path
        self.item = item
        self.red_line = red_line
        self.known = known
        self.layers: list[dict[str, Any]] = []
        self.buildings: list[dict[str, Any]] = []
        self.stated: list[dict[str, Any]] = []
        self.items: dict[str, list[str]] = {}

    def take(self, facts: Facts) -> None:
        """Note them all. Where structure alone was looked at, they have no features."""
        by_layer: dict[str, dict[str, PropertyColumn]] = {}
        for column in facts.properties:
            by_layer.setdefault(column.set_name, {})[fold_layer_name(column.name)] = column
        distances = self._distances(facts)
        told: Any = facts.whole.get("layers") or ()
        for layer in told:
            name = str(layer["name"])
            place = f"{self.path}#{name}"
            far = distances.get(name)
            nearest = float(np.nanmin(far[1])) if far is not None and np.isfinite(far[1]).any() else None
            self.layers.append({"path": self.path, "name": name, "nearest": nearest})
            item = self.known.item_of_layer(name)
            if item is not None:
                self.items.setdefault(item.code, []).append(place)
            fields = by_layer.get(name, {})
            is_buildings = self.known.is_building_layer(name) or (self.item == "building-layer" and len(told) == 1)
            if is_buildings:
                self.items.setdefault("building-layer", []).append(place)
                self._take_buildings(facts, name, fields, far)
            self._statements(name, fields)

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
        rows = np.flatnonzero(column.column.present())
        return dict(zip(column.column.sid[rows].tolist(), column.column.texts(rows), strict=True))

    def _take_buildings(
        self, facts: Facts, layer: str, fields: Mapping[str, PropertyColumn], far: tuple[Any, Any] | None
    ) -> None:
        read = {key: self._field(fields, self.known.field_names(key)) for key in self.known.buildings["fields"]}
        index = facts.subjects.kinds.index(layer) if layer in facts.subjects.kinds else -1
        sids = np.flatnonzero(facts.subjects.kind == index)[:MOST_BUILDINGS]
        metres = dict(zip(far[0].tolist(), far[1].tolist(), strict=True)) if far is not None else {}
        for sid in sids.tolist():
            row: dict[str, Any] = {key: values.get(sid) for key, values in read.items()}
            row["place"] = f"{self.path}#{layer}:{int(facts.subjects.row[sid])}"
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

    def _statements(self, layer: str, fields: Mapping[str, PropertyColumn]) -> None:
        for aspect in ("project_number", "project_name"):
            values = pl.Series(list(self._field(fields, self.known.buildings[aspect]).values()), dtype=pl.String)
            for value in values.unique(maintain_order=True).head(5):
                place = f"{self.path}#{layer}"
                self.stated.append({"aspect": aspect, "path": self.path, "place": place, "value": value})


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text.replace(",", ""))
    except ValueError:
        return None
