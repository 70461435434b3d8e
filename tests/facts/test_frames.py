"""Layers become facts that facets can ask, and only as much of them as was asked for."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cimkit.facts.columns import State
from cimkit.facts.demand import Demand, PropertyDemand, everything
from cimkit.facts.field_columns import base_type, field_column, type_size
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.facts.geometry_types import type_names
from cimkit.facts.names import FoldedNames, fold_layer_name
from cimkit.facts.shapes import Shapes
from cimkit.rules.conditions import Entity, Property
from cimkit.rules.model import Rule, Severity
from cimkit.rules.restriction import matching, one_of
from cimkit.rules.values_reading import folded
from cimkit.run.evaluation import Evaluation
from cimkit.run.plan import demand_of

BUILDINGS = Layer(
    "建筑物",
    pl.DataFrame({"BSM": ["1", "2", "2"], "名称": ["甲", None, " "], "层数": [6, None, 60]}),
    rows=np.array([11, 12, 13]),
    types={"BSM": "TEXT(20)", "名称": "TEXT(50)", "层数": "INTEGER"},
    key="BSM",
    crs="EPSG:4549",
)
ROADS = Layer("road (line)", pl.DataFrame({"RoadName": ["中山路"]}))


def rule(**conditions: object) -> Rule:
    return Rule(code="T-001", name="t", pack="t", severity=Severity.ERROR, **{"must": None, **conditions})  # type: ignore[arg-type]


def test_features_are_subjects_layer_after_layer() -> None:
    facts = facts_of_layers([BUILDINGS, ROADS], everything(), format="geopackage", name="a.gpkg")
    assert facts.subjects.kinds == ("建筑物", "road (line)")
    assert facts.subjects.kind.tolist() == [0, 0, 0, 1]
    assert facts.subjects.row.tolist() == [11, 12, 13, 1]
    told = facts.describe(np.array([1, 3]))
    assert told["locator"].to_list() == ["建筑物:12", "road (line):1"]
    assert told["id"].to_list() == ["2", "1"]
    assert facts.datasets.select("name", "crs", "count").rows() == [
        ("建筑物", "EPSG:4549", 3),
        ("road (line)", None, 1),
    ]
    assert facts.whole["layers"][0]["fields"][0] == {  # type: ignore[index]
        "name": "BSM",
        "type": "TEXT",
        "length": 20,
        "precision": None,
        "nullable": None,
    }


def test_only_what_is_demanded_is_filled() -> None:
    demand = Demand(
        kinds=frozenset({"ROAD(LINE)"}), properties=frozenset({PropertyDemand(None, FoldedNames.of(["x"]))})
    )
    facts = facts_of_layers([BUILDINGS, ROADS], demand, format="geopackage", name=None)
    assert facts.subjects.kinds == ("road (line)",)
    assert facts.properties == ()
    assert facts.attributes == {}
    assert "shapes" not in facts.whole
    assert [layer["name"] for layer in facts.whole["layers"]] == ["建筑物", "road (line)"]  # type: ignore[attr-defined]


def test_rules_find_layers_and_fields_however_their_names_are_written() -> None:
    where, must = Entity(one_of("BUILDING", "Road（line）")), Property(None, folded("ROADNAME"), every=False)
    facts = facts_of_layers([BUILDINGS, ROADS], demand_of([rule(where=where, must=must)], None), format="x", name=None)
    evaluation = Evaluation(facts)
    assert evaluation.holds(where).tolist() == [True]
    assert evaluation.holds(must).tolist() == [True]


def test_a_pattern_of_layers_reads_them_all() -> None:
    where = Entity(matching("建筑.*"))
    facts = facts_of_layers([BUILDINGS, ROADS], demand_of([rule(where=where)], None), format="x", name=None)
    assert Evaluation(facts).holds(where).tolist() == [True, True, True, False]


def test_values_and_their_states() -> None:
    facts = facts_of_layers([BUILDINGS], everything(), format="x", name=None)
    columns = {column.name: column.column for column in facts.properties}
    assert columns["名称"].row_states().tolist() == [State.PRESENT, State.NULL, State.EMPTY]
    assert columns["层数"].values.number.tolist()[::2] == [6.0, 60.0]
    assert columns["层数"].values.datatype.to_list() == ["INTEGER"] * 3
    assert columns["BSM"].values.datatype.to_list() == ["TEXT(20)"] * 3


def test_numbers_written_as_text_keep_what_is_written() -> None:
    values = field_column(pl.Series(["1.50", " 2", "two", None]), np.arange(4, dtype=np.int32), "REAL(10,2)").values
    assert values.text.to_list() == ["1.50", " 2", "two", None]
    assert values.number.tolist()[:2] == [1.5, 2.0]
    assert values.datatype.to_list() == ["REAL(10,2)", "REAL(10,2)", "TEXT", "REAL(10,2)"]


def test_dates_booleans_and_nested_values() -> None:
    frame = pl.DataFrame(
        {
            "day": [datetime.date(2024, 5, 1)],
            "moment": [datetime.datetime(2024, 5, 1, 8, 30)],  # noqa: DTZ001 - as files have it
            "yes": [True],
            "list": [["a", "b"]],
            "blob": [b"\x00"],
            "nothing": [None],
        }
    )
    facts = facts_of_layers([Layer("t", frame)], everything(), format="x", name=None)
    shown = {
        column.name: (column.column.values.text[0], column.column.values.datatype[0], column.column.values.state[0])
        for column in facts.properties
    }
    assert shown == {
        "day": ("2024-05-01", "DATE", State.PRESENT),
        "moment": ("2024-05-01T08:30:00", "DATETIME", State.PRESENT),
        "yes": ("true", "BOOLEAN", State.PRESENT),
        "list": ('["a","b"]', "LIST", State.LIST),
        "blob": (None, "BLOB", State.OBJECT),
        "nothing": (None, "TEXT", State.NULL),
    }


def _blank(text: str) -> bool:
    """As Unicode has it: the four separators U+001C to U+001F, which Python strips too, are no white space."""
    return not text.strip() and not set(text) & set("\x1c\x1d\x1e\x1f")


@given(st.lists(st.one_of(st.none(), st.sampled_from(["", " ", "a", "b", "中"]), st.text(max_size=3)), max_size=60))
def test_a_dictionary_says_what_the_rows_say(texts: list[str | None]) -> None:
    column = field_column(pl.Series(texts, dtype=pl.String), np.arange(len(texts), dtype=np.int32))
    rows = np.arange(len(texts), dtype=np.int32)
    present = [None if text is None or _blank(text) else text for text in texts]
    shown = column.texts(rows).to_list()
    assert [a for a, b in zip(shown, present, strict=True) if b is not None] == [b for b in present if b is not None]
    states = [State.NULL if t is None else State.EMPTY if _blank(t) else State.PRESENT for t in texts]
    same = [
        a == b for a, b, t in zip(column.row_states().tolist(), states, texts, strict=True) if t is None or t.isascii()
    ]
    assert all(same)


def test_geometry_is_kept_and_named_alike_from_either_form() -> None:
    objects = np.array([shapely.Point(1, 2, 3), None, shapely.MultiPolygon()], object)
    binary = pl.Series(shapely.to_wkb(objects, flavor="iso").tolist(), dtype=pl.Binary)
    older = pl.Series(shapely.to_wkb(objects, flavor="extended", byte_order=0).tolist(), dtype=pl.Binary)
    for form in (objects, binary, older):
        assert type_names(form).to_list() == ["Point", None, "MultiPolygon"]
        layer = Layer("p", pl.DataFrame({"a": [1, 2, 3]}), geometry=form, crs="EPSG:4490")
        facts = facts_of_layers([layer], Demand(kinds=None, geometry=True), format="x", name=None)
        shapes = facts.whole["shapes"]
        assert isinstance(shapes, Shapes)
        (only,) = shapes.layers
        assert only.null.tolist() == [False, True, False]
        assert only.geometry(np.array([0]))[0] == shapely.Point(1, 2, 3)


def test_two_layers_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="one name"):
        facts_of_layers([ROADS, ROADS], everything(), format="x", name=None)


def test_declared_types() -> None:
    assert [base_type("TEXT(50)"), base_type("INTEGER")] == ["TEXT", "INTEGER"]
    assert [type_size("TEXT(50)"), type_size("REAL(10, 2)"), type_size("DATE")] == [(50, None), (10, 2), (None, None)]
    assert fold_layer_name("Ｂuilding （面）") == fold_layer_name("BUILDING[面]")


def test_features_are_described_in_the_order_asked() -> None:
    layers = [
        Layer("甲", pl.DataFrame({"编号": ["a", None, "c"], "名称": ["一", "二", None]}), key="编号"),
        Layer("乙", pl.DataFrame({"v": [1.5, 2.0]}), rows=np.array([7, 9]), key=None),
    ]
    facts = facts_of_layers(layers, Demand(kinds=None), format="geopackage", name="t")
    told = facts.describe(np.array([4, 0, 3, 2, 1], np.int32))
    assert told["locator"].to_list() == ["乙:9", "甲:1", "乙:7", "甲:3", "甲:2"]
    assert told["id"].to_list() == ["9", "a", "7", "c", None]
    assert told["name"].to_list() == [None, "一", None, None, "二"]
    assert facts.describe(np.zeros(0, np.int32)).columns == told.columns


@given(
    st.lists(st.one_of(st.integers(-5, 5), st.integers(-(2**63), 2**63 - 1)), min_size=1, max_size=80), st.booleans()
)
def test_numbers_are_told_apart_however_they_are_counted(numbers: list[int], repeated: bool) -> None:
    numbers = numbers * 6 if repeated else numbers
    rows = np.arange(len(numbers), dtype=np.int32)
    column = field_column(pl.Series(numbers, dtype=pl.Int64), rows)
    assert column.texts(rows).to_list() == [str(number) for number in numbers]
    assert np.asarray(column.spread(column.values.number)).tolist() == [float(number) for number in numbers]


_TEXTS = ["", " ", "\t\n", "\u3000", "\u00a0 ", "\x1f", "甲", " 甲", "a", "\u3000a", "!", "~", "\x7f", None]


@given(st.lists(st.sampled_from(_TEXTS), min_size=1, max_size=30))
def test_only_white_space_is_empty(texts: list[str | None]) -> None:
    column = field_column(pl.Series(texts, dtype=pl.String), np.arange(len(texts)))
    white = {"", " ", "\t\n", "\u3000", "\u00a0 "}
    expected = [State.NULL if text is None else State.EMPTY if text in white else State.PRESENT for text in texts]
    assert column.row_states().tolist() == expected
    assert column.present().tolist() == [state == State.PRESENT for state in expected]
