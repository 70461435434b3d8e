"""Which reader a format has. The table is all there is; no reader registers itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.ifc_schema import IfcSchema
from cimkit.facts.model import Facts
from cimkit.sources.formats import READ_WHOLE
from cimkit.sources.limits import Limits
from cimkit.sources.source import Source

__all__ = ["declared_stage", "read_facts"]

#: demand_for(schema) is asked once the schema is known, since names of kinds depend on it; None: not IFC.
DemandFor = Callable[[IfcSchema | None], Demand]


#: Readers of whole files: format -> (module of `cimkit.readers`, function of bytes, demand and name).
_OF_BYTES: Mapping[str, tuple[str, str]] = {
    "geojson": ("vector.geojson", "read_geojson"),
    "geojsonseq": ("vector.geojson", "read_geojson_sequence"),
    "csv": ("tables.csv_text", "read_csv"),
    "xlsx": ("tables.workbook", "read_xlsx"),
    "xls": ("tables.workbook", "read_xlsx"),  # which says what to do with it
    "parquet": ("tables.parquet", "read_parquet"),
    "metadata": ("metadata.reader", "read_metadata"),
}
#: Readers that need a place on disk: format -> (module, function of path, demand and name).
_OF_PATHS: Mapping[str, tuple[str, str]] = {
    "geopackage": ("vector.geopackage", "read_geopackage"),
    "shapefile": ("vector.shapefile", "read_shapefile"),
    "filegdb": ("vector.filegdb", "read_filegdb"),
    "geotiff": ("raster.reader", "read_geotiff"),
    "tiff": ("raster.reader", "read_geotiff"),  # named by itself: it says what it lacks
    "las": ("pointcloud.reader", "read_las"),
    "osgb": ("osgb.reader", "read_osgb"),
    "i3s": ("i3s.reader", "read_i3s"),
    "s3m": ("s3m.reader", "read_s3m"),
}
#: Readers of models that name pictures beside them: format -> (module, function of bytes or path, demand and name).
_WITH_PICTURES: Mapping[str, tuple[str, str]] = {
    "cityjson": ("cityjson.reader", "read_cityjson"),
    "citygml": ("citygml.reader", "read_citygml"),
}


def read_facts(source: Source, limits: Limits, demand_for: DemandFor) -> Facts:
    """The facts of one source. Readers of whole files get its bytes, readers of paths a place on disk.

    Raises SourceError when nothing of the content can be read.
    """
    if source.error is not None:
        raise source.error
    format = str(source.format)
    if format == "ifc":
        from cimkit.readers.ifc.peek import schema_of
        from cimkit.readers.ifc.reader import read_ifc

        data = source.read(limits)
        return read_ifc(data, demand_for(schema_of(data)), name=source.name)
    if format == "ifcxml":
        from cimkit.readers import ifcxml

        data = source.read(limits)
        return ifcxml.read_ifcxml(data, demand_for(ifcxml.schema_of(data)), name=source.name)
    if format == "3dtiles":
        from cimkit.readers.tiles.source import read_tiles

        return read_tiles(source, demand_for(None), limits)
    if format == "postgis":
        from cimkit.readers.vector.postgis import read_postgis

        return read_postgis(source.address or "", demand_for(None), name=source.name)
    if format in _WITH_PICTURES:
        from cimkit.sources.beside import beside

        named = partial(_reader(_WITH_PICTURES[format]), name=source.name, beside=beside(source))
        if format in READ_WHOLE:
            return named(source.read(limits), demand_for(None))
        with source.on_disk(limits) as path:
            return named(path, demand_for(None))
    if format in _OF_BYTES:
        return _reader(_OF_BYTES[format])(source.read(limits), demand_for(None), name=source.name)
    if format in _OF_PATHS:
        with source.on_disk(limits) as path:
            return _reader(_OF_PATHS[format])(path, demand_for(None), name=source.name)
    raise SourceError("sources.no_reader", name=source.name, format=format)


def _reader(named: tuple[str, str]) -> Callable[..., Facts]:
    module, function = named
    read: Callable[..., Facts] = getattr(import_module(f"cimkit.readers.{module}"), function)
    return read


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
