"""The check that a layer's requirement row becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.checks import field, field_values
from cimkit.checks.codes import SCHEMES
from cimkit.checks.field_names import FieldNames, Match, same_unit, unit_word
from cimkit.checks.field_values import TYPES
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.facts.names import FoldedNames
from cimkit.rules.conditions import Check
from cimkit.rules.conditions_reading import property_condition
from cimkit.rules.layer_rows import _TYPE_WORDS
from cimkit.rules.restriction import Restriction, one_of
from cimkit.rules.values_reading import folded
from cimkit.run.evaluation import Evaluation

Told = list[tuple[int | None, str, str | None]]


def ask(
    frames: Mapping[str, Mapping[str, Sequence[Any]]], types: Mapping[str, str] | None = None, **options: Any
) -> Told:
    """(subject, reason, found) of each finding about `面积` of the layer `建筑`, unless options say otherwise."""
    given = {"layer": ("建筑", "building"), "name": "面积", **options}
    layers = [
        Layer(name, pl.DataFrame(dict(columns), strict=False), types=types or {}) for name, columns in frames.items()
    ]
    needed = Demand(kinds=frozenset(given["layer"])) | field.demand(given)
    facts = facts_of_layers(layers, needed, format="geopackage", name="test")
    selected = facts.subjects.of_kinds(frozenset(frames))
    outcome = Evaluation(facts).judge(Check("field", given), selected)
    rows = outcome.explain(np.flatnonzero(outcome.failed).astype(np.int32))
    told = (
        [*outcome.whole.iter_rows(named=True), *rows.iter_rows(named=True)]
        if outcome.whole is not None
        else rows.iter_rows(named=True)
    )
    return [(row["sid"], row["reason"], row["found"]) for row in told]


def test_a_field_that_is_missing_is_one_finding() -> None:
    assert ask({"建筑": {"编号": ["a"] * 1000}}) == [(None, "field_missing", None)]
    assert ask({"建筑": {"面积值": [1, 2]}}) == [(None, "field_missing", "面积值")]
    assert ask({"建筑": {"编号": ["a"]}}, required=False) == []
    assert ask({"道路": {"编号": ["a"]}}) == []


def test_a_layer_without_rows_must_have_a_mandatory_field_too() -> None:
    empty = {"建筑": {"编号": pl.Series([], dtype=pl.String)}}
    assert ask(empty) == []
    assert ask(empty, whole_layer=True) == [(None, "field_missing", None)]


@pytest.mark.parametrize("many", [100_000, 1], ids=["at once", "in halves"])
@pytest.mark.parametrize(
    ("values", "options", "told"),
    [
        ([1.5, None, 2], {}, [(1, "field_empty", None)]),
        (
            ["一", " ", "/", "<空>"],
            {},
            [(1, "field_empty", None), (2, "field_placeholder", "/"), (3, "field_placeholder", "<空>")],
        ),
        ([None, "/", "x"], {"required": False, "length": 1}, []),
        (["abc", "abcd"], {"length": 3}, [(1, "field_too_long", "abcd")]),
        ([1.0, 2.5], {"type": "integer"}, [(1, "field_wrong_type", "2.5")]),
        (["是", "no"], {"type": "boolean"}, [(1, "field_wrong_type", "no")]),
        (["2024-02-29", "2023-02-29", "2024年5月1日"], {"type": "date"}, [(1, "field_wrong_type", "2023-02-29")]),
        (["2024-05", "2024", "May"], {"type": "month"}, [(2, "field_wrong_type", "May")]),
        (["2024-05-01 08:00:00", "2024-05-01"], {"type": "datetime"}, [(1, "field_wrong_type", "2024-05-01")]),
        ([1998, 98], {"type": "year"}, [(1, "field_wrong_type", "98")]),
        (["01", "1"], {"value": one_of("01", "02")}, [(1, "field_wrong_value", "1")]),
        ([1, 3], {"value": one_of("1", "2")}, [(1, "field_wrong_value", "3")]),
        ([5, -1], {"value": Restriction(base="double", min_inclusive="0")}, [(1, "field_wrong_value", "-1")]),
        (["14-10.20", "14.10"], {"scheme": "class_code"}, [(1, "code_wrong_form", "14.10")]),
        (
            ["210102", "210199"],
            {"scheme": "county_code", "list": one_of("210102")},
            [(1, "code_not_in_list", "210199")],
        ),
    ],
)
def test_values(
    values: list[Any], options: dict[str, Any], told: Told, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(field_values, "MANY_ROWS", many)
    assert ask({"建筑": {"面积": values}}, **options) == told


def test_numbers_kept_as_text_are_one_finding_and_words_among_them_are_others() -> None:
    assert ask({"建筑": {"面积": ["1", "2.5"]}}, type="number") == [(None, "field_declared_as", "TEXT")]
    assert ask({"建筑": {"面积": ["1", "约2"]}}, type="number") == [(1, "field_wrong_type", "约2")]
    over = {"type": "number", "value": Restriction(base="double", max_inclusive="2")}
    assert ask({"建筑": {"面积": ["1", "2.5"]}}, **over)[1:] == [(1, "field_wrong_value", "2.5")]


def test_declared_length_and_decimals_are_enough() -> None:
    assert ask({"建筑": {"面积": ["a"]}}, {"面积": "TEXT(10)"}, length=20) == [(None, "field_declared_short", "10")]
    assert ask({"建筑": {"面积": [1.5]}}, {"面积": "REAL(10,1)"}, precision=2) == [(None, "field_declared_coarse", "1")]
    assert ask({"建筑": {"面积": [1.5]}}, {"面积": "REAL"}, precision=2) == []


def test_names_of_fields() -> None:
    assert ask({"BUILDING": {"MJ": [1]}}, names=("mj",)) == []
    assert ask({"建筑": {"面积（㎡）": [1]}}, unit="m²") == []
    assert ask({"建筑": {"面积(公顷)": [1]}}, unit="m²") == [(None, "field_wrong_unit", "公顷")]
    assert ask({"建筑": {"占地": [1]}}, others=("占地",)) == [(None, "field_under_other_name", "占地")]
    assert ask({"建筑": {"建筑物统一": ["a"]}}, name="建筑物统一编码") == [(None, "field_name_cut", "建筑物统一")]
    assert ask({"建筑": {"面积": [1], "占地": [None]}}, others=("占地",)) == []


def test_the_first_name_that_fits_best_is_taken() -> None:
    names = FieldNames.of(("建筑物统一编码", "JZBM"), ("代码",))
    assert names.best(["代码", "建筑物统一", "jzbm"]) == ("jzbm", Match.ACCEPTED)
    assert names.best(["名称"]) is None


@given(st.text(min_size=1, max_size=30))
def test_a_name_fits_itself(name: str) -> None:
    assert FieldNames.of((name,)).match(name) is Match.ACCEPTED


def test_units() -> None:
    assert same_unit("㎡", "平方米")
    assert not same_unit("公顷", "m²")
    assert same_unit("株", "株")
    assert unit_word("高度【米】") == "米"
    assert unit_word("名称(别名)") is None


def test_a_layer_of_another_kind_is_left_alone() -> None:
    told = ask({"建筑": {"面积": [None]}, "道路": {"面积": [None]}})
    assert told == [(0, "field_empty", None)]


def test_words_for_types_are_those_of_the_check() -> None:
    assert set(_TYPE_WORDS.values()) - {""} == set(TYPES)


@pytest.mark.parametrize(
    ("scheme", "right", "wrong"),
    [
        ("county_code", "210102", "2101"),
        ("street_code", "210102001", "210102"),
        ("community_code", "210102001001", "210102001"),
        ("component_code", "2101020102000001", "210102010200001"),
        ("project_code_area", "2105-210102-04-01-123456", "2105-110102-04-01-123456"),
        ("underground_layer", "DXGX_LN_XZ", "DZSJ_PT_XZ"),
        ("underground_layer", "dzsj_pt_gz", "DXGX_LN"),
        ("cim7", "CIM4", "CIM8"),
        ("cim7", "3级", "精细"),
        ("cim24", "CIM16", "25"),
    ],
)
def test_schemes_of_codes(scheme: str, right: str, wrong: str) -> None:
    assert SCHEMES[scheme](right) is None
    assert SCHEMES[scheme](wrong) is not None


def test_the_names_of_underground_layers_are_110() -> None:
    codes = [
        f"{a}_{b}_{c}"
        for a in ("DXJZ", "DXJT", "DXGX", "ZHGL", "DJJC", "DZSJ")
        for b in ("PT", "LN", "PL", "VL", "TX")
        for c in ("LS", "XZ", "GH", "GZ", "GC", "SW", "HJ", "ZY", "ZH", "QT")
    ]
    assert sum(SCHEMES["underground_layer"](code) is None for code in codes) == 110


def test_the_demand_is_for_the_layer_and_for_what_stands_in_none() -> None:
    wanted = next(iter(field.demand({"layer": ("建筑",), "name": "面积"}).properties))
    assert wanted.set == FoldedNames.of(["建筑", ""])
    assert wanted.name is not None
    assert wanted.name(pl.Series(["面积(m2)", "高度"])).tolist() == [True, False]


def test_a_code_may_occur_again_in_another_layer() -> None:
    layers = [
        Layer(name, pl.DataFrame({"编码": codes})) for name, codes in (("建筑", ["a", "b", "b"]), ("道路", ["a"]))
    ]
    code = property_condition((), (folded("编码"),))
    needed = Demand(kinds=None, properties=frozenset({PropertyDemand()}))
    facts = facts_of_layers(layers, needed, format="geopackage", name="test")
    for within, wrong in (({"within": "layer"}, [1, 2]), ({}, [0, 1, 2, 3])):
        outcome = Evaluation(facts).judge(Check("unique", {"property": code, **within}), np.ones(4, bool))
        assert np.flatnonzero(outcome.failed).tolist() == wrong
