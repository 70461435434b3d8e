"""The public header and the variable length records of a LAS file (ASPRS LAS 1.0 to 1.4 R15), read by their layout."""

from __future__ import annotations

import math
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cimkit.readers.notes import Notes

__all__ = ["Header", "LasError", "LasRecord", "read_header"]

_OLD = struct.Struct("<4sHH16sBB32s32sHHHIIBHI5I3d3d6d")
_NEW = struct.Struct("<QQIQ15Q")  # 1.4, from byte 227: waveform, first extended record, their number, points, by return
_RECORD = struct.Struct("<H16sHH32s")
_EXTENDED = struct.Struct("<H16sHQ32s")
_HEADER_SIZES = {0: 227, 1: 227, 2: 227, 3: 235, 4: 375}
_FORMATS = {0: 1, 1: 1, 2: 3, 3: 5, 4: 10}  # the greatest point format of each version
_LENGTHS = (20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67)
_LONGEST_TEXT = 1_000_000
_MOST_RECORDS = 10_000


class LasError(ValueError):
    """The header can't be read at all."""


@dataclass(frozen=True, slots=True)
class LasRecord:
    """A variable length record: who defined it, its number, its content."""

    user: str
    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """point_format: without the bits of compression; points, by_return: as stated; there: points that the file has room
    for (of a compressed one, as stated); scale, offset, least, greatest: of x, y, z; sound: all records are there."""

    minor: int
    point_format: int
    compressed: bool
    record_length: int
    points: int
    there: int
    by_return: tuple[int, ...]
    scale: tuple[float, ...]
    offset: tuple[float, ...]
    least: tuple[float, ...]
    greatest: tuple[float, ...]
    wkt: bool
    system: str
    software: str
    day: int
    year: int
    records: tuple[LasRecord, ...]
    sound: bool

    @property
    def version(self) -> str:
        """`1.4`."""
        return f"1.{self.minor}"


def read_header(path: Path, notes: Notes) -> Header:
    """Raises LasError where there is no header, OSError when the file can't be read."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(375)
        if len(head) < _OLD.size or not head.startswith(b"LASF"):
            raise LasError("header")
        values = _OLD.unpack_from(head)
        (_, _, encoding, _, major, minor, system, software, day, year, header_size, first_point, number_of_records,
         point_format, record_length, old_points) = values[:16]  # fmt: skip
        if major != 1 or minor not in _HEADER_SIZES:
            notes.add("las_header", "version", found=f"{major}.{minor}", expected="1.0 .. 1.4", locator="header")
            raise LasError("version")
        old_returns, numbers = values[16:21], values[21:]
        points, by_return = old_points, old_returns
        if minor >= 4:
            if len(head) < 375:
                raise LasError("header")
            _, first_extended, number_extended, points, *returns = _NEW.unpack_from(head, 227)
            by_return = tuple(returns)
            _judge_legacy(point_format & 63, points, old_points, encoding, notes)
        records = _records(file, header_size, number_of_records, min(first_point, size), notes)
        extended = _extended(file, first_extended, number_extended, size, notes) if minor >= 4 else []
        compressed = bool(point_format & 192)
        room = max(0, size - first_point) // record_length if record_length else 0
        header = Header(
            minor=minor, point_format=point_format & 63, compressed=compressed, record_length=record_length,
            points=points, there=points if compressed else min(points, room), by_return=by_return,
            scale=numbers[0:3], offset=numbers[3:6], least=numbers[7:12:2], greatest=numbers[6:12:2],
            wkt=bool(encoding & 16), system=_text(system), software=_text(software), day=day, year=year,
            records=(*records, *extended),
            sound=len(records) == number_of_records and (minor < 4 or len(extended) == number_extended),
        )  # fmt: skip
    _judge(header, header_size, first_point, size, notes)
    return header


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace").strip()


def _records(file: BinaryIO, start: int, number: int, end: int, notes: Notes) -> list[LasRecord]:
    """The records between the header and the points."""
    found: list[LasRecord] = []
    at = start
    for index in range(min(number, _MOST_RECORDS)):
        file.seek(at)
        head = file.read(_RECORD.size)
        if len(head) < _RECORD.size or at + _RECORD.size > end:
            notes.add("las_record", "outside", found=index, expected=number, locator=f"VLR {index}")
            return found
        _, user, kind, length, _ = _RECORD.unpack(head)
        at += _RECORD.size + length
        if at > end:
            notes.add("las_record", "outside", found=index, expected=number, locator=f"VLR {index}")
            return found
        found.append(LasRecord(_text(user), kind, file.read(length)))
    if number > _MOST_RECORDS:
        notes.add("las_record", "too_many", found=number, expected=_MOST_RECORDS, locator="header")
    return found


def _extended(file: BinaryIO, start: int, number: int, size: int, notes: Notes) -> list[LasRecord]:
    """The records behind the points; of large ones (waveforms) no content is kept."""
    found: list[LasRecord] = []
    at = start
    for index in range(min(number, _MOST_RECORDS) if start else 0):
        if at + _EXTENDED.size > size:
            notes.add("las_record", "outside", found=index, expected=number, locator=f"EVLR {index}")
            return found
        file.seek(at)
        _, user, kind, length, _ = _EXTENDED.unpack(file.read(_EXTENDED.size))
        at += _EXTENDED.size + length
        if at > size:
            notes.add("las_record", "outside", found=index, expected=number, locator=f"EVLR {index}")
            return found
        found.append(LasRecord(_text(user), kind, file.read(length) if length <= _LONGEST_TEXT else b""))
    return found


def _judge_legacy(point_format: int, points: int, old_points: int, encoding: int, notes: Notes) -> None:
    """LAS 1.4: the old count is zero for formats 6 to 10 and where it does not suffice, else it is the count; and those
    formats have their reference system as well-known text."""
    expected = 0 if point_format >= 6 or points >= 2**32 else points
    if old_points != expected:
        notes.add("las_counts", "legacy", found=old_points, expected=expected, locator="header")
    if point_format >= 6 and not encoding & 16:
        notes.add("las_header", "wkt_bit", found=0, expected=1, locator="header")


def _judge(header: Header, header_size: int, first_point: int, size: int, notes: Notes) -> None:
    def wrong(detail: str, found: object, expected: object) -> None:
        notes.add("las_header", detail, found=found, expected=expected, locator="header")

    least = _HEADER_SIZES[header.minor]
    if header_size < least:
        wrong("header_size", header_size, f">= {least}")
    if header.point_format > _FORMATS[header.minor]:
        wrong("point_format", header.point_format, f"<= {_FORMATS[header.minor]}")
    elif header.record_length < _LENGTHS[header.point_format]:
        wrong("record_length", header.record_length, f">= {_LENGTHS[header.point_format]}")
    if not header_size <= first_point <= size:
        wrong("first_point", first_point, f"{header_size}..{size}")
    if not all(math.isfinite(scale) and scale != 0 for scale in header.scale):
        wrong("scale", " ".join(f"{scale:g}" for scale in header.scale), "!= 0")
    if not all(map(math.isfinite, header.offset)):
        wrong("offset", " ".join(f"{offset:g}" for offset in header.offset), None)
    if header.there < header.points:
        notes.add("las_truncated", "beyond_end", found=header.there, expected=header.points, locator="header")
    box = zip(header.least, header.greatest, strict=True)
    if header.points and not all(math.isfinite(low) and math.isfinite(high) and low <= high for low, high in box):
        notes.add("las_extent", "no_box", found=f"{header.least} {header.greatest}", locator="header")
