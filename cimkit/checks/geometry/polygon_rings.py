"""The rings of one polygon in its plane: 104, 201, 202, 205, 206, 207, 208. For the few that need a closer look."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import numpy.typing as npt
import shapely
from msgspec import Struct

from cimkit.checks.geometry.codes import Fault
from cimkit.checks.geometry.ragged import IntVector

__all__ = ["RingVerdict", "judge_rings", "node_rings"]

FloatArray = npt.NDArray[np.float64]


class RingVerdict(Struct, frozen=True):
    """code: None when the rings are well; ring: which of them; xy: where in the plane; rings: as given, with every
    point that lies on an edge made a corner of that edge's ring."""

    code: int | None
    ring: int
    xy: tuple[float, float] | None
    rings: list[IntVector]


def judge_rings(rings: list[IntVector], xy: dict[int, tuple[float, float]], exact: float) -> RingVerdict:
    """The first fault of the rings (the exterior one first), as lists of point numbers, with the points' positions.

    Each ring must be simple by itself before rings are compared. An interior ring may touch another ring in single
    points; a contact that is more than that is an intersection, and so is a contact from outside or inside a hole,
    as val3dity's documentation has it for 206.
    """
    rings = node_rings(rings, xy, exact)
    lines = [shapely.LinearRing([xy[point] for point in ring.tolist()]) for ring in rings]
    for number, (ring, line) in enumerate(zip(rings, lines, strict=True)):
        values, times = np.unique(ring, return_counts=True)
        if (times > 1).any():
            return RingVerdict(Fault.RING_SELF_INTERSECTION, number, xy[int(values[times > 1][0])], rings)
        if not line.is_simple:
            return RingVerdict(Fault.RING_SELF_INTERSECTION, number, _crossing(shapely.Polygon(line)), rings)
    areas = [shapely.Polygon(line) for line in lines]
    for code in (Fault.DUPLICATED_RINGS, Fault.INTERSECTION_RINGS, Fault.HOLE_OUTSIDE, Fault.INNER_RINGS_NESTED):
        for first, second in combinations(range(len(rings)), 2):
            if _relation(first == 0, areas[first], areas[second], exact) == code:
                contact = areas[second].representative_point()
                return RingVerdict(code, second, (contact.x, contact.y), rings)
    polygon = shapely.Polygon(lines[0], lines[1:])
    if not polygon.is_valid:
        return RingVerdict(Fault.POLYGON_INTERIOR_DISCONNECTED, 0, _crossing(polygon), rings)
    for number, line in enumerate(lines[1:], start=1):
        if line.is_ccw == lines[0].is_ccw:
            return RingVerdict(Fault.ORIENTATION_RINGS_SAME, number, xy[int(rings[number][0])], rings)
    return RingVerdict(None, 0, None, rings)


def _relation(exterior: bool, a: shapely.Polygon, b: shapely.Polygon, exact: float) -> int | None:
    """What is wrong between two rings, the first being the exterior one or another hole."""
    if a.equals(b):
        return Fault.DUPLICATED_RINGS
    touching = a.exterior.intersects(b.exterior)
    if touching and a.exterior.intersection(b.exterior).length > exact:
        return Fault.INTERSECTION_RINGS
    if exterior:
        if a.covers(b):
            return None
        return Fault.INTERSECTION_RINGS if touching else Fault.HOLE_OUTSIDE
    if touching:
        overlap = a.intersection(b).area > exact * min(a.length, b.length)
        return Fault.INTERSECTION_RINGS if overlap else None
    return Fault.INNER_RINGS_NESTED if a.contains(b) or b.contains(a) else None


def _crossing(polygon: shapely.Polygon) -> tuple[float, float] | None:
    """Where GEOS sees the fault: its reason ends with `[x y]`."""
    found = re.search(r"\[(\S+) (\S+)\]", shapely.is_valid_reason(polygon))
    return (float(found[1]), float(found[2])) if found else None


def node_rings(rings: list[IntVector], xy: dict[int, tuple[float, float]], exact: float) -> list[IntVector]:
    """The rings with each point that lies on an edge (of any of them) inserted there."""
    tails = np.concatenate(rings)
    heads = np.concatenate([np.roll(ring, -1) for ring in rings])
    position = np.asarray([[*xy[int(a)], *xy[int(b)]] for a, b in zip(tails, heads, strict=True)]).reshape(-1, 2, 2)
    numbers = np.unique(tails)
    places = np.asarray([xy[int(number)] for number in numbers])
    tree = shapely.STRtree(shapely.linestrings(position))
    point, edge = tree.query(shapely.points(places), predicate="dwithin", distance=exact)
    own = (numbers[point] == tails[edge]) | (numbers[point] == heads[edge])
    point, edge = point[~own], edge[~own]
    if not len(point):
        return rings
    along = position[edge, 1] - position[edge, 0]
    share = ((places[point] - position[edge, 0]) * along).sum(axis=1) / (along**2).sum(axis=1)
    order = np.lexsort((share, edge))
    inserted: dict[int, list[int]] = {}
    for k in order.tolist():
        inserted.setdefault(int(edge[k]), []).append(int(numbers[point[k]]))
    noded, offset = [], 0
    for ring in rings:
        corners: list[int] = []
        for k, corner in enumerate(ring.tolist()):
            corners += [corner, *inserted.get(offset + k, ())]
        noded.append(np.asarray(corners, np.int64))
        offset += len(ring)
    return noded
