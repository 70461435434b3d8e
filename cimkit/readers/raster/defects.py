"""What the reader of rasters can stumble on."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["RASTER_DEFECTS"]

#: Every kind of defect -> what it means. TIFF 6.0; OGC 19-008r4 (GeoTIFF 1.1).
RASTER_DEFECTS: Mapping[str, str] = {
    "raster_directory": "the file's directories break TIFF: out of order, in a circle, outside the file, or incomplete",
    "raster_data_missing": "strips or tiles that lie beyond the end of the file: it was cut short",
    "raster_data_unreadable": "a strip or tile that cannot be unpacked",
    "raster_geokeys": "the keys or tags that place the image break GeoTIFF",
    "raster_not_placed": "nothing places the image on the earth",
    "raster_no_crs": "the reference system is not stated",
    "raster_crs_not_registered": "a reference system of its own, without a code of the register",
    "raster_rotated": "rows that do not run from north to south, or columns that do not run from west to east",
    "raster_world_file": "the world file beside it says another place, or cannot be read",
    "raster_nodata_type": "a value for `no data` that the band's type cannot hold",
    "raster_nodata_differs": "bands with different values for `no data`",
    "raster_not_judged": "something that was not looked at, such as a block too large to be unpacked",
}
