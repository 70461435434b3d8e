"""Rings and polygons, each fault by the smallest polygon that has it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cimkit.checks.geometry.codes import Tolerances
from cimkit.checks.geometry.validate import validate_multi_surface
from tests.geometry.shapes import moved, rotation_of

SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]


def faults(*rings: list, closing_point: bool = False, **tolerances: float) -> list[int]:
    polygon = [[(*point, 0.0) if len(point) == 2 else point for point in ring] for ring in rings]
    found = validate_multi_surface([polygon], closing_point=closing_point, tolerances=Tolerances(**tolerances))
    return [fault.code for fault in found]


def hole(x: float, y: float, size: float) -> list[tuple[float, float]]:
    return [(x, y), (x, y + size), (x + size, y + size), (x + size, y)]


@pytest.mark.parametrize(
    ("rings", "code"),
    [
        ([SQUARE], None),
        ([SQUARE, hole(2, 2, 3)], None),
        ([SQUARE, hole(2, 2, 2), hole(4, 4, 2)], None),  # holes touch in a point
        ([SQUARE, [(0, 5), (3, 6), (3, 4)]], None),  # the hole touches the exterior ring in a point
        ([[(0, 0), (10, 0)]], 101),
        ([[(0, 0), (10, 0), (10, 0.0004), (0, 10)]], 102),
        ([[(0, 0), (10, 0), (10, 10), (0, 0)]], 102),  # no closing point is expected here
        ([[(0, 0), (10, 10), (10, 0), (0, 10)]], 104),
        ([[(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)]], 104),  # touches its own edge
        ([[(0, 0), (10, 0), (10, 10), (14, 14), (10, 10), (0, 10)]], 104),  # a spike
        ([[(0, 0), (10, 0), (4, 0)]], 105),
        ([[(0, 0), (10, 0), (0, 0), (10, 0)]], 105),
        ([SQUARE, hole(8, 8, 4)], 201),
        ([SQUARE, hole(7, 7, 3)], 201),  # shares a piece of edge
        ([SQUARE, hole(2, 2, 4), hole(4, 4, 4)], 201),
        ([SQUARE, [(10, 5), (12, 6), (12, 4)]], 201),  # outside, but touching
        ([SQUARE, hole(2, 2, 3), hole(2, 2, 3)[2:] + hole(2, 2, 3)[:2]], 202),
        ([SQUARE, SQUARE[::-1]], 202),
        ([SQUARE, [(0, 5), (5, 10), (10, 5), (5, 0)]], 205),
        ([SQUARE, hole(20, 2, 3)], 206),
        ([SQUARE, hole(2, 2, 6), hole(4, 4, 2)], 207),
        ([SQUARE, hole(2, 2, 3)[::-1]], 208),
    ],
)
def test_each_fault_has_its_number(rings: list, code: int | None) -> None:
    assert faults(*rings) == ([] if code is None else [code])


def test_rings_that_should_close() -> None:
    assert faults([*SQUARE, (0, 0)], closing_point=True) == []
    assert faults([*SQUARE, (0.0003, 0)], closing_point=True) == []
    assert faults(SQUARE, closing_point=True) == [103]
    assert faults([(0, 0), (5, 0), (0, 0)], closing_point=True) == [101]


def test_planarity_is_measured_from_the_fitted_plane() -> None:
    def lifted(by: float) -> list:
        return [(0, 0, 0), (10, 0, 0), (10, 10, by), (0, 10, 0)]

    assert faults(lifted(0.039)) == []  # a quarter of it is what each corner is off
    assert faults(lifted(0.041)) == [203]
    assert faults(lifted(0.041), planarity=0.02) == []


def test_a_fold_too_small_for_the_distance_is_found_by_its_angle() -> None:
    fold = [
        (0, 0, 0),
        (1, 0, 0),
        (1, 0.49, 0.004),
        (1, 0.5, -0.004),
        (1, 1, 0),
        (0, 1, 0),
        (0, 0.5, -0.004),
        (0, 0.49, 0.004),
    ]
    assert faults(fold) == [204]
    assert faults(fold, normals=60.0) == []


POINTS = st.tuples(st.integers(-50, 50), st.integers(-50, 50))


@settings(max_examples=50)
@given(st.lists(POINTS, min_size=3, max_size=9), st.integers(0, 8), st.booleans())
def test_where_a_ring_starts_and_which_way_it_runs_does_not_matter(ring: list, start: int, backwards: bool) -> None:
    start %= len(ring)
    turned = ring[start:] + ring[:start]
    assert faults(turned[::-1] if backwards else turned) == faults(ring)


@settings(max_examples=50)
@given(
    st.lists(POINTS, min_size=3, max_size=8),
    st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda turn: np.linalg.norm(turn) > 0.1),
)
def test_how_a_polygon_lies_in_space_does_not_matter(ring: list, turn: tuple[float, ...]) -> None:
    flat = [[[[(float(x), float(y), 0.0) for x, y in ring]]]]
    (turned,) = moved(flat, rotation_of(turn), [6000.0, -300.0, 20.0])
    found = [fault.code for fault in validate_multi_surface(turned, closing_point=False)]
    assert found == faults(ring)


def test_a_polygon_without_rings_has_too_few_points() -> None:
    assert [fault.code for fault in validate_multi_surface([[]])] == [101]
    assert faults([]) == [101]


def test_coordinates_are_numbers() -> None:
    with pytest.raises(ValueError, match="finite"):
        faults([(0, 0), (float("nan"), 0), (1, 1)])
