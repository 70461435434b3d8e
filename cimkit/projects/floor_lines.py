"""The floor lines of urban renewal, computed as the pack defines them, each with the inputs that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cimkit.projects.form import Row
from cimkit.projects.form_fields import form_fields

__all__ = ["Indicator", "floor_lines"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure. value: None where it can't be computed; inputs: what it was computed from, in words; lacking: what is
    missing for it; asked: whether the project owes it."""

    code: str
    name: Mapping[str, str]
    unit: str
    value: float | None
    inputs: str
    lacking: str
    asked: bool = True


class _LackingError(Exception):
    """An input is not there."""


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What the figures are computed from, and the language in which inputs are named."""

    single: Row
    buildings: Sequence[Mapping[str, Any]]
    origin: str
    lang: str

    def name(self, key: str) -> str:
        """What a person calls a field of the form or of its buildings, or a phase."""
        fields = form_fields()
        table = fields.table("buildings")
        every = [*fields.single, *(table.fields if table is not None else ())]
        field = next((each for each in every if each.key == key), None)
        if field is not None:
            return field.label(self.lang)
        words = next((each.words for each in every if each.key == "phase" and each.words), {})
        chinese = [spelling for spelling, kept in words.items() if kept == key and not spelling.isascii()]
        return chinese[0] if chinese and self.lang == "zh" else key


def floor_lines(
    defined: Mapping[str, Mapping[str, Any]],
    single: Row,
    buildings: Sequence[Mapping[str, Any]],
    origin: str,
    lang: str = "zh",
) -> list[Indicator]:
    """The indicators. buildings: mappings with area, phase, unlawful, dangerous; origin: where they come from."""
    inputs = _Inputs(single, buildings, origin, lang)
    return [_indicator(code, data, inputs) for code, data in defined.items()]


def _indicator(code: str, data: Mapping[str, Any], inputs: _Inputs) -> Indicator:
    name = {"zh": str(data["zh"]), "en": str(data["en"])}
    unit, factor = str(data.get("unit") or ""), float(data.get("factor", 1))
    used: list[str] = []
    try:
        value = _growth(data["growth"], inputs, used) if "growth" in data else _quotient(data, inputs, used)
    except _LackingError as lacking:
        return Indicator(code, name, unit, None, "; ".join(used), str(lacking))
    return Indicator(code, name, unit, round(value * factor, 4), "; ".join(used), "")


def _growth(data: Mapping[str, Any], inputs: _Inputs, used: list[str]) -> float:
    """The yearly rise that leads from one figure to the other."""
    before, after, years = (_form_number(inputs, str(data[key]), used) for key in ("before", "after", "years"))
    if not before or not years:
        raise _LackingError(inputs.name(str(data["before" if not before else "years"])))
    return float((after / before) ** (1 / years) - 1)


def _quotient(data: Mapping[str, Any], inputs: _Inputs, used: list[str]) -> float:
    part, whole = (_amount(data[key], inputs, used) for key in ("part", "whole"))
    if not whole:
        raise _LackingError(_described(data["whole"], inputs))
    return part / whole


def _described(data: Mapping[str, Any], inputs: _Inputs) -> str:
    if "field" in data:
        return inputs.name(str(data["field"]))
    return f"{'+'.join(map(inputs.name, data['phases']))} {inputs.name(str(data['sum']))}"


def _amount(data: Mapping[str, Any], inputs: _Inputs, used: list[str]) -> float:
    if "field" in data:
        return _form_number(inputs, str(data["field"]), used)
    field, phases, buildings = str(data["sum"]), data["phases"], inputs.buildings
    out = [str(flag) for flag in data.get("leave_out") or ()]
    if not buildings or any(each.get("phase") is None for each in buildings):
        raise _LackingError(f"{inputs.name('phase')} ({inputs.origin})")
    meant = [each for each in buildings if each["phase"] in phases and not any(each.get(flag) for flag in out)]
    if any(each.get(field) is None for each in meant):
        raise _LackingError(f"{inputs.name(field)} ({inputs.origin})")
    total = float(sum(each[field] for each in meant))
    used.append(f"{_described(data, inputs)} {total:g} m² ({len(meant)}, {inputs.origin})")
    return total


def _form_number(inputs: _Inputs, key: str, used: list[str]) -> float:
    value = inputs.single.get(key)
    if value is None:
        raise _LackingError(inputs.name(key))
    used.append(f"{inputs.name(key)} {value:g} ({inputs.single.places[key]})")
    return float(value)
