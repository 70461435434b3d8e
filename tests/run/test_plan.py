"""What rules need is asked once for a set of them, and never mixed up."""

from __future__ import annotations

import polars as pl
from msgspec.structs import replace

from cimkit.facts.demand import Demand
from cimkit.facts.ifc_schema import ifc_schema
from cimkit.rules.conditions import Entity, Property
from cimkit.rules.model import Rule, Severity
from cimkit.rules.restriction import Restriction, exactly, matching
from cimkit.run import plan
from cimkit.run.plan import demand_of


def rule(entity: str, name: str) -> Rule:
    where, must = Entity(exactly(entity)), Property(None, exactly(name))
    return Rule(code="T-001", name="t", pack="t", severity=Severity.ERROR, where=where, must=must)


def names(demand: Demand) -> set[str]:
    tests = (wanted.name for wanted in demand.properties)
    return {name for test in tests if isinstance(test, Restriction) for name in test.values}


def test_the_same_rules_need_the_same_and_it_is_remembered() -> None:
    rules = [rule("IFCWALL", "a"), rule("IFCSLAB", "b")]
    first = demand_of(rules, ifc_schema("IFC4"))
    assert demand_of(iter(rules), ifc_schema("IFC4")) is first
    assert demand_of(rules, ifc_schema("IFC2X3")).kinds != first.kinds


def test_rules_that_come_and_go_are_never_taken_for_others() -> None:
    for number in range(200):  # new objects may lie where old ones lay
        made = [rule("IFCWALL", f"a{number}"), rule("IFCSLAB", "b")]
        assert names(demand_of(made, None)) == {f"a{number}", "b"}
        assert demand_of([replace(each) for each in made], None) == demand_of(made, None)
        del made


def test_no_more_is_remembered_than_a_few_sets() -> None:
    for number in range(200):
        demand_of([rule("IFCWALL", f"a{number}"), rule("IFCSLAB", "b")], None)
    assert plan._remembered.cache_info().currsize <= 64


def test_names_listed_for_a_set_are_one_test_and_patterns_stay_apart() -> None:
    demand = demand_of([rule("IFCWALL", "a"), rule("IFCSLAB", "b"), rule("IFCDOOR", "a")], None)
    assert len(demand.properties) == 1
    asked = pl.Series(["a", "b", "c", None])
    (wanted,) = demand.properties
    assert wanted.name is not None
    assert wanted.name(asked).tolist() == [True, True, False, False]
    patterned = replace(rule("IFCDOOR", "a"), must=Property(None, matching("c.*")))
    both = demand_of([rule("IFCWALL", "a"), patterned], None)
    assert [any(each.name(asked)[place] for each in both.properties if each.name) for place in range(3)] == [
        True,
        False,
        True,
    ]
