"""A check by several processes, or with kept answers, gives the report that it gives without."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import cimkit
from cimkit.api import check_sources
from cimkit.errors import UsageError
from cimkit.report.formats import render
from cimkit.run import cache as caching
from cimkit.run import keeping, looking, looks
from cimkit.run.cache import AnswerCache, key_of
from cimkit.run.crews import processes

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
MODELS = [str(SAMPLES / name) for name in ("renewal-block.ifc", "renewal-block-faults.ifc")]


#: One small pack: these tests are about what happens around a check.
PACKS = ["ifc-basics"]


def said(report: cimkit.Report) -> dict[str, Any]:
    return {**report.to_dict(), "created": None}


def test_processes_give_the_same_report(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ifc"
    broken.write_bytes(b"ISO-10303-21;\nHEADER;\n")
    sources = [*MODELS, str(broken), str(tmp_path / "nowhere.ifc")]
    assert said(check_sources(sources, crew=processes(2))) == said(check_sources(sources))


def test_a_kept_answer_gives_the_same_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_WORTH_KEEPING", 1)
    kept = AnswerCache(tmp_path / "cache")
    first = check_sources(MODELS, cache=kept, packs=PACKS)
    assert kept.extent()[0] == len(MODELS)
    asked: list[int] = []
    look = looking.Look.__call__
    monkeypatch.setattr(looking.Look, "__call__", lambda self, task: asked.append(task[0]) or look(self, task))
    again = check_sources(MODELS, cache=kept, packs=PACKS)
    assert asked == []
    assert said(again) == said(first)
    again.created = first.created  # the minute may have passed
    assert [render(again, form) for form in ("text", "markdown")] == [
        render(first, form) for form in ("text", "markdown")
    ]
    turned = check_sources(MODELS[::-1], cache=kept, packs=PACKS)  # an answer does not depend on the other sources
    assert asked == []
    assert said(turned) == said(check_sources(MODELS[::-1], packs=PACKS))


def test_of_a_source_alone_no_answer_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_WORTH_KEEPING", 1)
    kept = AnswerCache(tmp_path / "cache")
    check_sources(MODELS[:1], cache=kept, packs=PACKS)
    assert kept.extent()[0] == 0


def test_what_changed_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "_FEWEST_KEPT", 1)
    monkeypatch.setattr(keeping, "_WORTH_KEEPING", 1)
    kept = AnswerCache(tmp_path / "cache")
    model = tmp_path / "m.ifc"
    content = Path(MODELS[0]).read_bytes()
    model.write_bytes(content)
    options: list[dict[str, Any]] = [
        {},
        {"lang": "en"},
        {"stage": "竣工"},
        {"ignore": ["IFB-"]},
        {"packs": []},
        {"settings": tmp_path / "s.yaml"},
    ]
    (tmp_path / "s.yaml").write_text("regrade: {}\n", encoding="utf-8")
    for count, option in enumerate(options, start=1):
        check_sources([str(model)], cache=kept, **{"packs": PACKS, **option})
        assert kept.extent()[0] == count, option
    model.write_bytes(content + b"\n")
    check_sources([str(model)], cache=kept, packs=PACKS)
    assert kept.extent()[0] == len(options) + 1


def test_a_damaged_or_unwritable_cache_costs_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "_FEWEST_KEPT", 1)
    monkeypatch.setattr(keeping, "_WORTH_KEEPING", 1)
    kept = AnswerCache(tmp_path / "cache")
    expected = said(check_sources(MODELS[:1], cache=kept, packs=PACKS))
    (path,) = kept.folder.glob("*/*.json")
    for damage in (b"", b'{"summary": 3', b"[]", b'{"summary": {}, "people": null, "judgements": []}'):
        path.write_bytes(damage)
        assert said(check_sources(MODELS[:1], cache=kept, packs=PACKS)) == expected
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    assert said(check_sources(MODELS[:1], cache=AnswerCache(blocked), packs=PACKS)) == expected


def test_a_full_disk_keeps_nothing_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = AnswerCache(tmp_path)

    opened = Path.open

    @contextmanager
    def full(self: Path, *how: str) -> Iterator[Any]:
        with opened(self, *how) as file:

            def write(content: bytes) -> int:
                file.write(content[:3])
                raise OSError(28, "No space left on device")

            yield SimpleNamespace(write=write)

    monkeypatch.setattr(Path, "open", full)
    assert not kept.keep(key_of(a=1), {"b": 2})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_cache_is_bounded_and_can_be_emptied(tmp_path: Path) -> None:
    import os

    kept = AnswerCache(tmp_path, most_bytes=500)
    keys = [key_of(number=number) for number in range(10)]
    for age, key in enumerate(keys):
        assert kept.keep(key, {"text": "x" * 80})
        os.utime(tmp_path / key[:2] / f"{key}.json", (age, age))
    assert kept.find(keys[0]) is not None  # used now: it stays
    assert kept.trim() > 0
    assert kept.extent()[1] <= 500
    assert kept.find(keys[0]) is not None
    assert kept.find(keys[1]) is None
    left = kept.extent()[0]
    assert kept.empty() == left > 0
    assert kept.extent() == (0, 0)


def test_the_cache_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CIMKIT_CACHE", "off")
    assert AnswerCache.usual() is None
    monkeypatch.setenv("CIMKIT_CACHE", str(tmp_path))
    usual = AnswerCache.usual()
    assert usual is not None
    assert usual.folder.parent == tmp_path


def test_another_library_is_another_state(monkeypatch: pytest.MonkeyPatch) -> None:
    caching.cimkit_state.cache_clear()
    before = caching.cimkit_state()
    caching.cimkit_state.cache_clear()
    monkeypatch.setattr(caching, "_version", lambda _: None)
    assert caching.cimkit_state() != before
    caching.cimkit_state.cache_clear()


def test_many_sources_over_an_executor() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        reports = list(cimkit.check_many([*MODELS, "nowhere.ifc"], executor=executor, packs=PACKS))
        assert [report.sources[0].error_key for report in reports] == [None, None, "sources.not_found"]
        with pytest.raises(UsageError):
            list(cimkit.check_many(MODELS, executor=executor, stage="no such stage"))
    with ThreadPoolExecutor(1) as closed:
        pass
    (report,) = cimkit.check_many(MODELS[:1], executor=closed, packs=PACKS)
    assert report.sources[0].error_key == "run.worker_died"
