"""The sample projects are what their makers write, and say of themselves what they always said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cimkit.projects.project import check_project
from cimkit.report.model import Report
from tests.projects.projects import failed

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PROJECTS = SAMPLES / "projects"


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    pytest.importorskip("shapely")
    pytest.importorskip("python_calamine")
    return {folder.name: check_project(folder) for folder in sorted(PROJECTS.iterdir())}


def test_there_are_three(reports: dict[str, Report]) -> None:
    assert list(reports) == ["heating", "historic-building", "old-neighbourhood"]


@pytest.mark.parametrize("name", ["heating", "historic-building", "old-neighbourhood"])
def test_no_sample_project_has_an_error_or_lacks_anything(reports: dict[str, Report], name: str) -> None:
    report = reports[name]
    assert report.ok("error"), [result.code for result in report.results if str(result.verdict) == "failed"]
    assert report.internal_errors == []
    assert [source.error for source in report.sources if source.error] == []
    assert report.project is not None
    assert report.project["missing"] == []
    # the thin as-built model of the heating station is told of; nothing about the projects themselves is wrong
    assert not {code for code in failed(report) if code.startswith("RNP")}


def test_the_packs_of_their_kinds_are_asked(reports: dict[str, Report]) -> None:
    for name, pack in (
        ("heating", "ln-renewal-heating"),
        ("historic-building", "ln-renewal-historic-building"),
        ("old-neighbourhood", "ln-renewal-neighbourhood"),
    ):
        judged = {each.id: each.judged for each in reports[name].packs}
        assert judged[pack] > 5


def test_the_old_neighbourhood_keeps_the_floor_lines(reports: dict[str, Report]) -> None:
    project = reports["old-neighbourhood"].project
    assert project is not None
    values = {code: each["value"] for code, each in project["indicators"].items()}
    assert values == {
        "demolition_share": pytest.approx(100 * 300 / 1792.56, abs=1e-3),
        "rebuild_ratio": 0.2,
        "resettled_nearby": 100,
        "rent_rise": pytest.approx(3.3333, abs=1e-3),
    }
    assert [model["discipline"] for model in project["models"]] == ["建筑", "结构"]


def test_every_sample_says_that_it_is_synthetic() -> None:
    for folder in PROJECTS.iterdir():
        assert "Synthetic sample" in (folder / "project.yaml").read_text(encoding="utf-8")
        for path in folder.rglob("*.md"):
            assert "Synthetic sample" in path.read_text(encoding="utf-8")
        for path in folder.rglob("*.ifc"):
            assert "synthetic" in path.read_text(encoding="ascii")


def test_the_maker_writes_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("ifcopenshell")
    pytest.importorskip("xlsxwriter")
    subprocess.run([sys.executable, str(SAMPLES / "make_projects.py"), "--into", str(tmp_path)], check=True)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    there = {path.relative_to(PROJECTS): path.read_bytes() for path in PROJECTS.rglob("*") if path.is_file()}
    assert set(made) == set(there)
    assert [str(path) for path, content in made.items() if there[path] != content] == []
