"""The few questions that JSON Schemas of 3D Tiles ask of a value, each asked once and written down where it fails.

Every function takes the object, the name of one of its properties and the object's place; it returns the value when it
is as it should be, else None. A property that is not there is a defect only when it is `required`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from cimkit.readers.tiles.defects import Ledger, Place

__all__ = ["Shapes", "is_integer", "is_number", "type_name"]

_ABSENT = object()
_NAMES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}


def type_name(value: Any) -> str:
    """The JSON type of a value."""
    return "null" if value is None else _NAMES.get(type(value), type(value).__name__)


def is_number(value: Any) -> bool:
    """A JSON number; true and false are none."""
    return type(value) in (int, float) and math.isfinite(value)


def is_integer(value: Any) -> bool:
    """A JSON number without a fraction: 3D Tiles lets integers be written as 1.0 or 1e3."""
    return type(value) is int or (type(value) is float and value.is_integer())


class Shapes:
    """The questions, bound to where their answers are written down."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def _value(self, owner: Mapping[str, Any], name: str, place: Place, required: bool) -> Any:
        value = owner.get(name, _ABSENT)
        if value is _ABSENT and required:
            self.ledger.add("tiles_missing", "property", place.at(name), expected=name)
        return value

    def wrong_type(self, value: Any, place: Place, expected: str, *, element: bool = False) -> None:
        """Write down a value of the wrong type."""
        self.ledger.add("tiles_type", "element" if element else "property", place, type_name(value), expected)

    def mapping(
        self, owner: Mapping[str, Any], name: str, place: Place, *, required: bool = False, least: int = 0
    ) -> dict[str, Any] | None:
        """An object with at least `least` members."""
        value = self._value(owner, name, place, required)
        if value is _ABSENT:
            return None
        if type(value) is not dict:
            self.wrong_type(value, place.at(name), "object")
            return None
        if len(value) < least:
            self.ledger.add("tiles_length", "object", place.at(name), len(value), f"{least}..")
            return None
        return value

    def array(
        self,
        owner: Mapping[str, Any],
        name: str,
        place: Place,
        *,
        required: bool = False,
        least: int = 1,
        length: int | None = None,
    ) -> list[Any] | None:
        """An array of at least `least` elements, or exactly `length`."""
        value = self._value(owner, name, place, required)
        if value is _ABSENT:
            return None
        if type(value) is not list:
            self.wrong_type(value, place.at(name), "array")
            return None
        if (length is not None and len(value) != length) or len(value) < least:
            expected = str(length) if length is not None else f"{least}.."
            self.ledger.add("tiles_length", "array", place.at(name), len(value), expected)
            return None
        return value

    def mappings(
        self, owner: Mapping[str, Any], name: str, place: Place, *, least: int = 1
    ) -> list[dict[str, Any] | None] | None:
        """An array of objects; None where an element is none."""
        values = self.array(owner, name, place, least=least)
        if values is None:
            return None
        for index, value in enumerate(values):
            if type(value) is not dict:
                self.wrong_type(value, place.at(name, index), "object", element=True)
        return [value if type(value) is dict else None for value in values]

    def numbers(
        self, owner: Mapping[str, Any], name: str, place: Place, length: int, *, required: bool = False
    ) -> list[float] | None:
        """An array of so many numbers."""
        values = self.array(owner, name, place, required=required, length=length)
        if values is None:
            return None
        for index, value in enumerate(values):
            if not is_number(value):
                self.wrong_type(value, place.at(name, index), "number", element=True)
                return None
        return values

    def texts(self, owner: Mapping[str, Any], name: str, place: Place) -> list[str] | None:
        """An array of different strings, at least one."""
        values = self.array(owner, name, place)
        if values is None:
            return None
        good: list[str] = []
        for index, value in enumerate(values):
            if type(value) is not str:
                self.wrong_type(value, place.at(name, index), "string", element=True)
            elif value in good:
                self.ledger.add("tiles_value", "unique", place.at(name, index), value)
            else:
                good.append(value)
        return good

    def number(
        self, owner: Mapping[str, Any], name: str, place: Place, *, required: bool = False, least: float | None = None
    ) -> float | None:
        """A number, not less than `least`."""
        value = self._value(owner, name, place, required)
        if value is _ABSENT:
            return None
        if not is_number(value):
            self.wrong_type(value, place.at(name), "number")
            return None
        if least is not None and value < least:
            self.ledger.add("tiles_value", "range", place.at(name), value, f"{least}..")
            return None
        return float(value)

    def integer(
        self, owner: Mapping[str, Any], name: str, place: Place, *, required: bool = False, least: int | None = None
    ) -> int | None:
        """An integer, not less than `least`."""
        value = self._value(owner, name, place, required)
        if value is _ABSENT:
            return None
        if not is_integer(value):
            self.wrong_type(value, place.at(name), "integer")
            return None
        if least is not None and value < least:
            self.ledger.add("tiles_value", "range", place.at(name), value, f"{least}..")
            return None
        return int(value)

    def boolean(self, owner: Mapping[str, Any], name: str, place: Place) -> bool | None:
        """true or false."""
        value = self._value(owner, name, place, False)
        if value is _ABSENT:
            return None
        if type(value) is not bool:
            self.wrong_type(value, place.at(name), "boolean")
            return None
        return value

    def text(
        self,
        owner: Mapping[str, Any],
        name: str,
        place: Place,
        *,
        required: bool = False,
        least: int = 0,
        among: Collection[str] | None = None,
    ) -> str | None:
        """A string of at least `least` characters, one of `among`."""
        value = self._value(owner, name, place, required)
        if value is _ABSENT:
            return None
        if type(value) is not str:
            self.wrong_type(value, place.at(name), "string")
            return None
        if len(value) < least:
            self.ledger.add("tiles_length", "string", place.at(name), len(value), f"{least}..")
            return None
        if among is not None and value not in among:
            self.ledger.add("tiles_value", "list", place.at(name), value, " | ".join(among))
            return None
        return value
