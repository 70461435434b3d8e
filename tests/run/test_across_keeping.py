"""What is kept for rules across sources says the same when it is read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from cimkit.api import check_sources
from cimkit.facts.model import Facts
from cimkit.report.formats.json import as_bytes, to_dict
from cimkit.report.model import Report
from cimkit.rules.model import Rule
from cimkit.run import across_keeping, keeping, looking
from cimkit.run.across import AcrossRun
from cimkit.run.across_keeping import is_worth_keeping, pairs_read, pairs_written
from cimkit.run.cache import AnswerCache
from tests.cityjson.test_textures import json_of
from tests.run.test_across import (
    ALIKE,
    CODES,
    ELSEWHERE,
    HERE,
    OF_LAYERS,
    OUTLINED,
    OUTLINES,
    heights,
    layer,
    model,
    plane_layer,
    rule,
)

DISTRICT = Path(__file__).parents[2] / "samples" / "city" / "district"


def left_by(index: int, facts: Facts, asked: Rule) -> AcrossRun:
    run = AcrossRun({})
    run.take(index, facts, [asked], "b.gpkg")
    return run


def said(runs: list[AcrossRun]) -> Any:
    whole = AcrossRun({})
    for run in runs:
        whole.join(run)
    told = whole.judged()
    assert not whole.faults
    findings = [
        (each.index, one.verdict, one.applicable, one.failed, one.rows.to_dicts(), each.people.to_dicts())
        for each in told
        for one in each.judgements.values()
    ]
    return findings, whole.maps.views()


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (CODES, [model("210102-08", 6), layer([HERE, ELSEWHERE])]),
        (OUTLINED, [model(None, 7), layer([HERE, ELSEWHERE])]),
        (OUTLINES, [layer([HERE]), layer([{**HERE, "at": (123.4305, 41.8)}])]),
        (OF_LAYERS, [layer([{**HERE, "图层": "道路", "西": 123.0}]), plane_layer("EPSG:4490", (1.0, 2.0, 3.0, 4.0))]),
        (ALIKE, [heights(0.0, 9.0), heights(0.0)]),
    ],
)
def test_what_was_kept_says_the_same(text: str, facts: list[Facts]) -> None:
    asked = rule(text)
    fresh = [left_by(index, each, asked) for index, each in enumerate(facts)]
    kept = [
        pairs_read(orjson.loads(as_bytes(pairs_written(left_by(7, each, asked)))), index, [asked], {})
        for index, each in enumerate(facts)
    ]
    assert said(kept) == said(fresh)
    assert said(fresh)[0]


def test_of_a_rule_that_is_asked_no_more_nothing_is_read() -> None:
    written = pairs_written(left_by(0, layer([HERE]), rule(CODES)))
    with pytest.raises(LookupError):
        pairs_read(written, 0, [], {})


def test_very_many_rows_are_not_worth_keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    left = left_by(0, layer([HERE, ELSEWHERE]), rule(CODES))
    assert is_worth_keeping(left)
    monkeypatch.setattr(across_keeping, "_MOST_ROWS", 1)
    assert not is_worth_keeping(left)


def test_a_delivery_whose_answers_are_kept_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_WORTH_KEEPING", 0)

    def told(report: Report) -> Any:
        return {key: value for key, value in to_dict(report).items() if key != "created"}

    sources = [DISTRICT / "元数据", DISTRICT / "矢量", DISTRICT / "点云"]
    cache = AnswerCache(tmp_path)
    first = told(check_sources(sources, cache=cache))
    read: list[str] = []
    real = looking.read_facts
    monkeypatch.setattr(looking, "read_facts", lambda source, *rest: (read.append(source.name), real(source, *rest))[1])
    assert told(check_sources(sources, cache=cache)) == first
    assert read == []


def test_an_answer_that_depends_on_pictures_beside_a_model_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_WORTH_KEEPING", 0)
    model, cache = tmp_path / "data" / "a.city.json", AnswerCache(tmp_path / "kept")
    model.parent.mkdir()
    model.write_bytes(json_of(["wall.png"]))

    def not_there() -> int:
        report = check_sources([model], packs=["city-basics"], select=["CTB-CJS-064"], cache=cache)
        assert report.sources[0].facts["textures"]["named"] == 1
        return len(report.results[0].findings)

    assert not_there() == 1
    (model.parent / "wall.png").write_bytes(b"x")
    assert not_there() == 0
