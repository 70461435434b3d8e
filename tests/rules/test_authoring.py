"""Making packs: the outline, lint, cases, pages, codes for new rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cimkit.authoring.cases import read_case, run_case, run_cases
from cimkit.authoring.docs import pages_of
from cimkit.authoring.fixing import give_codes
from cimkit.authoring.lint import lint
from cimkit.authoring.lint_evidence import names_unseen_clause
from cimkit.authoring.lint_names import wrong_name
from cimkit.authoring.new import new_pack
from cimkit.authoring.row_cases import run_row_cases
from cimkit.errors import PackError, UsageError
from cimkit.rules.load import load_pack

MakePack = Callable[..., Path]


@pytest.fixture
def outline(tmp_path: Path) -> Path:
    new_pack(tmp_path / "my-pack", "MYP")
    return tmp_path / "my-pack"


def keys(folder: Path) -> set[str]:
    return {problem.key for problem in lint(folder)}


def test_the_outline_passes_its_own_audit(outline: Path) -> None:
    assert lint(outline) == []
    outcomes = [*run_cases(outline), *run_row_cases(outline)]
    assert [(outcome.case.path.name, outcome.problem) for outcome in outcomes if not outcome.ok] == []
    assert len(outcomes) == 5


def test_the_outline_overwrites_nothing(outline: Path) -> None:
    with pytest.raises(UsageError):
        new_pack(outline, "MYP")
    with pytest.raises(UsageError):
        new_pack(outline.parent / "other", "lower")


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        ("rules/walls.yaml", "severity: warning", "severity: error", "above_ceiling"),
        ("rules/walls.yaml", "evidence: practice", "evidence: confirmed", "confirmed_without_address"),
        ("rules/walls.yaml", "evidence: practice", "evidence: tool", "tool_without_version"),
        (
            "rules/walls.yaml",
            "document: where this is asked, clause: null",
            "document: DB21/T 3408, clause: 4.1",
            "unseen_clause",
        ),
        ("rules/walls.yaml", "  cites: [{document: where this is asked, clause: null}]\n", "", "no_citation"),
        ("rules/walls.yaml", "name: wall-without-name", "name: check-wall-name", "name_instructs"),
        ("rules/walls.yaml", "entity: IfcWall", "entity: IfcWal", "unknown_ifc_word_near"),
        ("rules/walls.yaml", "attribute: Name", "attribute: Nmae", "unknown_ifc_word_near"),
        ("rules/walls.yaml", "MYP-WAL-001", "MYP-WAL-1", "code_form"),
        ("rules/walls.yaml", "executable: full", "quality: nice", "unknown_quality"),
        (
            "locales/en.yaml",
            "  why: Nobody can tell from a report or a drawing which wall is meant.\n",
            "",
            "text_missing",
        ),
        ("locales/zh.yaml", "title: 墙没有名称", "title: wall", "text_not_chinese"),
        ("locales/zh.yaml", "MYP-WAL-001", "MYP-WAL-002", "text_without_rule"),
        ("locales/zh.yaml", "墙没有名称", "不符合 DB21/T 3408", "unseen_clause_in_text"),
        ("locales/zh.yaml", "墙没有名称", "墙 {subject} 没有名称", "placeholder_in_text"),
        ("cases/MYP-WAL-001-na-no-wall.yaml", "verdict: na", "verdict: pass", "case_name"),
        ("cases/MYP-WAL-001-na-no-wall.yaml", "rule: MYP-WAL-001", "rule: MYP-WAL-007", "case_of_no_rule"),
        ("pack.yaml", "watch:", "# watch:", "manifest_watch_missing"),
        ("tables/properties.csv", ",h,,M,,", ",h,,,,", "row_unmarked"),
        ("tables/properties.csv", "fire_ratings", "", "list_unused"),
        ("parameters.yaml", "#", "unused_one: 1\n#", "parameter_unused"),
    ],
)
def test_lint_finds(outline: Path, file: str, old: str, new: str, key: str) -> None:
    path = outline / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    problems = {problem.key: problem for problem in lint(outline)}
    assert key in problems
    assert problems[key].message("zh")
    assert problems[key].message("en")


def test_lint_misses_cases_and_sources(outline: Path) -> None:
    (outline / "cases/MYP-WAL-001-fail-empty-name.yaml").unlink()
    (outline / "SOURCES.md").unlink()
    assert keys(outline) == {"cases_missing", "sources_missing"}


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("wall-without-fire-rating", None),
        ("northing-and-easting-swapped", None),
        ("Wall-Name", "name_not_kebab"),
        ("wall", "name_not_kebab"),
        ("no-wall-name", "name_instructs"),
        ("use-wall-names", "name_instructs"),
        ("invalid-header", "name_vague"),
        ("invalid-global-id-in-type", None),
    ],
)
def test_names(name: str, problem: str | None) -> None:
    assert wrong_name(name) == problem


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("DB21/T 3408-2021 第 4.2.1 条要求", True),
        ("不符合 DB21/T 3408", True),
        ("DB21/T 3408 clause 4.2", True),
        ("本包面向 DB21/T 3408-2021 所管的交付。条文无人见过。", False),
        ("GB/T 51301 第 3.1 条", False),
        ("见 GB 32100 第 4 条。DB21/T 3408 的正文无人见过。", False),
    ],
)
def test_sentences_that_speak_of_unseen_clauses(sentence: str, named: bool) -> None:
    assert names_unseen_clause(sentence) is named


def test_a_case_that_does_not_come_out_is_told(outline: Path) -> None:
    path = outline / "cases/MYP-WAL-001-fail-empty-name.yaml"
    pack = load_pack(outline)
    path.write_text(path.read_text(encoding="utf-8").replace("subject: W1", "subject: W2"), encoding="utf-8")
    assert run_case(read_case(path), pack).problem == "case_finding"
    path.write_text(path.read_text(encoding="utf-8").replace(",$,$,$,#9", ",'a',$,$,#9"), encoding="utf-8")
    assert run_case(read_case(path), pack).problem == "case_verdict"
    path.write_text(path.read_text(encoding="utf-8").replace("MYP-WAL-001", "MYP-WAL-009"), encoding="utf-8")
    assert run_case(read_case(path), pack).problem == "case_unknown_rule"


def test_a_case_is_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "A-B-001-fail-x.yaml"
    path.write_text("rule: A-B-001\nverdict: fial\nwhy: x\n")
    with pytest.raises(PackError, match="fail"):
        read_case(path)
    path.write_text("rule: A-B-001\nverdict: fail\nwhy: x\ndata: ['#100=IFCWALL(''墙'')']\n", encoding="utf-8")
    content = read_case(path).content
    assert content.isascii()
    assert rb"'\X2\5899\X0\');" in content


def test_rows_without_a_code_get_the_next_free_one(outline: Path) -> None:
    table = outline / "tables/properties.csv"
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    lines += [",IfcSlab,,,A,,甲,a,text,,,M,,,,,,,", "MYP-TAB-007,IfcSlab,,,B,,乙,b,text,,,M,,,,,,,"]
    lines += [",IfcSlab,,,C,,丙,c,text,,,M,,,,,,,"]
    table.write_text("\n".join(lines) + "\n", encoding="gb18030")
    assert give_codes(outline) == {"tables/properties.csv": 2}
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    codes = [rule.code for rule in load_pack(outline).rules]
    assert codes == ["MYP-TAB-001", "MYP-TAB-007", "MYP-TAB-008", "MYP-TAB-009", "MYP-WAL-001"]
    assert give_codes(outline) == {}


def test_every_rule_has_a_page_in_both_languages(outline: Path) -> None:
    pages = pages_of(load_pack(outline))
    assert sorted(pages) == ["MYP-TAB-001.md", "MYP-WAL-001.md", "README.md"]
    page = pages["MYP-WAL-001.md"]
    for said in ("墙没有名称", "Wall without a name", "`IfcWall`", "the name is not given", "where this is asked"):
        assert said in page
    assert "[MYP-WAL-001](MYP-WAL-001.md)" in pages["README.md"]
