"""fresh: the latest day counts, against a day that is given; who gives none is not asked."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from cimkit.checks.fresh import judge
from cimkit.facts.demand import everything
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.rules.conditions import Property
from cimkit.rules.values_reading import folded
from cimkit.run.evaluation import Evaluation


def asked(
    rows: list[tuple[str | None, str | None]], as_of: str, years: float | None
) -> tuple[list[bool], list[str | None]]:
    frame = pl.DataFrame(rows, schema={"生产日期": pl.String, "更新日期": pl.String}, orient="row")
    context = Evaluation(facts_of_layers([Layer("x", frame)], everything(), format="csv", name="x"))
    operands = tuple(Property(set=None, name=folded(name)) for name in frame.columns)
    outcome = judge(context, np.ones(len(rows), bool), {"operands": operands, "as_of": as_of, "max_years": years})
    assert outcome.asked is not None
    failed = np.flatnonzero(outcome.failed).astype(np.int32)
    reasons = outcome.explain(failed)["reason"].to_list() if len(failed) else []
    return outcome.asked.tolist(), [reasons.pop(0) if each else None for each in outcome.failed.tolist()]


def test_the_latest_day_counts() -> None:
    days = [("2010-01-01", "2023年6月1日"), ("2019-05-05", None), (None, "20270101"), (None, "去年"), (None, None)]
    was_asked, reasons = asked(days, "2024-05-06", 5)
    assert was_asked == [True, True, True, False, False]
    assert reasons == [None, "day_stale", "day_ahead", None, None]


def test_without_an_age_only_days_ahead_fail() -> None:
    assert asked([("1950-01-01", None)], "2024-05-06", None)[1] == [None]


@pytest.mark.parametrize("as_of", ["", "some day"])
def test_nobody_is_asked_where_the_day_is_none(as_of: str) -> None:
    assert asked([("2020-01-01", None)], as_of, 5)[0] == [False]
