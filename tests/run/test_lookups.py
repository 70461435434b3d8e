"""Tables that refer to each other and lie in files of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from cimkit.api import check_sources
from cimkit.report.model import Report, Result
from cimkit.run import keeping, looking
from cimkit.run.cache import AnswerCache
from cimkit.run.lookups import Lookups

STATIONS = "热力站编号,热源编号,供热面积\nS1,Q1,300\nS2,Q9,500\n"
SOURCES = "热源编号,名称\nQ1,甲\n"
USERS = "用户编号,热力站编号,供热面积\nU1,S1,100\nU2,S1,200\nU3,S7,50\n"
ALL = {"热力站.csv": STATIONS, "热源.csv": SOURCES, "热用户.csv": USERS}


def folder(root: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


def asked(root: Path, cache: AnswerCache | None = None) -> Report:
    return check_sources([root], packs=["ln-renewal-heating"], select=["HEA-STN", "HEA-NET"], cache=cache)


def result(report: Report, code: str) -> Result:
    return next(each for each in report.results if each.code == code)


def found(report: Report, code: str) -> list[tuple[str | None, str | None]]:
    return [(finding.subject and finding.subject.locator, finding.found) for finding in result(report, code).findings]


def test_references_and_sums_are_judged_across_files(tmp_path: Path) -> None:
    report = asked(folder(tmp_path, ALL))
    assert found(report, "HEA-STN-002") == [("热力站:3", "Q9")]
    assert found(report, "HEA-STN-003") == [("热用户:4", "S7")]
    assert found(report, "HEA-STN-004") == [("热力站:3", "S2")]
    assert found(report, "HEA-STN-005") == [("热力站:3", "0")]
    told = result(report, "HEA-STN-003")
    assert (told.applicable, told.failed) == (3, 1)
    places = [source.path.rpartition("/")[2] for source in report.sources]
    failing = [place for place, (verdict, *_) in zip(places, told.by_source, strict=False) if str(verdict) == "failed"]
    assert failing == ["热用户.csv"]


def test_a_table_that_nobody_handed_in_is_not_asked_for(tmp_path: Path) -> None:
    report = asked(folder(tmp_path, {"热用户.csv": USERS, "热源.csv": SOURCES}))
    assert str(result(report, "HEA-STN-003").verdict) == "not-applicable"


def test_a_table_in_two_files_is_one(tmp_path: Path) -> None:
    """Each district hands in its own stations and users; a user may hang on the other's station."""
    districts = {
        "a/热力站.csv": "热力站编号,热源编号\nS1,Q1\n",
        "b/热力站.csv": "热力站编号,热源编号\nS7,Q1\n",
        "热用户.csv": USERS,
        "热源.csv": SOURCES,
    }
    report = asked(folder(tmp_path, districts))
    told = result(report, "HEA-STN-003")
    assert (str(told.verdict), told.applicable) == ("passed", 3)


def test_a_table_handed_in_twice_is_not_added_up(tmp_path: Path) -> None:
    users = "用户编号,热力站编号,供热面积\nU1,S1,300\nU3,S2,500\n"
    twice = {"热力站.csv": STATIONS, "a/热用户.csv": users, "b/热用户.csv": users}
    assert found(asked(folder(tmp_path / "whole", twice)), "HEA-STN-005") == []
    halves = {
        "热力站.csv": STATIONS,
        "a/热用户.csv": users,
        "b/热用户.csv": "用户编号,热力站编号,供热面积\nU4,S2,1\nU5,S1,2\n",
    }
    assert found(asked(folder(tmp_path / "b", halves)), "HEA-STN-005") == []
    wrong = {**halves, "a/热用户.csv": users.replace("500", "400")}
    assert found(asked(folder(tmp_path / "c", wrong)), "HEA-STN-005") == [("热力站:3", "401")]


def test_a_rule_of_two_references_finds_each_of_them(tmp_path: Path) -> None:
    pipes = "管段编号,热源编号,热力站编号\nP1,Q1,S1\nP2,Q8,S8\n"
    alone = asked(folder(tmp_path / "a", {"热网.csv": pipes, "热源.csv": SOURCES}))
    assert [value for _, value in found(alone, "HEA-NET-001")] == ["Q8"]
    both = result(asked(folder(tmp_path / "b", {**ALL, "热网.csv": pipes})), "HEA-NET-001")
    assert [finding.found for finding in both.findings] == ["Q8", "S8"]
    assert (both.applicable, both.failed) == (2, 1)


def test_what_a_file_left_is_kept_with_its_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_WORTH_KEEPING", 0)
    place, cache = folder(tmp_path / "p", ALL), AnswerCache(tmp_path / "kept")
    first = asked(place, cache)
    (place / "热源.csv").write_text(SOURCES + "Q9,乙\n", encoding="utf-8")
    read: list[str] = []
    reader = looking.read_facts
    monkeypatch.setattr(
        looking, "read_facts", lambda source, *given: (read.append(source.name), reader(source, *given))[1]
    )
    again = asked(place, cache)
    assert [name.rpartition("/")[2] for name in read] == ["热源.csv"]
    assert found(again, "HEA-STN-002") == []
    for code in ("HEA-STN-003", "HEA-STN-004", "HEA-STN-005"):
        assert found(again, code) == found(first, code)


def test_what_is_left_can_be_written(tmp_path: Path) -> None:
    left: list[Lookups] = []
    take = Lookups.join

    def join(self: Lookups, other: Lookups) -> None:
        left.append(other)
        take(self, other)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lookups, "join", join)
        asked(folder(tmp_path, ALL))
    for index, each in enumerate(left):
        told = json.loads(json.dumps(each.told()))
        assert Lookups.of_told(told, index).told() == each.told()
    assert any(each.left for each in left)
