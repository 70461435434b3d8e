"""What a finding about a property says: where it looked, what stands there, what should."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from cimkit.facts.model import Facts
from cimkit.rules.conditions import Cardinality, Property
from cimkit.rules.conditions_reading import property_condition
from cimkit.rules.restriction import exactly, matching, one_of
from cimkit.rules.values_reading import folded
from cimkit.run.evaluation import Evaluation
from tests.run.conftest import facts_of


def told(facts: Facts, facet: Property) -> list[dict[str, Any]]:
    """Every finding with its values."""
    outcome = Evaluation(facts).judge(facet, np.ones(len(facts), bool))
    rows = outcome.explain(np.flatnonzero(outcome.failed).astype(np.int32))
    return [{**row, "values": json.loads(row["values"])} for row in rows.iter_rows(named=True)]


def of_sets(*sets: str, **more: Any) -> Property:
    """FireRating or 耐火极限 in any of some sets, as a pack asks it."""
    return property_condition(tuple(map(folded, sets)), (folded("FireRating"), folded("耐火极限")), **more)


def test_a_wrong_datatype_tells_the_type_found_and_the_value_beside_it() -> None:
    facts = facts_of(["IFCSITE"], properties={("S", "FireRating"): [(0, ("IFCTEXT", "约1.2公顷"))]})
    (finding,) = told(facts, of_sets("S", datatype=one_of("IFCREAL", "IFCAREAMEASURE")))
    assert (finding["reason"], finding["found"], finding["expected"]) == (
        "property_wrong_datatype",
        "IFCTEXT",
        "IFCREAL | IFCAREAMEASURE",
    )
    assert finding["values"] == {"set": "S", "name": "FireRating", "value": "约1.2公顷"}


def test_of_several_accepted_sets_the_first_few_are_named_and_none_is_called_missing() -> None:
    facts = facts_of(["IFCWALL"], properties={("A", "Other"): [(0, "x")]})
    (three,) = told(facts, of_sets("A", "B", "C"))
    (four,) = told(facts, of_sets("A", "B", "C", "D"))
    assert (three["reason"], three["values"]["set"]) == ("property_missing", "A / B / C")
    assert (four["reason"], four["values"]["set"]) == ("property_missing", "A / B / C …")
    (alone,) = told(facts, Property(exactly("B"), exactly("FireRating")))
    assert alone["reason"] == "set_missing"


def test_what_was_found_is_said_with_the_set_and_the_name_it_has() -> None:
    properties = {("A", "FireRating"): [(0, None), (1, None)], ("B", "耐火极限"): [(0, "甲级")]}
    facts = facts_of(["IFCWALL"] * 2, properties=properties)
    wrong, empty = told(facts, of_sets("A", "B", value=one_of("1.0", "2.0")))
    assert (wrong["reason"], wrong["found"]) == ("property_wrong_value", "甲级")
    assert wrong["values"] == {"set": "B", "name": "耐火极限"}
    assert (empty["reason"], empty["values"]) == ("property_empty", {"set": "A", "name": "FireRating"})


def test_of_prohibited_values_only_those_are_told_and_each_once() -> None:
    properties = {
        ("A", "FireRating"): [(0, "待定"), (1, "2.0")],
        ("B", "FireRating"): [(0, "待定")],
        ("A", "耐火极限"): [(0, "1.5")],
    }
    facts = facts_of(["IFCWALL"] * 2, properties=properties)
    (finding,) = told(facts, of_sets("A", "B", value=one_of("待定"), cardinality=Cardinality.PROHIBITED))
    assert (finding["sid"], finding["reason"], finding["found"]) == (0, "property_prohibited", "待定")


def test_a_finding_names_the_first_set_of_the_source_whatever_the_hash() -> None:
    names = [f"Set {number}" for number in range(40)]
    facts = facts_of(["IFCWALL"], properties={(name, "Mark"): [(0, "TBD")] for name in names})
    anywhere = Property(matching(".*"), exactly("Mark"), value=exactly("TBD"), cardinality=Cardinality.PROHIBITED)
    (finding,) = told(facts, anywhere)
    assert finding["values"]["set"] == "Set 0"
