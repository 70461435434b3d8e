"""Shapefiles: whole ones, half ones, and the encodings people leave unsaid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from cimkit.readers.vector.shapefile import read_shapefile
from tests.vector.conftest import ALL, Write, told

SHAPES = [
    shapely.box(0, 0, 1, 1),
    shapely.box(2, 2, 3, 3).difference(shapely.box(2.2, 2.2, 2.5, 2.5)),
    shapely.MultiPolygon([shapely.box(5, 5, 6, 6), shapely.box(8, 8, 9, 9)]),
]


def made(write: Write, encoding: str = "GBK") -> Path:
    fields = {"名称": ["甲楼", "乙楼", None], "层数": [1, 2, 3]}
    return write(
        "建筑.shp", SHAPES, fields, driver="ESRI Shapefile", geometry_type="Polygon", crs="EPSG:4549", encoding=encoding
    )


def without_declarations(path: Path) -> None:
    path.with_suffix(".cpg").unlink(missing_ok=True)
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[29] = 0
    path.with_suffix(".dbf").write_bytes(table)


def names(path: Path) -> list[str | None]:
    facts = read_shapefile(path, ALL, name=path.name)
    column = next(column.column for column in facts.properties if column.name == "名称")
    return column.texts(np.arange(3, dtype=np.int32)).to_list()


def test_a_whole_shapefile(write: Write) -> None:
    facts = read_shapefile(made(write), ALL, name="建筑.shp")
    assert told(facts) == []
    (layer,) = facts.whole["layers"]  # type: ignore[misc]
    assert (layer["encoding"], layer["crs"], layer["geometry_type"], layer["count"]) == (
        "GBK",
        "EPSG:4549",
        "Polygon",
        3,
    )
    assert [field["type"] for field in layer["fields"]] == ["TEXT", "INTEGER"]
    assert facts.subjects.row.tolist() == [1, 2, 3]


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_an_encoding_that_nobody_declared_is_found_and_reported(write: Write, encoding: str) -> None:
    path = made(write, encoding)
    without_declarations(path)
    assert names(path)[:2] == ["甲楼", "乙楼"]
    assert told(read_shapefile(path, ALL, name="x")) == [("shp_encoding", "undeclared")]


def test_an_encoding_declared_wrongly_is_told_and_the_texts_are_read(write: Write) -> None:
    path = made(write, "GBK")
    path.with_suffix(".cpg").write_text("UTF-8")
    assert names(path)[:2] == ["甲楼", "乙楼"]
    assert ("shp_encoding", "does_not_fit") in told(read_shapefile(path, ALL, name="x"))


@pytest.mark.parametrize("ending", ["shx", "dbf", "prj", "shp"])
def test_half_a_shapefile_gives_what_is_there(write: Write, ending: str) -> None:
    path = made(write)
    path.with_suffix(f".{ending}").unlink()
    facts = read_shapefile(path if ending != "shp" else path.with_suffix(".dbf"), ALL, name="建筑")
    assert ("shp_part", ending) in told(facts)
    assert len(facts) == 3
    assert len(facts.properties) == (0 if ending == "dbf" else 2)
    assert sorted(each.name for each in path.parent.iterdir()) == sorted(
        f"建筑.{each}" for each in ("cpg", "dbf", "prj", "shp", "shx") if each != ending
    )


def test_a_file_cut_off_is_read_up_to_there(write: Write) -> None:
    path = made(write)
    path.write_bytes(path.read_bytes()[:-20])
    facts = read_shapefile(path, ALL, name="建筑")
    assert {("shp_header", "length"), ("shp_record", "truncated"), ("shp_attributes", "row_count")} <= set(told(facts))
    assert len(facts) == 2


def test_an_index_of_another_file_is_not_believed(write: Write) -> None:
    path = made(write)
    index = bytearray(path.with_suffix(".shx").read_bytes())
    index[100:104], index[108:112] = index[108:112], index[100:104]
    path.with_suffix(".shx").write_bytes(index)
    facts = read_shapefile(path, ALL, name="建筑")
    assert told(facts) == [("shp_index", None)]
    (layer,) = facts.whole["shapes"].layers  # type: ignore[attr-defined]
    assert layer.geometry(slice(0, 1))[0].equals(SHAPES[0])


def test_rings(write: Write) -> None:
    path = made(write)
    data = bytearray(path.read_bytes())
    points = np.frombuffer(bytes(data[100 + 8 + 48 : 100 + 8 + 48 + 80]), "<f8").reshape(5, 2)
    data[100 + 8 + 48 : 100 + 8 + 48 + 80] = points[::-1].tobytes()  # the first polygon turns the other way
    path.write_bytes(data)
    assert told(read_shapefile(path, ALL, name="建筑")) == [("shp_ring", "turns")]
    points = points.copy()
    points[-1] += 1
    data[100 + 8 + 48 : 100 + 8 + 48 + 80] = points.tobytes()
    path.write_bytes(data)
    assert ("shp_ring", "not_closed") in told(read_shapefile(path, ALL, name="建筑"))


@pytest.mark.parametrize("junk", [b"", b"\x00\x00\x27\x0a", b"\xff" * 300])
def test_junk_instead_of_a_file_is_told(write: Write, junk: bytes) -> None:
    for ending in ("shp", "shx", "dbf"):
        path = made(write)
        path.with_suffix(f".{ending}").write_bytes(junk)
        facts = read_shapefile(path, ALL, name="建筑")
        assert any(kind.startswith("shp_") for kind, _ in told(facts)), ending
        for each in path.parent.iterdir():
            each.unlink()
