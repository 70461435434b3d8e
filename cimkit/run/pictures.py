"""Storey plans with the failing elements marked, drawn from the model's own geometry through ifcopenshell.

A plan is what a horizontal plane 1.2 m above the storey meets, as on paper; a failing element that the plane misses is
drawn as the outline of its box. Only storeys with findings are drawn, those with most first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from cimkit.facts.model import Facts
from cimkit.report.views import Outline, Plan
from cimkit.run.assemble import SourceJudgements
from cimkit.sources.formats import IFC_FORMATS

__all__ = ["CUT_ABOVE_STOREY_M", "LARGEST_MB", "ground_outlines", "plans_of"]

#: Larger files are not drawn: ifcopenshell needs minutes for their geometry. The report says so.
LARGEST_MB = 80
MOST_STOREYS = 12
MOST_ELEMENTS = 4000
CUT_ABOVE_STOREY_M = 1.2
#: A ground floor may lie this far below the zero of its model, metres.
_GROUND_M = -0.6

Points = npt.NDArray[np.float64]
Point = tuple[float, float]
Ring = list[Point]


def plans_of(data: bytes, facts: Facts, told: SourceJudgements) -> tuple[list[Plan], str | None]:
    """Plans of the storeys with findings, and why there are none (a key of the locale files' report.yaml)."""
    if facts.format not in IFC_FORMATS or not told.people.height:
        return [], None
    if len(data) > LARGEST_MB * 1_000_000:
        return [], "report.plans_too_large"
    try:
        import ifcopenshell
        import ifcopenshell.geom
    except ImportError:
        return [], "report.plans_need_extra"
    failing = {int(facts.subjects.row[sid]) for sid in told.people["sid"]}
    try:
        return list(_plans(_opened(data), failing, told.index)), None
    except (RuntimeError, ValueError, ifcopenshell.Error):  # what is judged stands without its pictures
        return [], "report.plans_unreadable"


def _opened(data: bytes) -> Any:
    """The model, as ifcopenshell reads it. Raises RuntimeError for what is no STEP file with a schema it knows."""
    import ifcopenshell

    model = ifcopenshell.file.from_string(data.decode("utf-8", "replace"))
    _ = model.schema  # of a file that it could not read it raises no sooner
    return model


def ground_outlines(data: bytes, above: float) -> list[Ring]:
    """What a horizontal plane so far above the ground floor meets, metres of the model's own plan; nothing where
    ifcopenshell is not installed, can't read the file, or finds no storey at or above the ground."""
    try:
        import ifcopenshell
        import ifcopenshell.geom
    except ImportError:
        return []
    try:
        model = _opened(data)
    except (RuntimeError, ValueError, ifcopenshell.Error):
        return []
    from ifcopenshell.util.element import get_container
    from ifcopenshell.util.placement import get_storey_elevation
    from ifcopenshell.util.unit import calculate_unit_scale

    scale = calculate_unit_scale(model)
    storeys = [(float(get_storey_elevation(each)) * scale, each.id()) for each in model.by_type("IfcBuildingStorey")]
    grounded = sorted(each for each in storeys if each[0] >= _GROUND_M)
    if not grounded:
        return []
    elevation, ground = grounded[0]
    elements = [
        element
        for element in model.by_type("IfcElement")
        if not element.is_a("IfcFeatureElement") and element.Representation is not None
        and (storey := get_container(element, ifc_class="IfcBuildingStorey")) is not None and storey.id() == ground
    ]  # fmt: skip
    outlines = _outlines(model, elements[:MOST_ELEMENTS], elevation + above, ())
    return [ring for outline in outlines for ring in outline.rings]  # type: ignore[misc]


def _plans(model: Any, failing: Collection[int], source: int) -> Iterator[Plan]:
    from ifcopenshell.util.element import get_container
    from ifcopenshell.util.placement import get_storey_elevation
    from ifcopenshell.util.unit import calculate_unit_scale

    scale = calculate_unit_scale(model)
    members: dict[int, list[Any]] = {}
    marked: Counter[int] = Counter()
    for element in model.by_type("IfcElement"):
        if element.is_a("IfcFeatureElement") or element.Representation is None:
            continue
        storey = get_container(element, ifc_class="IfcBuildingStorey")
        if storey is not None:
            members.setdefault(storey.id(), []).append(element)
            marked[storey.id()] += element.id() in failing
    for storey_id, count in marked.most_common(MOST_STOREYS):
        if not count:
            return
        storey = model.by_id(storey_id)
        elements = sorted(members[storey_id], key=lambda element: element.id() not in failing)
        elevation = float(get_storey_elevation(storey)) * scale
        outlines = list(_outlines(model, elements[:MOST_ELEMENTS], elevation + CUT_ABOVE_STOREY_M, failing))
        if outlines:
            name = storey.Name or storey.LongName or f"#{storey_id}"
            yield Plan(source, name, elevation, outlines, left_out=len(elements) - len(outlines))


def _outlines(model: Any, elements: list[Any], height: float, failing: Collection[int]) -> Iterator[Outline]:
    import ifcopenshell.geom

    settings = ifcopenshell.geom.settings()  # type: ignore[no-untyped-call]
    settings.set("use-world-coords", True)
    iterator = ifcopenshell.geom.iterator(settings, model, 1, include=elements)
    if not iterator.initialize():
        return
    while True:
        shape = iterator.get()  # type: ignore[no-untyped-call]
        points = np.asarray(shape.geometry.verts, float).reshape(-1, 3)
        faces = np.asarray(shape.geometry.faces, int).reshape(-1, 3)
        rings = _section(points[faces], height) if len(faces) else []
        if not rings and shape.id in failing and len(points):
            rings = [_box(points)]
        if rings:
            yield Outline(shape.guid, model.by_id(shape.id).is_a(), rings)
        if not iterator.next():
            return


def _section(triangles: Points, height: float) -> list[Ring]:
    """The lines in which triangles (n, 3, 3) meet a horizontal plane, joined end to end, x and y to the millimetre."""
    above = triangles[:, :, 2] > height
    crossing = triangles[above.any(axis=1) & ~above.all(axis=1)]
    if not len(crossing):
        return []
    above = crossing[:, :, 2] > height
    # the corner that is alone on its side of the plane sends two edges through it
    lonely_above = above.sum(axis=1) == 1
    alone = np.where(lonely_above, above.argmax(axis=1), (~above).argmax(axis=1))
    every = np.arange(len(crossing))
    apex = crossing[every, alone]
    ends = []
    for step in (1, 2):
        other = crossing[every, (alone + step) % 3]
        share = (height - apex[:, 2]) / (other[:, 2] - apex[:, 2])
        ends.append(apex[:, :2] + share[:, None] * (other[:, :2] - apex[:, :2]))
    segments = np.round(np.stack(ends, axis=1), 3)
    return _joined(segments[(segments[:, 0] != segments[:, 1]).any(axis=1)].tolist())


def _joined(segments: list[list[list[float]]]) -> list[Ring]:
    """Segments walked from end to end until they close or stop."""
    neighbours: dict[Point, list[Point]] = {}
    for first, last in segments:
        a, b = (first[0], first[1]), (last[0], last[1])
        if b not in neighbours.get(a, ()):
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)
    rings = []
    for start in list(neighbours):
        while neighbours[start]:
            ring, point = [start], start
            while neighbours[point]:
                following = neighbours[point].pop()
                neighbours[following].remove(point)
                if following == start:
                    break
                ring.append(following)
                point = following
            rings.append(_straightened(ring))
    return rings


def _straightened(ring: Ring) -> Ring:
    """Without the points on a straight line that the triangles left."""
    if len(ring) < 4:
        return ring
    points = np.array(ring)
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    turns = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]) > 1e-6
    return [ring[place] for place in np.flatnonzero(turns)] or ring


def _box(points: Points) -> Ring:
    """The box of an element seen from above."""
    (west, south), (east, north) = (np.round(edge(points[:, :2], axis=0), 3).tolist() for edge in (np.min, np.max))
    return [(west, south), (east, south), (east, north), (west, north)]
