"""The words for formats, and which of them a reader exists for."""

from __future__ import annotations

__all__ = ["FORMATS_READ", "IFC_FORMATS", "NOTED_WHILE_READ", "QUIET_IN_FOLDERS", "READ_WHOLE"]

#: Formats that a reader exists for. Others are recognised and named, not read.
FORMATS_READ = frozenset(
    {
        *("ifc", "ifcxml", "cityjson", "citygml", "3dtiles"),
        *("geopackage", "shapefile", "geojson", "geojsonseq", "filegdb", "postgis"),
        *("csv", "xlsx", "xls", "parquet", "metadata", "geotiff", "tiff", "las", "osgb", "i3s", "s3m"),
    }
)

#: Formats whose readers take the whole content as bytes; it is then read once, and hashed while it is judged.
READ_WHOLE = frozenset(
    {"ifc", "ifcxml", "cityjson", "csv", "xlsx", "xls", "parquet", "metadata", "geojson", "geojsonseq"}
)

#: Formats that say nothing of themselves: beside the data of a folder or archive they are no sources.
QUIET_IN_FOLDERS = frozenset({"json", "xml", "sqlite", "ids", "tiff", "office", "zip"})

#: Formats of IFC, whose kinds and names an IFC schema declares.
IFC_FORMATS = frozenset({"ifc", "ifcxml"})

#: Formats of composites whose reader notes the digest of each file that it reads.
NOTED_WHILE_READ = frozenset({"3dtiles"})
