"""Names that OGC 12-128 fixes: tables with their columns, column types, geometry types."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["COLUMN_TYPES", "GEOMETRY_TYPES", "REQUIRED_COLUMNS", "SCHEMES", "SIZED_TYPES", "accepts"]

#: Table -> the columns it must have (lower case), by the table definitions of annex C.
REQUIRED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "gpkg_spatial_ref_sys": (
        "srs_name",
        "srs_id",
        "organization",
        "organization_coordsys_id",
        "definition",
        "description",
    ),
    "gpkg_contents": (
        *("table_name", "data_type", "identifier", "description", "last_change"),
        *("min_x", "min_y", "max_x", "max_y", "srs_id"),
    ),
    "gpkg_geometry_columns": ("table_name", "column_name", "geometry_type_name", "srs_id", "z", "m"),
    "gpkg_tile_matrix_set": ("table_name", "srs_id", "min_x", "min_y", "max_x", "max_y"),
    "gpkg_tile_matrix": (
        *("table_name", "zoom_level", "matrix_width", "matrix_height"),
        *("tile_width", "tile_height", "pixel_x_size", "pixel_y_size"),
    ),
    "gpkg_extensions": ("table_name", "column_name", "extension_name", "definition", "scope"),
}

#: Column types of table 1, without those of geometries.
COLUMN_TYPES = frozenset(
    {
        *("BOOLEAN", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "FLOAT", "DOUBLE", "REAL"),
        *("TEXT", "BLOB", "DATE", "DATETIME"),
    }
)
#: Those that may name a size.
SIZED_TYPES = frozenset({"TEXT", "BLOB"})

#: Geometry types of annex G: the core's, and those of the extension for curves and surfaces.
GEOMETRY_TYPES = frozenset(
    {
        *("GEOMETRY", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON"),
        *("GEOMETRYCOLLECTION", "CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE", "MULTISURFACE"),
        *("CURVE", "SURFACE"),
    }
)
#: Values of gpkg_extensions.scope.
SCHEMES = ("read-write", "write-only")

#: Declared type -> what a geometry of that column may be (annex G's tree of types; curves are read as lines).
_ACCEPTED: Mapping[str, frozenset[str]] = {
    "GEOMETRYCOLLECTION": frozenset(
        {"GEOMETRYCOLLECTION", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "MULTICURVE", "MULTISURFACE"}
    ),
    "MULTICURVE": frozenset({"MULTICURVE", "MULTILINESTRING"}),
    "MULTISURFACE": frozenset({"MULTISURFACE", "MULTIPOLYGON"}),
    "CURVE": frozenset({"CURVE", "LINESTRING", "CIRCULARSTRING", "COMPOUNDCURVE"}),
    "CIRCULARSTRING": frozenset({"CIRCULARSTRING", "LINESTRING"}),
    "COMPOUNDCURVE": frozenset({"COMPOUNDCURVE", "LINESTRING"}),
    "SURFACE": frozenset({"SURFACE", "POLYGON", "CURVEPOLYGON"}),
    "CURVEPOLYGON": frozenset({"CURVEPOLYGON", "POLYGON"}),
}


def accepts(declared: str, kind: str) -> bool:
    """Whether a column of a declared type may hold a geometry of this kind (both UPPER CASE)."""
    return declared in ("GEOMETRY", kind) or kind in _ACCEPTED.get(declared, ())
