"""Attribute facet: an attribute of the schema has a value, or an allowed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import orjson
import polars as pl

from cimkit.checks.contract import finding_rows
from cimkit.facts.columns import BoolArray, Column, IntArray, State
from cimkit.rules.conditions import Attribute, Cardinality
from cimkit.run.facets.shown import shown_texts

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
        good[column.sid[_good(facet, column)]] = True
        if facet.cardinality is not Cardinality.REQUIRED:
            written[column.sid[column.row_states() != State.NULL]] = True
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
    return column.spread(facet.value.accepts(column.values))


def explain(facet: Attribute, evaluation: Evaluation, sids: IntArray) -> pl.DataFrame:
    """Not in the schema, missing, empty or wrong."""
    prohibited = facet.cardinality is Cardinality.PROHIBITED
    place = np.full(len(evaluation.facts), -1, np.int32)
    place[sids] = np.arange(len(sids), dtype=np.int32)
    found: list[str | None] = [None] * len(sids)
    there, filled = np.zeros(len(sids), bool), np.zeros(len(sids), bool)
    for name, column in _named_columns(facet, evaluation):
        places = place[column.sid]
        meant = places >= 0
        has = meant & _has_value(column)
        there[places[meant]] = True
        filled[places[has]] = True
        rows = np.flatnonzero(has & (_good(facet, column) == prohibited)).astype(np.int32)
        for at, text in zip(places[rows].tolist(), shown_texts(column, rows).to_list(), strict=True):
            shown = f"({name})" if text is None else text
            found[at] = shown if found[at] is None else f"{found[at]} | {shown}"
    if prohibited:
        reasons = np.full(len(sids), "attribute_prohibited")
    else:
        absent = np.where(there, "attribute_missing", "attribute_not_in_schema")
        reasons = np.where(filled, "attribute_wrong_value", absent)
    return finding_rows(
        sids,
        reasons.tolist(),
        found=found,
        expected=facet.value.describe() if facet.value is not None else None,
        values=orjson.dumps({"name": facet.name.describe()}).decode(),
    )
