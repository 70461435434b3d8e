"""The directories of a TIFF (6.0, BigTIFF) by themselves: whether they hold together, and whether the image's strips or
tiles lie within the file. Libraries open much that breaks these rules, and fail on it later."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from cimkit.readers.notes import Notes

__all__ = ["Directory", "TiffError", "read_directories"]

#: Type of a tag -> numpy's.
_TYPES = {
    1: "u1", 2: "S1", 3: "u2", 4: "u4", 5: "u4,u4", 6: "i1", 7: "u1", 8: "i2", 9: "i4", 10: "i4,i4", 11: "f4", 12: "f8",
    13: "u4", 16: "u8", 17: "i8", 18: "u8",
}  # fmt: skip
_WIDTH, _HEIGHT, _PHOTOMETRIC = 256, 257, 262
_OFFSETS, _COUNTS = (273, 324), (279, 325)
_PIXEL_SCALE, _TIE_POINTS, _TRANSFORMATION, _GEO_KEYS = 33550, 33922, 34264, 34735
_MOST_DIRECTORIES = 1000
_MOST_VALUES = 50_000_000


class TiffError(ValueError):
    """The file's header or its first directory can't be read at all."""


@dataclass(frozen=True, slots=True)
class Directory:
    """tags: number -> its values; where: the directory's offset in the file."""

    where: int
    tags: dict[int, npt.NDArray[np.generic]] = field(default_factory=dict)

    def number(self, tag: int) -> int | None:
        """The first value of a tag."""
        values = self.tags.get(tag)
        return int(values[0]) if values is not None and len(values) and values.dtype.kind in "ui" else None


@dataclass(slots=True)
class _File:
    stream: BinaryIO
    size: int
    order: str
    big: bool

    def at(self, offset: int, count: int) -> bytes:
        self.stream.seek(offset)
        return self.stream.read(count)

    def number(self, data: bytes) -> int:
        return int.from_bytes(data, "little" if self.order == "<" else "big")


def read_directories(path: Path, notes: Notes) -> list[Directory]:
    """All directories of the main chain. Raises TiffError where there is none, OSError when the file can't be read."""
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        head = stream.read(16)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None or len(head) < 8:
            raise TiffError("header")
        file = _File(stream, size, order, False)
        version = file.number(head[2:4])
        if version not in (42, 43):
            raise TiffError("header")
        file.big = version == 43
        first = file.number(head[8:16] if file.big else head[4:8])
        found = list(_chain(file, first, notes))
    if not found:
        raise TiffError("directory")
    for directory in found:
        _judge(directory, size, notes)
    _judge_places(found[0], notes)
    return found


def _chain(file: _File, offset: int, notes: Notes) -> Iterator[Directory]:
    seen: set[int] = set()
    while offset:
        where = f"IFD@{offset}"
        if offset in seen or len(seen) >= _MOST_DIRECTORIES:
            notes.add("raster_directory", "circle", locator=where)
            return
        seen.add(offset)
        counted = file.at(offset, 8 if file.big else 2)
        count = file.number(counted)
        entry = 20 if file.big else 12
        body = file.at(offset + len(counted), count * entry) if count * entry <= file.size else b""
        if len(body) < count * entry or not count:
            notes.add("raster_directory", "outside", found=offset, expected=f"< {file.size}", locator=where)
            return
        yield _directory(file, offset, body, entry, notes)
        offset = file.number(file.at(offset + len(counted) + len(body), 8 if file.big else 4))


def _directory(file: _File, offset: int, body: bytes, entry: int, notes: Notes) -> Directory:
    found = Directory(offset)
    where = f"IFD@{offset}"
    before = 0
    for start in range(0, len(body), entry):
        tag = file.number(body[start : start + 2])
        if tag < before:
            notes.add("raster_directory", "order", found=tag, expected=f">= {before}", locator=where)
        before = max(tag, before)
        values = _values(file, body[start : start + entry])
        if values is None:
            notes.add("raster_directory", "value_outside", found=tag, locator=where)
        else:
            found.tags[tag] = values
    return found


def _values(file: _File, entry: bytes) -> npt.NDArray[np.generic] | None:
    """None: they lie outside the file. A tag of a type that nobody knows has no values (TIFF 6.0: readers skip it)."""
    kind = _TYPES.get(file.number(entry[2:4]))
    if kind is None:
        return np.zeros(0, np.uint8)
    dtype = np.dtype(",".join(f"{file.order}{part}" for part in kind.split(",")))
    count = file.number(entry[4:12] if file.big else entry[4:8])
    inline = entry[12:20] if file.big else entry[8:12]
    length = count * dtype.itemsize
    if count > _MOST_VALUES or length > file.size:
        return None
    data = inline[:length] if length <= len(inline) else file.at(file.number(inline), length)
    return np.frombuffer(data, dtype) if len(data) == length else None


def _judge(directory: Directory, size: int, notes: Notes) -> None:
    """The tags that every image has (TIFF 6.0, section 3), and the extent of its strips or tiles."""
    where = f"IFD@{directory.where}"
    missing = [tag for tag in (_WIDTH, _HEIGHT, _PHOTOMETRIC) if tag not in directory.tags]
    offsets = next((directory.tags[tag] for tag in _OFFSETS if tag in directory.tags), None)
    counts = next((directory.tags[tag] for tag in _COUNTS if tag in directory.tags), None)
    if offsets is None or counts is None:
        missing.append(_OFFSETS[0] if offsets is None else _COUNTS[0])
    if missing:
        notes.add("raster_directory", "tag_missing", expected=" ".join(map(str, missing)), locator=where)
    for tag in (_WIDTH, _HEIGHT):
        if directory.number(tag) == 0:
            notes.add("raster_directory", "no_size", found=0, expected="> 0", locator=where)
    if offsets is None or counts is None or offsets.dtype.kind != "u" or counts.dtype.kind != "u":
        return
    if len(offsets) != len(counts):
        notes.add("raster_directory", "counts", found=len(counts), expected=len(offsets), locator=where)
        return
    ends = offsets.astype(np.float64) + counts.astype(np.float64)
    beyond = ends > size  # a block of no bytes is a hole: GDAL writes sparse files
    if beyond.any():
        found = f"{int(beyond.sum())} / {len(ends)}"
        notes.add("raster_data_missing", "beyond_end", found=found, expected=f"<= {size}", locator=where)


def _judge_places(directory: Directory, notes: Notes) -> None:
    """The tags that place the image (OGC 19-008r4, 7.1 and 7.4)."""
    tags, where = directory.tags, f"IFD@{directory.where}"
    for tag, length, detail in ((_PIXEL_SCALE, 3, "pixel_scale"), (_TRANSFORMATION, 16, "transformation")):
        if tag in tags and len(tags[tag]) != length:
            notes.add("raster_geokeys", detail, found=len(tags[tag]), expected=length, locator=where)
    if _TIE_POINTS in tags and (not len(tags[_TIE_POINTS]) or len(tags[_TIE_POINTS]) % 6):
        notes.add("raster_geokeys", "tie_points", found=len(tags[_TIE_POINTS]), expected="6 n", locator=where)
    if _PIXEL_SCALE in tags and _TRANSFORMATION in tags:
        notes.add("raster_geokeys", "two_transformations", locator=where)
    if _GEO_KEYS in tags:
        keys = tags[_GEO_KEYS]
        if len(keys) < 4 or keys.dtype.kind != "u" or len(keys) < 4 + 4 * int(keys[3]):
            notes.add("raster_geokeys", "key_directory", found=len(keys), locator=where)
        elif int(keys[0]) != 1:
            notes.add("raster_geokeys", "key_version", found=int(keys[0]), expected=1, locator=where)
