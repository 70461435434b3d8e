"""The form of a project, as YAML and as a workbook: every slip is told with its place, and hides no other."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.errors import SourceError
from cimkit.projects.form import Form
from cimkit.projects.form_fields import form_fields, form_schema
from cimkit.projects.form_xlsx import column_name, read_xlsx_form
from cimkit.projects.form_yaml import read_yaml_form
from tests.projects.projects import FORM

xlsxwriter = pytest.importorskip("xlsxwriter")


def yaml_form(text: str) -> Form:
    return read_yaml_form(text.encode(), "project.yaml")


def told(form: Form) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(fault.kind, fault.place, fault.found, fault.expected) for fault in form.faults]


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]], merged: Mapping[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, column, value)
            if merged and name in merged:
                sheet.merge_range(merged[name], "merged")
    return out.getvalue()


SINGLE = [
    ["项", "值", "说明"],
    ["项目编号", "LN-1"],
    ["项目名称", "示例"],
    ["城市", "沈阳"],
    ["项目类型", "老旧小区改造、节能改造"],
    ["阶段", "竣工"],
    ["实际开工", "2021年5月3日"],
]


def test_a_sound_form_has_no_fault() -> None:
    form = yaml_form(FORM)
    assert told(form) == []
    assert form.single.get("kinds") == ("老旧小区改造",)
    assert form.single.places["city"] == "project.yaml:4"


def test_chinese_and_english_names_are_the_same_fields() -> None:
    form = yaml_form(
        "项目编号: 1\n名称: x\nname: 甲\ncity: 大连\nkinds: 供热\nstage: 既有\n"
        "建筑:\n  - {建筑编码: B1, area: '1,200.5'}\n"
    )
    assert form.single.get("number") == "1"
    assert form.rows("buildings")[0].get("area") == 1200.5
    assert [fault.kind for fault in form.faults] == ["form_unknown_field"]


def test_every_slip_is_told_with_its_line_and_the_nearest_word() -> None:
    form = yaml_form(
        "number: LN-1\nname: 甲\ncity: 沈阳\nkinds: 供热\nstage: 施工途\n"
        "dates:\n  started: 2021-13-01\n  finishd: 2021-05-01\n"
        "task: 19\nnew_works: 也许\nparties:\n  - {role: 建设单位, name: 甲, 备注x: 1}\n  - {role: 设计单位}\n"
    )
    assert ("form_unknown_word", "project.yaml:5", "施工途", "施工图") in told(form)
    assert ("form_wrong_type", "project.yaml:7", "2021-13-01", "date") in told(form)
    assert ("form_unknown_field", "project.yaml:8", "finishd", "finished") in told(form)
    assert ("form_out_of_range", "project.yaml:9", "19", "1..18") in told(form)
    assert ("form_wrong_type", "project.yaml:10", "也许", "flag") in told(form)
    assert [fault.kind for fault in form.faults].count("form_missing_field") == 1
    assert form.rows("parties")[0].get("name") == "甲"


def test_a_field_named_twice_in_two_languages_is_told() -> None:
    assert [fault.kind for fault in yaml_form(FORM + "项目编号: 2\n").faults] == ["form_field_twice"]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"- a\n- b\n", "projects.form_no_mapping"),
        (b"", "projects.form_no_mapping"),
        (b"a: [1\n", "rules.yaml_syntax"),
        (b"a: 1\na: 2\n", "rules.yaml_duplicate"),
        ("name: 项目".encode("gb18030"), "projects.form_encoding"),
    ],
)
def test_what_is_no_form_is_one_sentence(content: bytes, key: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_yaml_form(content, "project.yaml")
    assert caught.value.key == key
    for lang in ("zh", "en"):
        assert "project.yaml" in caught.value.message(lang)


def test_a_workbook_says_the_same_as_yaml() -> None:
    form = read_xlsx_form(
        workbook(
            {
                "项目": SINGLE,
                "建筑": [["建筑编码", "建筑面积", "改造状态"], [1001.0, 300, "拆除"]],
                "说明": [["随便写"]],
            }
        ),
        "项目表.xlsx",
    )
    assert told(form) == []
    assert form.single.get("started") == "2021-05-03"
    row = form.rows("buildings")[0]
    assert (row.get("code"), row.get("area"), row.get("phase")) == ("1001", 300.0, "demolished")
    assert row.places["area"] == "项目表.xlsx!建筑!B2"


def test_a_title_above_the_headings_is_passed_over() -> None:
    form = read_xlsx_form(workbook({"项目": SINGLE, "建筑": [["某小区建筑表"], [], ["建筑编码"], ["B1"]]}), "x.xlsx")
    assert told(form) == []
    assert form.rows("buildings")[0].get("code") == "B1"


def test_a_renamed_column_is_told_once_with_the_right_name() -> None:
    rows = [["楼栋建筑编码", "建筑面积"], ["B1", 1], ["B2", 2], ["B3", 3]]
    form = read_xlsx_form(workbook({"项目": SINGLE, "建筑": rows}), "x.xlsx")
    kinds = [fault.kind for fault in form.faults]
    assert kinds.count("form_unknown_field") == 1
    assert ("form_missing_column", "x.xlsx!建筑!1", "楼栋建筑编码", "建筑编码") in told(form)
    assert ("form_unknown_field", "x.xlsx!建筑!A1", "楼栋建筑编码", "建筑编码") in told(form)


def test_merged_cells_are_told_with_their_range() -> None:
    rows = [["建筑编码", "建筑面积"], [None, 1], [None, 2]]
    form = read_xlsx_form(workbook({"项目": SINGLE, "建筑": rows}, {"建筑": "A2:A3"}), "x.xlsx")
    assert ("form_merged_cells", "x.xlsx!建筑!A2:A3", "A2:A3", None) in told(form)


def test_a_code_that_a_spreadsheet_cut_is_told() -> None:
    rows = [["角色", "单位名称", "统一社会信用代码"], ["建设单位", "甲", 912101000000000000.0]]
    form = read_xlsx_form(workbook({"项目": SINGLE, "参建单位": rows}), "x.xlsx")
    assert [fault.kind for fault in form.faults] == ["form_digits_lost"]


@pytest.mark.parametrize(
    ("content", "key"),
    [(b"PK\x03\x04 broken", "projects.form_broken"), (workbook({"Sheet1": [["a"]]}), "projects.form_no_sheet")],
)
def test_a_workbook_that_is_no_form_is_one_sentence(content: bytes, key: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_xlsx_form(content, "项目表.xlsx")
    assert caught.value.key == key


def test_columns_are_named_as_spreadsheets_do() -> None:
    assert [column_name(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


plain = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20))
names = st.sampled_from([field.key for field in form_fields().single] + ["建筑", "投资", "dates", "x", "kinds"])


@given(
    st.dictionaries(
        names, st.one_of(plain, st.lists(plain, max_size=3), st.dictionaries(names, plain, max_size=3)), max_size=8
    )
)
def test_whatever_stands_in_a_form_is_read_or_told(data: dict[str, object]) -> None:
    """Never anything else than a form or a SourceError; every fault has a place."""
    import yaml

    text = yaml.safe_dump(data, allow_unicode=True)
    try:
        form = read_yaml_form(text.encode(), "project.yaml")
    except SourceError:
        return
    assert all(fault.place for fault in form.faults)


def test_the_schema_is_one_and_accepts_a_sound_form() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = form_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    sound = {
        "number": "1",
        "name": "甲",
        "city": "沈阳",
        "kinds": ["供热"],
        "stage": "既有",
        "dates": {"started": "2021-05-01"},
    }
    jsonschema.validate(sound, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**sound, "stage": "施工途"}, schema)
