"""Shells, solids and composites, each fault by a small solid that has it."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cimkit.checks.geometry.validate import (
    validate,
    validate_composite_solid,
    validate_composite_surface,
    validate_solid,
)
from cimkit.facts.boundaries import Kind, from_coordinates
from tests.geometry.shapes import Shell, box, inverted, moved, prism, rotation_of

HOUSE = box(0, 0, 0, 10, 10, 10)
ELL = prism([(0, 0), (10, 0), (10, 4), (4, 4), (4, 10), (0, 10)], 0, 5)
YARD = prism([(0, 0), (10, 0), (10, 10), (0, 10)], 0, 5, [[(3, 3), (3, 7), (7, 7), (7, 3)]])


def pyramid(base: float, tip: tuple[float, float, float]) -> Shell:
    """A pyramid whose square base spans 0..10 at height `base`."""
    a, b, c, d = ((0, 0, base), (10, 0, base), (10, 10, base), (0, 10, base))
    return [[[d, c, b, a]], [[a, b, tip]], [[b, c, tip]], [[c, d, tip]], [[d, a, tip]]]


def codes(*shells: Shell) -> list[int]:
    return sorted({fault.code for fault in validate_solid(list(shells), closing_point=False)})


@pytest.mark.parametrize("shell", [HOUSE, ELL, YARD, pyramid(0, (5, 5, 4)), pyramid(0, (50, 5, 4))])
def test_valid_shells(shell: Shell) -> None:
    assert codes(shell) == []
    assert codes(inverted(shell)) == [308]
    assert codes([inverted(shell[:1])[0], *shell[1:]]) == [307]
    assert codes(shell[1:]) == ([302] if len(shell) > 4 else [301])


@pytest.mark.parametrize(
    ("shell", "code"),
    [
        (HOUSE[:3], 301),
        ([*HOUSE, *box(10, 10, 10, 12, 12, 12)], 303),
        ([*HOUSE, [[(10, 10, 10), (12, 10, 10), (12, 12, 10)]]], 303),
        ([*HOUSE, *box(10, 10, 0, 12, 12, 10)], 304),  # along an edge
        ([*HOUSE, [[(10, 0, 0), (20, 0, 0), (20, 10, 0), (10, 10, 0)]]], 304),  # a fin
        ([*HOUSE, HOUSE[0]], 304),  # a polygon twice
        ([*HOUSE, *box(20, 0, 0, 30, 10, 10)], 305),
        ([*HOUSE, *box(2, 2, 2, 4, 4, 4)], 305),
        ([*HOUSE, *box(5, 5, 5, 15, 15, 15)], 306),
        ([*HOUSE, [[(2, 2, 10), (4, 2, 10), (4, 4, 10), (2, 4, 10)]]], 306),  # lies on the roof
        (pyramid(0, (5, 5, 0)), 306),  # flat
        ([HOUSE[0], *HOUSE[2:], *pyramid(10, (5, 5, 2))[1:]], None),  # a dent
        ([HOUSE[0], *HOUSE[2:], *pyramid(10, (5, 5, 0))[1:]], 306),  # its tip on the floor
        ([HOUSE[0], *HOUSE[2:], *pyramid(10, (5, 5, -1))[1:]], 306),
        ([HOUSE[0], *HOUSE[2:], *pyramid(10, (15, 5, 5))[1:]], 306),  # through a wall
    ],
)
def test_faults_of_shells(shell: Shell, code: int | None) -> None:
    assert codes(shell) == ([] if code is None else [code])


def test_a_corner_that_only_one_of_two_polygons_has_is_no_hole() -> None:
    roof = [[(0, 0, 10), (10, 0, 10), (10, 5, 10), (10, 10, 10), (0, 10, 10)]]
    assert codes([HOUSE[0], roof, *HOUSE[2:]]) == [304]
    bulging = [[(0, 0, 10), (10, 0, 10), (12, 5, 10), (10, 10, 10), (0, 10, 10)]]
    assert codes([HOUSE[0], bulging, *HOUSE[2:]]) == [302]


def test_the_polygon_that_is_turned_is_named() -> None:
    (fault,) = validate_solid([[*HOUSE[:4], inverted(HOUSE[4:5])[0], HOUSE[5]]], closing_point=False)
    assert (fault.code, fault.where.polygon) == (307, 4)


def test_a_bad_polygon_keeps_its_shell_from_being_judged() -> None:
    bow_tie = [[(0, 0, 10), (10, 10, 10), (10, 0, 10), (0, 10, 10)]]
    assert codes([bow_tie, *HOUSE[2:]]) == [104]


@pytest.mark.parametrize(
    ("shells", "code"),
    [
        ([box(2, 2, 2, 4, 4, 4)], None),
        ([box(2, 2, 2, 4, 4, 4), box(4, 4, 2, 6, 6, 4)], None),  # touch along an edge
        ([pyramid(5, (5, 5, 10))[:1] + pyramid(5, (5, 5, 8))[1:]], 404),  # its base closes the house off
        ([box(8, 8, 8, 12, 12, 12)], 401),
        ([box(8, 2, 2, 10, 4, 4)], 401),  # shares a piece of wall
        ([box(2, 2, 2, 6, 6, 6), box(4, 4, 4, 8, 8, 8)], 401),
        ([box(2, 2, 2, 8, 8, 8), box(4, 4, 4, 6, 6, 6)], 401),  # one in the other
        ([box(10, 2, 2, 12, 4, 4)], 401),  # outside, but touching
        ([HOUSE], 402),
        ([box(2, 2, 2, 4, 4, 4), box(2, 2, 2, 4, 4, 4)], 402),
        ([box(12, 2, 2, 14, 4, 4)], 403),
    ],
)
def test_cavities(shells: list[Shell], code: int | None) -> None:
    assert codes(HOUSE, *map(inverted, shells)) == ([] if code is None else [code])


def test_a_cavity_faces_into_itself() -> None:
    assert codes(HOUSE, box(2, 2, 2, 4, 4, 4)) == [405]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (box(10, 0, 0, 20, 10, 10), None),
        (box(10, 2, 2, 20, 4, 4), None),
        (box(9, 0, 0, 20, 10, 10), 501),
        (box(2, 2, 2, 4, 4, 4), 501),
        (box(-5, 4, 4, 15, 6, 6), 501),
        (HOUSE, 502),
        (box(12, 0, 0, 20, 10, 10), 503),
        (box(10, 10, 0, 20, 20, 10), 503),  # an edge is not enough
    ],
)
def test_composite_solids(other: Shell, code: int | None) -> None:
    found = validate_composite_solid([[HOUSE], [other]], closing_point=False)
    assert sorted({fault.code for fault in found}) == ([] if code is None else [code])


def test_a_solid_may_fill_the_cavity_of_another() -> None:
    cavity = box(2, 2, 2, 4, 4, 4)
    assert validate_composite_solid([[HOUSE, inverted(cavity)], [cavity]], closing_point=False) == []


def test_parts_of_a_building_do_not_overlap() -> None:
    def found(other: Shell) -> list[int]:
        boundaries = from_coordinates([[HOUSE], [other]], building=[7, 7], closing_point=False)
        return [fault.code for fault in validate(boundaries)]

    assert found(box(10, 0, 0, 20, 10, 10)) == []
    assert found(box(20, 0, 0, 30, 10, 10)) == []  # parts need not touch
    assert found(box(9, 0, 0, 20, 10, 10)) == [601]


def test_composite_surfaces_may_be_open_but_not_otherwise_wrong() -> None:
    def found(polygons: Shell) -> list[int]:
        return [fault.code for fault in validate_composite_surface(polygons, closing_point=False)]

    assert found(HOUSE[2:]) == []
    assert found([HOUSE[0], HOUSE[1]]) == [305]
    assert found([HOUSE[2], inverted(HOUSE[3:4])[0]]) == [307]
    assert found([HOUSE[1], HOUSE[2], [[(0, 0, 10), (10, 0, 10), (5, -5, 12)]]]) == [304]


def test_nothing_is_no_fault_and_an_empty_solid_is() -> None:
    assert validate(from_coordinates([])) == []
    assert codes([]) == [301]
    assert codes() == [301]
    assert validate(from_coordinates([], Kind.SURFACES)) == []


def test_many_are_judged_as_each_alone() -> None:
    solids = [[HOUSE], [HOUSE[1:]], [ELL], [inverted(ELL)], [HOUSE, box(2, 2, 2, 4, 4, 4)], [[HOUSE[0]]]]
    together = validate(from_coordinates(solids, closing_point=False))
    alone = [
        (number, fault.code)
        for number, shells in enumerate(solids)
        for fault in validate_solid(shells, closing_point=False)
    ]
    assert [(fault.where.solid, fault.code) for fault in together] == alone


@st.composite
def footprints(draw: st.DrawFn) -> list[tuple[float, float]]:
    """Star-shaped polygons, counter-clockwise."""
    radii = draw(st.lists(st.floats(2, 20), min_size=3, max_size=12))
    step = 2 * math.pi / len(radii)
    return [(radius * math.cos(k * step), radius * math.sin(k * step)) for k, radius in enumerate(radii)]


@settings(max_examples=40)
@given(
    footprints(),
    st.floats(1, 50),
    st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda turn: np.linalg.norm(turn) > 0.1),
    st.randoms(use_true_random=False),
)
def test_every_prism_is_valid_however_it_lies(footprint: list, height: float, turn: tuple, random: object) -> None:
    (shell,) = moved([prism(footprint, 0, height)], rotation_of(turn), [400_000.0, 5_000_000.0, 30.0])
    random.shuffle(shell)  # type: ignore[attr-defined]
    assert codes(shell) == []
    assert codes(inverted(shell)) == [308]
    assert codes(shell[1:]) == ([302] if len(shell) > 4 else [301])


def in_pieces(footprint: list[tuple[float, float]], height: float, columns: int, rows: int) -> Shell:
    """A prism whose walls are cut into columns and rows of coplanar pieces; floor and roof have all the corners."""
    outline: list[tuple[float, float]] = []
    for (ax, ay), (bx, by) in pairwise([*footprint, footprint[0]]):
        outline += [(ax + (bx - ax) * k / columns, ay + (by - ay) * k / columns) for k in range(columns)]
    levels = [height * k / rows for k in range(rows + 1)]
    walls: Shell = [
        [[(*a, low), (*b, low), (*b, high), (*a, high)]]
        for low, high in pairwise(levels)
        for a, b in pairwise([*outline, outline[0]])
    ]
    return [[[(*point, 0.0) for point in reversed(outline)]], [[(*point, height) for point in outline]], *walls]


@settings(max_examples=25)
@given(
    footprints(),
    st.integers(1, 3),
    st.integers(1, 3),
    st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda turn: np.linalg.norm(turn) > 0.1),
)
def test_walls_in_coplanar_pieces_are_as_valid_as_whole_ones(
    footprint: list, columns: int, rows: int, turn: tuple
) -> None:
    shell = in_pieces(footprint, 9.0, columns, rows)
    (turned,) = moved([shell], rotation_of(turn), [400_000.0, 5_000_000.0, 30.0])
    assert codes(turned) == []
    assert codes(turned[:-1]) == ([302] if len(turned) > 4 else [301])


@settings(max_examples=25)
@given(
    st.tuples(*[st.floats(-3, 3)] * 3),
    st.tuples(*[st.floats(1, 4)] * 3),
    st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda turn: np.linalg.norm(turn) > 0.1),
)
def test_two_boxes_overlap_where_their_extents_do(corner: tuple, size: tuple, turn: tuple) -> None:
    """Any second box against one of 2 x 2 x 2: as solids of a composite, turned together."""
    gaps = [max(low - 2, -low - length) for low, length in zip(corner, size, strict=True)]
    if any(abs(gap) < 0.01 for gap in gaps):
        return  # touching: whether they share a surface is another test's matter
    other = box(*corner, *(low + length for low, length in zip(corner, size, strict=True)))
    first, second = moved([box(0, 0, 0, 2, 2, 2), other], rotation_of(turn), [4000.0, 5000.0, 30.0])
    found = {fault.code for fault in validate_composite_solid([[first], [second]], closing_point=False)}
    assert found == ({501} if max(gaps) < 0 else {503})
