"""The page about IDS lists every code of the audit as it is."""

from __future__ import annotations

from pathlib import Path

from cimkit.ids.audit.flaws import CODES
from cimkit.locales import template

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ids.md"


def test_every_code_stands_in_the_page_with_its_severity_and_sentence() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if line.startswith("| IDS-")]
    said = {code: template(f"ids.{key}", "en").replace("|", "\\|") for code, (key, _) in CODES.items()}
    assert listed == [f"| {code} | {severity.value} | {said[code]} |" for code, (_, severity) in CODES.items()]
