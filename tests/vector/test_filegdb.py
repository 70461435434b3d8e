"""File geodatabases: layers, what Esri's definition says of their fields, and missing files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from cimkit.errors import SourceError
from cimkit.readers.vector.filegdb import read_filegdb
from tests.vector.conftest import ALL, Write, told


def made(write: Write) -> Path:
    fields = {"名称": ["甲", "乙"], "层数": np.array([1, 2], np.int32)}
    points = [shapely.Point(1, 2), shapely.Point(3, 4)]
    return write("城.gdb", points, fields, driver="OpenFileGDB", layer="监测点", geometry_type="Point", crs="EPSG:4549")


def test_layers_and_fields(write: Write) -> None:
    facts = read_filegdb(made(write), ALL, name="城.gdb")
    assert told(facts) == []
    (layer,) = facts.whole["layers"]  # type: ignore[misc]
    assert [(field["name"], field["type"]) for field in layer["fields"]] == [
        ("OBJECTID", "INTEGER"),
        ("名称", "TEXT"),
        ("层数", "INTEGER"),
    ]
    assert layer["fields"][0]["nullable"] is False
    assert facts.datasets.select("crs", "count").rows() == [("EPSG:4549", 2)]
    assert {column.name for column in facts.properties} == {"OBJECTID", "名称", "层数"}


def test_a_lock_and_a_missing_index_are_told(write: Write) -> None:
    path = made(write)
    (path / "x.ed.lock").write_bytes(b"")
    sorted(path.glob("*.gdbtablx"))[-1].unlink()
    with_layers = set(told(read_filegdb(path, ALL, name="城.gdb")))
    assert ("gdb_locked", None) in with_layers
    assert ("gdb_part", "absent") in with_layers


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        read_filegdb(tmp_path, ALL, name="x.gdb")
