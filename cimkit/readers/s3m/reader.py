"""An S3M description and its tiles to facts: one subject of kind `s3m`."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from cimkit.errors import SourceError
from cimkit.facts.model import Facts
from cimkit.readers.crs_text import SystemText, system_of_wkt
from cimkit.readers.files import PackedFiles, open_files
from cimkit.readers.notes import Notes
from cimkit.readers.records import Record, facts_of_records

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand

__all__ = ["read_s3m"]

_HEADER = struct.Struct("<fIII")
_WORDS: Mapping[str, frozenset[str]] = {
    "dataType": frozenset(
        {"ArtificialModel", "RealityMesh", "PointCloud", "BIM", "Vector", "Network", "InstanceModel"}
    ),
    "pyramidSplitType": frozenset(
        {"QuadTree", "Octree", "RTree", "K-DTree", "Grid", "BinarySpacePartitioningTree", "UnorderedTree"}
    ),
    "lodType": frozenset({"Add", "Replace"}),
}
_EPSG = re.compile(r"epsg\s*:\s*(\d+)", re.IGNORECASE)
_WKT = re.compile(r"wkt\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
#: The description as of version 3; before it names and words differ.
_JUDGED_FROM = 3.0


def read_s3m(path: Path, demand: Demand, *, name: str) -> Facts:
    """The facts of an S3M description (.scp, JSON) and of the headers of its tiles.

    The subject has version, kind of data, reference system, extent, heights, root tiles, files and bytes. Of
    descriptions before version 3, and of those in XML, only the version is told.

    Raises SourceError for what is no description.
    """
    notes = Notes(demand)
    main = path if path.is_file() else next(iter(sorted(path.glob("*.scp"))), path)
    try:
        data = main.read_bytes()
        files = open_files(path if path.is_dir() else path.parent)
    except OSError as problem:
        raise SourceError("readers.s3m_broken", name=name) from problem
    content = data.removeprefix(b"\xef\xbb\xbf").strip()
    if content.startswith(b"<"):
        return _old(content, files, demand, name, notes)
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        raise SourceError("readers.s3m_broken", name=name) from problem
    if not isinstance(document, dict):
        raise SourceError("readers.s3m_broken", name=name)
    version = _number(document.get("version"))
    tiles = _tiles(document)
    system = _system(document, notes)
    if version is None or version >= _JUDGED_FROM:
        _judge(document, version, notes)
    else:
        notes.add("s3m_not_judged", "old_version", found=version)
    for url in tiles:
        place = _local(url)
        if place is not None and place not in files:
            notes.add("s3m_tile_missing", found=url)
    _judge_headers(files, notes)
    return _facts(document, version, tiles, system, files, demand, name, notes)


def _number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _old(content: bytes, files: PackedFiles, demand: Demand, name: str, notes: Notes) -> Facts:
    found = re.search(rb"<(?:\w+:)?Version>\s*([^<\s]{1,20})", content)
    notes.add("s3m_not_judged", "old_version", found=found[1].decode("utf-8", "replace") if found else "XML")
    return _facts(
        {}, _number(found[1].decode("ascii", "replace")) if found else None, [], None, files, demand, name, notes
    )


def _tiles(document: Mapping[str, Any]) -> list[str]:
    roots = document.get("rootTiles", document.get("tiles"))
    members = roots if isinstance(roots, list) else []
    return [root["url"] for root in members if isinstance(root, dict) and isinstance(root.get("url"), str)]


def _local(url: str) -> str | None:
    """The name below the description's folder; None: elsewhere, or out of the folder."""
    plain = url.replace("\\", "/").removeprefix("./")
    if "://" in plain or plain.startswith("/") or ":" in plain or ".." in plain.split("/"):
        return None
    return plain


def _system(document: Mapping[str, Any], notes: Notes) -> SystemText | None:
    """`crs`: {'epsg:4490'} or {'wkt: ...'}; some writers give `epsg: 4490`, or the bare text."""
    written = document.get("crs")
    text = orjson.dumps(written).decode() if isinstance(written, dict | list) else str(written or "")
    if not text:
        notes.add("s3m_system", "missing", expected="crs")
        return None
    epsg = _EPSG.search(text)
    wkt = _WKT.search(text.strip("{}\"' "))
    system = system_of_wkt(f"EPSG:{epsg[1]}") if epsg else system_of_wkt(wkt[1].strip("\"'} ")) if wkt else None
    if system is None:
        notes.add("s3m_system", "not_told", found=text, expected="epsg:4490 | wkt:...")
    return system


def _judge(document: Mapping[str, Any], version: float | None, notes: Notes) -> None:
    if version is None:
        notes.add("s3m_description", "missing", expected="version")
    for member, words in _WORDS.items():
        value = document.get(member)
        if value is None:
            notes.add("s3m_description", "missing", expected=member)
        elif not (isinstance(value, str) and value in words):
            notes.add("s3m_description", "word", found=f"{member}: {value}", expected=" | ".join(sorted(words)))
    roots = document.get("rootTiles")
    if not isinstance(roots, list) or not roots:
        notes.add("s3m_description", "missing", expected="rootTiles")
    heights = document.get("heightRange")
    if isinstance(heights, dict):
        low, high = _number(heights.get("min")), _number(heights.get("max"))
        if low is not None and high is not None and low > high:
            notes.add("s3m_description", "inside_out", found=f"heightRange: {low:g} .. {high:g}")


def _judge_headers(files: PackedFiles, notes: Notes) -> None:
    """Version 3: version, kind of compression, bytes unpacked and packed, then so many bytes and no more."""
    for name, size in files.sizes.items():
        if not name.lower().endswith(".s3mb"):
            continue
        if not size:
            notes.add("s3m_tile", "empty", locator=name)
            continue
        try:
            head = files.head(name, _HEADER.size)
        except OSError as problem:
            notes.add("s3m_tile", "cannot_open", found=problem, locator=name)
            continue
        if len(head) < _HEADER.size:
            notes.add("s3m_tile", "short", found=size, expected=f">= {_HEADER.size}", locator=name)
            continue
        version, compression, _, packed = _HEADER.unpack(head)
        if not _JUDGED_FROM <= version < 10:
            continue  # an older layout
        if compression > 2:
            notes.add("s3m_tile", "compression", found=compression, expected="0 | 1 | 2", locator=name)
        if packed + _HEADER.size > size:
            notes.add("s3m_tile", "beyond_end", found=size, expected=packed + _HEADER.size, locator=name)


def _facts(
    document: Mapping[str, Any], version: float | None, tiles: list[str], system: SystemText | None, files: PackedFiles,
    demand: Demand, name: str, notes: Notes,
) -> Facts:  # fmt: skip
    bounds = document.get("geoBounds")
    heights = document.get("heightRange")
    box: Mapping[str, Any] = bounds if isinstance(bounds, dict) else {}
    low_high: Mapping[str, Any] = heights if isinstance(heights, dict) else {}
    fields: dict[str, Any] = {
        "version": None if version is None else f"{version:g}",
        "data_type": document.get("dataType") if isinstance(document.get("dataType"), str) else None,
        "crs": system.crs if system is not None else None,
        "height_datum": system.height if system is not None else None,
        "west": _number(box.get("left")),
        "east": _number(box.get("right")),
        "south": _number(box.get("bottom")),
        "north": _number(box.get("top")),
        "low": _number(low_high.get("min")),
        "high": _number(low_high.get("max")),
        "root_tiles": len(tiles),
        "files": sum(each.lower().endswith(".s3mb") for each in files.sizes),
        "bytes": sum(files.sizes.values()),
    }
    stem = name.rpartition("/")[2].rpartition("!")[2]
    dataset = {"name": stem, "format": "s3m", "schema": f"S3M {fields['version']}" if fields["version"] else None,
               "crs": fields["crs"], "height_datum": fields["height_datum"], "count": len(tiles)}  # fmt: skip
    return facts_of_records([Record("s3m", stem, stem, stem, fields)], demand, format="s3m", datasets=[dataset],
                            notes=notes, whole={"s3m": dict(fields)}, counts={"tiles": fields["files"]})  # fmt: skip
