"""Whether the interior of a solid is one piece (404), where its shells touch along lines.

Cut every polygon along the lines where the other shells touch it. The pieces and their edges make a complex, and it
parts space into one region more than it has independent closed surfaces (Alexander's duality): the outside, the solid,
and one a cavity. Surfaces beyond one a shell part the solid itself.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from cimkit.checks.geometry.contacts import Contacts
from cimkit.checks.geometry.polygons import flat_shapes
from cimkit.checks.geometry.ragged import IntVector, expand

__all__ = ["interior_is_parted"]

FloatArray = npt.NDArray[np.float64]
Ring = FloatArray  # corners in space (n, 3), the first again at the end


def interior_is_parted(contacts: Contacts, shells: list[IntVector]) -> bool:
    """Whether shells (each a list of polygons, none crossing another) bound more than one region besides cavities."""
    pieces: list[list[Ring]] = []
    for number, polygons in enumerate(shells):
        others = np.concatenate([other for k, other in enumerate(shells) if k != number])
        for polygon in polygons.tolist():
            pieces += _cut(contacts, polygon, others)
    return _closed_surfaces(pieces, contacts.snap) > len(shells)


def _cut(contacts: Contacts, polygon: int, others: IntVector) -> list[list[Ring]]:
    """The pieces of a polygon between the edges of others that lie in it, each a list of rings."""
    mesh, planes = contacts.mesh, contacts.planes
    shape = flat_shapes(mesh, planes, np.asarray([polygon]))[0]
    _, corner = expand(others, mesh.polygon_corners)
    ends = np.stack([mesh.xyz[mesh.corner[corner]], mesh.xyz[mesh.corner[mesh.after[corner]]]], axis=1)
    level = np.abs(planes.height(ends, polygon)).max(axis=1) <= planes.deviation[polygon] + mesh.exact
    lines = shapely.linestrings(planes.project(ends[level], polygon))
    lines = shapely.intersection(lines, shape)
    network = shapely.union_all([shape.boundary, *lines], grid_size=mesh.exact)
    found = []
    for piece in shapely.get_parts(shapely.polygonize(shapely.get_parts(network))):
        if not shape.contains(piece.representative_point()):
            continue
        rings = [np.asarray(ring.coords) for ring in (piece.exterior, *piece.interiors)]
        found.append(
            [
                planes.centre[polygon] + ring[:, :1] * planes.u[polygon] + ring[:, 1:2] * planes.v[polygon]
                for ring in rings
            ]
        )
    return found


def _closed_surfaces(pieces: list[list[Ring]], snap: float) -> int:
    """How many independent closed surfaces the pieces make: pieces less the rank of their boundaries (mod 2)."""
    corners = np.concatenate([ring for piece in pieces for ring in piece])
    points: list[FloatArray] = []
    for corner in corners:
        if not points or np.linalg.norm(np.asarray(points) - corner, axis=1).min() > snap:
            points.append(corner)
    at = np.asarray(points)

    numbers: dict[tuple[int, int], int] = {}
    boundaries = []
    for piece in pieces:
        bits = 0
        for ring in piece:
            for tail, head in pairwise(ring):
                for edge in _noded(at, tail, head, snap):
                    bits ^= 1 << numbers.setdefault(edge, len(numbers))
        boundaries.append(bits)
    basis: dict[int, int] = {}
    for boundary in boundaries:
        rest = boundary
        while rest and rest.bit_length() in basis:
            rest ^= basis[rest.bit_length()]
        if rest:
            basis[rest.bit_length()] = rest
    return len(pieces) - len(basis)


def _noded(at: FloatArray, tail: FloatArray, head: FloatArray, snap: float) -> list[tuple[int, int]]:
    """A segment as the edges between all known points on it."""
    along = head - tail
    length = np.linalg.norm(along)
    if length <= snap:
        return []
    share = (at - tail) @ along / length
    off = np.linalg.norm(at - tail - share[:, None] * along / length, axis=1)
    on = np.flatnonzero((off <= snap) & (share >= -snap) & (share <= length + snap))
    on = on[np.argsort(share[on])]
    return [(min(a, b), max(a, b)) for a, b in zip(on[:-1].tolist(), on[1:].tolist(), strict=True)]
