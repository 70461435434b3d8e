"""Names of the kinds of plane geometry, told from well-known binary without making geometries."""

from __future__ import annotations

import polars as pl

from cimkit.facts.shapes import GeometryArray

__all__ = ["CURVES", "WKB_NAMES", "type_names"]

#: Codes of well-known binary (OGC 06-103r4, table 7) -> names; Z, M and ZM add 1000, 2000, 3000.
WKB_NAMES = {
    0: "Geometry",
    1: "Point",
    2: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
    8: "CircularString",
    9: "CompoundCurve",
    10: "CurvePolygon",
    11: "MultiCurve",
    12: "MultiSurface",
    13: "Curve",
    14: "Surface",
    15: "PolyhedralSurface",
    16: "TIN",
    17: "Triangle",
}

#: Those that are made of arcs, or may be.
CURVES = [WKB_NAMES[code] for code in range(8, 15)]

#: The older form's marks of Z, M and a reference system begin here.
_FLAGS = 2**29


def type_names(geometry: GeometryArray | pl.Series) -> pl.Series:
    """The kind of each geometry without its dimension (`MultiPolygon`); null for none."""
    if isinstance(geometry, pl.Series):
        return _of_binary(geometry)
    import shapely

    names = {-1: None, 0: "Point", 1: "LineString", 2: "LinearRing", 3: "Polygon", 4: "MultiPoint"}
    names |= {5: "MultiLineString", 6: "MultiPolygon", 7: "GeometryCollection"}
    codes = pl.Series(shapely.get_type_id(geometry), dtype=pl.Int32)
    return codes.replace_strict(list(names), list(names.values()), return_dtype=pl.String).alias("geometry_type")


def _of_binary(binary: pl.Series) -> pl.Series:
    """ISO codes add thousands for dimensions, the older ones of GEOS and PostGIS set the three highest bits."""
    number = pl.col("wkb").bin.slice(1, 4).bin
    little, big = (number.reinterpret(dtype=pl.UInt32, endianness=order) for order in ("little", "big"))
    code = pl.when(pl.col("wkb").bin.head(1) == pl.lit(b"\x01")).then(little).otherwise(big)
    plain = (code.cast(pl.Int64) % _FLAGS) % 1000
    names = plain.replace_strict(list(WKB_NAMES), list(WKB_NAMES.values()), default=None, return_dtype=pl.String)
    return binary.to_frame("wkb").select(geometry_type=names)["geometry_type"]
