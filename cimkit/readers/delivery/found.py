"""What the other sources of a run were found to hold: what the manifest and the agreement are compared with."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np

from cimkit.facts.shapes import LayerShapes, Shapes
from cimkit.readers.delivery.values import crs_code, datum, extent, is_date

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Found", "Paths", "Unread", "found_in", "normal_path", "stem"]

#: Formats whose fields have no declared type: what is found there changes with the values.
_UNTYPED = frozenset({"csv", "xlsx", "geojson", "geojsonseq"})

Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Found:
    """One layer, raster, tileset or model. path: of its source, relative to the delivery; main: whether the source is a
    folder whose main file the path names."""

    path: str
    layer: str
    format: str | None
    crs: str | None = None
    height_datum: str | None = None
    count: int | None = None
    extent: Extent | None = None
    date: str | None = None
    geometry_type: str | None = None
    fields: Mapping[str, str] | None = None  # name -> type (empty: not declared); None: no fields, or nobody looked
    alone: bool = True  # the only one of its source


@dataclass(frozen=True, slots=True)
class Unread:
    """A source that could not be read."""

    path: str
    format: str | None


def found_in(path: str, datasets: pl.DataFrame, whole: Mapping[str, object]) -> list[Found]:
    """The data sets of one source, by its facts."""
    layers: Any = whole.get("layers") or ()
    rows = datasets.to_dicts()
    shapes = whole.get("shapes")
    seen = {layer.layer: _seen(layer) for layer in shapes.layers} if isinstance(shapes, Shapes) else {}
    typed = not any(row.get("format") in _UNTYPED for row in rows)
    fields = {
        str(layer["name"]): {each["name"]: each["type"] if typed else "" for each in layer["fields"]}
        for layer in layers
    }
    return [
        Found(
            path=path,
            layer=str(row.get("name") or path),
            format=row.get("format"),
            crs=crs_code(row.get("crs")),
            height_datum=datum(row.get("height_datum")) or _height_of(row.get("crs")),
            count=row.get("count"),
            extent=extent(row.get("extent")) or seen.get(str(row.get("name")), _UNSEEN)[0] or _of_whole(whole),
            date=is_date(row.get("date")),
            geometry_type=_stated_type(row.get("geometry_type")) or seen.get(str(row.get("name")), _UNSEEN)[1],
            fields=fields.get(str(row.get("name"))),
            alone=len(rows) == 1,
        )
        for row in rows
    ]


_UNSEEN: tuple[Extent | None, str | None] = (None, None)


def _of_whole(whole: Mapping[str, object]) -> Extent | None:
    """The extent of a raster, or the plane part of a point cloud's."""
    for part in ("raster", "pointcloud"):
        told: Any = whole.get(part) or {}
        numbers = told.get("extent")
        if numbers is not None and len(numbers) in (4, 6):
            half = len(numbers) // 2
            west, south, east, north = numbers[0], numbers[1], numbers[half], numbers[half + 1]
            return float(west), float(south), float(east), float(north)
    return None


def _seen(layer: LayerShapes) -> tuple[Extent | None, str | None]:
    """Extent and kinds of geometry of a layer's features, for formats that state neither."""
    import shapely

    bounds = np.full(4, np.nan)
    kinds: set[str] = set()
    for _, geometry in layer.batches():
        there = geometry[~shapely.is_missing(geometry)]
        if not len(there):
            continue
        with np.errstate(invalid="ignore"):
            low, high = shapely.total_bounds(there)[:2], shapely.total_bounds(there)[2:]
        bounds = np.concatenate([np.fmin(bounds[:2], low), np.fmax(bounds[2:], high)])
        kinds |= {shapely.GeometryType(each).name for each in np.unique(shapely.get_type_id(there)).tolist()}
    west, south, east, north = bounds.tolist()
    found = (west, south, east, north) if np.isfinite(bounds).all() else None
    return found, " | ".join(sorted(kinds)) or None


def _stated_type(declared: str | None) -> str | None:
    """`MULTIPOLYGON` of `MultiPolygon Z`; None of `Unknown`, which says nothing."""
    word = (declared or "").split(" ")[0].upper()
    return None if word in ("", "UNKNOWN", "GEOMETRY") else word


def _height_of(crs: str | None) -> str | None:
    return datum(crs) if crs is not None and ("+" in crs or "crs-compound" in crs) else None


class Paths:
    """Paths that are there, found as a manifest writes them."""

    def __init__(self, there: Iterable[str]) -> None:
        self._known: dict[str, str] = {}
        self._below: dict[str, str] = {}  # folder -> the first path below it
        for path in there:
            normal = normal_path(path)
            self._known.setdefault(normal, path)
            folder = normal.rpartition("/")[0]
            while folder and folder not in self._below:
                self._below[folder] = path
                folder = folder.rpartition("/")[0]

    def meant(self, stated: str) -> str | None:
        """The path that is meant: the same, or the first in the folder that is named; None: there is none."""
        wanted = normal_path(stated)
        return self._known.get(wanted) or self._below.get(wanted)


def normal_path(path: str) -> str:
    """A relative path with `/`, without `./`, composed as most systems compose letters; case counts."""
    parts = PurePosixPath(unicodedata.normalize("NFC", path.strip().replace("\\", "/"))).parts
    return "/".join(part for part in parts if part != ".")


def stem(path: str) -> str:
    """`buildings` of `vector/buildings.gpkg`; the folder's name of `tiles/east/tileset.json`."""
    pure = PurePosixPath(normal_path(path))
    if pure.name.casefold() in ("tileset.json", "metadata.xml") and pure.parent.name:
        return pure.parent.name
    return pure.name.partition(".")[0]
