"""The checks that rule packs brought with them: units, renovation phases, days in order, codes of the EPSG register."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from msgspec.structs import replace

from cimkit.checks.contract import Outcome
from cimkit.facts.model import Facts
from cimkit.rules.conditions import Check, Property
from cimkit.rules.restriction import exactly
from cimkit.run.evaluation import Evaluation
from tests.run.conftest import facts_of

METRE = {"name": "METRE", "scale": 1.0, "offset": 0.0}


def ask(facts: Facts, name: str, **options: Any) -> Outcome:
    return Evaluation(facts).judge(Check(name, options), np.ones(len(facts), bool))


def reasons(outcome: Outcome) -> list[str]:
    assert outcome.whole is not None
    return outcome.whole["reason"].to_list()


def test_a_kind_of_unit_is_declared_or_not() -> None:
    facts = facts_of([], whole={"units": {"LENGTHUNIT": METRE}})
    assert reasons(ask(facts, "units", declared="LENGTHUNIT")) == []
    assert reasons(ask(facts, "units", declared="AREAUNIT")) == ["unit_not_declared"]
    assert not ask(facts_of([], whole={"units": {}}), "units", declared="LENGTHUNIT").looked


@pytest.mark.parametrize(
    ("kind", "name", "scale", "wrong"),
    [
        ("PLANEANGLEUNIT", "DEGREE", math.pi / 180, False),
        ("PLANEANGLEUNIT", "degree", 0.01745, False),
        ("PLANEANGLEUNIT", "degree", 0.0175, True),
        ("PLANEANGLEUNIT", "degree", 57.2957795, True),
        ("LENGTHUNIT", "FOOT", 0.3048, False),
        ("LENGTHUNIT", "foot", 1.0, True),
        ("LENGTHUNIT", "li", 500.0, False),  # a name nobody knows may be worth anything
    ],
)
def test_a_unit_is_worth_what_its_name_says(kind: str, name: str, scale: float, *, wrong: bool) -> None:
    facts = facts_of([], whole={"units": {kind: {"name": name, "scale": scale, "offset": 0.0}}})
    assert reasons(ask(facts, "units", factors=True)) == (["unit_factor_wrong"] if wrong else [])


def test_phases_are_owed_in_a_renovation_only() -> None:
    walls = ["IFCWALL"] * 3
    renovation = ask(facts_of(walls, phases=[(0, "existing"), (1, "new")]), "phase_stated", beside=("existing",))
    assert np.flatnonzero(renovation.failed).tolist() == [2]
    new_work = ask(facts_of(walls, phases=[(0, "new")]), "phase_stated", beside=("existing", "demolished"))
    assert new_work.asked is not None
    assert not new_work.asked.any()
    assert not new_work.failed.any()


DAYS = tuple(Property(exactly("S"), exactly(name)) for name in ("made", "arrived", "built"))


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (("2024-05-06", "2024/5/7", "2024年5月8日"), "good"),
        (("20240506", "2024.05.06T10:00:00", None), "good"),
        (("2024-05-06", None, "2024-04-30"), "bad"),
        (("2024-05-06", "2024-05-01", "2024-05-07"), "bad"),
        (("soon", "2024-05-01", None), "not asked"),
        (("2024-13-01", "2024-05-01", None), "not asked"),
    ],
)
def test_days_in_order(given: Sequence[str | None], verdict: str) -> None:
    properties: Mapping[tuple[str, str], list[tuple[Any, ...]]] = {
        ("S", name): [(0, day)]
        for name, day in zip(("made", "arrived", "built"), given, strict=True)
        if day is not None
    }
    outcome = ask(facts_of(["IFCPUMP"], properties=properties), "dates_in_order", operands=DAYS)
    assert outcome.asked is not None
    assert outcome.asked[0] == (verdict != "not asked")
    assert outcome.failed[0] == (verdict == "bad")
    if verdict == "bad":
        row = outcome.explain(np.array([0], np.int32)).to_dicts()[0]
        assert "made = 2024-05-06" in row["found"]


def test_a_compound_code_states_the_height_system() -> None:
    facts = facts_of([], whole={"georeference": {"projected_crs": {"name": "EPSG:4529+5737"}}})
    assert reasons(ask(facts, "crs", aspect="vertical", accepted=exactly("EPSG:5737"))) == []
    assert reasons(ask(facts, "crs", aspect="vertical", accepted=exactly("EPSG:5736"))) == ["crs_not_accepted"]


def test_a_layered_wall_has_its_thickness() -> None:
    facts = facts_of(["IFCWALL"] * 3, materials=[(0, "Brick", None), (1, "Concrete", None)])
    layered = facts.materials.with_columns(role=pl.Series(["layer", "material"]))
    outcome = ask(replace(facts, materials=layered), "material_as", role=("layer", "layer_set"))
    assert np.flatnonzero(outcome.failed).tolist() == [1, 2]
    assert outcome.explain(np.array([1], np.int32))["reason"].to_list() == ["material_missing"]
