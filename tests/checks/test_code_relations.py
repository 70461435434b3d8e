"""Codes and what goes with them: parents, names, lists, the names of layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.rules.conditions import Check, Property
from cimkit.rules.conditions_reading import property_condition
from cimkit.rules.restriction import Restriction, matching, one_of
from cimkit.rules.values_reading import folded
from cimkit.run.evaluation import Evaluation


def named(name: str) -> Property:
    return property_condition((), (folded(name),))


def ask(check: str, columns: dict[str, list[Any]], **options: Any) -> list[tuple[int, str | None, str | None]]:
    """(subject, found, expected) of each finding about one layer."""
    needed = Demand(kinds=None, properties=frozenset({PropertyDemand()}))
    facts = facts_of_layers([Layer("层", pl.DataFrame(columns))], needed, format="csv", name="t")
    outcome = Evaluation(facts).judge(Check(check, options), np.ones(len(facts), bool))
    rows = outcome.explain(np.flatnonzero(outcome.failed).astype(np.int32))
    return [(row["sid"], row["found"], row["expected"]) for row in rows.iter_rows(named=True)]


def test_a_code_lies_below_its_parent() -> None:
    columns = {
        "代码": ["210102", "210102001", "210203", None, "211402"],
        "上级": ["210100", "210102", "210100", "210100", None],
    }
    asked = {"code": named("代码"), "parent": named("上级")}
    assert ask("nested_code", columns, **asked) == [(2, "210203", "2101")]
    assert ask("nested_code", {"代码": ["210000", "110000"], "上级": ["210000", "210000"]}, **asked) == [
        (1, "110000", "21")
    ]


def test_a_code_begins_with_one_of_a_list() -> None:
    asked = {"code": named("代码"), "length": 6, "list": one_of("210102", "210103")}
    columns = {"代码": ["210102001", "210199001", "2101"]}
    assert [sid for sid, _, _ in ask("nested_code", columns, **asked)] == [1]


def test_a_name_is_that_of_its_code() -> None:
    asked = {"code": named("代码"), "name": named("名称"), "list": (("210102", "和平区"), ("211224", "昌图县"))}
    columns: dict[str, list[Any]] = {
        "代码": ["210102", "210102", "210102", "211224", "999999", "210102"],
        "名称": ["和平区", "沈阳市和平区", "沈河区", "昌图", "何处", None],
    }
    assert ask("code_name", columns, **asked) == [(2, "沈河区", "和平区")]


def test_one_code_has_one_name() -> None:
    asked = {"key": named("编码"), "value": named("名称")}
    columns: dict[str, list[Any]] = {
        "编码": ["a", "a", "a", "b", "b", None],
        "名称": ["墙", "墙 ", "柱", "门", None, "窗"],
    }
    assert ask("determines", columns, **asked) == [(2, "柱", "墙")]


def test_a_tie_goes_to_the_first() -> None:
    assert ask("determines", {"编码": [1, 1], "名称": ["甲", "乙"]}, key=named("编码"), value=named("名称")) == [
        (1, "乙", "甲")
    ]


def test_layers_are_called_by_rule() -> None:
    layers = [Layer(name, pl.DataFrame({"a": []})) for name in ("dxgx_ln_xz", "DXGX_LN", "道路")]
    facts = facts_of_layers(layers, Demand(kinds=None), format="geopackage", name="t")
    options: dict[str, Restriction] = {"value": matching("DXGX_LN_XZ"), "among": matching("DXGX.*")}
    outcome = Evaluation(facts).judge(Check("layer_name", options), np.ones(0, bool))
    assert outcome.whole is not None
    assert outcome.whole["found"].to_list() == ["DXGX_LN"]
    assert outcome.looked
    assert (
        not Evaluation(facts).judge(Check("layer_name", {**options, "among": matching("X.*")}), np.ones(0, bool)).looked
    )


def test_a_year_or_month_is_out_of_order_only_where_no_day_of_it_fits() -> None:
    columns: dict[str, list[Any]] = {
        "建成": ["2012-06", "2012", "2012-06-15", "2012年7月", "2013", "2012-06-15", "明年"],
        "改造": ["2012", "2012-06", "2012-06", "2012-06-30", "2012", "2012年5月", "2012"],
    }
    assert [sid for sid, _, _ in ask("dates_in_order", columns, operands=(named("建成"), named("改造")))] == [3, 4, 5]
