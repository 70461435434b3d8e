"""Many projects: the same portfolio whoever checks them, only what changed again, and what can be wrong with them."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cimkit.errors import PackError, SourceError, UsageError
from cimkit.projects.portfolio import checking, entry
from cimkit.projects.portfolio.checking import check_portfolio, projects_below
from cimkit.projects.portfolio.entry import Options, failed_entry
from cimkit.projects.portfolio.model import Portfolio
from cimkit.projects.portfolio.tables import COLUMNS, digest_of, tables_of
from cimkit.run.cache import AnswerCache
from cimkit.run.crews import processes
from cimkit.run.fleet import DIED, Failure
from tests.portfolio.conftest import COUNT, OPTIONS

FORM = "number: {number}\nname: 【合成】试验\ncity: '210100'\nkinds: [公园绿地]\nstage: 竣工\n"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the folders that were really checked."""
    names: list[str] = []
    real = entry.ProjectCheck.__call__

    def noted(self: entry.ProjectCheck, folder: str) -> dict[str, Any]:
        names.append(Path(folder).name)
        return real(self, folder)

    monkeypatch.setattr(entry.ProjectCheck, "__call__", noted)
    return names


def project(folder: Path, number: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "project.yaml").write_text(FORM.format(number=number), encoding="utf-8")
    return folder


def test_the_tables_hold_every_project(checked: Portfolio) -> None:
    assert list(checked.tables) == list(COLUMNS)
    assert checked.projects.height == COUNT
    assert checked.projects["project"].to_list() == checked.projects["number"].to_list()
    assert checked.projects["error"].null_count() == COUNT
    assert checked.tables["results"].height > COUNT
    assert checked.projects["missing"].sum() == checked.tables["missing"].height
    assert checked.faults == []


def test_many_entries_make_the_tables_that_few_make() -> None:
    entries = [(f"p{number}", {**failed_entry("x", None, "en"), "number": number % 240}) for number in range(1, 251)]
    numbers = [str(entry["number"]) if entry["number"] else None for _, entry in entries]
    tables = tables_of(iter(entries), numbers)
    assert tables["projects"]["folder"].to_list() == [folder for folder, _ in entries]
    once = [
        folder if not number or numbers.count(number) > 1 else number
        for (folder, _), number in zip(entries, numbers, strict=True)
    ]
    assert tables["projects"]["project"].to_list() == once


def test_processes_and_threads_give_the_same(province: Path, checked: Portfolio) -> None:
    spawned = check_portfolio(province, options=OPTIONS, crew=processes(2))
    assert digest_of(spawned.tables) == digest_of(checked.tables)
    few = Path(spawned.projects["folder"][0]).parent
    with ThreadPoolExecutor(2) as executor:
        threads = check_portfolio(province / few, options=OPTIONS, executor=executor)
    rows = spawned.projects.filter(spawned.projects["folder"].str.starts_with(f"{few}/"))
    assert threads.projects.drop("folder").equals(rows.drop("folder"))


def test_what_has_not_changed_is_not_asked_again(
    province: Path, projects: list[Path], checked: Portfolio, kept: AnswerCache, asked: list[str]
) -> None:
    again = check_portfolio(province, options=OPTIONS, cache=kept)
    assert asked == []
    assert digest_of(again.tables) == digest_of(checked.tables)
    (projects[3] / "立项批复.txt").write_text("另一份", encoding="utf-8")
    shutil.rmtree(projects[5])
    changed = check_portfolio(province, options=OPTIONS, cache=kept)
    assert asked == [projects[3].name]
    assert changed.projects.height == COUNT - 1


def test_other_questions_are_asked_again(tmp_path: Path, asked: list[str]) -> None:
    kept = AnswerCache(tmp_path / "cache")
    folder = project(tmp_path / "all" / "a", "A-1")
    options = [
        OPTIONS,
        Options(packs=("renewal-project",), lang="en"),
        Options(packs=("renewal-project",), stage="规划"),
    ]
    for option in [*options, *options]:
        check_portfolio(folder.parent, options=option, cache=kept)
    assert len(asked) == len(options)
    (tmp_path / "all" / "cimcheck.yaml").write_text("stage: 施工图\n", encoding="utf-8")
    check_portfolio(folder.parent, options=OPTIONS, cache=kept)
    assert len(asked) == len(options) + 1


def test_another_pack_is_another_question(tmp_path: Path, asked: list[str]) -> None:
    standards = Path(__file__).resolve().parents[2] / "standards"
    pack = tmp_path / "mine"
    shutil.copytree(standards / "renewal-project", pack, ignore=shutil.ignore_patterns("cases"))
    kept, options = AnswerCache(tmp_path / "cache"), Options(packs=(str(pack),))
    folder = project(tmp_path / "all" / "a", "A-1")
    for _ in range(2):
        check_portfolio(folder.parent, options=options, cache=kept)
    assert len(asked) == 1
    with (pack / "parameters.yaml").open("a", encoding="utf-8") as file:
        file.write("\n")
    check_portfolio(folder.parent, options=options, cache=kept)
    assert len(asked) == 2


def test_an_interrupted_run_resumes(
    province: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[str]
) -> None:
    kept = AnswerCache(tmp_path / "cache")

    def stop(done: int, total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_portfolio(province, options=OPTIONS, cache=kept, progress=stop)
    before = len(asked)
    assert before == 5
    check_portfolio(province, options=OPTIONS, cache=kept)
    assert len(asked) == COUNT


def test_two_projects_with_one_number_are_told_and_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        project(tmp_path / name, "A-1" if name < "c" else "A-2")
    portfolio = check_portfolio(tmp_path, options=OPTIONS)
    (fault,) = portfolio.faults
    assert (fault.kind, fault.what, fault.places) == ("number_twice", "A-1", ("a", "b"))
    assert portfolio.projects["project"].to_list() == ["a", "b", "A-2"]
    assert "A-1" in fault.message("zh")
    assert portfolio.status("error") == 1


def test_a_project_inside_a_project_is_no_project_of_its_own(tmp_path: Path) -> None:
    project(tmp_path / "outer", "A-1")
    project(tmp_path / "outer" / "inner", "A-2")
    _, folders, faults = projects_below(tmp_path)
    assert [folder.name for folder in folders] == ["outer"]
    assert faults == []  # the outer project's own report tells it
    _, folders, faults = projects_below([tmp_path / "outer", tmp_path / "outer" / "inner"])
    assert [folder.name for folder in folders] == ["outer"]
    assert [fault.kind for fault in faults] == ["nested"]


def test_a_pattern_chooses(tmp_path: Path) -> None:
    for city in ("x", "y"):
        for name in ("2020-1", "2021-1"):
            project(tmp_path / city / name, f"{city}{name}")
    root, folders, _ = projects_below(str(tmp_path / "*" / "2021-*"))
    assert [folder.relative_to(root).as_posix() for folder in folders] == ["x/2021-1", "y/2021-1"]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (Options(packs=("no-such-pack",)), PackError),
        (Options(stage="no such stage"), UsageError),
        (Options(settings="nowhere.yaml"), PackError),
        (Options(ids=("nowhere.ids",)), UsageError),
    ],
)
def test_what_is_wrong_for_all_is_refused_at_once(
    tmp_path: Path, options: Options, error: type[Exception], asked: list[str]
) -> None:
    project(tmp_path / "a", "A-1")
    with pytest.raises(error):
        check_portfolio(tmp_path, options=options)
    assert asked == []


def test_a_folder_without_projects(tmp_path: Path) -> None:
    for where in (tmp_path, tmp_path / "nowhere", tmp_path / "*"):
        with pytest.raises(SourceError):
            check_portfolio(where)


def test_sick_projects_are_in_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path / "well", "A-1")
    sick = project(tmp_path / "sick", "A-2")
    (sick / "project.yaml").write_text("number: [\n", encoding="utf-8")
    settings = project(tmp_path / "settings", "A-3")
    (settings / "cimcheck.yaml").write_text("stage: [1, 2\n", encoding="utf-8")
    broken = project(tmp_path / "broken", "A-4")
    real = entry.ProjectCheck.__call__

    def fails(self: entry.ProjectCheck, folder: str) -> dict[str, Any]:
        if Path(folder) == broken.resolve():
            raise RuntimeError("a fault of cimkit")
        return real(self, folder)

    monkeypatch.setattr(checking.ProjectCheck, "__call__", fails)
    portfolio = check_portfolio(tmp_path, options=OPTIONS)
    status = dict(portfolio.projects.select("folder", "status").iter_rows())
    assert status == {"broken": 4, "settings": 2, "sick": 3, "well": 0}
    assert portfolio.projects.filter(portfolio.projects["folder"] != "well")["error"].null_count() == 0
    assert portfolio.status() == 4


def test_a_worker_that_died_is_in_the_report() -> None:
    lost = failed_entry("/x/y", Failure(DIED, ""), "zh")
    tables = tables_of([("y", lost)], [None])
    assert tables["projects"].select("project", "verdict", "status").row(0) == ("y", "blocked", 4)
    assert "y" in tables["projects"]["error"][0]
