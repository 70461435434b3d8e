"""A delivery: its manifest, agreement and files beside each other, from the folder to the report."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cimkit
from cimkit.api import check_sources
from cimkit.errors import SourceError, UsageError
from cimkit.facts.demand import Demand
from cimkit.readers.delivery import fields, values
from cimkit.readers.delivery.changes import Changes, differences
from cimkit.readers.delivery.conditions import is_met
from cimkit.readers.delivery.documents import read_document
from cimkit.readers.delivery.found import Found, Paths, normal_path, stem
from cimkit.readers.delivery.inference import inferred_category
from cimkit.readers.delivery.reader import read_delivery
from cimkit.run.crews import processes

BUILDINGS = "建筑编码,层数\nA1,6\nA2,7\n"
MANIFEST = """
delivery_version: 1
name: 样例
datasets:
  - {path: 建筑.csv, name: 建筑, format: csv, count: 2, secrecy: 公开, key: 建筑编码}
"""


def delivery(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def failed(report: Any) -> dict[str, list[str]]:
    """Code -> reasons of the findings of rules that failed."""
    return {result.code: [found.reason for found in result.findings] for result in report.results if result.findings}


def checked(folder: Path, **options: Any) -> Any:
    report = cimkit.check(folder, packs=["city-delivery"], **options)
    assert not report.internal_errors
    return report


def test_a_folder_with_a_manifest_is_a_delivery_and_its_documents_are_no_data(tmp_path: Path) -> None:
    report = checked(delivery(tmp_path, {"建筑.csv": BUILDINGS, "delivery.yaml": MANIFEST}))
    assert [source.format for source in report.sources] == ["csv", "delivery"]
    assert failed(report) == {}


def test_the_same_packed_is_the_same(tmp_path: Path) -> None:
    files = {"建筑.csv": BUILDINGS, "delivery.yaml": MANIFEST.replace("count: 2", "count: 3")}
    packed = tmp_path / "d.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    loose = failed(checked(delivery(tmp_path / "d", files)))
    assert failed(checked(packed)) == loose
    assert loose["CTD-FIL-004"] == ["declared_file"]


def test_without_a_manifest_the_report_says_what_was_told_by_names(tmp_path: Path) -> None:
    report = checked(delivery(tmp_path, {"建筑.csv": BUILDINGS, "绿地.csv": BUILDINGS}), lang="zh")
    (result,) = [result for result in report.results if result.code == "CTD-CAT-010"]
    (finding,) = result.findings
    assert "建筑.csv → 时空基础数据/三维模型/建筑" in finding.message
    assert "绿地.csv → 时空基础数据/三维模型/植被" in finding.message


def test_one_file_or_a_folder_of_models_is_no_delivery(tmp_path: Path) -> None:
    report = checked(delivery(tmp_path, {"建筑.csv": BUILDINGS}))
    assert [source.format for source in report.sources] == ["csv"]


def test_a_workbook_is_as_good_as_yaml(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(str(tmp_path / "delivery.xlsx"))
    single = book.add_worksheet("交付")
    single.write_row(0, 0, ["清单版本", 1])
    rows = book.add_worksheet("数据集")
    rows.write_row(0, 0, ["某区交付清单"])
    rows.write_row(1, 0, ["路径", "名称", "数量", "密级", "日期"])
    rows.write_row(2, 0, ["建筑.csv", "建筑", 3, "公开", "2026年1月5日"])
    book.close()
    report = checked(delivery(tmp_path, {"建筑.csv": BUILDINGS}))
    assert failed(report)["CTD-FIL-004"] == ["declared_file"]
    assert "CTD-DOC-001" not in failed(report)  # the date was read


BROKEN = [
    ("datasets: [", "delivery.no_yaml"),
    ("- a\n- b\n", "delivery.no_mapping"),
    ("a: " + "[" * 60 + "]" * 60, "delivery.too_deep"),
]


@pytest.mark.parametrize(("text", "key"), BROKEN)
def test_a_broken_manifest_is_told_and_the_rest_is_checked(tmp_path: Path, text: str, key: str) -> None:
    report = checked(delivery(tmp_path, {"建筑.csv": BUILDINGS, "delivery.yaml": text}))
    told = {source.format: source.error_key for source in report.sources}
    assert told == {"csv": None, "delivery": key}


def test_aliases_that_grow_without_end_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(SourceError) as told:
        read_document("\n".join(lines).encode(), "delivery.yaml", "datasets", ("数据集",))
    assert told.value.key == "delivery.too_deep"


@given(st.binary(max_size=200))
def test_whatever_stands_in_a_manifest_there_is_an_answer(data: bytes) -> None:
    with contextlib.suppress(SourceError):
        read_delivery(("delivery.yaml", data), None, [], Demand(), name="d")


FOUND = [
    Found(
        "矢量/建筑.gpkg",
        "建筑",
        "geopackage",
        crs="EPSG:4549",
        count=5,
        extent=(1e5, 4e6, 2e5, 5e6),
        fields={"a": "TEXT"},
    ),
    Found("tiles/east/tileset.json", "east", "3dtiles"),
]


def facts_of(manifest: str, agreement: str | None = None) -> Any:
    given = ("agreement.yaml", agreement.encode()) if agreement is not None else None
    return read_delivery(("delivery.yaml", manifest.encode()), given, FOUND, Demand(), name="d")


def column(facts: Any, of_set: str, name: str) -> list[str | None]:
    from cimkit.checks.delivery_rows import texts

    return list(texts(facts, of_set, name))


def test_what_the_file_says_stands_beside_what_the_manifest_says() -> None:
    facts = facts_of("delivery_version: 1\ndatasets:\n  - {path: 矢量/建筑.gpkg, crs: CGCS2000, key: b}\n")
    assert facts.subjects.kinds == ("dataset", "layer")
    assert column(facts, "dataset", "crs")[0] == "EPSG:4490"
    assert column(facts, "file", "crs")[0] == "EPSG:4549"
    assert column(facts, "file", "key")[0] == "false"
    assert column(facts, "layer", "listed") == [None, "true", "false"]


def test_a_folder_means_the_tileset_in_it_and_a_wrong_path_the_nearest() -> None:
    facts = facts_of("delivery_version: 1\ndatasets:\n  - {path: tiles/east}\n  - {path: 矢量/建筑物.gpkg}\n")
    assert column(facts, "dataset", "there")[:2] == ["true", "false"]
    assert column(facts, "dataset", "near")[1] == "矢量/建筑.gpkg"


def test_owed_is_unknown_where_only_a_person_can_say() -> None:
    agreement = """
agreement_version: 1
layers:
  - {layer: 建筑, constraint: M, secrecy: 内部}
  - {layer: 道路, constraint: O}
  - {layer: 地铁, constraint: C, condition: 有地铁}
  - {layer: 倾斜, aliases: [east], constraint: C, condition: {delivered: 建筑}}
"""
    manifest = "delivery_version: 1\ndatasets:\n  - {path: 矢量/建筑.gpkg, name: 建筑, secrecy: 秘密}\n"
    facts = facts_of(manifest, agreement)
    rows = facts.subjects.of_kinds(frozenset({"agreed"}))
    assert [value for value, is_one in zip(column(facts, "agreed", "owed"), rows, strict=True) if is_one] == [
        "true",
        "false",
        None,
        "true",
    ]
    delivered = [value for value, is_one in zip(column(facts, "agreed", "delivered"), rows, strict=True) if is_one]
    assert delivered == ["矢量/建筑.gpkg", None, None, "tiles/east/tileset.json"]
    assert column(facts, "owed", "secrecy")[0] == "内部"


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ({"delivered": "道路"}, True),
        ({"delivered": ["水系", "道路"]}, True),
        ({"not_delivered": "道路"}, False),
        ({"statement": {"地下空间": "有"}}, True),
        ({"statement": {"轨道交通": "有"}}, None),
        ({"tier": "provincial"}, False),
        ({"delivered": "道路", "statement": {"轨道交通": "有"}}, None),
        ({"delivered": "水系", "statement": {"轨道交通": "有"}}, False),
        ("delivered: 道路; statement: 地下空间=有", True),
        ("有道路的城市", None),
        ({"weather": "fine"}, None),
    ],
)
def test_conditions_have_three_answers(condition: Any, met: bool | None) -> None:
    assert is_met(condition, {"地下空间": "有"}, "municipal", lambda name: name == "道路") is met


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("EPSG:4549", "EPSG:4549"),
        ("epsg 4549", "EPSG:4549"),
        ("urn:ogc:def:crs:EPSG::4549", "EPSG:4549"),
        ("urn:ogc:def:crs:EPSG:9.9.1:4549", "EPSG:4549"),
        ("https://www.opengis.net/def/crs/EPSG/0/4549", "EPSG:4549"),
        ("EPSG:4529+5737", "EPSG:4529"),
        ("国家 2000", "EPSG:4490"),
        ("沈阳独立坐标系", "沈阳独立坐标系"),
        ("", None),
    ],
)
def test_reference_systems_in_the_ways_people_write_them(word: str, code: str | None) -> None:
    assert values.crs_code(word) == code


def test_heights_of_compound_systems_stand_last() -> None:
    assert values.datum("EPSG:4529+5737") == "EPSG:5737"
    compound = "https://www.opengis.net/def/crs-compound?1=http://www.opengis.net/def/crs/EPSG/0/4549&2=http://www.opengis.net/def/crs/EPSG/0/5737"
    assert values.datum(compound) == "EPSG:5737"
    assert values.crs_code(compound) == "EPSG:4549"
    assert values.datum("1985国家高程基准") == "EPSG:5737"


def test_values_that_are_none_of_their_kind() -> None:
    assert values.is_date("2026-13-01") is None
    assert values.is_date("2026年1月") == "2026-01"
    assert values.extent("1 2 3") is None
    assert values.extent([3, 2, 1, 4]) is None
    assert values.extent("1, 2, 3, 4") == (1, 2, 3, 4)
    assert values.number("nan") is None
    assert [values.secrecy_rank(word) for word in ("公开", "内部", "秘密", "机密", "绝密", "很秘密")] == [
        0,
        1,
        2,
        3,
        4,
        None,
    ]


def test_paths_and_names() -> None:
    assert normal_path(".\\矢量\\a.shp") == "矢量/a.shp"
    there = Paths(["tiles/east/tileset.json", "a.shp"])
    assert there.meant("tiles") == "tiles/east/tileset.json"
    assert there.meant("./a.shp") == "a.shp"
    assert there.meant("tile") is None
    assert there.meant("../a.shp") is None
    assert stem("a/east/tileset.json") == "east"
    assert inferred_category(("demolished",), None) == (None, None)
    assert inferred_category(("east_dem",), "geotiff")[0] == "时空基础数据/三维模型/数字高程模型"


BASE = {"建筑.csv": "建筑编码,层数,失效日期\nA1,6,\nA2,7,\nA3,3,\n", "delivery.yaml": MANIFEST.replace("公开", "内部")}


def test_an_update_keeps_structure_keys_and_secrecy(tmp_path: Path) -> None:
    base = delivery(tmp_path / "base", BASE)
    update = {"建筑.csv": "建筑编码,层数,失效日期\nA1,6,\nA2,7,2026-01-01\n", "delivery.yaml": MANIFEST}
    told = failed(checked(delivery(tmp_path / "new", update), base=base))
    assert told["CTD-UPD-004"] == ["update_ended"]  # A3 is gone; A2 says that it ended, and is kept
    assert told["CTD-UPD-005"] == ["update_secrecy"]
    assert "CTD-UPD-001" not in told
    lost = {"建筑.csv": "建筑编码,层数\nA1,六\nA2,7\nA3,3\n", "delivery.yaml": BASE["delivery.yaml"]}
    told = failed(checked(delivery(tmp_path / "lost", lost), base=base))
    assert told["CTD-UPD-001"] == ["update_structure_lost"]  # a table of text has names, and no types
    assert "CTD-UPD-004" not in told
    same = failed(checked(base, base=base))
    assert not [code for code in same if code.startswith("CTD-UPD")]


def test_differences_aspect_by_aspect() -> None:
    old = Found(
        "a.gpkg",
        "建筑",
        "geopackage",
        "EPSG:4549",
        geometry_type="Point",
        fields={"编码": "TEXT(20)", "层数": "INTEGER"},
    )
    new = Found(
        "b/a.gpkg",
        "建筑",
        "geopackage",
        "EPSG:4550",
        geometry_type="Polygon",
        fields={"编码": "TEXT(10)", "高度": "REAL"},
    )
    gone = Found("c.gpkg", "道路", "geopackage")
    rows = differences(Changes([new]), Changes([old, gone])).select("aspect", "detail", "found", "expected").rows()
    assert rows == [
        ("structure", "层数", None, "INTEGER"),
        ("structure", "高度", "REAL", None),
        ("structure", "编码", "TEXT(10)", "TEXT(20)"),
        ("crs", None, "EPSG:4550", "EPSG:4549"),
        ("geometry", None, "Polygon", "Point"),
        ("missing", None, None, None),
    ]


def test_the_schema_says_what_is_read() -> None:
    schema = json.loads((resources.files("cimkit.readers.delivery") / "schemas/delivery.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    for part, table, rows in (
        ("manifest", fields.SINGLE_MANIFEST, {"datasets"}),
        ("dataset", fields.DATASET_FIELDS, set()),
        ("agreement", fields.SINGLE_AGREEMENT, {"layers"}),
        ("agreed", fields.AGREED_FIELDS, set()),
    ):
        assert schema["$defs"][part]["properties"].keys() == {each.name for each in table} | rows
        assert schema["$defs"][part]["required"] == list(fields.required(table))
    assert validator.is_valid({"delivery_version": 1, "datasets": [{"path": "a.gpkg", "secrecy": "公开"}]})
    assert not validator.is_valid({"delivery_version": 1, "datasets": [{"pfad": "a.gpkg"}]})


def test_a_delivery_by_two_processes_is_the_same(tmp_path: Path) -> None:
    files = {"建筑.csv": BUILDINGS, "道路.csv": BUILDINGS, "绿地.json": "{", "delivery.yaml": MANIFEST}
    folder = delivery(tmp_path, files)
    alone, together = (check_sources([folder], packs=["city-delivery"], crew=crew) for crew in (None, processes(2)))
    told = [{**report.to_dict(), "created": ""} for report in (alone, together)]
    assert told[0] == told[1]


def test_what_can_not_be_read_is_told_as_such_by_the_catalogue(tmp_path: Path) -> None:
    manifest = "delivery_version: 1\ndatasets:\n  - {path: a.parquet, name: 建筑}\n"
    folder = delivery(tmp_path, {"delivery.yaml": manifest, "建筑.csv": BUILDINGS})
    (folder / "a.parquet").write_bytes(b"PAR1 and nothing else")
    report = cimkit.check(folder, packs=["city-delivery"])
    assert [source.error is not None for source in report.sources] == [True, False, False]
    assert failed(report)["CTD-CAT-004"] == ["catalogue_unread"]


def test_a_base_that_holds_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError) as told:
        checked(delivery(tmp_path / "d", BASE), base=tmp_path / "empty")
    assert told.value.key == "delivery.base_empty"


def test_structure_alone_passes_nothing_that_was_not_looked_at(tmp_path: Path) -> None:
    folder = delivery(tmp_path, {"建筑.csv": BUILDINGS, "delivery.yaml": MANIFEST.replace("count: 2", "count: 3")})
    report = cimkit.check(folder, packs=["city-delivery", "city-basics"], depth="structure")
    assert not report.internal_errors
    assert report.sources[0].facts["depth"] == {"depth": "structure"}
    assert report.settings["depth"] == "structure"
    assert failed(report)["CTD-FIL-004"] == ["declared_file"]
    content = [each for each in report.results if each.code.startswith("CTB") and each.gate in ("content", "geometry")]
    assert not [each.code for each in content if each.verdict == "passed"]
    with pytest.raises(UsageError):
        cimkit.check(folder, depth="deep")


def test_a_sample_is_the_same_everywhere() -> None:
    from cimkit.sources.limits import Depth, Limits

    names = [f"tiles/{number}.b3dm" for number in range(2000)]
    chosen = [name for name in names if Limits(depth=Depth.SAMPLE).looks_at(name, 2000)]
    assert 60 < len(chosen) < 140
    assert chosen[:2] == ["tiles/43.b3dm", "tiles/44.b3dm"]  # as everywhere, every time
    assert all(Limits(depth=Depth.SAMPLE).looks_at(name, 100) for name in names)
    assert not any(Limits(depth=Depth.STRUCTURE).looks_at(name, 2) for name in names)


def test_bytes_of_an_archive_are_a_delivery_too() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("建筑.csv", BUILDINGS)
        archive.writestr("交付清单.json", '{"delivery_version": 1, "datasets": [{"path": "建筑物.csv"}]}')
    report = cimkit.check(packed.getvalue(), name="d.zip", packs=["city-delivery"])
    assert [source.path for source in report.sources] == ["d.zip!建筑.csv", "d.zip!交付清单.json"]
    assert failed(report)["CTD-CAT-003"] == ["catalogue_absent_near"]
