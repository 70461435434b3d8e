"""What a developer hands in by mistake is named, and what a notebook shows of a report is one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cimkit

HOUSE = Path(__file__).parents[1] / "samples" / "revit-chinese.ifc"


@pytest.mark.parametrize(
    ("source", "options", "key"),
    [
        (None, {}, "run.not_a_source"),
        (7, {}, "run.not_a_source"),
        (HOUSE, {"lang": "fr"}, "run.unknown_language"),
    ],
)
def test_wrong_arguments_have_their_sentence(source: Any, options: dict[str, Any], key: str) -> None:
    with pytest.raises(cimkit.UsageError) as told:
        cimkit.check(source, **options)
    assert told.value.key == key
    assert told.value.message("zh") != told.value.message("en")


def test_one_pack_needs_no_list() -> None:
    report = cimkit.check(HOUSE, packs="ifc-basics", select="IFB-PRJ")  # type: ignore[arg-type]
    assert [pack.id for pack in report.packs] == ["ifc-basics"]
    assert {result.code[:7] for result in report.results} == {"IFB-PRJ"}


def test_reports_and_results_show_themselves_in_one_short_line() -> None:
    report = cimkit.check(HOUSE, packs=["ifc-basics"])
    assert repr(report).startswith("<Report manual: 0 error, ")
    assert all(len(repr(thing)) < 120 for thing in [report, *report.results])
