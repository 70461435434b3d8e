"""GeoJSON against RFC 7946; what can be read is, whatever stands beside it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts
from cimkit.readers.vector.geojson import read_geojson, read_geojson_sequence
from tests.vector.conftest import ALL, told

SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


def feature(geometry: Any = None, properties: Any = None, **members: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties, **members}


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def read(*features: Any, demand: Demand = ALL, **members: Any) -> Facts:
    text = json.dumps({"type": "FeatureCollection", "features": list(features), **members}, ensure_ascii=False)
    return read_geojson(text.encode(), demand, name="folder/建筑.geojson")


def test_a_sound_file() -> None:
    facts = read(
        feature(polygon(SQUARE), {"名称": "甲", "层数": 3}, id="a"), feature(polygon(SQUARE), {"层数": None}, id="b")
    )
    assert told(facts) == []
    assert facts.subjects.kinds == ("建筑",)
    assert facts.datasets["crs"].to_list() == ["EPSG:4326"]
    assert facts.describe(np.array([1]))["id"][0] == "b"
    assert {column.name for column in facts.properties} == {"名称", "层数", "id"}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        ({"type": "Thing"}, ("geojson_object", "not_a_feature")),
        ([], ("geojson_object", "not_a_feature")),
        ({"type": "Feature", "geometry": None}, ("geojson_object", "no_properties")),
        ({"type": "Feature", "properties": {}}, ("geojson_object", "no_geometry")),
        (feature(id=[1]), ("geojson_object", "identifier")),
        (feature({"type": "Circle", "coordinates": [0, 0]}), ("geojson_object", "geometry_type")),
        (feature({"type": "Point", "coordinates": [0]}), ("geojson_position", "numbers")),
        (feature({"type": "Point", "coordinates": ["1", "2"]}), ("geojson_position", "numbers")),
        (feature({"type": "LineString", "coordinates": 5}), ("geojson_position", "nesting")),
        (feature(polygon(SQUARE[:4])), ("geojson_ring", "not_closed")),
        (feature(polygon([[0, 0], [1, 1], [0, 0]])), ("geojson_ring", "too_few")),
        (feature(polygon(SQUARE[::-1])), ("geojson_ring_order", None)),
        (feature(polygon(SQUARE), bbox=[0, 0, 1]), ("geojson_bbox", "length")),
        (feature(polygon(SQUARE), bbox=[0, 0, 0.5, 1]), ("geojson_bbox", "outside")),
    ],
)
def test_what_is_wrong_with_a_feature_is_said_of_it(one: Any, expected: tuple[str, str | None]) -> None:
    facts = read(feature(polygon(SQUARE), {}), one)
    assert expected in told(facts)
    assert len(facts) == 2
    assert facts.defects["sid"].drop_nulls().unique().to_list() == [1]


def test_an_old_crs_member_is_told_and_believed() -> None:
    facts = read(feature(), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}})
    assert told(facts, "geojson_crs") == [("geojson_crs", None)]
    assert facts.datasets["crs"].to_list() == ["EPSG:4549"]


def test_ids_stand_once() -> None:
    assert told(read(feature(id=1), feature(id=1), feature(id=2))).count(("geojson_repeated", None)) == 1


def test_numbers_that_json_does_not_have() -> None:
    text = b'{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [NaN, 1]}}'
    facts = read_geojson(text, ALL, name="a.geojson")
    assert {("geojson_syntax", "not_a_number"), ("geojson_position", "not_finite")} <= set(told(facts))


def test_encodings() -> None:
    text = json.dumps(feature(None, {"名称": "甲"}), ensure_ascii=False)
    assert told(read_geojson(b"\xef\xbb\xbf" + text.encode(), ALL, name="a")) == [("geojson_text", "byte_order_mark")]
    facts = read_geojson(text.encode("gb18030"), ALL, name="a")
    assert told(facts) == [("geojson_text", "not_utf8")]
    assert facts.properties[0].column.values.text.to_list() == ["甲"]


def test_a_sequence_goes_on_behind_a_broken_line() -> None:
    lines = [json.dumps(feature(None, {"n": 1})), "{broken", json.dumps(feature(None, {"n": 2}))]
    for text in ("\n".join(lines), "".join(f"\x1e{line}\n" for line in lines)):
        facts = read_geojson_sequence(text.encode(), ALL, name="a.geojsonl")
        assert len(facts) == 2
        assert facts.defects.select("kind", "line").rows() == [("geojson_syntax", 2)]
    with pytest.raises(SourceError):
        read_geojson_sequence(b"{broken\n", ALL, name="a")


def test_a_file_that_breaks_off_is_refused_with_its_place() -> None:
    with pytest.raises(SourceError) as caught:
        read_geojson(b'{"type": "Feature",\n "prop', ALL, name="a")
    assert caught.value.values["where"].startswith("2:")


def test_features_that_are_not_asked_for_are_no_subjects_of_defects() -> None:
    demand = Demand(kinds=frozenset({"道路"}), defects=frozenset({"geojson_object"}))
    facts = read({"type": "Thing"}, demand=demand)
    assert len(facts) == 0
    assert facts.defects["sid"].to_list() == [None]


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=False), st.sampled_from(["Feature", "a"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["type", "geometry", "coordinates", "properties", "id", "bbox", "features"]), inner
        ),
    ),
    max_leaves=25,
)


@given(JSON, st.sampled_from(["FeatureCollection", "Feature", "Polygon", "MultiPolygon", "GeometryCollection"]))
def test_nothing_that_is_json_raises(document: Any, kind: str) -> None:
    if isinstance(document, dict):
        document = {**document, "type": kind}
    facts = read_geojson(json.dumps(document).encode(), ALL, name="a.geojson")
    assert facts.defects["sid"].drop_nulls().is_between(0, max(len(facts) - 1, 0)).all()
