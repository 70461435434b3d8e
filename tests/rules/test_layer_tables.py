"""Requirement tables whose rows speak of layers."""

from __future__ import annotations

from pathlib import Path

import pytest

from cimkit.authoring.export_xlsx import export_xlsx
from cimkit.authoring.import_xlsx import import_xlsx
from cimkit.authoring.row_cases import row_cases, run_row_cases
from cimkit.errors import PackError
from cimkit.rules.load import load_pack
from cimkit.rules.model import Rule, Severity

PACK = "id: layered\nprefix: LYT\nedition: '1'\ntitle: {zh: 图层表, en: layer tables}\n"
LAYERS = "code,zh,en\nJZ,建筑,building;buildings\nDL,道路,road\n"
HEAD = (
    "code,layer,property,aliases,others,name_zh,type,unit,length,precision,min,max,scheme,constraint,condition,list,"
    "severity,quality\n"
)
ROWS = """\
LYT-BLD-001,建筑,建筑编码,JZBM,代码,建筑编码,,,30,,,,,M,,,error,completeness
LYT-BLD-002,建筑,地上层数,,,地上层数,integer,层,,,0,,,M,,,,
LYT-BLD-003,建筑,结构类型,JGLX,,结构类型,,,,,,,,M,,框架|砖混,,
LYT-BLD-004,建筑,加固时间,,,加固时间,month,,,,,,,C,strengthened,,,
LYT-BLD-005,建筑,信用代码,,,信用代码,,,,,,,credit_code,O,,,warning,
LYT-BLD-006,建筑,备注,,,备注,,,100,,,,,O,,,,
LYT-ROA-001,道路,宽度,,,宽度,number,m,,2,0,200,,M,,,,
LYT-ROA-002,road,车道数,,,车道数,number,,,,,,,,,,,
"""
TEXT = "tables:\n  '*': {title: 'T {entity} {name}', why: 'W', fix: 'F'}\n"
CONDITIONS = "strengthened: {property: {name: 是否加固, value: [是, '1']}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "layered"
    files = {
        "pack.yaml": PACK, "tables/fields.csv": HEAD + ROWS, "lists/layers.csv": LAYERS, "conditions.yaml": CONDITIONS,
        "locales/zh.yaml": TEXT, "locales/en.yaml": TEXT,
    }  # fmt: skip
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def rule(folder: Path, code: str) -> Rule:
    return next(rule for rule in load_pack(folder).rules if rule.code == code)


def test_a_layer_is_known_by_all_names_of_the_list(folder: Path) -> None:
    assert rule(folder, "LYT-BLD-001").must.options["layer"] == ("建筑", "JZ", "building", "buildings")
    assert set(rule(folder, "LYT-ROA-002").must.options["layer"]) == {"道路", "DL", "road"}


def test_a_group_stands_for_its_layers(folder: Path) -> None:
    lists = "code,zh,en,parent\nGX,管线,,\nJS,给水管线,,GX\nPS,排水管线,sewer,GX\nDL,道路,road,\n"
    (folder / "lists/layers.csv").write_text(lists, encoding="utf-8")
    path = folder / "tables/fields.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("001,道路", "001,管线;建筑"), encoding="utf-8")
    layers = rule(folder, "LYT-ROA-001").must.options["layer"]
    assert set(layers) == {"给水管线", "JS", "排水管线", "PS", "sewer", "建筑"}


def test_a_row_says_what_the_check_asks(folder: Path) -> None:
    first = rule(folder, "LYT-BLD-001")
    assert first.severity is Severity.ERROR
    assert first.title["zh"] == "T 建筑 建筑编码"
    assert first.must.options["others"] == ("代码",)
    assert first.must.options["length"] == 30
    road = rule(folder, "LYT-ROA-001").must.options
    assert (road["type"], road["unit"], road["precision"]) == ("number", "m", 2)
    assert (road["value"].min_inclusive, road["value"].max_inclusive) == ("0", "200")
    optional = rule(folder, "LYT-BLD-005")
    assert (optional.severity, optional.quality) == (Severity.WARNING, "attribute")
    assert rule(folder, "LYT-BLD-006").severity is Severity.INFO


def test_every_row_holds_what_its_mutations_expect(folder: Path) -> None:
    outcomes = list(run_row_cases(folder))
    assert [(each.case.path.name, each.problem, each.values) for each in outcomes if not each.ok] == []
    shown = {each.case.path.name.removeprefix("LYT-") for each in outcomes}
    assert {"BLD-001-fail-row-missing", "BLD-001-fail-row-empty", "BLD-001-fail-row-length"} <= shown
    assert {"BLD-002-fail-row-type", "BLD-002-fail-row-range", "BLD-003-fail-row-value"} <= shown
    assert {"BLD-004-pass-row-right", "BLD-004-fail-row-missing", "BLD-005-fail-row-code"} <= shown


def test_a_row_that_nobody_has_marked_is_not_tried(folder: Path) -> None:
    assert row_cases(rule(folder, "LYT-ROA-002")) == []


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (",0,200,", ",low,200,", "rules.cell_bound"),
        ("credit_code", "credit_cod", "rules.unknown_word_near"),
        (",integer,", ",intager,", "rules.unknown_word_near"),
        (",,30,,", ",,long,,", "rules.cell_length"),
    ],
)
def test_a_wrong_cell_is_told(folder: Path, old: str, new: str, key: str) -> None:
    path = folder / "tables/fields.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as told:
        load_pack(folder)
    assert told.value.key == key


def test_columns_of_layers_have_no_place_in_rows_about_elements(folder: Path) -> None:
    path = folder / "tables/walls.csv"
    path.write_text("code,entity,property,scheme\nLYT-WAL-001,IfcWall,A,credit_code\n", encoding="utf-8")
    with pytest.raises(PackError) as told:
        load_pack(folder)
    assert told.value.key == "rules.cell_of_layers"


def test_a_spreadsheet_gives_the_table_back(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter")
    before = (folder / "tables/fields.csv").read_bytes()
    book = tmp_path / "pack.xlsx"
    book.write_bytes(export_xlsx(load_pack(folder)))
    assert import_xlsx(book, folder).changed == ()
    assert (folder / "tables/fields.csv").read_bytes() == before
