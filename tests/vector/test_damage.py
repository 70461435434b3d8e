"""Files with bytes changed at random: each is read or refused with a sentence, and nothing else happens."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cimkit.authoring.case_database import geopackage
from cimkit.errors import SourceError
from cimkit.readers.vector.geopackage import read_geopackage
from cimkit.readers.vector.shapefile import read_shapefile
from tests.vector.conftest import ALL, Write

CHANGES = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=12)
CUT = st.one_of(st.none(), st.integers(0, 10_000))
FEW = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def damaged(data: bytes, changes: list[tuple[int, int]], cut: int | None) -> bytes:
    changed = bytearray(data)
    for place, value in changes:
        changed[place % len(changed)] = value
    return bytes(changed if cut is None else changed[: cut % (len(changed) + 1)])


@pytest.fixture
def whole(write: Write, tmp_path: Path) -> Path:
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3).difference(shapely.box(2.2, 2.2, 2.5, 2.5))]
    given = {"driver": "ESRI Shapefile", "geometry_type": "Polygon", "crs": "EPSG:4549"}
    write("a.shp", shapes, {"name": ["甲", "乙"], "n": [1, 2]}, **given)
    return tmp_path


@FEW
@given(ending=st.sampled_from(["shp", "shx", "dbf"]), changes=CHANGES, cut=CUT)
def test_shapefiles(whole: Path, ending: str, changes: Any, cut: int | None) -> None:
    folder = whole / "damaged"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for each in whole.glob("a.*"):
        shutil.copy(each, folder)
    path = folder / f"a.{ending}"
    path.write_bytes(damaged(path.read_bytes(), changes, cut))
    with contextlib.suppress(SourceError):
        facts = read_shapefile(folder / "a.shp", ALL, name="a.shp")
        assert facts.defects["sid"].drop_nulls().is_between(0, max(len(facts) - 1, 0)).all()


@FEW
@given(changes=CHANGES, cut=CUT)
def test_geopackages(tmp_path: Path, changes: Any, cut: int | None) -> None:
    path = tmp_path / "a.gpkg"
    path.write_bytes(damaged(geopackage(""), changes, cut))
    with contextlib.suppress(SourceError):
        facts = read_geopackage(path, ALL, name="a.gpkg")
        assert facts.defects["sid"].drop_nulls().is_between(0, max(len(facts) - 1, 0)).all()
