"""The report says of which quality elements its findings are."""

from __future__ import annotations

from pathlib import Path

import pytest

from cimkit.api import check
from cimkit.authoring.lint_names import QUALITY
from cimkit.locales import has_text
from cimkit.report.formats.text import to_text
from cimkit.report.outline import qualities

MODEL = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION((''),'2;1');
FILE_NAME('a','2026-01-01T00:00:00',(''),(''),'','','');
FILE_SCHEMA(('IFC4'));
ENDSEC;
DATA;
#1=IFCWALL('0Ke3j0aXX2SRoX2eYkqk9d',$,$,$,$,$,$,$,$);
ENDSEC;
END-ISO-10303-21;
"""


@pytest.mark.parametrize("word", QUALITY)
def test_every_element_has_a_name(word: str) -> None:
    assert has_text(f"report.quality_{word}", "zh")
    assert has_text(f"report.quality_{word}", "en")


def test_failed_rules_are_counted_by_element(tmp_path: Path) -> None:
    report = check(MODEL.encode(), packs=["ifc-basics"], lang="en")
    counts = qualities(report)
    assert sum(rules for _, rules, _ in counts) == sum(
        1 for result in report.results if result.verdict == "failed" and result.quality
    )
    assert [number for _, _, number in counts] == sorted((number for _, _, number in counts), reverse=True)
    for name in ("html", "markdown"):
        report.write(name, str(tmp_path / name))
    texts = [(tmp_path / name).read_text(encoding="utf-8") for name in ("html", "markdown")]
    assert all("By quality element" in text for text in (*texts, to_text(report, max_findings=5)))
