"""GeoPackages of cases: a small sound one, changed by the statements that a case writes.

files:
  case.gpkg: |
    geopackage:
    DELETE FROM gpkg_spatial_ref_sys WHERE srs_id = -1;

The sound one has a layer `building` (fid, geom, name, storeys) in EPSG:4549 with one square.
"""

from __future__ import annotations

import sqlite3

__all__ = ["GEOPACKAGE", "geopackage"]

#: What begins the text of such a file.
GEOPACKAGE = "geopackage:"

#: A square of ten metres as OGC 12-128 stores it: magic, version, no envelope, system 4549, polygon.
_SQUARE = (
    "47500001C5110000010300000001000000050000000000000080841E41000000000024514100000000A8841E41000000"
    "000024514100000000A8841E4100000080022451410000000080841E4100000080022451410000000080841E41000000"
    "0000245141"
)

_SOUND = """
PRAGMA page_size = 512;
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', NULL), ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL),
  ('WGS 84', 4326, 'EPSG', 4326, 'EPSG:4326', NULL), ('CGCS2000 CM 120E', 4549, 'EPSG', 4549, 'EPSG:4549', NULL);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT,
  last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
INSERT INTO gpkg_contents VALUES
  ('building', 'features', 'building', '', '2026-01-01T08:00:00.000Z', 500000, 4493312, 500010, 4493322, 4549);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name));
INSERT INTO gpkg_geometry_columns VALUES ('building', 'geom', 'POLYGON', 4549, 0, 0);
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL);
CREATE TABLE building (fid INTEGER PRIMARY KEY, geom POLYGON, name TEXT(20), storeys INTEGER);
INSERT INTO building VALUES (1, X'SQUARE', 'House', 3);
""".replace("SQUARE", _SQUARE)


def geopackage(statements: str) -> bytes:
    """The sound GeoPackage, after these SQL statements. Nothing outside of it can be reached by them.

    Raises sqlite3.Error for statements that SQLite does not take.
    """
    connection = sqlite3.connect(":memory:")
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.executescript(_SOUND)
        connection.executescript(statements)
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()
