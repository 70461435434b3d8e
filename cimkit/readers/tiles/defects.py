"""What the reader of 3D Tiles can stumble on, and how it is written down while reading.

Sources: OGC 18-053r2 (3D Tiles 1.0), OGC 22-025r4 (3D Tiles 1.1) with the JSON Schemas published beside them, glTF 2.0
(ISO/IEC 12113), the 3D Tiles Archive Format 1.3. The reader records; whether a defect matters is for rules to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl

from cimkit.facts.model import DEFECT_ROWS
from cimkit.readers.tiles.details import DETAILS

__all__ = ["ADVICE", "DEFECTS", "GEOMETRY_DEFECTS", "TILES_DEFECT_ROWS", "Ledger", "Place"]

#: Every kind of defect the reader records -> what it means.
DEFECTS: Mapping[str, str] = {
    "tiles_json": "a file or section is no JSON as 3D Tiles wants it: syntax, UTF-8 without mark, unique names",
    "tiles_type": "a JSON value, or an element of an array, is of another type than the specification says",
    "tiles_missing": "a property is not there that is required, by itself or because of another one",
    "tiles_length": "an array, a string or an object has fewer or more members than allowed",
    "tiles_value": "a value is outside its range, its list, its pattern, or excludes another that is there",
    "tiles_identifier": "a name or an index refers to something that is not there",
    "tiles_version": "the version is none of those published",
    "tiles_extension": "an extension is used without being declared, or declared in one list and not in the other",
    "tiles_bounding_volume": "the numbers of a bounding volume describe none, or content lies outside its tile",
    "tiles_refine": "the refinement is none of ADD and REPLACE, or the root has none",
    "tiles_transform": "the matrix is not affine or can't be inverted",
    "tiles_tree": "tilesets refer to one another in a circle, or a tile with an external tileset has children",
    "tiles_implicit": "the root of an implicit tiling has what it must not have, or its templates are wrong",
    "tiles_subtree": "the availability in a subtree contradicts itself, its tiling or its length",
    "tiles_buffer": "a buffer or buffer view does not fit what it is part of, or is not aligned",
    "tiles_class": "the definition of a metadata class, property or enumeration contradicts itself",
    "tiles_semantic": "a property has a semantic whose type, component type or array form it does not have",
    "tiles_metadata_value": "a metadata value breaks what its class says of it",
    "tiles_property_table": "a property table does not fit its class, its buffers or the number of its rows",
    "tiles_file": "a file that is referred to is not there, or can't be unpacked",
    "tiles_binary": "a binary header is wrong: magic, version, lengths, alignment, padding",
    "tiles_content": "a tile's content is in no known format, or its tables contradict themselves",
    "tiles_gltf": "a glTF asset breaks the glTF 2.0 specification",
    "tiles_package": "a 3TZ archive or 3D Tiles package lacks its tileset or its index, or the index is wrong",
    "tiles_error_grows": "a tile has a greater geometric error than its parent",
    "tiles_outside_parent": "a tile's bounding volume is not inside that of its parent",
    "tiles_practice": "allowed, but useless or unwise: declared and not used, objects without use, odd extras",
    "tiles_not_read": "something not looked at: on the network, outside the folder, too large, of an unknown form",
    "tiles_orphan": "a file beside the tileset that nothing refers to",
}

#: Kinds that need the vertices of every content: looked for only when a demand names them, or asks for geometry.
GEOMETRY_DEFECTS: Mapping[str, str] = {
    "tiles_vertices_outside": "vertices or points of a content lie outside the volume that must hold them",
}

#: Kinds that no `must` of a specification stands behind: a tileset is valid with them.
ADVICE = frozenset({"tiles_error_grows", "tiles_outside_parent", "tiles_practice", "tiles_not_read", "tiles_orphan"})

#: The columns of the defects' frame: those of every reader, and where each defect is.
TILES_DEFECT_ROWS = {
    **DEFECT_ROWS,
    "locator": pl.String,  # `file#/json/pointer`, `file@byte`, or the file alone
}

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a JSON document: `file#pointer` (RFC 6901)."""

    file: str
    pointer: str = ""

    def at(self, *steps: str | int) -> Place:
        """The place some steps further down."""
        pointer = self.pointer
        for step in steps:
            text = str(step)
            if "~" in text or "/" in text:
                text = text.replace("~", "~0").replace("/", "~1")
            pointer = f"{pointer}/{text}"
        return Place(self.file, pointer)

    def __str__(self) -> str:
        return f"{self.file}#{self.pointer}" if self.pointer else self.file


class Ledger:
    """The defects found so far, in the order found. `sid` is the subject being read."""

    def __init__(self) -> None:
        self.sid: int | None = None
        self._rows: list[tuple[str, int | None, str, str | None, str | None, str]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, kind: str, detail: str, where: Place | str, found: Any = None, expected: Any = None) -> None:
        """Write one down. kind, detail: of `DETAILS`; where: place, or `file@byte`."""
        if detail not in DETAILS[kind]:
            raise KeyError(kind, detail)
        self._rows.append((kind, self.sid, detail, _shown(found), _shown(expected), str(where)))

    def frame(self, wanted: frozenset[str] | None) -> pl.DataFrame:
        """All of them as a frame of TILES_DEFECT_ROWS. wanted: kinds to keep; None: all."""
        rows = [row for row in self._rows if wanted is None or row[0] in wanted]
        kind, sid, detail, found, expected, locator = zip(*rows, strict=True) if rows else ((),) * 6
        frame = pl.DataFrame(
            {"kind": kind, "sid": sid, "detail": detail, "found": found, "expected": expected, "locator": locator},
            schema_overrides=TILES_DEFECT_ROWS,
        )
        absent = [pl.lit(None, dtype).alias(name) for name, dtype in TILES_DEFECT_ROWS.items() if name not in frame]
        return frame.with_columns(absent).select(list(TILES_DEFECT_ROWS))


def _shown(value: Any) -> str | None:
    """A value as a person reads it: JSON, shortened to what a sentence can hold."""
    if value is None:
        return None
    if isinstance(value, str):
        text = value
    else:
        try:
            text = orjson.dumps(value).decode()
        except (TypeError, orjson.JSONEncodeError):
            text = type(value).__name__  # nested too deep, or no JSON
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
