"""One change to a tileset that is right, one defect."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from cimkit.readers.tiles.defects import ADVICE, Place
from tests.tiles.building import BOX, INNER_BOX, external, files, found, read, tileset

GONE = object()


def changed(*steps: Any) -> dict[str, Any]:
    """The tileset with the value at a path (all but the last step) set to the last step, or taken away (GONE)."""
    *path, name, value = steps
    result = copy.deepcopy(tileset())
    target: Any = result
    for step in path:
        target = target[step]
    if value is GONE:
        del target[name]
    else:
        target[name] = value
    return result


def test_a_right_tileset_has_no_defect() -> None:
    assert found(read(files())) == set()


ROOT = ("root",)
CHILD = ("root", "children", 0)
PROPERTY = ("schema", "classes", "building", "properties", "height")
CHANGES: list[tuple[tuple[Any, ...], tuple[str, str]]] = [
    # the top level
    (("asset", GONE), ("missing", "property")),
    (("asset", "version", GONE), ("missing", "property")),
    (("asset", "version", 1.1), ("type", "property")),
    (("asset", "version", "9.9"), ("version", "unknown")),
    (("geometricError", "500"), ("type", "property")),
    (("geometricError", -1), ("value", "range")),
    (("properties", "Height", "minimum", GONE), ("missing", "property")),
    (("properties", "Height", "minimum", 3), ("value", "order")),
    (("schemaUri", "schema.json"), ("value", "one_of")),
    (("extensionsUsed", []), ("length", "array")),
    (("extensionsUsed", ["A_b", "A_b"]), ("value", "unique")),
    (("extensionsUsed", ["A_b"]), ("practice", "extension_not_found")),
    (("extensionsRequired", ["A_b"]), ("extension", "required_not_used")),
    (("root", "extensions", {"A_b": {}}), ("extension", "not_declared")),
    (("root", "extensions", {"A_b": 3}), ("type", "property")),
    (("extras", 3), ("practice", "extras_not_object")),
    (("root", GONE), ("missing", "property")),
    # tiles
    ((*ROOT, "refine", GONE), ("refine", "missing_in_root")),
    ((*ROOT, "refine", "add"), ("refine", "wrong_case")),
    ((*ROOT, "refine", "BOTH"), ("refine", "unknown")),
    ((*ROOT, "boundingVolume", {}), ("missing", "any_of")),
    ((*ROOT, "boundingVolume", "box", BOX[:11]), ("length", "array")),
    ((*ROOT, "boundingVolume", "box", [*BOX[:11], None]), ("type", "element")),
    ((*ROOT, "boundingVolume", {"sphere": [0, 0, 0, -1]}), ("bounding_volume", "sphere_radius")),
    ((*ROOT, "boundingVolume", {"region": [0, 0, 4, 1, 0, 1]}), ("bounding_volume", "region_range")),
    ((*ROOT, "boundingVolume", {"region": [0, 1, 1, 0, 0, 1]}), ("bounding_volume", "region_order")),
    ((*ROOT, "boundingVolume", {"region": [0, 0, 1, 1, 1, 0]}), ("bounding_volume", "region_order")),
    ((*ROOT, "content", "boundingVolume", {"box": [500, *BOX[1:]]}), ("bounding_volume", "content_outside_tile")),
    ((*CHILD, "boundingVolume", {"sphere": [0, 0, 10, 50]}), ("outside_parent", "volume")),
    ((*CHILD, "transform", [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 500, 0, 0, 1]), ("outside_parent", "volume")),
    ((*CHILD, "geometricError", GONE), ("missing", "property")),
    ((*CHILD, "metadata", "properties", "error", 101), ("error_grows", "greater")),
    ((*ROOT, "transform", [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2]), ("transform", "not_affine")),
    ((*ROOT, "transform", [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), ("transform", "not_invertible")),
    ((*ROOT, "transform", [1] * 15), ("length", "array")),
    ((*ROOT, "children", []), ("length", "array")),
    ((*ROOT, "children", 0, 1), ("type", "element")),
    ((*ROOT, "contents", [{"uri": "a.glb"}]), ("value", "one_of")),
    ((*ROOT, "content", "uri", GONE), ("missing", "property")),
    ((*ROOT, "content", "uri", "gone.glb"), ("file", "missing")),
    ((*ROOT, "content", "uri", "A.glb"), ("file", "other_case")),
    ((*ROOT, "content", "uri", "https://example.org/a.glb"), ("not_read", "remote")),
    ((*ROOT, "content", "uri", "../a.glb"), ("not_read", "outside")),
    ((*ROOT, "content", "uri", "tileset.json"), ("tree", "circle")),
    ((*ROOT, "content", "uri", "more.json"), ("tree", "children_of_external")),
    ((*ROOT, "content", "group", 1), ("identifier", "group")),
    ((*ROOT, "content", "group", -1), ("value", "range")),
    # metadata
    (("schema", GONE), ("missing", "schema")),
    (("schema", "id", "a b"), ("value", "pattern")),
    (("schema", "classes", {}), ("length", "object")),
    (("schema", "enums", "use", "values", 0, "value", 1), ("class", "duplicate_enum_value")),
    (("schema", "enums", "use", "values", 0, "name", "home"), ("class", "duplicate_enum_name")),
    (("schema", "enums", "use", "values", 0, "value", 70000), ("value", "range")),
    ((*PROPERTY, "type", "TEXT"), ("value", "list")),
    ((*PROPERTY, "componentType", GONE), ("class", "component_type_missing")),
    ((*PROPERTY, "componentType", "FLOAT"), ("value", "list")),
    ((*PROPERTY, "enumType", "use"), ("class", "enum_type_unneeded")),
    ((*PROPERTY, "count", 3), ("class", "count_without_array")),
    ((*PROPERTY, "normalized", True), ("class", "not_normalizable")),
    ((*PROPERTY, "noData", 1), ("class", "default_of_required")),
    ((*PROPERTY, "semantic", "TILE_REFINE"), ("semantic", "componenttype")),
    ((*PROPERTY, "semantic", "NAME"), ("semantic", "type")),
    ((*PROPERTY, "semantic", "TILE_BOUNDING_BOX"), ("semantic", "array")),
    (("schema", "classes", "building", "properties", "use", "enumType", "uses"), ("identifier", "enum")),
    (("schema", "classes", "building", "properties", "use", "enumType", GONE), ("class", "enum_type_missing")),
    (("schema", "classes", "building", "properties", "owners", "min", 1), ("class", "not_for_variable_arrays")),
    (("schema", "classes", "building", "properties", "share", "offset", [1]), ("length", "array")),
    (
        ("schema", "classes", "building", "properties", "share", "normalized", False),
        ("class", "transform_not_for_type"),
    ),
    (("metadata", "class", "house"), ("identifier", "class")),
    (("metadata", "properties", "colour", 1), ("identifier", "property")),
    (("metadata", "properties", "height", GONE), ("metadata_value", "required")),
    (("metadata", "properties", "height", None), ("metadata_value", "required")),
    (("metadata", "properties", "height", -1), ("metadata_value", "below_minimum")),
    (("metadata", "properties", "height", "high"), ("type", "property")),
    (("metadata", "properties", "use", "work"), ("identifier", "enum_value")),
    (("metadata", "properties", "share", [0, 256]), ("value", "range")),
    (("metadata", "properties", "share", [0, 0.5]), ("type", "element")),
    (("statistics", "classes", "house", {"count": 1}), ("identifier", "class")),
    (("statistics", "classes", "building", "properties", "colour", {"min": 1}), ("identifier", "property")),
    (("statistics", "classes", "building", "properties", "use", "min", 1), ("class", "bound_not_for_type")),
]


@pytest.mark.parametrize(("steps", "defect"), CHANGES, ids=["-".join(map(str, steps))[:90] for steps, _ in CHANGES])
def test_one_change_is_one_defect(steps: tuple[Any, ...], defect: tuple[str, str]) -> None:
    facts = read({**files(), "tileset.json": changed(*steps)})
    assert defect in found(facts)


@pytest.mark.parametrize(
    ("steps", "allowed"),
    [
        (("geometricError", 5e2), set()),
        ((*ROOT, "content", "group", 0.0), set()),  # an integer may be written with a fraction of zero
        ((*ROOT, "boundingVolume", {"region": [3.1, 0, -3.1, 0.1, 0, 1]}), set()),  # across the antimeridian
        (("schema", "classes", "building", "properties", "use", "semantic", "_MINE"), set()),
        (("metadata", "properties", "share", [255, 255]), set()),
    ],
)
def test_what_is_allowed_is_no_defect(steps: tuple[Any, ...], allowed: set[tuple[str, str]]) -> None:
    assert found(read({**files(), "tileset.json": changed(*steps)})) == allowed


def test_bounds_hold_for_final_values() -> None:
    """255 normalized is 1, times the scale of 2 is 2."""
    share = {"type": "VEC2", "componentType": "UINT8", "normalized": True, "scale": [2, 2]}
    for most, defects in (([2, 2], set()), ([2, 1.9], {("metadata_value", "above_maximum")})):
        document = changed("schema", "classes", "building", "properties", "share", {**share, "max": most})
        assert found(read({**files(), "tileset.json": document})) == defects


def test_every_defect_has_a_place_and_a_kind_that_rules_know() -> None:
    facts = read({**files(), "tileset.json": changed("root", "children", 0, "boundingVolume", {"box": [1]})})
    assert facts.defects.select("locator", "found", "expected").rows() == [
        (str(Place("tileset.json", "/root").at("children", 0, "boundingVolume", "box")), "1", "12")
    ]
    assert facts.describe(facts.defects["sid"].to_numpy())["kind"].to_list() == ["tile"]


def test_names_with_slashes_are_escaped_in_pointers() -> None:
    facts = read({**files(), "tileset.json": changed("properties", "a/b~c", 1)})
    assert facts.defects["locator"].to_list() == ["tileset.json#/properties/a~1b~0c"]


# --- several files ------------------------------------------------------------------------------------------------


def test_external_tilesets_are_compared_with_the_tile_that_refers_to_them() -> None:
    larger = external()
    larger["root"]["geometricError"] = 7
    larger["root"]["boundingVolume"] = {"box": BOX}
    assert found(read({**files(), "more.json": larger})) == {("error_grows", "greater"), ("outside_parent", "volume")}
    moved = external()
    moved["root"]["transform"] = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1]
    assert found(read({**files(), "more.json": moved})) == {("outside_parent", "volume")}


def test_extensions_of_external_tilesets_are_declared_in_both() -> None:
    name = "MAXAR_content_3tz"
    inner = {**external(), "extensions": {name: {}}}
    declared = {"extensionsUsed": [name], "extensionsRequired": [name]}
    missing = {("extension", "not_declared")}
    assert found(read({**files(), "more.json": inner})) == missing
    assert found(read({**files(), "more.json": {**inner, **declared}})) == missing
    outer = {**tileset(), **declared}
    assert found(read({**files(), "tileset.json": outer, "more.json": {**inner, **declared}})) == set()
    facts = read({**files(), "tileset.json": outer, "more.json": inner})
    assert found(facts) == missing
    assert facts.defects["locator"].to_list() == [f"more.json#/extensions/{name}"]


def test_extensions_that_are_not_known_are_said_to_be_unread() -> None:
    document = {**tileset(), "extensions": {"A_b": {}}, "extensionsUsed": ["A_b"]}
    assert found(read({**files(), "tileset.json": document})) == {("not_read", "extension")}


def test_tilesets_in_a_circle_end() -> None:
    one, two = external(), external()
    one["root"]["content"]["uri"] = "two.json"
    two["root"]["content"]["uri"] = "one.json"
    facts = read({"one.json": one, "two.json": two}, "one.json")
    assert found(facts) == {("tree", "circle")}
    assert facts.counts["tilesets"] == 2


def test_a_tileset_may_be_referred_to_twice() -> None:
    document = changed("root", "children", 0, "contents", [{"uri": "more.json"}])
    facts = read({**files(), "tileset.json": document})
    assert ("tree", "circle") not in found(facts)
    assert facts.counts["tilesets"] == 2


def test_gltf_in_version_1_0_is_an_extension() -> None:
    old = external()
    old["asset"]["version"] = "1.0"
    assert defects_in(old) == {("extension", "not_declared")}
    old["extensionsUsed"] = ["3DTILES_content_gltf"]
    assert defects_in(old) == {("extension", "not_required")}
    old["extensionsRequired"] = ["3DTILES_content_gltf"]
    assert defects_in(old) == set()


def defects_in(document: dict[str, Any]) -> set[tuple[str, str]]:
    return found(read({**files(), "only.json": document}, "only.json")) - {("orphan", "not_referred_to")}


def test_files_that_nothing_refers_to() -> None:
    facts = read({**files(), "old/d.glb": b"?"})
    assert facts.defects.select("kind", "locator").rows() == [("tiles_orphan", "old/d.glb")]


def test_a_tree_deeper_than_any_stack() -> None:
    tile: dict[str, Any] = {"boundingVolume": {"box": INNER_BOX}, "geometricError": 0}
    for _ in range(400):
        tile = {"boundingVolume": {"box": INNER_BOX}, "geometricError": 0, "children": [tile]}
    tile["refine"] = "ADD"
    facts = read({"tileset.json": {"asset": {"version": "1.1"}, "geometricError": 0, "root": tile}})
    assert found(facts) - {("not_read", "duplicate_names")} == set()
    assert facts.counts["tiles"] == 401


def test_only_kinds_asked_for_are_given() -> None:
    from cimkit.facts.demand import Demand

    broken = {**files(), "tileset.json": changed("root", "refine", "add"), "a.glb": b"glTF"}
    facts = read(broken, demand=Demand(defects=frozenset({"tiles_refine"})))
    assert found(facts) == {("refine", "wrong_case")}
    assert found(read(broken)) == {("refine", "wrong_case"), ("binary", "too_short")}


def test_advice_is_a_kind_of_its_own() -> None:
    from cimkit.readers.tiles.defects import DEFECTS, GEOMETRY_DEFECTS
    from cimkit.readers.tiles.details import DETAILS

    assert set(DEFECTS) > ADVICE
    assert set(DETAILS) == {*DEFECTS, *GEOMETRY_DEFECTS}
