"""Sums over the points of a cloud, a million at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.readers.height_cells import HeightCells
from cimkit.readers.notes import Notes
from cimkit.readers.pointcloud.header import Header
from cimkit.readers.quiet import silenced

__all__ = ["PointSums", "sum_points"]

_CHUNK = 1_000_000
#: A larger cloud is looked at in chunks spread evenly over the file.
_POINTS = 50_000_000
#: The grid on which density is counted has at most so many cells a side, each for so many points if they lay evenly.
_CELLS = 1024
_POINTS_A_CELL = 16
_GROUND = 2


@dataclass(slots=True)
class PointSums:
    """points looked at; classes and returns: number -> points; least, greatest: of raw x, y, z in the file's units;
    cells: points of each cell of the grid; cell: its sides; odd_returns: points whose return numbers make no sense;
    ground, surface: heights of the ground class, and of all points, where asked for."""

    points: int = 0
    classes: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))
    returns: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(16, np.int64))
    least: npt.NDArray[np.float64] = field(default_factory=lambda: np.full(3, np.inf))
    greatest: npt.NDArray[np.float64] = field(default_factory=lambda: np.full(3, -np.inf))
    cells: npt.NDArray[np.int64] | None = None
    cell: tuple[float, float] = (1.0, 1.0)
    odd_returns: int = 0
    complete: bool = True
    ground: HeightCells | None = None
    surface: HeightCells | None = None


def sum_points(path: Path, header: Header, notes: Notes, *, heights: bool = False) -> PointSums:
    """The sums of all points, or of chunks of a large cloud. What cannot be unpacked is noted, and the rest left out.
    heights: also of the heights by cell.

    Raises ImportError without laspy, or without what unpacks LAZ.
    """
    import laspy

    sums = PointSums(ground=HeightCells(lowest=True), surface=HeightCells()) if heights else PointSums()
    box = np.array([header.least, header.greatest])
    sides = box[1, :2] - box[0, :2] if np.isfinite(box).all() else np.zeros(2)
    if sides.min() > 0 and sides.max() < 1e9 and header.points:
        wanted = max(float(sides.max()) / _CELLS, math.sqrt(_POINTS_A_CELL * float(sides.prod()) / header.points))
        counts = np.clip(np.floor(sides / wanted).astype(np.int64), 1, _CELLS)
        sums.cell = (float(sides[0] / counts[0]), float(sides[1] / counts[1]))
        sums.cells = np.zeros((int(counts[0]), int(counts[1])), np.int64)
    if not header.sound:  # laspy would look for records that are not there, billions of them if the header says so
        notes.add("las_unreadable", "records", locator="points")
        sums.complete = False
        return sums
    silenced("laspy")
    try:
        with laspy.open(path, read_evlrs=False) as reader:
            for chunk in _chunks(reader, header.there, sums):
                _add(sums, chunk, header, box[0])
    except ImportError:
        raise
    except BaseException as problem:
        # laspy and lazrs raise whatever the bytes provoke, a fault inside Rust too; it is told as a defect
        if not isinstance(problem, Exception) and type(problem).__name__ != "PanicException":
            raise
        notes.add("las_unreadable", "chunk", found=" ".join(str(problem).split())[:100], locator=f"point {sums.points}")
        sums.complete = False
    return sums


def _chunks(reader: Any, points: int, sums: PointSums) -> Iterator[Any]:
    if points <= _POINTS:
        for start in range(0, points, _CHUNK):
            yield reader.read_points(min(_CHUNK, points - start))
        return
    sums.complete = False
    starts = np.linspace(0, points - _CHUNK, _POINTS // _CHUNK).astype(np.int64)
    for start in starts.tolist():
        reader.seek(start)
        yield reader.read_points(_CHUNK)


def _add(sums: PointSums, chunk: Any, header: Header, corner: npt.NDArray[np.float64]) -> None:
    count = len(chunk)
    if not count:
        return
    sums.points += count
    place = [np.asarray(getattr(chunk, axis)) * header.scale[at] + header.offset[at] for at, axis in enumerate("XYZ")]
    for at, values in enumerate(place):
        sums.least[at] = min(sums.least[at], float(values.min()))
        sums.greatest[at] = max(sums.greatest[at], float(values.max()))
    sums.classes += np.bincount(np.asarray(chunk.classification), minlength=256)[:256]
    number, of = np.asarray(chunk.return_number), np.asarray(chunk.number_of_returns)
    sums.returns += np.bincount(number, minlength=16)[:16]
    sums.odd_returns += int(((number == 0) | (number > of)).sum())
    if sums.ground is not None and sums.surface is not None:
        ground = np.asarray(chunk.classification) == _GROUND
        sums.ground.add(place[0][ground], place[1][ground], place[2][ground])
        sums.surface.add(*place)
    if sums.cells is not None:
        with np.errstate(invalid="ignore", over="ignore"):
            column = np.floor((place[0] - corner[0]) / sums.cell[0])
            row = np.floor((place[1] - corner[1]) / sums.cell[1])
        wide, high = sums.cells.shape
        inside = (column >= 0) & (column <= wide) & (row >= 0) & (row <= high)
        column, row = np.minimum(column, wide - 1), np.minimum(row, high - 1)  # those on the far edge
        flat = column[inside].astype(np.int64) * high + row[inside].astype(np.int64)
        sums.cells += np.bincount(flat, minlength=wide * high).reshape(wide, high)
