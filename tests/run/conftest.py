"""Facts written by hand, a row at a time: what the engine is tried on without any reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from cimkit.facts.columns import Column, IntArray, PropertyColumn, Role, State, Values
from cimkit.facts.demand import Demand
from cimkit.facts.ifc_schema import ifc_schema
from cimkit.facts.model import CLASSIFICATIONS, DEFECT_ROWS, GROUPS, MATERIALS, Facts, Links, Subjects

Row = tuple[Any, ...]


def values_of(cells: Sequence[Any]) -> Values:
    """None is null, '' empty, a (datatype, value) pair typed; numbers are reals."""
    texts, numbers, types, states = [], [], [], []
    for cell in cells:
        datatype, value = cell if isinstance(cell, tuple) else (None, cell)
        state = State.NULL if value is None else State.EMPTY if value == "" else State.PRESENT
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else np.nan
        written = str(value).lower() if isinstance(value, bool) else str(value)
        texts.append(written if state is State.PRESENT else None)
        numbers.append(number)
        default = "IFCBOOLEAN" if isinstance(value, bool) else "IFCLABEL" if np.isnan(number) else "IFCREAL"
        types.append(datatype or default)
        states.append(state)
    return Values(
        pl.Series(texts, dtype=pl.String),
        np.array(numbers),
        pl.Series(types, dtype=pl.String),
        np.array(states, np.uint8),
    )


def column(rows: Sequence[Row]) -> Column:
    """Rows (sid, cell) or (sid, cell, owner, role)."""
    full = bool(rows) and len(rows[0]) == 4
    return Column(
        sid=np.array([row[0] for row in rows], np.int32),
        code=None,
        values=values_of([row[1] for row in rows]),
        owner=np.array([row[2] for row in rows], np.int32) if full else None,
        role=np.array([row[3] for row in rows], np.uint8) if full else None,
    )


def facts_of(
    kinds: Sequence[str],
    *,
    attributes: Mapping[str, Sequence[Row]] | None = None,
    properties: Mapping[tuple[str, str], Sequence[Row]] | None = None,
    empty_sets: Sequence[tuple[int, str]] = (),
    predefined: Sequence[Row] = (),
    phases: Sequence[Row] = (),
    links: Mapping[str, Sequence[tuple[int, int]]] | None = None,
    classifications: Sequence[tuple[int, str, str, bool]] = (),
    materials: Sequence[tuple[int, str, str | None]] = (),
    defects: Sequence[Mapping[str, Any]] = (),
    whole: Mapping[str, Any] | None = None,
    counts: Mapping[str, int] | None = None,
    schema: str = "IFC4",
) -> Facts:
    """One source. Kinds are upper case, in the order of their sids; STEP ids are sid + 100."""
    distinct = tuple(dict.fromkeys(kinds))
    sets = {(row[0], name) for (name, _), rows in (properties or {}).items() for row in rows} | {
        (sid, name) for sid, name in empty_sets
    }
    groups = [(sid, number, name, 0, False) for number, (sid, name) in enumerate(sorted(sets))]

    def describe(sids: IntArray) -> pl.DataFrame:
        names = dict((attributes or {}).get("Name", ()))
        return pl.DataFrame(
            {
                "kind": [kinds[sid] for sid in sids],
                "id": [f"guid-{sid}" for sid in sids],
                "name": [names.get(int(sid)) for sid in sids],
                "tag": None,
                "type": None,
                "storey": None,
                "locator": [f"#{sid + 100}" for sid in sids],
            },
            schema_overrides=dict.fromkeys(("name", "tag", "type", "storey"), pl.String),
        )

    return Facts(
        format="ifc",
        demand=Demand(),
        subjects=Subjects(
            kind=np.array([distinct.index(kind) for kind in kinds], np.int32),
            kinds=distinct,
            row=np.arange(100, 100 + len(kinds), dtype=np.int64),
        ),
        describe=describe,
        schema=ifc_schema(schema),
        attributes={name: column(rows) for name, rows in (attributes or {}).items()},
        properties=tuple(PropertyColumn(name[0], name[1], column(rows)) for name, rows in (properties or {}).items()),
        predefined_types=column(predefined),
        phases=column(phases) if phases else None,
        links={
            name: Links(
                np.array([pair[0] for pair in pairs], np.int32),
                np.array([pair[1] for pair in pairs], np.int32),
                np.zeros(len(pairs), np.int64),
            )
            for name, pairs in (links or {}).items()
        },
        groups=pl.DataFrame(groups, schema=GROUPS, orient="row"),
        classifications=pl.DataFrame(
            [(sid, system, code, None, 0, inherited, sid) for sid, system, code, inherited in classifications],
            schema=CLASSIFICATIONS,
            orient="row",
        ),
        materials=pl.DataFrame(
            [(sid, "material", name, category, 0) for sid, name, category in materials], schema=MATERIALS, orient="row"
        ),
        defect_rows=pl.DataFrame(list(defects), schema=DEFECT_ROWS),
        whole=whole or {},
        counts=counts or {},
    )


@pytest.fixture
def roles() -> type[Role]:
    """The roles of rows within one property."""
    return Role
