"""Checks about rows of tables: grades, series, counters, sums and shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.checks.contract import Outcome
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.facts.model import Facts
from cimkit.rules.conditions import Check, Entity, Property
from cimkit.rules.restriction import Restriction, exactly, matching, one_of
from cimkit.run.evaluation import Evaluation
from tests.run.conftest import facts_of

DEMAND = Demand(kinds=None, properties=frozenset({PropertyDemand()}))


def field(name: str) -> Property:
    return Property(None, exactly(name))


def rows(layers: Sequence[str], **fields: Sequence[Any]) -> Facts:
    """A row of each layer named; None: the row has no such value."""
    properties = {
        ("t", name): [(sid, cell) for sid, cell in enumerate(cells) if cell is not None]
        for name, cells in fields.items()
    }
    return facts_of(layers, properties=properties)


def ask(facts: Facts, name: str, kind: str | None = None, **options: Any) -> Outcome:
    evaluation = Evaluation(facts)
    mask = np.ones(len(facts), bool) if kind is None else evaluation.holds(Entity(exactly(kind)))
    return evaluation.judge(Check(name, options), mask)


def failing(outcome: Outcome) -> list[int]:
    return np.flatnonzero(outcome.failed).tolist()


def asked(outcome: Outcome) -> list[int]:
    assert outcome.asked is not None
    return np.flatnonzero(outcome.asked).tolist()


def told(outcome: Outcome) -> list[tuple[str | None, str | None]]:
    frame = outcome.explain(np.flatnonzero(outcome.failed).astype(np.int32))
    return list(frame.select("found", "expected").iter_rows())


STEPS = ("Asu Au", "Bsu Bu", "Csu Cu", "Dsu Du")
GRADES: dict[str, Any] = {"steps": STEPS, "result": field("unit"), "parts": (field("ground"), field("frame"))}


@pytest.mark.parametrize(
    ("ground", "frame", "envelope", "unit", "sound"),
    [
        ("Au", "Bu", None, "Bsu", True),
        ("Au", "Bu", None, "Asu", False),  # better than its worst part
        ("Bu", "Bu", "Bu", "Csu", False),  # nothing lowers it
        ("Bu", "Au", "Cu", "Csu", True),
        ("Au", "Au", "Du", "Csu", True),  # two grades
        ("Au", "Au", "Du", "Asu", True),  # it may, it need not
        ("Bu", "Au", "Du", "Dsu", False),  # never below Csu
        ("Du", "Au", "Du", "Dsu", True),  # Dsu by its own parts
        ("Ｂu", "Au", None, "Bsu级", True),
    ],
)
def test_a_building_is_as_good_as_its_worst_part(
    ground: str, frame: str, envelope: str | None, unit: str, *, sound: bool
) -> None:
    facts = rows(["b"], ground=[ground], frame=[frame], envelope=[envelope], unit=[unit])
    outcome = ask(facts, "grades", **GRADES, lowering=field("envelope"), by=2, floor="Csu")
    assert asked(outcome) == [0]
    assert failing(outcome) == ([] if sound else [0])


def test_a_grade_that_nobody_knows_is_not_asked() -> None:
    facts = rows(["b"] * 3, ground=["bu", "Bu", "Bu"], frame=["Au", None, "Au"], unit=["Bsu", "Bsu", "Asu"])
    outcome = ask(facts, "grades", **GRADES)
    assert (asked(outcome), failing(outcome)) == ([2], [2])
    assert told(outcome) == [("Asu", "Bsu")]


def test_a_year_without_its_check_up_shows_at_the_next_one() -> None:
    facts = rows(["c"] * 5, city=["沈阳"] * 4 + ["大连"], year=[2024, "2019年", 2020, 2020, 2021])
    outcome = ask(facts, "complete_series", of=(field("city"),), at=field("year"), unit="year", every=1)
    assert failing(outcome) == [0]
    assert told(outcome) == [("4", "<= 1")]
    assert 4 not in asked(outcome), "one year is no series"


@pytest.mark.parametrize(
    ("unit", "moments", "every", "gaps"),
    [
        ("day", ["2021-05-01", "2021/5/8", "20210516"], 7, [2]),
        ("minute", ["2021-05-01 08:00", "2021-05-01T08:05:00", "2021年5月1日 8:11"], 5, [2]),
        ("day", ["2021-02-28", "2021-02-30", "2021-03-01"], 1, []),  # the 30th is no day
    ],
)
def test_gaps_are_measured_in_days_and_minutes(unit: str, moments: list[str], every: float, gaps: list[int]) -> None:
    facts = rows(["r"] * 3, point=["p"] * 3, at=moments)
    outcome = ask(facts, "complete_series", of=(field("point"),), at=field("at"), unit=unit, every=every)
    assert failing(outcome) == gaps


@given(st.lists(st.integers(2000, 2030), min_size=2, max_size=12, unique=True))
def test_a_series_is_whole_exactly_when_no_year_between_is_missing(years: list[int]) -> None:
    facts = rows(["c"] * len(years), city=["x"] * len(years), year=years)
    outcome = ask(facts, "complete_series", of=(field("city"),), at=field("year"), unit="year", every=1)
    missing = set(range(min(years), max(years))) - set(years)
    assert outcome.failed.any() == bool(missing)


def test_a_counter_falls_only_where_a_row_says_why() -> None:
    facts = rows(
        ["m"] * 5,
        meter=["1", "1", "1", "2", "2"],
        at=["2021-01-03", "2021-01-01", "2021-01-02", "2021-01-01", "2021-01-02"],
        heat=[5, 10, 11, 3, 1],
        replaced=[None, None, None, None, "是"],
    )
    outcome = ask(
        facts,
        "never_falls",
        of=(field("meter"),),
        at=field("at"),
        unit="day",
        value=field("heat"),
        unless=field("replaced"),
    )
    assert failing(outcome) == [0]
    assert told(outcome) == [("5", ">= 11")]
    assert asked(outcome) == [0, 2, 4]


def test_parts_of_a_row_add_up_and_an_empty_part_is_nothing() -> None:
    facts = rows(["p"] * 4, a=[48.6, 40.0, None, None], b=[15.6, None, 3, None], total=[64.2, 64.2, 3, 9])
    outcome = ask(facts, "adds_up", parts=(field("a"), field("b")), total=field("total"))
    assert (asked(outcome), failing(outcome)) == ([0, 1, 2], [1])
    assert told(outcome) == [("40", "64.2")]


def test_a_number_is_what_its_rows_come_to() -> None:
    facts = rows(
        ["n", "n", "n", "b", "b", "b"],
        code=["N1", "N2", "N3", None, None, None],
        of=[None, None, None, "N1", "N1", "N2"],
        buildings=[2, 3, 0, None, None, None],
        households=[30, 50, None, 10, 20, 40],
        area=[5, 5, 5, 5, None, 5],
    )
    every: dict[str, Any] = {"key": field("code"), "rows": Entity(exactly("b")), "by": field("of")}
    counted = ask(facts, "tally", "n", total=field("buildings"), **every)
    assert (asked(counted), failing(counted), told(counted)) == ([0, 1, 2], [1], [("1", "3")])
    summed = ask(facts, "tally", "n", total=field("households"), value=field("households"), **every)
    assert (asked(summed), failing(summed)) == ([0, 1], [1])
    partly = ask(facts, "tally", "n", total=field("area"), value=field("area"), **every)
    assert asked(partly) == [1, 2], "a sum over some of the rows says nothing"


def test_sums_are_those_of_the_same_period() -> None:
    facts = rows(
        ["p", "p", "c", "c", "c"],
        what=["roads"] * 5,
        period=["2021Q1", "2021Q2", "2021Q1", "2021Q2", "2021Q2"],
        number=[10, 10, 10, 4, 5],
    )
    outcome = ask(
        facts,
        "tally",
        "p",
        key=field("what"),
        by=field("what"),
        same=(field("period"),),
        rows=Entity(exactly("c")),
        total=field("number"),
        value=field("number"),
    )
    assert (asked(outcome), failing(outcome), told(outcome)) == ([0, 1], [1], [("9", "10")])


def test_rows_that_lie_elsewhere_are_not_counted() -> None:
    facts = rows(["n"], code=["N1"], buildings=[2])
    outcome = ask(
        facts,
        "tally",
        key=field("code"),
        total=field("buildings"),
        rows=Entity(exactly("b")),
        by=field("of"),
    )
    assert asked(outcome) == []
    reference = ask(
        facts, "references", property=field("code"), where=Entity(exactly("b")), to=field("of"), elsewhere=True
    )
    assert asked(reference) == []
    assert failing(ask(facts, "references", property=field("code"), where=Entity(exactly("b")), to=field("of"))) == [0]


@pytest.mark.parametrize(
    ("part", "whole", "stated", "sound"),
    [
        (2293, 4968, 46.2, True),  # 46.16
        (2293, 4968, 46.1, False),
        (150773, 159554, 94, True),  # 94.497
        (150773, 159554, 95, False),
        (0.5, 1, 0.5, True),
        (150, 2007, 0.075, True),
        (150, 2007, 7.5, True),
        (577.26, 2725.5, 21.18, True),
    ],
)
def test_a_share_is_its_parts_within_the_printed_rounding(
    part: float, whole: float, stated: float, *, sound: bool
) -> None:
    facts = rows(["r"], part=[part], whole=[whole], stated=[stated])
    outcome = ask(facts, "ratio", part=field("part"), whole=field("whole"), stated=field("stated"))
    assert asked(outcome) == [0]
    assert failing(outcome) == ([] if sound else [0])


def test_a_share_of_nothing_is_not_asked() -> None:
    facts = rows(["r"] * 2, part=[1, 1], whole=[0, None], stated=[5, 5])
    assert asked(ask(facts, "ratio", part=field("part"), whole=field("whole"), stated=field("stated"))) == []


@pytest.mark.parametrize(
    ("height", "storeys", "sound"), [(18, 6, True), (13.2, 6, True), (18000, 6, False), (18, 0, None), (None, 6, None)]
)
def test_a_quotient_lies_between_its_bounds(height: float | None, storeys: int, *, sound: bool | None) -> None:
    facts = rows(["b"], height=[height], storeys=[storeys])
    outcome = ask(facts, "quotient", of=field("height"), by=field("storeys"), min=2.2, max=6)
    assert asked(outcome) == ([] if sound is None else [0])
    assert failing(outcome) == ([0] if sound is False else [])


def test_a_city_has_one_row_a_year() -> None:
    facts = rows(["c"] * 5, city=["沈阳", "沈阳", "大连", "沈阳 ", None], year=[2020, 2021, 2021, 2021, 2021])
    outcome = ask(facts, "once", of=(field("city"), field("year")))
    assert (asked(outcome), failing(outcome)) == ([0, 1, 2, 3], [3])
    assert outcome.explain(np.array([3], np.int32))["related"].to_list() == [[1]]


def test_each_group_has_every_member() -> None:
    facts = rows(
        ["p"] * 6,
        station=["S1", "S1", "S2", "S2", "S3", None],
        point=["供温", "回水温度", "供温", "供温", None, "供温"],
    )
    outcome = ask(
        facts,
        "set_complete",
        of=(field("station"),),
        property=field("point"),
        values=("供温|供水温度", "回温|回水温度"),
    )
    assert (asked(outcome), failing(outcome)) == ([0, 2], [2])
    assert told(outcome) == [("S2", "回温")]


def test_numbers_that_a_table_keeps_as_text_count_as_numbers() -> None:
    layer = pl.DataFrame({"a": ["48.6", "40", "约 3"], "b": [" 15.6 ", "1e1", "3"], "total": ["64.2", "64.2", "6"]})
    facts = facts_of_layers([Layer("p", layer)], DEMAND, format="csv", name="p.csv")
    outcome = ask(facts, "adds_up", parts=(field("a"), field("b")), total=field("total"))
    assert (asked(outcome), failing(outcome)) == ([0, 1], [1]), "a part that is no number leaves the sum open"
    share = pl.DataFrame({"share": ["46.2%", "120", "n/a"]})
    facts = facts_of_layers([Layer("p", share)], DEMAND, format="csv", name="p.csv")
    upto = Property(None, exactly("share"), Restriction(base="double", max_inclusive="100"), every=False)
    assert Evaluation(facts).holds(upto).tolist() == [True, False, False]


def test_codes_and_flags_that_a_table_took_for_numbers_are_read_as_written() -> None:
    layer = pl.DataFrame({"code": [210624101201, 110101001001], "flag": [1, 0]})
    facts = facts_of_layers([Layer("p", layer)], DEMAND, format="csv", name="p.csv")
    code = Property(None, exactly("code"), matching("21[0-9]{10}"), every=False)
    assert Evaluation(facts).holds(code).tolist() == [True, False]
    yes = Property(None, exactly("flag"), one_of("是", "true", "1"), every=False)
    assert Evaluation(facts).holds(yes).tolist() == [True, False]
