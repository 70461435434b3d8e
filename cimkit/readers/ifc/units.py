"""Units of an IFC file: what a value in them is in SI units.

IFC's rules: a value without a unit of its own has the project's unit for its measure (IfcProject.UnitsInContext); the
prefix of an SI unit of area or volume is raised to the unit's power (a square millimetre is 1e-6 m2); kilogram, not
gram, is the base of mass; an offset is added after the factor (IfcConversionBasedUnitWithOffset).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel

__all__ = ["AS_WRITTEN", "Conversion", "Units"]


@dataclass(frozen=True, slots=True)
class Conversion:
    """SI value = value * scale + offset. `name` is what a person calls the unit, "" unknown."""

    scale: float = 1.0
    offset: float = 0.0
    name: str = ""


AS_WRITTEN = Conversion()

_PREFIXES = {
    "EXA": 1e18, "PETA": 1e15, "TERA": 1e12, "GIGA": 1e9, "MEGA": 1e6, "KILO": 1e3, "HECTO": 1e2, "DECA": 1e1,
    "DECI": 1e-1, "CENTI": 1e-2, "MILLI": 1e-3, "MICRO": 1e-6, "NANO": 1e-9, "PICO": 1e-12, "FEMTO": 1e-15,
    "ATTO": 1e-18,
}  # fmt: skip
_POWERS = {"SQUARE_METRE": 2, "CUBIC_METRE": 3}
_KELVIN_OF_CELSIUS = 273.15
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_DEEPEST = 20


class Units:
    """The units of one file; each is looked up once."""

    def __init__(self, model: IfcModel) -> None:
        self._model = model
        self._read: dict[int, Conversion] = {-1: AS_WRITTEN}

    def of_row(self, row: int, depth: int = 0) -> Conversion:
        """What the unit instance of this row says; as written where it says nothing that can be used."""
        if row not in self._read:
            self._read[row] = AS_WRITTEN if depth > _DEEPEST else self._converted(row, depth)
        return self._read[row]

    def of_datatype(self, datatype: str) -> Conversion:
        """The project's unit for values of this type (upper case); as written where it takes none."""
        declared = self._model.schema.types.get(datatype)
        if declared is None or declared.unit is None:
            return AS_WRITTEN
        return self.project.get(declared.unit, AS_WRITTEN)

    @cached_property
    def project(self) -> Mapping[str, Conversion]:
        """The project's units by unit type (`LENGTHUNIT`, `THERMALTRANSMITTANCEUNIT`)."""
        found: dict[str, Conversion] = {}
        for row in self.assigned_rows:
            kind = self._text(row, "UnitType")
            if self._kind(row) == "IFCMONETARYUNIT":
                kind = "MONETARYUNIT"
            if kind == "USERDEFINED":
                kind = self._text(row, "UserDefinedType")
            if kind:
                found.setdefault(kind, self.of_row(row))
        return found

    @cached_property
    def assigned_rows(self) -> tuple[int, ...]:
        """Rows of the units assigned to the project, or to nothing in a file that has only an assignment."""
        model = self._model
        contexts = model.table("IFCPROJECT")
        assignments = contexts.refs("UnitsInContext")
        assignments = assignments[assignments >= 0][:1]
        if not len(assignments):
            assignments = model.rows("IFCUNITASSIGNMENT")[:1]
        _, units = model.take(assignments).ref_lists("Units")
        return tuple(int(row) for row in units)

    def _converted(self, row: int, depth: int) -> Conversion:
        kind = self._kind(row)
        if kind == "IFCSIUNIT":
            return self._si(row)
        if kind == "IFCDERIVEDUNIT":
            return self._derived(row, depth)
        if kind in ("IFCCONVERSIONBASEDUNIT", "IFCCONVERSIONBASEDUNITWITHOFFSET"):
            name = self._text(row, "Name")
            factor = self._ref(row, "ConversionFactor")
            component = self.of_row(self._ref(factor, "UnitComponent"), depth + 1)
            scale = self._number(factor, "ValueComponent", 1.0) * component.scale
            return Conversion(scale, self._number(row, "ConversionOffset", 0.0) * component.scale, name)
        if kind == "IFCMONETARYUNIT":
            return Conversion(name=self._text(row, "Currency"))
        if kind == "IFCCONTEXTDEPENDENTUNIT":
            return Conversion(name=self._text(row, "Name"))
        return AS_WRITTEN

    def _si(self, row: int) -> Conversion:
        name, prefix = self._text(row, "Name").replace("METER", "METRE"), self._text(row, "Prefix")
        scale = _PREFIXES.get(prefix, 1.0)
        if name in _POWERS:  # written as a number of its own, so that a square millimetre is 1e-6 to the last digit
            scale = float(f"1e{round(np.log10(scale)) * _POWERS[name]}")
        if name == "GRAM":
            scale = float(f"1e{round(np.log10(scale)) - 3}")
        offset = _KELVIN_OF_CELSIUS if name == "DEGREE_CELSIUS" else 0.0
        return Conversion(scale, offset, f"{prefix}{name}")

    def _derived(self, row: int, depth: int) -> Conversion:
        table = self._model.take(np.array([row], np.int64))
        _, elements = table.ref_lists("Elements")
        scale, names = 1.0, []
        for element in elements:
            unit = self.of_row(self._ref(int(element), "Unit"), depth + 1)
            exponent = int(self._number(int(element), "Exponent", 1.0))
            scale *= unit.scale**exponent
            names.append(f"{unit.name}^{exponent}" if exponent != 1 else unit.name)
        return Conversion(scale, 0.0, "·".join(names))

    def _kind(self, row: int) -> str:
        return self._model.kinds[self._model.kind_of[row]]

    def _ref(self, row: int, name: str) -> int:
        if row < 0:
            return -1
        return int(self._model.take(np.array([row], np.int64)).refs(name)[0])

    def _raw(self, row: int, name: str) -> str:
        if row < 0:
            return "$"
        found: str | None = self._model.take(np.array([row], np.int64)).raw(name)[0]
        return found or "$"

    def _text(self, row: int, name: str) -> str:
        raw = self._raw(row, name)
        if raw.startswith("'"):
            text: str | None = self._model.take(np.array([row], np.int64)).texts(name)[0]
            return text or ""
        return raw.strip(".") if raw.startswith(".") else ""

    def _number(self, row: int, name: str, default: float) -> float:
        """A number, typed or not: `0.3048`, `IFCRATIOMEASURE(0.3048)`."""
        raw = self._raw(row, name)
        inner = raw.partition("(")[2].rstrip(") ") if "(" in raw else raw
        match = _NUMBER.fullmatch(inner.strip())
        return float(match[0]) if match else default
