"""Every format: writes what it should, keeps to its cap and says so, and lets no name from a model do harm."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from lxml import etree, html
from report_factory import NASTY, make_report, of_property, result

from cimkit.errors import UsageError
from cimkit.report.baseline import apply_baseline
from cimkit.report.formats import FORMATS, TO_STANDARD_OUTPUT, render, show
from cimkit.report.model import Report, Verdict
from cimkit.report.views import Outline, Plan

BINARY = {"xlsx", "bcf", "parquet"}


def written(report: Report, name: str, folder: Path, **options) -> bytes:
    path = folder / f"报告.{name}"
    report.write(name, str(path), **options)
    return path.read_bytes()


# --- all formats --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_format_is_written_the_same_each_time_and_leaves_nothing_beside_it(name: str, lang: str, tmp_path) -> None:
    first = written(make_report(lang=lang), name, tmp_path)
    assert written(make_report(lang=lang), name, tmp_path) == first
    assert [path.name for path in tmp_path.iterdir()] == [f"报告.{name}"]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_each_format_can_say_that_nothing_was_there(name: str, tmp_path) -> None:
    report = replace(make_report(), results=[], sources=[], packs=[], ids=[], skipped=[], parameters={}, adoption=[])
    report.verdict = Verdict.NOT_APPLICABLE
    assert written(report, name, tmp_path)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - BINARY))
def test_unread_sources_and_faults_are_told(name: str, tmp_path) -> None:
    report = make_report()
    report.sources[1].error = "文件已损坏，读不出来"
    report.internal_errors.append({"rule": "LNB-WAL-003", "message": "division by zero", "where": "run/engine.py:1"})
    text = written(report, name, tmp_path).decode("utf-8-sig")
    if name != "csv":  # a list of findings only
        assert "文件已损坏，读不出来" in text
        assert "division by zero" in text


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_a_cut_list_says_its_true_total(name: str, tmp_path) -> None:
    report = make_report(1500)
    text = written(report, name, tmp_path, max_findings=7).decode("utf-8")
    assert re.search(r"7 项.{0,12}1,500 项", text)
    assert "框架柱-8（" not in text


@pytest.mark.parametrize("name", sorted(set(FORMATS) - BINARY))
def test_data_formats_list_all(name: str, tmp_path) -> None:
    text = written(make_report(300), name, tmp_path, max_findings=5).decode("utf-8-sig")
    assert ("框架柱-299" in text) is (name not in {"text", "markdown", "html"})


def test_an_unknown_format_is_wrong_use(report: Report, tmp_path) -> None:
    with pytest.raises(UsageError, match="pdf"):
        report.write("pdf", str(tmp_path / "a.pdf"))
    with pytest.raises(UsageError, match="html"):
        render(report, "html")


def test_a_report_is_written_whole_or_not_at_all(report: Report, tmp_path, monkeypatch) -> None:
    path = tmp_path / "a.json"
    path.write_text("before", encoding="utf-8")
    monkeypatch.setattr("cimkit.report.formats.json._pieces", _half)
    with pytest.raises(ZeroDivisionError):
        report.write("json", str(path))
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def _half(report: Report):
    yield b"half"
    raise ZeroDivisionError


def test_a_path_that_cannot_be_written_is_wrong_use_with_a_sentence(report: Report, tmp_path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for path in (tmp_path / "missing" / "a.html", folder):
        with pytest.raises(UsageError) as refused:
            report.write("html", str(path))
        assert path.name in refused.value.message("zh")
    assert list(folder.iterdir()) == []


# --- standard output ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TO_STANDARD_OUTPUT)
def test_standard_output_is_utf8_for_data_and_the_consoles_own_for_text(report: Report, name: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp936", newline="")
    show(report, name, stream)
    stream.flush()
    assert "墙缺少耐火极限" in raw.getvalue().decode("cp936" if name == "text" else "utf-8")


def test_what_a_console_cannot_show_becomes_a_question_mark() -> None:
    report = make_report()
    report.results[0].title = {"zh": "家🏠é"}
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp936")
    show(report, "text", stream)


def test_own_words_on_the_terminal_fit_cp936() -> None:
    report = make_report()
    report.results = [r for r in report.results if r.code not in {"LNB-WAL-004"}]
    report.subjects = report.subjects.with_columns(name=pl.lit("外墙"))
    render(report, "text", colour=True).encode("cp936")


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_lines_fit_the_terminal(width: int) -> None:
    from rich.cells import cell_len

    lines = render(make_report(), "text", width=width).splitlines()
    assert max(cell_len(line) for line in lines) <= width


def test_names_cannot_steer_the_terminal(report: Report) -> None:
    text = render(report, "text", max_findings=1000)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\x1b[" in render(report, "text", colour=True)


def test_colour_is_for_terminals_without_no_color(report: Report, monkeypatch) -> None:
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for setting, coloured in ((None, True), ("1", False)):
        if setting:
            monkeypatch.setenv("NO_COLOR", setting)
        stream = Terminal()
        show(report, "text", stream)
        assert ("\x1b[" in stream.getvalue()) is coloured


# --- markdown -------------------------------------------------------------------------------------------------------


def test_names_cannot_become_markup(report: Report) -> None:
    report.sources[0].path = "a|b <img src=x onerror=alert(1)> [x](javascript:1).ifc"
    text = render(report, "markdown")
    assert re.search(r"(?<!\\)<(?!br)", text) is None
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {5, 6}


# --- HTML -------------------------------------------------------------------------------------------------------------


def page_of(report: Report, folder: Path, **options) -> tuple[str, html.HtmlElement]:
    text = written(report, "html", folder, **options).decode("utf-8")
    return text, html.document_fromstring(text)


def test_the_page_fetches_nothing_and_runs_only_its_own_script(report: Report, tmp_path) -> None:
    text, page = page_of(report, tmp_path)
    assert page.xpath("//link | //img | //iframe | //object | //embed | //base") == []
    assert page.xpath("//@src | //@srcset | //@onclick | //@onload | //@onerror") == []
    assert re.search(r"url\(|@import", text) is None
    scripts = [s for s in page.xpath("//script") if s.get("type") != "application/json"]
    assert len(scripts) == 1
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    # the bytes between the tags, as a browser hashes them
    body = text.rsplit("<script>", 1)[1].split("</script>", 1)[0]
    digest = base64.b64encode(hashlib.sha256(body.encode("utf-8")).digest()).decode("ascii")
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_nasty_names_stay_text(tmp_path) -> None:
    report = make_report(1000)
    report.sources[0].path = NASTY[0]
    report.results[0].cites = [{"document": "x", "url": "javascript:alert(1)"}]
    report.results[0].title = {"zh": '"><script>alert(2)</script>'}
    text, page = page_of(report, tmp_path)
    assert "<script>alert" not in text
    assert "javascript:alert" not in text
    assert len(page.xpath("//script[not(@type)]")) == 1
    data = [json.loads(s.text) for s in page.xpath("//details//script[@type='application/json']")]
    assert any(NASTY[7] in (name or "") for rule in data for name in rule["name"])
    assert any(NASTY[0] in said for rule in data for said in rule["said"][0])


def test_the_page_says_what_matters_first(report: Report, tmp_path) -> None:
    _, page = page_of(report, tmp_path)
    top = page.xpath("//header")[0].text_content()
    for word in ("不通过", "60", "错误", "待人工判定"):
        assert word in top
    facts = page.xpath("//section[@class='facts']")[0].text_content()
    for word in ("A栋/建筑-施工图.ifc", "行业做法", "标准正文未公开", "不是审批结论"):
        assert word in facts
    assert "怎么改" in page.xpath("//ol[@class='mends']")[0].text_content()
    signing = page.xpath("//table[@class='sign']//tbody/tr")
    assert len(signing) == 2


def test_the_page_holds_each_finding_of_its_cap(report: Report, tmp_path) -> None:
    _, page = page_of(report, tmp_path)
    for details in page.xpath("//details[contains(@class,'rule')]"):
        scripts = details.xpath(".//script")
        if scripts:
            data = json.loads(scripts[0].text)
            lengths = {len(data[name]) for name in ("name", "place", "id", "tag", "source")}
            lengths |= {len(data[name][1]) for name in ("kind", "type", "storey", "said", "state", "path")}
            assert len(lengths) == 1
            for name in ("kind", "type", "storey", "said", "state", "path"):
                assert all(0 <= index < len(data[name][0]) for index in data[name][1])


def test_plans_mark_what_has_open_findings(report: Report, tmp_path) -> None:
    square = [[(0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (0.0, 3.0)]]
    ids = report.subjects["id"].to_list()
    report.views = [Plan(0, "1F", -0.05, [Outline(ids[7], "IfcWall", square), Outline("other", "IfcWall", square)], 3)]
    _, page = page_of(report, tmp_path)
    marked = page.xpath("//*[local-name()='path'][@data-id]")
    assert [path.get("data-id") for path in marked] == [ids[7]]
    assert "s-error" in marked[0].get("class")
    figure = page.xpath("//div[@class='plans']/figure")[0].text_content()
    assert "1 个构件有问题" in figure
    assert "另有 3 个未画出" in figure


def test_a_plan_of_one_point_or_none_does_no_harm(report: Report, tmp_path) -> None:
    report.views = [Plan(0, "1F", None, [Outline("a", "x", [[(1.0, 1.0)]])]), Plan(0, "2F", None, [])]
    page_of(report, tmp_path)


# --- JUnit, SARIF -----------------------------------------------------------------------------------------------------


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


# --- tables -----------------------------------------------------------------------------------------------------------


def test_csv_opens_in_excel_and_holds_no_formula(tmp_path) -> None:
    content = written(make_report(1000), "csv", tmp_path)
    assert content.startswith("\ufeff".encode())
    table = pl.read_csv(io.BytesIO(content), infer_schema=False)
    assert table.columns[:3] == ["严重程度", "编号", "规则"]
    cells = [cell for column in table.iter_columns() for cell in column.drop_nulls()]
    assert [cell for cell in cells if re.match(r"[=+\-@]", cell)] == []
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


def test_csv_leaves_plain_numbers_alone(report: Report, tmp_path) -> None:
    rows = [{**of_property(1, start=1)[0], "found": found} for found in ("-3.5", "+7", "-cmd")]
    report.results = [result("X", "failed", rows=rows)]
    report.__post_init__()
    table = pl.read_csv(io.BytesIO(written(report, "csv", tmp_path)), infer_schema=False)
    assert table["现状"].to_list() == ["-3.5", "+7", "'-cmd"]


def test_csv_lists_what_a_person_must_judge(report: Report, tmp_path) -> None:
    table = pl.read_csv(io.BytesIO(written(report, "csv", tmp_path)), infer_schema=False)
    open_questions = table.filter(pl.col("判定").is_in(["待人工判定", "无法判定"]))
    assert sorted(open_questions["编号"]) == ["CRS-001", "LNB-PRJ-001", "LNB-PRJ-002"]
    assert table.height == sum(len(r.findings) for r in report.results) + 3


def test_a_workbook_holds_the_same_as_text(tmp_path) -> None:
    calamine = pytest.importorskip("python_calamine")
    report = make_report(1000)
    written(report, "xlsx", tmp_path)
    book = calamine.CalamineWorkbook.from_path(str(tmp_path / "报告.xlsx"))
    assert book.sheet_names == ["概要", "规则", "问题清单", "待人工判定"]
    rows = book.get_sheet_by_name("问题清单").to_python()
    assert len(rows) == 1 + 3 + sum(len(r.findings) for r in report.results)
    assert any(cell == NASTY[1] for row in rows for cell in row)
    assert len(book.get_sheet_by_name("待人工判定").to_python()) == 3


def test_a_missing_library_is_named(report: Report, tmp_path, monkeypatch) -> None:
    import builtins

    there = builtins.__import__

    def without(name, *rest, **more):
        if name == "xlsxwriter":
            raise ImportError(name)
        return there(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"cimkit\[xlsx\]"):
        report.write("xlsx", str(tmp_path / "a.xlsx"))
    assert list(tmp_path.iterdir()) == []
