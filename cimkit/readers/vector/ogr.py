"""Layers through GDAL's Arrow stream, straight into polars."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.errors import SourceError

__all__ = ["LayerError", "OgrLayer", "layer_names", "layer_schema", "need_geo", "read_layer"]

#: Rows of one batch of the stream.
_BATCH = 65_536
_FID = "OGC_FID"


class LayerError(Exception):
    """A layer that GDAL does not open, with its words."""


@dataclass(frozen=True, slots=True)
class OgrLayer:
    """One layer as GDAL reads it.

    frame     its fields as asked for, without fid and geometry
    fids      feature ids
    wkb       geometries as well-known binary, null for none; None: the layer has none, or none was asked for
    crs       `EPSG:4490`, or WKT; None: not stated
    kind      declared geometry type, `Polygon Z`; None: no geometry
    said      what GDAL remarked on the way, each once
    """

    frame: pl.DataFrame
    fids: npt.NDArray[np.int64]
    wkb: pl.Series | None
    crs: str | None
    kind: str | None
    said: tuple[str, ...]


def need_geo(name: str) -> Any:
    """pyogrio. Raises SourceError where it is not installed."""
    try:
        import pyogrio
        import shapely
    except ImportError as missing:
        raise SourceError("readers.extra_missing", name=name, extra="geo") from missing
    del shapely
    pyogrio.set_gdal_config_options({"CPL_LOG": os.devnull})  # what GDAL remarks is a defect, not noise on a terminal
    return pyogrio


def layer_names(path: Path) -> list[tuple[str, str | None]]:
    """Layers with their declared geometry types. Raises LayerError."""
    import pyogrio

    with _remarks():
        try:
            return [(str(name), kind and str(kind)) for name, kind in pyogrio.list_layers(path)]
        except (RuntimeError, ValueError, OSError) as problem:
            raise LayerError(_first_words(problem, path)) from problem


def layer_schema(path: Path, layer: str | None, **options: Any) -> dict[str, Any]:
    """pyogrio's account of a layer: fields, dtypes, crs, geometry_type, features, total_bounds. Raises LayerError."""
    import pyogrio

    with _remarks():
        try:
            told: dict[str, Any] = pyogrio.read_info(path, layer=layer, force_feature_count=True, **options)
        except (RuntimeError, ValueError, OSError) as problem:
            raise LayerError(_first_words(problem, path)) from problem
    return told


def read_layer(
    path: Path,
    layer: str | None,
    *,
    columns: Sequence[str] | None,
    geometry: bool,
    encoding: str | None = None,
    **options: Any,
) -> OgrLayer:
    """A layer's rows. columns: fields to read, None: all; options: GDAL's open options. Raises LayerError."""
    from pyogrio.raw import open_arrow

    with _remarks() as said:
        try:
            with open_arrow(
                path,
                layer=layer,
                columns=None if columns is None else list(columns),
                read_geometry=geometry,
                encoding=encoding,
                return_fids=True,
                batch_size=_BATCH,
                use_pyarrow=False,
                **options,
            ) as (meta, stream):
                frame = pl.DataFrame(stream)
        except (RuntimeError, ValueError, OSError, pl.exceptions.PolarsError) as problem:
            raise LayerError(_first_words(problem, path)) from problem
    fid = meta.get("fid_column") or _FID
    fids = frame[fid].cast(pl.Int64).to_numpy() if fid in frame.columns else np.arange(1, frame.height + 1)
    place = meta.get("geometry_name") or "wkb_geometry"
    wkb = _binary(frame[place]) if geometry and place in frame.columns else None
    return OgrLayer(
        frame=frame.drop(fid, place, strict=False),
        fids=fids,
        wkb=wkb,
        crs=meta.get("crs") or None,
        kind=meta.get("geometry_type") or None,
        said=tuple(text.replace(str(path), path.name) for text in said),
    )


def _binary(series: pl.Series) -> pl.Series:
    """The bytes of a geometry column, which GDAL marks as one."""
    if series.dtype == pl.Binary:
        return series
    return series.ext.storage()


@contextmanager
def _remarks() -> Iterator[list[str]]:
    """Collects what pyogrio warns of; that it leaves out measures is none of a check's business."""
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield said
    texts = (str(each.message) for each in caught)
    said += dict.fromkeys(text for text in texts if "Measured (M)" not in text)


def _first_words(problem: BaseException, path: Path) -> str:
    said = str(problem).partition("; It might help")[0].strip().replace(str(path), path.name)
    return said or type(problem).__name__
