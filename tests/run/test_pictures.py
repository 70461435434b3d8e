"""Plans: the section of a box is its outline, and the failing element of a real model is on its storey's plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cimkit.api import check
from cimkit.run.pictures import _section

CITY_MODEL = Path(__file__).parents[2] / "samples" / "city" / "district-faults" / "三维" / "街区.city.json"
CUBE = np.array([[x, y, z] for x in (0.0, 2.0) for y in (0.0, 1.0) for z in (0.0, 3.0)])
FACES = np.array(
    [
        (0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1),
        (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3),
    ]
)  # fmt: skip


def test_the_section_of_a_box_is_one_ring_of_its_four_corners() -> None:
    rings = _section(CUBE[FACES], 1.2)
    assert [sorted(ring) for ring in rings] == [[(0.0, 0.0), (0.0, 1.0), (2.0, 0.0), (2.0, 1.0)]]


@pytest.mark.parametrize("height", [-1.0, 3.5])
def test_a_plane_that_misses_draws_nothing(height: float) -> None:
    assert _section(CUBE[FACES], height) == []


def test_two_boxes_are_two_rings() -> None:
    both = np.concatenate([CUBE[FACES], CUBE[FACES] + np.array([10.0, 0.0, 0.0])])
    assert len(_section(both, 1.2)) == 2


def test_what_cannot_be_drawn_is_judged_all_the_same() -> None:
    report = check(CITY_MODEL, pictures=True)
    assert not report.internal_errors
    assert report.views == []
    assert any(len(result.findings) for result in report.results)
