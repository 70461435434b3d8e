"""crs: the coordinate reference system that the source names is one that is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import polars as pl

from cimkit.checks.contract import Context, Outcome, no_rows, of_source
from cimkit.checks.places import epsg_code, finding_about, is_registered
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """The georeference."""
    return Demand(georeference=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """aspect: `name` (default, the projected system), `datum` (the geodetic one), `vertical`; `known` asks whether the
    projected system's EPSG code is in the register. `accepted` is tried on the text as written and on
    its bare EPSG code. Not applicable where the source has no reference system at all, or for `known` no code."""
    count = len(context.facts)
    georeference = context.facts.whole.get("georeference") or {}
    system = georeference.get("projected_crs")  # type: ignore[attr-defined]
    if not system:
        return of_source(count, no_rows(), looked=False)
    aspect = str(options.get("aspect") or "name")
    if aspect == "known":
        return _known(count, system)
    field = {"name": "name", "datum": "geodetic_datum", "vertical": "vertical_datum"}[aspect]
    written = str(system.get(field) or "").strip()
    if aspect == "vertical" and not written:  # a compound code names the height system after a plus: EPSG:4529+5737
        height = str(system.get("name") or "").partition("+")[2]
        written = f"EPSG:{height.strip()}" if height.strip().isdigit() else ""
    values = orjson.dumps({"aspect": aspect}).decode()
    if not written:
        return of_source(count, finding_about(system, "crs_missing", values=values))
    accepted = options.get("accepted")
    code = epsg_code(written)
    readings = pl.Series([written] + ([f"EPSG:{code}", str(code)] if code else []), dtype=pl.String)
    if accepted is not None and not accepted.accepts_text(readings).any():
        finding = finding_about(system, "crs_not_accepted", found=written, expected=accepted.describe(), values=values)
        return of_source(count, finding)
    return of_source(count, no_rows())


def _known(count: int, system: Mapping[str, Any]) -> Outcome:
    written = str(system.get("name") or "")
    code = epsg_code(written)
    if code is None:
        return of_source(count, no_rows(), looked=False)
    if is_registered(code):
        return of_source(count, no_rows())
    values = orjson.dumps({"aspect": "known"}).decode()
    return of_source(count, finding_about(system, "crs_unknown", found=written, values=values))
