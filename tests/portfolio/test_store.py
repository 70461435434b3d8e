"""The results store: runs, changes, frozen periods, and what can be wrong with its folder."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from cimkit.errors import UsageError
from cimkit.projects.portfolio.checking import check_portfolio
from cimkit.projects.portfolio.model import Portfolio
from cimkit.projects.portfolio.periods import days_of, period_named, period_shown
from cimkit.projects.portfolio.store import Store
from cimkit.projects.portfolio.tables import COLUMNS
from cimkit.run.cache import AnswerCache
from tests.portfolio.conftest import COUNT, OPTIONS


def again(portfolio: Portfolio, **changed: object) -> Portfolio:
    return replace(portfolio, **changed)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_is_kept_and_read_back(checked: Portfolio, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    assert store.latest() is None
    assert store.keep(checked)
    before = store.latest()
    assert before is not None
    for table in COLUMNS:
        assert before.tables[table].equals(checked.tables[table]), table
    assert not store.keep(again(checked, created="2030-01-01T00:00:00Z"))  # it says nothing new
    every = pl.read_parquet(str(tmp_path / "store" / "runs" / "*" / "projects.parquet"))
    assert every.height == COUNT
    assert every["run"].n_unique() == 1


def test_the_columns_are_documented(checked: Portfolio, tmp_path: Path) -> None:
    Store(tmp_path).keep(checked)
    told = (tmp_path / "README.md").read_text(encoding="utf-8")
    for table, columns in COLUMNS.items():
        part = told.partition(f"## {table}.parquet")[2].partition("\n## ")[0]
        assert re.findall(r"^\| (\w+) \| \w+ \|", part, re.MULTILINE)[1:] == ["run", *columns]


def test_changes_are_told(
    province: Path, projects: list[Path], checked: Portfolio, kept: AnswerCache, tmp_path: Path
) -> None:
    store = Store(tmp_path / "store")
    assert store.compared(again(checked), None).change is None
    for name in ("立项批复.txt", "用地红线.geojson"):
        (projects[0] / name).unlink(missing_ok=True)
    form = projects[1] / "project.yaml"
    form.write_text(form.read_text(encoding="utf-8").replace("stage:", "# x\nstage:"), encoding="utf-8")
    form = projects[2] / "project.yaml"
    text = re.sub(r"number: \S+", "number: SYN-NEW", form.read_text(encoding="utf-8"))
    form.write_text(text, encoding="utf-8")
    change = store.compared(check_portfolio(province, options=OPTIONS, cache=kept), None).change
    assert change is not None
    assert change.since == checked.created
    assert [row["project"] for row in change.added] == ["SYN-NEW"]
    assert len(change.removed) == 1
    assert {row["folder"] for row in change.revised} >= {projects[1].relative_to(province).as_posix()}


def test_a_frozen_period_stays_and_tells_what_came_late(
    province: Path, projects: list[Path], checked: Portfolio, kept: AnswerCache, tmp_path: Path
) -> None:
    store = Store(tmp_path / "store")
    first = store.compared(again(checked), "2021Q2")
    assert first.period == "2021Q2"
    assert first.late is not None
    assert first.late.is_empty
    before = files(tmp_path / "store" / "periods")
    late = province / "late"
    late.mkdir()
    (late / "project.yaml").write_text(
        "number: LATE-1\nname: 迟到\ncity: '210100'\nkinds: [公园绿地]\nstage: 竣工\n", encoding="utf-8"
    )
    form = projects[0] / "project.yaml"
    form.write_text(
        re.sub(r"total_investment: \S+", "total_investment: 1.0", form.read_text(encoding="utf-8")), encoding="utf-8"
    )
    second = store.compared(check_portfolio(province, options=OPTIONS, cache=kept), "2021Q2")
    assert second.projects.equals(checked.projects)  # the figures are those of the freeze
    assert second.late is not None
    assert [row["project"] for row in second.late.added] == ["LATE-1"]
    revised = {row["folder"]: row for row in second.late.revised}[projects[0].relative_to(province).as_posix()]
    assert "total_investment" in revised["fields"]
    assert revised["values"]["total_investment"][1] == 1.0
    assert files(tmp_path / "store" / "periods") == before


@pytest.mark.parametrize("word", ["2021Q5", "Q2", "2021-13", "zweites", "2021Q2x", "", "../x"])
def test_wrong_periods_are_refused(word: str) -> None:
    with pytest.raises(UsageError):
        period_named(word)


def test_periods() -> None:
    today = date(2021, 5, 3)
    assert [period_named(word, today) for word in ("2021q2", " 2020 ", "2021-05")] == ["2021Q2", "2020", "2021-05"]
    for word in ("2021Q3", "2022", "2021-06"):
        with pytest.raises(UsageError) as error:
            period_named(word, today)
        assert error.value.key == "portfolio.period_to_come"


@pytest.mark.parametrize("damage", ["latest", "run", "parquet", "gone", "file", "no-latest"])
def test_a_store_that_cannot_be_read_says_so(checked: Portfolio, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "store"
    store = Store(folder)
    store.keep(checked)
    (run,) = (folder / "runs").iterdir()
    match damage:
        case "latest":
            (folder / "latest.json").write_bytes(b"{")
        case "run":
            (run / "run.json").write_bytes(b'{"store_version": 99}')
        case "parquet":
            path = run / "results.parquet"
            path.write_bytes(path.read_bytes()[:100])
        case "gone":
            (run / "projects.parquet").unlink()
        case "file":
            store = Store(tmp_path / "plain")
            store.folder.write_bytes(b"not a folder")
        case "no-latest":
            (folder / "latest.json").unlink()
    with pytest.raises(UsageError) as error:
        store.latest()
    assert error.value.key == "portfolio.store_unreadable"
    assert error.value.exit_status == 2


@pytest.mark.parametrize("at", ["parquet", "json", "folder"])
def test_a_full_disk_leaves_the_store_as_it_was(
    checked: Portfolio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    store = Store(tmp_path / "store")
    store.keep(checked)
    before = files(store.folder)
    other = again(checked, tables={**checked.tables, "missing": checked.tables["missing"].head(1)})

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        if at == "parquet":
            patched.setattr(pl.DataFrame, "write_parquet", full)
        elif at == "json":
            patched.setattr(Path, "write_bytes", full)
        else:
            patched.setattr(Path, "mkdir", full)
        with pytest.raises(UsageError) as error:
            store.keep(other)
    assert error.value.key == "portfolio.store_unwritable"
    assert "No space left" in error.value.message("en")
    assert files(store.folder) == before
    assert store.keep(other)


def test_a_full_disk_leaves_nothing_behind(checked: Portfolio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "mine").mkdir()
    monkeypatch.setattr(Path, "write_bytes", full)
    for name in ("store", "mine"):
        with pytest.raises(UsageError) as told:
            Store(tmp_path / name).keep(checked)
        assert os.strerror(errno.ENOSPC) in told.value.message("en")
    assert [path.name for path in tmp_path.rglob("*")] == ["mine"]


@pytest.mark.parametrize(
    ("period", "days", "shown"),
    [
        ("2021Q2", ("2021-04-01", "2021-06-30"), "2021年第二季度"),
        ("2021", ("2021-01-01", "2021-12-31"), "2021年"),
        ("2024-02", ("2024-02-01", "2024-02-29"), "2024年2月"),
    ],
)
def test_days_and_words_of_periods(period: str, days: tuple[str, str], shown: str) -> None:
    assert days_of(period) == days
    assert period_shown(period, "zh") == shown
