"""Rules across sources: who meets whom, and that pairs are asked like anything else."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely
import yaml

from cimkit.errors import PackError
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.facts.model import Facts
from cimkit.report.model import Verdict
from cimkit.rules.across_model import Measure
from cimkit.rules.model import Rule
from cimkit.rules.rules_reading import read_rule
from cimkit.rules.scope import Scope
from cimkit.run.across import AcrossRun
from cimkit.run.across_layers import layers_of
from cimkit.run.assemble import assemble
from cimkit.run.plan import demand_of
from tests.run.conftest import facts_of

CODES = """
code: T-ACR-001
name: storeys-differ-from-the-building-layer
across:
  model:
    where: {entity: IfcBuilding}
    take: {code: {property: {set: Pset_X, name: 编码}}, storeys: {measure: storeys_above}}
  building:
    where: {entity: [建筑, building]}
    take: {code: {property: {name: 建筑编码}}, storeys: {property: {name: 层数}}}
match: {code: building, within: building}
must: {agree: [{property: {set: model, name: storeys}}, {property: {set: building, name: storeys}}]}
"""
EVERYTHING = Demand(kinds=None, properties=frozenset({PropertyDemand()}), geometry=True)


def rule(text: str, **changes: Any) -> Rule:
    return read_rule({**yaml.safe_load(text), **changes}, Scope("rules/x.yaml"), "t", {})


def model(code: str | None, storeys: int, *, east: float = 41_535_737.2, north: float = 4_629_512.0) -> Facts:
    """A model whose map base point lies at 41.8 N 123.43 E (FACTS C-36) unless it is moved."""
    levels = [{"sid": None, "name": f"{each}F", "elevation": 3.0 * each} for each in range(storeys)]
    return facts_of(
        ["IFCBUILDING"],
        attributes={"Name": [(0, "1#楼")]},
        properties={("Pset_X", "编码"): [(0, code)]},
        whole={
            "storeys": [*levels, {"sid": None, "name": "屋顶", "elevation": 3.0 * storeys}],
            "georeference": {
                "map_conversion": {"eastings": east, "northings": north, "height": 40.0},
                "projected_crs": {"name": "EPSG:4529"},
            },
        },
    )


def layer(rows: list[dict[str, Any]], crs: str = "EPSG:4490") -> Facts:
    """Buildings as squares of 0.001 degrees around their `at`."""
    shapes = np.array([shapely.box(x - 5e-4, y - 5e-4, x + 5e-4, y + 5e-4) for x, y in (row["at"] for row in rows)])
    frame = pl.DataFrame([{name: value for name, value in row.items() if name != "at"} for row in rows])
    made = Layer("建筑", frame, geometry=np.array([*shapes, None], object)[:-1], crs=crs, key="建筑编码")
    return facts_of_layers([made], EVERYTHING, format="geopackage", name="b.gpkg")


def judged(asked: Rule, *facts: Facts) -> list[Any]:
    run = AcrossRun({})
    for index, each in enumerate(facts):
        run.take(index, each, [asked])
    told = run.judged()
    assert not run.faults
    return told


def only(asked: Rule, *facts: Facts) -> Any:
    (told,) = judged(asked, *facts)
    return told.judgements["t", asked.code]


HERE = {"建筑编码": "210102-07", "层数": 6, "at": (123.43, 41.8)}
ELSEWHERE = {"建筑编码": "210102-08", "层数": 18, "at": (123.44, 41.8)}


def test_equal_codes_meet_whatever_their_width_and_a_roof_is_no_storey() -> None:
    assert only(rule(CODES), model("210102－08", 18), layer([HERE, ELSEWHERE])).verdict is Verdict.PASSED
    assert only(rule(CODES), model("210102-08", 6), layer([HERE, ELSEWHERE])).verdict is Verdict.FAILED


def test_without_an_equal_code_the_place_decides() -> None:
    assert only(rule(CODES), model(None, 6), layer([HERE, ELSEWHERE])).verdict is Verdict.PASSED
    assert only(rule(CODES), model("unknown", 7), layer([HERE, ELSEWHERE])).verdict is Verdict.FAILED


def test_a_layer_in_another_system_meets_the_same_place() -> None:
    plane = {**HERE, "at": (535_737.2, 4_629_512.0)}
    shapes = np.array([shapely.box(535_700, 4_629_500, 535_800, 4_629_600), None], object)[:-1]
    frame = pl.DataFrame([{name: value for name, value in plane.items() if name != "at"}])
    made = Layer("building", frame, geometry=shapes, crs="EPSG:4550")
    facts = facts_of_layers([made], EVERYTHING, format="geopackage", name="b.gpkg")
    assert only(rule(CODES), model(None, 6), facts).verdict is Verdict.PASSED


def test_a_finding_names_the_model_and_the_building_in_the_other_source() -> None:
    asked = rule(CODES)
    told = judged(asked, layer([ELSEWHERE, HERE]), model(None, 5))
    results, subjects = assemble([asked], told, 2)
    finding = results[0].findings.rows.row(0, named=True)
    people = subjects.rows(named=True)
    assert people[finding["subject"]]["name"] == "1#楼"
    assert people[finding["subject"]]["source"] == 1
    assert [people[row]["id"] for row in finding["related"]] == ["210102-07"]
    assert people[finding["related"][0]]["source"] == 0


MATCHED = CODES.replace(
    "must: {agree: [{property: {set: model, name: storeys}}, {property: {set: building, name: storeys}}]}",
    "must: {matched: {max: 1}}",
)


def test_who_has_no_counterpart_or_two_is_told_once() -> None:
    asked = rule(MATCHED)
    far = model("none", 6, east=41_600_000.0)
    assert only(asked, far, layer([HERE])).rows["reason"].to_list() == ["unmatched"]
    twice = only(asked, model("210102-07", 6), layer([HERE, {**ELSEWHERE, "建筑编码": "210102-07"}]))
    assert twice.rows["reason"].to_list() == ["matched_often"]
    assert only(asked, model("210102-07", 6), layer([HERE])).verdict is Verdict.PASSED


def test_what_was_not_handed_in_is_not_asked() -> None:
    assert judged(rule(CODES), model("x", 6)) == []
    assert judged(rule(CODES), layer([HERE])) == []


OUTLINES = """
code: T-ACR-002
name: plot-apart
across:
  plot: {where: {entity: 建筑}, take: {at: {measure: place}, outline: {measure: shape}}}
  building: {where: {entity: 建筑}, take: {outline: {measure: shape}}}
match: {every: building}
must: {within: {value: {property: {set: pair, name: overlap}}, min: 0.6}}
"""


def test_distance_and_overlap_are_properties_of_the_pair() -> None:
    near = rule(CODES, must={"within": {"value": {"property": {"set": "pair", "name": "distance"}}, "max": 100}})
    assert only(near, model("210102-07", 6), layer([HERE])).verdict is Verdict.PASSED
    # 0.01 degrees of longitude are 830 m here; 500 millionths of a degree belong to the square
    assert only(near, model("210102-08", 6), layer([HERE, ELSEWHERE])).verdict is Verdict.FAILED
    shared = rule(OUTLINES)
    shifted = {**HERE, "at": (123.4305, 41.8)}
    rows = judged(shared, layer([HERE]), layer([shifted]))[0].judgements["t", shared.code]
    assert (rows.applicable, rows.failed) == (2, 1)  # each with itself, and with the one that is shifted by half


def test_what_is_demanded_is_what_is_taken() -> None:
    wanted = demand_of([rule(CODES)], None)
    assert {"建筑", "building"} <= (wanted.kinds or set())
    assert wanted.geometry
    assert any(test.name is not None and test.name(pl.Series(["层数"]))[0] for test in wanted.properties)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"match": None}, "across_without_match"),
        ({"match": {"storey": "building"}}, "match_taken_near"),
        ({"match": {"code": "model"}}, "match_role"),
        ({"across": None}, "match_without_across"),
        ({"across": {"one": {}}}, "across_roles"),
        ({"across": {"one": {}, "pair": {}}}, "across_roles"),
        ({"across": {"one": {"take": {"x": 1}}, "two": {}}}, "not_taken"),
        ({"across": {"one": {"take": {"x": {"measure": "heigth"}}}, "two": {}}}, "unknown_word_near"),
        ({"across": {"one": {"take": {"x": {"measure": "west"}}}, "two": {}}}, "unknown_word"),
        ({"across": {"one": {"of": "layers", "take": {"x": {"measure": "storeys_above"}}}, "two": {}}}, "unknown_word"),
        ({"across": {"one": {"of": "layers", "take": {"x": {"attribute": "name"}}}, "two": {}}}, "not_taken"),
        ({"across": {"one": {"of": "layers", "where": {"entity": "x"}}, "two": {}}}, "unknown_key"),
    ],
)
def test_wrong_words_are_told(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(PackError) as told:
        rule(CODES, **changes)
    assert told.value.key == f"rules.{key}"


def test_a_map_shows_the_model_among_what_it_met() -> None:
    asked = rule(OUTLINED)
    run = AcrossRun({})
    for index, each in enumerate((model("210102-07", 6), layer([HERE, ELSEWHERE]))):
        run.take(index, each, [asked])
    run.judged()
    (drawn,) = run.maps.views()
    assert (drawn.source, drawn.name) == (0, "1#楼")
    assert [(each.kind, each.id) for each in drawn.outlines] == [("building", "210102-07"), ("IFCBUILDING", "guid-0")]
    (ring,) = drawn.outlines[0].rings
    east = max(x for x, _ in ring) - min(x for x, _ in ring)
    assert 82 < east < 84  # a thousandth of a degree at 41.8 N, in metres
    assert max(abs(value) for point in drawn.outlines[1].rings[0] for value in point) < 1.5  # a mark around the origin


OUTLINED = CODES.replace("storeys: {measure: storeys_above}", "storeys: {measure: storeys_above}, at: {measure: place}")


def test_a_model_that_met_nothing_is_drawn_among_what_lies_near() -> None:
    run = AcrossRun({})
    near, far = {**HERE, "at": (123.4315, 41.8)}, {**ELSEWHERE, "at": (123.45, 41.8)}
    for index, each in enumerate((model("none", 6), layer([near, far]))):
        run.take(index, each, [rule(OUTLINED)])
    run.judged()
    (drawn,) = run.maps.views()
    assert [each.id for each in drawn.outlines] == ["210102-07", "guid-0"]


def test_layers_alone_are_no_map() -> None:
    run = AcrossRun({})
    run.take(0, layer([HERE]), [rule(OUTLINES)])
    run.judged()
    assert run.maps.views() == []


def test_a_footprint_is_turned_and_moved_as_the_map_conversion_says() -> None:
    from cimkit.run.footprints import _on_map

    turned = {"eastings": 1000.0, "northings": 2000.0, "x_axis_abscissa": 0.0, "x_axis_ordinate": 1.0, "scale": 0.001}
    assert np.allclose(_on_map(np.array([[10.0, 0.0], [0.0, 5.0]]), turned), [[1000.0, 2010.0], [995.0, 2000.0]])


OF_LAYERS = """
code: T-ACR-003
name: layers-as-a-whole
across:
  building: {where: {entity: 建筑}, take: {layer: {property: {name: 图层}}, west: {property: {name: 西}}}}
  layer: {of: layers, take: {layer: {measure: layer}, west: {measure: west}, crs: {measure: crs}}}
match: {layer: layer}
must:
  agree: {operands: [{property: {set: building, name: west}}, {property: {set: layer, name: west}}], tolerance: 0.001}
"""


def plane_layer(crs: str | None, extent: tuple[float, float, float, float] | None, name: str = "道路") -> Facts:
    made = Layer(name, pl.DataFrame({"a": [1]}), geometry_type="Point", crs=crs, extent=extent)
    return facts_of_layers([made], EVERYTHING, format="geopackage", name="r.gpkg")


def test_a_layer_as_a_whole_tells_where_it_lies_in_degrees() -> None:
    asked = rule(OF_LAYERS)
    extent = (535_737.2, 4_629_512.0, 536_000.0, 4_630_000.0)
    here = layer([{**HERE, "图层": "道路", "西": 123.43}])
    assert only(asked, here, plane_layer("EPSG:4550", extent)).verdict is Verdict.PASSED
    away = layer([{**HERE, "图层": "道路", "西": 123.0}])
    assert only(asked, away, plane_layer("EPSG:4550", extent)).verdict is Verdict.FAILED
    assert only(asked, away, plane_layer("EPSG:4550", None)).verdict is Verdict.NOT_APPLICABLE
    assert only(asked, away, plane_layer(None, extent)).verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("crs", "told"),
    [
        ("EPSG:4549", ("EPSG:4549", "EPSG:4490")),
        ("EPSG:4549+5737", ("EPSG:4549", "EPSG:4490")),
        ("EPSG:2383", ("EPSG:2383", "EPSG:4610")),
        ("a local grid", (None, None)),
        (None, (None, None)),
    ],
)
def test_the_system_of_a_layer_and_its_datum_are_codes(crs: str | None, told: tuple[str | None, str | None]) -> None:
    (found,) = layers_of(plane_layer(crs, None), "a.zip!矢量/路网.gpkg")
    assert (found.get(Measure.CRS), found.get(Measure.DATUM)) == told
    assert found[Measure.FILE] == found[Measure.SOLE_FILE] == "路网"


def test_of_several_layers_each_is_of_the_file_and_none_is_all_of_it() -> None:
    two = [Layer(name, pl.DataFrame({"a": [1]}), geometry_type="Point") for name in ("一", "二")]
    facts = facts_of_layers(two, EVERYTHING, format="geopackage", name="x.gpkg")
    assert all(found[Measure.FILE] == "x" for found in layers_of(facts, "x.gpkg"))
    assert all(Measure.SOLE_FILE not in found for found in layers_of(facts, "x.gpkg"))


def test_extents_are_demanded_where_they_are_taken() -> None:
    assert demand_of([rule(OF_LAYERS)], None).extents
    assert not demand_of([rule(CODES)], None).extents


ALIKE = """
code: T-ACR-004
name: heights
across:
  one: {where: {entity: 地形}, take: {cells: {property: {name: 格}}}}
  two: {where: {entity: 地形}, take: {cells: {property: {name: 格}}}}
match: {cells: two}
must:
  heights_agree: {left: {property: {set: one, name: cells}}, right: {property: {set: two, name: cells}}, max: 2}
"""


def heights(*offsets: float, first: int = 0) -> Facts:
    """Data sets of ten cells in a row, `offsets` metres high."""
    texts = [str([[first + each, 0, each % 3 + offset] for each in range(10)]) for offset in offsets]
    return facts_of_layers([Layer("地形", pl.DataFrame({"格": texts}))], EVERYTHING, format="csv", name="x")


def test_data_sets_of_one_kind_with_cells_in_common_meet_once_and_not_themselves() -> None:
    told = judged(rule(ALIKE), heights(0.0, 9.0), heights(0.0), heights(50.0, first=100))
    verdicts = [each.judgements["t", "T-ACR-004"] for each in told]
    # the first two with each other and with the third; the last meets nobody
    assert [(each.applicable, each.failed) for each in verdicts] == [(3, 2), (0, 0), (0, 0)]


def test_cells_that_are_none_meet_nobody() -> None:
    nothing = facts_of_layers(
        [Layer("地形", pl.DataFrame({"格": ["", "x", "[[1]]", None]}))], EVERYTHING, format="csv", name="x"
    )
    assert [each.judgements["t", "T-ACR-004"].applicable for each in judged(rule(ALIKE), nothing, nothing)] == [0, 0]
