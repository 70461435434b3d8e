"""Records of a reading as the tables of `Facts`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import polars as pl

from cimkit.facts.columns import Column, IntArray, PropertyColumn, State, Values
from cimkit.facts.demand import Demand, NameTest
from cimkit.facts.model import DATASETS, Facts, Links, Subjects
from cimkit.readers.tiles.entities import semantic_value
from cimkit.readers.tiles.records import KINDS, Record
from cimkit.readers.tiles.session import Session
from cimkit.readers.tiles.tileset import Tileset

__all__ = ["RELATIONS", "asks_for_attribute", "build_facts"]

#: Links that this reader fills -> what `sid` is to `target`.
RELATIONS: Mapping[str, str] = {
    "TILEPARENT": "tile -> the tile above it, across external tilesets too",
    "TILECONTENT": "content -> the tile that has it",
    "TILESETPART": "external tileset -> the tile that refers to it; subtree, schema -> its tileset",
}
_RELATION_OF = {"tile": "TILEPARENT", "content": "TILECONTENT"}
_TYPES = {str: "STRING", bool: "BOOLEAN", int: "INTEGER", float: "REAL"}


def build_facts(name: str, demand: Demand, session: Session, tilesets: list[Tileset], defects: pl.DataFrame) -> Facts:
    """The facts of one source. name: the file begun with."""
    rows = session.records.rows
    kind = np.fromiter((KINDS.index(row.kind) for row in rows), np.int32, len(rows))
    subjects = Subjects(kind, KINDS, np.arange(len(rows), dtype=np.int64))
    counts = Counter(row.kind for row in rows)
    return Facts(
        format="3dtiles",
        demand=demand,
        subjects=subjects,
        describe=_describer(rows),
        attributes=_attributes(rows, demand),
        properties=_properties(rows, demand),
        links=_links(rows, demand),
        datasets=_datasets(name, tilesets, session),
        defect_rows=defects,
        whole={"tiles": _whole(tilesets, session)},
        counts={
            **{f"{kind}s": counts[kind] for kind in KINDS},
            **{f"kind:{kind}": counts[kind] for kind in KINDS if counts[kind]},
            **session.counts,
        },
    )


def _column(sids: Sequence[int], values: Sequence[Any]) -> Column:
    """A column with each distinct value once; a list is raw JSON."""
    codes: dict[Any, int] = {}
    keys = [(type(value), orjson.dumps(value) if isinstance(value, list) else value) for value in values]
    code = np.fromiter((codes.setdefault(key, len(codes)) for key in keys), np.int32, len(keys))
    distinct = list(codes)
    texts = [_text(kind, value) for kind, value in distinct]
    numbers = [float(value) if kind in (int, float) else math.nan for kind, value in distinct]
    states = [State.LIST if kind is list else State.EMPTY if value == "" else State.PRESENT for kind, value in distinct]
    return Column(
        np.array(sids, np.int32),
        code,
        Values(
            pl.Series(
                "text",
                [None if state is State.EMPTY else text for text, state in zip(texts, states, strict=True)],
                dtype=pl.String,
            ),
            np.array(numbers, np.float64),
            pl.Series("datatype", [_TYPES.get(kind, "LIST") for kind, _ in distinct], dtype=pl.String),
            np.array(states, np.uint8),
        ),
    )


def _text(kind: type, value: Any) -> str:
    if kind is bool:
        return "true" if value else "false"
    return value.decode() if isinstance(value, bytes) else str(value)


def _attributes(rows: list[Record], demand: Demand) -> dict[str, Column]:
    gathered: dict[str, tuple[list[int], list[Any]]] = {}
    for sid, row in enumerate(rows):
        for name, value in row.values.items():
            if value is not None:
                sids, values = gathered.setdefault(name, ([], []))
                sids.append(sid)
                values.append(value)
    wanted = _wanted(gathered, demand)
    return {name: _column(sids, values) for name, (sids, values) in gathered.items() if name in wanted}


def _wanted(names: Iterable[str], demand: Demand) -> set[str]:
    """Names that some test of the demand is about; with all kinds demanded and no test, all."""
    series = pl.Series("name", list(names), dtype=pl.String)
    found: set[str] = set()
    for test in _tests(demand):
        found.update(series.filter(pl.Series(test(series))).to_list())
    return found


def _tests(demand: Demand) -> list[NameTest]:
    return [*demand.attributes, *(each.name for each in demand.attributes_of)]


def asks_for_attribute(demand: Demand, name: str) -> bool:
    """Whether an attribute is asked for by its name: it is dear, and left out where simply all of them are wanted."""
    names = pl.Series([name, f"not {name}"])
    return any(test(names).tolist() == [True, False] for test in _tests(demand))


def _properties(rows: list[Record], demand: Demand) -> tuple[PropertyColumn, ...]:
    """Metadata values: the class is the set, the property's ID its name."""
    gathered: dict[tuple[str, str], tuple[list[int], list[Any]]] = {}
    for sid, row in enumerate(rows):
        for name, value in (row.entity.values if row.entity else {}).items():
            sids, values = gathered.setdefault((row.entity.class_id if row.entity else "", name), ([], []))
            sids.append(sid)
            values.append(value)
    columns = []
    for (set_name, name), (sids, values) in gathered.items():
        for test in demand.properties:
            set_fits = test.set is None or bool(test.set(pl.Series([set_name]))[0])
            if set_fits and (test.name is None or bool(test.name(pl.Series([name]))[0])):
                columns.append(PropertyColumn(set_name, name, _column(sids, values), frozenset({"field"})))
                break
    return tuple(columns)


def _links(rows: list[Record], demand: Demand) -> dict[str, Links]:
    links = {}
    for relation in RELATIONS:
        if relation not in demand.relations and demand.kinds is not None:
            continue
        pairs = [
            (sid, row.parent)
            for sid, row in enumerate(rows)
            if row.parent is not None and _RELATION_OF.get(row.kind, "TILESETPART") == relation
        ]
        sid, target = (np.array(side, np.int32) for side in (zip(*pairs, strict=True) if pairs else ((), ())))
        links[relation] = Links(sid, target, np.full(len(sid), -1, np.int64))
    return links


def _describer(rows: list[Record]) -> Any:
    def describe(sids: IntArray) -> pl.DataFrame:
        chosen = [rows[sid] for sid in sids.tolist()]
        empty: list[str | None] = [None] * len(chosen)
        return pl.DataFrame(
            {
                "kind": [row.kind for row in chosen],
                "id": [row.key for row in chosen],
                "name": empty,
                "tag": empty,
                "type": [row.values.get("Format") for row in chosen],
                "storey": empty,
                "locator": [row.locator for row in chosen],
            },
            schema=dict.fromkeys(("kind", "id", "name", "tag", "type", "storey", "locator"), pl.String),
        )

    return describe


def _datasets(name: str, tilesets: list[Tileset], session: Session) -> pl.DataFrame:
    """One row a tileset file; without any (a subtree, a content alone), one for the file."""
    rows = []
    for tileset in tilesets:
        record = session.records[tileset.sid]
        region = tileset.root_volume is not None and tileset.root_volume.kind == "region"
        crs = semantic_value(record.entity, "TILESET_CRS_GEOCENTRIC")
        rows.append(
            {
                "name": tileset.label,
                "schema": tileset.version,
                # A region is in EPSG:4979 whatever else is said: geographic, with heights above the ellipsoid.
                "crs": crs if isinstance(crs, str) else "EPSG:4979" if region else None,
                "height_datum": "ellipsoid" if region else None,
                "software": record.values.get("Generator"),
                "count": session.tile_counts[tileset.label],
                "extent": _degrees(tileset) if region else None,
            }
        )
    frame = pl.DataFrame(
        rows or [{"name": name, "count": len(session.records)}], schema={**DATASETS, "extent": pl.String}
    )
    return frame.with_columns(format=pl.lit("3dtiles"))


def _degrees(tileset: Tileset) -> str | None:
    """West, south, east, north of the region of the root."""
    box = _extent(tileset)
    return " ".join(f"{box[side]:.12g}" for side in ("west", "south", "east", "north")) if box is not None else None


def _whole(tilesets: list[Tileset], session: Session) -> dict[str, Any]:
    """What can be said of the source as a whole: version, extent of the first root, extensions, sums."""
    if not tilesets:
        return {}
    first = tilesets[0]
    return {
        "version": first.version,
        "extent": _extent(first),
        "extensions_used": sorted({name for tileset in tilesets for name in tileset.use.used}),
        "extensions_required": sorted({name for tileset in tilesets for name in tileset.use.required}),
        "extensions_found": sorted({name for tileset in tilesets for name in tileset.use.found}),
        "tilesets": len(tilesets),
        "sums": dict(session.counts),
    }


def _extent(tileset: Tileset) -> dict[str, Any] | None:
    """Of the root's volume. region: degrees and metres above the ellipsoid; box and sphere: the tileset's own
    coordinates in metres, the root's transform applied."""
    volume = tileset.root_volume
    if volume is None or not volume.numbers:
        return None
    numbers = np.array(volume.numbers)
    if volume.kind == "region":
        west, south, east, north = np.degrees(numbers[:4]).tolist()
        return {
            "west": west,
            "south": south,
            "east": east,
            "north": north,
            "low": volume.numbers[4],
            "high": volume.numbers[5],
        }
    axes = numbers[3:].reshape(3, 3) if volume.kind == "box" else np.eye(3) * numbers[3]
    centre = numbers[:3]
    with np.errstate(over="ignore", invalid="ignore"):
        if tileset.root_matrix is not None:
            matrix = np.array(tileset.root_matrix)
            centre, axes = matrix[:3, :3] @ centre + matrix[:3, 3], axes @ matrix[:3, :3].T
        half = np.abs(axes).sum(axis=0) if volume.kind == "box" else np.linalg.norm(axes, axis=0)
        return {"least": (centre - half).tolist(), "most": (centre + half).tolist()}
