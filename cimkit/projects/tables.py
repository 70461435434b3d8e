"""The facts of a project: its form, and what its sources say of each other, as layers that ordinary rules are asked of.

Layers of the form: project, party, investment, building, deliverable, document. Layers that are made by comparing:
required:<kind> (one row: which items are there), source_statement, building_match, building_value, position, red_line,
model, model_storey, shared_id, discipline, indicator. `docs/projects.md` says what their fields mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from cimkit.facts.columns import Column, IntArray, PropertyColumn, State, Values
from cimkit.facts.demand import Demand
from cimkit.facts.model import DATASETS, DEFECT_ROWS, Facts, Subjects
from cimkit.projects.form import Fault

__all__ = ["FLAG", "NUMBER", "TEXT", "ProjectLayer", "project_facts"]

#: Types of fields, as layers declare them.
TEXT, NUMBER, FLAG = "TEXT", "REAL", "BOOLEAN"
_DEFECTS = {**DEFECT_ROWS, "locator": pl.String}
_DESCRIBED = ("kind", "id", "name", "tag", "type", "storey", "locator")
_FIELD = frozenset({"field"})


@dataclass(frozen=True)
class ProjectLayer:
    """A layer of the facts. fields: name -> type; rows: values, and under `place` where each row stands; shown: what
    findings call its rows, None: nothing but their names."""

    name: str
    fields: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]] = field(default_factory=list)
    key: str | None = None
    shown: str | None = None


def project_facts(layers: Sequence[ProjectLayer], demand: Demand, faults: Iterable[Fault], *, name: str) -> Facts:
    """The facts. name: of the project's form. A row is found where its `place` says.

    The layers have a few rows each, and a province has thousands of projects: columns are made of lists, since asking a
    frame for each costs more than all there is in it. All fields are given, whatever the demand.
    """
    starts = np.cumsum([0, *(len(layer.rows) for layer in layers)])
    sids = [np.arange(start, end, dtype=np.int32) for start, end in pairwise(starts)]
    subjects = Subjects(
        kind=np.repeat(np.arange(len(layers), dtype=np.int32), [len(layer.rows) for layer in layers]),
        kinds=tuple(layer.name for layer in layers),
        row=np.concatenate([np.arange(1, len(layer.rows) + 1, dtype=np.int64) for layer in layers]),
    )
    return Facts(
        format="project",
        demand=demand,
        subjects=subjects,
        describe=_Describe(layers, starts),
        properties=tuple(
            PropertyColumn(layer.name, each, _column([row.get(each) for row in layer.rows], sid, kind), _FIELD)
            for layer, sid in zip(layers, sids, strict=True)
            if layer.rows
            for each, kind in layer.fields.items()
        ),
        datasets=pl.DataFrame([{"name": name, "format": "project"}], schema=DATASETS),
        defect_rows=_defects(faults),
        counts={
            "subjects": int(starts[-1]),
            **{f"kind:{layer.name}": len(layer.rows) for layer in layers if layer.rows},
        },
    )


def _column(values: Sequence[Any], sid: IntArray, kind: str) -> Column:
    """The column of a field, one value a row."""
    texts = [_text(value) for value in values]
    if not any(text is not None for text in texts):
        return Column(sid, None, _nothing(len(texts), kind))
    states = np.array([State.NULL if text is None else State.PRESENT for text in texts], np.uint8)
    if kind == NUMBER:
        numbers = np.array([np.nan if value is None else float(value) for value in values])
    else:
        numbers = np.full(len(values), np.nan)
    return Column(sid, None, Values(pl.Series("", texts, dtype=pl.String), numbers, _kinds(len(texts), kind), states))


@lru_cache(maxsize=256)
def _nothing(count: int, kind: str) -> Values:
    """The values of a field that no row fills: shared, since most items of most projects are not there."""
    nulls = pl.Series("", [None] * count, dtype=pl.String)
    return Values(nulls, np.full(count, np.nan), _kinds(count, kind), np.full(count, State.NULL, np.uint8))


@lru_cache(maxsize=256)
def _kinds(count: int, kind: str) -> pl.Series:
    return pl.Series("", [kind] * count, dtype=pl.String)


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < 1e15 else repr(value)
    return str(value)


def _defects(faults: Iterable[Fault]) -> pl.DataFrame:
    rows = [
        {
            "kind": fault.kind,
            "detail": fault.name,
            "found": fault.found,
            "expected": fault.expected,
            "locator": fault.place,
        }
        for fault in faults
    ]
    return pl.DataFrame(rows, schema=_DEFECTS)


class _Describe:
    """`Facts.describe`: the places of the form or of other sources are the locators."""

    def __init__(self, layers: Sequence[ProjectLayer], starts: Any) -> None:
        self._layers = layers
        self._starts = starts

    def __call__(self, sids: IntArray) -> pl.DataFrame:
        told: list[dict[str, str | None]] = []
        for sid in sids.tolist():
            number = int(np.searchsorted(self._starts, sid, side="right")) - 1
            layer, index = self._layers[number], sid - int(self._starts[number])
            row = layer.rows[index]
            key = row.get(layer.key) if layer.key is not None else None
            place = row.get("place")
            told.append(
                {
                    "kind": layer.shown,
                    "id": str(key) if key is not None else str(index + 1),
                    "name": _text(row.get("name")),
                    "locator": str(place) if place is not None else f"{layer.name}:{index + 1}",
                }
            )
        return pl.DataFrame(told, schema=dict.fromkeys(_DESCRIBED, pl.String))
