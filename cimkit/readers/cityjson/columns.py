"""Attributes of city objects as columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import polars as pl

from cimkit.facts.columns import Column, PropertyColumn, State, Values
from cimkit.facts.demand import PropertyDemand

__all__ = ["column_of", "property_columns"]

#: Types whose values are equal only to what reads the same.
_PLAIN = frozenset({str, int, bool})
_TYPES: Mapping[type, str] = {
    str: "STRING",
    bool: "BOOLEAN",
    int: "INTEGER",
    float: "REAL",
    list: "LIST",
    dict: "OBJECT",
}


def property_columns(
    attributes: Iterable[tuple[int, Mapping[str, Any]]], wanted: frozenset[PropertyDemand]
) -> list[PropertyColumn]:
    """One column an attribute name that is wanted, in the order of first appearance; sids ascending.

    An object inside an attribute gives a column for each of its members (`height.value`), besides its own raw text.
    """
    if not wanted:
        return []
    rows: dict[str, tuple[list[int], list[Any]]] = {}
    for sid, members in attributes:
        for name, value in members.items():
            _add(rows, name, sid, value)
            if type(value) is dict:
                for inner, member in value.items():
                    _add(rows, f"{name}.{inner}", sid, member)
    names = pl.Series(list(rows), dtype=pl.String)
    kept = np.zeros(len(names), bool)
    for test in wanted:
        if test.set is None or test.set(pl.Series([""])).all():
            kept |= np.ones(len(names), bool) if test.name is None else test.name(names)
    return [
        PropertyColumn("", name, column_of(*rows[name]), frozenset({"field"})) for name in names.filter(pl.Series(kept))
    ]


def _add(rows: dict[str, tuple[list[int], list[Any]]], name: str, sid: int, value: Any) -> None:
    row = rows.get(name)
    if row is None:
        row = rows[name] = ([], [])
    row[0].append(sid)
    row[1].append(value)


def column_of(sids: list[int], values: list[Any]) -> Column:
    """A column of JSON values, each distinct one kept once."""
    kinds = set(map(type, values))
    if len(kinds) == 1 and (kind := kinds.pop()) in _PLAIN:
        code, number = _numbered(values)
        return _column(sids, code, [(kind, value) for value in number])
    keys = list(map(_key, values))
    code, distinct = _numbered(keys)
    return _column(sids, code, distinct)


def _numbered(values: list[Any]) -> tuple[npt.NDArray[np.int32], list[Any]]:
    """The number of each value among the distinct ones, and those."""
    distinct = list(dict.fromkeys(values))
    number = dict(zip(distinct, range(len(distinct)), strict=True))
    return np.fromiter(map(number.__getitem__, values), np.int32, len(values)), distinct


def _column(sids: list[int], code: npt.NDArray[np.int32], number: list[tuple[type, Any]]) -> Column:
    distinct = [value for _, value in number]
    states = [_state(kind, value) for kind, value in number]
    kept = {State.PRESENT, State.LIST, State.OBJECT}
    texts = [_text(kind, value) if state in kept else None for (kind, value), state in zip(number, states, strict=True)]
    numbers = [
        float(value) if kind in {int, float} else np.nan for (kind, _), value in zip(number, distinct, strict=True)
    ]
    return Column(
        np.asarray(sids, np.int32),
        code,
        Values(
            pl.Series(texts, dtype=pl.String),
            np.asarray(numbers, np.float64),
            pl.Series([_TYPES.get(kind) for kind, _ in number], dtype=pl.String),
            np.asarray(states, np.uint8),
        ),
    )


def _key(value: Any) -> tuple[type, Any]:
    kind = type(value)
    if kind is list or kind is dict:
        return kind, orjson.dumps(value)
    return kind, value


def _state(kind: type, value: Any) -> State:
    if value is None:
        return State.NULL
    if kind is str:
        return State.PRESENT if value else State.EMPTY
    if kind is list:
        return State.EMPTY if value == b"[]" else State.LIST
    if kind is dict:
        return State.EMPTY if value == b"{}" else State.OBJECT
    return State.PRESENT


def _text(kind: type, value: Any) -> str:
    if kind is bool:
        return "true" if value else "false"
    if kind is list or kind is dict:
        return bytes(value).decode()
    return str(value)
