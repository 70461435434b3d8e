"""Attributes of city objects as columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import orjson
import polars as pl

from cimkit.facts.columns import Column, PropertyColumn, State, Values

__all__ = ["column_of", "property_columns"]

_TYPES: Mapping[type, str] = {
    str: "STRING",
    bool: "BOOLEAN",
    int: "INTEGER",
    float: "REAL",
    list: "LIST",
    dict: "OBJECT",
}


def property_columns(attributes: Iterable[tuple[int, Mapping[str, Any]]]) -> list[PropertyColumn]:
    """One column an attribute name, in the order of first appearance; sids ascending.

    An object inside an attribute gives a column for each of its members (`height.value`), besides its own raw text.
    """
    rows: dict[str, tuple[list[int], list[Any]]] = {}
    for sid, members in attributes:
        for name, value in _flattened(members):
            if name not in rows:
                rows[name] = ([], [])
            sids, values = rows[name]
            sids.append(sid)
            values.append(value)
    return [
        PropertyColumn("", name, column_of(sids, values), frozenset({"field"})) for name, (sids, values) in rows.items()
    ]


def _flattened(members: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in members.items():
        yield name, value
        if type(value) is dict:
            for inner, member in value.items():
                yield f"{name}.{inner}", member


def column_of(sids: list[int], values: list[Any]) -> Column:
    """A column of JSON values, each distinct one kept once."""
    number: dict[tuple[type, Any], int] = {}
    code = [number.setdefault(_key(value), len(number)) for value in values]
    distinct = [value for _, value in number]
    states = [_state(kind, value) for kind, value in number]
    kept = {State.PRESENT, State.LIST, State.OBJECT}
    texts = [_text(kind, value) if state in kept else None for (kind, value), state in zip(number, states, strict=True)]
    numbers = [
        float(value) if kind in {int, float} else np.nan for (kind, _), value in zip(number, distinct, strict=True)
    ]
    return Column(
        np.asarray(sids, np.int32),
        np.asarray(code, np.int32),
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
