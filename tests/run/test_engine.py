"""Verdicts: what a rule may be called, and what it may never be called."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from msgspec.structs import replace

from cimkit.facts.model import Facts
from cimkit.report.model import Verdict
from cimkit.rules.conditions import All, Attribute, Check, Entity, PartOf, Property
from cimkit.rules.model import Executable, Gate, Rule, Severity
from cimkit.rules.restriction import exactly, matching
from cimkit.run.engine import Judgement, judge_rules
from tests.run.conftest import facts_of

if TYPE_CHECKING:
    import polars as pl

WALL = Entity(exactly("IFCWALL"))
NAMED = Attribute(exactly("Name"))


def rule(**more: Any) -> Rule:
    given = {
        "code": "T-TST-001",
        "name": "t",
        "pack": "t",
        "severity": Severity.ERROR,
        "where": WALL,
        "must": NAMED,
        **more,
    }
    return Rule(**given)


def judged(facts: Facts, *rules: Rule, missing: dict[str, list[str]] | None = None) -> list[Judgement]:
    return judge_rules(facts, rules, missing_parameters=missing or {})


def verdict(facts: Facts, asked: Rule) -> Verdict:
    return judged(facts, asked)[0].verdict


WALLS = facts_of(["IFCWALL", "IFCWALL"], attributes={"Name": [(0, "a"), (1, None)]})


def test_one_subject_that_fails_fails_the_rule_and_is_counted() -> None:
    judgement = judged(WALLS, rule())[0]
    assert (judgement.verdict, judgement.applicable, judgement.failed) == (Verdict.FAILED, 2, 1)
    assert judgement.rows["sid"].to_list() == [1]


def test_nothing_to_speak_of_is_not_a_pass() -> None:
    assert verdict(facts_of([]), rule()) is Verdict.NOT_APPLICABLE
    assert verdict(WALLS, rule(where=Entity(exactly("IFCDOOR")))) is Verdict.NOT_APPLICABLE
    nobody_asked = Check("compare", {"left": Property(None, exactly("x")), "op": "<", "right": 1})
    assert verdict(WALLS, rule(must=nobody_asked)) is Verdict.NOT_APPLICABLE


def test_manual_flawed_and_parameterless_rules_are_never_passed() -> None:
    assert verdict(WALLS, rule(executable=Executable.MANUAL)) is Verdict.MANUAL
    assert verdict(facts_of([]), rule(executable=Executable.MANUAL)) is Verdict.NOT_APPLICABLE
    assert verdict(WALLS, rule(flaw="E")) is Verdict.BLOCKED
    judgement = judged(WALLS, rule(parameters=("limit",)), missing={"T-TST-001": ["limit"]})[0]
    assert judgement.verdict is Verdict.MANUAL
    assert judgement.reason_values == {"names": "limit"}


@pytest.mark.parametrize(
    ("occurs", "kind", "expected"),
    [
        ((1, None), "IFCDOOR", Verdict.FAILED),
        ((0, None), "IFCDOOR", Verdict.NOT_APPLICABLE),
        ((0, 0), "IFCDOOR", Verdict.PASSED),
        ((0, 0), "IFCWALL", Verdict.FAILED),
        ((1, None), "IFCWALL", Verdict.FAILED),
    ],
)
def test_occurrence(occurs: tuple[int, int | None], kind: str, expected: Verdict) -> None:
    assert verdict(WALLS, rule(where=Entity(exactly(kind)), occurs=occurs)) is expected


def test_another_schema_or_discipline_owes_nothing() -> None:
    assert verdict(WALLS, rule(applies_to=frozenset({"IFC2X3"}))) is Verdict.NOT_APPLICABLE
    assert verdict(WALLS, rule(applies_to=frozenset({"IFC4"}))) is Verdict.FAILED
    structural = facts_of(["IFCWALL"], whole={"discipline": {"value": "结构"}})
    assert verdict(structural, rule(disciplines=frozenset({"建筑"}))) is Verdict.NOT_APPLICABLE
    assert verdict(WALLS, rule(disciplines=frozenset({"建筑"}))) is Verdict.FAILED  # unknown: asked


def test_a_truncated_file_blocks_what_the_lost_part_could_have_said_and_nothing_else() -> None:
    facts = facts_of(["IFCWALL"], attributes={"Name": [(0, "a")]}, counts={"truncated": 1})
    in_storey = PartOf(Entity(exactly("IFCBUILDINGSTOREY")))
    named, placed, rated = judged(
        facts,
        rule(code="T-TST-001"),
        rule(code="T-TST-002", must=in_storey),
        rule(code="T-TST-003", must=Property(exactly("P"), exactly("x"))),
    )
    assert named.verdict is Verdict.PASSED
    assert placed.verdict is Verdict.BLOCKED
    assert placed.reason_values == {"gate": "syntax"}
    assert rated.verdict is Verdict.BLOCKED


def test_a_source_check_is_judged_once() -> None:
    facts = facts_of([], defects=[{"kind": "syntax", "line": 1}, {"kind": "syntax", "line": 2}])
    judgement = judged(facts, rule(where=None, must=Check("no_defect", {"kind": ("syntax",)}), gate=Gate.SYNTAX))[0]
    assert (judgement.verdict, judgement.failed) == (Verdict.FAILED, 2)
    sound = judged(facts_of([]), rule(where=None, must=Check("no_defect", {"kind": ("syntax",)})))[0]
    assert (sound.verdict, sound.applicable) == (Verdict.PASSED, 1)


def test_a_schema_that_was_guessed_proves_no_record_wrong() -> None:
    facts = facts_of(["IFCWALL"], defects=[{"kind": "schema", "line": 4}, {"kind": "wrong_arity", "line": 9}])
    arity, schema = judged(
        facts,
        rule(code="T-1", where=None, must=Check("no_defect", {"kind": ("wrong_arity",)}), gate=Gate.SCHEMA),
        rule(code="T-2", where=None, must=Check("no_defect", {"kind": ("schema",)}), gate=Gate.SCHEMA),
    )
    assert (arity.verdict, arity.reason_values) == (Verdict.BLOCKED, {"gate": "schema"})
    assert schema.verdict is Verdict.FAILED


def test_a_fault_of_ours_is_told_and_the_others_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    from cimkit.checks import within

    def break_down(*_: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(within, "judge", break_down)
    broken, sound = judged(WALLS, rule(must=Check("within", {"value": 1})), rule(code="T-TST-002"))
    assert broken.verdict is Verdict.BLOCKED
    assert isinstance(broken.fault, ZeroDivisionError)
    assert sound.verdict is Verdict.FAILED
    assert sound.fault is None


def test_each_requirement_that_fails_is_a_finding_and_the_subject_counts_once() -> None:
    two = All((Attribute(exactly("Name"), matching("x")), Attribute(exactly("Tag"))))
    judgement = judged(WALLS, rule(must=two))[0]
    assert judgement.failed == 2
    assert judgement.rows["sid"].to_list() == [0, 0, 1, 1]
    assert np.all(np.diff(judgement.rows["sid"].to_numpy()) >= 0)


def test_only_rules_that_ask_for_defects_wait_for_them() -> None:
    looking: Future[pl.DataFrame] = Future()
    looking.set_exception(ZeroDivisionError("ours"))
    facts = replace(WALLS, defect_rows=looking)
    of_defects, of_walls = judged(facts, rule(must=Check("no_defect", {"kind": ["syntax"]})), rule(code="T-TST-002"))
    assert isinstance(of_defects.fault, ZeroDivisionError)
    assert of_defects.verdict is Verdict.BLOCKED
    assert of_walls.verdict is Verdict.FAILED
