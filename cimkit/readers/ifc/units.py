"""Units of an IFC file: what a value in them is in SI units.

IFC's rules: a value without a unit of its own has the project's unit for its measure (IfcProject.UnitsInContext); the
prefix of an SI unit of area or volume is raised to the unit's power (a square millimetre is 1e-6 m2); kilogram, not
gram, is the base of mass; an offset is added after the factor (IfcConversionBasedUnitWithOffset).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from cimkit.readers.ifc.instance import Instance

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel

__all__ = ["AS_WRITTEN", "Conversion", "Units"]


class Conversion(NamedTuple):
    """SI value = value * scale + offset. `name` is what a person calls the unit, "" unknown."""

    scale: float = 1.0
    offset: float = 0.0
    name: str = ""


AS_WRITTEN = Conversion()

#: Powers of ten.
_PREFIXES = {
    "EXA": 18, "PETA": 15, "TERA": 12, "GIGA": 9, "MEGA": 6, "KILO": 3, "HECTO": 2, "DECA": 1,
    "DECI": -1, "CENTI": -2, "MILLI": -3, "MICRO": -6, "NANO": -9, "PICO": -12, "FEMTO": -15, "ATTO": -18,
}  # fmt: skip
_POWERS = {"SQUARE_METRE": 2, "CUBIC_METRE": 3}
_KELVIN_OF_CELSIUS = 273.15
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
            unit = Instance(self._model, row)
            kind = "MONETARYUNIT" if unit.kind == "IFCMONETARYUNIT" else unit.text("UnitType")
            if kind == "USERDEFINED":
                kind = unit.text("UserDefinedType")
            if kind:
                found.setdefault(kind, self.of_row(row))
        return found

    @cached_property
    def assigned_rows(self) -> tuple[int, ...]:
        """Rows of the units assigned to the project, or to nothing in a file that has only an assignment."""
        model = self._model
        projects, loose = model.rows("IFCPROJECT")[:1], model.rows("IFCUNITASSIGNMENT")[:1]
        assignment = Instance(model, int(projects[0]) if len(projects) else -1).ref("UnitsInContext")
        if not assignment and len(loose):
            assignment = Instance(model, int(loose[0]))
        return tuple(unit.row for unit in assignment.refs("Units"))

    def _converted(self, row: int, depth: int) -> Conversion:
        unit = Instance(self._model, row)
        if unit.kind == "IFCSIUNIT":
            return _si(unit)
        if unit.kind == "IFCDERIVEDUNIT":
            return self._derived(unit, depth)
        if unit.kind in ("IFCCONVERSIONBASEDUNIT", "IFCCONVERSIONBASEDUNITWITHOFFSET"):
            factor = unit.ref("ConversionFactor")
            component = self.of_row(factor.ref("UnitComponent").row, depth + 1)
            value = factor.number("ValueComponent")
            offset = unit.number("ConversionOffset") or 0.0
            scale = component.scale if value is None else value * component.scale
            return Conversion(scale, offset * component.scale + component.offset, unit.text("Name") or "")
        if unit.kind == "IFCMONETARYUNIT":
            return Conversion(name=unit.text("Currency") or "")
        if unit.kind == "IFCCONTEXTDEPENDENTUNIT":
            return Conversion(name=unit.text("Name") or "")
        return AS_WRITTEN

    def _derived(self, unit: Instance, depth: int) -> Conversion:
        scale, names = 1.0, []
        for element in unit.refs("Elements"):
            part = self.of_row(element.ref("Unit").row, depth + 1)
            exponent = int(element.number("Exponent") or 1)
            scale *= part.scale**exponent
            names.append(f"{part.name}^{exponent}" if exponent != 1 else part.name)
        return Conversion(scale, 0.0, "·".join(names))


def _si(unit: Instance) -> Conversion:
    name, prefix = (unit.text("Name") or "").replace("METER", "METRE"), unit.text("Prefix") or ""
    exponent = _PREFIXES.get(prefix, 0) * _POWERS.get(name, 1)
    if name == "GRAM":
        exponent -= 3
    offset = _KELVIN_OF_CELSIUS if name == "DEGREE_CELSIUS" else 0.0
    # as a decimal literal, so that a square millimetre is 1e-6 to the last digit
    return Conversion(float(f"1e{exponent}"), offset, f"{prefix}{name}")
