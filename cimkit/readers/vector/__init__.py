"""Readers of vector layers: GeoPackage, Shapefile, GeoJSON, GeoJSONSeq, FileGDB."""
