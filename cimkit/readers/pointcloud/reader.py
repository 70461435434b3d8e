"""A LAS or LAZ file to facts: one subject of kind `pointcloud`, one of kind `pointclass` for each class it uses."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cimkit.errors import SourceError
from cimkit.facts.model import Facts
from cimkit.readers.crs_text import SystemText, degrees_of
from cimkit.readers.height_cells import earth_text
from cimkit.readers.notes import Notes
from cimkit.readers.pointcloud.header import Header, LasError, read_header
from cimkit.readers.pointcloud.points import PointSums, sum_points
from cimkit.readers.pointcloud.system import system_of
from cimkit.readers.records import Record, asks_for_field, facts_of_records

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand

__all__ = ["read_las"]

_AXES = ("x", "y", "z")
#: Points that a cell needs so that its mean height says something.
_LEAST = 4


def read_las(path: Path, demand: Demand, *, name: str) -> Facts:
    """The facts of a point cloud at a path, in memory that does not grow with it.

    The `pointcloud` has version, point format, reference system and height datum, the extent as stated
    (`west` ...`low`, `high`) and as found (`found_...`), points, `density` (points a square metre where there are any),
    `density_box` (over the whole extent) and `sampled_share`; each `pointclass` has code, points and share.

    Raises SourceError without laspy and for what has no header of LAS.
    """
    notes = Notes(demand)
    try:
        header = read_header(path, notes)
    except LasError as problem:
        raise SourceError("readers.las_broken", name=name) from problem
    except OSError as problem:
        raise SourceError("sources.unreadable", name=name, problem=problem.strerror or str(problem)) from problem
    system, stated = system_of(header)
    if not stated:
        notes.add("las_no_crs", locator="header")
    elif system is None or system.crs is None or not system.crs.startswith("EPSG:"):
        notes.add("las_crs_not_registered", found=system.crs if system is not None else None, locator="header")
    try:
        metric = system is not None and system.unit is not None
        heights = metric and any(asks_for_field(demand, "pointcloud", each) for each in ("height_cells", "low_cells"))
        sums = sum_points(path, header, notes, heights=heights)
    except ImportError as missing:
        raise SourceError("readers.extra_missing", name=name, extra="points") from missing
    _judge(header, sums, notes)
    stem = name.rpartition("/")[2].rpartition("!")[2]
    fields = _fields(header, system, sums)
    if sums.ground is not None and sums.surface is not None:  # the ground where it is told, else all points
        means = sums.ground.means(_LEAST) or sums.surface.means(_LEAST)
        fields["height_cells"] = earth_text(means, fields["crs"], sums.ground.side)
        fields["low_cells"] = earth_text(sums.ground.lows(_LEAST), fields["crs"], sums.ground.side, lowest=True)
    if asks_for_field(demand, "pointcloud", "west_degrees"):
        fields |= degrees_of(fields["crs"], [*header.least[:2], *header.greatest[:2]])
    cloud = Record("pointcloud", stem, stem.rpartition(".")[0] or stem, stem, fields)
    used = np.flatnonzero(sums.classes).tolist()
    classes = [
        Record(
            "pointclass", str(code), None, f"{stem}:{code}",
            {"code": code, "points": int(sums.classes[code]), "share": round(int(sums.classes[code]) / sums.points, 6)},
            part_of=0,
        )
        for code in used
    ]  # fmt: skip
    dataset = {
        "name": stem,
        "format": "las",
        "schema": f"LAS {header.version}",
        "crs": system.crs if system is not None else None,
        "height_datum": system.height if system is not None else None,
        "software": header.software or None,
        "date": _date(header),
        "count": header.points,
    }
    told = {"pointcloud": {"extent": [*header.least, *header.greatest], "crs": dataset["crs"]}}
    return facts_of_records(
        [cloud, *classes], demand, format="las", datasets=[dataset], notes=notes, whole=told,
        counts={"points": header.points},
    )  # fmt: skip


def _fields(header: Header, system: SystemText | None, sums: PointSums) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "version": header.version,
        "point_format": header.point_format,
        "compressed": header.compressed,
        "points": header.points,
        "returns": int(np.max(np.flatnonzero(sums.returns), initial=0)),
        "crs": system.crs if system is not None else None,
        "height_datum": system.height if system is not None else None,
        "scale": max(map(abs, header.scale)),
        "date": _date(header),
        "software": header.software or None,
        "system": header.system or None,
        "classes": int((sums.classes > 0).sum()),
        "sampled_share": round(sums.points / header.points, 6) if header.points else 1.0,
    }
    names = (("west", "south", "low"), ("east", "north", "high"))
    for side, stated, found in ((0, header.least, sums.least), (1, header.greatest, sums.greatest)):
        for at, name in enumerate(names[side]):
            fields[name] = _finite(stated[at])
            fields[f"found_{name}"] = _finite(float(found[at])) if sums.points else None
    square = _square_metres(system, header)
    box = (header.greatest[0] - header.least[0]) * (header.greatest[1] - header.least[1])
    if square is not None and math.isfinite(box) and box > 0:
        fields["density_box"] = round(header.points / (box * square), 6)
        if sums.cells is not None and sums.complete and sums.points:
            filled = sums.cells[sums.cells > 0]
            if len(filled):
                cell = sums.cell[0] * sums.cell[1] * square
                fields["density"] = round(float(filled.sum()) / (len(filled) * cell), 4)
                fields["density_low"] = round(float(np.percentile(filled, 10)) / cell, 4)
    return fields


def _square_metres(system: SystemText | None, header: Header) -> float | None:
    """Square metres in a square unit; without a reference system a unit is a metre, unless it looks like a degree."""
    if system is not None and system.unit is not None:
        return system.unit * system.unit
    degrees = all(abs(value) <= 360 for value in (*header.least[:2], *header.greatest[:2]))
    if not degrees:
        return 1.0
    middle = (header.least[1] + header.greatest[1]) / 2
    return 111_320.0**2 * max(math.cos(math.radians(middle)), 1e-9) if abs(middle) <= 90 else None


def _date(header: Header) -> str | None:
    if not 1 <= header.day <= 366 or not 1990 <= header.year <= 2200:
        return None
    day = datetime.date(header.year, 1, 1) + datetime.timedelta(days=header.day - 1)
    return day.isoformat() if day.year == header.year else None


def _finite(number: float) -> float | None:
    return round(number, 6) if math.isfinite(number) else None


def _judge(header: Header, sums: PointSums, notes: Notes) -> None:
    """What the header says, against what the points are."""
    if sums.complete and sums.points < header.there:
        notes.add("las_truncated", "beyond_end", found=sums.points, expected=header.points, locator="points")
    elif sums.complete and sums.points == header.points:
        stated = (*header.by_return, *[0] * 16)[:15]
        found = sums.returns[1:16].tolist()
        if found != list(stated):
            shown = (" ".join(map(str, _trimmed(each))) for each in (stated, found))
            said, there = shown
            notes.add("las_counts", "by_return", found=said, expected=there, locator="header")
    for at, axis in enumerate(_AXES if sums.points else ()):
        slack = abs(header.scale[at]) * 1.5
        if sums.least[at] < header.least[at] - slack or sums.greatest[at] > header.greatest[at] + slack:
            found = f"{axis}: {sums.least[at]:.12g} .. {sums.greatest[at]:.12g}"
            notes.add("las_extent", "outside_box", found=found,
                      expected=f"{header.least[at]:.12g} .. {header.greatest[at]:.12g}", locator="points")  # fmt: skip
    if sums.odd_returns:
        notes.add("las_returns", "number", found=sums.odd_returns, locator="points")
    reserved = [code for code in np.flatnonzero(sums.classes).tolist() if _is_reserved(code, header)]
    if reserved:
        notes.add("las_class", "reserved", found=" ".join(map(str, reserved)), locator="points")


def _is_reserved(code: int, header: Header) -> bool:
    """LAS 1.4 R15, tables 8 and 17: formats 0 to 5 leave 13 to 31 to later versions in 1.1 to 1.3; formats 6 to 10
    reserve 8, 12 and 23 to 63. Version 1.0 says nothing of classes."""
    if header.point_format >= 6:
        return code in (8, 12) or 23 <= code <= 63
    return 0 < header.minor < 4 and code >= 13


def _trimmed(numbers: Any) -> list[int]:
    found = list(numbers)
    while len(found) > 1 and not found[-1]:
        found.pop()
    return found
