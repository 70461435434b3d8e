"""Packs from their folders, and what is said of broken ones."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from cimkit.errors import PackError
from cimkit.rules.conditions import All, Cardinality, Check, Entity, Not, Property
from cimkit.rules.load import load_pack
from cimkit.rules.model import Executable, Severity, Status

MakePack = Callable[..., Path]
HEAD = (
    "code,entity,layer,sets,property,aliases,name_zh,name_en,"
    "type,length,constraint,condition,list,stage,severity,cite\n"
)


def rule(folder: Path, code: str):
    return next(rule for rule in load_pack(folder).rules if rule.code == code)


def test_a_rule_has_everything_that_is_written(make_pack: MakePack) -> None:
    wall = rule(make_pack(), "MIN-WAL-001")
    assert wall.severity is Severity.WARNING
    assert wall.stages == {"施工图"}
    assert isinstance(wall.where, Entity)
    assert wall.where.name.values == ("IFCWALL",)
    assert isinstance(wall.must, Property)
    assert [name.values for _, name in wall.must.carriers] == [("耐火极限",)]
    assert wall.title == {"zh": "墙没有耐火极限", "en": "Wall without fire rating"}
    assert wall.cites[0].fact == "C-47"
    assert (wall.file, wall.line) == ("rules/walls.yaml", 1)


def test_packs_can_be_sent_to_another_process(make_pack: MakePack) -> None:
    pack = load_pack(make_pack())
    assert pickle.loads(pickle.dumps(pack)) == pack  # noqa: S301


def test_the_digest_names_what_decides_a_verdict(make_pack: MakePack) -> None:
    folder = make_pack()
    before = load_pack(folder).sha256
    (folder / "SOURCES.md").write_text("notes")
    assert load_pack(folder).sha256 == before
    (folder / "parameters.yaml").write_text("highest_wall: 3\n")
    assert load_pack(folder).sha256 != before


def test_a_parameter_may_have_no_value_or_another(make_pack: MakePack) -> None:
    folder = make_pack()
    assert rule(folder, "MIN-WAL-002").parameters == ("highest_wall",)
    assert load_pack(folder).parameters == {"highest_wall": None}
    set_high = load_pack(folder, parameters={"highest_wall": 4.5})
    must = next(rule.must for rule in set_high.rules if rule.code == "MIN-WAL-002")
    assert must.value.max_inclusive == "4.5"
    with pytest.raises(PackError, match="highest_wall"):
        load_pack(folder, parameters={"higest_wall": 4.5})


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("severity: error", "severity: eror", "rules.unknown_word_near", "error"),
        ("must: {count", "must: {cuont", "rules.unknown_check_near", "count"),
        ("evidence: tool", "evidense: tool", "rules.unknown_key_near", "evidence"),
        ("stage: 施工图", "stage: 施工", "rules.unknown_word_near", "施工图"),
        ("parameter: highest_wall", "parameter: higest_wall", "rules.unknown_parameter_near", "highest_wall"),
        ("min: 1, max", "mni: 1, max", "rules.unknown_key_near", "min"),
        ("min: 1,", "min: one,", "rules.option_kind", "one"),
        ("MIN-WAL-002", "MIN-WAL-001", "rules.code_used", "rules/walls.yaml:1"),
        ("  must: {count: {min: 1, max: 1}}\n", "", "rules.rule_without_must", "MIN-GEN-001"),
        ("name: FireRating,", "name: FireRating, list: x,", "rules.unknown_key", "list"),
        ("max: {parameter", "max: [1], min: {parameter", "rules.not_a_bound", "max"),
    ],
)
def test_faults_name_the_place_and_the_nearest_word(
    make_pack: MakePack, old: str, new: str, key: str, said: str
) -> None:
    folder = make_pack()
    path = folder / "rules/walls.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    assert caught.value.key == key
    for lang in ("zh", "en"):
        message = caught.value.message(lang)
        assert message.startswith("mini/rules/walls.yaml:")
        assert said in message


def test_a_row_becomes_a_rule(make_pack: MakePack) -> None:
    rows = (
        "MIN-TAB-001,IfcWall,,Pset_WallCommon|构件属性,FireRating,耐火极限；耐火时间,耐火极限,fire rating,"
        "text,,M,,grades,施工图,error,C-47; 某系统\n"
        "MIN-TAB-002,IfcDoor,,,FireExit,,安全出口,fire exit,boolean,,O,,,,,\n"
        "MIN-TAB-003,IfcSlab,,,A,,甲,a,text,20,C,{entity: IfcSlab},,,,\n"
        "MIN-TAB-004,IfcRoof,,,B,,乙,b,,,,,,,,\n"
        "MIN-TAB-005,,房屋,,BH,编号,编号,number,,,M,,,,,\n"
    )
    templates = "tables:\n  t: {title: '{entity} 缺少{name}', message: '{subject} {name} {found}'}\n"
    folder = make_pack(
        {"tables/t.csv": HEAD + rows, "lists/grades.csv": "code,zh\n1.00,一级\n", "locales/zh.yaml": templates}
    )
    first = rule(folder, "MIN-TAB-001")
    assert first.name == "wall-without-fire-rating"
    assert first.title["zh"] == "IfcWall 缺少耐火极限"
    assert first.message["zh"] == "{subject} 耐火极限 {found}"
    assert first.cites[0].fact == "C-47"
    assert first.cites[0].document == "某系统"
    assert (first.file, first.line) == ("tables/t.csv", 2)
    assert first.must.value.values == ("1.00",)
    assert len(first.must.carriers) == 5
    assert isinstance(first.where, All)
    assert isinstance(first.where.of[1], Not)
    optional = rule(folder, "MIN-TAB-002")
    assert optional.severity is Severity.INFO
    assert optional.must.set.patterns == (".*",)
    assert optional.must.datatype.describe() == "boolean"
    conditional = rule(folder, "MIN-TAB-003")
    assert len(conditional.where.of) == 3
    assert conditional.must.value.max_length == 20
    assert rule(folder, "MIN-TAB-004").executable is Executable.MANUAL
    layer = rule(folder, "MIN-TAB-005")
    assert layer.must.name == "field"
    assert layer.must.options == {"layer": ("房屋",), "name": "BH", "names": ("编号",), "whole_layer": True}
    assert layer.where == Entity(layer.where.name)


def test_an_optional_row_that_limits_values_asks_them_only_where_they_are(make_pack: MakePack) -> None:
    row = "MIN-TAB-001,IfcWall,,,A,,甲,a,text,,O,,1.00|2.00,,error,\n"
    must = rule(make_pack({"tables/t.csv": HEAD + row}), "MIN-TAB-001").must
    assert must.cardinality is Cardinality.OPTIONAL
    assert must.value.values == ("1.00", "2.00")


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ("MIN-TAB-001,,,,A,,,,,,M,,,,,\n", "rules.cell_missing"),
        (",IfcWall,,,A,,,,,,M,,,,,\n", "rules.cell_missing"),
        ("MIN-TAB-001,IfcWall,,,A,,,,,,C,,,,,\n", "rules.cell_missing"),
        ("MIN-TAB-001,IfcWall,,,A,,,,,,X,,,,,\n", "rules.unknown_constraint"),
        ("MIN-TAB-001,IfcWall,,,A,,,,,long,M,,,,,\n", "rules.cell_length"),
        ("MIN-TAB-001,IfcWall,,,A,,,,nubmer,,M,,,,,\n", "rules.unknown_word_near"),
        ("MIN-TAB-001,IfcWall,,,A,,,,,,M,,lst,,,\n", "rules.unknown_list"),
        ("MIN-TAB-001,IfcWall,,,A,,,,,,C,{entity: [},,,,\n", "rules.yaml_syntax"),
        ("MIN-TAB-001,IfcWall,,,A,,,,,,M,,,,,,,,too long\n", "rules.row_too_long"),
    ],
)
def test_faults_of_rows_name_the_row(make_pack: MakePack, row: str, key: str) -> None:
    with pytest.raises(PackError) as caught:
        load_pack(make_pack({"tables/t.csv": HEAD + row}))
    assert caught.value.key == key
    assert "tables/t.csv:2" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_lists_are_read_in_every_encoding_a_spreadsheet_writes(make_pack: MakePack, encoding: str) -> None:
    content = "code,zh\n010210,大连\n".encode(encoding)
    listed = load_pack(make_pack({"lists/areas.csv": content})).lists["areas"]
    assert listed.column("code") == ("010210",)
    assert listed.column("zh") == ("大连",)


def test_spreadsheets_are_read_with_codes_as_text(make_pack: MakePack) -> None:
    pytest.importorskip("python_calamine")
    xlsxwriter = pytest.importorskip("xlsxwriter")
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["code", "zh"])
        sheet.write_row(1, 0, [210100, "沈阳"])
        sheet.write_string(2, 0, "010210")
    listed = load_pack(make_pack({"lists/areas.xlsx": file.getvalue()})).lists["areas"]
    assert listed.column("code") == ("210100", "010210")


def test_a_broken_spreadsheet_is_said(make_pack: MakePack) -> None:
    pytest.importorskip("python_calamine")
    with pytest.raises(PackError) as caught:
        load_pack(make_pack({"lists/areas.xlsx": b"PK no workbook"}))
    assert caught.value.key == "rules.xlsx_broken"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("code,zh\n1,a\n1,b\n", "rules.code_twice"),
        ("code,parent\n1,2\n", "rules.unknown_parent"),
        ("code,namn\n1,2\n", "rules.unknown_heading"),
        ("code,sorce\n1,2\n", "rules.unknown_heading_near"),
        ("code,code\n1,2\n", "rules.heading_twice"),
        ("zh\n甲\n", "rules.row_without_code"),
        ("", "rules.sheet_empty"),
        ('code\n"1\n', "rules.csv_syntax"),
        (b"code\n\xff\xff\n", "rules.csv_encoding"),
    ],
)
def test_faults_of_lists(make_pack: MakePack, content: str | bytes, key: str) -> None:
    with pytest.raises(PackError) as caught:
        load_pack(make_pack({"lists/areas.csv": content}))
    assert caught.value.key == key


def test_named_conditions_may_stand_anywhere_but_in_themselves(make_pack: MakePack) -> None:
    rules = "- {code: MIN-A-001, name: a-b, where: {condition: outer}, must: {attribute: Name}}\n"
    good = "outer: {any: [{condition: inner}, {entity: IfcSlab}]}\ninner: {entity: IfcWall, exact: true}\n"
    folder = make_pack({"rules/a.yaml": rules, "conditions.yaml": good})
    assert rule(folder, "MIN-A-001").where.of[0].exact
    (folder / "conditions.yaml").write_text("outer: {not: {condition: inner}}\ninner: {condition: outer}\n")
    with pytest.raises(PackError, match="refers to itself"):
        load_pack(folder)


def test_options_of_checks_become_what_they_hold(make_pack: MakePack) -> None:
    rules = """\
- code: MIN-B-001
  name: a-b
  must:
    all:
      - host: {entity: IfcWall}
      - unique: GlobalId
      - no_defect: [syntax, schema]
      - references: {attribute: Tag, to: {where: {entity: IfcDoor}, attribute: Name}}
      - compare: {left: {attribute: Tag}, op: '<=', right: 3}
"""
    checks = rule(make_pack({"rules/b.yaml": rules}), "MIN-B-001").must.of
    assert all(isinstance(check, Check) for check in checks)
    host, unique, defects, references, compare = (check.options for check in checks)
    assert isinstance(host["is"], Entity)
    assert unique["attribute"].name.values == ("GlobalId",)
    assert defects["kind"] == ("syntax", "schema")
    assert isinstance(references["where"], Entity)
    assert references["to"].name.values == ("Name",)
    assert compare["right"] == 3


CHILD = {
    "pack.yaml": "id: child\nprefix: CHI\nedition: 1\nextends: mini\nregrade: {MIN-GEN-001: warning}\n"
    "removed: {MIN-WAL-001: 本省另有规定}\n",
    "rules/walls.yaml": "- {code: CHI-A-001, name: a-b, where: {entity: IfcWall}, must: {attribute: Name}}\n",
    "parameters.yaml": "highest_wall: 9\n",
    "locales/zh.yaml": "",
    "locales/en.yaml": "",
}


def test_a_pack_extends_another_and_drops_nothing_in_silence(make_pack: MakePack) -> None:
    make_pack()
    pack = load_pack(make_pack(CHILD, "child"))
    rules = {rule.code: rule for rule in pack.rules}
    assert sorted(rules) == ["CHI-A-001", "MIN-GEN-001", "MIN-WAL-001", "MIN-WAL-002"]
    assert rules["MIN-GEN-001"].severity is Severity.WARNING
    assert rules["MIN-WAL-001"].status is Status.REMOVED
    assert pack.removed == {"MIN-WAL-001": "本省另有规定"}
    assert rules["MIN-WAL-002"].must.value.max_inclusive == "9"
    assert {rule.pack for rule in pack.rules} == {"child"}
    assert pack.applies_to == {"ifc"}
    again = load_pack(pack.folder, parameters={"highest_wall": 7})
    assert {rule.code: rule for rule in again.rules}["MIN-WAL-002"].must.value.max_inclusive == "7"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("MIN-GEN-001: warning", "MIN-GEN-009: warning", "rules.unknown_base_code_near"),
        ("MIN-GEN-001: warning", "MIN-GEN-001: mild", "rules.unknown_severity"),
        ("extends: mini", "extends: child", "rules.extends_itself"),
        ("extends: mini", "extends: nowhere-at-all", "rules.unknown_pack"),
        ("MIN-WAL-001: 本省另有规定", "MIN-WAL-001: null", "rules.missing_key"),
    ],
)
def test_faults_of_extending(make_pack: MakePack, old: str, new: str, key: str) -> None:
    make_pack()
    with pytest.raises(PackError) as caught:
        load_pack(make_pack({**CHILD, "pack.yaml": CHILD["pack.yaml"].replace(old, new)}, "child"))
    assert caught.value.key == key


def test_a_rule_of_the_base_is_not_overwritten(make_pack: MakePack) -> None:
    make_pack()
    rules = CHILD["rules/walls.yaml"].replace("CHI-A-001", "MIN-WAL-002")
    with pytest.raises(PackError) as caught:
        load_pack(make_pack({**CHILD, "rules/walls.yaml": rules}, "child"))
    assert caught.value.key == "rules.code_of_base"


def test_no_pack_where_none_is(tmp_path: Path) -> None:
    with pytest.raises(PackError) as caught:
        load_pack(tmp_path)
    assert caught.value.key == "rules.no_pack"
    with pytest.raises(PackError) as caught:
        load_pack("ifc-basic")
    assert caught.value.values["near"] == "ifc-basics"
