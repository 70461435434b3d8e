"""Workbooks: header below titles, merged cells, errors, days and damaged codes, and what is no workbook."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("python_calamine")
xlsxwriter = pytest.importorskip("xlsxwriter")

from cimkit.errors import SourceError  # noqa: E402
from cimkit.facts.demand import everything  # noqa: E402
from cimkit.facts.model import Facts  # noqa: E402
from cimkit.readers.tables.workbook import read_xlsx  # noqa: E402


def workbook(fill: Callable[[Any], None]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    fill(book)
    book.close()
    return out.getvalue()


def read(fill: Callable[[Any], None]) -> Facts:
    return read_xlsx(workbook(fill), everything(), name="x.xlsx")


def sheet_of(rows: list[list[Any]], name: str = "建筑") -> Callable[[Any], None]:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return fill


def texts(facts: Facts, name: str) -> list[str | None]:
    column = next(each for each in facts.properties if each.name == name).column
    return column.texts(np.arange(len(column.sid))).to_list()


def types(facts: Facts) -> dict[str, str]:
    return {field["name"]: field["type"] for layer in facts.whole["layers"] for field in layer["fields"]}  # type: ignore[attr-defined]


def defects(facts: Facts) -> list[tuple[str, str | None, str | None]]:
    return list(facts.defects.select("kind", "detail", "locator").iter_rows())


def test_a_sheet_is_a_layer_and_codes_stay_text() -> None:
    facts = read(sheet_of([["编码", "名称", "面积", "层数"], ["0010", "a", 1.5, 3], ["0020", "b", 2, 4]]))
    assert facts.subjects.kinds == ("建筑",)
    assert texts(facts, "编码") == ["0010", "0020"]
    assert types(facts) == {"编码": "TEXT", "名称": "TEXT", "面积": "REAL", "层数": "INTEGER"}
    assert facts.subjects.row.tolist() == [2, 3]
    assert defects(facts) == []


def test_header_below_title_rows() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("表")
        sheet.merge_range("A1:D1", "房屋调查表")
        sheet.write("A2", "单位：平方米")
        sheet.write_row("A4", ["编码", "名称", "年份", "面积"])
        sheet.write_row("A5", ["A1", "x", 2001, 3])

    facts = read(fill)
    assert list(types(facts)) == ["编码", "名称", "年份", "面积"]
    assert facts.subjects.row.tolist() == [5]


def test_header_of_two_rows_is_joined() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("表")
        sheet.merge_range("A1:A2", "编码")
        sheet.merge_range("B1:C1", "层数")
        sheet.write_row("B2", ["地上", "地下"])
        sheet.write_row("A3", ["A1", 6, 1])

    facts = read(fill)
    assert list(types(facts)) == ["编码", "层数.地上", "层数.地下"]
    assert defects(facts) == []


def test_merged_cells_count_for_each_of_their_cells() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("表")
        sheet.write_row("A1", ["区", "名称"])
        sheet.merge_range("A2:A4", "沈河区")
        sheet.write_column("B2", ["a", "b", "c"])

    facts = read(fill)
    assert texts(facts, "区") == ["沈河区"] * 3
    assert defects(facts) == [("table_merged", None, "表!A2:A4")]


def test_errors_of_formulas_are_named_by_their_cell() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("表")
        sheet.write_row("A1", ["编码", "面积"])
        sheet.write("A2", "x")
        sheet.write_formula("B2", "=1/0", None, "#DIV/0!")

    facts = read(fill)
    assert facts.defects.select("kind", "found", "locator").rows() == [("table_formula_error", "#DIV/0!", "表!B2")]


def test_days_kept_as_numbers() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("表")
        sheet.write_row("A1", ["编码", "建成日期"])
        sheet.write_column("A2", ["a", "b"])
        sheet.write_datetime("B2", datetime.date(2024, 1, 2), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write("B3", 45000)

    facts = read(fill)
    assert texts(facts, "建成日期") == ["2024-01-02", "2023-03-15"]
    assert types(facts)["建成日期"] == "DATE"
    assert defects(facts) == [("table_date_as_number", None, "表!B3")]


def test_codes_that_a_spreadsheet_changed() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("表")
        sheet.write_row("A1", ["编码", "证号"])
        for row, code in enumerate(["0010", "0020", 30, True, "0040", "0050"], start=1):
            sheet.write(row, 0, code)
        sheet.write_datetime(7, 0, datetime.date(2024, 3, 1), book.add_format({"num_format": "m-d"}))
        sheet.write(1, 1, 210102199001011234)

    assert set(defects(read(fill))) == {
        ("table_code_damaged", "zeros", "表!A4"),
        ("table_code_damaged", "truth", "表!A5"),
        ("table_code_damaged", "day", "表!A8"),
        ("table_code_damaged", "digits", "表!B2"),
    }


def test_a_table_without_header_and_a_hidden_sheet() -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("空")
        sheet = book.add_worksheet("数")
        sheet.write_row("A1", [1, 2, 3])
        sheet.write_row("A2", [4, 5, 6])
        sheet.hide()

    facts = read(fill)
    assert [kind for kind, _, _ in defects(facts)].count("table_no_header") == 1
    assert ("table_hidden", None, "数") in defects(facts)
    assert len(facts) == 2
    assert facts.subjects.kinds == ("数",)


def test_two_cells_in_opposite_corners_do_not_exhaust_the_machine() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("大")
        sheet.write(0, 0, "x")
        sheet.write(1_048_575, 16_383, "y")

    with pytest.raises(SourceError) as error:
        read(fill)
    assert error.value.key == "tables.sheet_too_large"


def test_an_entity_bomb_inside_is_a_sentence() -> None:
    bomb = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><workbook>&b;</workbook>'
    source = io.BytesIO(workbook(sheet_of([["a"], ["b"]])))
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            new.writestr(item.filename, bomb if item.filename == "xl/workbook.xml" else old.read(item.filename))
    with pytest.raises(SourceError):
        read_xlsx(out.getvalue(), everything(), name="x.xlsx")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"PK\x03\x04 cut short", "tables.no_workbook"),
        (b"not at all", "tables.no_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "tables.old_or_locked"),
        (workbook(lambda book: book.add_worksheet("空")), "tables.empty"),
        (workbook(sheet_of([["a"], ["b"]]))[:-200], "tables.no_workbook"),
    ],
)
def test_what_is_no_workbook(data: bytes, key: str) -> None:
    with pytest.raises(SourceError) as error:
        read_xlsx(data, everything(), name="x.xlsx")
    assert error.value.key == key


_GOOD = workbook(sheet_of([["编码", "值"], ["a", 1], ["b", 2]]))


@settings(max_examples=60, derandomize=True)  # a damaged file can end the process inside a library
@given(st.integers(0, len(_GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_damaged_bytes_give_facts_or_a_sentence(at: int, patch: bytes) -> None:
    data = _GOOD[:at] + patch + _GOOD[at + len(patch) :]
    try:
        facts = read_xlsx(data, everything(), name="x.xlsx")
    except SourceError:
        return
    assert len(facts) <= 3


_CELLS = st.one_of(st.none(), st.booleans(), st.integers(-10, 10**16), st.text("a1 ", max_size=3))


@settings(max_examples=60)
@given(st.lists(st.lists(_CELLS, max_size=4), max_size=6))
def test_any_cells_give_rows_or_a_sentence(rows: list[list[Any]]) -> None:
    try:
        facts = read(sheet_of(rows, "s"))
    except SourceError:
        assert not any(cell is not None and str(cell).strip() for row in rows for cell in row)
        return
    assert len(facts) <= len(rows)
