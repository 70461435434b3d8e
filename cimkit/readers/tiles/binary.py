"""Binary headers: little-endian fields, their alignment and padding, each defect with its byte."""

from __future__ import annotations

import struct
from typing import Any

from cimkit.readers.tiles.defects import Ledger

__all__ = ["Section", "check_padding", "header"]


class Section:
    """Bytes of a file, and where in the file they begin: locators give the file's own offsets."""

    __slots__ = ("data", "file", "start")

    def __init__(self, data: bytes, file: str, start: int = 0) -> None:
        self.data = data
        self.file = file
        self.start = start

    def __len__(self) -> int:
        return len(self.data)

    def at(self, offset: int) -> str:
        """The locator of a byte."""
        return f"{self.file}@{self.start + offset}"

    def part(self, begin: int, end: int) -> Section:
        """Some of its bytes."""
        return Section(self.data[begin:end], self.file, self.start + begin)


def header(section: Section, layout: str, ledger: Ledger) -> tuple[Any, ...] | None:
    """The fields of a header; None when the bytes end before it does. layout: of the module struct."""
    size = struct.calcsize(layout)
    if len(section) < size:
        ledger.add("tiles_binary", "too_short", section.at(0), len(section), f"{size}..")
        return None
    return struct.unpack_from(layout, section.data)


def check_padding(section: Section, used: int, fill: bytes, ledger: Ledger) -> None:
    """Write down padding (what follows `used` bytes) that is not `fill`."""
    padding = section.data[used:]
    if padding.strip(fill):
        wrong = next(index for index, byte in enumerate(padding) if byte != fill[0])
        ledger.add("tiles_binary", "padding", section.at(used + wrong), padding[wrong : wrong + 8].hex(), fill.hex())
