"""The floor lines: computed as the pack says, with their inputs, or left to a person."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.projects.definitions import definitions
from cimkit.projects.floor_lines import floor_lines
from cimkit.projects.form import Row
from tests.projects.projects import FORM, check, findings, folder, result

UNIT = FORM.replace("老旧小区改造", "更新单元")


def row(**values: float) -> Row:
    return Row("x:1", values, dict.fromkeys(values, "x:1"))


def building(area: float, phase: str, **flags: bool) -> dict[str, object]:
    return {"area": area, "phase": phase, **flags}


def computed(buildings: list[dict[str, object]], **single: float) -> dict[str, float | None]:
    return {each.code: each.value for each in floor_lines(definitions().floor_lines, row(**single), buildings, "x")}


def test_shares_leave_unlawful_and_dangerous_buildings_out() -> None:
    found = computed(
        [
            building(800, "existing"),
            building(200, "demolished"),
            building(500, "demolished", unlawful=True),
            building(500, "demolished", dangerous=True),
            building(300, "new"),
        ]
    )
    assert found["demolition_share"] == 20
    assert found["rebuild_ratio"] == 1.5


def test_rents_rise_by_the_year_and_households_are_counted() -> None:
    found = computed([], before=20, after=22.05, years=2, households=120, nearby=66)
    assert found["rent_rise"] == pytest.approx(5)
    assert found["resettled_nearby"] == 55


@pytest.mark.parametrize(
    ("buildings", "single", "lacking"),
    [
        ([], {}, {"demolition_share", "rebuild_ratio", "resettled_nearby", "rent_rise"}),
        ([{"area": None, "phase": "demolished"}], {}, {"demolition_share", "rebuild_ratio"}),
        ([{"area": 10.0, "phase": None}], {}, {"demolition_share", "rebuild_ratio"}),
        ([building(10, "existing")], {}, {"rebuild_ratio"}),
        ([], {"before": 0, "after": 1, "years": 1}, {"rent_rise"}),
        ([], {"households": 0, "nearby": 0}, {"resettled_nearby"}),
    ],
)
def test_what_cannot_be_computed_says_what_it_lacks(
    buildings: list[dict[str, object]], single: dict[str, float], lacking: set[str]
) -> None:
    for each in floor_lines(definitions().floor_lines, row(**single), buildings, "x"):
        if each.code in lacking:
            assert each.value is None
            assert each.lacking


@given(
    st.lists(
        st.tuples(st.floats(0, 1e6), st.sampled_from(["existing", "demolished", "new"]), st.booleans()), max_size=12
    )
)
def test_a_share_lies_between_nothing_and_all(rows: list[tuple[float, str, bool]]) -> None:
    found = computed([building(area, phase, unlawful=out) for area, phase, out in rows])
    share = found["demolition_share"]
    assert share is None or 0 <= share <= 100.0001


def test_limits_are_rules_and_what_is_missing_is_for_a_person(tmp_path: Path) -> None:
    form = UNIT + (
        "buildings:\n  - {code: B1, area: 700, phase: 保留}\n  - {code: B2, area: 300, phase: 拆除}\n"
        "  - {code: B3, area: 700, phase: 新建}\nrent: {before: 20, after: 20.5, years: 1}\n"
    )
    report = check(folder(tmp_path, form))
    assert [(f.found, f.expected) for f in findings(report, "RNP-FLR-001")] == [("30", "<= 20")]
    assert len(findings(report, "RNP-FLR-002")) == 1
    assert str(result(report, "RNP-FLR-003").verdict) == "not-applicable"
    assert str(result(report, "RNP-FLR-004").verdict) == "passed"
    assert str(result(report, "RNP-FLR-005").verdict) == "manual"
    assert report.project is not None
    assert "B" not in report.project["indicators"]["demolition_share"]["lacking"]
    assert "300" in report.project["indicators"]["demolition_share"]["inputs"]
    assert any(entry["code"] == "RNP-FLR-005" for entry in report.project["to_sign"])


def test_what_is_no_renewal_unit_is_not_asked_for_floor_lines(tmp_path: Path) -> None:
    assert str(result(check(folder(tmp_path)), "RNP-FLR-005").verdict) == "not-applicable"


def test_floors_of_a_model_count_where_nothing_else_tells_phases(tmp_path: Path) -> None:
    from cimkit.authoring.case_model import model_text

    def slabs(*floors: tuple[str, str | None, float]) -> str:
        lines = ["#30=IFCBUILDING('1Buil00000000000000001',#12,'B',$,$,#9,$,$,.ELEMENT.,$,$,$);"]
        for index, (name, phase, area) in enumerate(floors):
            at = 100 + 10 * index
            lines += [
                f"#{at}=IFCSLAB('1Slab0000000000000000{index}',#12,'{name}',$,$,#9,$,$,.FLOOR.);",
                f"#{at + 1}=IFCQUANTITYAREA('NetArea',$,$,{area},$);",
                f"#{at + 2}=IFCELEMENTQUANTITY('1Qto00000000000000000{index}',#12,'BaseQuantities',$,$,(#{at + 1}));",
                f"#{at + 3}=IFCRELDEFINESBYPROPERTIES('1Rel00000000000000000{index}',#12,$,$,(#{at}),#{at + 2});",
            ]
            if phase:
                lines += [
                    f"#{at + 4}=IFCPROPERTYENUMERATEDVALUE('Status',$,(IFCLABEL('{phase}')),$);",
                    f"#{at + 5}=IFCPROPERTYSET('1Pset0000000000000000{index}',#12,'Pset_SlabCommon',$,(#{at + 4}));",
                    f"#{at + 6}=IFCRELDEFINESBYPROPERTIES('2Rel00000000000000000{index}',#12,$,$,(#{at}),#{at + 5});",
                ]
        return model_text("IFC4", lines)

    told = slabs(("a", "EXISTING", 800.0), ("b", "DEMOLISH", 200.0), ("c", "NEW", 300.0))
    report = check(folder(tmp_path / "a", UNIT, {"a.ifc": told}))
    assert report.project is not None
    indicators = report.project["indicators"]
    assert (indicators["demolition_share"]["value"], indicators["rebuild_ratio"]["value"]) == (20, 1.5)
    assert "a.ifc" in indicators["demolition_share"]["inputs"]
    untold = slabs(("a", "EXISTING", 800.0), ("b", None, 200.0))
    report = check(folder(tmp_path / "b", UNIT, {"a.ifc": untold}))
    assert report.project is not None
    assert report.project["indicators"]["demolition_share"]["value"] is None
