"""The solids of OGC's CityGML quality experiment, each with its outcome in its name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from cimkit.checks.geometry.validate import validate_solid
from tests.geometry.shapes import moved, rotation_of

GML = "{http://www.opengis.net/gml}"


def solid(path: Path) -> list:
    """Shells of the one solid in a file of the experiment; rings keep their closing point."""

    def ring(element: etree._Element) -> list:
        return [tuple(map(float, position.text.split())) for position in element.iter(f"{GML}pos")]

    (found,) = etree.parse(path).iter(f"{GML}Solid")
    return [
        [[ring(line) for line in polygon.iter(f"{GML}LinearRing")] for polygon in side.iter(f"{GML}Polygon")]
        for side in found
    ]


def cases(shared: Path) -> list[tuple[Path, list[int]]]:
    found = [
        (path, [] if path.name.startswith("v") else [int(path.name[1:4])])
        for path in sorted((shared / "city" / "qie").glob("[vi]*.gml"))
    ]
    assert found
    return found


def codes(shells: list) -> list[int]:
    return sorted({fault.code for fault in validate_solid(shells)})


def test_every_solid_has_the_fault_in_its_name(shared: Path) -> None:
    wrong = {path.name: found for path, stated in cases(shared) if (found := codes(solid(path))) != stated}
    assert wrong == {}


@pytest.mark.parametrize("turn", [(1, 0, 0, 0), (0.3, -0.2, 0.7, 0.4), (0.9, 0.1, -0.3, 0.2)])
def test_where_a_solid_stands_and_how_it_is_turned_does_not_matter(shared: Path, turn: tuple[float, ...]) -> None:
    rotation, shift = rotation_of(turn), [4_582_000.25, 403_000.5, 31.0]
    wrong = {}
    for path, stated in cases(shared):
        shells = solid(path)
        origin = np.asarray(shells[0][0][0][0])
        near = moved(shells, np.eye(3), -origin)
        if (found := codes(moved(near, rotation, shift))) != stated:
            wrong[path.name] = found
    assert wrong == {}


def test_a_finding_begins_with_the_name_and_the_number(shared: Path) -> None:
    (fault,) = validate_solid(solid(shared / "city" / "qie" / "i101_1.gml"))
    assert fault.label == "GE_R_TOO_FEW_POINTS (101)"
    assert (fault.where.shell, fault.where.polygon, fault.where.ring) == (0, 0, 0)
    assert fault.point == (0.0, 0.0, 0.0)
