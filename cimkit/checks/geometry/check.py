"""geometry_valid: surfaces and solids are what ISO 19107 means by that. Each fault is a finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import polars as pl

from cimkit.checks.contract import FINDING_ROWS, Context, Outcome, no_rows
from cimkit.checks.geometry.codes import DEFAULT_TOLERANCES, GeometryFault, Tolerances
from cimkit.errors import SourceError
from cimkit.facts.boundaries import Boundaries, SubjectGeometry
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """The boundaries of surfaces and solids."""
    return Demand(geometry=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """code: val3dity's numbers of the faults that are meant, all without it; snap, planarity (m), normals (degrees):
    tolerances, val3dity's by default. Not applicable to subjects without surfaces and solids.

    Whatever rules ask of it, the geometry is judged once. `found` begins with OGC's name and val3dity's number:
    `GE_R_TOO_FEW_POINTS (101)`.
    """
    geometry = context.facts.whole.get("geometry")
    count = len(context.facts)
    if not isinstance(geometry, SubjectGeometry):
        return Outcome(np.zeros(count, bool), lambda _: no_rows(), asked=np.zeros(count, bool))
    tolerances = _tolerances(options)
    found: list[GeometryFault] = context.remember(
        ("geometry_valid", tolerances), lambda: _validated(geometry.boundaries, tolerances)
    )
    codes = {int(code) for code in options.get("code") or ()}
    faults = [fault for fault in found if not codes or fault.code in codes]
    of_fault = geometry.sid[[fault.where.solid for fault in faults]]
    failed = np.zeros(count, bool)
    failed[of_fault[of_fault >= 0]] = True
    asked = np.zeros(count, bool)
    asked[geometry.sid[geometry.sid >= 0]] = True

    def explain(sids: IntArray) -> pl.DataFrame:
        chosen = np.flatnonzero(np.isin(of_fault, sids)).tolist()
        return _rows(geometry, [faults[number] for number in chosen])

    of_none = [fault for fault, sid in zip(faults, of_fault.tolist(), strict=True) if sid < 0]
    return Outcome(failed & selected, explain, asked & selected, _rows(geometry, of_none) if of_none else None)


def _validated(boundaries: Boundaries, tolerances: Tolerances) -> list[GeometryFault]:
    try:
        from cimkit.checks.geometry.validate import validate
    except ImportError as missing:  # shapely comes with the extra `geo`
        raise SourceError("city.geo_missing", package=str(missing.name)) from missing
    return validate(boundaries, tolerances)


def _tolerances(options: Mapping[str, Any]) -> Tolerances:
    default = DEFAULT_TOLERANCES
    return Tolerances(
        snap=float(options.get("snap", default.snap)),
        planarity=float(options.get("planarity", default.planarity)),
        normals=float(options.get("normals", default.normals)),
    )


def _rows(geometry: SubjectGeometry, faults: list[GeometryFault]) -> pl.DataFrame:
    rows = []
    for fault in faults:
        where = fault.where
        sid = int(geometry.sid[where.solid])
        place = geometry.locate(where.solid, where.shell, where.polygon, where.ring)
        point = None if fault.point is None else " ".join(f"{value:.3f}" for value in fault.point)
        values = {
            "code": fault.code,
            "name": fault.name,
            "lod": geometry.lod[where.solid] or None,
            "place": place,
            "point": point,
            "measure": None if fault.measure is None else round(fault.measure, 4),
        }
        reason = f"geometry_{fault.code}"
        rows.append((None if sid < 0 else sid, place, reason, fault.label, None, None, orjson.dumps(values).decode()))
    return pl.DataFrame(rows, schema=FINDING_ROWS, orient="row").sort("sid", maintain_order=True)
