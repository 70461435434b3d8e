"""Rings: enough points, none twice in a row, closed, not collapsed to a point or line (101, 102, 103, 105)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cimkit.checks.geometry.codes import Fault, GeometryFault
from cimkit.checks.geometry.mesh import Mesh
from cimkit.checks.geometry.ragged import reduce_rows

__all__ = ["ring_areas", "ring_faults"]

FloatArray = npt.NDArray[np.float64]


def ring_areas(mesh: Mesh) -> FloatArray:
    """Vector area of each ring (rings, 3): along the normal from whose tip it runs counter-clockwise; length in m2."""
    filled = np.minimum(mesh.ring_start[:-1], max(len(mesh.corner) - 1, 0))
    if not len(mesh.corner):
        return np.zeros((len(mesh.ring_start) - 1, 3))
    base = mesh.xyz[mesh.corner[filled]]
    arm = mesh.xyz[mesh.corner] - base[mesh.ring_of]
    doubled = reduce_rows(np.add, np.cross(arm, arm[mesh.after]), mesh.ring_start, 0.0)
    return np.asarray(doubled, np.float64) / 2


def ring_faults(mesh: Mesh, areas: FloatArray) -> list[GeometryFault]:
    """At most one fault a ring, the first that applies of too few points, not closed, point repeated, collapsed.

    A polygon without any ring has too few points, too.
    """
    count = np.diff(mesh.ring_start)
    repeated = mesh.corner == mesh.corner[mesh.after]
    repeats = np.asarray(reduce_rows(np.logical_or, repeated, mesh.ring_start, False), bool)
    few = count < 3
    code = np.zeros(len(count), np.int64)
    code[_collapsed(mesh, areas)] = Fault.RING_COLLAPSED
    code[repeats] = Fault.CONSECUTIVE_POINTS_SAME
    code[~mesh.closed] = Fault.RING_NOT_CLOSED
    code[few] = Fault.TOO_FEW_POINTS

    found = [
        GeometryFault(Fault.TOO_FEW_POINTS, mesh.place(polygon=polygon))
        for polygon in np.flatnonzero(np.diff(mesh.polygon_start) == 0).tolist()
    ]
    for ring in np.flatnonzero(code).tolist():
        corners = np.arange(mesh.ring_start[ring], mesh.ring_start[ring + 1])
        if code[ring] == Fault.CONSECUTIVE_POINTS_SAME:
            corners = corners[repeated[corners]]
        where = mesh.place(ring=ring)
        point = mesh.absolute(mesh.xyz[mesh.corner[corners[0]]], where.solid) if len(corners) else None
        found.append(GeometryFault(int(code[ring]), where, point))
    return found


def _collapsed(mesh: Mesh, areas: FloatArray) -> npt.NDArray[np.int64]:
    """Rings all of whose points lie on one line (or in one point).

    A ring as wide as w and as long as l, once around, has about w x l of area: only those with next to none are
    looked at, since a bow tie may have none either.
    """
    edge = mesh.xyz[mesh.corner[mesh.after]] - mesh.xyz[mesh.corner]
    length = np.asarray(reduce_rows(np.add, np.linalg.norm(edge, axis=1), mesh.ring_start, 0.0), np.float64)
    suspicious = (np.linalg.norm(areas, axis=1) <= mesh.exact * length) & (np.diff(mesh.ring_start) > 2)
    collapsed = []
    for ring in np.flatnonzero(suspicious).tolist():
        points = mesh.xyz[mesh.corner[mesh.ring_start[ring] : mesh.ring_start[ring + 1]]]
        arms = points - points[0]
        longest = arms[np.argmax((arms**2).sum(axis=1))]
        span = np.linalg.norm(longest)
        width = np.linalg.norm(np.cross(arms, longest / span), axis=1).max() if span > 0 else 0.0
        if width <= mesh.exact:
            collapsed.append(ring)
    return np.asarray(collapsed, np.int64)
