"""The surfaces of the synthetic district: a terrain model, an orthophoto, a point cloud."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import laspy
import numpy as np
import pyproj
import rasterio
import rasterio.features
import shapely
from rasterio.transform import from_origin

from makers.city_plan import AREA, CRS, HEIGHTS, SYNTHETIC, buildings, ground, streets

__all__ = ["write_orthophoto", "write_points", "write_terrain"]


def _raster(path: Path, bands: Any, cell: float, crs: str, **more: Any) -> None:
    west, _, _, north = AREA
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=len(bands),
        height=bands.shape[1],
        width=bands.shape[2],
        dtype=bands.dtype,
        crs=crs,
        transform=from_origin(west, north, cell, cell),
        compress="deflate",
        **more,
    ) as raster:
        raster.write(bands)
        raster.update_tags(TIFFTAG_IMAGEDESCRIPTION=f"{SYNTHETIC}synthetic", TIFFTAG_DATETIME="2026:01:15 08:00:00")


def _grid(cell: float) -> tuple[Any, Any]:
    west, south, east, north = AREA
    x = np.arange(west + cell / 2, east, cell)
    y = np.arange(north - cell / 2, south, -cell)
    return np.meshgrid(x, y)


def write_terrain(path: Path) -> None:
    """Heights of the ground every 5 m, plane and height system both stated."""
    x, y = _grid(5.0)
    heights = np.vectorize(ground)(x, y).astype(np.float32)
    _raster(path, heights[None], 5.0, f"{CRS}+{HEIGHTS[5:]}", nodata=-9999.0)


def write_orthophoto(path: Path) -> None:
    """A picture from above, 2 m a pixel: meadows, streets and roofs in plain colours."""
    west, _, _, north = AREA
    x, _ = _grid(2.0)
    shapes = [(shapely.LineString(each.line).buffer(each.width / 2), 1) for each in streets()]
    shapes += [(shapely.Polygon(each.outline), 2) for each in buildings()]
    kinds = rasterio.features.rasterize(shapes, out_shape=x.shape, transform=from_origin(west, north, 2.0, 2.0))
    colours = np.array([[112, 138, 92], [128, 128, 132], [170, 92, 74]], np.uint8)
    _raster(path, np.moveaxis(colours[kinds], -1, 0), 2.0, CRS, photometric="RGB")


def write_points(path: Path) -> None:
    """Ground and roofs, about one point a square metre of roof and one in 16 of ground."""
    ground_x, ground_y = _grid(4.0)
    points = [(a, b, ground(a, b), 2) for a, b in zip(ground_x.ravel(), ground_y.ravel(), strict=True)]
    for each in buildings():
        (west, south), _, (east, north), _ = each.outline
        x, y = np.meshgrid(np.arange(west + 0.5, east, 1.0), np.arange(south + 0.5, north, 1.0))
        top = each.ground + each.height
        points += [(a, b, top, 6) for a, b in zip(x.ravel(), y.ravel(), strict=True)]
    cloud = np.array(points)
    header = laspy.LasHeader(point_format=6, version="1.4")
    header.scales, header.offsets = [0.001] * 3, [AREA[0], AREA[1], 0.0]
    header.creation_date = date(2026, 1, 15)
    header.system_identifier, header.generating_software = "synthetic", "cimkit samples"
    header.add_crs(pyproj.CRS(f"{CRS}+{HEIGHTS[5:]}"))
    record = laspy.LasData(header)
    record.x, record.y, record.z = cloud[:, 0], cloud[:, 1], cloud[:, 2]
    record.classification = cloud[:, 3].astype(np.uint8)
    record.return_number = np.ones(len(cloud), np.uint8)
    record.number_of_returns = np.ones(len(cloud), np.uint8)
    record.write(str(path))
