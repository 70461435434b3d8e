"""Checks of plane geometry: what they let pass, what they find, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.checks.contract import Outcome
from cimkit.checks.table import CHECKS
from cimkit.facts.demand import Demand
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.rules.conditions import Entity
from cimkit.rules.restriction import exactly, one_of
from cimkit.run.evaluation import Evaluation

shapely = pytest.importorskip("shapely", reason="the extra `geo` is not installed")

A, B = Entity(exactly("a")), Entity(exactly("b"))


def layer(name: str, *texts: Any, crs: str | None = "EPSG:4550", kind: str | None = None, **more: Any) -> Layer:
    made = np.empty(len(texts), object)
    made[:] = [shapely.from_wkt(each) if isinstance(each, str) else each for each in texts]
    frame = pl.DataFrame({"n": list(range(len(texts)))}, schema={"n": pl.Int64})
    return Layer(name, frame, geometry=made, crs=crs, geometry_type=kind, **more)


def ask(name: str, options: Mapping[str, Any], *layers: Layer, where: Any = None) -> tuple[Outcome, pl.DataFrame]:
    """The outcome of a check, and the findings that it explains."""
    facts = facts_of_layers(layers, Demand(kinds=None, geometry=True), format="geopackage", name="x")
    evaluation = Evaluation(facts)
    judge = import_module(f"cimkit.checks.{CHECKS[name].module}").judge
    outcome = judge(evaluation, evaluation.holds(where), options)
    rows = outcome.explain(np.flatnonzero(outcome.failed).astype(np.int32))
    whole = [outcome.whole] if outcome.whole is not None else []
    return outcome, pl.concat([*whole, rows])


def failing(name: str, options: Mapping[str, Any], *layers: Layer, where: Any = None) -> list[int]:
    return np.flatnonzero(ask(name, options, *layers, where=where)[0].failed).tolist()


def box(x: float, y: float, size: float = 10) -> Any:
    return shapely.box(x, y, x + size, y + size)


# --- shape_valid ----------------------------------------------------------------------------------------------------

BOWTIE = "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"


def test_each_fault_of_a_shape_is_told_once_with_its_reason_and_place() -> None:
    far = shapely.LineString([(0, 0), (1e300, 1)])
    wrong = [BOWTIE, None, "POLYGON EMPTY", shapely.Point(float("nan"), 1), far, "POINT (1 1)", box(0, 0)]
    _, rows = ask("shape_valid", {}, layer("a", *wrong, kind="MultiPolygon"))
    told = rows.select("sid", "reason", "found", "expected").rows()
    assert [(sid, reason) for sid, reason, _, _ in told] == [
        (0, "shape_invalid"),
        (1, "shape_null"),
        (2, "shape_empty"),
        (3, "shape_coordinates"),
        (4, "shape_coordinates"),
        (5, "shape_type"),
    ]
    assert told[0][2] == "0.5 0.5"
    assert rows["values"][0] == '{"detail":"self_intersection"}'
    assert told[5][2:] == ("Point", "MultiPolygon")


def test_aspects_are_asked_apart_and_layers_without_geometry_not_at_all() -> None:
    both = layer("a", BOWTIE, None)
    assert failing("shape_valid", {"aspect": ("null",)}, both) == [1]
    assert failing("shape_valid", {"aspect": ("invalid",)}, both) == [0]
    outcome, _ = ask("shape_valid", {}, Layer("t", pl.DataFrame({"n": [1]})))
    assert outcome.asked is not None
    assert not outcome.asked.any()


def test_bytes_that_spell_no_geometry() -> None:
    frame = pl.DataFrame({"n": [1, 2]})
    wkb = pl.Series([b"\x01\x02", shapely.to_wkb(box(0, 0))], dtype=pl.Binary)
    _, rows = ask("shape_valid", {}, Layer("a", frame, geometry=wkb))
    assert rows.select("sid", "reason").rows() == [(0, "shape_unread")]


@given(st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=7), max_size=12))
def test_validity_is_what_geos_says_one_by_one(rings: Sequence[Sequence[tuple[int, int]]]) -> None:
    shapes = [shapely.Polygon(ring) for ring in rings]
    wanted = [at for at, shape in enumerate(shapes) if not shapely.is_valid(shape)]
    assert failing("shape_valid", {"aspect": ("invalid",)}, layer("a", *shapes)) == wanted


# --- between features -----------------------------------------------------------------------------------------------


def test_overlaps_count_from_the_tolerance_on() -> None:
    shapes = [box(0, 0), box(10, 0), box(19.9995, 0), box(29, 0), box(100, 0)]
    _, rows = ask("no_overlap", {}, layer("a", *shapes))
    assert rows.select("sid", "found", "related").rows() == [(2, "9.995 m²", [3]), (3, "9.995 m²", [2])]
    assert failing("no_overlap", {"tolerance": 2.0}, layer("a", *shapes)) == []
    assert failing("no_overlap", {"tolerance": 0.0001}, layer("a", *shapes)) == [1, 2, 3]


def test_overlaps_between_layers_of_different_systems() -> None:
    from pyproj import Transformer

    place = Transformer.from_crs(4550, 4490, always_xy=True).transform
    there = shapely.transform(box(535000, 4620000), lambda c: np.stack(place(c[:, 0], c[:, 1]), axis=1))
    here, degrees = layer("a", box(535005, 4620005), box(535500, 4620000)), layer("b", there, crs="EPSG:4490")
    assert failing("no_overlap", {"other": B}, here, degrees, where=A) == [0]
    assert failing("no_overlap", {"other": B}, here, where=A) == []


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4)), min_size=1, max_size=9))
def test_overlaps_are_those_of_every_pair(squares: list[tuple[int, int, int]]) -> None:
    shapes = [box(x, y, size) for x, y, size in squares]
    wanted = [
        at
        for at, one in enumerate(shapes)
        if any(one.intersection(other).area > 0 for n, other in enumerate(shapes) if n != at)
    ]
    assert failing("no_overlap", {}, layer("a", *shapes)) == wanted


def test_duplicates_whatever_the_order_of_corners() -> None:
    turned = "POLYGON ((10 10, 0 10, 0 0, 10 0, 10 10))"
    shapes = [box(0, 0), turned, box(0, 0, 11), "POINT (1 1)", "POINT (1 1.0004)"]
    _, rows = ask("no_duplicate_shapes", {}, layer("a", *shapes))
    assert rows.select("sid", "related").rows() == [(0, [1]), (1, [0])]
    assert failing("no_duplicate_shapes", {"tolerance": 0.01}, layer("a", *shapes)) == [0, 1, 3, 4]


def test_duplicates_are_sought_within_a_layer_unless_layers_are_named() -> None:
    both = layer("a", box(0, 0)), layer("b", box(0, 0))
    assert failing("no_duplicate_shapes", {}, *both) == []
    assert failing("no_duplicate_shapes", {"between": True}, *both) == [0, 1]


def test_arcs_are_not_judged() -> None:
    arc = bytes.fromhex("0108000000030000000000000000000000000000000000000000000000000000F03F")
    arc += bytes.fromhex("000000000000F03F00000000000000400000000000000000")
    frame = pl.DataFrame({"n": [1, 2]})
    wkb = pl.Series([arc, shapely.to_wkb(box(0, 0))], dtype=pl.Binary)
    outcome, rows = ask("shape_valid", {}, Layer("a", frame, geometry=wkb))
    assert rows.height == 0
    assert outcome.asked is not None
    assert outcome.asked.tolist() == [False, True]


def test_gaps_are_small_holes_in_what_areas_cover_together() -> None:
    ring = [box(0, 0), box(10, 0), box(20, 0), box(0, 10), box(20, 10), box(0, 20), box(10, 20), box(20, 20)]
    ring[4] = shapely.box(10.05, 10, 30, 20)  # leaves a strip of half a square metre in the middle
    outcome, rows = ask("gaps", {}, layer("a", *ring))
    assert not outcome.failed.any()
    assert rows["found"].to_list() == ["0.5 m²"]
    assert rows["locator"][0].startswith("10.0")
    ring[4] = box(20, 10)
    assert ask("gaps", {}, layer("a", *ring))[1].height == 0
    assert ask("gaps", {"max_area": 200.0}, layer("a", *ring))[1].height == 1


def test_slivers() -> None:
    strips = [shapely.box(0, 0, 100, 0.05), shapely.box(0, 0, 100, 5), box(0, 0, 1)]
    assert failing("slivers", {}, layer("a", *strips)) == [0]
    assert failing("slivers", {"width": 10.0, "max_area": 50.0}, layer("a", *strips)) == [0, 2]


def test_dangling_ends() -> None:
    lines = ["LINESTRING (0 0, 10 0)", "LINESTRING (10 0, 20 0)", "LINESTRING (5 0.2, 5 9)", "LINESTRING (50 0, 60 0)"]
    _, rows = ask("dangles", {}, layer("a", *lines))
    assert rows.select("sid", "found", "locator", "related").rows() == [(2, "0.2 m", "5 0.2", [0])]
    assert failing("dangles", {"any": True}, layer("a", *lines)) == [0, 1, 2, 3]
    closed = "LINESTRING (0 0, 1 0, 1 1, 0 0)"
    assert failing("dangles", {"any": True}, layer("a", closed)) == []


def test_inside_one_area_or_several_together() -> None:
    things = layer("a", box(1, 1, 2), box(8, 1, 4), "POINT (30 1)", "LINESTRING (1 1, 19 1)", box(18, 1, 4))
    areas = layer("b", box(0, 0), box(10, 0))
    assert failing("inside", {"of": B}, things, areas, where=A) == [2, 4]
    assert failing("inside", {"of": B, "tolerance": 3.0}, things, areas, where=A) == [2]
    outcome, _ = ask("inside", {"of": B}, things, where=A)
    assert outcome.asked is not None
    assert not outcome.asked.any()


def test_covered_by_the_areas_of_others() -> None:
    areas = layer("a", box(0, 0), box(10, 0), box(50, 0))
    parts = layer("b", box(0, 0), shapely.box(10, 0, 15, 10))
    _, rows = ask("covered", {"by": B}, areas, parts, where=A)
    assert rows.select("sid", "found").rows() == [(1, "50%"), (2, "0%")]
    assert failing("covered", {"by": B, "share": 0.5}, areas, parts, where=A) == [2]


def test_an_empty_layer_asks_nothing() -> None:
    for name, options in (
        ("shape_valid", {}),
        ("no_overlap", {}),
        ("no_duplicate_shapes", {}),
        ("gaps", {}),
        ("slivers", {}),
        ("dangles", {}),
        ("inside", {"of": B}),
        ("covered", {"by": B}),
        ("placed", {"aspect": "swapped"}),
    ):
        outcome, rows = ask(name, options, layer("a"))
        assert rows.height == 0, name
        assert not outcome.failed.any(), name


# --- reference systems ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aspect", "crs", "shape", "wrong"),
    [
        ("degrees", "EPSG:4550", "POINT (123.4 41.8)", True),
        ("degrees", "EPSG:4550", "POINT (41.8 123.4)", True),
        ("degrees", "EPSG:4550", "POINT (535737 4629512)", False),
        ("metres", "EPSG:4490", "POINT (535737 4629512)", True),
        ("metres", "EPSG:4490", "POINT (123.4 41.8)", False),
        ("swapped", "EPSG:4490", "POINT (41.8 123.4)", True),
        ("swapped", "EPSG:4550", "POINT (4629512 535737)", True),
        ("swapped", "EPSG:4529", "POINT (4629512 41535737)", True),
        ("swapped", "EPSG:4550", "POINT (535737 4629512)", False),
        ("zone", "EPSG:4550", "POINT (41535737 4629512)", True),
        ("zone", "EPSG:4529", "POINT (535737 4629512)", True),
        ("zone", "EPSG:4529", "POINT (40535737 4629512)", True),
        ("zone", "EPSG:4529", "POINT (4141535737 4629512)", True),
        ("zone", "EPSG:4529", "POINT (41535737 4629512)", False),
        ("span", "EPSG:4550", "POINT (700000 4629512)", True),
        ("span", "EPSG:4529", "POINT (41535737 4629512)", False),
        ("span", "EPSG:4510", "POINT (700000 4629512)", False),
        ("inside", "EPSG:4550", "POINT (535737 4629512)", False),
        ("inside", "EPSG:4550", "POINT (535737 2629512)", True),
    ],
)
def test_where_a_layer_can_lie(aspect: str, crs: str, shape: str, wrong: bool) -> None:
    box_of_degrees = {"south": 38.7, "north": 43.5, "west": 118.8, "east": 125.8}
    options = {"aspect": aspect, "box": box_of_degrees}
    assert failing("placed", options, layer("a", shape, crs=crs)) == ([0] if wrong else [])


def test_a_system_that_makes_no_question_is_not_asked() -> None:
    for aspect, crs in (("zone", "EPSG:4490"), ("degrees", None), ("metres", None), ("swapped", "EPSG:32651")):
        outcome, _ = ask("placed", {"aspect": aspect}, layer("a", "POINT (1 1)", crs=crs))
        assert outcome.asked is not None
        assert not outcome.asked.any(), aspect


def test_a_layer_that_is_wrong_throughout_is_one_finding() -> None:
    points = [shapely.Point(123 + 0.01 * n, 41) for n in range(50)]
    outcome, rows = ask("placed", {"aspect": "degrees"}, layer("a", *points))
    assert not outcome.failed.any()
    assert rows.select("sid", "locator").rows() == [(None, "a")]
    assert rows["found"][0].endswith("× 50")


def crs_findings(aspect: str, *layers: Layer, **options: Any) -> list[tuple[str, str | None]]:
    _, rows = ask("layer_crs", {"aspect": aspect, **options}, *layers)
    return [(reason, locator) for reason, locator in rows.select("reason", "locator").rows()]


def test_what_layers_say_of_their_system() -> None:
    stated, silent = layer("a", "POINT (1 1)"), layer("b", "POINT (1 1)", crs=None)
    table = Layer("t", pl.DataFrame({"n": [1]}))
    assert crs_findings("stated", stated, silent, table) == [("layer_crs_missing", "b")]
    assert crs_findings("known", stated, layer("c", "POINT (1 1)", crs="EPSG:99999")) == [("layer_crs_unknown", "c")]
    accepted = one_of("EPSG:4549", "CGCS2000 / 3-degree Gauss-Kruger CM 123E")
    other = layer("c", "POINT (1 1)", crs="EPSG:32651")
    assert crs_findings("accepted", stated, other, accepted=accepted) == [("layer_crs_not_accepted", "c")]
    assert crs_findings("mixed", stated, other, layer("d", "POINT (1 1)")) == [("layer_crs_mixed", "c")]
    assert crs_findings("shifted", layer("poi_GCJ02", "POINT (1 1)"), stated) == [("layer_crs_shifted", "poi_GCJ02")]


def test_height_datums_of_layers_with_heights() -> None:
    flat = layer("a", "POINT (1 1)", kind="Point")
    silent = layer("b", "POINT Z (1 1 1)", kind="Point Z")
    old = layer("c", "POINT Z (1 1 1)", kind="Point Z", height_datum="EPSG:5736")
    right = layer("d", "POINT Z (1 1 1)", kind="Point Z", height_datum="EPSG:5737")
    found = crs_findings("height", flat, silent, old, right, accepted=one_of("EPSG:5737"))
    assert found == [("layer_crs_missing", "b"), ("layer_crs_not_accepted", "c")]
    assert not ask("layer_crs", {"aspect": "height"}, flat)[0].looked
