"""What every project has: units, contexts of representation, the date of its making."""

from __future__ import annotations

import calendar
import datetime
from typing import Any

from makers.geometry import Geometry
from makers.step_model import CREATED, StepModel

__all__ = ["contexts", "created_seconds", "project_units"]

_DIMENSIONS = (
    "LengthExponent",
    "MassExponent",
    "TimeExponent",
    "ElectricCurrentExponent",
    "ThermodynamicTemperatureExponent",
    "AmountOfSubstanceExponent",
    "LuminousIntensityExponent",
)


def created_seconds() -> int:
    """The samples' date as IfcTimeStamp, seconds since 1970."""
    return calendar.timegm(datetime.datetime.fromisoformat(CREATED).timetuple())


def project_units(model: StepModel) -> Any:
    """Millimetre, square and cubic metre, degree, kilogram, second, kelvin, watt, W/(m2.K) and W/(m.K)."""

    def si(kind: str, name: str, prefix: str | None = None) -> Any:
        return model.shared("IfcSIUnit", UnitType=kind, Prefix=prefix, Name=name)

    def derived(kind: str, *parts: tuple[Any, int]) -> Any:
        elements = [model.add("IfcDerivedUnitElement", Unit=unit, Exponent=power) for unit, power in parts]
        return model.add("IfcDerivedUnit", Elements=elements, UnitType=kind)

    metre, kelvin = si("LENGTHUNIT", "METRE"), si("THERMODYNAMICTEMPERATUREUNIT", "KELVIN")
    watt, radian = si("POWERUNIT", "WATT"), si("PLANEANGLEUNIT", "RADIAN")
    degree = model.add(
        "IfcConversionBasedUnit",
        Dimensions=model.add("IfcDimensionalExponents", **dict.fromkeys(_DIMENSIONS, 0)),
        UnitType="PLANEANGLEUNIT",
        Name="DEGREE",
        ConversionFactor=model.add(
            "IfcMeasureWithUnit",
            ValueComponent=model.value("IfcPlaneAngleMeasure", 0.017453292519943295),
            UnitComponent=radian,
        ),
    )
    units = [
        si("LENGTHUNIT", "METRE", "MILLI"),
        si("AREAUNIT", "SQUARE_METRE"),
        si("VOLUMEUNIT", "CUBIC_METRE"),
        degree,
        si("MASSUNIT", "GRAM", "KILO"),
        si("TIMEUNIT", "SECOND"),
        kelvin,
        watt,
        derived("THERMALTRANSMITTANCEUNIT", (watt, 1), (metre, -2), (kelvin, -1)),
        derived("THERMALCONDUCTANCEUNIT", (watt, 1), (metre, -1), (kelvin, -1)),
    ]
    return model.add("IfcUnitAssignment", Units=units)


def contexts(model: StepModel) -> tuple[Any, Any]:
    """The model context and its sub-context for bodies; the precision is 0.01 mm."""
    plain = Geometry(model, None)
    world = model.add(
        "IfcGeometricRepresentationContext",
        ContextType="Model",
        CoordinateSpaceDimension=3,
        Precision=0.01,
        WorldCoordinateSystem=plain.axes((0, 0, 0)),
        TrueNorth=plain.direction(0, 1),
    )
    body = model.add(
        "IfcGeometricRepresentationSubContext",
        ContextIdentifier="Body",
        ContextType="Model",
        ParentContext=world,
        TargetView="MODEL_VIEW",
    )
    return world, body
