"""Flat geometries, as GEOS judges them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from cimkit.checks.geometry.flat import flat_faults


@pytest.mark.parametrize(
    ("text", "reason", "point"),
    [
        ("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))", "self_intersection", (1.0, 1.0)),
        ("POLYGON ((0 0, 4 0, 2 2, 4 4, 0 4, 2 2, 0 0))", "ring_self_intersection", (2.0, 2.0)),
        ("POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (5 5, 6 5, 6 6, 5 5))", "hole_outside", (5.0, 5.0)),
        (
            "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1), (2 2, 3 2, 3 3, 2 2))",
            "nested_holes",
            (2.0, 2.0),
        ),
        ("POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (0 2, 2 4, 4 2, 2 0, 0 2))", "interior_disconnected", (2.0, 0.0)),
        ("MULTIPOLYGON (((0 0, 9 0, 9 9, 0 9, 0 0)), ((2 2, 3 2, 3 3, 2 2)))", "nested_shells", (2.0, 2.0)),
    ],
)
def test_each_reason_with_its_place(text: str, reason: str, point: tuple[float, float]) -> None:
    good = shapely.box(0, 0, 1, 1)
    (fault,) = flat_faults(np.asarray([good, shapely.from_wkt(text), None, shapely.Polygon()], object))
    assert (fault.number, fault.reason) == (1, reason)
    assert fault.point is not None
    assert fault.point == pytest.approx(point) or reason == "interior_disconnected"
