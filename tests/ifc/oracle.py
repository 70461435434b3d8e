"""What ifcopenshell says of a file, in the form in which the facts are compared with it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import ifcopenshell
import ifcopenshell.util.classification
import ifcopenshell.util.element
import numpy as np

from cimkit.facts.columns import Column, Origin, Role, State
from cimkit.facts.demand import everything
from cimkit.facts.model import Facts
from cimkit.readers.ifc.reader import read_ifc

__all__ = ["attribute_rows", "expected_state", "facts_of", "property_rows", "psets", "same_value", "subjects_by_id"]


def facts_of(data: bytes) -> Facts:
    return read_ifc(data, everything())


def subjects_by_id(facts: Facts) -> dict[int, int]:
    return {int(row): sid for sid, row in enumerate(facts.subjects.row)}


def attribute_rows(column: Column) -> dict[int, tuple[State, str | None, float, str]]:
    """sid -> state, text, number, datatype."""
    code = np.arange(len(column.sid)) if column.code is None else column.code
    text, datatype = column.values.text.to_list(), column.values.datatype.to_list()
    return {
        int(sid): (State(column.values.state[k]), text[k], float(column.values.number[k]), datatype[k])
        for sid, k in zip(column.sid, code, strict=True)
    }


def expected_state(value: Any) -> State:
    if value is None:
        return State.NULL
    if value in ("", ()):
        return State.EMPTY
    if isinstance(value, tuple):
        return State.LIST
    if isinstance(value, ifcopenshell.entity_instance) and value.id():
        return State.OBJECT
    return State.PRESENT


def same_value(value: Any, text: str | None) -> bool:
    """Whether a simple value of ifcopenshell is what the facts have as text."""
    if isinstance(value, ifcopenshell.entity_instance):
        value = value.wrappedValue
    if isinstance(value, bool):
        return text == ("true" if value else "false")
    if isinstance(value, int | float):
        return text is not None and math.isclose(float(text), value, rel_tol=1e-15, abs_tol=0.0)
    return bool(text == value)


def property_rows(facts: Facts) -> dict[tuple[int, str, str], list[tuple[Role, State, str | None, Origin]]]:
    """(sid, set, property) -> its rows."""
    found: dict[tuple[int, str, str], list[tuple[Role, State, str | None, Origin]]] = {}
    for each in facts.properties:
        column = each.column
        text = column.values.text.to_list()
        code = column.code if column.code is not None else np.arange(len(column.sid))
        for row, sid in enumerate(column.sid):
            k = int(code[row])
            role = Role.VALUE if column.role is None else Role(column.role[row])
            origin = Origin.OCCURRENCE if column.origin is None else Origin(column.origin[row])
            key = (int(sid), each.set_name, each.name)
            found.setdefault(key, []).append((role, State(column.values.state[k]), text[k], origin))
    return found


def psets(element: ifcopenshell.entity_instance) -> Iterator[tuple[str, str, Any]]:
    """(set, property, value) with inheritance; parts of complex properties by their dotted names."""
    for name, properties in ifcopenshell.util.element.get_psets(element).items():
        for key, value in properties.items():
            if key != "id":
                yield from _nested(name or "", key, value)


def _nested(name: str, key: str, value: Any) -> Iterator[tuple[str, str, Any]]:
    yield name, key, value
    if isinstance(value, dict) and "properties" in value:
        for inner, part in value["properties"].items():
            yield from _nested(name, f"{key}.{inner}", part)
