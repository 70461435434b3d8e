"""One project from its folder to its report."""

from __future__ import annotations

from pathlib import Path

import pytest

from cimkit.cli.app import run as command_line
from cimkit.errors import UsageError
from cimkit.projects.finding import find_projects
from cimkit.projects.new import FORMS, new_project
from cimkit.report.formats import FORMATS, TO_STANDARD_OUTPUT, render
from cimkit.report.loading import from_dict
from tests.projects.projects import BLOCK, FORM, check, failed, findings, folder, geojson, model, red_line, result, ring

BUILDINGS = """
buildings:
  - {code: B1, name: 1号楼, area: 3000, storeys: 6, phase: 保留}
  - {code: B2, name: 2号楼, area: 500, storeys: 3, phase: 拆除}
"""


def test_an_empty_project_fails_for_what_is_missing_and_says_so(tmp_path: Path) -> None:
    report = check(folder(tmp_path))
    assert report.project is not None
    assert report.project["number"] == "LN-2021-0001"
    assert report.project["kinds"] == ["old-neighbourhood"]
    assert (report.project["city"], report.project["district"]) == ("210100", "210102")
    titles = [entry["title"] for entry in report.project["missing"]]
    assert "缺少小区台账" in titles
    assert len(titles) == len(set(titles))
    assert report.stage == ("施工图", "source")
    assert failed(report) == {"RNP-MOD-001", "RNP-PRJ-007", "RNP-PRJ-008"}  # none of them an error
    assert report.ok("error")


def test_no_folder_and_no_form_are_one_sentence_and_status_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (tmp_path / "nowhere", tmp_path):
        assert command_line(["project", str(place), "--lang", "en"]) == 3
        assert "form" in capsys.readouterr().out or not place.exists()


def test_a_folder_of_projects_is_no_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder(tmp_path / "a")
    folder(tmp_path / "b")
    assert command_line(["project", str(tmp_path)]) == 2
    assert "portfolio" in capsys.readouterr().err
    assert [path.name for path in find_projects(tmp_path)] == ["a", "b"]


def test_two_forms_are_refused(tmp_path: Path) -> None:
    root = folder(tmp_path, files={"项目.yaml": FORM})
    report = check(root)
    assert report.sources[0].error_key == "projects.two_forms"
    assert not report.ok("never")


def test_a_project_inside_a_project_is_named_and_not_looked_into(tmp_path: Path) -> None:
    root = folder(tmp_path, files={"inner/project.yaml": FORM, "inner/a.ifc": model(), "b.ifc": model()})
    report = check(root)
    assert [finding.found for finding in findings(report, "RNP-FRM-005")] == ["inner"]
    assert [source.path.partition("/")[2] for source in report.sources] == ["b.ifc", "project.yaml"]


def test_a_deliverable_named_twice_is_told_with_both_places(tmp_path: Path) -> None:
    form = FORM + "deliverables:\n  - {path: a.ifc}\n  - {path: ./a.ifc}\n  - {path: ../b.ifc}\n  - {path: c.pdf}\n"
    report = check(folder(tmp_path, form, {"a.ifc": model()}))
    assert [(f.found, f.expected) for f in findings(report, "RNP-FRM-006")] == [("a.ifc", "project.yaml:9")]
    assert [f.found for f in findings(report, "RNP-FRM-007")] == ["../b.ifc"]
    assert [f.subject and f.subject.name for f in findings(report, "RNP-DLV-001")] == ["c.pdf"]
    assert not report.ok("error")


def test_a_word_of_no_list_names_the_nearest(tmp_path: Path) -> None:
    report = check(folder(tmp_path, FORM.replace("老旧小区改造", "老旧小区改照").replace("和平区", "中山区")))
    assert {(f.found, f.expected) for f in findings(report, "RNP-FRM-004")} >= {("老旧小区改照", "老旧小区改造")}
    assert any("是不是“老旧小区改造”" in f.message for f in findings(report, "RNP-FRM-004"))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (
            geojson([([[123.42, 41.79], [123.44, 41.81], [123.44, 41.79], [123.42, 41.81], [123.42, 41.79]], {})]),
            "RNP-RED-003",
        ),
        (red_line(121.60, 38.90, 121.62, 38.92), "RNP-RED-004"),
        (red_line(112.30, 30.20, 112.31, 30.21), "RNP-RED-005"),
        ('{"type": "Point", "coordinates": [123.4, 41.8]}', "RNP-RED-002"),
        ("no geometry at all", "RNP-RED-001"),
    ],
)
def test_red_lines_that_do_not_hold(tmp_path: Path, line: str, code: str) -> None:
    pytest.importorskip("shapely")
    report = check(folder(tmp_path, FORM + "red_line: line.geojson\n", {"line.geojson": line}))
    assert str(result(report, code).verdict) == "failed"
    told = {"RNP-RED-003": "Self-intersection[123.43 41.8]", "RNP-RED-004": "大连市"}  # where, and which city
    assert all(told.get(code, "") in finding.message for finding in findings(report, code))


def test_a_sound_red_line_is_no_matter(tmp_path: Path) -> None:
    pytest.importorskip("shapely")
    report = check(folder(tmp_path, FORM + "red_line: line.geojson\n", {"line.geojson": red_line()}))
    assert not {code for code in failed(report) if code.startswith("RNP-RED")}
    assert report.project is not None
    assert report.project["red_line"]["square_metres"] == pytest.approx(1662.0 * 2221.0, rel=0.01)


def test_buildings_of_form_and_layer_are_compared(tmp_path: Path) -> None:
    pytest.importorskip("shapely")
    west, south, _, _ = BLOCK
    inside, outside = ring(west + 0.001, south + 0.001, west + 0.002, south + 0.002), ring(124.0, 42.0, 124.001, 42.001)
    layer = geojson(
        [
            (inside, {"建筑编码": "B1", "名称": "1号楼", "建筑面积": 2800, "地上层数": 6, "项目编号": "LN-2021-0009"}),
            (outside, {"建筑编码": "B9", "名称": "9号楼", "建筑面积": 10, "地上层数": 1, "项目编号": "LN-2021-0009"}),
        ]
    )
    form = FORM + "red_line: line.geojson\n" + BUILDINGS
    report = check(folder(tmp_path, form, {"line.geojson": red_line(), "房屋建筑.geojson": layer}))
    assert [f.subject and f.subject.name for f in findings(report, "RNP-AGR-003")] == ["2号楼"]
    assert [f.subject and f.subject.name for f in findings(report, "RNP-AGR-004")] == ["9号楼"]
    assert [(f.found, f.expected) for f in findings(report, "RNP-AGR-005")] == [("2800", "3000")]
    assert str(result(report, "RNP-AGR-006").verdict) == "passed"
    assert [f.found for f in findings(report, "RNP-AGR-001")] == ["LN-2021-0009"]
    assert [f.subject and f.subject.name for f in findings(report, "RNP-POS-001")] == ["9号楼"]
    assert str(result(report, "RNP-POS-002").verdict) == "passed"
    assert report.project is not None
    assert "building-layer" in report.project["present"]


def test_a_layer_with_nothing_inside_the_red_line_is_an_error(tmp_path: Path) -> None:
    pytest.importorskip("shapely")
    layer = geojson([(ring(124.0, 42.0, 124.001, 42.001), {"名称": "甲"})])
    report = check(folder(tmp_path, FORM + "red_line: l.geojson\n", {"l.geojson": red_line(), "道路.geojson": layer}))
    assert len(findings(report, "RNP-POS-002")) == 1
    assert not report.ok("error")


def test_a_source_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    report = check(folder(tmp_path, files={"a.ifc": model(), "b.ifc": b"ISO-10303-21;\nHEADER;\n"}))
    assert len(report.sources) == 3
    assert report.project is not None
    assert report.project["models"]


def test_every_format_tells_the_project(tmp_path: Path) -> None:
    report = check(folder(tmp_path, FORM + BUILDINGS, {"a.ifc": model()}))
    for format in TO_STANDARD_OUTPUT:
        text = render(report, format)
        assert format == "jsonl" or "LN-2021-0001" in text
    read_back = from_dict(report.to_dict())
    assert read_back.project == report.to_dict()["project"]
    for format in FORMATS:
        report.write(format, str(tmp_path / f"out.{format}"))
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "LN-2021-0001" in page
    assert "底线指标" in page


def test_the_report_fits_its_schema(tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from cimkit.report.schemas import schema

    jsonschema.validate(check(folder(tmp_path)).to_dict(), schema("report"))


def test_the_same_project_gives_the_same_report(tmp_path: Path) -> None:
    root = folder(tmp_path, FORM + BUILDINGS, {"a.ifc": model(), "b.ifc": model(east=1.0)})
    first, second = (check(root).to_dict() for _ in range(2))
    first.pop("created")
    second.pop("created")
    assert first == second


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_new_form_is_read_without_any_slip_but_what_must_be_filled(tmp_path: Path, form: str, lang: str) -> None:
    if form == "xlsx":
        pytest.importorskip("xlsxwriter")
        pytest.importorskip("python_calamine")
    new_project("heating", tmp_path / "p", form=form, lang=lang)
    report = check(tmp_path / "p", lang=lang)
    assert {code for code in failed(report) if code.startswith("RNP-FRM")} == {"RNP-FRM-002"}
    assert len(findings(report, "RNP-FRM-002")) == 4
    assert report.project is not None
    assert report.project["kinds"] == ["heating"]


def test_a_new_form_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = folder(tmp_path)
    assert command_line(["project", "new", "heating", "--out", str(root)]) == 2
    assert (root / "project.yaml").read_text(encoding="utf-8") == FORM
    assert [path.name for path in root.iterdir()] == ["project.yaml"]
    assert command_line(["project", "new", "heatin", "--out", str(tmp_path / "x")]) == 2
    assert "heating" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_the_schema_of_the_form_is_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line(["schema", "project"]) == 0
    assert '"deliverables"' in capsys.readouterr().out


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError) as caught:
        new_project("heating", tmp_path / "p")
    assert caught.value.key == "projects.cannot_write"
    assert list((tmp_path / "p").iterdir()) == []
    report = check(folder(tmp_path / "q"))
    with pytest.raises(UsageError):
        report.write("json", str(tmp_path / "out.json"))
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_form_that_cannot_be_read_has_status_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, (name, content) in enumerate({"project.yaml": "a: [", "项目表.xlsx": "no workbook"}.items()):
        root = tmp_path / str(number)
        root.mkdir()
        (root / name).write_text(content, encoding="utf-8")
        assert command_line(["project", str(root), "--lang", "zh"]) == 3
        assert name in capsys.readouterr().out
