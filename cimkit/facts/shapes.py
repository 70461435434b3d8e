"""Plane geometry of layers: `Facts.whole["shapes"]`, for checks that ask shapely.

A layer of a million polygons is kept as well-known binary, a fifth of what GEOS objects take, and made into
geometries batch by batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct

from cimkit.facts.columns import BoolArray, IntArray

__all__ = ["BATCH", "GeometryArray", "LayerShapes", "Shapes"]

#: shapely geometries; None where a feature has none.
GeometryArray = npt.NDArray[np.object_]

#: So many geometries are made at a time.
BATCH = 50_000


class LayerShapes(Struct, frozen=True, dict=True, eq=False):
    """The geometry of one layer.

    layer          its name
    sid            subject of each row, ascending
    stored         shapely geometries, or a Binary series of well-known binary; null where a feature has none
    crs            `EPSG:4490`, or the system's name or text where it has no code; None: not stated
    geometry_type  the declared type (`MultiPolygon`, `Polygon Z`, `Unknown` for any); None: not declared
    """

    layer: str
    sid: IntArray
    stored: GeometryArray | pl.Series
    crs: str | None = None
    geometry_type: str | None = None

    def __len__(self) -> int:
        return len(self.sid)

    @cached_property
    def null(self) -> BoolArray:
        """Rows without a geometry (n)."""
        if isinstance(self.stored, pl.Series):
            missing: BoolArray = self.stored.is_null().to_numpy()
            return missing
        return np.fromiter((each is None for each in self.stored), bool, len(self.stored))

    @cached_property
    def curved(self) -> BoolArray:
        """Rows with arcs (n), which shapely does not have: they are None and can't be judged."""
        if not isinstance(self.stored, pl.Series):
            return np.zeros(len(self.stored), bool)
        from cimkit.facts.geometry_types import CURVES, type_names

        curved: BoolArray = type_names(self.stored).is_in(CURVES).fill_null(value=False).to_numpy()
        return curved

    def geometry(self, rows: IntArray | slice) -> GeometryArray:
        """The geometries of some rows. Binary that spells none is None, as `null` does not say; so are curves."""
        if not isinstance(self.stored, pl.Series):
            chosen: GeometryArray = self.stored[rows]
            return chosen
        import shapely

        part = self.stored[rows] if isinstance(rows, slice) else self.stored.gather(rows)
        binary = part.to_numpy(writable=True)
        binary[self.curved[rows]] = None
        made: Any = shapely.from_wkb(binary, on_invalid="ignore")
        geometries: GeometryArray = np.asarray(made, object)
        return geometries

    def batches(self, size: int = BATCH) -> Iterator[tuple[slice, GeometryArray]]:
        """(rows, their geometries), in order."""
        for start in range(0, len(self), size):
            rows = slice(start, min(start + size, len(self)))
            yield rows, self.geometry(rows)


class Shapes(Struct, frozen=True, dict=True, eq=False):
    """The layers of a source that have geometry."""

    layers: tuple[LayerShapes, ...]

    @classmethod
    def of(cls, layers: Sequence[LayerShapes]) -> Shapes:
        return cls(tuple(layers))

    def selected(self, mask: BoolArray) -> Iterator[tuple[LayerShapes, IntArray]]:
        """Layers with selected subjects (n), and the rows of those in each."""
        for layer in self.layers:
            rows = np.flatnonzero(mask[layer.sid])
            if len(rows):
                yield layer, rows
