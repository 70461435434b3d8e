"""Each facet, each cardinality, on facts of a few rows: who meets it, and what is said of who does not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from msgspec.structs import replace

from cimkit.facts.columns import Role
from cimkit.facts.model import Facts
from cimkit.rules.conditions import (
    All,
    AnyOf,
    Attribute,
    Cardinality,
    Classification,
    Condition,
    Entity,
    Material,
    Not,
    PartOf,
    Phase,
    Property,
)
from cimkit.rules.restriction import Restriction, exactly, matching, one_of
from cimkit.run.evaluation import Evaluation
from tests.run.conftest import facts_of

OPTIONAL, PROHIBITED = Cardinality.OPTIONAL, Cardinality.PROHIBITED
WALL = Entity(exactly("IFCWALL"))


def met(facts: Facts, condition: Condition) -> list[int]:
    return np.flatnonzero(Evaluation(facts).holds(condition)).tolist()


def told(facts: Facts, condition: Condition) -> list[tuple[object, ...]]:
    """(sid, reason, found, expected) of every subject that fails."""
    outcome = Evaluation(facts).judge(condition, np.ones(len(facts), bool))
    sids = np.flatnonzero(outcome.failed).astype(np.int32)
    return outcome.explain(sids).select("sid", "reason", "found", "expected").rows()


def test_entity_counts_subtypes_unless_exact() -> None:
    facts = facts_of(["IFCWALL", "IFCWALLSTANDARDCASE", "IFCDOOR"])
    assert met(facts, WALL) == [0, 1]
    assert met(facts, Entity(exactly("IFCWALL"), exact=True)) == [0]
    assert met(facts, Entity(exactly("IFCBUILDINGELEMENT"))) == [0, 1, 2]
    assert told(facts, WALL) == [(2, "entity_wrong", "IfcDoor", "IFCWALL")]


def test_entity_with_predefined_type() -> None:
    facts = facts_of(["IFCWALL", "IFCWALL", "IFCDOOR"], predefined=[(0, "SHEAR"), (1, "SOLIDWALL"), (2, "SHEAR")])
    shear = Entity(exactly("IFCWALL"), exactly("SHEAR"))
    assert met(facts, shear) == [0]
    assert met(facts, Entity(exactly("IFCWALL"), exactly("SHEAR"), cardinality=OPTIONAL)) == [0, 2]
    assert met(facts, Entity(exactly("IFCWALL"), exactly("SHEAR"), cardinality=PROHIBITED)) == [1, 2]
    assert told(facts, shear) == [
        (1, "predefined_type_wrong", "SOLIDWALL", "SHEAR"),
        (2, "entity_wrong", "IfcDoor", "IFCWALL"),
    ]


def test_attribute_cardinalities() -> None:
    facts = facts_of(["IFCWALL"] * 4, attributes={"Name": [(0, "W1"), (1, "X"), (2, None), (3, "")]})
    name = Attribute(exactly("Name"), matching("W[0-9]"))
    assert met(facts, Attribute(exactly("Name"))) == [0, 1]
    assert met(facts, name) == [0]
    assert met(facts, Attribute(exactly("Name"), matching("W[0-9]"), OPTIONAL)) == [0, 2]
    assert met(facts, Attribute(exactly("Name"), cardinality=PROHIBITED)) == [2]
    assert met(facts, Attribute(exactly("Name"), matching("W[0-9]"), PROHIBITED)) == [1, 2, 3]
    assert [row[:3] for row in told(facts, name)] == [
        (1, "attribute_wrong_value", "X"),
        (2, "attribute_missing", None),
        (3, "attribute_missing", None),
    ]
    assert told(facts, Attribute(exactly("Tag")))[0][1] == "attribute_not_in_schema"


def fire(value: Restriction | None = None, **more: object) -> Property:
    return Property(exactly("Pset_WallCommon"), exactly("FireRating"), value, **more)  # type: ignore[arg-type]


def test_property_says_what_exactly_is_missing() -> None:
    facts = facts_of(
        ["IFCWALL"] * 6,
        properties={
            ("Pset_WallCommon", "FireRating"): [(0, "REI60"), (1, "F30"), (2, None), (3, ("IFCTEXT", "REI60"))],
            ("Pset_WallCommon", "Other"): [(4, "x")],
        },
    )
    asked = fire(one_of("REI60", "REI90"), datatype=exactly("IFCLABEL"))
    assert met(facts, asked) == [0]
    assert told(facts, asked) == [
        (1, "property_wrong_value", "F30", "REI60 | REI90"),
        (2, "property_empty", None, "REI60 | REI90"),
        (3, "property_wrong_datatype", "IFCTEXT", "IFCLABEL"),
        (4, "property_missing", None, "REI60 | REI90"),
        (5, "set_missing", None, "REI60 | REI90"),
    ]
    assert met(facts, fire(one_of("REI60"), cardinality=OPTIONAL)) == [0, 2, 3, 4, 5]
    assert met(facts, fire(cardinality=PROHIBITED)) == [4, 5]


def test_every_matching_set_must_hold_for_ids_and_one_carrier_is_enough_for_packs() -> None:
    facts = facts_of(
        ["IFCWALL"] * 3,
        properties={("A_1", "P"): [(0, "x"), (1, "x"), (2, "x")], ("A_2", "P"): [(0, "x"), (1, "y")]},
        empty_sets=[(2, "A_2")],
    )
    asked = Property(matching("A_.*"), exactly("P"), exactly("x"))
    assert met(facts, asked) == [0]
    one = Property(exactly("A_2"), exactly("P"), exactly("x"), carriers=((exactly("A_1"), exactly("P")),), every=False)
    assert met(facts, one) == [0, 1, 2]


def test_value_under_another_name_is_a_finding_of_its_own() -> None:
    facts = facts_of(["IFCDOOR"], properties={("标识数据", "耐火极限"): [(0, "甲级")]})
    asked = fire(every=False, elsewhere=((None, exactly("耐火极限")),))
    assert told(facts, asked) == [(0, "property_under_other_name", "标识数据.耐火极限 = 甲级", None)]


LOW, HIGH, SET = Role.LOWER, Role.UPPER, Role.SETPOINT


@pytest.mark.parametrize(
    ("rows", "asked", "holds"),
    [  # the table of bounded values in IDS's page on the property facet
        ([(3.0, LOW), (4.0, HIGH)], ">2<=5", True),
        ([(4.0, HIGH)], ">2<=5", False),
        ([(3.0, LOW)], ">2<=5", False),
        ([(2.0, LOW), (3.0, HIGH)], ">2<=5", False),
        ([(3.0, LOW), (5.0, HIGH)], ">2<=5", True),
        ([(2.0, LOW), (4.0, HIGH)], "3", True),
        ([(2.0, LOW), (4.0, HIGH)], "2", True),
        ([(2.0, LOW)], "2", True),
        ([(2.0, HIGH)], "2", True),
        ([(2.0, LOW), (4.0, HIGH)], "5", False),
        ([(4.0, HIGH)], "5", False),
        ([(None, LOW), (None, HIGH)], ">2<=5", False),
        ([(None, LOW), (None, HIGH)], "3", False),
        ([(2.0, LOW)], None, True),
    ],
)
def test_bounded_values(rows: Sequence[tuple[float | None, Role]], asked: str | None, *, holds: bool) -> None:
    value = {
        None: None,
        ">2<=5": Restriction("double", min_exclusive="2", max_inclusive="5"),
    }.get(asked, exactly(asked or ""))
    facts = facts_of(["IFCWALL"], properties={("S", "P"): [(0, number, 0, role) for number, role in rows]})
    assert met(facts, Property(exactly("S"), exactly("P"), value)) == ([0] if holds else [])


@pytest.mark.parametrize(
    ("numbers", "asked", "holds"),
    [([1.0, 3.0], "3", True), ([1.0, 2.0], "3", False), ([3.0, 4.0], "range", True), ([3.0, 9.0], "range", False)],
)
def test_lists_need_one_match_or_all_within_a_range(numbers: list[float], asked: str, *, holds: bool) -> None:
    value = Restriction("double", min_exclusive="2", max_inclusive="5") if asked == "range" else exactly(asked)
    facts = facts_of(["IFCWALL"], properties={("S", "P"): [(0, number, 0, Role.VALUE) for number in numbers]})
    assert met(facts, Property(exactly("S"), exactly("P"), value)) == ([0] if holds else [])


def test_classification_with_inherited_classes() -> None:
    facts = facts_of(
        ["IFCWALL"] * 3,
        classifications=[(0, "U", "EF_25_10", False), (0, "U", "EF_25", True), (1, "Omni", "22", False)],
    )
    assert met(facts, Classification(exactly("U"))) == [0]
    assert met(facts, Classification(exactly("U"), exactly("EF_25"))) == [0]
    assert met(facts, Classification(exactly("U"), exactly("EF_30"), OPTIONAL)) == [1, 2]
    assert met(facts, Classification(exactly("U"), cardinality=PROHIBITED)) == [1, 2]
    assert told(facts, Classification(exactly("U"), exactly("EF_30"))) == [
        (0, "classification_wrong_value", "U: EF_25_10", "U: EF_30"),
        (1, "classification_wrong_system", "Omni: 22", "U: EF_30"),
        (2, "classification_missing", None, "U: EF_30"),
    ]


def test_material_by_name_or_category() -> None:
    facts = facts_of(["IFCWALL"] * 3, materials=[(0, "C30", "concrete"), (1, "Oak", None)])
    assert met(facts, Material()) == [0, 1]
    assert met(facts, Material(exactly("concrete"))) == [0]
    assert met(facts, Material(exactly("concrete"), OPTIONAL)) == [0, 2]
    assert [row[:3] for row in told(facts, Material(exactly("concrete")))] == [
        (1, "material_wrong_value", "Oak"),
        (2, "material_missing", None),
    ]


def test_part_of_is_recursive_and_survives_cycles() -> None:
    facts = facts_of(
        ["IFCBEAM", "IFCELEMENTASSEMBLY", "IFCBUILDINGSTOREY", "IFCBEAM"],
        links={
            "IFCRELAGGREGATES": [(0, 1), (3, 3)],
            "IFCRELCONTAINEDINSPATIALSTRUCTURE": [(1, 2)],
        },
    )
    storey = Entity(exactly("IFCBUILDINGSTOREY"))
    assert met(facts, PartOf(storey)) == [0, 1]
    assert met(facts, PartOf(storey, frozenset({"IFCRELAGGREGATES"}))) == []
    assert met(facts, PartOf(storey, cardinality=PROHIBITED)) == [2, 3]
    assert [row[:2] for row in told(facts, PartOf(storey))] == [(2, "part_of_missing"), (3, "part_of_wrong_entity")]


def test_phase() -> None:
    facts = facts_of(["IFCWALL"] * 3, phases=[(0, "new"), (1, "demolished")])
    assert met(facts, Phase()) == [0, 1]
    assert met(facts, Phase(exactly("new"))) == [0]
    assert [row[:3] for row in told(facts, Phase(exactly("new")))] == [
        (1, "phase_wrong", "demolished"),
        (2, "phase_missing", None),
    ]


def test_joined_conditions() -> None:
    facts = facts_of(["IFCWALL", "IFCWALL", "IFCDOOR"], attributes={"Name": [(0, "a"), (1, None), (2, "b")]})
    named = Attribute(exactly("Name"))
    assert met(facts, All((WALL, named))) == [0]
    assert met(facts, AnyOf((WALL, named))) == [0, 1, 2]
    assert met(facts, Not(WALL)) == [2]
    assert [row[1] for row in told(facts, All((WALL, named)))] == ["attribute_missing", "entity_wrong"]
    assert told(facts, Not(WALL))[0][:2] == (0, "entity_wrong")
    tagged = AnyOf((Attribute(exactly("Tag")), Not(WALL)))
    assert told(facts, tagged) == [
        (0, "any_not_met", None, "Tag | ¬(IFCWALL)"),
        (1, "any_not_met", None, "Tag | ¬(IFCWALL)"),
    ]


def test_no_subject_at_all() -> None:
    facts = facts_of([])
    for condition in (WALL, Attribute(exactly("Name")), fire(), Classification(), Material(), PartOf(), Phase()):
        assert met(facts, condition) == []
        outcome = Evaluation(facts).judge(condition, np.zeros(0, bool))
        assert isinstance(outcome.explain(np.zeros(0, np.int32)), pl.DataFrame)


def test_one_bound_alone_is_still_a_bounded_value() -> None:
    """A reader that has one row a property leaves the owners out; the row is one bound of two all the same."""
    facts = facts_of(["IFCWALL"], properties={("S", "P"): [(0, 2.0, 0, LOW)]})
    (bounded,) = facts.properties
    facts = replace(facts, properties=(bounded._replace(column=bounded.column._replace(owner=None)),))
    assert met(facts, Property(exactly("S"), exactly("P"), exactly("3"))) == [0]
    assert met(facts, Property(exactly("S"), exactly("P"), exactly("1"))) == []
