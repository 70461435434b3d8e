"""Packs from their folders, and what is said of broken ones."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from cimkit.errors import PackError
from cimkit.rules.conditions import All, Entity, Not, Property
from cimkit.rules.load import load_pack
from cimkit.rules.model import Severity

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
