"""What other programs read: JUnit, SARIF and BCF."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from lxml import etree
from report_factory import make_report, result, written

from cimkit.report.baseline import apply_baseline
from cimkit.report.model import Report, Verdict
from cimkit.report.views import Outline, Plan


def test_junit_counts_add_up_and_only_passed_rules_pass(report: Report, tmp_path) -> None:
    root = etree.fromstring(written(report, "junit", tmp_path))
    assert root.get("tests") == str(len(root.findall(".//testcase"))) == "15"
    assert root.get("failures") == str(len(root.findall(".//failure"))) == "5"
    assert root.get("skipped") == str(len(root.findall(".//skipped"))) == "4"
    silent = {case.get("name").split()[0] for case in root.iterfind(".//testcase") if not len(case)}
    passed = {r.code for r in report.results if r.verdict is Verdict.PASSED}
    assert silent - {source.path for source in report.sources} == passed


def test_junit_is_xml_whatever_names_hold(tmp_path) -> None:
    report = make_report(10)
    report.subjects = report.subjects.with_columns(name=pl.lit("a\x00\x0b\ufffe]]>&<"))
    etree.fromstring(written(report, "junit", tmp_path))


def test_known_findings_do_not_fail_a_build(report: Report, tmp_path) -> None:
    root = etree.fromstring(written(apply_baseline(report, make_report()), "junit", tmp_path))
    assert root.get("failures") == "0"
    assert root.get("skipped") == "9"


def test_sarif_points_at_rules_artifacts_and_lines(report: Report, tmp_path) -> None:
    report.results.append(
        result("IFC-SYN-002", "failed", rows=[{"source": 0, "reason": "defect_syntax", "locator": "12:5"}])
    )
    report.__post_init__()
    run = json.loads(written(apply_baseline(report, make_report(20)), "sarif", tmp_path))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for entry in run["results"]:
        assert rules[entry["ruleIndex"]]["id"] == entry["ruleId"]
        assert entry["message"]["text"]
        assert (entry["kind"] == "fail") is (entry["level"] != "none")
        for location in entry.get("locations", ()):
            place = location["physicalLocation"]["artifactLocation"]
            assert run["artifacts"][place["index"]]["location"]["uri"] == place["uri"]
            assert " " not in place["uri"]
    by_rule = {entry["ruleId"]: entry for entry in run["results"]}
    assert by_rule["IFC-SYN-002"]["locations"][0]["physicalLocation"]["region"] == {"startLine": 12, "startColumn": 5}
    assert by_rule["LNB-PRJ-001"]["kind"] == "review"
    assert by_rule["LNB-STA-001"]["kind"] == "notApplicable"
    kinds = {entry.get("baselineState") for entry in run["results"] if "locations" in entry}
    assert kinds == {"new", "unchanged"}
    assert sum("suppressions" in entry for entry in run["results"]) == 1
    prints = [entry["partialFingerprints"]["cimkitFinding/v1"] for entry in run["results"] if "locations" in entry]
    assert len(prints) == len(set(prints))


# --- BCF ---


def topics_of(report: Report, folder: Path, **options) -> dict[str, tuple]:
    """Title and number of the file -> (markup, viewpoint or None), read with the library's own parser."""
    bcfxml = pytest.importorskip("bcf.v2.bcfxml")
    written(report, "bcf", folder, **options)
    with bcfxml.BcfXml.load(folder / "报告.bcf") as archive:
        paths = [source.path for source in report.sources]
        found = {}
        for topic in archive.topics.values():
            number = paths.index(topic.header.file[0].filename) if topic.header else "-"
            found[f"{topic.topic.title} {number}"] = (topic.markup, next(iter(topic.viewpoints.values()), None))
        return found


def test_bcf_has_one_topic_a_rule_and_model_and_says_what_it_cut(report: Report, tmp_path) -> None:
    topics = topics_of(report, tmp_path, max_findings=4)
    markup, view = topics["LNB-WAL-003 墙缺少耐火极限 0"]
    assert (
        "此处列出 4 项，共 45 项" in markup.topic.description or "此处列出 4 项，共 15 项" in markup.topic.description
    )
    assert 3 <= len(view.visualization_info.components.selection.component) <= 4
    assert len(markup.comment) == 1
    left_open = next(title for title in topics if title.startswith("待人工判定"))
    assert "LNB-PRJ-001" in topics[left_open][0].topic.description


def test_bcf_colours_the_second_element_apart_and_leaves_known_findings_out(report: Report, tmp_path) -> None:
    report.subjects = report.subjects.with_columns(id=pl.col("id").fill_null("3zzzzzzzzzzzzzzzzzzzzz"))
    markup, view = topics_of(report, tmp_path)["LNB-WAL-004 墙的耐火极限取值不对 0"]
    colours = view.visualization_info.components.coloring.color
    assert "FFF79009" in {colour.color for colour in colours}
    selected = {c.ifc_guid for c in view.visualization_info.components.selection.component}
    assert f"{3:022d}" not in selected
    assert f"{9:022d}" in selected
    assert markup.topic.topic_type == "警告"


def test_bcf_topics_keep_their_guid_from_run_to_run(report: Report, tmp_path) -> None:
    later = make_report(90)
    later.created = "2026-12-01T00:00:00Z"
    first, second = topics_of(report, tmp_path), topics_of(later, tmp_path)
    assert {m.topic.guid for m, _ in first.values()} == {m.topic.guid for m, _ in second.values()}


def test_a_plan_gives_a_bcf_camera(report: Report, tmp_path) -> None:
    square = [[(10.0, 20.0), (14.0, 20.0), (14.0, 22.0), (10.0, 22.0)]]
    report.views = [Plan(0, "1F", 3.0, [Outline(report.subjects["id"][7], "IfcWall", square)])]
    cameras = [view.visualization_info.orthogonal_camera for _, view in topics_of(report, tmp_path).values() if view]
    points = [camera.camera_view_point for camera in cameras if camera]
    assert points
    assert all((point.x, point.y) == (12.0, 21.0) for point in points)
