"""Tables: CSV, Excel and Parquet hold all findings, and nothing that a spreadsheet would run."""

from __future__ import annotations

import io
import re

import polars as pl
import pytest
from report_factory import NASTY, make_report, of_property, result, written

from cimkit.errors import UsageError
from cimkit.report.model import Report


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


def test_parquet_has_each_finding_and_each_rule(report: Report, tmp_path) -> None:
    table = pl.read_parquet(io.BytesIO(written(report, "parquet", tmp_path)))
    assert table.filter(pl.col("message").is_not_null()).height == sum(len(r.findings) for r in report.results)
    assert set(table["code"]) == {r.code for r in report.results}
    assert set(table.filter(pl.col("code") == "LNB-PRJ-001")["verdict"]) == {"manual"}
