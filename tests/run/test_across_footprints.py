"""Footprints and heights of city models: holes, levels of detail, parts, axes, and files that hold nonsense."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts
from cimkit.readers.citygml.reader import read_citygml
from cimkit.readers.cityjson.reader import read_cityjson
from cimkit.run.across_footprints import Footprints, footprints

GEOMETRY = Demand(kinds=None, geometry=True)
EAST, NORTH = 535_700, 4_629_500


def box(x: float, y: float, wide: float = 20, deep: float = 10, low: float = 40, high: float = 61) -> list[list[float]]:
    corners = ((0, 0), (wide, 0), (wide, deep), (0, deep))
    return [[EAST + x + a, NORTH + y + b, z] for z in (low, high) for a, b in corners]


def shell(first: int = 0) -> list[Any]:
    rings = ([0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7])
    return [[[first + corner for corner in ring]] for ring in rings]


def city(objects: dict[str, Any], vertices: list[list[float]], system: str = "4550") -> Facts:
    document = {
        "type": "CityJSON",
        "version": "1.1",
        "transform": {"scale": [1, 1, 1], "translate": [0, 0, 0]},
        "metadata": {"referenceSystem": f"https://www.opengis.net/def/crs/EPSG/0/{system}"},
        "CityObjects": objects,
        "vertices": vertices,
    }
    return read_cityjson(orjson.dumps(document), GEOMETRY)


def solid(first: int = 0, lod: str = "1") -> dict[str, Any]:
    return {"type": "Solid", "lod": lod, "boundaries": [shell(first)]}


def buildings(facts: Facts) -> Footprints:
    found = footprints(facts, np.flatnonzero(facts.subjects.of_kinds(frozenset({"Building"}))).astype(np.int32))
    assert found is not None
    return found


def at(x: float, y: float, wide: float = 20, deep: float = 10) -> Any:
    return shapely.box(EAST + x, NORTH + y, EAST + x + wide, NORTH + y + deep)


def test_the_faces_that_look_down_are_the_footprint_and_the_corners_the_height() -> None:
    found = buildings(city({"a": {"type": "Building", "geometry": [solid()]}}, box(0, 0)))
    assert shapely.equals(found.shapes[0], at(0, 0))
    assert found.system == "EPSG:4550"
    assert (found.low[0], found.high[0]) == (40, 61)


def test_of_several_levels_of_detail_the_lowest_counts() -> None:
    geometry = [solid(8, "2.2"), solid(0, "1.2")]
    vertices = [*box(0, 0), *box(100, 0)]
    found = buildings(city({"a": {"type": "Building", "geometry": geometry}}, vertices))
    assert shapely.equals(found.shapes[0], at(0, 0))


def test_parts_belong_to_their_building_and_what_is_built_onto_it_does_not() -> None:
    objects = {
        "a": {"type": "Building", "children": ["b", "c", "d"]},
        "b": {"type": "BuildingPart", "parents": ["a"], "geometry": [solid(0)]},
        "c": {"type": "BuildingPart", "parents": ["a"], "geometry": [solid(8)]},
        "d": {"type": "BuildingInstallation", "parents": ["a"], "geometry": [solid(16)]},
        "e": {"type": "Building"},
    }
    found = buildings(city(objects, [*box(0, 0), *box(20, 0, high=90), *box(40, 0)]))
    assert shapely.equals(found.shapes[0], at(0, 0, wide=40))
    assert found.high[0] == 90
    assert found.shapes[1] is None
    assert np.isnan(found.high[1])


def test_a_footprint_alone_may_look_up_and_have_a_court() -> None:
    outer = [[EAST, NORTH, 40], [EAST + 20, NORTH, 40], [EAST + 20, NORTH + 10, 40], [EAST, NORTH + 10, 40]]
    court = [
        [EAST + 5, NORTH + 2, 40],
        [EAST + 5, NORTH + 8, 40],
        [EAST + 15, NORTH + 8, 40],
        [EAST + 15, NORTH + 2, 40],
    ]
    geometry = {"type": "MultiSurface", "lod": "0", "boundaries": [[[0, 1, 2, 3], [4, 5, 6, 7]]]}
    found = buildings(city({"a": {"type": "Building", "geometry": [geometry]}}, [*outer, *court]))
    assert found.shapes[0].area == pytest.approx(200 - 60)


@pytest.mark.parametrize("north_first", [True, False])
def test_gml_is_read_in_the_order_of_its_axes_or_as_it_was_written(north_first: bool) -> None:
    ring = [(EAST, NORTH), (EAST, NORTH + 10), (EAST + 20, NORTH + 10), (EAST + 20, NORTH), (EAST, NORTH)]
    text = " ".join(f"{y} {x} 40" if north_first else f"{x} {y} 40" for x, y in ring)
    document = f"""<CityModel xmlns="http://www.opengis.net/citygml/2.0" xmlns:gml="http://www.opengis.net/gml"
 xmlns:bldg="http://www.opengis.net/citygml/building/2.0"><cityObjectMember><bldg:Building gml:id="a"><bldg:boundedBy>
 <bldg:GroundSurface gml:id="g"><bldg:lod2MultiSurface><gml:MultiSurface srsName="EPSG:4550"><gml:surfaceMember>
 <gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>{text}</gml:posList></gml:LinearRing></gml:exterior>
 </gml:Polygon></gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface></bldg:GroundSurface></bldg:boundedBy>
 </bldg:Building></cityObjectMember></CityModel>"""
    found = buildings(read_citygml(document.encode(), GEOMETRY))
    assert shapely.equals(found.shapes[0], at(0, 0))


def test_another_source_has_none() -> None:
    from tests.run.conftest import facts_of

    assert footprints(facts_of(["IFCBUILDING"]), np.zeros(1, np.int32)) is None
    bare = read_cityjson(orjson.dumps({"type": "CityJSON", "version": "1.1", "CityObjects": {}}), Demand(kinds=None))
    assert footprints(bare, np.zeros(0, np.int32)) is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.lists(st.integers(0, 7), max_size=5), max_size=3), max_size=4),
    st.lists(st.tuples(*[st.integers(-3, 3)] * 3), min_size=8, max_size=8),
)
def test_no_surfaces_however_broken_raise(surfaces: list[Any], vertices: list[tuple[int, ...]]) -> None:
    geometry = {"type": "MultiSurface", "lod": "1", "boundaries": surfaces}
    facts = city({"a": {"type": "Building", "geometry": [geometry]}}, [list(each) for each in vertices])
    sid = np.zeros(1, np.int32)
    found = footprints(facts, sid)
    assert found is None or found.shapes[0] is None or found.shapes[0].area >= 0
