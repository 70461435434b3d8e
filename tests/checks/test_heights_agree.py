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
from cimkit.readers.height_cells import CELL, CELL_DEGREES, HeightCells, cells_text, on_the_earth
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


@given(st.integers(0, 9000), st.floats(-100, 100))
def test_two_data_sets_of_one_place_keep_the_same_cells(count: int, offset: float) -> None:
    column = np.arange(count)
    one, other = HeightCells(), HeightCells()
    one.add(column * CELL + 1, column * 0.0, column * 1.0)
    other.add(column[: count // 2] * CELL + 9, column[: count // 2] * 0.0, column[: count // 2] + offset)
    first, second = (orjson.loads(cells_text(each.means()) or "[]") for each in (one, other))
    assert len(first) <= 4000
    if len(first) >= 5 and count >= 100:
        assert {tuple(row[:2]) for row in first} & {tuple(row[:2]) for row in second}


def test_a_small_data_set_within_a_large_one_keeps_cells_in_common_with_it() -> None:
    column, row = (each.ravel() for each in np.meshgrid(np.arange(440), np.arange(440)))
    large, small = HeightCells(1.0), HeightCells(1.0)
    large.add(column + 0.5, row + 0.5, column * 0.0)
    inside = (column < 30) & (row < 30)
    small.add(column[inside] + 0.5, row[inside] + 0.5, column[inside] * 0.0)
    kept = [{tuple(cell[:2]) for cell in orjson.loads(cells_text(each.means()) or "[]")} for each in (large, small)]
    assert len(kept[0]) <= 4000
    assert len(kept[0] & kept[1]) >= 5


def test_the_lowest_height_of_a_cell_is_kept_where_it_is_wanted() -> None:
    place = np.array([1.0, 2.0, 40.0])
    wanted, not_wanted = HeightCells(lowest=True), HeightCells()
    for each in (wanted, not_wanted):
        each.add(place, place, np.array([7.0, 5.0, 9.0]))
        each.add(place[:1], place[:1], np.array([6.0]))
    assert dict(wanted.lows()) == {(0, 0): 5.0, (1, 1): 9.0}
    assert dict(wanted.means()) == {(0, 0): 6.0, (1, 1): 9.0}
    assert not_wanted.lows() == {}


def test_two_plane_systems_meet_on_the_earth() -> None:
    # the same square kilometre at 41.8 N, 121.5 E in the zones of 120 and 123 degrees
    from pyproj import Transformer

    longitude, latitude = np.meshgrid(np.arange(121.5, 121.51, 5e-5), np.arange(41.8, 41.81, 5e-5))
    found = []
    for code in ("EPSG:4549", "EPSG:4550"):
        x, y = Transformer.from_crs("EPSG:4490", code, always_xy=True).transform(longitude.ravel(), latitude.ravel())
        cells = HeightCells()
        cells.add(np.asarray(x), np.asarray(y), np.full(len(x), 30.0))
        found.append(on_the_earth(cells.means(), code, CELL))
    shared = found[0].keys() & found[1].keys()
    assert len(shared) > 0.9 * min(map(len, found)) > 200
    degrees = HeightCells(CELL_DEGREES)
    degrees.add(longitude.ravel(), latitude.ravel(), np.full(longitude.size, 30.0))
    same = on_the_earth(degrees.means(), "EPSG:4490", CELL_DEGREES)
    assert same == degrees.means()
    assert len(same.keys() & found[0].keys()) > 200


def test_nobody_knows_where_cells_of_an_unregistered_system_lie() -> None:
    assert on_the_earth({(0, 0): 1.0}, "a local grid", CELL) == {}
    assert on_the_earth({(0, 0): 1.0}, None, CELL) == {}
    assert on_the_earth({}, "EPSG:4549", CELL) == {}
