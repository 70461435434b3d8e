"""Property and quantity sets; a set with the same content is written once and shared by all it describes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from makers.step_model import StepModel

__all__ = ["STATUS", "Properties", "Typed", "Values", "identifier", "length", "ratio", "thermal"]

Typed = tuple[str, Any]
"""A value with the IFC type it is written as, such as ("IfcLabel", "2.00h")."""

Values = Mapping[str, Any]
"""Names with values: typed, or plain ones whose IFC type follows from the Python type."""

STATUS = ("NEW", "EXISTING", "DEMOLISH", "TEMPORARY", "OTHER", "NOTKNOWN", "UNSET")
"""The phases of the standard sets' property Status (IFC4, PEnum_ElementStatus)."""

_QUANTITIES = {"length": "IfcQuantityLength", "area": "IfcQuantityArea", "volume": "IfcQuantityVolume"}


def identifier(value: str) -> Typed:
    return ("IfcIdentifier", value)


def length(value: float) -> Typed:
    return ("IfcPositiveLengthMeasure", float(value))


def ratio(value: float) -> Typed:
    return ("IfcPositiveRatioMeasure", float(value))


def thermal(value: float) -> Typed:
    """A heat transfer coefficient in W/(m2.K)."""
    return ("IfcThermalTransmittanceMeasure", float(value))


class Properties:
    """Property sets of one model."""

    def __init__(self, model: StepModel, keys: str = "set") -> None:
        """Sets get their GlobalIds from `keys`, the set's name and a serial number."""
        self.model = model
        self._keys = keys
        self._known: dict[tuple[Any, ...], Any] = {}
        self._count = 0

    def on_type(self, name: str, values: Values) -> Any:
        """A new set, to be put into a type's HasPropertySets."""
        return self._property_set(name, values)

    def attach(self, thing: Any, name: str, values: Values) -> None:
        """Describe an occurrence, sharing the set with others that say the same."""
        key = (name, *((n, str(v)) for n, v in values.items()))
        if key not in self._known:
            self._known[key] = self._property_set(name, values)
        self._relate(thing, self._known[key])

    def attach_own(self, thing: Any, name: str, values: Values) -> None:
        """Describe an occurrence by a set of its own."""
        self._relate(thing, self._property_set(name, values))

    def measure(self, thing: Any, name: str, **quantities: Typed) -> None:
        """Attach base quantities, each as ("length" in mm | "area" in m2 | "volume" in m3, number)."""
        key = (name, *quantities.items())
        if key not in self._known:
            self._known[key] = self.model.rooted(
                "IfcElementQuantity",
                self._next_key(name),
                Name=name,
                MethodOfMeasurement="BaseQuantities",
                Quantities=[self._quantity(n, *value) for n, value in quantities.items()],
            )
        self._relate(thing, self._known[key])

    def _relate(self, thing: Any, definition: Any) -> None:
        self.model.relate(
            "IfcRelDefinesByProperties", ("RelatingPropertyDefinition", definition), ("RelatedObjects", thing)
        )

    def _property_set(self, name: str, values: Values) -> Any:
        return self.model.rooted(
            "IfcPropertySet",
            self._next_key(name),
            Name=name,
            HasProperties=[self._property(n, value) for n, value in values.items()],
        )

    def _property(self, name: str, value: Any) -> Any:
        if name == "Status":
            return self.model.add(
                "IfcPropertyEnumeratedValue",
                Name=name,
                EnumerationValues=[self._value(value)],
                EnumerationReference=self._statuses(),
            )
        return self.model.add("IfcPropertySingleValue", Name=name, NominalValue=self._value(value))

    def _statuses(self) -> Any:
        words = [self._value(word) for word in STATUS]
        return self.model.shared("IfcPropertyEnumeration", Name="PEnum_ElementStatus", EnumerationValues=words)

    def _value(self, value: Any) -> Any:
        measure, raw = value if isinstance(value, tuple) else (_measure_of(value), value)
        return self.model.value(measure, raw.isoformat() if isinstance(raw, datetime.date) else raw)

    def _quantity(self, name: str, kind: str, number: float) -> Any:
        return self.model.add(_QUANTITIES[kind], **{"Name": name, f"{kind.capitalize()}Value": round(float(number), 6)})

    def _next_key(self, name: str) -> str:
        self._count += 1
        return f"{self._keys}/{name}/{self._count}"


def _measure_of(value: Any) -> str:
    if isinstance(value, bool):
        return "IfcBoolean"
    if isinstance(value, int):
        return "IfcInteger"
    if isinstance(value, float):
        return "IfcReal"
    return "IfcDate" if isinstance(value, datetime.date) else "IfcLabel"
