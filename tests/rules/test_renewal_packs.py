"""Packs of renewal kinds: chosen by name or by a project's kind, apart from each other, honest about what they rest on.

That their cases come out is tried in `test_shipped_packs.py`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

import cimkit
from cimkit.projects.definitions import definitions
from cimkit.report.model import Verdict
from cimkit.rules.choose import default_packs
from cimkit.rules.load import LoadedPack, load_pack
from cimkit.rules.model import Evidence, Executable, Severity
from cimkit.rules.packs import find_packs

KINDS = sorted(identity for identity in find_packs() if identity.startswith("ln-renewal-"))
FORMATS = ("geopackage", "shapefile", "geojson", "csv", "xlsx", "parquet", "filegdb", "project", "ifc")


@pytest.fixture(scope="module")
def packs() -> dict[str, LoadedPack]:
    return {identity: load_pack(identity) for identity in KINDS}


def test_no_plain_layer_is_asked_by_them() -> None:
    for stage in ("规划", "施工图", "竣工", "既有"):
        chosen = {folder.name for folder in default_packs(FORMATS, stage)}
        assert not chosen & set(KINDS)


def test_every_kind_of_project_names_packs_that_are_there() -> None:
    named = {pack for kind in definitions().kinds.values() for pack in kind.packs}
    assert named <= set(find_packs())
    assert set(KINDS) <= named, "a pack that no kind of project names is never asked of one"


def test_prefixes_are_their_own(packs: dict[str, LoadedPack]) -> None:
    prefixes = Counter(load_pack(identity).prefix for identity in find_packs())
    assert [prefix for prefix, count in prefixes.items() if count > 1] == []


def test_errors_rest_on_more_than_memory(packs: dict[str, LoadedPack]) -> None:
    for pack in packs.values():
        errors = [rule for rule in pack.rules if rule.severity is Severity.ERROR]
        assert all(rule.evidence in (Evidence.CONFIRMED, Evidence.PRACTICE) for rule in errors)


def test_figures_that_nobody_saw_have_no_value(packs: dict[str, LoadedPack]) -> None:
    """A rule whose parameter is empty is a person's, until somebody sets it."""
    open_rules = {
        rule.code
        for pack in packs.values()
        for rule in pack.rules
        if any(pack.parameters.get(name) is None for name in rule.parameters)
    }
    assert {"HEA-RUN-005", "HIS-ARC-007", "PKB-BRG-007", "OLD-NBH-010", "ENR-MEA-006"} <= open_rules
    manual = [rule for pack in packs.values() for rule in pack.rules if rule.executable is Executable.MANUAL]
    assert manual, "what data cannot show is asked of a person"


def test_no_two_rules_of_a_pack_ask_the_same(packs: dict[str, LoadedPack]) -> None:
    for identity, pack in packs.items():
        asked = Counter((str(rule.where), str(rule.must)) for rule in pack.rules if rule.must is not None)
        assert [question for question, count in asked.items() if count > 1] == [], identity


def test_a_workbook_of_a_heating_company(tmp_path: Path) -> None:
    """Sheets refer to each other, days are days, and a number kept as text is a number."""
    sheets = {
        "热源": pl.DataFrame({"热源编号": ["R1"]}),
        "热力站": pl.DataFrame(
            {
                "热力站编号": ["S1", "S2"],
                "热力站名称": ["一站", "二站"],
                "热源编号": ["R1", "R9"],
                "供热面积": ["300", "80"],
            }
        ),
        "热用户": pl.DataFrame(
            {"用户编号": ["U1", "U2", "U3"], "热力站编号": ["S1", "S1", "S2"], "供热面积": [100, 200, 90]}
        ),
    }
    path = tmp_path / "供热.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, frame in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, frame.columns)
            for number, row in enumerate(frame.iter_rows(), 1):
                sheet.write_row(number, 0, row)
    report = cimkit.check(path, packs=["ln-renewal-heating"])
    failed = {result.code: result.failed for result in report.results if result.verdict is Verdict.FAILED}
    assert failed["HEA-STN-002"] == 1
    assert failed["HEA-STN-005"] == 1
    assert "HEA-STN-003" not in failed
    asked = {result.code: result.verdict for result in report.results}
    assert asked["HEA-STN-001"] is Verdict.PASSED
    assert asked["HEA-ROM-001"] is Verdict.NOT_APPLICABLE
    assert asked["HEA-RUN-005"] is Verdict.NOT_APPLICABLE, "an unset parameter asks nobody where there are no readings"


def test_local_names_of_tables_and_columns_stand_in_the_settings(tmp_path: Path) -> None:
    table = tmp_path / "shumu.csv"
    table.write_text("code,胸径,品种\nA1,0,国槐\n", encoding="utf-8")
    strange = cimkit.check(table, packs=["ln-renewal-greening"])
    assert {result.verdict for result in strange.results} == {Verdict.NOT_APPLICABLE}
    names = "aliases: {树木: [shumu], 顺序码: [code], 树种: [品种]}\n"
    (tmp_path / "cimcheck.yaml").write_text(names, encoding="utf-8")
    report = cimkit.check(table, packs=["ln-renewal-greening"])
    verdicts = {result.code: result.verdict for result in report.results}
    assert verdicts["GRN-TRE-001"] is Verdict.PASSED
    assert verdicts["GRN-TRE-002"] is Verdict.FAILED
    assert verdicts["GRN-FLD-002"] is Verdict.PASSED


def test_every_pack_stands_in_the_guide() -> None:
    docs = Path(__file__).resolve().parents[2] / "docs"
    for page in ("renewal-data.md", "renewal-data.zh.md"):
        text = (docs / page).read_text(encoding="utf-8")
        assert [identity for identity in KINDS if f"`{identity}`" not in text] == []
