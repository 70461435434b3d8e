"""What a CityJSON file becomes."""

from __future__ import annotations

import numpy as np
import pytest

from cimkit.checks.geometry import check
from cimkit.checks.geometry.validate import validate
from cimkit.facts.boundaries import Kind, SubjectGeometry
from cimkit.facts.columns import State
from cimkit.readers.cityjson.systems import horizontal, vertical
from cimkit.run.evaluation import Evaluation
from tests.cityjson.model import CUBE, document, read


def test_subjects_and_links() -> None:
    facts = read(document())
    assert [facts.subjects.kinds[kind] for kind in facts.subjects.kind] == ["Building", "BuildingPart"]
    assert facts.links["parent"].sid.tolist() == [1]
    assert facts.links["parent"].target.tolist() == [0]
    assert facts.describe(np.array([1, 0], np.int32)).select("kind", "id", "locator").rows() == [
        ("BuildingPart", "wing", "/CityObjects/wing"),
        ("Building", "house", "/CityObjects/house"),
    ]
    assert facts.datasets.row(0, named=True)["crs"] == "EPSG:4549"
    assert facts.whole["extent"] == [500_000.0, 4_600_000.0, 0.0, 500_001.0, 4_600_001.0, 1.0]


def test_attributes_are_columns() -> None:
    columns = {column.name: column.column for column in read(document()).properties}
    assert set(columns) == {"measuredHeight", "function", "height", "height.value", "height.uom"}
    function = columns["function"]
    assert function.sid.tolist() == [0, 1]
    assert function.row_states().tolist() == [State.PRESENT, State.NULL]
    assert function.texts(np.array([0], np.int32)).to_list() == ["1000"]
    assert columns["height.value"].values.number.tolist() == [3.0]


def test_a_group_is_a_relation_of_its_own() -> None:
    content = document()
    content["CityObjects"]["quarter"] = {"type": "CityObjectGroup", "children": ["house"]}
    content["CityObjects"]["house"]["parents"] = ["quarter"]
    facts = read(content)
    assert len(facts.defects) == 0
    assert list(zip(facts.links["group"].sid, facts.links["group"].target, strict=True)) == [(0, 2)]
    assert list(zip(facts.links["parent"].sid, facts.links["parent"].target, strict=True)) == [(1, 0)]


def test_geometry_is_judged_where_it_stands() -> None:
    content = document()
    turned = [CUBE[0], [CUBE[1][0][::-1]], *CUBE[2:]]
    solid = {"type": "CompositeSolid", "lod": "2", "boundaries": [[CUBE], [turned]]}
    content["CityObjects"]["wing"]["geometry"] = [
        solid,
        {"type": "MultiSurface", "lod": "0", "boundaries": [[[0, 1, 1]]]},
    ]
    facts = read(content)
    assert isinstance(facts.whole["geometry"], SubjectGeometry)
    geometry = facts.whole["geometry"]
    assert geometry.boundaries.kind.tolist() == [Kind.SURFACES, Kind.SOLID, Kind.SOLID, Kind.SOLID]

    outcome = check.judge(Evaluation(facts), np.ones(2, bool), {})
    assert outcome.failed.tolist() == [False, True]
    rows = outcome.explain(np.array([1], np.int32))
    assert rows.select("found", "locator").rows() == [
        ("GE_R_CONSECUTIVE_POINTS_SAME (102)", "/CityObjects/wing/geometry/1/boundaries/0/0"),
        ("GE_S_POLYGON_WRONG_ORIENTATION (307)", "/CityObjects/wing/geometry/0/boundaries/1/0/1"),
    ]


def test_parts_of_a_building_may_not_overlap() -> None:
    content = document()
    content["CityObjects"]["wing"]["geometry"] = [{"type": "Solid", "lod": "1", "boundaries": [CUBE]}]
    facts = read(content)

    outcome = check.judge(Evaluation(facts), np.ones(2, bool), {})
    assert outcome.explain(np.array([1], np.int32))["found"].to_list() == ["GE_B_PARTS_OVERLAP (601)"]


def test_degrees_are_judged_as_metres() -> None:
    pytest.importorskip("pyproj")
    content = document()
    content["metadata"]["referenceSystem"] = "https://www.opengis.net/def/crs/EPSG/0/4979"
    content["transform"] = {"scale": [1e-7, 1e-7, 0.001], "translate": [41.8, 123.4, 0.0]}
    content["vertices"] = [
        [x, y, z] for z in (0, 9000) for x, y in ((0, 0), (0, 1000), (1000, 1000), (1000, 0))
    ]  # latitude comes first
    facts = read(content)
    assert len(facts.defects) == 0
    geometry = facts.whole["geometry"]
    assert isinstance(geometry, SubjectGeometry)
    assert validate(geometry.boundaries) == []
    assert np.ptp(geometry.boundaries.points, axis=0).round(1).tolist() == [8.3, 11.1, 9.0]


@pytest.mark.parametrize(
    ("code", "translate", "exchanged"),
    [
        (6677, [-36_967.0, -8_495.0, 0.0], True),  # Tokyo, northing first as the system has it
        (4549, [500_000.0, 4_600_000.0, 0.0], False),  # Liaoning, easting first whatever the system says
        (4549, [4_600_000.0, 500_000.0, 0.0], True),  # the same, northing first
        (4529, [4_600_000.0, 41_500_000.0, 0.0], True),  # easting with the prefix of its zone
        (7415, [85_000.0, 446_800.0, 0.0], False),  # easting comes first in this system
    ],
)
def test_northing_before_easting_is_no_mirror(code: int, translate: list[float], exchanged: bool) -> None:
    pytest.importorskip("pyproj")
    content = document()
    content["metadata"]["referenceSystem"] = f"https://www.opengis.net/def/crs/EPSG/0/{code}"
    content["transform"]["translate"] = translate
    if exchanged:  # the same house, its coordinates in the order of the axes
        content["vertices"] = [[north, east, up] for east, north, up in content["vertices"]]
    geometry = read(content).whole["geometry"]
    assert isinstance(geometry, SubjectGeometry)
    assert validate(geometry.boundaries) == []


@pytest.mark.parametrize(
    ("stated", "crs", "height"),
    [
        ("https://www.opengis.net/def/crs/EPSG/0/4549", "EPSG:4549", None),
        ("http://www.opengis.net/def/crs/EPSG/9.8.6/7415", "EPSG:7415", None),
        ("urn:ogc:def:crs:EPSG::4490", "EPSG:4490", None),
        ("urn:ogc:def:crs:EPSG:6.12:4490", "EPSG:4490", None),
        ("urn:ogc:def:crs,crs:EPSG::4549,crs:EPSG::5737", "EPSG:4549", "EPSG:5737"),
        ("http://www.opengis.net/gml/srs/epsg.xml#4549", "EPSG:4549", None),
        ("EPSG:4549", "EPSG:4549", None),
        ("沈阳地方坐标系", "沈阳地方坐标系", None),
        (None, None, None),
    ],
)
def test_reference_systems_are_called_by_their_codes(stated: str | None, crs: str | None, height: str | None) -> None:
    assert (horizontal(stated), vertical(stated)) == (crs, height)


def test_the_data_set_says_where_it_lies() -> None:
    row = read(document()).datasets.row(0, named=True)
    assert row["extent"] == "500000 4600000 500001 4600001"
    empty = document() | {"CityObjects": {}, "vertices": []}
    assert read(empty).datasets.row(0, named=True)["extent"] is None
