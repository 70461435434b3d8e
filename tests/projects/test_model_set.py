"""The models of a project among each other."""

from __future__ import annotations

from pathlib import Path

from tests.projects.projects import FORM, check, findings, folder, model, result

OTHER_WALL = "0Ke3j0aXX2SRoX2eYkqk9e"


def test_models_that_agree_pass(tmp_path: Path) -> None:
    report = check(folder(tmp_path, files={"建筑.ifc": model(), "结构.ifc": model(wall=OTHER_WALL)}))
    for code in ("RNP-MOD-004", "RNP-MOD-005", "RNP-MOD-007", "RNP-MOD-008", "RNP-MOD-009", "RNP-AGR-001"):
        assert str(result(report, code).verdict) == "passed", code
    # storeys, site and building are one in both models, and may be
    assert str(result(report, "RNP-MOD-010").verdict) == "passed"
    assert report.project is not None
    told = {each["path"]: (each["discipline"], each["because"]) for each in report.project["models"]}
    assert told == {"建筑.ifc": ("建筑", "file_name"), "结构.ifc": ("结构", "file_name")}


def test_base_points_storeys_and_elements_that_do_not_agree(tmp_path: Path) -> None:
    files = {"建筑.ifc": model(), "结构.ifc": model(east=41535800.0, elevation=3.2), "暖通.ifc": model(wall=OTHER_WALL)}
    report = check(folder(tmp_path, files=files))
    assert [(f.subject and f.subject.name, f.found) for f in findings(report, "RNP-MOD-004")] == [
        ("结构.ifc", "41535800")
    ]
    assert [(f.found, f.expected) for f in findings(report, "RNP-MOD-009")] == [("3.2", "3")]
    shared = findings(report, "RNP-MOD-010")
    assert [f.subject and f.subject.name for f in shared] == ["0Ke3j0aXX2SRoX2eYkqk9d"]


def test_the_form_overrides_a_discipline_and_names_those_due(tmp_path: Path) -> None:
    form = FORM + "disciplines: [建筑, 电气]\ndeliverables:\n  - {path: 建筑.ifc, discipline: 电气}\n"
    report = check(folder(tmp_path, form, {"建筑.ifc": model()}))
    assert report.project is not None
    assert [(each["discipline"], each["because"]) for each in report.project["models"]] == [("电气", "form")]
    assert [f.subject and f.subject.name for f in findings(report, "RNP-MOD-003")] == ["建筑"]


def test_one_model_alone_is_not_compared(tmp_path: Path) -> None:
    report = check(folder(tmp_path, files={"建筑.ifc": model(number="other")}))
    assert str(result(report, "RNP-MOD-004").verdict) == "not-applicable"
    assert [f.found for f in findings(report, "RNP-AGR-001")] == ["other"]


def test_disciplines_go_by_one_name_and_an_unknown_one_is_told(tmp_path: Path) -> None:
    form = FORM + "disciplines: [建筑专业, 建筑专页]\n"
    report = check(folder(tmp_path, form, {"arch.ifc": model()}))
    assert [f.subject and f.subject.name for f in findings(report, "RNP-MOD-003")] == ["建筑专页"]
    assert [(f.found, f.expected) for f in findings(report, "RNP-FRM-004")] == [("建筑专页", "建筑专业")]
    assert str(result(report, "RNP-MOD-011").verdict) == "not-applicable"


def test_what_is_due_is_for_a_person_where_nobody_says(tmp_path: Path) -> None:
    report = check(folder(tmp_path, files={"arch.ifc": model()}))
    assert str(result(report, "RNP-MOD-011").verdict) == "manual"
