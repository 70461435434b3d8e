"""A metadata file to facts: one subject of kind `metadata` a record, its fields by their meaning."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from lxml import etree

from cimkit.errors import SourceError
from cimkit.facts.model import Facts
from cimkit.readers.metadata.iso import iso_fields
from cimkit.readers.metadata.plain import json_leaves, json_records, named_fields, xml_leaves
from cimkit.readers.metadata.systems import stated_system
from cimkit.readers.metadata.words import FIELDS
from cimkit.readers.notes import Notes
from cimkit.readers.records import Record, facts_of_records
from cimkit.readers.tables.encoding import tell_encoding

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand

__all__ = ["metadata_records", "read_metadata"]

_ISO_ROOTS = frozenset({"MD_Metadata", "MI_Metadata"})
_NUMBERS = frozenset({"west", "east", "south", "north"})
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENDINGS = re.compile(r"(\.xml|\.json|[._-]?(metadata|meta|元数据))+$", re.IGNORECASE)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(米|厘米|毫米|cm|mm|m|metres?|meters?)?(?![\w°])", re.IGNORECASE)
_METRES = {"米": 1.0, "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "厘米": 0.01, "cm": 0.01,
           "毫米": 0.001, "mm": 0.001}  # fmt: skip
_SCALE = re.compile(r"(?:1\s*[:：/∶]\s*)?(\d+(?:\.\d+)?)\s*(万)?\s*$")
_DATA_ENDING = re.compile(
    r"\.(shp|tif|tiff|gpkg|las|laz|gdb|csv|xlsx|geojson|json|gml|osgb|img|jp2|dbf|3tz|slpk)$", re.I
)


def read_metadata(data: bytes | memoryview, demand: Demand, *, name: str) -> Facts:
    """The facts of a metadata file: ISO 19115 (19139, 19115-3), its Chinese like, plain XML or JSON.

    Each record is a subject of kind `metadata` with the fields of `words.FIELDS` that it writes (and others by their
    own names), texts as written, the extent as numbers. `crs_code` and `crs_datum` are the reference system and the
    geographic one below it as codes of the register, where the record's words tell them. `describes` is the file or
    layer it speaks of, by name: as the record says, else from the file's own name (`建筑.shp.xml`).

    Raises SourceError for what is neither XML nor JSON, and for a file without any record.
    """
    notes = Notes(demand)
    records = list(metadata_records(bytes(data), name, notes))
    if not records:
        raise SourceError("readers.metadata_empty", name=name)
    datasets = [
        {
            "name": record.fields.get("describes"),
            "format": "metadata",
            "crs": record.fields.get("crs"),
            "height_datum": record.fields.get("height_datum"),
            "date": record.fields.get("metadata_date"),
            "count": 1,
        }
        for record in records
    ]
    return facts_of_records(records, demand, format="metadata", datasets=datasets, notes=notes)


def metadata_records(data: bytes, name: str, notes: Notes) -> Iterator[Record]:
    """The records of a file. Raises SourceError for what is neither XML nor JSON."""
    told = tell_encoding(data, notes, "metadata_encoding")
    text = told.utf8.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        yield from _of_xml(text, name, notes)
        return
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise SourceError("readers.metadata_unreadable", name=name) from problem
    records = json_records(document)
    for number, content in enumerate(records):
        place = f"/{number}" if len(records) > 1 else "/"
        yield _record(named_fields(json_leaves(content)), name, place, notes)


def _of_xml(text: str, name: str, notes: Notes) -> Iterator[Record]:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(_DECLARED.sub("", text, count=1).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise SourceError("readers.metadata_unreadable", name=name) from problem
    if root is None:
        raise SourceError("readers.metadata_unreadable", name=name)
    for error in parser.error_log[:1]:  # what follows the first follows from it
        notes.add("metadata_syntax", found=error.message, line=error.line)
    doctype = root.getroottree().docinfo.internalDTD
    if doctype is not None and "<!ENTITY" in text:
        notes.add("metadata_entity", line=1)
    roots = list(root.iter("{*}MD_Metadata", "{*}MI_Metadata"))
    for each in roots:
        place = root.getroottree().getpath(each)
        own = ((field, value) for field, value in iso_fields(each).items())
        yield _record(own, name, place, notes)
    if not roots:
        yield _record(named_fields(xml_leaves(root)), name, "/", notes)


def _record(fields: Iterable[tuple[str, str | None]], name: str, place: str, notes: Notes) -> Record:
    kept: dict[str, Any] = {}
    for field, text in fields:
        before = kept.get(field)
        if before is None:
            kept[field] = text
        elif text is not None and text != before:
            if field in FIELDS and field not in {"identifier", "category", "contact_details", "quality", "lineage"}:
                notes.add("metadata_conflict", field, found=f"{field}: {before} | {text}", locator=place)
            else:
                kept[field] = f"{before}; {text}"
    if not FIELDS.keys() & kept.keys():
        notes.add("metadata_unknown", locator=place)
    for field in sorted(_NUMBERS & kept.keys()):
        kept[field] = _number(kept[field])
    kept |= _measures(kept)
    code, datum = stated_system(kept["crs"]) if isinstance(kept.get("crs"), str) else (None, None)
    kept |= {field: text for field, text in (("crs_code", code), ("crs_datum", datum)) if text is not None}
    kept["describes"] = described(kept.get("describes"), name)
    title = kept.get("title")
    return Record("metadata", kept.get("identifier") or title, title or kept["describes"], place, kept)


def _number(text: str | None) -> float | str | None:
    """The number that a text spells, else the text: what is no number is another rule's affair."""
    try:
        number = float(text) if text is not None else None
    except ValueError:
        return text
    return text if number is None or not math.isfinite(number) else number


def _measures(fields: Mapping[str, Any]) -> dict[str, float]:
    """Resolution in metres and the scale's denominator as numbers, where they are written so that they can be told."""
    found = {}
    if (size := _SIZE.search(str(fields.get("resolution") or ""))) is not None:
        found["resolution_m"] = float(size[1]) * _METRES[(size[2] or "m").casefold()]
    if (scale := _SCALE.search(str(fields.get("scale") or "").replace(",", ""))) is not None:
        found["scale_denominator"] = float(scale[1]) * (10_000 if scale[2] else 1)
    return found


def described(written: str | None, name: str) -> str:
    """The name of the data, without folder and ending: as written, else from the metadata file's own name."""
    own = name.replace("\\", "/").rpartition("!")[2].rpartition("/")[2]
    meant = (written or "").replace("\\", "/").rstrip("/").rpartition("/")[2] or _ENDINGS.sub("", own) or own
    return _DATA_ENDING.sub("", meant)
