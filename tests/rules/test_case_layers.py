"""Cases whose data are layers."""

from __future__ import annotations

from pathlib import Path

import pytest

from cimkit.authoring.cases import Outcome, run_cases
from cimkit.errors import PackError

PACK = """
id: layers
prefix: LYR
edition: '1'
title: {zh: 图层, en: layers}
"""
RULES = """
- code: LYR-BLD-001
  name: building-without-code
  severity: warning
  evidence: memory
  where: {entity: [建筑, building]}
  must: {property: {name: 建筑编码, aliases: [JZBM]}}
- code: LYR-BLD-002
  name: too-many-storeys
  severity: warning
  evidence: memory
  where: {entity: 建筑}
  must: {within: {value: {property: {name: 地上层数}}, max: 100}}
"""


def outcomes(folder: Path, **cases: str) -> dict[str, Outcome]:
    (folder / "cases").mkdir()
    (folder / "rules").mkdir()
    (folder / "pack.yaml").write_text(PACK, encoding="utf-8")
    (folder / "rules" / "rules.yaml").write_text(RULES, encoding="utf-8")
    for name, text in cases.items():
        (folder / "cases" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return {outcome.case.path.stem: outcome for outcome in run_cases(folder)}


def case(verdict: str, layers: str, more: str = "", rule: str = "LYR-BLD-001") -> str:
    return f"rule: {rule}\nverdict: {verdict}\nwhy: a test\nlayers:\n{layers}\n{more}\n"


def test_layers_are_judged_as_a_reader_would_hand_them_over(tmp_path: Path) -> None:
    told = outcomes(
        tmp_path,
        present=case("pass", "  建筑: [{建筑编码: A1}, {JZBM: A2}]"),
        null=case("fail", "  建筑: [{建筑编码: A1}, {}]", "expected: {subject: '建筑:2', reason: property_empty}"),
        other_layer=case("na", "  道路: [{名称: 青年大街}]"),
        empty_layer=case("na", "  建筑: {fields: {建筑编码: TEXT(20)}, rows: []}"),
        key=case("fail", "  building: {key: id, rows: [{id: X7}]}", "expected: {subject: X7}"),
        number=case("fail", "  建筑: [{地上层数: 6}, {地上层数: 600}]", rule="LYR-BLD-002"),
    )
    assert {name: outcome.problem for name, outcome in told.items() if not outcome.ok} == {}


def test_a_case_that_expects_the_wrong_thing_is_told(tmp_path: Path) -> None:
    told = outcomes(tmp_path, wrong=case("pass", "  建筑: [{建筑编码: A1}, {}]"))
    assert told["wrong"].problem == "case_verdict"


def test_geometry_is_well_known_text(tmp_path: Path) -> None:
    told = outcomes(
        tmp_path,
        shape=case("pass", "  建筑: [{建筑编码: A1, geometry: POINT (1 2)}]", "crs: EPSG:4490"),
        broken=case("pass", "  建筑: [{建筑编码: A1, geometry: POINT (1}]"),
    )
    assert told["shape"].ok
    assert told["broken"].problem == "case_fault"


def test_rows_that_are_no_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError) as told:
        outcomes(tmp_path, bad=case("pass", "  建筑: [A1]"))
    assert told.value.key == "rules.case_rows"
