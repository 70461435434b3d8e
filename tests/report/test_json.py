"""The JSON report: valid against its schema, complete, the same each time, and readable again."""

from __future__ import annotations

import orjson
import pytest
from jsonschema import Draft202012Validator
from report_factory import NASTY, make_report, result

from cimkit.errors import UsageError
from cimkit.report.formats import render
from cimkit.report.loading import from_dict, load_report
from cimkit.report.model import Report
from cimkit.report.schemas import SCHEMAS, schema


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_schemas_and_describe_every_key(name: str) -> None:
    document = schema(name)
    Draft202012Validator.check_schema(document)

    def undescribed(node: object, path: str) -> list[str]:
        if not isinstance(node, dict):
            return []
        lacking = [path] if "description" not in node and "$ref" not in node else []
        for key, child in node.get("properties", {}).items():
            lacking += undescribed(child, f"{path}/{key}")
        return lacking

    assert undescribed(document, "") == []
    assert [path for key, node in document.get("$defs", {}).items() for path in undescribed(node, key)] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_is_valid_against_its_schema(lang: str) -> None:
    errors = list(Draft202012Validator(schema("report")).iter_errors(make_report(lang=lang).to_dict()))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_the_schema_refuses_what_is_no_report(report: Report) -> None:
    data = report.to_dict()
    data["results"][0]["verdict"] = "fine"
    assert not Draft202012Validator(schema("report")).is_valid(data)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(make_report(), "json") == render(make_report(), "json")


def test_json_lists_all_whatever_the_cap_and_orders_by_code(report: Report) -> None:
    data = orjson.loads(render(report, "json", max_findings=1))
    assert [entry["code"] for entry in data["results"]] == sorted(entry["code"] for entry in data["results"])
    for entry in data["results"]:
        assert entry["shown"] == len(entry["findings"]) == entry["failed"]
    names = {f["subject"]["name"] for entry in data["results"] for f in entry["findings"]}
    assert NASTY[0] in {f["found"] for entry in data["results"] for f in entry["findings"]}
    assert "防火门-1" in names


def test_a_finding_about_the_whole_source_names_it(report: Report) -> None:
    finding = next(r for r in report.to_dict()["results"] if r["code"] == "IFC-ENC-001")["findings"][0]
    assert finding["subject"] == {
        **dict.fromkeys(("kind", "id", "name", "tag", "type", "storey")),
        "locator": "line 12",
        "source": "A栋/建筑-施工图.ifc",
    }


def test_a_report_read_back_says_the_same(report: Report, tmp_path) -> None:
    path = tmp_path / "报告.json"
    report.write("json", str(path))
    again = load_report(path)
    assert render(again, "json") == path.read_text(encoding="utf-8")
    assert render(again, "text") == render(report, "text")
    assert again.ok("warning") == report.ok("warning")


def test_reading_passes_over_what_it_does_not_know(report: Report) -> None:
    data = report.to_dict()
    data["new_key"] = {"a": 1}
    data["results"][0]["new_key"] = 1
    for old in ("settings", "waivers", "signoffs", "baseline"):
        del data[old]
    for entry in data["results"]:
        for finding in entry["findings"]:
            for added in ("reason", "locator", "state", "values"):
                del finding[added]
    assert len(from_dict(data).results) == len(report.results)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"report_version": 2}', b'{"report_version": 1}'])
def test_what_is_no_report_is_refused_with_a_sentence(content: bytes, tmp_path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        load_report(path)
    assert str(path) in refused.value.message("zh")


def test_a_missing_report_is_wrong_use(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"no\.json"):
        load_report(tmp_path / "no.json")


def test_json_lines_hold_the_same(report: Report) -> None:
    records = [orjson.loads(line) for line in render(report, "jsonl").splitlines()]
    data = report.to_dict()
    assert records[0]["record"] == "report"
    assert records[0]["counts"] == data["counts"]
    expected = [(entry["code"], finding["message"]) for entry in data["results"] for finding in entry["findings"]]
    assert [(r["code"], r["message"]) for r in records if r["record"] == "finding"] == expected
    assert [r["code"] for r in records if r["record"] == "result"] == [entry["code"] for entry in data["results"]]


def test_what_settings_hold_need_not_be_plain(report: Report) -> None:
    from datetime import date
    from types import MappingProxyType

    report.parameters = MappingProxyType({"pack": {"day": date(2026, 1, 2), "set": {"b", "a"}}})
    assert report.to_dict()["parameters"] == {"pack": {"day": "2026-01-02", "set": ["a", "b"]}}


def test_a_report_without_anything_is_valid() -> None:
    report = make_report()
    report.results, report.sources, report.packs = [], [], []
    assert Draft202012Validator(schema("report")).is_valid(report.to_dict())
    report.results = [result("A", "passed")]
    report.__post_init__()
    assert report.to_dict()["results"][0]["findings"] == []
