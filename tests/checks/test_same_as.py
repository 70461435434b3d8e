"""same_as: found and expected are told apart; who lacks either is not asked."""

from __future__ import annotations

import numpy as np
import polars as pl

from cimkit.checks.same_as import judge
from cimkit.facts.demand import everything
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.rules.conditions import Property
from cimkit.rules.values_reading import folded
from cimkit.run.evaluation import Evaluation


def asked(
    left: list[object], right: list[object], tolerance: float | None = None
) -> tuple[list[bool], list[bool], pl.DataFrame]:
    frame = pl.DataFrame({"a": left, "b": right}, strict=False)
    context = Evaluation(facts_of_layers([Layer("x", frame)], everything(), format="csv", name="x"))
    options = {side: Property(set=None, name=folded(name)) for side, name in (("left", "a"), ("right", "b"))}
    outcome = judge(context, np.ones(len(left), bool), {**options, "tolerance": tolerance})
    assert outcome.asked is not None
    rows = outcome.explain(np.flatnonzero(outcome.failed).astype(np.int32)) if outcome.failed.any() else pl.DataFrame()
    return outcome.failed.tolist(), outcome.asked.tolist(), rows


def test_numbers_within_the_tolerance_are_the_same() -> None:
    failed, was_asked, rows = asked([1.0, 1.05, None], [1.0, 1.2, 1.0], 0.1)
    assert failed == [False, True, False]
    assert was_asked == [True, True, False]
    assert rows.select("found", "expected").row(0) == ("1.05", "1.2")


def test_texts_are_compared_folded() -> None:
    failed, _, _ = asked(["甲　乙", "Ａ1", "b"], ["甲乙", "a1", "c"])
    assert failed == [False, False, True]


def test_without_one_of_the_columns_nobody_is_asked() -> None:
    frame = pl.DataFrame({"a": [1.0]})
    context = Evaluation(facts_of_layers([Layer("x", frame)], everything(), format="csv", name="x"))
    options = {side: Property(set=None, name=folded(name)) for side, name in (("left", "a"), ("right", "b"))}
    outcome = judge(context, np.ones(1, bool), options)
    assert outcome.asked is not None
    assert not outcome.asked.any()
