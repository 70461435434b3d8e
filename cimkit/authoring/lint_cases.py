"""Every rule has a case that passes, one that fails and one in which nothing is there to judge."""

from __future__ import annotations

from collections.abc import Iterator

from cimkit.authoring.cases import Case, find_cases, read_case, verdicts_with_cases
from cimkit.authoring.pages import is_inherited
from cimkit.authoring.problems import Problem, rule_problem
from cimkit.rules.conditions import All, AnyOf, Check, Condition
from cimkit.rules.load import LoadedPack
from cimkit.rules.model import Executable, Rule, Status

__all__ = ["lint_cases", "wanted_verdicts"]


def lint_cases(pack: LoadedPack) -> Iterator[Problem]:
    """Missing cases, cases of no rule, files whose name is not what they hold.

    Rows of a table are not asked for cases one by one: `pack test` makes a passing and a failing model of each row.
    """
    cases = [read_case(path) for path in find_cases(pack.folder)]
    codes = {rule.code for rule in pack.rules}
    for case in cases:
        place = f"cases/{case.path.name}"
        if case.rule not in codes:
            yield Problem("case_of_no_rule", place, {"code": case.rule})
        elif not case.path.name.startswith(f"{case.rule}-{case.verdict}-"):
            yield Problem("case_name", place, {"expected": f"{case.rule}-{case.verdict}-"})
    yield from _missing(pack, cases)


def _missing(pack: LoadedPack, cases: list[Case]) -> Iterator[Problem]:
    shown = verdicts_with_cases(cases)
    for rule in pack.rules:
        missing = wanted_verdicts(rule, pack) - shown.get(rule.code, set())
        if missing:
            yield rule_problem(rule, "cases_missing", verdicts=", ".join(sorted(missing)))


def wanted_verdicts(rule: Rule, pack: LoadedPack) -> set[str]:
    """The verdicts that cases of this rule must show."""
    table = (rule.file or "").startswith("tables/")
    if table or is_inherited(rule, pack) or rule.status in (Status.DRAFT, Status.REMOVED):
        return set()
    if rule.executable is Executable.MANUAL:
        return {"manual"}
    if any(pack.parameters.get(name) is None for name in rule.parameters):
        return {"manual"}
    # What is asked of the source as a whole is always asked, so there may be no way to have nothing to judge.
    return {"pass", "fail"} if _always_asked(rule) else {"pass", "fail", "na"}


def _always_asked(rule: Rule) -> bool:
    return rule.where is None or (rule.must is not None and _counts(rule.must))


def _counts(condition: Condition) -> bool:
    match condition:
        case Check(name="count"):
            return True
        case All(of) | AnyOf(of):
            return any(_counts(part) for part in of)
        case _:
            return False
