"""The facts of a project: its form, and what its sources say of each other, as layers that ordinary rules are asked of.

Layers of the form: project, party, investment, building, deliverable, document. Layers that are made by comparing:
required:<kind> (one row: which items are there), source_statement, building_match, building_value, position, red_line,
model, model_storey, shared_id, discipline, indicator. `docs/projects.md` says what their fields mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from cimkit.facts.columns import IntArray
from cimkit.facts.demand import Demand
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.facts.model import DEFECT_ROWS, Facts
from cimkit.projects.form import Fault

__all__ = ["FLAG", "NUMBER", "TEXT", "ProjectLayer", "project_facts"]

TEXT, NUMBER, FLAG = pl.String, pl.Float64, pl.Boolean
_TYPES = {TEXT: "TEXT", NUMBER: "REAL", FLAG: "BOOLEAN"}
_DEFECTS = {**DEFECT_ROWS, "locator": pl.String}


@dataclass(frozen=True)
class ProjectLayer:
    """A layer of the facts. fields: name -> type; rows: values, and under `place` where each row stands; shown: what
    findings call its rows, None: nothing but their names."""

    name: str
    fields: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]] = field(default_factory=list)
    key: str | None = None
    shown: str | None = None

    def layer(self) -> Layer:
        """The layer that rules see."""
        columns = {
            name: pl.Series(name, [row.get(name) for row in self.rows], dtype=dtype)
            for name, dtype in self.fields.items()
        }
        types = {name: _TYPES[dtype] for name, dtype in self.fields.items()}
        return Layer(self.name, pl.DataFrame(columns), types=types, key=self.key)


def project_facts(layers: Sequence[ProjectLayer], demand: Demand, faults: Iterable[Fault], *, name: str) -> Facts:
    """The facts. name: of the project's form. A row is found where its `place` says."""
    facts = facts_of_layers(
        [each.layer() for each in layers], demand, format="project", name=name, defects=_defects(faults)
    )
    places = {each.name: [row.get("place") for row in each.rows] for each in layers}
    return replace(facts, describe=_Places(facts, places, {each.name: each.shown for each in layers}))


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


class _Places:
    """`Facts.describe`, with the places of the form or of other sources for locators."""

    def __init__(self, facts: Facts, places: Mapping[str, Sequence[Any]], shown: Mapping[str, str | None]) -> None:
        self._shown = shown
        self._describe = facts.describe
        self._subjects = facts.subjects
        self._places = places

    def __call__(self, sids: IntArray) -> pl.DataFrame:
        described = self._describe(sids)
        kinds = [self._subjects.kinds[kind] for kind in self._subjects.kind[sids]]
        rows = self._subjects.row[sids].tolist()
        located = [
            str(place) if (place := self._places[kind][row - 1]) is not None else locator
            for kind, row, locator in zip(kinds, rows, described["locator"], strict=True)
        ]
        kind = pl.Series([self._shown[kind] for kind in kinds], dtype=pl.String)
        return described.with_columns(kind=kind, locator=pl.Series(located, dtype=pl.String))
