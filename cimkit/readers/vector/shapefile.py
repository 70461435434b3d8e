"""Shapefile: its files as they lie together, then its rows through GDAL."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.demand import Demand
from cimkit.facts.frames import Layer, asks_for_geometry, asks_for_layer, facts_of_layers, wanted_fields
from cimkit.facts.model import Facts
from cimkit.readers.notes import Notes
from cimkit.readers.vector.dbf import DbfTable, encoding_of, read_table
from cimkit.readers.vector.defects import about_the_file
from cimkit.readers.vector.ogr import LayerError, OgrLayer, need_geo, read_layer
from cimkit.readers.vector.shp_files import SHAPE_TYPES, Records, index_of, note_rings, read_records
from cimkit.readers.vector.systems import height_datum, system_of

__all__ = ["read_shapefile"]

_PARTS = (".shp", ".shx", ".dbf")
_Bytes = npt.NDArray[np.uint8]


def read_shapefile(path: Path, demand: Demand, *, name: str) -> Facts:
    """A shapefile by its main file; the others lie beside it under its name. Half a shapefile gives what is there.

    Raises SourceError when the extra `geo` is not installed.
    """
    need_geo(name)
    notes = Notes(demand)
    files = _beside(path)
    for ending in (*_PARTS, ".prj"):
        if ending not in files:
            notes.add("shp_part", ending[1:], expected=f"{path.stem}{ending}")
    shapes = _bytes(files.get(".shp"))
    records = None if shapes is None else read_records(shapes, _bytes(files.get(".shx")), path.stem, notes)
    if shapes is not None and records is not None and notes.wants("shp_ring", "shp_record"):
        note_rings(shapes, records, path.stem, notes)
    dbf = _bytes(files.get(".dbf"))
    table = None if dbf is None else read_table(dbf, path.stem, notes)
    page = files[".cpg"].read_bytes()[:64] if ".cpg" in files else None
    encoding = "utf-8" if table is None else encoding_of(table, page, path.stem, notes)
    if records is not None and table is not None and len(records.start) != table.count:
        notes.add("shp_attributes", "row_count", found=table.count, expected=len(records.start), locator=path.stem)
    layer = _layer(path, files, shapes, records, table, encoding, demand, notes)
    whole = records is not None and layer.height == len(records.start)  # else numbers of records are not subjects
    defects = notes.frame() if whole else about_the_file(notes.frame())
    return facts_of_layers([layer], demand, format="shapefile", name=name, defects=defects)


def _beside(path: Path) -> dict[str, Path]:
    """Ending in lower case -> file, of those that have the main file's name."""
    stem = path.stem.casefold()
    there = (each for each in sorted(path.parent.iterdir()) if each.is_file())
    return {each.suffix.lower(): each for each in there if each.stem.casefold() == stem}


def _bytes(path: Path | None) -> _Bytes | None:
    """A file without reading it: the system fetches what is looked at."""
    if path is None:
        return None
    if path.stat().st_size == 0:
        return np.zeros(0, np.uint8)
    return np.memmap(path, np.uint8, "r")


def _layer(
    path: Path,
    files: dict[str, Path],
    shapes: _Bytes | None,
    records: Records | None,
    table: DbfTable | None,
    encoding: str,
    demand: Demand,
    notes: Notes,
) -> Layer:
    names = [] if table is None else table.names(encoding)
    types = {} if table is None else dict(zip(names, (field.declared for field in table.fields), strict=True))
    asked = asks_for_layer(demand, path.stem)
    wanted = set(wanted_fields(demand, path.stem, names)) if asked else set()
    with_geometry = asked and asks_for_geometry(demand)
    read = None
    with _readable(path, files, shapes, records) as main:
        if main is not None:
            read = _through_gdal(main, [each for each in names if each in wanted], with_geometry, encoding, notes)
    count = len(records.start) if records is not None else table.count if table is not None else 0
    if read is None:
        read = OgrLayer(pl.DataFrame(), np.zeros(0, np.int64), None, None, None, ())
    return Layer(
        name=path.stem,
        frame=read.frame if asked else pl.DataFrame(),
        rows=(read.fids + 1) if asked else np.zeros(0, np.int64),
        types=types,
        geometry=read.wkb if with_geometry else None,
        geometry_type=None if records is None else SHAPE_TYPES.get(records.declared),
        crs=system_of(read.crs),
        height_datum=height_datum(read.crs),
        encoding=encoding.upper(),
        extent=_extent(shapes),
        count=count,
    )


@contextmanager
def _readable(
    path: Path, files: dict[str, Path], shapes: _Bytes | None, records: Records | None
) -> Iterator[Path | None]:
    """The file that GDAL may open: the shapes, else the table alone; where the index does not fit, a copy with one
    that does, since GDAL would write it beside the original."""
    if shapes is None or records is None:
        yield files.get(".dbf")
        return
    index = files[".shx"].read_bytes() if ".shx" in files else None
    right = index_of(shapes, records)
    if index is not None and index[100:] == right[100:]:
        yield files[".shp"]
        return
    with tempfile.TemporaryDirectory(prefix="cimkit-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        for ending in (".shp", ".dbf", ".prj"):
            if ending in files:
                shutil.copyfile(files[ending], folder / f"{path.stem}{ending}")
        (folder / f"{path.stem}.shx").write_bytes(right)
        yield folder / f"{path.stem}.shp"


def _through_gdal(main: Path, fields: list[str], geometry: bool, encoding: str, notes: Notes) -> OgrLayer | None:
    try:
        read = read_layer(main, None, columns=fields, geometry=geometry, encoding=encoding)
    except LayerError as problem:
        notes.add("layer_not_read", found=problem, locator=main.stem)
        return None
    for said in read.said:
        notes.add("layer_note", found=said, locator=main.stem)
    return read


def _extent(shapes: _Bytes | None) -> tuple[float, float, float, float] | None:
    if shapes is None or len(shapes) < 100:
        return None
    west, south, east, north = np.frombuffer(shapes[36:68].tobytes(), "<f8").tolist()
    return west, south, east, north
