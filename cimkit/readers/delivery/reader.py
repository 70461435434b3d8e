"""A delivery as facts: its subjects are the data sets that it declares, the layers found in it, and those it owes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from msgspec.structs import replace

from cimkit.facts.columns import IntArray, PropertyColumn
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.facts.model import Facts
from cimkit.readers.delivery.changes import Changes, differences
from cimkit.readers.delivery.compared import agreed_row, dataset_row, layer_row
from cimkit.readers.delivery.forms import Form, read_agreement, read_manifest
from cimkit.readers.delivery.found import Found, Unread
from cimkit.readers.delivery.matching import Matching
from cimkit.readers.notes import Notes

__all__ = ["SETS", "read_delivery"]

#: Sets of properties: what a row says itself; of a data set what its file says, what the agreement owes of it and what
#: it replaces; of an agreed layer what was handed over for it.
SETS = ("dataset", "layer", "agreed", "file", "owed", "given", "base")
_NUMBERS = ("count", "accuracy", "at_least", "secrecy_rank", "named", "cover", "apart", "number")
_MANY = 30


def read_delivery(
    manifest: tuple[str, bytes] | None,
    agreement: tuple[str, bytes] | None,
    found: Sequence[Found],
    demand: Demand,
    *,
    name: str,
    unread: Sequence[Unread] = (),
    paths: Sequence[str] = (),
    base: Changes | None = None,
    keys: Changes | None = None,
) -> Facts:
    """The facts of a delivery.

    manifest, agreement: name and content of the two documents, None: there is none. found: what the other sources of
    the run hold; unread: those that could not be read; paths: all files below the delivery. base: what it replaces,
    None: nothing was named; keys: the keys of its own layers, for the comparison.

    Subjects: `dataset` (a row of the manifest), `layer` (one that was found), `agreed` (a row of the agreement). Their
    fields are properties of the set of that name; beside them stand the sets `file` (what the files say of a data
    set), `owed` (what was agreed on it), `base` (what it replaces) and `given` (what answers an agreed layer).

    Raises SourceError when the manifest or the agreement can't be read.
    """
    notes = Notes(replace(demand, kinds=None))
    given = read_manifest(manifest[1], manifest[0], notes) if manifest is not None else None
    owed = read_agreement(agreement[1], agreement[0], notes) if agreement is not None else None
    matching = Matching(given, owed, found, unread, paths)
    rows = {
        "dataset": [dataset_row(matching, number) for number in range(len(matching.declared))],
        "layer": [layer_row(matching, each) for each in found if each.format != "metadata"],  # it speaks of others
        "agreed": [agreed_row(matching, row) for row in matching.owed],
    }
    layers = [_layer(kind, content) for kind, content in rows.items() if content]
    facts = facts_of_layers(layers, _EVERYTHING, format="delivery", name=name, defects=notes.frame())
    return replace(
        facts,
        demand=demand,
        describe=_Describe([(kind, row) for kind, content in rows.items() for row in content]),
        properties=tuple(_in_its_set(column) for column in facts.properties),
        whole={
            **facts.whole,
            "delivery": _told(given, owed, found),
            "inferred": _inferred(rows["layer"]) if given is None else [],
            "base": None if base is None else differences(_own(found, keys, given), base),
        },
    )


def _own(found: Sequence[Found], keys: Changes | None, manifest: Form | None) -> Changes:
    return Changes(found, keys.keys, keys.ended, manifest) if keys is not None else Changes(found, manifest=manifest)


_EVERYTHING = Demand(kinds=None, properties=frozenset({PropertyDemand()}))


def _layer(kind: str, rows: list[dict[str, Any]]) -> Layer:
    names = list(dict.fromkeys(name for row in rows for name in row))
    schema = {name: pl.Float64 if _plain(name) in _NUMBERS else pl.String for name in names}
    frame = pl.DataFrame(rows, schema=schema, infer_schema_length=None, strict=False)
    return Layer(kind, frame, key="id")


def _plain(name: str) -> str:
    return name.rpartition(".")[2]


def _in_its_set(column: PropertyColumn) -> PropertyColumn:
    """`file.crs` of a data set is the property `crs` of the set `file`."""
    of_set, dot, name = column.name.partition(".")
    return column._replace(set_name=of_set, name=name) if dot else column


def _told(given: Form | None, owed: Form | None, found: Sequence[Found]) -> Mapping[str, Any]:
    return {
        "manifest": given.name if given is not None else None,
        "agreement": owed.name if owed is not None else None,
        "single": dict(given.single.values) if given is not None else {},
        "only": bool(owed is not None and owed.single["only"]),
        "found": len(found),
    }


def _inferred(layers: Sequence[Mapping[str, Any]]) -> list[str]:
    """What each found layer was taken for, as the report says it."""
    told = [f"{row['id']} → {row['category'] or '?'}" for row in layers]
    rest = len(told) - _MANY
    return [*told[:_MANY], f"… +{rest}"] if rest > 0 else told


class _Describe:
    """`Facts.describe` of a delivery: where a row is written, or where its file lies."""

    def __init__(self, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        self._rows = [(kind, row["id"], row["name"], row["written"]) for kind, row in rows]

    def __call__(self, sids: IntArray) -> pl.DataFrame:
        told = [self._rows[sid] for sid in sids.tolist()]
        columns = {
            "kind": [each[0] for each in told],
            "id": [each[1] for each in told],
            "name": [each[2] for each in told],
            **dict.fromkeys(("tag", "type", "storey"), [None] * len(told)),
            "locator": [each[3] for each in told],
        }
        return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
