"""Laws of bounding volumes: what lies inside what."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from cimkit.readers.tiles.volumes import Matrix, Volume, is_inside

number = st.floats(-1e6, 1e6, allow_nan=False)
length = st.floats(0.5, 1e3)
angle = st.floats(0, math.tau)


def rotation(about_z: float, about_x: float) -> np.ndarray:
    c, s, d, t = math.cos(about_z), math.sin(about_z), math.cos(about_x), math.sin(about_x)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.array([[1, 0, 0], [0, d, -t], [0, t, d]])


@st.composite
def boxes(draw: st.DrawFn) -> Volume:
    turn = rotation(draw(angle), draw(angle))
    axes = turn * np.array([draw(length) for _ in range(3)])
    centre = [draw(number) for _ in range(3)]
    return Volume("box", (*centre, *axes.T.ravel().tolist()))


@st.composite
def spheres(draw: st.DrawFn) -> Volume:
    return Volume("sphere", (draw(number), draw(number), draw(number), draw(length)))


volumes = st.one_of(boxes(), spheres())


def scaled(volume: Volume, factor: float) -> Volume:
    numbers = volume.numbers
    return Volume(volume.kind, (*numbers[:3], *(value * factor for value in numbers[3:])))


def matrix_of(turn: np.ndarray, scale: float, move: list[float]) -> Matrix:
    rows = np.column_stack([turn * scale, move])
    return (*(tuple(row) for row in rows.tolist()), (0.0, 0.0, 0.0, 1.0))


@given(volumes, st.floats(1.2, 10))
def test_a_volume_is_inside_itself_and_larger_ones_and_not_inside_smaller_ones(volume: Volume, factor: float) -> None:
    # Far from the origin the tolerance is larger than a small volume.
    assume(
        max(map(abs, volume.numbers[:3]))
        < 1e4
        * min(
            np.linalg.norm(np.reshape(volume.numbers[3:], (-1, 3)), axis=1)
            if volume.kind == "box"
            else [volume.numbers[3]]
        )
    )
    assert is_inside(volume, volume)
    assert is_inside(volume, scaled(volume, factor))
    assert not is_inside(scaled(volume, factor), volume)


@given(boxes())
def test_the_sphere_around_a_box_holds_it_and_the_one_inside_is_held(box: Volume) -> None:
    axes = np.reshape(box.numbers[3:], (3, 3))
    around = Volume("sphere", (*box.numbers[:3], float(np.linalg.norm(axes.sum(axis=0)))))
    inside = Volume("sphere", (*box.numbers[:3], float(np.linalg.norm(axes, axis=1).min())))
    assert is_inside(box, around)
    assert is_inside(inside, box)


@given(volumes, angle, angle, st.floats(0.1, 10), st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3))
def test_what_a_matrix_moves_lies_where_it_was_moved(
    volume: Volume, about_z: float, about_x: float, scale: float, move: list[float]
) -> None:
    turn = rotation(about_z, about_x)
    matrix = matrix_of(turn, scale, move)
    centre = turn * scale @ np.array(volume.numbers[:3]) + move
    if volume.kind == "box":
        axes = (turn * scale @ np.reshape(volume.numbers[3:], (3, 3)).T).T.ravel()
    else:
        axes = np.array([volume.numbers[3] * scale])
    there = Volume(volume.kind, (*centre.tolist(), *axes.tolist()))
    assert is_inside(volume, there, matrix)
    away = Volume(there.kind, (there.numbers[0] + 1e8, *there.numbers[1:]))
    assert not is_inside(volume, away, matrix)


@given(boxes(), boxes())
def test_boxes_agree_with_their_corners(inner: Volume, outer: Volume) -> None:
    near = Volume("box", (*outer.numbers[:3], *inner.numbers[3:]))
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    corners = signs @ np.reshape(near.numbers[3:], (3, 3))
    axes = np.reshape(outer.numbers[3:], (3, 3))
    lengths = np.linalg.norm(axes, axis=1)
    overlap = (np.abs(corners @ axes.T) / lengths - lengths).max()
    assume(abs(overlap) > 2 * 1e-6 * max(1, *map(abs, near.numbers[:3])) + 1e-5 * lengths.max())
    assert is_inside(near, outer) == (overlap < 0)


@given(st.floats(-3, 3), st.floats(0.01, 1), st.floats(-1, 1), st.floats(0.01, 0.4), st.floats(0.1, 0.9))
def test_regions_also_across_the_antimeridian(
    west: float, width: float, south: float, height: float, part: float
) -> None:
    def wrapped(value: float) -> float:
        return (value + math.pi) % math.tau - math.pi

    outer = Volume("region", (wrapped(west), south, wrapped(west + width), south + height, 0, 10))
    inner = Volume(
        "region", (wrapped(west + width * 0.05), south, wrapped(west + width * part), south + height * part, 1, 9)
    )
    beside = Volume("region", (wrapped(west + width * part), south, wrapped(west + width * 1.5), south + height, 0, 10))
    assert is_inside(inner, outer)
    assert not is_inside(beside, outer)
    assert is_inside(outer, Volume("region", (-math.pi, -1.5, math.pi, 1.5, 0, 10)))


def test_a_region_and_a_box_are_not_compared() -> None:
    region = Volume("region", (0, 0, 1, 1, 0, 1))
    assert is_inside(region, Volume("sphere", (0, 0, 0, 1))) is None
    assert is_inside(Volume("other"), Volume("other")) is None


def test_flat_boxes_are_judged_along_their_other_axes() -> None:
    flat = Volume("box", (0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0))
    assert is_inside(flat, flat)
    assert not is_inside(scaled(flat, 2), flat)
