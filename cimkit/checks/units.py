"""units: the project declares a kind of unit, or its units are worth what their names say.

Names and factors: documentation of IfcConversionBasedUnit (IFC4 ADD2 TC1), international yard and pound of 1959; a
factor may be rounded to four significant digits, as some exporters do (0.01745 for a degree).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import orjson
import polars as pl

from cimkit.checks.contract import Context, Outcome, no_rows, of_source, whole_finding
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]

#: What a unit of this kind and (folded) name is worth in SI units.
_FACTORS: Mapping[tuple[str, str], float] = {
    ("LENGTHUNIT", "inch"): 0.0254,
    ("LENGTHUNIT", "foot"): 0.3048,
    ("LENGTHUNIT", "us survey foot"): 1200 / 3937,
    ("LENGTHUNIT", "yard"): 0.9144,
    ("LENGTHUNIT", "mile"): 1609.344,
    ("AREAUNIT", "square inch"): 0.0254**2,
    ("AREAUNIT", "square foot"): 0.3048**2,
    ("AREAUNIT", "square yard"): 0.9144**2,
    ("AREAUNIT", "acre"): 4046.8564224,
    ("VOLUMEUNIT", "cubic inch"): 0.0254**3,
    ("VOLUMEUNIT", "cubic foot"): 0.3048**3,
    ("VOLUMEUNIT", "cubic yard"): 0.9144**3,
    ("VOLUMEUNIT", "litre"): 0.001,
    ("PLANEANGLEUNIT", "degree"): math.pi / 180,
    ("MASSUNIT", "pound"): 0.45359237,
}
_ROUNDING = 5e-4  # of the factor: what four significant digits leave out at most


def demand(options: Mapping[str, Any]) -> Demand:
    """Nothing: the reader gives the project's units."""
    return Demand()


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """declared: a kind (`LENGTHUNIT`) that must be there; factors: every known name has its factor. Not applicable
    where the source declares no unit at all."""
    count = len(selected)
    units = context.facts.whole.get("units")
    if not isinstance(units, Mapping) or not units:
        return of_source(count, no_rows(), looked=False)
    findings = []
    kind = options.get("declared")
    if kind and kind not in units:
        findings.append(whole_finding("unit_not_declared", expected=kind, values=orjson.dumps({"unit": kind}).decode()))
    if options.get("factors"):
        findings += [finding for kind, unit in units.items() if (finding := _wrong_factor(kind, unit)) is not None]
    return of_source(count, pl.concat(findings) if findings else no_rows())


def _wrong_factor(kind: str, unit: Mapping[str, Any]) -> pl.DataFrame | None:
    name = str(unit.get("name") or "").strip().lower()
    known = _FACTORS.get((kind, name))
    scale = float(unit.get("scale") or 0.0)
    if known is None or abs(scale - known) <= _ROUNDING * known:
        return None
    values = orjson.dumps({"unit": f"{kind} {unit['name']}"}).decode()
    return whole_finding("unit_factor_wrong", found=f"{scale:.10g}", expected=f"{known:.10g}", values=values)
