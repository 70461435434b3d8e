"""The attribute table of a shapefile: header, fields, and the encoding of its texts.

Sources: the dBASE III file structure; Esri's notes on .cpg files and the language driver id (byte 29 of the header).
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cimkit.readers.notes import Notes

__all__ = ["DbfField", "DbfTable", "encoding_of", "read_table"]

_FIELD = 32
_NUMERIC = {"N", "F"}
#: Language driver id -> Python's codec.
_DRIVERS = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x13: "cp932", 0x4D: "gbk", 0x4E: "cp949", 0x4F: "cp950",
    0x57: "cp1252", 0x58: "cp1252", 0x59: "cp1252", 0x78: "cp950", 0x79: "cp949", 0x7A: "gbk", 0x7B: "cp932",
}  # fmt: skip
#: Those that programs write without meaning them.
_CARELESS = {"cp437", "cp850", "cp1252"}
#: What .cpg files say -> Python's codec.
_PAGES = {
    "936": "gbk", "ansi936": "gbk", "cp936": "gbk", "54936": "gb18030", "65001": "utf-8", "utf8": "utf-8",
    "oem": "gbk", "950": "cp950", "1252": "cp1252", "ansi1252": "cp1252", "88591": "iso8859-1",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DbfField:
    """A field: name as its bytes, type letter, width in bytes, decimals, and where it begins in a row."""

    raw_name: bytes
    letter: str
    width: int
    decimals: int
    start: int

    @property
    def declared(self) -> str:
        """`TEXT(50)`, `INTEGER(9)`, `REAL(12,3)`, DATE, BOOLEAN. Widths of texts are in bytes."""
        if self.letter in _NUMERIC:
            whole = self.letter == "N" and self.decimals == 0
            return f"INTEGER({self.width})" if whole else f"REAL({self.width},{self.decimals})"
        return {"D": "DATE", "L": "BOOLEAN", "T": "DATETIME", "@": "DATETIME", "I": "INTEGER", "O": "REAL"}.get(
            self.letter, f"TEXT({self.width})"
        )


@dataclass(frozen=True, slots=True)
class DbfTable:
    """rows: an array of bytes (rows that are there whole, width); driver: the language driver id."""

    fields: tuple[DbfField, ...]
    count: int
    rows: npt.NDArray[np.uint8]
    driver: int

    def names(self, encoding: str) -> list[str]:
        return [field.raw_name.decode(encoding, "replace") for field in self.fields]


def read_table(data: npt.NDArray[np.uint8], name: str, notes: Notes) -> DbfTable | None:
    """The table; None where the header is not one."""
    if len(data) < 33:
        notes.add("shp_attributes", "bad_header", found=len(data), locator=name)
        return None
    head = data[:32].tobytes()
    count = int.from_bytes(head[4:8], "little")
    length, width = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
    fields, at, start = [], 32, 1
    while at + _FIELD <= len(data) and data[at] != 0x0D:
        raw = data[at : at + _FIELD].tobytes()
        fields.append(DbfField(raw[:11].split(b"\0")[0], chr(raw[11]), raw[16], raw[17], start))
        start += raw[16]
        at += _FIELD
    if not fields or length < at or width != start:
        notes.add("shp_attributes", "bad_header", found=width, expected=start, locator=name)
        return None
    whole = min(count, max(0, (len(data) - length) // width))
    if whole < count:
        notes.add("shp_attributes", "truncated", found=whole, expected=count, locator=name)
    seen: set[bytes] = set()
    for field in fields:
        if field.raw_name.upper() in seen:
            notes.add("shp_attributes", "repeated_field", found=field.raw_name.decode("ascii", "replace"), locator=name)
        seen.add(field.raw_name.upper())
    rows = data[length : length + whole * width].reshape(whole, width)
    deleted = int((rows[:, 0] == ord("*")).sum()) if whole else 0
    if deleted:
        notes.add("shp_attributes", "deleted", found=deleted, locator=name)
    return DbfTable(tuple(fields), count, rows, head[29])


def encoding_of(table: DbfTable, page: bytes | None, name: str, notes: Notes) -> str:
    """The encoding of the texts: what the .cpg says, the language driver, UTF-8, GB18030, the first that fits."""
    said = _codec(page)
    driver = _DRIVERS.get(table.driver)
    if page is not None and page.strip() and said is None:
        notes.add("shp_encoding", "unknown", found=page.decode("ascii", "replace").strip(), locator=name)
    if said and driver and driver not in _CARELESS and not _same(said, driver):
        notes.add("shp_encoding", "contradicts", found=f".cpg {said}", expected=f"LDID {driver}", locator=name)
    texts = _texts(table)
    if not texts:
        return said or (driver if driver and driver not in _CARELESS else None) or "utf-8"
    declared = said or driver
    guesses = [each for each in (said, driver, "utf-8", "gb18030") if each is not None and each not in _CARELESS]
    fitting = next((each for each in guesses if _fits(texts, each)), None)
    if fitting is None:
        chosen = declared or "gb18030"
        notes.add("shp_encoding", "does_not_fit", found=_first_strange(texts, chosen), expected=chosen, locator=name)
        return chosen
    if declared is None:
        notes.add("shp_encoding", "undeclared", found=fitting, locator=name)
    elif not _same(fitting, declared):
        notes.add("shp_encoding", "does_not_fit", found=fitting, expected=declared, locator=name)
    return fitting


def _codec(page: bytes | None) -> str | None:
    """The codec that a .cpg file names."""
    if page is None:
        return None
    word = page.decode("ascii", "replace").strip().strip("\x00").lower()
    plain = "".join(letter for letter in word if letter.isalnum())
    if plain in _PAGES:
        return _PAGES[plain]
    try:
        return codecs.lookup(word).name
    except (LookupError, ValueError):
        return None


def _same(one: str, other: str) -> bool:
    """GB2312, GBK and GB18030 each hold the one before."""
    chinese = {"gb2312", "gbk", "gb18030", "cp936"}
    return one == other or (one in chinese and other in chinese)


def _texts(table: DbfTable) -> list[bytes]:
    """Distinct values of text fields, and names, that are more than ASCII."""
    found: dict[bytes, None] = {}
    for field in table.fields:
        if any(byte >= 0x80 for byte in field.raw_name):
            found[field.raw_name] = None
        if field.letter != "C" or not field.width:
            continue
        values = table.rows[:, field.start : field.start + field.width]
        marked = np.ascontiguousarray(values[(values >= 0x80).any(axis=1)])
        if len(marked):
            distinct = set(marked.view(f"S{field.width}").ravel().tolist())
            found.update(dict.fromkeys(distinct))
    return list(found)


def _fits(texts: list[bytes], codec: str) -> bool:
    return all(_decodes(text, codec) for text in texts)


def _decodes(text: bytes, codec: str) -> bool:
    """Whether it can be read; a character cut off at the end of a full field is no matter of the encoding."""
    trimmed = text.rstrip(b" \0")
    for cut in range(3):
        try:
            trimmed[: len(trimmed) - cut].decode(codec)
        except UnicodeDecodeError as problem:
            if problem.start < len(trimmed) - 3:
                return False
            continue
        return True
    return False


def _first_strange(texts: list[bytes], codec: str) -> str:
    strange = next(text for text in texts if not _decodes(text, codec))
    return strange.rstrip(b" \0").decode(codec, "backslashreplace")
