"""Each defect of a CityJSON file by the smallest change that makes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cimkit.errors import SourceError
from cimkit.facts.defects_city import ADVICE, CITY_DEFECTS
from cimkit.facts.demand import Demand
from tests.cityjson.model import CUBE, defects, document, read

Change = Callable[[dict[str, Any]], Any]


def solid(content: dict[str, Any]) -> dict[str, Any]:
    return content["CityObjects"]["house"]["geometry"][0]


def test_a_sound_document_has_no_defect() -> None:
    assert defects(document()) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda c: c.pop("transform"), ("city_schema", "missing")),
        (lambda c: c.update(version="3.0"), ("city_version", "unknown")),
        (lambda c: c.update(type="CityJsn"), ("city_schema", "wrong_document_type")),
        (lambda c: c.update(extra=1), ("city_extra_property", "unknown_member")),
        (lambda c: c.update({"+census": 1}), ("city_extension", "not_declared")),
        (lambda c: c["metadata"].update(referenceSystem="EPSG:4549"), ("city_crs", "wrong_form")),
        (lambda c: c["metadata"].update(geographicalExtent=[0, 1]), ("city_schema", "not_six_numbers")),
        (lambda c: c["transform"].update(scale=[0.001]), ("city_schema", "not_three_numbers")),
        (lambda c: c["transform"].update(scale=[0.0, 0.001, 0.001]), ("city_transform", "scale_is_zero")),
        (lambda c: c["vertices"].append([0, 0]), ("city_number", "not_three_numbers")),
        (lambda c: c["vertices"].append([0, 0, 0]), ("city_duplicate_vertex", "twice")),
        (lambda c: c["vertices"].append([5, 5, 5]), ("city_unused_vertex", "unused")),
        (lambda c: c["vertices"][0].__setitem__(0, 0.5), ("city_schema", "not_an_integer")),
        (lambda c: c["CityObjects"]["house"].update(type="Hosue"), ("city_schema", "unknown_type")),
        (lambda c: c["CityObjects"]["house"].update(type="+House"), ("city_extension", "not_declared")),
        (lambda c: c["CityObjects"]["house"].pop("type"), ("city_schema", "missing")),
        (lambda c: c["CityObjects"]["house"]["attributes"].update({"+a": 1}), ("city_extension", "not_declared")),
        (lambda c: c["CityObjects"]["house"].update(children=["wing", "gone"]), ("city_reference", "child_missing")),
        (lambda c: c["CityObjects"]["wing"].update(parents=["gone"]), ("city_reference", "parent_missing")),
        (lambda c: c["CityObjects"]["house"].pop("children"), ("city_reference", "parent_without_child")),
        (lambda c: c["CityObjects"]["wing"].pop("parents"), ("city_schema", "missing")),
        (lambda c: c["CityObjects"]["wing"].pop("parents"), ("city_reference", "child_without_parent")),
        (lambda c: solid(c).pop("lod"), ("city_schema", "missing")),
        (lambda c: solid(c).update(lod=2), ("city_schema", "wrong_lod")),
        (lambda c: solid(c).update(lod="5"), ("city_schema", "wrong_lod")),
        (lambda c: solid(c).update(colour="red"), ("city_schema", "unknown_member")),
        (lambda c: solid(c).update(type="Solids"), ("city_schema", "unknown_geometry")),
        (lambda c: solid(c).update(type="MultiPoint", boundaries=[0]), ("city_schema", "geometry_not_allowed")),
        (lambda c: solid(c).update(boundaries=CUBE), ("city_boundary", "wrong_nesting")),
        (lambda c: solid(c)["boundaries"][0].append([["0", 1, 2]]), ("city_boundary", "wrong_nesting")),
        (lambda c: solid(c)["boundaries"][0].append([[0, 1, 8]]), ("city_vertex_index", "missing")),
        (lambda c: solid(c)["boundaries"][0].append([[0, 1, -1]]), ("city_vertex_index", "missing")),
        (lambda c: solid(c)["semantics"]["values"][0].pop(), ("city_semantics", "wrong_length")),
        (lambda c: solid(c)["semantics"].update(values=[[0, 1, 2, 3, None, None]]), ("city_semantics", "missing")),
        (lambda c: solid(c)["semantics"]["surfaces"][0].update(type="Wall"), ("city_schema", "unknown_surface")),
        (lambda c: solid(c)["semantics"]["surfaces"][0].update(parent=7), ("city_semantics", "surface_missing")),
        (lambda c: solid(c).update(material={"m": {"value": 0}}), ("city_material", "missing")),
        (lambda c: solid(c).update(material={"m": {}}), ("city_schema", "value_or_values")),
        (lambda c: solid(c).update(texture={"t": {"values": [[[[0, 0, 0, 0, 0]]] * 6]}}), ("city_texture", "missing")),
        (lambda c: solid(c).update(texture={"t": {"values": [[]]}}), ("city_texture", "wrong_length")),
    ],
)
def test_each_defect(change: Change, found: tuple[str, str]) -> None:
    content = document()
    change(content)
    assert found in defects(content)


def test_null_stands_for_surfaces_without_semantics() -> None:
    content = document()
    solid(content)["semantics"]["values"] = [[0, None, 2, 2, 2, 2]]
    assert defects(content) == []
    solid(content)["semantics"]["values"] = [None]
    assert defects(content) == []
    solid(content)["semantics"]["values"] = None
    assert defects(content) == []


def test_textures_run_along_the_rings() -> None:
    content = document()
    content["appearance"] = {
        "textures": [{"type": "PNG", "image": "a.png"}],
        "vertices-texture": [[0.0, 0.0], [1.0, 1.0]],
    }
    ring = [0, 0, 1, 1, 0]
    solid(content)["texture"] = {"t": {"values": [[[ring], [[None]], [ring], [ring], [ring], [[None] * 5]]]}}
    assert defects(content) == [("city_not_judged", "textures")]  # nobody knows what lies beside it
    solid(content)["texture"]["t"]["values"][0][0] = [[0, 0, 1, 1, 2]]
    assert ("city_texture", "coordinates_missing") in defects(content)


def test_templates() -> None:
    content = document()
    content["geometry-templates"] = {
        "templates": [{"type": "MultiSurface", "lod": "2", "boundaries": [[[0, 1, 2]]]}],
        "vertices-templates": [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
    }
    tree = {"type": "GeometryInstance", "template": 0, "boundaries": [0], "transformationMatrix": [1.0] * 16}
    content["CityObjects"]["tree"] = {"type": "SolitaryVegetationObject", "geometry": [tree]}
    assert defects(content) == []
    tree["template"] = 1
    assert defects(content) == [("city_template", "missing")]


def test_version_1_0_has_its_own_ways() -> None:
    content = document()
    content["version"] = "1.0"
    content["metadata"]["referenceSystem"] = "urn:ogc:def:crs:EPSG::4549"
    content["CityObjects"]["wing"]["geometry"] = []
    solid(content)["lod"] = 1
    assert defects(content) == [("city_schema", "wrong_type")]  # function: null
    content["CityObjects"]["wing"]["attributes"] = {"measuredHeight": "3"}
    assert defects(content) == [("city_schema", "wrong_type")]


def test_a_name_given_twice_is_noticed() -> None:
    text = orjson.dumps(document()).replace(b'"wing":{', b'"house":{')
    assert ("city_duplicate_key", "name_twice") in defects(text)
    assert ("city_duplicate_key", "name_twice") not in defects(orjson.dumps(document(), option=orjson.OPT_INDENT_2))
    quoted = document()
    quoted["CityObjects"]["house"]["attributes"]['a \\" : "b\\\\'] = 'x": "y'
    assert defects(quoted) == []


def test_a_sequence_has_a_document_a_line() -> None:
    first = {**document(), "CityObjects": {}, "vertices": []}
    whole = document()
    feature = {
        "type": "CityJSONFeature",
        "id": "house",
        "CityObjects": whole["CityObjects"],
        "vertices": whole["vertices"],
    }
    other = orjson.loads(orjson.dumps(feature).replace(b"house", b"shed").replace(b"wing", b"porch"))
    facts = read(b"\n".join(map(orjson.dumps, [first, feature, other])))
    assert (len(facts), len(facts.defects)) == (4, 0)
    assert facts.datasets["format"].to_list() == ["cityjsonseq"]
    other["CityObjects"]["shed"]["geometry"][0]["boundaries"][0][0] = [[0, 3, 2, 9]]
    facts = read(b"\n".join(map(orjson.dumps, [first, feature, other])) + b"\n{broken\n")
    assert facts.defects.select("kind", "line", "locator").rows() == [
        ("city_syntax", 4, "4:"),
        ("city_vertex_index", 3, "3:/CityObjects/shed/geometry/0/boundaries"),
        ("city_unused_vertex", 3, "3:/vertices/0"),
    ]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1, 2]", b"<x/>", b"\xff\xfe", b'{"type": "CityJSON", "CityObjects": {']
)
def test_what_is_no_document_is_an_error(content: bytes) -> None:
    with pytest.raises(SourceError):
        read(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.floats(allow_nan=False) | st.text("a+/~", max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab+", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100)
@given(st.data())
def test_nothing_in_a_document_breaks_the_reader(data: st.DataObject) -> None:
    """Any part of a sound document replaced by anything: defects, never an exception."""
    content = document()
    place: Any = content
    for _ in range(data.draw(st.integers(0, 7))):
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        if not keys:
            break
        key = data.draw(st.sampled_from(list(keys)))
        if not isinstance(place[key], dict | list) or (data.draw(st.booleans()) and data.draw(st.booleans())):
            place[key] = data.draw(JSON)
            break
        place = place[key]
    facts = read(content)
    geometry = facts.whole.get("geometry")
    if geometry is not None:
        from cimkit.checks.geometry.validate import validate

        validate(geometry.boundaries)
    facts.describe(facts.subjects.kind * 0)


def test_only_what_is_asked_for_is_recorded() -> None:
    content = document()
    content["vertices"].append([0, 0, 0])
    content["version"] = "7"
    found = read(content, Demand(kinds=None, defects=frozenset({"city_version"})))
    assert found.defects["kind"].to_list() == ["city_version"]
    assert "geometry" not in found.whole


# What the specifications say of cjval's own test files: the errors (kinds outside ADVICE) of each.
STATED: dict[str, set[str]] = {
    "address.json": set(),
    "cjfeat1.json": set(),
    "cube.city.json": set(),
    "cube_20.jsonl": {"city_schema"},
    "cube_20_1.jsonl": {"city_schema"},
    "duplicate.json": {"city_duplicate_key", "city_reference"},
    "extension.jsonl": {"city_schema"},
    "extraattribute.json": {"city_extension"},
    "generic.ext.json": {"city_version", "city_schema"},
    "japanese.city.json": set(),
    "many.json": set(),
    "many2.json": set(),
    "material.city.json": {"city_material"},
    "material2.city.json": {"city_material"},
    "material3.city.json": set(),
    "noise1.city.json": set(),
    "o.json": {"city_vertex_index"},
    "o2.json": set(),
    "o3.json": set(),
    "o4.json": {"city_version", "city_schema", "city_vertex_index"},
    "potatoes.city.json": {"city_schema"},
    "sem.json": {"city_vertex_index", "city_extension", "city_semantics"},
    "sem_point.city.json": {"city_semantics"},
    "texture1.city.json": {"city_texture"},
    "texture2.city.json": {"city_texture"},
    "texture3.city.json": set(),
    "texture4.city.json": set(),
    "texture5.city.json": set(),
    "texture6.city.json": {"city_texture"},
    "texture7.city.json": set(),
    "twoextensions.json": set(),
}


def test_the_files_of_cjval(shared: Path) -> None:
    found = {
        path.name: set(read(path.read_bytes()).defects["kind"]) - ADVICE
        for path in sorted((shared / "city" / "cityjson").iterdir())
    }
    assert found == STATED


def test_every_kind_of_defect_has_a_sentence() -> None:
    from cimkit.locales import has_text

    assert all(has_text(f"city.defect_{kind}", lang) for kind in CITY_DEFECTS for lang in ("zh", "en"))
