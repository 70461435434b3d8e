"""GeoPackages open layer by layer, whatever is wrong with them, and say what is."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from cimkit.errors import SourceError
from cimkit.facts.columns import State
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.names import FoldedNames
from cimkit.readers.vector.geopackage import field_type_of, read_geopackage
from tests.vector.conftest import ALL, Write, told

BOXES = [shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3), None]
FIELDS = {"名称": ["甲", "乙", None], "层数": [3, 6, 9]}


def made(write: Write, name: str = "a.gpkg", **options: object) -> Path:
    given = {"layer": "建筑", "driver": "GPKG", "geometry_type": "Polygon", "crs": "EPSG:4549", **options}
    return write(name, BOXES, FIELDS, **given)


def change(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')  # they call functions that only GDAL has
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_sound_file_has_no_defect_and_all_its_content(write: Write) -> None:
    facts = read_geopackage(made(write), ALL, name="a.gpkg")
    assert told(facts) == []
    assert facts.subjects.kinds == ("建筑",)
    assert facts.subjects.row.tolist() == [1, 2, 3]
    columns = {column.name: column.column for column in facts.properties}
    assert columns["名称"].texts(np.array([0, 1])).to_list() == ["甲", "乙"]
    assert columns["名称"].row_states()[2] == State.NULL
    assert columns["fid"].values.number.tolist() == [1, 2, 3]
    assert facts.datasets.select("name", "crs", "count", "geometry_type").rows() == [
        ("建筑", "EPSG:4549", 3, "Polygon")
    ]
    (layer,) = facts.whole["shapes"].layers  # type: ignore[attr-defined]
    assert layer.null.tolist() == [False, False, True]
    assert layer.geometry(slice(0, 1))[0].equals(BOXES[0])


def test_only_demanded_layers_and_fields_are_read(write: Write) -> None:
    field = PropertyDemand(None, FoldedNames.of(["层数"]))
    demand = Demand(kinds=frozenset({"建筑"}), properties=frozenset({field}))
    facts = read_geopackage(made(write), demand, name="a.gpkg")
    assert [column.name for column in facts.properties] == ["层数"]
    assert facts.describe(np.array([0]))["name"][0] == "甲"
    elsewhere = read_geopackage(made(write, "b.gpkg"), Demand(kinds=frozenset({"道路"})), name="b.gpkg")
    assert len(elsewhere) == 0
    assert elsewhere.whole["layers"][0]["count"] == 3  # type: ignore[index]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("PRAGMA application_id = 0", ("gpkg_identity", "application_id")),
        ("DELETE FROM gpkg_spatial_ref_sys WHERE srs_id = -1", ("gpkg_srs", "default_missing")),
        ("UPDATE gpkg_contents SET last_change = '2024/5/1'", ("gpkg_contents", "last_change")),
        ("UPDATE gpkg_contents SET min_x = 9, max_x = 1", ("gpkg_contents", "bounds")),
        ("UPDATE gpkg_geometry_columns SET geometry_type_name = 'Polygon'", ("gpkg_geometry_column", "type_name")),
        ("UPDATE gpkg_geometry_columns SET z = 7", ("gpkg_geometry_column", "flag")),
        ("UPDATE gpkg_geometry_columns SET srs_id = 4326", ("gpkg_geometry_column", "srs_differs")),
        ("UPDATE gpkg_geometry_columns SET srs_id = 99", ("gpkg_srs", "not_described")),
        ("DELETE FROM gpkg_geometry_columns", ("gpkg_geometry_column", "no_row")),
        ("DELETE FROM gpkg_extensions", ("gpkg_extension", "not_registered")),
        ("UPDATE gpkg_extensions SET scope = 'all'", ("gpkg_extension", "scope")),
        ("UPDATE gpkg_extensions SET extension_name = 'rtree'", ("gpkg_extension", "bad_name")),
        ("DROP TABLE gpkg_geometry_columns", ("gpkg_table", "no_table")),
        ('ALTER TABLE "建筑" ADD COLUMN note VARCHAR(50)', ("gpkg_column_type", None)),
        ("UPDATE 建筑 SET 层数 = '六层' WHERE fid = 2", ("gpkg_value", None)),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_read(
    write: Write, statement: str, expected: tuple[str, str | None]
) -> None:
    path = made(write)
    change(path, statement)
    facts = read_geopackage(path, ALL, name="a.gpkg")
    assert expected in told(facts)
    assert len(facts) == 3


def test_a_value_of_another_type_stays_as_it_is_written(write: Write) -> None:
    path = made(write)
    change(path, "UPDATE 建筑 SET 层数 = '六层' WHERE fid = 2")
    facts = read_geopackage(path, ALL, name="a.gpkg")
    column = next(column.column for column in facts.properties if column.name == "层数")
    assert column.texts(np.arange(3, dtype=np.int32)).to_list() == ["3", "六层", "9"]
    row = facts.defects.row(0, named=True)
    assert (row["sid"], row["locator"], row["expected"]) == (1, "建筑:2", "INTEGER")


def test_geometries_that_are_none_or_of_another_kind(write: Write) -> None:
    path = made(write, SPATIAL_INDEX="NO")
    head = b"GP\x00\x01" + (4549).to_bytes(4, "little")
    point = shapely.to_wkb(shapely.Point(1, 2))
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("DROP TABLE IF EXISTS gpkg_ogr_contents")
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        for number, blob in ((1, b"GP"), (2, head[:4] + bytes(4) + point), (3, head + point)):
            connection.execute("UPDATE 建筑 SET geom = ? WHERE fid = ?", (blob, number))
    connection.close()
    facts = read_geopackage(path, ALL, name="a.gpkg")
    found = facts.defects.filter(facts.defects["kind"] == "gpkg_geometry").select("detail", "sid").rows()
    assert ("geometry_type", 2) in found
    assert ("system", 1) in found
    assert any(sid == 0 for _, sid in found)


def test_a_journal_beside_the_file_is_told(write: Write) -> None:
    path = made(write)
    path.with_name("a.gpkg-wal").write_bytes(b"x")
    assert ("gpkg_journal", None) in told(read_geopackage(path, ALL, name="a.gpkg"))


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    path.write_bytes(b"SQLite format 3\x00" + b"x" * 4000)
    with pytest.raises(SourceError) as caught:
        read_geopackage(path, ALL, name="a.gpkg")
    assert caught.value.key == "vector.database_broken"


def test_types_of_columns() -> None:
    declared = ["TEXT(50)", "VARCHAR(20)", "MEDIUMINT", "DOUBLE", "NUMERIC(10,2)", "DATETIME", "BOOLEAN", "BLOB", ""]
    types = [field_type_of(each) for each in declared]
    assert types == ["TEXT(50)", "TEXT(20)", "INTEGER", "REAL", "REAL", "DATETIME", "BOOLEAN", "BLOB", "TEXT"]


def test_all_of_ogcs_files_open_layer_by_layer(shared: Path) -> None:
    for path in sorted((shared / "city" / "gpkg").glob("*.gpkg")):
        facts = read_geopackage(path, ALL, name=path.name)
        layers = facts.whole["layers"]
        assert isinstance(layers, list)
        assert len(facts) == sum(layer["count"] for layer in layers), path.name
        assert ("layer_not_read", None) not in told(facts), path.name


def test_a_missing_extra_is_told_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyogrio", None)
    with pytest.raises(SourceError) as caught:
        read_geopackage(tmp_path / "a.gpkg", ALL, name="a.gpkg")
    assert (caught.value.key, caught.value.values["extra"]) == ("readers.extra_missing", "geo")
