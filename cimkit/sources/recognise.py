"""What a file is, told by its first bytes and never by its name. CSV alone has no mark: there the name must agree."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable

from cimkit.sources.json_kinds import json_kind

__all__ = ["HEAD_BYTES", "ReadAt", "recognise", "zip_kind"]

#: How much of a file is looked at first.
HEAD_BYTES = 65_536
#: Bytes further down in a file: (offset, size) -> what is there.
ReadAt = Callable[[int, int], bytes]

#: First bytes -> format. The first that fits decides.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"LASF", "las"),
    (b"PAR1", "parquet"),
    (b"b3dm", "3dtiles"),
    (b"i3dm", "3dtiles"),
    (b"pnts", "3dtiles"),
    (b"cmpt", "3dtiles"),
    (b"glTF", "3dtiles"),
    (b"subt", "3dtiles"),
    (b"\x00\x00\x27\x0a\x00\x00\x00\x00", "shapefile"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
)
_XML_ROOTS = {
    b"ids": "ids",
    b"ifcXML": "ifcxml",
    b"uos": "ifcxml",
    b"CityModel": "citygml",
    b"MD_Metadata": "metadata",
    b"MI_Metadata": "metadata",
    b"metadata": "metadata",
    b"Metadata": "metadata",
    b"MetaData": "metadata",
    "元数据".encode(): "metadata",
    b"ModelMetadata": "osgb",
    b"SuperMapCache": "s3m",
}
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_\x80-\xff][\w.\x80-\xff-]*)[\s/>]")
_TEXT_TABLES = (".csv", ".tsv")
_DBF_VERSIONS = frozenset({0x03, 0x04, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8B, 0xF5})
#: TIFF tags that place an image on the earth: pixel scale, tie points, transformation, GeoKeys.
_GEO_TAGS = frozenset({33550, 33922, 34264, 34735})


def recognise(
    head: bytes, name: str | None = None, read_at: ReadAt | None = None, *, alone: bool = False
) -> str | None:
    """The format of a file by its first bytes (up to `HEAD_BYTES`), or None when nothing is recognised.

    name     only tells text tables (.csv, .tsv) from other text
    read_at  lets a JSON or TIFF file be asked further down, where its head does not decide
    alone    the file was named by itself, so that a guess is better than no answer

    Besides the words of formats: `zip`, and `json`, `xml`, `sqlite`, `tiff` for those that say no more of themselves.
    """
    content = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if content.startswith(b"ISO-10303-21") or _step_after_comments(content):
        return "ifc"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"SQLite format 3\x00"):
        return _sqlite(head)
    for magic, format in _MAGIC:
        if head.startswith(magic):
            return format
    if head[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        return _tiff(head, read_at)
    if content.startswith(b"<"):
        return _xml(content)
    if head.startswith((codecs.BOM_UTF16_LE + b"<", codecs.BOM_UTF16_BE + b"\x00<")):
        return _xml(head.decode("utf-16", "ignore").encode())
    if content.startswith((b"{", b"[", b"\x1e")):
        return json_kind(content, len(head), read_at, alone=alone)
    if name is not None and name.lower().endswith(_TEXT_TABLES) and _is_text(head):
        return "csv"
    return "dbf" if _is_dbf(head) else None


def zip_kind(names: Iterable[str]) -> str:
    """What a ZIP archive is by the names in it: `xlsx`, `i3s`, `3dtiles`, `office`, or `zip`: a packed folder."""
    known = {name.replace("\\", "/").lstrip("/") for name in names}
    if "xl/workbook.xml" in known or "xl/workbook.bin" in known:
        return "xlsx"
    if "[Content_Types].xml" in known:
        return "office"
    if known & {"3dSceneLayer.json.gz", "3dSceneLayer.json", "@specialIndexFileHASH128@"}:
        return "i3s"
    return "3dtiles" if "@3dtilesIndex1@" in known else "zip"


def _step_after_comments(content: bytes) -> bool:
    while content.startswith(b"/*"):
        end = content.find(b"*/")
        if end < 0:
            return False
        content = content[end + 2 :].lstrip()
    return content.startswith(b"ISO-10303-21")


def _sqlite(head: bytes) -> str:
    """GeoPackage by its application id, or by its tables where an old writer left that out; 3D Tiles by theirs."""
    if head[68:72] in (b"GPKG", b"GP10", b"GP11") or b"gpkg_contents" in head:
        return "geopackage"
    return "3dtiles" if re.search(rb"(?i)create table\s+[\"'`\[]?media\b", head) else "sqlite"


def _tiff(head: bytes, read_at: ReadAt | None) -> str:
    """`geotiff` when the first directory has a tag that places it; a scan or a photograph is `tiff`."""
    order = "little" if head[:2] == b"II" else "big"
    big = head[2:4] in (b"+\x00", b"\x00+")
    offset = int.from_bytes(head[8:16] if big else head[4:8], order)  # type: ignore[arg-type]
    counted, entry = (8, 20) if big else (2, 12)
    if offset + counted > len(head) and read_at is None:
        return "geotiff"  # its tags are out of reach: the reader will say what it lacks
    there = head[offset:] if offset + 4096 < len(head) or read_at is None else read_at(offset, 4096)
    count = min(int.from_bytes(there[:counted], order), len(there) // entry)  # type: ignore[arg-type]
    tags = (there[counted + number * entry :][:2] for number in range(count))
    return "geotiff" if any(int.from_bytes(tag, order) in _GEO_TAGS for tag in tags) else "tiff"  # type: ignore[arg-type]


def _xml(content: bytes) -> str:
    body = re.sub(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>", b"", content, flags=re.DOTALL)
    root = _ROOT.search(body)
    name = root[1] if root else b""
    return _XML_ROOTS.get(name) or ("metadata" if name == "元数据".encode("gb18030") else "xml")


def _is_dbf(head: bytes) -> bool:
    """A dBASE table: a known version, a plausible date, and the mark that ends its field descriptors."""
    if len(head) < 33 or head[0] not in _DBF_VERSIONS or not 1 <= head[2] <= 12 or not 1 <= head[3] <= 31:
        return False
    header = int.from_bytes(head[8:10], "little")
    with_folder = head[header - 264 : header - 263]  # FoxPro writes the path of its database behind the fields
    return header >= 33 and (b"\r" in head[32:header:32] or with_folder == b"\r")


def _is_text(head: bytes) -> bool:
    """Whether the bytes read as text: UTF-8, UTF-16 with its mark, or GB18030."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    if not head.strip() or b"\x00" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return True
    return len(head.decode("utf-8", "ignore").encode()) > 0.9 * len(
        head
    )  # UTF-8 with a few broken bytes: its reader says where
