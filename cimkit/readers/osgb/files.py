"""OSGB files: what they begin with, and which other files they refer to (OpenSceneGraph's osgDB, InputStream)."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

__all__ = ["HEAD", "is_osgb", "references"]

HEAD = 20
_MAGIC = struct.pack("<II", 0x6C910EA1, 0x1AFB4545)
_REVERSED = struct.pack(">II", 0x6C910EA1, 0x1AFB4545)
_LONGEST_NAME = 255
#: A tile unpacks to no more than this; what is larger is no tile.
_LARGEST = 256_000_000


def is_osgb(head: bytes) -> bool:
    """Whether a file of OpenSceneGraph's binary format begins so, in either order of bytes."""
    return head.startswith((_MAGIC, _REVERSED))


def references(path: Path) -> set[str] | None:
    """Names ending in .osgb that a file refers to, as written. None: it could not be unpacked.

    Raises OSError.
    """
    data = path.read_bytes()
    body = _unpacked(data)
    return None if body is None else _names(body, "<" if data.startswith(_MAGIC) else ">")


def _unpacked(data: bytes) -> bytes | None:
    """Behind the header (two words of magic, type, version, attributes) stands the name of the compressor."""
    if len(data) < HEAD + 4:
        return data
    length = int.from_bytes(data[HEAD : HEAD + 4], "little" if data.startswith(_MAGIC) else "big")
    name = data[HEAD + 4 : HEAD + 4 + length] if length < 32 else b"0"
    if name != b"zlib":
        return data
    try:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # with zlib's or gzip's own header
        return unpacker.decompress(data[HEAD + 4 + length :], _LARGEST)
    except zlib.error:
        return None


def _names(body: bytes, order: str) -> set[str]:
    """Texts are stored behind their length: one that ends in .osgb and whose length agrees is a name."""
    found = set()
    at = body.find(b".osgb")
    while at >= 0:
        end = at + 5
        for length in range(6, min(_LONGEST_NAME, end - 4) + 1):
            stated = body[end - length - 4 : end - length]
            if int.from_bytes(stated, "little" if order == "<" else "big") == length:
                name = body[end - length : end].decode("utf-8", "replace")
                if name.isprintable():
                    found.add(name.replace("\\", "/"))
                break
        at = body.find(b".osgb", end)
    return found
