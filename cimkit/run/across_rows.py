"""What one source contributes to a rule across sources: the subjects that play a role, and what is taken of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from msgspec import Struct, field

from cimkit.facts.columns import IntArray
from cimkit.facts.model import Facts
from cimkit.facts.shapes import GeometryArray
from cimkit.report.model import SUBJECTS
from cimkit.rules.across_model import OF_LAYERS, Across, Measure, Of, Role
from cimkit.run.across_layers import layers_of
from cimkit.run.across_measures import Taken, measured
from cimkit.run.evaluation import Evaluation
from cimkit.sources.formats import IFC_FORMATS

__all__ = ["PEOPLE", "RoleRows", "rows_of_role"]

#: Who the subjects are, as reports name them.
PEOPLE = {name: dtype for name, dtype in SUBJECTS.items() if name != "source"}


class RoleRows(Struct, frozen=True):
    """The subjects of one source that play one role, n rows.

    source  index of the source in the run
    sid     their subjects there
    taken   what the rule takes, by the rule's own name for it
    places  longitude and latitude (CGCS2000) of each, (n, 2), NaN unknown; None: not asked for
    shapes  geometries in the plane, each with the system it is in; None: not asked for, or none
    people  a frame of PEOPLE, one row each
    is_model  whether they are parts of a building model, not features of a layer
    """

    source: int
    sid: IntArray
    people: pl.DataFrame
    taken: Mapping[str, Taken] = field(default_factory=dict)
    places: np.ndarray[tuple[int, int], np.dtype[np.float64]] | None = None
    shapes: GeometryArray | None = None
    systems: tuple[str | None, ...] = ()
    is_model: bool = False

    def __len__(self) -> int:
        return len(self.sid)


def rows_of_role(index: int, evaluation: Evaluation, across: Across, role: Role, name: str = "") -> RoleRows | None:
    """The rows of a role in one source; None where nothing plays it. name: of the source, its path."""
    facts = evaluation.facts
    if role.formats and facts.format not in role.formats:
        return None
    if role.of is Of.LAYERS:
        return _rows_of_layers(index, facts, role, name)
    sid = np.flatnonzero(evaluation.holds(role.where)).astype(np.int32)
    if not len(sid):
        return None
    people = facts.describe(sid).select(pl.col(name).cast(dtype) for name, dtype in PEOPLE.items())
    found = measured(facts, sid, people, across.measures(role))
    taken = {
        name: found.columns[what] if isinstance(what, Measure) else _operand(evaluation, what, sid)
        for name, what in role.take.items()
        if not isinstance(what, Measure) or what in found.columns
    }
    is_model = facts.format in IFC_FORMATS
    return RoleRows(index, sid, people, taken, found.places, found.shapes, found.systems, is_model)


def _rows_of_layers(index: int, facts: Facts, role: Role, name: str) -> RoleRows | None:
    layers = layers_of(facts, name)
    if not layers:
        return None
    columns = {what: [layer.get(what) for layer in layers] for what in OF_LAYERS}
    names = pl.Series(columns[Measure.LAYER], dtype=pl.String)
    told = {"kind": names, "name": names, "locator": names}
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(layers))
    people = pl.DataFrame({each: told.get(each, nothing).cast(dtype) for each, dtype in PEOPLE.items()})
    taken = {key: Taken.of(columns[what]) for key, what in role.take.items() if isinstance(what, Measure)}
    return RoleRows(index, np.arange(len(layers), dtype=np.int32), people, taken)


def _operand(evaluation: Evaluation, operand: object, sid: IntArray) -> Taken:
    answer = evaluation.operand(operand)
    if answer is None:
        return Taken.nothing(len(sid))
    column, has = answer
    there = np.flatnonzero(has[sid])
    rows = np.searchsorted(column.sid, sid[there]).astype(np.int32)
    number = np.full(len(sid), np.nan)
    number[there] = column.values.number[rows]
    text = pl.Series([None], dtype=pl.String).new_from_index(0, len(sid))
    if len(there):
        text = text.scatter(pl.Series(there, dtype=pl.UInt32), column.texts(rows))
    return Taken(text, number)
