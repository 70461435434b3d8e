"""What the readers of vector layers can stumble on.

Sources: OGC 12-128r19 (GeoPackage 1.4) and its forerunners; ESRI Shapefile Technical Description, July 1998, with the
dBASE III file structure; RFC 7946 (GeoJSON) and RFC 8142 (GeoJSON text sequences). The readers record; whether a
defect matters is for rules to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["VECTOR_DEFECTS", "about_the_file"]

#: Every kind of defect -> what it means.
VECTOR_DEFECTS: Mapping[str, str] = {
    "layer_not_read": "a layer that could not be read at all, or not to its end",
    "layer_note": "what the library that reads the format said on the way",
    "gpkg_identity": "the application id or the file's extension are not a GeoPackage's",
    "gpkg_integrity": "SQLite's own check finds the database damaged, or foreign keys that lead nowhere",
    "gpkg_table": "a table that the standard requires is missing, or lacks a column",
    "gpkg_contents": "an entry of gpkg_contents names no table, or is not written as required",
    "gpkg_srs": "a reference system that must be described is not",
    "gpkg_geometry_column": "gpkg_geometry_columns disagrees with the tables, or is not written as required",
    "gpkg_column_type": "a column of a type that GeoPackage does not have",
    "gpkg_value": "a value stored as another type than its column is declared to have",
    "gpkg_primary_key": "a table of features or attributes without an integer primary key",
    "gpkg_geometry": "a geometry that is no GeoPackage geometry, or of another type, dimension or system than declared",
    "gpkg_extension": "an extension is used without being registered, or registered wrongly",
    "gpkg_tiles": "tile matrices that are missing or contradict themselves",
    "gpkg_journal": "a journal beside the file: what is written there is not in the file yet",
    "shp_part": "a file of the shapefile is missing",
    "shp_header": "the header of a file is not a shapefile's, or contradicts the file",
    "shp_record": "a record that is cut off, misnumbered, of a wrong length or of another type than the header says",
    "shp_index": "the index (.shx) does not fit the shapes",
    "shp_attributes": "the attribute table (.dbf) is damaged or has another number of rows than there are shapes",
    "shp_ring": "a polygon's ring is not closed, has too few points, or turns the wrong way",
    "shp_encoding": "the encoding of the texts is not declared, contradicts itself, or does not fit them",
    "geojson_syntax": "the text is no JSON, or breaks off",
    "geojson_object": "an object is no GeoJSON object, or lacks a member that it must have",
    "geojson_crs": "a `crs` member, which RFC 7946 did away with",
    "geojson_position": "a position that is no two finite numbers, or coordinates nested otherwise than wanted",
    "geojson_ring": "a ring that is not closed or has too few positions",
    "geojson_ring_order": "a ring that does not follow the right-hand rule",
    "geojson_bbox": "a bounding box that has the wrong length or does not hold its geometry",
    "geojson_repeated": "an id that two features have",
    "geojson_text": "a byte order mark, or text that is not UTF-8",
    "gdb_part": "a file of the geodatabase is missing or empty",
    "gdb_locked": "an edit lock lies in the folder: the data may have been copied while somebody edited",
}


def about_the_file(defects: pl.DataFrame) -> pl.DataFrame:
    """Defects whose features are no subjects of this run: their locators alone say where."""
    import polars as pl

    return defects.with_columns(sid=pl.lit(None, dtype=pl.Int32))
