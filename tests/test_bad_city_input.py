"""Bad city models and tiles: one clear sentence, nothing raised, nothing lost, and the rest is checked."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cimkit
from cimkit.report.model import Report, Verdict
from cimkit.report.summary import exit_status
from tests.citygml.test_reader import model, solid
from tests.cityjson.model import document
from tests.tiles.building import glb, tileset

HOUSE = f'<bldg:Building gml:id="b1"><gml:name>&i;</gml:name><bldg:lod1Solid>{solid()}</bldg:lod1Solid></bldg:Building>'
GOOD = model(HOUSE.replace("&i;", "x"))
BOMB = b"<!DOCTYPE CityModel [<!ENTITY a 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + level, b"&%c;" % (97 + level) * 50) for level in range(8)
)


def basics(content: bytes, **options: Any) -> Report:
    report = cimkit.check(content, packs=["city-basics"], name="铁西/城市 1#.dat", **options)
    assert not report.internal_errors, report.internal_errors
    return report


def codes(report: Report) -> set[str]:
    return {result.code for result in report.results if result.verdict is Verdict.FAILED}


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    content = document()
    change(content)
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (BOMB + b"]>" + model(HOUSE), "city.no_xml"),
        (model(HOUSE), "city.no_xml"),  # an entity that nothing declares
        (GOOD[: len(GOOD) // 2], "city.no_xml"),
        (json.dumps(document()).encode()[:400], "city.no_json"),
        (changed(lambda c: c.update(vertices=[[float("nan"), 0, 0]])), "city.no_json"),
        (b'{"type":"CityJSON","CityObjects":' + b"[" * 100_000, "city.no_json"),
        (b"{}", "sources.no_reader"),
        (b"[]", "sources.no_reader"),
    ],
)
def test_what_cant_be_read_has_its_sentence(content: bytes, key: str) -> None:
    for lang in ("zh", "en"):
        report = basics(content, lang=lang)
        (source,) = report.sources
        assert source.error_key == key
        assert "1#" in (source.error or "")
        assert exit_status(report) == 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!DOCTYPE CityModel [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>" + model(HOUSE), "CTB-GML-007"),
        (GOOD.replace(b"0 0 0", b"NaN 0 0"), "CTB-GML-006"),
        (GOOD.replace(b"1 1 1", b"1e300 1 1"), "CTB-GML-006"),
        (model(), "CTB-GML-008"),
        (changed(lambda c: c["vertices"].__setitem__(0, [1e300, 0, 0])), "CTB-CJS-053"),
        (changed(lambda c: c["vertices"].__setitem__(0, [10**300, 0, 0])), "CTB-CJS-053"),
        (changed(lambda c: c["transform"].update(translate=[1e308, 1e308, 1])), "CTB-CJS-053"),
        (changed(lambda c: c["transform"].update(scale=[1e300, 1, 1])), "CTB-CJS-053"),
        (changed(lambda c: c.update(vertices=None)), "CTB-CJS-005"),
        (b'{"type":"CityJSON"}', "CTB-CJS-080"),
        (b'{"type":"CityJSON","version":"2.0","CityObjects":{"a":null,"b":3},"vertices":[null,3]}', "CTB-CJS-053"),
        (changed(lambda c: c["CityObjects"]["house"].update(parents=["wing"])), "CTB-CJS-031"),
        (b'{"asset":{},"root":{}}', "CTB-TIL-003"),
        (b'{"asset":{"version":"1.1"},"geometricError":1,"root":{', "CTB-TIL-001"),
        (b"glTF\x02\0\0\0", "CTB-TIL-021"),
        (b"b3dm", "CTB-TIL-021"),
        (b"subt\x01", "CTB-TIL-021"),
        (b"SQLite format 3\0" + bytes(90) + b"CREATE TABLE media (key", "CTB-TIL-024"),
    ],
)
def test_what_is_wrong_inside_is_a_finding(content: bytes, code: str) -> None:
    for lang in ("zh", "en"):
        report = basics(content, lang=lang)
        assert code in codes(report)
        result = next(result for result in report.results if result.code == code)
        assert all(finding.message for finding in result.findings)


def test_an_entity_is_never_expanded() -> None:
    content = b"<!DOCTYPE CityModel [<!ENTITY i 'secret'>]>" + model(HOUSE)
    facts = cimkit.read(content)
    texts = [text for column in facts.properties for text in column.column.values.text]
    assert not any("secret" in (text or "") for text in texts)


def test_ten_thousand_errors_of_one_kind_are_one_group_with_the_exact_total() -> None:
    def many(content: dict[str, Any]) -> None:
        content["CityObjects"] |= {f"o{number}": {"type": "Bulding"} for number in range(10_000)}

    report = basics(changed(many))
    (result,) = [result for result in report.results if result.failed]
    assert (result.code, result.failed) == ("CTB-CJS-008", 10_000)


def test_the_wrong_extension_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "a.gml").write_bytes(json.dumps(document()).encode())
    (tmp_path / "b.json").write_bytes(GOOD)
    formats = [source.format for source in cimkit.check(tmp_path, packs=["city-basics"]).sources]
    assert formats[:2] == ["cityjson", "citygml"]


def test_text_in_utf_16_and_in_gb18030_is_read() -> None:
    chinese = GOOD.replace(b"<gml:name>x", "<gml:name>铁西".encode())
    for encoding in ("utf-16", "gb18030"):
        declared = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + chinese
        facts = cimkit.read(declared.decode().encode(encoding))
        assert [column.column.values.text.to_list() for column in facts.properties if column.name == "name"] == [
            ["铁西"]
        ]


def test_a_packed_tileset_is_read_where_it_lies_and_never_leaves_its_archive() -> None:
    content = tileset()
    content["root"]["content"] = {"uri": "../../etc/passwd"}
    content["root"]["children"] = []
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("瓦片/tileset.json", json.dumps(content))
        archive.writestr("瓦片/unused.glb", glb())
    report = basics(whole.getvalue())
    assert {"CTB-TIL-033", "CTB-TIL-034"} <= codes(report)
    assert report.sources[0].format == "3dtiles"


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["json", "gml", "tiles"]), st.integers(0, 3000), st.binary(max_size=6), st.integers(0, 6))
def test_damage_anywhere_is_told_and_never_raised(kind: str, at: int, put: bytes, drop: int) -> None:
    whole = {"json": json.dumps(document()).encode(), "gml": GOOD, "tiles": json.dumps(tileset()).encode()}[kind]
    at %= len(whole)
    basics(whole[:at] + put + whole[at + drop :])
