"""The data pack of Liaoning: it keeps what the national one asks, and speaks of layers that its list knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from cimkit.rules.code_list import Code
from cimkit.rules.conditions import All, AnyOf, Check, Condition, Entity, Not
from cimkit.rules.load import LoadedPack, load_pack
from cimkit.rules.model import Rule
from cimkit.rules.sheets import split_cell


@pytest.fixture(scope="module")
def pack() -> LoadedPack:
    return load_pack("ln-cim-data")


@pytest.fixture(scope="module")
def layers(pack: LoadedPack) -> tuple[Code, ...]:
    codes: tuple[Code, ...] = pack.lists["layers"].codes
    return codes


def names(code: Code) -> list[str]:
    return [name for name in (code.code, code.zh, *split_cell(code.en)) if name]


def leaves(layers: tuple[Code, ...]) -> list[Code]:
    groups = {code.parent for code in layers}
    return [code for code in layers if code.code not in groups]


def test_the_province_keeps_every_national_rule(pack: LoadedPack) -> None:
    national = load_pack("cn-cim-platform")
    here = {rule.code: rule for rule in pack.rules}
    assert {rule.code for rule in national.rules} <= set(here)
    assert pack.removed == {}
    assert all(here[rule.code].severity == rule.severity for rule in national.rules)


def test_no_name_means_two_layers(layers: tuple[Code, ...]) -> None:
    counted = Counter(name for code in layers for name in {name.casefold() for name in names(code)})
    assert [name for name, number in counted.items() if number > 1] == []


def test_every_layer_lies_in_one_of_the_six_categories(layers: tuple[Code, ...]) -> None:
    by_code = {code.code: code for code in layers}
    for code in layers:
        top = code
        while top.parent is not None:
            top = by_code[top.parent]
        assert top.code in {"SKJC", "ZYDC", "GHGK", "GCJS", "GGZT", "WLGZ"}, code.code
    assert len([code for code in layers if code.parent is None]) == 6


def test_every_layer_has_rows(pack: LoadedPack, layers: tuple[Code, ...]) -> None:
    asked = {name for rule in rows(pack) for name in rule.must.options["layer"]}  # type: ignore[union-attr]
    assert [code.zh for code in leaves(layers) if code.zh not in asked] == []
    assert len(leaves(layers)) >= 40


def rows(pack: LoadedPack) -> Iterator[Rule]:
    for rule in pack.rules:
        if rule.code.startswith("LNC-") and isinstance(rule.must, Check) and rule.must.name == "field":
            yield rule


def test_a_row_can_fail(pack: LoadedPack) -> None:
    limits = ("type", "length", "precision", "value", "scheme", "list")
    idle = []
    for rule in rows(pack):
        options = rule.must.options  # type: ignore[union-attr]
        if not options.get("required", True) and not any(options.get(limit) for limit in limits):
            idle.append(rule.code)
    assert idle == []


def test_no_two_rows_ask_the_same_field_of_a_layer(pack: LoadedPack) -> None:
    asked = Counter(
        (layer, rule.must.options["name"])  # type: ignore[union-attr]
        for rule in rows(pack)
        for layer in rule.must.options["layer"]  # type: ignore[union-attr]
    )
    assert [pair for pair, number in asked.items() if number > 1] == []


def test_rules_speak_of_layers_that_the_list_knows(pack: LoadedPack, layers: tuple[Code, ...]) -> None:
    known = {name for code in layers for name in names(code)}
    strangers = {
        (rule.code, name)
        for rule in pack.rules
        if rule.code.startswith("LNC-")
        for condition in (rule.where, rule.must)
        for entity in entities(condition)
        for name in entity.name.values
        if name not in known | {"dataset", "agreed", "metadata"}
    }
    assert strangers == set()


def entities(condition: Condition | None) -> Iterator[Entity]:
    match condition:
        case All(of) | AnyOf(of):
            for part in of:
                yield from entities(part)
        case Not(of):
            yield from entities(of)
        case Entity():
            yield condition
        case Check(options=options):
            for value in options.values():
                if isinstance(value, All | AnyOf | Not | Entity):
                    yield from entities(value)
