"""A project that others look at, whose answers are kept, and of which not all is looked at."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from cimkit.errors import UsageError
from cimkit.projects.project import check_project
from cimkit.report.formats.json import to_dict
from cimkit.report.model import Report
from cimkit.run import keeping, looking
from cimkit.run.cache import AnswerCache
from cimkit.run.crews import of_executor
from tests.projects.projects import BLOCK, FORM, findings, folder, geojson, model, red_line, result, ring

DETAILED = FORM + (
    "red_line: redline.geojson\n"
    "buildings:\n"
    "  - {code: B1, name: 1号楼, area: 900}\n"
    "  - {code: B2, name: 2号楼, area: 900}\n"
)


def detailed(root: Path, form: str = DETAILED) -> Path:
    """A project whose layer lacks a building, and gives another area and place to one."""
    west, south, _, _ = BLOCK
    layer = geojson([(ring(west - 1, south, west - 0.999, south + 0.001), {"楼栋编号": "B1", "建筑面积": 800})])
    files = {
        "redline.geojson": red_line(),
        "房屋建筑.geojson": layer,
        "建筑.ifc": model(),
        "结构.ifc": model(east=41535800.0),
    }
    return folder(root, form, files)


def told(report: Report) -> Any:
    """All that a report says, but when."""
    return {key: value for key, value in to_dict(report).items() if key != "created"}


class Abroad(Executor):
    """Does a task as another process would: what goes there and comes back is nothing but bytes."""

    def __init__(self) -> None:
        self.done = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.done += 1
        task, given = pickle.loads(pickle.dumps((fn, args)))  # noqa: S301 - our own bytes
        future: Future[Any] = Future()
        future.set_result(pickle.loads(pickle.dumps(task(*given, **kwargs))))  # noqa: S301 - our own bytes
        return future


def test_a_project_says_the_same_whoever_looks_at_its_sources(tmp_path: Path) -> None:
    place = detailed(tmp_path)
    alone = check_project(place, packs=["renewal-project"])
    abroad = Abroad()
    with_others = check_project(place, packs=["renewal-project"], crew=of_executor(abroad))
    assert abroad.done == 4
    assert told(with_others) == told(alone)
    for code in ("RNP-AGR-003", "RNP-MOD-004", "RNP-POS-001"):
        assert findings(alone, code), code


def test_answers_of_a_projects_sources_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_WORTH_KEEPING", 0)
    place, cache = detailed(tmp_path / "p"), AnswerCache(tmp_path / "kept")

    def asked() -> Report:
        return check_project(place, packs=["renewal-project"], cache=cache)

    read: list[str] = []
    reader = looking.read_facts
    monkeypatch.setattr(
        looking, "read_facts", lambda source, *given: (read.append(source.name), reader(source, *given))[1]
    )
    first = asked()
    assert len(read) == 4
    again = asked()
    assert len(read) == 4
    assert told(again) == told(first)

    (place / "project.yaml").write_text(
        DETAILED + "deliverables:\n  - {path: 建筑.ifc, discipline: 电气}\n", encoding="utf-8"
    )
    changed = asked()
    assert changed.project is not None
    assert [each["discipline"] for each in changed.project["models"]] == ["电气", "结构"]


def test_what_was_not_looked_at_is_not_compared(tmp_path: Path) -> None:
    report = check_project(detailed(tmp_path), packs=["renewal-project"], depth="structure")
    assert str(result(report, "RNP-AGR-003").verdict) == "not-applicable"
    assert [source.facts.get("depth", {}).get("depth") for source in report.sources] == [*["structure"] * 4, None]
    assert report.project is not None
    assert [each["discipline"] for each in report.project["models"]] == ["建筑", "结构"]
    assert report.project["present"]["building-layer"]


def test_a_depth_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        check_project(folder(tmp_path), depth="deep")
