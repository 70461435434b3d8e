"""A GeoTIFF to facts: one subject of kind `raster`, one of kind `band` for each of its bands."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cimkit.errors import SourceError
from cimkit.facts.model import Facts
from cimkit.readers.crs_text import SystemText, degrees_of, system_of_wkt
from cimkit.readers.height_cells import CELL, CELL_DEGREES, HeightCells, earth_text
from cimkit.readers.notes import Notes
from cimkit.readers.quiet import silenced
from cimkit.readers.raster.directories import Directory, TiffError, read_directories
from cimkit.readers.raster.sample import BandSums, Sample, take_sample
from cimkit.readers.raster.world_file import find_world_file, read_world_file
from cimkit.readers.records import Record, asks_for_field, facts_of_records

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand

__all__ = ["read_geotiff"]

_NODATA_TAG = 42113


def read_geotiff(path: Path, demand: Demand, *, name: str) -> Facts:
    """The facts of a GeoTIFF at a path, with the world file and the `.aux.xml` beside it.

    Subjects: one `raster` with size, bands, type, reference system, place and resolution, compression, overviews,
    share of pixels without data; one `band` a band with its statistics. Statistics are of all pixels, or of blocks
    spread over a large raster: `sampled_share` says how much was looked at. Lengths are in the units of the reference
    system, `resolution_m` in metres (by the latitude of the middle, for degrees).

    Raises SourceError without rasterio, for what is no TIFF, and for one that cannot be opened.
    """
    try:
        import rasterio
        from rasterio._err import CPLE_BaseError  # GDAL's own errors, which rasterio lets through now and then
        from rasterio.errors import NotGeoreferencedWarning, RasterioError
    except ImportError as missing:
        raise SourceError("readers.extra_missing", name=name, extra="raster") from missing
    notes = Notes(demand)
    try:
        directories = read_directories(path, notes)
    except TiffError as problem:
        raise SourceError("readers.raster_broken", name=name) from problem
    except OSError as problem:
        raise SourceError("sources.unreadable", name=name, problem=problem.strerror or str(problem)) from problem
    silenced("rasterio")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # a defect says so
            warnings.simplefilter("ignore", PendingDeprecationWarning)  # rasterio's own, of affine
            with (
                rasterio.Env(GDAL_CACHEMAX=64, GTIFF_REPORT_COMPD_CS=True),
                rasterio.open(path, driver="GTiff") as raster,
            ):
                return _facts(raster, directories[0], path, demand, name, notes)
    except (RasterioError, CPLE_BaseError, MemoryError, OverflowError, ValueError) as problem:
        raise SourceError("readers.raster_broken", name=name) from problem


def _facts(raster: Any, directory: Directory, path: Path, demand: Demand, name: str, notes: Notes) -> Facts:
    placed = not raster.transform.is_identity
    system = system_of_wkt(raster.crs.to_wkt()) if raster.crs else None
    _judge_place(raster, path, placed, system, notes)
    _judge_nodata(raster, directory, notes)
    stem = name.rpartition("/")[2].rpartition("!")[2]
    fields = _fields(raster, path, placed, system)
    of_bands = _bands(raster)
    dataset = {
        "name": stem,
        "format": "geotiff",
        "crs": system.crs if system is not None else None,
        "height_datum": system.height if system is not None else None,
        "software": raster.tags().get("TIFFTAG_SOFTWARE"),
        "date": raster.tags().get("TIFFTAG_DATETIME"),
        "count": raster.count,
    }
    looked = notes.wants("raster_data_unreadable", "raster_not_judged") or _asks_for_pixels(demand)
    heights = _height_cells(system, demand) if placed and fields["role"] == "elevation" else None
    sample = (
        take_sample(raster, notes, heights) if looked else Sample()
    )  # last: a damaged block upsets what is asked after it
    fields |= _sampled(sample, fields["role"])
    if heights is not None:
        fields["height_cells"] = earth_text(heights.means(), fields["crs"], heights.side)
        fields["low_cells"] = earth_text(heights.lows(), fields["crs"], heights.side, lowest=True)
    if placed and asks_for_field(demand, "raster", "west_degrees"):
        fields |= degrees_of(fields["crs"], [fields[side] for side in ("west", "south", "east", "north")])
    whole = Record("raster", stem, stem.rpartition(".")[0] or stem, stem, fields)
    bands = [
        Record("band", str(number), None, f"{stem}:{number}", {**own, **_statistics(sample, number)}, part_of=0)
        for number, own in enumerate(of_bands, start=1)
    ]
    counts = {"rasters": 1, "bands": raster.count, "pixels": raster.width * raster.height}
    extent = [fields[side] for side in ("west", "south", "east", "north")] if placed else None
    told = {"raster": {"extent": extent, "crs": dataset["crs"], "sampled_share": sample.share}}
    return facts_of_records(
        [whole, *bands], demand, format="geotiff", datasets=[dataset], notes=notes, whole=told, counts=counts
    )


def _height_cells(system: SystemText | None, demand: Demand) -> HeightCells | None:
    """Where the heights are summed by cell; None: nobody asks, or where they lie is not known."""
    asked = [asks_for_field(demand, "raster", name) for name in ("height_cells", "low_cells")]
    if not any(asked) or system is None or system.crs is None:
        return None
    return HeightCells(CELL if system.unit is not None else CELL_DEGREES, lowest=asked[1])


def _asks_for_pixels(demand: Demand) -> bool:
    """Whether fields are asked for at all; those of the pixels are told with the others."""
    return demand.kinds is None or bool(demand.properties)


def _fields(raster: Any, path: Path, placed: bool, system: SystemText | None) -> dict[str, Any]:
    transform = raster.transform
    width, height = math.hypot(transform.a, transform.d), math.hypot(transform.b, transform.e)
    fields: dict[str, Any] = {
        "width": raster.width,
        "height": raster.height,
        "bands": raster.count,
        "type": "; ".join(dict.fromkeys(raster.dtypes)),
        "role": _role(raster),
        "compression": raster.compression.name if raster.compression is not None else None,
        "tiled": bool(raster.profile.get("tiled")),
        "overviews": len(raster.overviews(1)),
        "crs": system.crs if system is not None else None,
        "height_datum": system.height if system is not None else None,
        "nodata": _text_number(raster.nodata),
        "pixel_is": "point" if raster.tags().get("AREA_OR_POINT") == "Point" else "area",
        "world_file": find_world_file(path) is not None,
        "date": raster.tags().get("TIFFTAG_DATETIME"),
        "software": raster.tags().get("TIFFTAG_SOFTWARE"),
    }
    if placed:
        corners = [transform @ (x, y) for x in (0, raster.width) for y in (0, raster.height)]
        fields |= {
            "resolution_x": width,
            "resolution_y": height,
            "resolution_m": _in_metres(max(width, height), system, sum(y for _, y in corners) / 4),
            "pixel_shape": width / height if height else None,
            "grid_offset": _off_grid(transform, width, height) if not transform.b and not transform.d else None,
            "west": min(x for x, _ in corners),
            "east": max(x for x, _ in corners),
            "south": min(y for _, y in corners),
            "north": max(y for _, y in corners),
        }
    return fields


def _sampled(sample: Sample, role: str) -> dict[str, Any]:
    """What the raster's pixels say."""
    fields: dict[str, Any] = {"sampled_share": round(sample.share, 6)}
    pixels = sum(band.pixels for band in sample.bands)
    if pixels:
        fields["nodata_share"] = round(sum(band.nodata for band in sample.bands) / pixels, 6)
        if role == "elevation":
            first = sample.bands[0]
            fields |= {
                "least": _finite(first.least),
                "greatest": _finite(first.greatest),
                "mean": _finite(first.mean()),
            }
    return fields


def _bands(raster: Any) -> list[dict[str, Any]]:
    """What is declared of each band. Each list is asked for once: a damaged file may claim 65,535 bands."""
    declared = zip(raster.dtypes, raster.colorinterp, raster.nodatavals, raster.units, strict=True)
    return [
        {"type": kind, "color": color.name, "nodata": _text_number(nodata), "unit": unit}
        for kind, color, nodata, unit in declared
    ]


def _statistics(sample: Sample, number: int) -> dict[str, Any]:
    sums = sample.bands[number - 1] if sample.bands else BandSums()
    if not sums.pixels:
        return {}
    return {
        "least": _finite(sums.least),
        "greatest": _finite(sums.greatest),
        "mean": _finite(sums.mean()),
        "deviation": _finite(sums.deviation()),
        "nodata_share": round(sums.nodata / sums.pixels, 6),
        "not_finite": sums.not_finite,
    }


def _role(raster: Any) -> str:
    """`elevation` for one band of heights, `image` for colours or greys, `values` for what could be either."""
    kind = raster.dtypes[0]
    if raster.count == 1 and (kind.startswith("float") or kind in {"int16", "int32"}):
        return "elevation"
    if kind in {"uint8", "uint16"} and raster.count in {1, 3, 4}:
        return "image"
    return "values"


def _off_grid(transform: Any, width: float, height: float) -> float | None:
    """How far the corner lies off the grid of its own resolution, in pixels (0 to 0.5)."""
    if not (width and height):
        return None
    columns, rows = transform.c / width, transform.f / height
    return float(max(abs(columns - round(columns)), abs(rows - round(rows))))


def _in_metres(size: float, system: SystemText | None, latitude: float) -> float | None:
    if system is None or system.crs is None:
        return None
    if system.unit is not None:
        return size * system.unit
    return size * 111_320.0 * max(math.cos(math.radians(latitude)), 1e-9) if abs(latitude) <= 90 else None


def _finite(number: float | None) -> float | None:
    """The number, to a tenth of a millimetre or of a grey; None: there is none."""
    return round(number, 4) if number is not None and math.isfinite(number) else None


def _text_number(number: float | None) -> str | None:
    return None if number is None else f"{number:.12g}"


def _judge_place(raster: Any, path: Path, placed: bool, system: SystemText | None, notes: Notes) -> None:
    if not placed:
        notes.add("raster_not_placed", "ground_control" if raster.gcps[0] else "nothing")
    if system is None or system.crs is None:
        notes.add("raster_no_crs")
    elif not system.crs.startswith("EPSG:"):
        notes.add("raster_crs_not_registered", found=system.crs)
    transform = raster.transform
    if placed and (transform.b or transform.d):
        notes.add("raster_rotated", "rotated", found=f"{math.degrees(math.atan2(transform.d, transform.a)):.6g}")
    elif placed and (transform.e > 0 or transform.a < 0):
        notes.add("raster_rotated", "upside_down" if transform.e > 0 else "mirrored")
    beside = find_world_file(path)
    if beside is None:
        return
    numbers = read_world_file(beside)
    if numbers is None:
        notes.add("raster_world_file", "unreadable", found=beside.name)
    elif placed:
        limit = abs(transform.a) / 100 or 1e-9
        off = max(abs(one - other) for one, other in zip(numbers[2::3], (transform.c, transform.f), strict=True))
        sizes = (numbers[0], numbers[1], numbers[3], numbers[4])
        if off > max(limit, 1e-9) or not np.allclose(
            sizes, (transform.a, transform.b, transform.d, transform.e), rtol=1e-6
        ):
            notes.add("raster_world_file", "elsewhere", found=beside.name, expected=f"{off:.6g}")


def _judge_nodata(raster: Any, directory: Directory, notes: Notes) -> None:
    """The file's own value for no data (GDAL's tag), which GDAL itself drops where the pixels cannot have it."""
    values = raster.nodatavals
    if len({repr(value) for value in values}) > 1:
        notes.add("raster_nodata_differs", found="; ".join(str(value) for value in values))
    tag = directory.tags.get(_NODATA_TAG)
    kind = raster.dtypes[0]
    if tag is None or not kind.startswith(("uint", "int")):
        return
    written = b"".join(tag.tolist()).split(b"\0", 1)[0].decode("ascii", "replace").strip()
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    info = np.iinfo(kind)
    if not (math.isfinite(value) and value == int(value) and info.min <= value <= info.max):
        notes.add("raster_nodata_type", found=written, expected=kind)
