"""Half-edges of the polygons of shells, how they meet, and what follows for each shell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from cimkit.checks.geometry.mesh import Mesh
from cimkit.checks.geometry.planes import Planes
from cimkit.checks.geometry.ragged import IntVector, component_labels

__all__ = ["Edges", "make_edges"]

BoolArray = npt.NDArray[np.bool_]


class Edges(Struct, frozen=True):
    """tail, head  end points of each half-edge, which runs with its polygon on the left
    polygon     the polygon of each
    after       the half-edge that bounds the same corner of the polygon, starting at `head`
    order       half-edges sorted by the edge they lie on
    start       row starts over `order`: one row an edge
    component   of each polygon: the lowest polygon it reaches across edges
    umbrella    of each half-edge: the lowest half-edge whose corner at `tail` is reached across edges around the point
    by_polygon  half-edges sorted by polygon
    polygon_start  row starts over `by_polygon`
    """

    tail: IntVector
    head: IntVector
    polygon: IntVector
    after: IntVector
    order: IntVector
    start: IntVector
    component: IntVector
    umbrella: IntVector
    by_polygon: IntVector
    polygon_start: IntVector

    @property
    def uses(self) -> IntVector:
        """How many polygons use each edge."""
        return np.diff(self.start)


def make_edges(mesh: Mesh, planes: Planes, polygons: BoolArray, noded: dict[int, list[IntVector]]) -> Edges:
    """The half-edges of some polygons, and how they are connected."""
    plain = polygons.copy()
    special = [polygon for polygon in noded if polygons[polygon]]
    plain[special] = False
    kept = np.flatnonzero(plain[mesh.polygon_of])
    number = np.full(len(mesh.corner), -1)
    number[kept] = np.arange(len(kept))
    tail = [mesh.corner[kept]]
    head = [mesh.corner[mesh.after[kept]]]
    polygon = [mesh.polygon_of[kept]]
    after = [number[mesh.after[kept]]]
    count = len(kept)
    for one in special:
        starts = np.concatenate(noded[one])
        ends = np.concatenate([np.roll(ring, -1) for ring in noded[one]])
        tail.append(starts)
        head.append(ends)
        polygon.append(np.full(len(starts), one))
        after.append(count + _following_in_corner(mesh, planes, one, starts, ends))
        count += len(starts)
    return _connected(
        len(mesh.polygon_start) - 1,
        len(mesh.xyz),
        np.concatenate(tail),
        np.concatenate(head),
        np.concatenate(polygon),
        np.concatenate(after),
    )


def _following_in_corner(mesh: Mesh, planes: Planes, polygon: int, tail: IntVector, head: IntVector) -> IntVector:
    """For each half-edge of one polygon the one that bounds the same corner, also where rings touch.

    The interior is on the left: seen from the point, it spans from the outgoing half-edge counter-clockwise to the
    next incoming one.
    """
    flat = planes.project(mesh.xyz[tail], polygon), planes.project(mesh.xyz[head], polygon)
    away = np.arctan2(*(flat[1] - flat[0]).T[::-1])
    back = np.arctan2(*(flat[0] - flat[1]).T[::-1])
    after = np.empty(len(tail), np.int64)
    for point in np.unique(tail):
        outgoing, incoming = np.flatnonzero(tail == point), np.flatnonzero(head == point)
        for one in outgoing:
            turn = (back[incoming] - away[one]) % (2 * np.pi)
            after[incoming[np.argmin(np.where(turn < 1e-12, 2 * np.pi, turn))]] = one
    return after


def _connected(
    polygons: int, points: int, tail: IntVector, head: IntVector, polygon: IntVector, after: IntVector
) -> Edges:
    """Sort half-edges by edge, and follow the edges around each point and from polygon to polygon."""
    key = np.minimum(tail, head) * (points + 1) + np.maximum(tail, head)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    new = np.ones(len(order), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    start = np.append(np.flatnonzero(new), len(order))

    # Neighbours within a row are enough to connect all of it.
    together = np.flatnonzero(~new[1:])
    one, other = order[together], order[together + 1]
    component = component_labels(polygons, polygon[one], polygon[other])
    opposite = tail[one] != tail[other]
    umbrella = component_labels(
        len(tail),
        np.concatenate([one, after[one]]),
        np.concatenate([np.where(opposite, after[other], other), np.where(opposite, other, after[other])]),
    )
    by_polygon = np.argsort(polygon, kind="stable")
    polygon_start = np.searchsorted(polygon[by_polygon], np.arange(polygons + 1))
    return Edges(tail, head, polygon, after, order, start, component, umbrella, by_polygon, polygon_start)
