"""The floor lines of urban renewal, computed as the pack defines them, each with the inputs that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cimkit.projects.form import Row

__all__ = ["Indicator", "floor_lines"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure. value: None where it can't be computed; inputs: what it was computed from, in words; lacking: what is
    missing for it."""

    code: str
    name: Mapping[str, str]
    unit: str
    value: float | None
    inputs: str
    lacking: str


class _LackingError(Exception):
    """An input is not there."""


def floor_lines(
    defined: Mapping[str, Mapping[str, Any]], single: Row, buildings: Sequence[Mapping[str, Any]], origin: str
) -> list[Indicator]:
    """The indicators. buildings: mappings with area, phase, unlawful, dangerous; origin: where they come from."""
    return [_indicator(code, data, single, buildings, origin) for code, data in defined.items()]


def _indicator(
    code: str, data: Mapping[str, Any], single: Row, buildings: Sequence[Mapping[str, Any]], origin: str
) -> Indicator:
    name = {"zh": str(data["zh"]), "en": str(data["en"])}
    unit, factor = str(data.get("unit") or ""), float(data.get("factor", 1))
    inputs: list[str] = []
    try:
        if "growth" in data:
            before, after, years = (
                _form_number(single, data["growth"][key], inputs) for key in ("before", "after", "years")
            )
            if not before or not years:
                raise _LackingError(data["growth"]["before"])
            value = ((after / before) ** (1 / years) - 1) * factor
        else:
            part, whole = (_amount(data[key], single, buildings, origin, inputs) for key in ("part", "whole"))
            if not whole:
                raise _LackingError(str(data["whole"]))
            value = part / whole * factor
    except _LackingError as lacking:
        return Indicator(code, name, unit, None, "; ".join(inputs), str(lacking))
    return Indicator(code, name, unit, round(value, 4), "; ".join(inputs), "")


def _amount(
    data: Mapping[str, Any], single: Row, buildings: Sequence[Mapping[str, Any]], origin: str, inputs: list[str]
) -> float:
    if "field" in data:
        return _form_number(single, str(data["field"]), inputs)
    field, phases = str(data["sum"]), set(data["phases"])
    out = [str(flag) for flag in data.get("leave_out") or ()]
    if not buildings or any(each.get("phase") is None for each in buildings):
        raise _LackingError(f"phase ({origin})" if buildings else "buildings")
    meant = [each for each in buildings if each["phase"] in phases and not any(each.get(flag) for flag in out)]
    if any(each.get(field) is None for each in meant):
        raise _LackingError(f"{field} ({origin})")
    total = float(sum(each[field] for each in meant))
    inputs.append(f"{'+'.join(sorted(phases))} {total:g} m² ({len(meant)}, {origin})")
    return total


def _form_number(single: Row, key: str, inputs: list[str]) -> float:
    value = single.get(key)
    if value is None:
        raise _LackingError(key)
    inputs.append(f"{key} {value:g} ({single.places[key]})")
    return float(value)
