"""The layers of a case: rows as an author writes them, made into the facts that a reader would hand over.

layers:
  建筑:                                    # a layer or table: its rows
    - {建筑编码: A1, 地上层数: 6, geometry: "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))"}
    - {建筑编码: A2}                       # a field that a row leaves out is null there
  道路:                                    # or with more said of it
    fields: {名称: TEXT(50), 宽度: "REAL(8,2)"}
    key: 编号
    rows: []
crs: EPSG:4490                             # of every layer
format: geopackage
defects: [{kind: form_unknown_field, locator: "project.yaml:3", found: nmae}]     # what the reader stumbled on
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from cimkit.facts.demand import Demand
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.model import DEFECT_ROWS, Facts
from cimkit.rules.faults import broken
from cimkit.rules.shapes import known_keys, mapping_in, text_in
from cimkit.sources.source import Source

__all__ = ["CaseLayer", "CaseLayers", "read_layers"]

#: The key of a row that holds its geometry, as well-known text.
GEOMETRY = "geometry"
_LAYER_KEYS = ("rows", "fields", "key", "crs", "geometry_type", "height_datum", "encoding")


@dataclass(frozen=True, slots=True)
class CaseLayer:
    """A layer as a case writes it. fields: declared types (`TEXT(50)`), of fields that no row fills too."""

    name: str
    rows: Sequence[Mapping[str, Any]]
    fields: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    crs: str | None = None
    geometry_type: str | None = None
    height_datum: str | None = None
    encoding: str | None = None

    def layer(self) -> Layer:
        """As a reader hands it over. Raises shapely's error for text that is no geometry."""
        names = dict.fromkeys((*self.fields, *(name for row in self.rows for name in row if name != GEOMETRY)))
        return Layer(
            self.name,
            pl.DataFrame([_series(name, [row.get(name) for row in self.rows]) for name in names]),
            rows=np.arange(1, len(self.rows) + 1, dtype=np.int64),
            types=self.fields,
            geometry=self._geometry(),
            geometry_type=self.geometry_type,
            crs=self.crs,
            key=self.key,
            encoding=self.encoding,
            height_datum=self.height_datum,
        )

    def _geometry(self) -> Any:
        texts = [row.get(GEOMETRY) for row in self.rows]
        if self.geometry_type is None and not any(text is not None for text in texts):
            return None
        import shapely

        made = np.empty(len(texts), object)
        for index, text in enumerate(texts):
            made[index] = None if text is None else shapely.from_wkt(text)
        return made


@dataclass(frozen=True, slots=True)
class CaseLayers:
    """What a run is lent in place of a reader (`cimkit.run.checking.Across`): the layers of a case."""

    name: str
    format: str
    layers: tuple[CaseLayer, ...]
    defects: tuple[Mapping[str, Any], ...] = ()

    def source(self) -> Source:
        """The source that these layers are the content of."""
        return Source(self.name, data=b"", size=0, format=self.format)

    def demand(self, source: Source, schema: IfcSchema | None) -> Demand:  # noqa: ARG002 - as Across has it
        """Nothing besides what the rules ask."""
        return Demand()

    def take(self, source: Source, facts: Facts) -> None:
        """Nothing is kept."""

    def facts_of(self, source: Source, demand: Callable[[], Demand]) -> Facts | None:
        """The facts of the layers; None for the case's other sources, which a reader reads."""
        return self.facts(demand()) if source.name == self.name else None

    def facts(self, demand: Demand) -> Facts:
        """The facts of the layers."""
        defects = pl.DataFrame(list(self.defects), schema={**DEFECT_ROWS, "locator": pl.String})
        return facts_of_layers(
            [each.layer() for each in self.layers], demand, format=self.format, name=self.name, defects=defects
        )


def read_layers(data: Mapping[str, Any], shown: str) -> CaseLayers | None:
    """The layers that a case holds; None: it holds none. Raises PackError."""
    if data.get("layers") is None:
        return None
    given = mapping_in(data, "layers", shown)
    crs = text_in(data, "crs", shown)
    return CaseLayers(
        text_in(data, "file", shown) or "case.gpkg",
        text_in(data, "format", shown) or "geopackage",
        tuple(_layer(given, name, crs, shown) for name in given),
        tuple(_defects(data, shown)),
    )


def _defects(data: Mapping[str, Any], shown: str) -> Iterator[Mapping[str, Any]]:
    given = data.get("defects") or []
    for index, defect in enumerate(given):
        if not isinstance(defect, Mapping):
            raise broken("not_a_mapping", shown, given, index)
        known_keys(defect, (*DEFECT_ROWS, "locator"), shown)
        yield defect


def _layer(layers: Mapping[str, Any], name: str, crs: str | None, shown: str) -> CaseLayer:
    given = layers[name] if layers[name] is not None else []
    whole: Mapping[str, Any] = given if isinstance(given, Mapping) else {"rows": given}
    known_keys(whole, _LAYER_KEYS, shown)
    rows = whole.get("rows") or []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise broken("case_rows", shown, layers, name, layer=name)
    fields = mapping_in(whole, "fields", shown)
    return CaseLayer(
        name=str(name),
        rows=rows,
        fields={str(each): str(text_in(fields, each, shown)) for each in fields},
        key=text_in(whole, "key", shown),
        crs=text_in(whole, "crs", shown) or crs,
        geometry_type=text_in(whole, "geometry_type", shown),
        height_datum=text_in(whole, "height_datum", shown),
        encoding=text_in(whole, "encoding", shown),
    )


def _series(name: str, values: list[Any]) -> pl.Series:
    """A column: of numbers or flags where all values are, of texts otherwise."""
    present = {type(value) for value in values if value is not None}
    if present == {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    if present == {int}:
        return pl.Series(name, values, dtype=pl.Int64)
    if present and present <= {int, float}:
        return pl.Series(name, values, dtype=pl.Float64)
    return pl.Series(name, [None if value is None else str(value) for value in values], dtype=pl.String)
