"""Rules asked of one source's facts: a verdict and findings, as columns, for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from msgspec import Struct, field

from cimkit.checks.contract import FINDING_ROWS, Outcome, finding_rows, no_rows, whole_finding
from cimkit.checks.table import CHECKS
from cimkit.errors import CimkitError
from cimkit.facts.columns import BoolArray
from cimkit.facts.model import Facts
from cimkit.report.model import Verdict
from cimkit.rules.conditions import All, AnyOf, Check, Condition, Entity, Not
from cimkit.rules.model import Executable, Gate, Rule
from cimkit.run.evaluation import Evaluation
from cimkit.run.gates import Gates
from cimkit.sources.formats import IFC_FORMATS

__all__ = ["Judgement", "judge_rules", "may_speak_of"]

#: Defects that lie in the contents of tiles.
_IN_CONTENTS = frozenset({"tiles_binary", "tiles_content", "tiles_gltf", "tiles_file", "tiles_package"})


class Judgement(Struct, frozen=True):
    """What one rule said of one source. rows: FINDING_ROWS, ordered by subject."""

    verdict: Verdict
    applicable: int = 0
    failed: int = 0
    rows: pl.DataFrame = field(default_factory=no_rows)
    reason: str | None = None
    reason_values: Mapping[str, Any] = field(default_factory=dict)
    fault: Exception | None = None  # a fault of cimkit while this rule was asked


def judge_rules(
    facts: Facts, rules: Sequence[Rule], *, missing_parameters: Mapping[str, Sequence[str]]
) -> list[Judgement]:
    """One judgement a rule, in the order given. missing_parameters: rule code -> parameters that nobody has set.

    A fault of cimkit in one rule leaves that rule blocked, with the fault for the report's internal errors, and the
    others judged; what a rule can't have (an extra that is not installed) blocks it.
    """
    evaluation = Evaluation(facts)
    gates = Gates(facts)
    # the reader may still be looking for defects: the rules that ask for them come last
    order = sorted(range(len(rules)), key=lambda index: _asks_for_defects(rules[index]))
    judgements: dict[int, Judgement] = {}
    for index in order:
        rule = rules[index]
        try:
            judgement = _judge(rule, evaluation, gates, missing_parameters.get(rule.code, ()))
        except Exception as fault:  # noqa: BLE001 - told in the report as an internal error, never hidden
            judgement = Judgement(Verdict.BLOCKED, reason="results.internal_error", fault=fault)
        judgements[index] = judgement
    return [judgements[index] for index in range(len(rules))]


def _asks_for_defects(rule: Rule) -> bool:
    return isinstance(rule.must, Check) and rule.must.name == "no_defect"


def _judge(rule: Rule, evaluation: Evaluation, gates: Gates, missing: Sequence[str]) -> Judgement:
    outside = _outside(rule, evaluation.facts)
    if outside is not None:
        return outside
    if evaluation.facts.whole.get("depth") == "structure" and not _is_of_structure(rule):
        return Judgement(Verdict.BLOCKED, reason="results.not_looked_at")
    if rule.flaw is not None:
        return Judgement(Verdict.BLOCKED, reason="results.flawed_rule", reason_values={"flaw": rule.flaw})
    if missing:
        if not _kinds_are_there(rule.where, evaluation):
            return Judgement(Verdict.NOT_APPLICABLE)
        return Judgement(
            Verdict.MANUAL, reason="results.parameter_missing", reason_values={"names": ", ".join(missing)}
        )
    selected = evaluation.holds(rule.where)
    blocking = gates.blocking(rule)
    if blocking is not None:
        return Judgement(Verdict.BLOCKED, reason="results.gate_closed", reason_values={"gate": blocking})
    if rule.executable is Executable.MANUAL:
        verdict = Verdict.MANUAL if rule.where is None or selected.any() else Verdict.NOT_APPLICABLE
        # a row of a table says what to look for, but nobody has marked it as a duty
        reason = "results.by_hand" if rule.must is None else "results.not_marked"
        applicable = int(np.count_nonzero(selected)) if rule.where is not None else 1
        return Judgement(verdict, applicable=applicable, reason=reason)
    occurrence = _occurrence(rule, selected)
    if occurrence is not None:
        return occurrence
    if rule.must is None:
        count = int(np.count_nonzero(selected))
        return Judgement(Verdict.PASSED if count else Verdict.NOT_APPLICABLE, applicable=count)
    if not selected.any() and _is_of_subjects(rule.must):
        return Judgement(Verdict.NOT_APPLICABLE)  # some checks miss what is not there; these speak of what is
    try:
        outcome = evaluation.judge(rule.must, selected)
    except CimkitError as lacking:
        return Judgement(Verdict.BLOCKED, reason=lacking.key, reason_values=lacking.values)
    return _conclude(rule, outcome, selected)


def _kinds_are_there(where: Condition | None, evaluation: Evaluation) -> bool:
    """Whether there is anything of the kinds that a selection names, whatever else it asks of them."""
    match where:
        case Entity():
            return bool(evaluation.holds(where).any())
        case All(of):
            return all(_kinds_are_there(part, evaluation) for part in of)
        case _:
            return True


def _is_of_structure(rule: Rule) -> bool:
    """Whether a rule can be judged where no feature and no content was read."""
    must = rule.must
    if isinstance(must, Check) and not _IN_CONTENTS.isdisjoint(must.options.get("kind") or ()):
        return False
    return rule.where is None and rule.gate not in (Gate.CONTENT, Gate.GEOMETRY)


def _is_of_subjects(condition: Condition) -> bool:
    """Whether a requirement says nothing where no subject was selected. The check `field` also misses fields of
    layers."""
    match condition:
        case All(of) | AnyOf(of):
            return all(map(_is_of_subjects, of))
        case Not(of):
            return _is_of_subjects(of)
        case Check(name, _):
            return name != "field" and not CHECKS[name].of_source
        case _:
            return True


def may_speak_of(rule: Rule, format: str | None) -> bool:
    """Whether a rule can be about sources of a format, told before their schema is known."""
    return not rule.applies_to or format in rule.applies_to or format in IFC_FORMATS


def _outside(rule: Rule, facts: Facts) -> Judgement | None:
    """Rules of another format, schema or discipline: this source does not owe them."""
    schema = facts.schema.name if facts.schema is not None else None
    unknown = schema is None and facts.format in IFC_FORMATS  # it could be any
    if rule.applies_to and not unknown and rule.applies_to.isdisjoint({facts.format, schema}):
        values = {"schema": schema or facts.format}
        return Judgement(Verdict.NOT_APPLICABLE, reason="results.other_schema", reason_values=values)
    discipline = facts.whole.get("discipline")
    value = discipline.get("value") if isinstance(discipline, Mapping) else None
    if rule.disciplines and value and value not in rule.disciplines:
        return Judgement(Verdict.NOT_APPLICABLE, reason="results.other_discipline", reason_values={"discipline": value})
    return None


def _occurrence(rule: Rule, selected: BoolArray) -> Judgement | None:
    """How many subjects an IDS specification may select; None: go on with its requirements."""
    if rule.occurs is None:
        return None
    low, high = rule.occurs
    count = int(np.count_nonzero(selected))
    if count < low:
        return Judgement(
            Verdict.FAILED, applicable=0, failed=0, rows=whole_finding("none_applicable", expected=f">= {low}")
        )
    if high is not None and count > high:
        sids = np.flatnonzero(selected).astype(np.int32)
        return Judgement(Verdict.FAILED, count, count, finding_rows(sids, "prohibited_applicable"))
    if high == 0:
        return Judgement(Verdict.PASSED)  # prohibited, and nothing of it is there
    return None


def _conclude(rule: Rule, outcome: Outcome, selected: BoolArray) -> Judgement:
    about_source = outcome.whole is not None
    only_source = about_source and isinstance(rule.must, Check) and CHECKS[rule.must.name].of_source
    if only_source:
        assert outcome.whole is not None
        failed = outcome.whole.height
        if failed:
            return Judgement(Verdict.FAILED, max(1, failed), failed, outcome.whole)
        return Judgement(Verdict.PASSED, 1) if outcome.looked else Judgement(Verdict.NOT_APPLICABLE)
    asked = selected if outcome.asked is None else outcome.asked & selected
    applicable = int(np.count_nonzero(asked))
    failing = outcome.failed & selected
    sids = np.flatnonzero(failing).astype(np.int32) if failing.any() else np.zeros(0, np.int32)
    rows = outcome.explain(sids) if len(sids) else no_rows()
    if about_source and outcome.whole is not None and outcome.whole.height:
        rows = pl.concat([outcome.whole.cast(FINDING_ROWS), rows])  # type: ignore[arg-type]
    if rows.height:
        return Judgement(Verdict.FAILED, applicable, max(len(sids), 1), rows)
    return Judgement(Verdict.PASSED if applicable else Verdict.NOT_APPLICABLE, applicable)
