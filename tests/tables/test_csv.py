"""CSV: encoding, separator and header told; rows that do not fit are kept and named by their line; codes stay text."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand, everything
from cimkit.facts.model import Facts
from cimkit.readers.tables.csv_text import read_csv
from cimkit.readers.tables.defects import TABLE_DEFECTS
from cimkit.readers.tables.records import find_records


def read(text: str | bytes, *, encoding: str = "utf-8") -> Facts:
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return read_csv(data, everything(), name="送审/建筑.csv")


def texts(facts: Facts, name: str) -> list[str | None]:
    column = next(each for each in facts.properties if each.name == name).column
    return column.texts(np.arange(len(column.sid))).to_list()


def numbers(facts: Facts, name: str) -> list[float]:
    column = next(each for each in facts.properties if each.name == name).column
    return column.spread(column.values.number).tolist()


def defects(facts: Facts) -> list[tuple[str, str | None, int | None]]:
    return list(facts.defects.select("kind", "detail", "line").iter_rows())


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with BOM"),
        ("gb18030", "GB18030"),
        ("gbk", "GB18030"),
        ("utf-16", "UTF-16LE"),
    ],
)
def test_encoding_is_told_and_reported(encoding: str, told: str) -> None:
    facts = read("编码,名称\n1,沈河区\n", encoding=encoding)
    assert facts.whole["layers"][0]["encoding"] == told  # type: ignore[index]
    assert texts(facts, "名称") == ["沈河区"]
    assert facts.subjects.kinds == ("建筑",)
    assert defects(facts) == []


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_told(separator: str) -> None:
    facts = read(f'a{separator}b\n1{separator}"x{separator},;y"\n2{separator}z\n')
    assert facts.whole["separator"] == separator
    assert texts(facts, "b") == [f"x{separator},;y", "z"]


def test_codes_stay_text_and_numbers_keep_what_is_written() -> None:
    facts = read("码,长码,面积,备注\n0010,210102199001011234,1.50,约300\n0011,210102199001011235,2,7\n")
    assert texts(facts, "码") == ["0010", "0011"]
    assert np.isnan(numbers(facts, "码")).all()
    assert texts(facts, "长码")[0] == "210102199001011234"
    assert np.isnan(numbers(facts, "长码")).all()
    assert texts(facts, "面积") == ["1.50", "2"]
    assert numbers(facts, "面积") == [1.5, 2.0]


def test_ragged_rows_are_kept_in_place_and_named_by_their_line() -> None:
    facts = read('编码,名称,面积\n1,"两\n行",3\n2,少\n3,多,4,多余\n4,d,5\n')
    assert defects(facts) == [("table_ragged", "too_few", 4), ("table_ragged", "too_many", 5)]
    assert texts(facts, "名称") == ["两\n行", "少", "多", "d"]
    assert facts.subjects.row.tolist() == [2, 4, 5, 6]
    assert "多余" in facts.defects["found"].to_list()[1]
    assert facts.describe(np.array([1]))["locator"].to_list() == ["建筑:4"]


def test_title_rows_above_the_header_are_not_columns() -> None:
    facts = read("2024年房屋调查表\n制表日期：2024-05-01\n编码,名称,面积\n1,a,2\n2,b,3\n")
    assert texts(facts, "名称") == ["a", "b"]


def test_repeated_unnamed_and_empty_columns() -> None:
    facts = read("编码,名称,名称,,\n1,a,b,c,\n")
    assert [field["name"] for field in facts.whole["layers"][0]["fields"]][:4] == ["编码", "名称", "名称_2", "column_4"]  # type: ignore[index]
    assert [kind for kind, _, _ in defects(facts)] == ["table_column_repeated", "table_column_unnamed"]


def test_codes_that_a_spreadsheet_changed() -> None:
    rows = "".join(f"{code}\n" for code in ("0010", "0020", "30", "3月1日", "1.23457E+17", "0040", "0050"))
    found = read(f"编码\n{rows}").defects
    assert found.select("detail", "line", "expected").rows() == [
        ("digits", 6, None),
        ("day", 5, None),
        ("zeros", 4, "0030"),
    ]


def test_blank_rows_are_left_out_and_counted() -> None:
    facts = read("a,b\n1,2\n,\n\n3,4\n")
    assert len(facts) == 2
    assert defects(facts) == [("table_blank_row", None, 3)]


@pytest.mark.parametrize("text", ['a,b\n1,"x\n2,y\n', 'a,b\n1,5" 管\n2,y\n'])
def test_quotes_out_of_order_lose_nothing(text: str) -> None:
    facts = read(text)
    assert texts(facts, "a") == ["1", "2"]
    assert texts(facts, "b")[1] == "y"


def test_unknown_bytes_are_named_by_their_line() -> None:
    facts = read("编码,名称\n1,沈河\n".encode() + b"2,\xff\xfe\n3,d\n")
    assert ("table_encoding", "lost", 3) in defects(facts)
    assert texts(facts, "编码") == ["1", "2", "3"]


def test_header_without_rows() -> None:
    assert ("table_no_rows", None, 1) in defects(read("a,b\n"))


def test_nothing_at_all_is_a_sentence() -> None:
    with pytest.raises(SourceError) as error:
        read("\n\n\r\n")
    assert error.value.key == "tables.empty"


def test_defects_that_nobody_asked_for_are_not_noted() -> None:
    facts = read_csv(b"a,b\n1\n", Demand(kinds=frozenset({"x"})), name="x.csv")
    assert facts.defects.is_empty()


_CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\x85\u2028\u2029"), max_size=8)
_TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(_CELL, min_size=width, max_size=width), min_size=1, max_size=8)
)


@given(_TABLES)
def test_what_a_writer_of_csv_wrote_is_read_back(rows: list[list[str]]) -> None:
    header = [f"f{number}" for number in range(len(rows[0]))]
    kept = [row for row in rows if any(row)]
    if not kept:
        return
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    facts = read_csv(out.getvalue().encode(), everything(), name="x.csv")
    back = [texts(facts, name) for name in header]
    expected = [[cell if cell.strip() else None for cell in column] for column in zip(*kept, strict=True)]
    assert back == expected


@given(st.binary(max_size=300))
def test_any_bytes_give_facts_or_a_sentence(data: bytes) -> None:
    try:
        facts = read_csv(data, everything(), name="x.csv")
    except SourceError:
        return
    assert len(facts) == len(facts.subjects.row)
    assert set(facts.defects["kind"]) <= set(TABLE_DEFECTS)


@given(st.text(alphabet='ab,"\n\r;', max_size=60))
def test_any_order_of_quotes_and_separators(text: str) -> None:
    try:
        facts = read_csv(text.encode(), everything(), name="x.csv")
    except SourceError:
        return
    assert len(set(facts.subjects.row.tolist())) == len(facts)


@given(st.lists(st.lists(st.sampled_from(["", "a", "b c", "é"]), min_size=1, max_size=4), max_size=6))
def test_records_are_counted_as_the_csv_module_counts_them(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    records = find_records(out.getvalue().encode(), ",")
    assert records.fields.tolist() == [len(row) for row in rows]
    assert records.line.tolist() == list(range(1, len(rows) + 1))
