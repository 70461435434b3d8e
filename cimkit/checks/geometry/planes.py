"""The plane of each polygon, and how far its points lie from it (203, 204)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from cimkit.checks.geometry.mesh import Mesh
from cimkit.checks.geometry.ragged import IntVector, expand, reduce_rows

__all__ = ["Planes", "fit_planes", "steepest_edges"]

FloatArray = npt.NDArray[np.float64]


class Planes(Struct, frozen=True):
    """centre     a point of the plane (polygons, 3)
    normal     unit normal, on the side from which the exterior ring runs counter-clockwise
    u, v       unit vectors in the plane: u, v, normal are right-handed
    deviation  largest distance of a point of the polygon from the plane (m)
    farthest   the corner at that distance
    """

    centre: FloatArray
    normal: FloatArray
    u: FloatArray
    v: FloatArray
    deviation: FloatArray
    farthest: IntVector

    def project(self, xyz: FloatArray, polygon: IntVector | int) -> FloatArray:
        """Positions in the plane of their polygon (n, 2)."""
        arm = xyz - self.centre[polygon]
        x = np.einsum("...i,...i->...", arm, self.u[polygon])
        return np.stack([x, np.einsum("...i,...i->...", arm, self.v[polygon])], axis=-1)

    def height(self, xyz: FloatArray, polygon: IntVector | int) -> FloatArray:
        """Signed distances from the plane of their polygon."""
        return np.asarray(np.einsum("...i,...i->...", xyz - self.centre[polygon], self.normal[polygon]))


def fit_planes(mesh: Mesh, areas: FloatArray, tolerance: float) -> Planes:
    """The least-squares plane through the points of each polygon.

    Newell's plane costs next to nothing, and where every point lies within tolerance / sqrt(n) of it, none can lie
    farther than the tolerance from the least-squares plane; only the other polygons are fitted.
    """
    count = len(mesh.polygon_start) - 1
    points = mesh.xyz[mesh.corner]
    size = np.diff(mesh.polygon_corners)
    centre = np.asarray(reduce_rows(np.add, points, mesh.polygon_corners, 0.0)) / np.maximum(size, 1)[:, None]

    normal = np.zeros((count, 3))
    has_ring = np.diff(mesh.polygon_start) > 0
    normal[has_ring] = areas[mesh.polygon_start[:-1][has_ring]]
    length = np.linalg.norm(normal, axis=1)
    arm = points - centre[mesh.polygon_of]
    extent = np.sqrt(np.asarray(reduce_rows(np.maximum, (arm**2).sum(axis=1), mesh.polygon_corners, 0.0), np.float64))
    faint = length <= 1e-6 * extent**2  # a bow tie has next to no area, and no direction of its own
    exterior = normal.copy()
    normal[faint] = (0.0, 0.0, 1.0)
    normal /= np.where(faint, 1.0, np.maximum(length, 1e-300))[:, None]

    distance = np.abs(np.einsum("ij,ij->i", arm, normal[mesh.polygon_of]))
    deviation = np.asarray(reduce_rows(np.maximum, distance, mesh.polygon_corners, 0.0), np.float64)
    unsure = np.flatnonzero(((deviation * np.sqrt(size) > tolerance) | faint) & (size > 3))
    if len(unsure):
        row, corner = expand(unsure, mesh.polygon_corners)
        starts = np.concatenate([[0], np.cumsum(size[unsure])])
        spread = reduce_rows(np.add, arm[corner][:, :, None] * arm[corner][:, None, :], starts, 0.0)
        _, vectors = np.linalg.eigh(np.asarray(spread, np.float64))
        fitted = vectors[:, :, 0]
        fitted[(fitted * exterior[unsure]).sum(axis=1) < 0] *= -1
        normal[unsure] = fitted
        distance[corner] = np.abs((arm[corner] * fitted[row]).sum(axis=1))
        deviation[unsure] = np.asarray(reduce_rows(np.maximum, distance[corner], starts, 0.0), np.float64)

    at_most = np.flatnonzero(distance >= deviation[mesh.polygon_of])
    farthest = np.zeros(count, np.int64)
    farthest[mesh.polygon_of[at_most]] = at_most
    u, v = _axes(normal)
    return Planes(centre, normal, u, v, deviation, farthest)


def _axes(normal: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two axes in each plane. For a plane along the coordinate axes they are those axes, and projection is exact."""
    least = np.abs(normal).argmin(axis=1)
    along = np.zeros_like(normal)
    along[np.arange(len(normal)), least] = 1.0
    u = np.cross(along, normal)
    u /= np.maximum(np.linalg.norm(u, axis=1), 1e-300)[:, None]
    return u, np.cross(normal, u)


def steepest_edges(mesh: Mesh, planes: Planes, polygons: IntVector) -> FloatArray:
    """The largest angle between an edge of each polygon and its plane (degrees).

    A triangle that contains an edge deviates from the plane at least as much as the edge does, so this bounds 204
    from below for every triangulation - also where a fold is so steep that the projected polygon has none.
    """
    row, corner = expand(polygons, mesh.polygon_corners)
    edge = mesh.xyz[mesh.corner[mesh.after[corner]]] - mesh.xyz[mesh.corner[corner]]
    length = np.linalg.norm(edge, axis=1)
    rise = np.abs((edge * planes.normal[polygons][row]).sum(axis=1)) / np.maximum(length, 1e-300)
    starts = np.concatenate([[0], np.cumsum(np.diff(mesh.polygon_corners)[polygons])]).astype(np.int64)
    angle = np.degrees(np.arcsin(np.clip(rise, 0.0, 1.0)))
    return np.asarray(reduce_rows(np.maximum, angle, starts, 0.0), np.float64)
