"""Bounds on what is read, so that no source can exhaust the machine, and how much of a very large one is looked at."""

from __future__ import annotations

import zlib
from enum import StrEnum

from msgspec import Struct

__all__ = ["SAMPLE_FROM", "SAMPLE_SHARE", "Depth", "Limits"]

#: At depth `sample`, one content in this many is opened.
SAMPLE_SHARE = 20
#: Up to so many contents, all of them are.
SAMPLE_FROM = 200


class Depth(StrEnum):
    """How much of a delivery is looked at."""

    STRUCTURE = "structure"  # names, headers, tables and fields; no feature, no content of a tile
    SAMPLE = "sample"  # the same, and one content in `SAMPLE_SHARE` of a large tileset
    FULL = "full"


class Limits(Struct, frozen=True):
    """bytes           largest single file, unpacked
    archive_bytes   largest sum of an archive's members, unpacked
    archive_ratio   largest ratio of unpacked to packed size of a member over 10 MB
    members         most members of an archive, and most files of a folder
    depth           how much of it is looked at
    """

    bytes: int = 8_000_000_000
    archive_bytes: int = 16_000_000_000
    archive_ratio: int = 200
    members: int = 200_000
    depth: Depth = Depth.FULL

    def looks_at(self, name: str, of: int) -> bool:
        """Whether the content of this name, one of so many, is opened. Few are all opened; of many the name alone
        decides, so that every run, on every machine, looks at the same."""
        match self.depth:
            case Depth.FULL:
                return True
            case Depth.SAMPLE:
                return of <= SAMPLE_FROM or zlib.crc32(name.encode("utf-8", "surrogatepass")) % SAMPLE_SHARE == 0
            case Depth.STRUCTURE:
                return False
