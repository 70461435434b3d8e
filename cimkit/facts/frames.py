"""Layers and tables as facts: what every reader of tabular data hands over, so that rules can't tell them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct, field

from cimkit.facts.columns import MANY_ROWS, Column, IntArray, PropertyColumn
from cimkit.facts.demand import Demand, NameTest
from cimkit.facts.field_columns import base_type, field_column, field_type, type_size
from cimkit.facts.model import DATASETS, DEFECT_ROWS, Facts, Subjects
from cimkit.facts.names import fold_layer_name
from cimkit.facts.shapes import GeometryArray, LayerShapes, Shapes

__all__ = ["LAYER_DATASETS", "Layer", "asks_for_geometry", "asks_for_layer", "facts_of_layers", "wanted_fields"]

#: The columns of `datasets` for layers: those of every source, and where and how the layer lies.
LAYER_DATASETS = {
    **DATASETS,
    "extent": pl.String,  # west south east north, in the units of the system
    "encoding": pl.String,
    "geometry_type": pl.String,
}
_FIELD = frozenset({"field"})
_DESCRIBED = dict.fromkeys(("kind", "id", "name", "tag", "type", "storey", "locator"), pl.String)
_NAMES = frozenset({"name", "名称"})


class Layer(Struct, frozen=True):
    """A layer, sheet or table.

    name           as written; no two layers of a source have the same
    frame          one row a feature, nulls kept; fields that were not asked for may be left out (`types` names them)
    rows           fid of each, or 1-based row number; None: 1, 2, 3 ...
    types          declared type of each field in their order, `TEXT(50)`, `REAL(10,2)`; {}: by dtype
    geometry       shapely geometries, or a Binary series of well-known binary; None: it has none, or none was read
    geometry_type  declared: `Point`, `MultiPolygon Z`, `Unknown` for any kind; None: not declared
    crs            `EPSG:4490`, or the system's name or text without a code; None: not stated
    key            the field that identifies a feature; None: its row number does
    encoding       of the texts
    nullable       fields that say whether they may be null
    extent         west, south, east, north, as the source states it
    count          features the source has, where the frame does not hold them; None: as many as the frame
    height_datum   `EPSG:5737`, or as written
    """

    name: str
    frame: pl.DataFrame
    rows: npt.NDArray[np.int64] | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    geometry: GeometryArray | pl.Series | None = None
    geometry_type: str | None = None
    crs: str | None = None
    key: str | None = None
    encoding: str | None = None
    nullable: Mapping[str, bool] = field(default_factory=dict)
    extent: tuple[float, float, float, float] | None = None
    count: int | None = None
    height_datum: str | None = None

    @property
    def height(self) -> int:
        """Features that are here; a frame of no fields has no rows to count."""
        return self.frame.height if self.rows is None else len(self.rows)

    def field_types(self) -> dict[str, str]:
        """Type of each field, declared or found."""
        found = {name: field_type(dtype) for name, dtype in self.frame.schema.items()}
        return {**self.types, **{name: kind for name, kind in found.items() if name not in self.types}}


def asks_for_layer(demand: Demand, name: str) -> bool:
    """Whether a layer of this name holds subjects of the demand."""
    if demand.kinds is None:
        return True
    folded = fold_layer_name(name)
    return any(fold_layer_name(kind) == folded for kind in demand.kinds | demand.named_kinds)


def asks_for_geometry(demand: Demand) -> bool:
    """Whether geometry must be read: for itself, or for its kind."""
    kind = pl.Series(["geometry_type"])
    return demand.geometry or any(bool(test(kind)[0]) for test in _attribute_tests(demand))


def wanted_fields(demand: Demand, layer: str, fields: Sequence[str]) -> list[str]:
    """Fields of a layer that the demand asks for, in their order."""
    names, sets = pl.Series(list(fields), dtype=pl.String), pl.Series([layer])
    wanted = np.zeros(len(names), bool)
    for each in demand.properties:
        if each.set is None or each.set(sets)[0]:
            wanted |= True if each.name is None else each.name(names)
    return [name for name, meant in zip(fields, wanted, strict=True) if meant]


def facts_of_layers(
    layers: Sequence[Layer],
    demand: Demand,
    *,
    format: str,
    name: str | None,
    defects: pl.DataFrame | None = None,
    whole: Mapping[str, object] | None = None,
    schema: str | None = None,
) -> Facts:
    """Facts of a source made of layers. name: the source's; schema: its version, `GeoPackage 1.3`.

    Layers that the demand does not name are told of in `datasets` and `whole["layers"]` and hold no subjects.
    Raises ValueError for two layers of one name.
    """
    if len({layer.name for layer in layers}) < len(layers):
        raise ValueError(f"two layers of one name in {name}")
    held = [layer for layer in layers if asks_for_layer(demand, layer.name)]
    starts = np.cumsum([0, *(layer.height for layer in held)])
    sids = [np.arange(start, end, dtype=np.int32) for start, end in pairwise(starts)]
    rows = [_row_numbers(layer) for layer in held]
    subjects = Subjects(
        kind=np.repeat(np.arange(len(held), dtype=np.int32), [layer.height for layer in held]),
        kinds=tuple(layer.name for layer in held),
        row=np.concatenate([*rows, np.zeros(0, np.int64)]),
    )
    told: dict[str, object] = {"layers": [_description(layer) for layer in layers], **(whole or {})}
    if demand.geometry:
        told["shapes"] = Shapes.of(
            [
                LayerShapes(layer.name, sid, layer.geometry, layer.crs, layer.geometry_type)
                for layer, sid in zip(held, sids, strict=True)
                if layer.geometry is not None
            ]
        )
    return Facts(
        format=format,
        demand=demand,
        subjects=subjects,
        describe=_Describe(held, starts, rows),
        attributes=_attributes(held, sids, rows, demand),
        properties=_properties(held, sids, demand),
        datasets=_datasets(layers, format, schema),
        defect_rows=defects if defects is not None else pl.DataFrame(schema=DEFECT_ROWS),
        whole=told,
        counts={
            "subjects": int(starts[-1]),
            **{f"kind:{layer.name}": _count(layer) for layer in layers},
        },
    )


def _properties(layers: Sequence[Layer], sids: Sequence[IntArray], demand: Demand) -> tuple[PropertyColumn, ...]:
    """A column for each field that is asked for; polars leaves the interpreter free, so that large ones go together."""
    wanted = [
        (layer, name, sid)
        for layer, sid in zip(layers, sids, strict=True)
        for name in wanted_fields(demand, layer.name, layer.frame.columns)
    ]

    def made(layer: Layer, name: str, sid: IntArray) -> PropertyColumn:
        column = field_column(layer.frame[name], sid, _as_value_type(layer.types.get(name)))
        return PropertyColumn(layer.name, name, column, _FIELD)

    if max((len(sid) for _, _, sid in wanted), default=0) < MANY_ROWS:
        return tuple(made(*each) for each in wanted)
    with ThreadPoolExecutor(2) as pool:
        return tuple(pool.map(made, *zip(*wanted, strict=True)))


def _as_value_type(declared: str | None) -> str | None:
    """Texts keep their declared length; numbers are told by their kind alone."""
    return declared if declared is None or base_type(declared) == "TEXT" else base_type(declared)


def _row_numbers(layer: Layer) -> npt.NDArray[np.int64]:
    return np.arange(1, layer.height + 1, dtype=np.int64) if layer.rows is None else layer.rows


def _count(layer: Layer) -> int:
    return layer.height if layer.count is None else layer.count


def _attribute_tests(demand: Demand) -> list[NameTest]:
    return [*demand.attributes, *(each.name for each in demand.attributes_of)]


def _attributes(
    layers: Sequence[Layer], sids: Sequence[IntArray], rows: Sequence[npt.NDArray[np.int64]], demand: Demand
) -> dict[str, Column]:
    names = pl.Series(["id", "geometry_type"])
    wanted = np.zeros(len(names), bool)
    for test in _attribute_tests(demand):
        wanted |= test(names)
    attributes: dict[str, Column] = {}
    for name in names.filter(pl.Series(wanted)):
        parts = [
            (sid, series)
            for layer, sid, numbers in zip(layers, sids, rows, strict=True)
            if (series := _ids(layer, numbers) if name == "id" else _geometry_types(layer)) is not None
        ]
        if parts:
            attributes[name] = field_column(
                pl.concat([series for _, series in parts]), np.concatenate([sid for sid, _ in parts]), "TEXT"
            )
    return attributes


def _ids(layer: Layer, rows: npt.NDArray[np.int64]) -> pl.Series:
    if layer.key is not None and layer.key in layer.frame.columns:
        return layer.frame[layer.key].cast(pl.String, strict=False).alias("id")
    return pl.Series("id", rows).cast(pl.String)


def _geometry_types(layer: Layer) -> pl.Series | None:
    if layer.geometry is None:
        return None
    from cimkit.facts.geometry_types import type_names

    return type_names(layer.geometry)


def _description(layer: Layer) -> dict[str, Any]:
    fields = []
    for name, declared in layer.field_types().items():
        length, precision = type_size(declared)
        fields.append(
            {
                "name": name,
                "type": base_type(declared),
                "length": length,
                "precision": precision,
                "nullable": layer.nullable.get(name),
            }
        )
    return {
        "name": layer.name,
        "fields": fields,
        "crs": layer.crs,
        "height_datum": layer.height_datum,
        "spatial": layer.geometry is not None or layer.geometry_type is not None,
        "geometry_type": layer.geometry_type,
        "count": _count(layer),
        "extent": list(layer.extent) if layer.extent is not None else None,
        "encoding": layer.encoding,
        "key": layer.key,
    }


def _datasets(layers: Sequence[Layer], format: str, schema: str | None) -> pl.DataFrame:
    rows = [
        {
            "name": layer.name,
            "format": format,
            "schema": schema,
            "crs": layer.crs,
            "height_datum": layer.height_datum,
            "count": _count(layer),
            "extent": " ".join(f"{value:.12g}" for value in layer.extent) if layer.extent is not None else None,
            "encoding": layer.encoding,
            "geometry_type": layer.geometry_type,
        }
        for layer in layers
    ]
    return pl.DataFrame(rows, schema=LAYER_DATASETS)


class _Describe:
    """`Facts.describe` of features. It keeps the fields that identify and name them, and no others."""

    def __init__(
        self, layers: Sequence[Layer], starts: npt.NDArray[np.int64], rows: Sequence[npt.NDArray[np.int64]]
    ) -> None:
        self._starts = starts
        self._rows = rows
        self._names = [layer.name for layer in layers]
        self._keys = [layer.frame[layer.key] if layer.key in layer.frame.columns else None for layer in layers]
        self._titles = [_title(layer) for layer in layers]

    def __call__(self, sids: IntArray) -> pl.DataFrame:
        kinds = np.searchsorted(self._starts, sids, side="right") - 1
        places = [np.flatnonzero(kinds == kind) for kind in np.unique(kinds).tolist()]
        parts = [self._part(int(kinds[place[0]]), sids[place]) for place in places]
        if not parts:
            return pl.DataFrame(schema=_DESCRIBED)
        back = pl.Series(np.argsort(np.concatenate(places), kind="stable"), dtype=pl.UInt32)
        return pl.concat(parts).select(pl.all().gather(back))

    def _part(self, kind: int, sids: IntArray) -> pl.DataFrame:
        """The rows of features of one layer."""
        at = sids - self._starts[kind]
        number = pl.Series(self._rows[kind][at]).cast(pl.String)
        key, title = self._keys[kind], self._titles[kind]
        told = {
            "kind": pl.Series([self._names[kind]]).new_from_index(0, len(at)),
            "id": _texts(key.gather(at)) if key is not None else number,
            "name": _texts(title.gather(at)) if title is not None else None,
            "locator": f"{self._names[kind]}:" + number,
        }
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(at))
        return pl.DataFrame({name: nothing if (known := told.get(name)) is None else known for name in _DESCRIBED})


def _title(layer: Layer) -> pl.Series | None:
    for name in layer.frame.columns:
        if fold_layer_name(name) in _NAMES:
            return layer.frame[name]
    return None


def _texts(values: pl.Series) -> pl.Series:
    """Values as a person reads them."""
    if values.dtype.is_nested() or values.dtype in (pl.Object, pl.Binary):
        return pl.Series([None if value is None else str(value) for value in values.to_list()], dtype=pl.String)
    return values.cast(pl.String)
