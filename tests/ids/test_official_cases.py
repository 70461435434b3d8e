"""buildingSMART's own cases: the audit refuses every invalid file and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from cimkit.ids.audit.audit import audit
from cimkit.ids.read import read_ids


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[Path]:
    found = sorted((shared / "ids" / "cases").glob("*/*.ids"))
    if not found:
        pytest.skip("no IDS cases in the test material")
    return found


def test_invalid_files_are_refused_and_no_others(cases: list[Path]) -> None:
    wrong = {}
    for path in cases:
        report = audit(path.read_bytes(), path.name)
        if report.refused != path.name.startswith("invalid-"):
            wrong[path.name] = [(flaw.code, flaw.line) for flaw in report.findings]
    assert wrong == {}


def test_refused_specifications_carry_their_flaw(cases: list[Path]) -> None:
    for path in cases:
        rules = read_ids(path.read_bytes(), path.name).rules
        assert rules
        assert any(rule.flaw for rule in rules) == path.name.startswith("invalid-"), path.name
