"""Metadata values in JSON: their structure, their ranges, and what a class says of them.

Source: OGC 22-025r4, 3D Metadata Specification: Property Values Structure, Offset and Scale, Minimum and Maximum
Values, JSON Format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.metadata_types import COMPONENTS, FLOATS, INTEGER_RANGES
from cimkit.readers.tiles.shapes import Shapes, is_integer, is_number

__all__ = [
    "ClassProperty",
    "Enumeration",
    "MetadataClass",
    "Schema",
    "check_value",
    "final_value",
    "in_bounds",
    "limits_hold",
]

_FLOAT32_MOST = 3.4028234663852886e38


@dataclass(frozen=True, slots=True)
class Enumeration:
    """names: of its values, with their numbers."""

    value_type: str
    names: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ClassProperty:
    """One property of a class; offset, scale, min, max, no_data and default as written, already checked (else None).

    component: component type of numeric types, value type of enumerations.
    """

    type: str
    component: str | None = None
    enum: Enumeration | None = None
    array: bool = False
    count: int | None = None
    normalized: bool = False
    required: bool = False
    semantic: str | None = None
    offset: Any = None
    scale: Any = None
    min: Any = None
    max: Any = None
    no_data: Any = None
    default: Any = None

    @property
    def is_numeric(self) -> bool:
        return self.type in COMPONENTS

    @property
    def is_variable(self) -> bool:
        """An array whose length is each value's own."""
        return self.array and self.count is None


@dataclass(frozen=True, slots=True)
class MetadataClass:
    """properties: None where the definition itself is broken, so that nothing more can be said of its values."""

    properties: Mapping[str, ClassProperty | None]


@dataclass(frozen=True, slots=True)
class Schema:
    """Classes and enumerations by their IDs; None where a definition is broken. known: False for a schema that is
    named but could not be read, so that nothing can be said of what refers to it."""

    classes: Mapping[str, MetadataClass | None] = field(default_factory=dict)
    enums: Mapping[str, Enumeration | None] = field(default_factory=dict)
    known: bool = True


def check_value(value: Any, prop: ClassProperty, place: Place, shapes: Shapes, *, floating: bool = False) -> bool:
    """Whether a value has the structure of its property; what is wrong is written down. floating: the innermost
    numbers are floating-point ones whatever the component type (the final values of a normalized property)."""
    if not prop.array:
        return _check_single(value, prop, place, shapes, floating)
    if type(value) is not list:
        shapes.wrong_type(value, place, "array")
        return False
    if prop.count is not None and len(value) != prop.count:
        shapes.ledger.add("tiles_length", "array", place, len(value), prop.count)
        return False
    held = [
        _check_single(each, prop, place.at(index), shapes, floating, element=True) for index, each in enumerate(value)
    ]
    return all(held)


def _check_single(
    value: Any, prop: ClassProperty, place: Place, shapes: Shapes, floating: bool, *, element: bool = False
) -> bool:
    if prop.is_numeric:
        count = COMPONENTS[prop.type]
        if count == 1:
            return _check_number(value, prop, place, shapes, floating, element=element)
        if type(value) is not list:
            shapes.wrong_type(value, place, "array", element=element)
            return False
        if len(value) != count:
            shapes.ledger.add("tiles_length", "array", place, len(value), count)
            return False
        good = [_check_number(n, prop, place.at(i), shapes, floating, element=True) for i, n in enumerate(value)]
        return all(good)
    if prop.type == "BOOLEAN":
        if type(value) is not bool:
            shapes.wrong_type(value, place, "boolean", element=element)
            return False
        return True
    if type(value) is not str:
        shapes.wrong_type(value, place, "string", element=element)
        return False
    if prop.type == "ENUM" and prop.enum is not None and value not in prop.enum.names:
        shapes.ledger.add("tiles_identifier", "enum_value", place, value, " | ".join(prop.enum.names))
        return False
    return True


def _check_number(
    value: Any, prop: ClassProperty, place: Place, shapes: Shapes, floating: bool, *, element: bool
) -> bool:
    if not is_number(value):
        shapes.wrong_type(value, place, "number", element=element)
        return False
    if floating or prop.component in FLOATS:
        if prop.component == "FLOAT32" and abs(value) > _FLOAT32_MOST:
            shapes.ledger.add("tiles_value", "range", place, value, "FLOAT32")
            return False
        return True
    if not is_integer(value):
        shapes.wrong_type(value, place, "integer", element=element)
        return False
    least, most = INTEGER_RANGES[prop.component or "INT64"]
    if not least <= value <= most:
        shapes.ledger.add("tiles_value", "range", place, value, f"{least}..{most}")
        return False
    return True


def in_bounds(value: Any, prop: ClassProperty, place: Place, shapes: Shapes) -> None:
    """Write down a value (of the right structure) outside the property's `min` and `max`.

    The bounds hold for the final value: offset + scale * normalized value. `noData` is no value.
    """
    if not prop.is_numeric or (prop.min is None and prop.max is None) or value == prop.no_data:
        return
    final = final_value(value, prop, prop.offset, prop.scale)
    limits_hold(final, prop.min, prop.max, place, shapes)


def final_value(value: Any, prop: ClassProperty, offset: Any, scale: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The value that the offset, the scale and the normalisation make of a stored one."""
    final = np.array(value, float)
    with np.errstate(over="ignore", invalid="ignore"):  # numbers near the end of the range may leave it
        if prop.normalized and prop.component is not None and prop.component in INTEGER_RANGES:
            final = np.maximum(final / INTEGER_RANGES[prop.component][1], -1.0)
        if scale is not None:
            final = final * np.array(scale, float)
        if offset is not None:
            final = final + np.array(offset, float)
    return final


def limits_hold(final: Any, least: Any, most: Any, place: Place, shapes: Shapes) -> None:
    """Write down where some component of `final` is below `least` or above `most` (either None: no such bound)."""
    with np.errstate(over="ignore", invalid="ignore"):
        slack = 1e-12 * np.maximum(1.0, np.abs(final))  # rounding of the sum and product
        below = least is not None and bool((final < np.array(least, float) - slack).any())
        above = most is not None and bool((final > np.array(most, float) + slack).any())
    if below:
        shapes.ledger.add("tiles_metadata_value", "below_minimum", place, np.asarray(final).tolist(), least)
    if above:
        shapes.ledger.add("tiles_metadata_value", "above_maximum", place, np.asarray(final).tolist(), most)
