"""What a source is, told by its first bytes and never by its name."""

from __future__ import annotations

import re

__all__ = ["HEAD_BYTES", "recognise"]

#: How much of a file is looked at.
HEAD_BYTES = 65_536

_XML_ROOTS = {
    b"ids": "ids",
    b"ifcXML": "ifcxml",
    b"uos": "ifcxml",
    b"CityModel": "citygml",
}
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")


def recognise(head: bytes) -> str | None:
    """The format of a file by its first bytes (up to `HEAD_BYTES`): `ifc`, `zip`, `ifcxml`, `ids`, `citygml`,
    `geopackage`, `sqlite`, `geojson`, `cityjson`, `json`, `xml`, or None when nothing is recognised."""
    content = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if content.startswith(b"ISO-10303-21") or _step_after_comments(content):
        return "ifc"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"SQLite format 3\x00"):
        return "geopackage" if head[68:72] in (b"GPKG", b"GP10", b"GP11") else "sqlite"
    if content.startswith(b"<"):
        return _xml(content)
    if content.startswith((b"{", b"[")):
        return _json(content)
    return None


def _step_after_comments(content: bytes) -> bool:
    while content.startswith(b"/*"):
        end = content.find(b"*/")
        if end < 0:
            return False
        content = content[end + 2 :].lstrip()
    return content.startswith(b"ISO-10303-21")


def _xml(content: bytes) -> str:
    body = re.sub(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[.*?\])?>", b"", content, flags=re.DOTALL)
    root = _ROOT.search(body)
    return _XML_ROOTS.get(root[1], "xml") if root else "xml"


def _json(content: bytes) -> str:
    if re.search(rb'"type"\s*:\s*"CityJSON(Feature)?"', content):
        return "cityjson"
    if re.search(rb'"type"\s*:\s*"(FeatureCollection|Feature)"', content):
        return "geojson"
    return "json"
