"""Each named check on facts of a few rows: who fails, who is not asked, what is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.checks.codes import SCHEMES, credit_code_check
from cimkit.checks.contract import Outcome
from cimkit.checks.places import distance_m, epsg_code, gauss_kruger_zone
from cimkit.checks.table import CHECKS
from cimkit.facts.model import Facts
from cimkit.rules.conditions import Attribute, Check, Entity, Phase, Property
from cimkit.rules.restriction import exactly, matching, one_of
from cimkit.run.evaluation import Evaluation
from tests.run.conftest import facts_of

NAME = Attribute(exactly("Name"))
AREA = Property(exactly("Q"), exactly("Area"))
TOTAL = Property(exactly("Q"), exactly("Total"))
ALL = None


def ask(facts: Facts, name: str, selected: list[int] | None = ALL, **options: Any) -> Outcome:
    mask = np.ones(len(facts), bool)
    if selected is not None:
        mask[:] = False
        mask[selected] = True
    return Evaluation(facts).judge(Check(name, options), mask)


def failing(outcome: Outcome) -> list[int]:
    return np.flatnonzero(outcome.failed).tolist()


def asked(outcome: Outcome) -> list[int]:
    assert outcome.asked is not None
    return np.flatnonzero(outcome.asked).tolist()


def said(outcome: Outcome) -> list[dict[str, Any]]:
    """The findings of a check about the whole, or about each failing subject."""
    rows = (
        outcome.whole if outcome.whole is not None else outcome.explain(np.flatnonzero(outcome.failed).astype(np.int32))
    )
    return rows.to_dicts()


def test_every_check_in_the_table_has_its_two_functions() -> None:
    from importlib import import_module

    for spec in CHECKS.values():
        module = import_module(f"cimkit.checks.{spec.module}")
        assert callable(module.judge)
        assert callable(module.demand)


def test_no_defect_tells_line_column_and_detail() -> None:
    defect = {"kind": "syntax", "line": 12, "column": 7, "detail": "unterminated_string", "found": "#1=", "row": 1}
    facts = facts_of(["IFCWALL"], defects=[defect, {"kind": "encoding", "line": 1}])
    finding = said(ask(facts, "no_defect", kind=("syntax",)))
    assert [(row["reason"], row["locator"]) for row in finding] == [("defect_syntax", "12:7")]
    assert orjson.loads(finding[0]["values"])["detail"] == "unterminated_string"
    assert said(ask(facts, "no_defect", kind=("cycle",))) == []


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"author": ["", "张三"]}, None),
        ({"author": [""]}, "header_missing"),
        ({"author": ["?"]}, "header_wrong_value"),
        ({}, "header_missing"),
    ],
)
def test_header(header: Mapping[str, Any], reason: str | None) -> None:
    outcome = ask(facts_of([], whole={"header": header}), "header", field="author", value=matching(r"[^?]+"))
    assert [row["reason"] for row in said(outcome)] == ([reason] if reason else [])


def test_header_of_a_source_without_one_is_not_asked() -> None:
    assert not ask(facts_of([]), "header", field="author").looked


@pytest.mark.parametrize(("projects", "reason"), [(0, "too_few"), (1, None), (2, "too_many")])
def test_count(projects: int, reason: str | None) -> None:
    findings = said(ask(facts_of(["IFCPROJECT"] * projects), "count", min=1, max=1))
    assert [row["reason"] for row in findings] == ([reason] if reason else [])


def test_share() -> None:
    facts = facts_of(["IFCWALL", "IFCBUILDINGELEMENTPROXY", "IFCBUILDINGELEMENTPROXY"])
    proxy = Entity(exactly("IFCBUILDINGELEMENTPROXY"))
    assert said(ask(facts, "share", of=proxy, max=0.7)) == []
    assert said(ask(facts, "share", of=proxy, max=0.5))[0]["found"] == "67% (2 / 3)"
    assert not ask(facts, "share", of=proxy, max=0.5, least=10).looked


def test_unique_names_the_others() -> None:
    facts = facts_of(["IFCWALL"] * 4, attributes={"Name": [(0, "a"), (1, "b"), (2, "a"), (3, None)]})
    outcome = ask(facts, "unique", attribute=NAME)
    assert failing(outcome) == [0, 2]
    assert asked(outcome) == [0, 1, 2]
    assert [(row["sid"], row["found"], row["related"]) for row in said(outcome)] == [(0, "a", [2]), (2, "a", [0])]


def test_unique_within_a_whole_and_with_tolerance() -> None:
    facts = facts_of(
        ["IFCBUILDING", "IFCBUILDING", "IFCBUILDINGSTOREY", "IFCBUILDINGSTOREY", "IFCBUILDINGSTOREY"],
        attributes={"Elevation": [(2, 0.0), (3, 0.0005), (4, 0.0)]},
        links={"IFCRELAGGREGATES": [(2, 0), (3, 0), (4, 1)]},
    )
    elevation = Attribute(exactly("Elevation"))
    outcome = ask(facts, "unique", attribute=elevation, within="IFCRELAGGREGATES", tolerance=0.001)
    assert failing(outcome) == [2, 3]
    assert failing(ask(facts, "unique", attribute=elevation, within="IFCRELAGGREGATES")) == []


def test_references() -> None:
    facts = facts_of(
        ["IFCWALL", "IFCWALL", "IFCZONE"],
        attributes={"Tag": [(0, "Z1"), (1, "Z9")], "Name": [(2, "Z1"), (1, "Z9")]},
    )
    options = {"attribute": Attribute(exactly("Tag")), "where": Entity(exactly("IFCZONE")), "to": NAME}
    assert failing(ask(facts, "references", **options)) == [1]


def test_linked_counts_both_ways() -> None:
    facts = facts_of(
        ["IFCBUILDINGSTOREY", "IFCBUILDINGSTOREY", "IFCWALL"],
        links={"IFCRELCONTAINEDINSPATIALSTRUCTURE": [(2, 0), (2, 1)]},
    )
    relation = ("IFCRELCONTAINEDINSPATIALSTRUCTURE",)
    assert failing(ask(facts, "linked", [0, 1], relation=relation, inverse=True)) == []
    outcome = ask(facts, "linked", [2], relation=relation, max=1)
    assert [(row["reason"], row["found"]) for row in said(outcome)] == [("linked_too_often", "2")]
    assert failing(ask(facts, "linked", [0], relation=relation)) == [0]
    other = Entity(exactly("IFCDOOR"))
    assert failing(ask(facts, "linked", [0], relation=relation, inverse=True, other=other)) == [0]


def test_host_is_found_through_the_opening() -> None:
    facts = facts_of(
        ["IFCWALL", "IFCOPENINGELEMENT", "IFCDOOR", "IFCDOOR"],
        phases=[(0, "demolished"), (2, "new")],
        links={"IFCRELFILLSELEMENT": [(2, 1)], "IFCRELVOIDSELEMENT": [(1, 0)]},
    )
    outcome = ask(facts, "host", [2, 3], **{"is": Phase(one_of("new", "existing"))})
    assert failing(outcome) == [2]
    assert asked(outcome) == [2]
    assert said(outcome)[0]["related"] == [0]


def test_compare_and_within() -> None:
    facts = facts_of(
        ["IFCSPACE"] * 3, properties={("Q", "Area"): [(0, 4.0), (1, 6.0)], ("Q", "Total"): [(0, 5.0), (1, 5.0)]}
    )
    outcome = ask(facts, "compare", left=AREA, op="<=", right=TOTAL)
    assert failing(outcome) == [1]
    assert asked(outcome) == [0, 1]
    assert failing(ask(facts, "compare", left=AREA, op="=", right=TOTAL, tolerance=1.0)) == []
    assert failing(ask(facts, "compare", left=AREA, op="!=", right=4)) == [0]
    assert failing(ask(facts, "within", value=AREA, min=4, max=5)) == [1]


def test_agree_folds_text_and_rounds_numbers() -> None:
    facts = facts_of(
        ["IFCWALL"] * 3,
        properties={("A", "x"): [(0, "Ａ 1"), (1, "b"), (2, 1.0)], ("B", "x"): [(0, "a1"), (1, "c"), (2, 1.0000001)]},
    )
    operands = tuple(Property(exactly(name), exactly("x")) for name in "AB")
    outcome = ask(facts, "agree", operands=operands)
    assert failing(outcome) == [1]
    assert said(outcome)[0]["found"] == "A.x = b; B.x = c"


def test_sum_asks_only_complete_wholes() -> None:
    facts = facts_of(
        ["IFCBUILDING", "IFCBUILDINGSTOREY", "IFCBUILDINGSTOREY", "IFCBUILDING", "IFCBUILDINGSTOREY"],
        properties={("Q", "Area"): [(1, 10.0), (2, 20.0)], ("Q", "Total"): [(0, 40.0), (3, 5.0)]},
        links={"IFCRELAGGREGATES": [(1, 0), (2, 0), (4, 3)]},
    )
    outcome = ask(facts, "sum", parts=AREA, total=TOTAL)
    assert failing(outcome) == [0]
    assert asked(outcome) == [0]


@pytest.mark.parametrize("code", ["91210100MA0EXAMP1C", "91210200MA00000153"])
def test_credit_codes_made_up_to_be_valid(code: str) -> None:
    assert SCHEMES["credit_code"](code) is None


def test_credit_code_of_the_published_counter_example() -> None:
    """91350100M000100Y4 has the weighted sum 1640, so that its check character is 3."""
    assert credit_code_check("91350100M000100Y4") == "3"
    assert SCHEMES["credit_code"]("91350100M000100Y43") is None
    assert SCHEMES["credit_code"]("91350100M000100Y42") == "code_wrong_check"


@given(st.text(max_size=30), st.sampled_from(sorted(SCHEMES)))
def test_any_text_has_an_answer(code: str, scheme: str) -> None:
    assert SCHEMES[scheme](code) in (None, "code_wrong_form", "code_wrong_check")


@given(st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_breaks_the_check(place: int, other: str) -> None:
    code = "91210100MA0EXAMP1C"
    changed = code[:place] + other + code[place + 1 :]
    assert (SCHEMES["credit_code"](changed) is None) == (changed == code)


@pytest.mark.parametrize(
    ("scheme", "good", "bad"),
    [
        ("project_code", "2103-210100-04-01-123456", "2103-2101-04-01-123456"),
        ("area_code", "210102", "21010"),
        ("class_code", "14-10.20.03", "14-10.00.03"),
        ("house_unit", "210102001001GB00001F00010001", "210102001001gb00001F00010001"),
    ],
)
def test_forms_of_codes(scheme: str, good: str, bad: str) -> None:
    assert SCHEMES[scheme](good) is None
    assert SCHEMES[scheme](bad) == "code_wrong_form"


def test_valid_code_tries_the_list_too() -> None:
    facts = facts_of(["IFCSITE"] * 3, attributes={"Name": [(0, "210102"), (1, "219999"), (2, "x")]})
    outcome = ask(facts, "valid_code", attribute=NAME, scheme="area_code", list=one_of("210102"))
    assert [(row["sid"], row["reason"]) for row in said(outcome)] == [(1, "code_not_in_list"), (2, "code_wrong_form")]


LIAONING = {"north": 43.5, "south": 38.7, "east": 125.8, "west": 118.8}
SHENYANG = {"latitude": 41.8, "longitude": 123.43, "id": 7}


def placed(easting: float, northing: float, crs: str = "EPSG:4529", **more: Any) -> Facts:
    conversion = {"eastings": easting, "northings": northing, "id": 9, **more.pop("conversion", {})}
    return facts_of([], whole={"georeference": {"map_conversion": conversion, "projected_crs": {"name": crs}, **more}})


@pytest.mark.parametrize(
    ("facts", "aspect", "reason"),
    [
        (facts_of([]), "present", "georeference_missing"),
        (facts_of([], schema="IFC2X3"), "present", "not asked"),
        (placed(41535737.2, 4629512.0), "present", None),
        (placed(41535737.2, 4629512.0), "swapped", None),
        (placed(4629512.0, 41535737.2), "swapped", "axes_swapped"),
        (placed(4629512.0, 535737.2, "EPSG:4550"), "swapped", "axes_swapped"),
        (placed(4629512.0, 535737.2, "EPSG:25832"), "swapped", "not asked"),
        (placed(41535737.2, 4629512.0), "zone", None),
        (placed(535737.2, 4629512.0), "zone", "zone_prefix_wrong"),
        (placed(41535737.2, 4629512.0, "EPSG:4550"), "zone", "zone_prefix_wrong"),
        (placed(40535737.2, 4629512.0), "zone", "zone_prefix_wrong"),
        (placed(535737.2, 4629512.0, "EPSG:4550"), "zone", None),
        (placed(41535737.2, 4629512.0, site=SHENYANG), "agrees", None),
        (placed(41535737.2, 4609512.0, site=SHENYANG), "agrees", "location_disagrees"),
        (placed(41535737.2, 4629512.0), "agrees", "not asked"),
        (placed(41535737.2, 4629512.0), "inside", None),
        (placed(39435737.2, 4429512.0, "EPSG:4527"), "inside", "location_outside"),
        (placed(1.0, 1.0, project_unit_m=0.001, map_unit_m=1.0), "scale", "scale_wrong"),
        (placed(1.0, 1.0, project_unit_m=0.001, map_unit_m=1.0, conversion={"scale": 0.0009996}), "scale", None),
    ],
)
def test_georeference(facts: Facts, aspect: str, reason: str | None) -> None:
    outcome = ask(facts, "georeference", aspect=aspect, box=LIAONING)
    findings = [row["reason"] for row in said(outcome)]
    assert outcome.looked == (reason != "not asked")
    assert findings == ([reason] if reason and reason != "not asked" else [])


def test_location_at_a_tools_default() -> None:
    beijing = {"lat": 39.916_944, "lon": 116.432_222, "name": "Revit"}
    at_default = facts_of([], whole={"georeference": {"site": {"latitude": 39.9169, "longitude": 116.4322, "id": 1}}})
    assert said(ask(at_default, "location", not_near=[beijing]))[0]["reason"] == "location_at_default"
    shenyang = facts_of([], whole={"georeference": {"site": SHENYANG}})
    assert said(ask(shenyang, "location", not_near=[beijing], box=LIAONING)) == []
    assert said(ask(at_default, "location", box=LIAONING))[0]["reason"] == "location_outside"
    assert not ask(facts_of([]), "location", box=LIAONING).looked


def test_crs() -> None:
    facts = facts_of([], whole={"georeference": {"projected_crs": {"name": "urn:ogc:def:crs:EPSG::4529", "id": 3}}})
    assert said(ask(facts, "crs", accepted=one_of("EPSG:4529"))) == []
    assert said(ask(facts, "crs", accepted=one_of("EPSG:4550")))[0]["reason"] == "crs_not_accepted"
    assert said(ask(facts, "crs", aspect="vertical"))[0]["reason"] == "crs_missing"
    assert not ask(facts_of([]), "crs", accepted=one_of("EPSG:4529")).looked


@pytest.mark.parametrize(("name", "reason"), [("EPSG:4529", []), ("EPSG:99999", ["crs_unknown"]), ("CGCS2000", None)])
def test_crs_known_to_the_register(name: str, reason: list[str] | None) -> None:
    outcome = ask(facts_of([], whole={"georeference": {"projected_crs": {"name": name}}}), "crs", aspect="known")
    assert outcome.looked == (reason is not None)
    assert [row["reason"] for row in said(outcome)] == (reason or [])


@pytest.mark.parametrize(
    ("text", "code"),
    [("EPSG:4529", 4529), ("epsg 4529", 4529), ("urn:ogc:def:crs:EPSG::4529", 4529), ("CGCS2000", None)],
)
def test_epsg_code(text: str, code: int | None) -> None:
    assert epsg_code(text) == code


def test_zones_of_the_register() -> None:
    assert gauss_kruger_zone(4528) == (40, True)
    assert gauss_kruger_zone(4549) == (40, False)
    assert gauss_kruger_zone(4498) == (20, True)
    assert gauss_kruger_zone(4510) == (21, False)
    assert gauss_kruger_zone(25832) is None


def test_distance_of_one_degree_of_latitude() -> None:
    assert distance_m(41, 123, 42, 123) == pytest.approx(111_195, rel=1e-3)
