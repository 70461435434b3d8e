"""heights_agree: a constant offset fails, scattered differences and too few cells do not."""

from __future__ import annotations

import numpy as np
import orjson
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from cimkit.checks.heights_agree import judge
from cimkit.facts.demand import everything
from cimkit.facts.frames import Layer, facts_of_layers
from cimkit.readers.height_cells import CELL, HeightCells, cells_text
from cimkit.rules.conditions import Property
from cimkit.rules.values_reading import folded
from cimkit.run.evaluation import Evaluation


def cells(heights: list[float]) -> str:
    return orjson.dumps([[number, 0, height] for number, height in enumerate(heights)]).decode()


def asked(left: str | None, right: str | None) -> tuple[bool, bool, str | None]:
    frame = pl.DataFrame({"a": [left], "b": [right]}, schema={"a": pl.String, "b": pl.String})
    context = Evaluation(facts_of_layers([Layer("x", frame)], everything(), format="csv", name="x"))
    options = {side: Property(set=None, name=folded(name)) for side, name in (("left", "a"), ("right", "b"))}
    outcome = judge(context, np.ones(1, bool), {**options, "max": 2})
    assert outcome.asked is not None
    failed = np.flatnonzero(outcome.failed).astype(np.int32)
    return bool(outcome.asked[0]), bool(len(failed)), outcome.explain(failed)["found"][0] if len(failed) else None


def test_a_constant_offset_fails() -> None:
    low = [50.0, 51, 52, 53, 54, 55]
    assert asked(cells([height + 9.5 for height in low]), cells(low)) == (True, True, "9.50 m")


def test_equal_heights_and_scattered_differences_do_not() -> None:
    low = [50.0, 51, 52, 53, 54, 55]
    assert asked(cells(low), cells(low)) == (True, False, None)
    assert asked(cells([60.0, 90, 55, 120, 54, 300]), cells(low)) == (True, False, None)


def test_too_few_cells_and_no_cells_are_not_asked() -> None:
    assert asked(cells([60.0] * 4), cells([50.0] * 4))[0] is False
    assert asked(None, cells([50.0] * 9))[0] is False
    assert asked("{", "[[1]]")[0] is False


@given(st.integers(0, 2000), st.floats(-100, 100))
def test_two_data_sets_of_one_place_keep_the_same_cells(count: int, offset: float) -> None:
    column = np.arange(count)
    one, other = HeightCells(), HeightCells()
    one.add(column * CELL + 1, column * 0.0, column * 1.0)
    other.add(column[: count // 2] * CELL + 9, column[: count // 2] * 0.0, column[: count // 2] + offset)
    first, second = (orjson.loads(cells_text(each.means()) or "[]") for each in (one, other))
    assert len(first) <= 400
    if len(first) >= 5 and count >= 100:
        assert {tuple(row[:2]) for row in first} & {tuple(row[:2]) for row in second}
