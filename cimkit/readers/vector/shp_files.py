"""The files of a shapefile as bytes: headers, records, index, rings.

Source: ESRI Shapefile Technical Description, July 1998. Lengths and offsets are in words of 16 bits; record headers are
big-endian, what they hold little-endian.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.facts.shapes import BATCH
from cimkit.readers.notes import Notes

__all__ = ["SHAPE_TYPES", "Records", "index_of", "note_rings", "read_records"]

_FILE_CODE = 9994
_VERSION = 1000
_HEADER = 100
SHAPE_TYPES = {
    0: "Null",
    1: "Point",
    3: "LineString",
    5: "Polygon",
    8: "MultiPoint",
    11: "Point Z",
    13: "LineString Z",
    15: "Polygon Z",
    18: "MultiPoint Z",
    21: "Point M",
    23: "LineString M",
    25: "Polygon M",
    28: "MultiPoint M",
    31: "MultiPatch",
}
_POLYGONS = (5, 15, 25)
#: Least size of a polygon's record in bytes: type, box, number of parts and points.
_POLYGON_HEAD = 44
_Bytes = npt.NDArray[np.uint8]
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Records:
    """start: byte where each record's content begins; size: its bytes; kind: its shape type; declared: the header's."""

    start: _Ints
    size: _Ints
    kind: _Ints
    declared: int


def read_records(data: _Bytes, index: _Bytes | None, name: str, notes: Notes) -> Records | None:
    """The records of a .shp; None where its header is not one. index: the .shx, used where it fits the shapes."""
    declared = _read_header(data, name, notes)
    if declared is None:
        return None
    found = None if index is None else _by_index(data, index)
    if found is None:
        if index is not None:
            notes.add("shp_index", locator=name)
        found = _by_walking(data, name, notes)
    start, size = found
    kind = _integers(data, start, "<i4")
    strange = np.flatnonzero((kind != declared) & (kind != 0))
    for at in strange.tolist():
        shown = SHAPE_TYPES.get(int(kind[at]), str(kind[at]))
        wanted = SHAPE_TYPES.get(declared, str(declared))
        notes.add("shp_record", "shape_type", found=shown, expected=wanted, sid=at, locator=f"{name}:{at + 1}")
    return Records(start, size, kind, declared)


def _read_header(data: _Bytes, name: str, notes: Notes) -> int | None:
    if len(data) < _HEADER or int.from_bytes(data[:4].tobytes(), "big") != _FILE_CODE:
        notes.add("shp_header", "file_code", found=data[:4].tobytes().hex(), expected="0000270a", locator=name)
        return None
    version, declared = np.frombuffer(data[28:36].tobytes(), "<i4").tolist()
    length = 2 * int.from_bytes(data[24:28].tobytes(), "big")
    if version != _VERSION:
        notes.add("shp_header", "version", found=version, expected=_VERSION, locator=name)
    if length != len(data):
        notes.add("shp_header", "length", found=len(data), expected=length, locator=name)
    if declared not in SHAPE_TYPES:
        notes.add("shp_header", "shape_type", found=declared, locator=name)
    return int(declared)


def _integers(data: _Bytes, places: _Ints, dtype: str) -> _Ints:
    """The 4-byte integers at some bytes, which need not be aligned."""
    if len(data) < 4:
        return np.zeros(0, np.int64)
    view: Any = np.ndarray((len(data) - 3,), dtype, buffer=data, strides=(1,))
    gathered: _Ints = view[places].astype(np.int64)
    return gathered


def _by_index(data: _Bytes, index: _Bytes) -> tuple[_Ints, _Ints] | None:
    """Starts and sizes as the .shx has them; None where they are not those of the records."""
    if len(index) < _HEADER or (len(index) - _HEADER) % 8:
        return None
    pairs = np.frombuffer(index[_HEADER:].tobytes(), ">i4").reshape(-1, 2).astype(np.int64) * 2
    head, size = pairs[:, 0], pairs[:, 1]
    end = head + 8 + size
    if not len(pairs):
        return (head, size) if len(data) == _HEADER else None
    fits = (head >= _HEADER).all() and (size >= 4).all() and (end <= len(data)).all() and end.max() == len(data)
    if not fits or (_integers(data, head + 4, ">i4") * 2 != size).any():
        return None
    numbered = (_integers(data, head, ">i4") == np.arange(1, len(head) + 1)).all()
    return (head + 8, size) if numbered else None


def _by_walking(data: _Bytes, name: str, notes: Notes) -> tuple[_Ints, _Ints]:
    """Record after record, up to the end or to the first that can't be one."""
    starts: list[int] = []
    sizes: list[int] = []
    raw, at = memoryview(data.data), _HEADER
    while at < len(data):
        number = len(starts) + 1
        where = f"{name}:{number}"
        if at + 12 > len(data):
            notes.add("shp_record", "truncated", found=len(data) - at, locator=where)
            break
        written = int.from_bytes(raw[at : at + 4], "big")
        size = 2 * int.from_bytes(raw[at + 4 : at + 8], "big", signed=True)
        if size < 4 or at + 8 + size > len(data):
            detail = "length" if size < 4 else "truncated"
            notes.add("shp_record", detail, found=size, expected=f"<= {len(data) - at - 8}", locator=where)
            break
        if written != number:
            notes.add("shp_record", "misnumbered", found=written, expected=number, locator=where)
        starts.append(at + 8)
        sizes.append(size)
        at += 8 + size
    return np.asarray(starts, np.int64), np.asarray(sizes, np.int64)


def index_of(data: _Bytes, records: Records) -> bytes:
    """The .shx that belongs to the records."""
    head = bytearray(data[:_HEADER].tobytes())
    head[24:28] = ((_HEADER + 8 * len(records.start)) // 2).to_bytes(4, "big")
    pairs = np.stack([(records.start - 8) // 2, records.size // 2], axis=1).astype(">i4")
    return bytes(head) + pairs.tobytes()


def note_rings(data: _Bytes, records: Records, name: str, notes: Notes) -> None:
    """Rings that are open or too short, and polygons none of whose rings turns clockwise as outer rings do."""
    polygons = np.flatnonzero(np.isin(records.kind, _POLYGONS) & (records.size >= _POLYGON_HEAD))
    for first in range(0, len(polygons), BATCH):
        _note_rings(data, records, polygons[first : first + BATCH], name, notes)


def _note_rings(data: _Bytes, records: Records, rows: _Ints, name: str, notes: Notes) -> None:
    start, size = records.start[rows], records.size[rows]
    parts, points = _integers(data, start + 36, "<i4"), _integers(data, start + 40, "<i4")
    sound = (parts > 0) & (points > 0) & (_POLYGON_HEAD + 4 * parts + 16 * points <= size)
    for at in rows[~sound & (parts + points > 0)].tolist():
        notes.add("shp_record", "length", sid=at, locator=f"{name}:{at + 1}")
    rows, start, parts, points = rows[sound], start[sound], parts[sound], points[sound]
    if not len(rows):
        return
    owner = np.repeat(np.arange(len(rows)), parts)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(parts) - parts, parts)
    first = _integers(data, start[owner] + _POLYGON_HEAD + 4 * within, "<i4")  # of each ring, in its polygon
    last_ring = np.r_[owner[1:] != owner[:-1], True]
    end = np.where(last_ring, points[owner], np.r_[first[1:], 0])
    count = end - first
    bad = (first < 0) | (count <= 0) | (end > points[owner])
    broken = np.unique(owner[bad])
    for at in rows[broken].tolist():
        notes.add("shp_record", "parts", sid=at, locator=f"{name}:{at + 1}")
    kept = ~np.isin(owner, broken)
    owner, first, count = owner[kept], first[kept], count[kept]
    if not len(owner):
        return
    ring_start = np.cumsum(count) - count
    step = np.arange(int(count.sum())) - np.repeat(ring_start, count)
    place = np.repeat(start[owner] + _POLYGON_HEAD + 4 * parts[owner] + 16 * first, count) + 16 * step
    numbers: Any = np.ndarray((len(data) - 7,), "<f8", buffer=data, strides=(1,))
    x, y = numbers[place], numbers[place + 8]
    last = ring_start + count - 1
    with np.errstate(invalid="ignore", over="ignore"):
        closed = (x[ring_start] == x[last]) & (y[ring_start] == y[last])
        dx, dy = x - np.repeat(x[ring_start], count), y - np.repeat(y[ring_start], count)
        cross = dx * np.r_[dy[1:], 0.0] - np.r_[dx[1:], 0.0] * dy
        cross[last] = 0.0
        area = np.add.reduceat(cross, ring_start)
    for wrong, detail in ((~closed, "not_closed"), (closed & (count < 4), "too_few")):
        for at in rows[np.unique(owner[wrong])].tolist():
            notes.add("shp_ring", detail, sid=at, locator=f"{name}:{at + 1}")
    clockwise = np.zeros(len(rows), bool)
    clockwise[owner[area <= 0]] = True
    judged = np.zeros(len(rows), bool)
    judged[owner] = True
    for at in rows[judged & ~clockwise].tolist():
        notes.add("shp_ring", "turns", sid=at, locator=f"{name}:{at + 1}")
