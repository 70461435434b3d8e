"""Rows of requirement tables about layers, tried by mutation: a layer made from the row that has all it asks, and one
for each way in which the row can be broken: no such field, no value, a value of the wrong type, a wrong value."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cimkit.authoring.case_layers import CaseLayer, CaseLayers
from cimkit.authoring.cases import VERDICTS, Case, Outcome
from cimkit.rules.conditions import All, Check, Condition, Entity, Property
from cimkit.rules.model import Executable, Rule, Status
from cimkit.rules.restriction import Restriction

__all__ = ["judge_layer_case", "layer_row_cases"]

_RIGHT: Mapping[str, Any] = {
    "": "甲", "number": 1.0, "integer": 1, "boolean": "是", "date": "2026-01-01", "month": "2026-01",
    "datetime": "2026-01-01 08:00:00", "moment": "2026-01-01", "year": 2026,
}  # fmt: skip
#: What is of no type but text.
_NO_TYPE = "甲乙"
#: A code of each scheme; made up, with check characters that are right.
_CODES: Mapping[str, str] = {
    "credit_code": "91210100MA0EXAMP1C", "organisation_in_credit_code": "91210200MA00000153",
    "project_code": "2105-210102-04-01-123456", "project_code_area": "2105-210102-04-01-123456",
    "area_code": "210102", "county_code": "210102", "street_code": "210102001", "community_code": "210102001001",
    "class_code": "14-10.20.03", "house_unit": "210102001001GB00001F00010001", "component_code": "2101020102000001",
    "underground_layer": "DXGX_LN_XZ", "cim7": "CIM4", "cim24": "CIM16",
}  # fmt: skip


def layer_row_cases(rule: Rule) -> list[Case]:
    """The models of a row about a layer; none for other rules, for rows that nobody has marked, and for conditional
    ones whose condition can't be made true from the row itself."""
    if not (rule.file or "").startswith("tables/") or rule.executable is not Executable.FULL:
        return []
    check = rule.must
    if rule.status in (Status.REMOVED, Status.DRAFT) or not isinstance(check, Check) or check.name != "field":
        return []
    base = _meeting(rule.where)
    if base is None or rule.parameters:
        return []
    options, right = check.options, _right(check.options)
    name, layer = str(options["name"]), str(options["layer"][0])
    required = options.get("required", True)
    models: list[tuple[str, str, str | None, dict[str, Any]]] = [("pass", "right", None, {**base, name: right})]
    if required:
        models.append(("fail", "missing", "field_missing", {**base, "其他": "甲"}))
        if name not in base:
            models.append(("fail", "empty", "field_empty", {**base, "其他": "甲", name: None}))
    for why, reason, value in _wrong(options):
        models.append(("fail", why, reason, {**base, name: value}))
    return [_case(rule, layer, verdict, why, reason, row, name) for verdict, why, reason, row in models]


def judge_layer_case(case: Case, rule: Rule) -> Outcome:
    """Whether the rule says of a case's layers what the case expects."""
    from cimkit.run.engine import judge_rules
    from cimkit.run.plan import demand_of

    assert case.layers is not None
    facts = case.layers.facts(demand_of([rule], None))
    (judged,) = judge_rules(facts, [rule], missing_parameters={})
    if judged.fault is not None:
        return Outcome(case, "case_fault", {"detail": str(judged.fault)})
    said, wanted = judged.rows["reason"].to_list(), VERDICTS[case.verdict]
    if judged.verdict is not wanted:
        values = {"found": str(judged.verdict), "expected": str(wanted), "said": "; ".join(said[:3]) or "—"}
        return Outcome(case, "case_verdict", values)
    if case.reason is not None and case.reason not in said:
        return Outcome(case, "case_finding", {"subject": "*", "reason": case.reason, "found": "; ".join(said[:3])})
    return Outcome(case)


def _case(
    rule: Rule, layer: str, verdict: str, why: str, reason: str | None, row: Mapping[str, Any], name: str
) -> Case:
    declared = {name: "TEXT"} if name in row and row[name] is None else {}
    layers = CaseLayers("case.gpkg", "geopackage", (CaseLayer(layer, [row], declared),))
    path = Path(f"{rule.code}-{verdict}-row-{why}")
    return Case(path, rule.code, verdict, why, None, reason=reason, layers=layers)


def _right(options: Mapping[str, Any]) -> Any:
    """A value that the row accepts."""
    for listed in (options.get("value"), options.get("list")):
        if isinstance(listed, Restriction) and listed.values:
            return float(listed.values[0]) if options.get("type") in ("number", "integer") else listed.values[0]
    if options.get("scheme"):
        return _CODES[options["scheme"]]
    value, right = options.get("value"), _RIGHT[options.get("type") or ""]
    if isinstance(value, Restriction) and value.is_range:
        low, high = (None if bound is None else float(bound) for bound in (value.min_inclusive, value.max_inclusive))
        middle = low if low is not None else high if high is not None else 0.0
        whole = options.get("type") in ("integer", "year")
        return int(middle) if whole else middle
    length = options.get("length")
    return right[: int(length)] if isinstance(right, str) and length is not None and not options.get("type") else right


def _wrong(options: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """(why, reason, value) of each way in which a value can be wrong."""
    wrong: list[tuple[str, str, Any]] = []
    if options.get("type"):
        wrong.append(("type", "field_wrong_type", _NO_TYPE))
    if options.get("scheme"):
        wrong.append(("code", "code_wrong_form", "甲"))
    length = options.get("length")
    if length is not None and not options.get("type"):
        wrong.append(("length", "field_too_long", "甲" * (int(length) + 1)))
    value = options.get("value")
    if isinstance(value, Restriction) and value.values and not options.get("type"):
        wrong.append(("value", "field_wrong_value", "无此"))
    if isinstance(value, Restriction) and value.is_range:
        bound, step = (value.max_inclusive, 1.0) if value.max_inclusive is not None else (value.min_inclusive, -1.0)
        outside = float(bound or 0) + step
        shown = int(outside) if options.get("type") in ("integer", "year") else outside
        if options.get("type") != "year":
            wrong.append(("range", "field_wrong_value", shown))
    return wrong


def _meeting(where: Condition | None) -> dict[str, Any] | None:
    """Fields of a feature that the rule selects; None: that can't be told from the rule."""
    row: dict[str, Any] = {}
    for part in where.of if isinstance(where, All) else (where,):
        match part:
            case Entity():
                pass
            case Property(name=name, value=Restriction() as value) if name.values and value.values:
                row[name.values[0]] = value.values[0]
            case Property(name=name, value=None) if name.values:
                row[name.values[0]] = "甲"
            case _:
                return None
    return row
