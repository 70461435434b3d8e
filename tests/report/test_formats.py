"""Every format: written whole, the same each time, true to its cap, and at home on any console."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import polars as pl
import pytest
from report_factory import BINARY, make_report, written

from cimkit.errors import UsageError
from cimkit.report.formats import FORMATS, TO_STANDARD_OUTPUT, render, show
from cimkit.report.model import Report, Verdict

# --- all formats ---


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


# --- standard output ---


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


def test_a_stage_is_told_where_it_decided_something() -> None:
    report = make_report()
    told = "阶段：施工图"
    assert told in render(report, "text")
    for source in report.sources:
        source.format = source.schema = "geojson"
    assert told in render(report, "text")  # rules of other stages were left out
    report.skipped = []
    assert told not in render(report, "text")
    assert told not in render(report, "markdown")
    report.stage = ("施工图", "option")
    assert told in render(report, "text")


def test_of_very_many_sources_the_worst_are_listed_and_the_total_is_told() -> None:
    report = make_report()
    failed, passed = report.sources
    report.sources = [replace(passed, path=f"分区/{n:03}.ifc") for n in range(499)] + [replace(failed, path="坏.ifc")]
    text = render(report, "text")
    assert "坏.ifc" in text
    assert "058.ifc" in text
    assert "059.ifc" not in text
    assert "60 个文件" in text
    assert "共 500 个" in text


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


# --- markdown ---


def test_names_cannot_become_markup(report: Report) -> None:
    report.sources[0].path = "a|b <img src=x onerror=alert(1)> [x](javascript:1).ifc"
    text = render(report, "markdown")
    assert re.search(r"(?<!\\)<(?!br)", text) is None
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {5, 6}
