"""Attribute facet: an attribute of the schema has a value, or an allowed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cimkit.checks.contract import finding_rows
from cimkit.facts.columns import BoolArray, Column, IntArray, State
from cimkit.rules.conditions import Attribute, Cardinality

if TYPE_CHECKING:
    from cimkit.run.evaluation import Evaluation

__all__ = ["columns", "explain", "holds"]


def columns(facet: Attribute, evaluation: Evaluation) -> list[Column]:
    """The attribute columns that the facet's name means."""
    return [column for _, column in _named_columns(facet, evaluation)]


def _named_columns(facet: Attribute, evaluation: Evaluation) -> list[tuple[str, Column]]:
    attributes = evaluation.facts.attributes
    exact = facet.name.exact_texts()
    if exact is not None:
        return [(name, attributes[name]) for name in sorted(exact) if name in attributes]
    names = pl.Series(list(attributes), dtype=pl.String)
    return [(name, attributes[name]) for name in names.filter(facet.name.accepts_text(names))]


def _has_value(column: Column) -> BoolArray:
    """Rows that hold something: a value, a reference, a filled list. An unknown logical is nothing."""
    states = column.row_states()
    filled: BoolArray = (states == State.PRESENT) | (states == State.OBJECT) | (states == State.LIST)
    return filled


def holds(facet: Attribute, evaluation: Evaluation) -> BoolArray:
    """Which subjects meet the facet (n). Where a pattern names several attributes, one that holds is enough.

    An optional attribute may be null, not empty; a prohibited one without a value may only be null.
    """
    count = len(evaluation.facts)
    written = np.zeros(count, bool)  # more than null
    good = np.zeros(count, bool)
    for column in columns(facet, evaluation):
        written[column.sid[column.row_states() != State.NULL]] = True
        good[column.sid[_good(facet, column)]] = True
    match facet.cardinality:
        case Cardinality.REQUIRED:
            return good
        case Cardinality.OPTIONAL:
            return ~written | good
        case Cardinality.PROHIBITED:
            return ~(written if facet.value is None else good)


def _good(facet: Attribute, column: Column) -> BoolArray:
    """Rows that hold what is asked."""
    if facet.value is None:
        return _has_value(column)
    allowed: BoolArray = np.asarray(column.spread(facet.value.accepts(column.values)), bool)
    return allowed


def explain(facet: Attribute, evaluation: Evaluation, sids: IntArray) -> pl.DataFrame:
    """Not in the schema, missing, empty or wrong."""
    there = np.zeros(len(evaluation.facts), bool)
    found = np.full(len(evaluation.facts), None, dtype=object)
    filled = np.zeros(len(evaluation.facts), bool)
    for name, column in _named_columns(facet, evaluation):
        there[column.sid] = True
        has, good = _has_value(column), _good(facet, column)
        show = np.flatnonzero(has & (good if facet.cardinality is Cardinality.PROHIBITED else ~good))
        show = show[np.isin(column.sid[show], sids)]
        texts = [text if text is not None else f"({name})" for text in column.texts(show.astype(np.int32))]
        for sid, text in zip(column.sid[show], texts, strict=True):
            found[sid] = text if found[sid] is None else f"{found[sid]} | {text}"
        filled[column.sid[has]] = True
    if facet.cardinality is Cardinality.PROHIBITED:
        reasons = np.full(len(sids), "attribute_prohibited", dtype=object)
    else:
        reasons = np.where(
            filled[sids],
            "attribute_wrong_value",
            np.where(there[sids], "attribute_missing", "attribute_not_in_schema"),
        ).astype(object)
    name = facet.name.describe()
    expected = facet.value.describe() if facet.value is not None else None
    return finding_rows(
        sids,
        pl.Series(reasons.tolist(), dtype=pl.String),
        found=pl.Series(found[sids].tolist(), dtype=pl.String),
        expected=expected,
        values=_json(name=name),
    )


def _json(**values: str) -> str:
    import orjson

    return orjson.dumps(values).decode()
