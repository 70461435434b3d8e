"""What is written of a portfolio: the page, the workbook, the draft, JSON and text."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from cimkit.cli.app import run
from cimkit.errors import UsageError
from cimkit.projects.portfolio.figures import Figures
from cimkit.projects.portfolio.formats import FORMATS, write
from cimkit.projects.portfolio.formats.tile_map import tile_map
from cimkit.projects.portfolio.model import Change, Portfolio
from tests.portfolio.conftest import COUNT


def written(portfolio: Portfolio, format: str, folder: Path) -> bytes:
    path = folder / f"out.{format}"
    write(portfolio, format, path)
    assert [each.name for each in folder.iterdir()] == [path.name]
    content = path.read_bytes()
    path.unlink()
    return content


@pytest.fixture
def changed(checked: Portfolio) -> Portfolio:
    """With every part that a portfolio can have."""
    row = {
        "project": "P",
        "number": "P",
        "name": "<b>坏</b>",
        "city_name": "沈阳市",
        "folder": "p",
        "verdict": "failed",
        "errors": 2,
    }
    was = {**row, "was": "passed", "errors_were": 0}
    change = Change(
        "2021-04-01T00:00:00Z",
        [row],
        [row],
        [was],
        [was],
        [{**was, "fields": ["content", "stage"], "values": {"stage": [None, "竣工"]}}],
    )
    return replace(checked, change=change, late=change, period="2021Q2", frozen="2021-06-30T00:00:00Z")


@pytest.mark.parametrize("format", sorted(FORMATS))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_format_in_both_languages(changed: Portfolio, format: str, lang: str, tmp_path: Path) -> None:
    if format in ("xlsx", "docx"):
        pytest.importorskip({"xlsx": "xlsxwriter", "docx": "docx"}[format])
    portfolio = replace(changed, lang=lang)
    assert len(written(portfolio, format, tmp_path)) > 1000
    if format not in ("xlsx", "docx"):  # their containers hold the time of writing
        assert written(portfolio, format, tmp_path) == written(portfolio, format, tmp_path)


def test_figures_add_up(checked: Portfolio) -> None:
    figures = Figures(checked)
    for rows in (figures.cities, figures.stages):
        assert sum(row["projects"] for row in rows) == COUNT
        assert sum(row["bad"] for row in rows) == figures.total["bad"]
        assert round(sum(row["investment"] for row in rows), 2) == figures.total["investment"]
    assert len([row for row in figures.cities if row["code"]]) >= 14
    for row in figures.rules:
        assert row["failed"] == len(figures.projects_of("results", code=row["code"], verdict="failed"))
    shares = [row["share"] for row in figures.cities if row["projects"]]
    assert shares == sorted(shares, reverse=True)


def test_the_page_is_one_file_and_escapes_what_it_shows(changed: Portfolio, tmp_path: Path) -> None:
    page = written(changed, "html", tmp_path).decode()
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", page)
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "<b>坏</b>" not in page
    assert "示意图" in page
    assert page.count('class="place ') >= 14
    data = orjson.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert len(data["projects"]) == COUNT


def test_the_map_has_a_tile_for_each_city_and_none_covers_another(checked: Portfolio) -> None:
    tiles = tile_map(
        [*Figures(checked).cities, {"code": "110100", "name": "北京市", "projects": 1, "bad": 1, "share": 1.0}]
    )["tiles"]
    assert len({(tile["x"], tile["y"]) for tile in tiles}) == len(tiles) == 15
    assert {tile["heat"] for tile in tiles} <= {"none", "0", "1", "2", "3", "4"}


def test_json_holds_every_project_with_what_it_lacks(checked: Portfolio, tmp_path: Path) -> None:
    data = orjson.loads(written(checked, "json", tmp_path))
    assert data["portfolio_version"] == 1
    assert [project["number"] for project in data["projects"]] == checked.projects["number"].to_list()
    for project in data["projects"]:
        assert len(project["missing"]) == project["missing_count"]
        assert all(result["verdict"] != "passed" for result in project["results"])


def test_the_workbook_opens(changed: Portfolio, tmp_path: Path) -> None:
    calamine = pytest.importorskip("python_calamine")
    pytest.importorskip("xlsxwriter")
    book = calamine.CalamineWorkbook.from_filelike(BytesIO(written(changed, "xlsx", tmp_path)))
    rows = book.get_sheet_by_name("项目").to_python()
    assert len(rows) == COUNT + 1
    assert len(set(book.sheet_names)) == len(book.sheet_names) == 11


def test_numbers_of_the_draft_lead_to_their_projects(changed: Portfolio, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    document: Any = docx.Document(BytesIO(written(changed, "docx", tmp_path)))
    text = "\n".join(
        [paragraph.text for paragraph in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )
    traces = dict(re.findall(r"^\[(\d+)\] (.*)$", text, re.MULTILINE))
    used = re.findall(r"(\d+) \[(\d+)\]", text)
    assert {mark for _, mark in used} == set(traces)
    for number, mark in used:
        assert int(number) == len(traces[mark].rpartition("：")[2].split("、"))
    assert "2021年第二季度" in text
    for project in changed.projects.iter_rows(named=True):  # numbers alone say nothing to a reader
        assert f"{project['project']} {project['name']}（" in text
    invested = changed.projects.filter(pl.col("total_investment").is_not_null()).height
    assert f"万元（{invested} [" in text
    began = changed.projects.filter(pl.col("started").str.slice(0, 7).is_in(["2021-04", "2021-05", "2021-06"])).height
    assert re.search(rf"本期开工 {began}\b", text)
    assert "数据文件、阶段 未写明 → 竣工" in text
    with_projects = set(changed.projects["city_name"])
    without = re.search("没有项目的城市：(.*)。", text)
    assert without is not None
    assert with_projects.isdisjoint(without[1].split("、"))


def test_a_file_that_cannot_be_written_is_left_as_it_was(checked: Portfolio, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write(checked, "html", tmp_path / "nowhere" / "out.html")
    with pytest.raises(UsageError):
        write(checked, "pdf", tmp_path / "out.pdf")
    assert list(tmp_path.iterdir()) == []


def test_the_command(province: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["portfolio", str(province), "--pack", "renewal-project", "--jobs", "1", "--lang", "zh"]
    page = tmp_path / "out.html"
    store = ["--store", str(tmp_path / "store"), "--period", "2021Q2"]
    assert run([*common, *store, "--report", f"html={page}", "--fail-on", "never"]) == 0
    assert page.is_file()
    assert f"{COUNT} 个项目" in capsys.readouterr().out
    assert run([*common, "--fail-on", "info", "--format", "json"]) == 1
    assert orjson.loads(capsys.readouterr().out)["portfolio_version"] == 1


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["{there}", "--period", "2021Q7", "--store", "s"], 2),
        (["{there}", "--period", "2021Q2"], 2),
        (["{there}", "--report", "pdf=x.pdf"], 2),
        (["{there}", "--jobs", "0"], 2),
        (["{there}", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:1"], 2),
        (["{there}"], 3),
        (["{there}/nowhere"], 3),
    ],
)
def test_wrong_use_is_one_sentence(
    arguments: list[str], status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [argument.replace("{there}", str(tmp_path)) for argument in arguments]
    assert run(["portfolio", *given]) == status
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
