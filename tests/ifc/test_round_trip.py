"""What ifcopenshell writes, the reader reads: random things with random properties."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cimkit.facts.columns import State
from cimkit.facts.demand import everything
from cimkit.readers.ifc.reader import read_ifc
from tests.ifc import oracle
from tests.ifc.build import by_id, rows

ifcopenshell = pytest.importorskip("ifcopenshell")
guid = pytest.importorskip("ifcopenshell.guid")

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)
VALUES = st.one_of(
    st.tuples(st.sampled_from(["IfcLabel", "IfcText", "IfcIdentifier"]), TEXTS),
    st.tuples(st.sampled_from(["IfcReal", "IfcLengthMeasure", "IfcThermalTransmittanceMeasure"]), NUMBERS),
    st.tuples(st.just("IfcInteger"), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just("IfcBoolean"), st.booleans()),
)
NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
SETS = st.dictionaries(NAMES, st.dictionaries(NAMES, st.one_of(st.none(), VALUES), max_size=4), max_size=3)
THINGS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["IfcWall", "IfcSlab", "IfcSpace", "IfcDoor"]),
        "Name": st.one_of(st.none(), TEXTS),
        "ObjectType": st.one_of(st.none(), TEXTS),
        "sets": SETS,
        "of_type": SETS,
    }
)


def written(schema: str, things: list[dict[str, Any]]) -> tuple[Any, list[Any]]:
    model = ifcopenshell.file(schema=schema)
    owner = model.create_entity("IfcOwnerHistory") if schema == "IFC2X3" else None
    made = []
    for thing in things:
        element = model.create_entity(
            thing["kind"], guid.new(), owner, Name=thing["Name"], ObjectType=thing["ObjectType"]
        )
        for name, properties in thing["sets"].items():
            held = property_set(model, owner, name, properties)
            model.create_entity("IfcRelDefinesByProperties", guid.new(), owner, None, None, [element], held)
        if thing["of_type"]:
            sets = [property_set(model, owner, name, properties) for name, properties in thing["of_type"].items()]
            type_ = model.create_entity("IfcWallType", guid.new(), owner, HasPropertySets=sets)
            model.create_entity("IfcRelDefinesByType", guid.new(), owner, None, None, [element], type_)
        made.append(element)
    return model, made


def property_set(model: Any, owner: Any, name: str, properties: dict[str, tuple[str, Any] | None]) -> Any:
    lines = []
    for key, value in properties.items():
        nominal = None if value is None else model.create_entity(*value)
        lines.append(model.create_entity("IfcPropertySingleValue", Name=key, NominalValue=nominal))
    return model.create_entity("IfcPropertySet", guid.new(), owner, name, None, lines)


@settings(max_examples=40, deadline=None)
@given(schema=st.sampled_from(["IFC2X3", "IFC4", "IFC4X3_ADD2"]), things=st.lists(THINGS, max_size=4))
def test_round_trip(schema: str, things: list[dict[str, Any]]) -> None:
    model, made = written(schema, things)
    facts = read_ifc(model.to_string().encode(), everything())
    found = oracle.property_rows(facts)
    for element, thing in zip(made, things, strict=True):
        sid = by_id(facts, element.id())
        for attribute in ("Name", "ObjectType"):
            ((state, text, _, _),) = rows(facts.attributes[attribute], sid)
            value = thing[attribute]
            assert state is oracle.expected_state(value)
            assert text == (value or None)
        expected = {(name, key): value for name, held in thing["of_type"].items() for key, value in held.items()}
        expected |= {(name, key): value for name, held in thing["sets"].items() for key, value in held.items()}
        assert {(name, key) for of, name, key in found if of == sid} == expected.keys()
        for (name, key), value in expected.items():
            ((_, state, text, _),) = found[sid, name, key]
            if value is None:
                assert state is State.NULL
            elif value[1] == "":
                assert state is State.EMPTY
            else:
                assert state is State.PRESENT
                assert oracle.same_value(value[1], text)
        groups = facts.groups.filter(facts.groups["sid"] == sid)
        assert set(groups["name"]) == thing["sets"].keys() | thing["of_type"].keys()
