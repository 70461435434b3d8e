"""Which reader a format has. The table is all there is; no reader registers itself."""

from __future__ import annotations

from collections.abc import Callable

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.model import Facts
from cimkit.sources.limits import Limits
from cimkit.sources.source import Source

__all__ = ["declared_stage", "read_facts"]

#: demand_for(schema) is asked once the schema is known, since names of kinds depend on it; None: not IFC.
DemandFor = Callable[[IfcSchema | None], Demand]


def read_facts(source: Source, limits: Limits, demand_for: DemandFor) -> Facts:
    """The facts of one source. Readers of whole files get its bytes, readers of paths a place on disk.

    Raises SourceError when nothing of the content can be read.
    """
    if source.error is not None:
        raise source.error
    match source.format:
        case "ifc":
            from cimkit.readers.ifc.peek import schema_of
            from cimkit.readers.ifc.reader import read_ifc

            data = source.read(limits)
            return read_ifc(data, demand_for(schema_of(data)), name=source.name)
        case "ifcxml":
            from cimkit.readers.ifcxml import read_ifcxml

            return read_ifcxml(source.read(limits), demand_for(None), name=source.name)
        case "cityjson":
            from cimkit.readers.cityjson.reader import read_cityjson

            return read_cityjson(source.read(limits), demand_for(None), name=source.name)
        case "citygml":
            from cimkit.readers.citygml.reader import read_citygml

            return read_citygml(source.read(limits), demand_for(None), name=source.name)
        case "3dtiles":
            from cimkit.readers.tiles.source import read_tiles

            return read_tiles(source, demand_for(None), limits)
        case "geopackage":
            from cimkit.readers.vector.geopackage import read_geopackage

            with source.on_disk(limits) as path:
                return read_geopackage(path, demand_for(None), name=source.name)
        case "shapefile":
            from cimkit.readers.vector.shapefile import read_shapefile

            with source.on_disk(limits) as path:
                return read_shapefile(path, demand_for(None), name=source.name)
        case "filegdb":
            from cimkit.readers.vector.filegdb import read_filegdb

            with source.on_disk(limits) as path:
                return read_filegdb(path, demand_for(None), name=source.name)
        case "geojson":
            from cimkit.readers.vector.geojson import read_geojson

            return read_geojson(source.read(limits), demand_for(None), name=source.name)
        case "geojsonseq":
            from cimkit.readers.vector.geojson import read_geojson_sequence

            return read_geojson_sequence(source.read(limits), demand_for(None), name=source.name)
        case "csv":
            from cimkit.readers.tables.csv_text import read_csv

            return read_csv(source.read(limits), demand_for(None), name=source.name)
        case "xlsx":
            from cimkit.readers.tables.workbook import read_xlsx

            return read_xlsx(source.read(limits), demand_for(None), name=source.name)
        case "parquet":
            from cimkit.readers.tables.parquet import read_parquet

            return read_parquet(source.read(limits), demand_for(None), name=source.name)
        case "metadata":
            from cimkit.readers.metadata.reader import read_metadata

            return read_metadata(source.read(limits), demand_for(None), name=source.name)
        case "geotiff":
            from cimkit.readers.raster.reader import read_geotiff

            with source.on_disk(limits) as path:
                return read_geotiff(path, demand_for(None), name=source.name)
        case _:
            raise SourceError("sources.no_reader", name=source.name, format=str(source.format))


def declared_stage(source: Source) -> str | None:
    """What an IFC source says of its own stage, told from its first megabytes; None for others."""
    if source.format != "ifc" or source.error is not None:
        return None
    from cimkit.readers.ifc import peek

    try:
        head = source.head(peek.PEEK_BYTES)
    except SourceError:
        return None  # reading it will tell
    return peek.declared_stage(head)
