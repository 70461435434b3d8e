"""An update beside what it replaces: structure, systems, keys, secrecy, dates.

What an update must keep: structure, class and accuracy equal to the stored data, metadata updated together, secrecy not
lowered, ended features kept with their end (GB/T 45668-2025, 6.4.4).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from cimkit.facts.names import fold_layer_name
from cimkit.readers.delivery.forms import Form, Row
from cimkit.readers.delivery.found import Found, normal_path, stem
from cimkit.readers.delivery.values import secrecy_rank

if TYPE_CHECKING:
    from polars.datatypes import DataTypeClass

__all__ = ["BASE_ROWS", "Changes", "KeysOf", "differences"]

#: One row a difference. aspect: a closed word, see `differences`.
BASE_ROWS: dict[str, pl.DataType | DataTypeClass] = {
    "aspect": pl.String,
    "path": pl.String,
    "layer": pl.String,
    "detail": pl.String,  # field or key that it is about
    "found": pl.String,
    "expected": pl.String,
    "count": pl.Int64,  # how many of them
}
#: Keys shown of each layer that lost some.
_SHOWN = 10

#: (path, layer) -> the keys of its features; None: it has no known key, or nobody looked.
KeysOf = Mapping[tuple[str, str], Collection[str] | None]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is known of one side. keys: of its layers; ended: keys whose feature says that it ended; manifest: what it
    says of its data sets, None where it has none."""

    found: Sequence[Found]
    keys: KeysOf = field(default_factory=dict)
    ended: Mapping[tuple[str, str], Collection[str]] = field(default_factory=dict)
    manifest: Form | None = None


def differences(new: Changes, old: Changes) -> pl.DataFrame:
    """What differs between an update and its base, aspect by aspect:

    missing    a layer of the base is not there
    added      a layer that the base has not
    structure  a field lost, added or of another type
    crs, height_datum, geometry   declared otherwise than in the base
    ended      features of the base that are gone without an end in the update
    secrecy    marked lower than in the base, or no longer marked
    level, category, accuracy   stated otherwise than in the base (accuracy: coarser)
    date       dated before the base
    """
    rows: list[dict[str, object]] = []
    counterpart = _counterparts(new.found, old.found)
    for before in old.found:
        after = counterpart(before)
        if after is None:
            rows.append(_row("missing", before))
            continue
        rows += _structure(before, after)
        for aspect, one, other in (
            ("crs", before.crs, after.crs),
            ("height_datum", before.height_datum, after.height_datum),
            ("geometry", before.geometry_type, after.geometry_type),
        ):
            if one is not None and one != other:
                rows.append(_row(aspect, after, found=other, expected=one))
        gone = _gone(old.keys.get((before.path, before.layer)), new, after)
        if gone:
            rows.append(_row("ended", after, found=", ".join(gone[:_SHOWN]), count=len(gone)))
    rows += _declared(new.manifest, old.manifest)
    replaced = {id(counterpart(before)) for before in old.found}
    rows += [_row("added", after) for after in new.found if id(after) not in replaced]
    return pl.DataFrame(rows, schema=BASE_ROWS)


def _row(aspect: str, about: Found, **more: object) -> dict[str, object]:
    return {"aspect": aspect, "path": about.path, "layer": about.layer, **more}


def _structure(before: Found, after: Found) -> list[dict[str, object]]:
    if before.fields is None or after.fields is None:
        return []
    now = {fold_layer_name(name): (name, kind) for name, kind in after.fields.items()}
    then = {fold_layer_name(name): (name, kind) for name, kind in before.fields.items()}
    rows = [
        _row("structure", after, detail=name, expected=kind) for key, (name, kind) in then.items() if key not in now
    ]
    rows += [_row("structure", after, detail=name, found=kind) for key, (name, kind) in now.items() if key not in then]
    return rows + [
        _row("structure", after, detail=now[key][0], found=now[key][1], expected=kind)
        for key, (_, kind) in then.items()
        if key in now and now[key][1] != kind and now[key][1] and kind
    ]


def _gone(before: Collection[str] | None, new: Changes, after: Found) -> list[str]:
    place = after.path, after.layer
    now = new.keys.get(place)
    if before is None or now is None:
        return []
    return sorted(set(before) - set(now) - set(new.ended.get(place, ())))


def _counterparts(new: Sequence[Found], old: Sequence[Found]) -> Callable[[Found], Found | None]:
    """The layer of the update that replaces one of the base: same path and layer, else the same layer name, else, for
    files with one layer, the same file name."""
    exact = {(each.path, fold_layer_name(each.layer)): each for each in new}
    names: dict[str, list[Found]] = {}
    for each in new:
        for word in {fold_layer_name(each.layer), *([fold_layer_name(stem(each.path))] if each.alone else [])}:
            names.setdefault(word, []).append(each)
    alone = len(new) == 1 and len(old) == 1

    def counterpart(before: Found) -> Found | None:
        found = exact.get((before.path, fold_layer_name(before.layer)))
        if found is not None:
            return found
        for word in (before.layer, stem(before.path) if before.alone else ""):
            same = names.get(fold_layer_name(word), []) if word else []
            if len(same) == 1:
                return same[0]
        return new[0] if alone else None

    return counterpart


def _declared(new: Form | None, old: Form | None) -> list[dict[str, object]]:
    """What the two manifests say of the same data set."""
    if new is None or old is None:
        return []
    before = {_identity(row): row for row in old.rows}
    pairs = [(before[_identity(row)], row) for row in new.rows if _identity(row) in before]
    return [
        {
            "aspect": aspect,
            "path": after["path"],
            "layer": after["layer"],
            "found": _shown(after[aspect]),
            "expected": _shown(then[aspect]),
        }
        for then, after in pairs
        for aspect, is_worse in _WORSE.items()
        if then[aspect] is not None and is_worse(after[aspect], then[aspect])
    ]


def _identity(row: Row) -> tuple[str, str]:
    """A data set goes by its name where it has one: an update may lie elsewhere."""
    if row["name"]:
        return fold_layer_name(row["name"]), ""
    return normal_path(row["path"] or row.place), fold_layer_name(row["layer"] or "")


def _shown(value: object) -> str | None:
    return None if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _rank(word: str) -> int:
    rank = secrecy_rank(word)
    return -1 if rank is None else rank


#: Of each field: whether what an update says is worse than what it replaces said.
_WORSE: Mapping[str, Callable[[Any, Any], bool]] = {
    "secrecy": lambda now, then: now is None or _rank(now) < _rank(then),
    "level": lambda now, then: now is not None and now != then,
    "category": lambda now, then: now is not None and now != then,
    "accuracy": lambda now, then: now is not None and now > then,
    "date": lambda now, then: now is not None and now < then[: len(now)],
}
