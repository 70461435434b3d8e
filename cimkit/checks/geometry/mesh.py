"""Boundaries made ready for judging: points of each shell merged within the snap tolerance, near the origin."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from cimkit.checks.geometry.codes import Where
from cimkit.checks.geometry.ragged import IntVector, component_labels, following, owners, reduce_rows, row_starts
from cimkit.facts.boundaries import LARGEST_COORDINATE, Boundaries

__all__ = ["Mesh", "make_mesh"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# A direction that no edge of a drawn building has: points that differ nearly always differ along it.
_GENERIC = np.array([0.5130618, 0.3379412, 0.7890351])


class Mesh(Struct, frozen=True):
    """xyz            coordinates of the merged points (v, 3), counted from their solid's `origin`
    origin         (solids, 3); solids of one building or composite share it
    exact          below this two computed positions are one (m): rounding, never modelling
    corner         merged point of each corner, closing points left out; a point belongs to one shell
    after, before  next and previous corner in the ring
    ring_of, polygon_of   ring and polygon of each corner
    """

    xyz: FloatArray
    origin: FloatArray
    exact: float
    corner: IntVector
    after: IntVector
    before: IntVector
    ring_of: IntVector
    polygon_of: IntVector
    ring_start: IntVector
    polygon_start: IntVector
    shell_start: IntVector
    solid_start: IntVector
    polygon_of_ring: IntVector
    shell_of_polygon: IntVector
    solid_of_shell: IntVector
    solid_of_polygon: IntVector
    closed: BoolArray  # of each ring: its first point came again at its end, or need not
    polygon_corners: IntVector  # row starts over the corners: a polygon's corners lie together

    def place(self, *, polygon: int | None = None, ring: int | None = None, shell: int | None = None) -> Where:
        """The place of a ring, polygon or shell, counted within what holds it."""
        ring_in = polygon_in = None
        if ring is not None:
            polygon = int(self.polygon_of_ring[ring])
            ring_in = int(ring - self.polygon_start[polygon])
        if polygon is not None:
            shell = int(self.shell_of_polygon[polygon])
            polygon_in = int(polygon - self.shell_start[shell])
        if shell is None:
            raise ValueError("a place needs a ring, a polygon or a shell")
        solid = int(self.solid_of_shell[shell])
        return Where(solid, int(shell - self.solid_start[solid]), polygon_in, ring_in)

    def absolute(self, xyz: FloatArray, solid: int) -> tuple[float, float, float]:
        """A position in the coordinates of the source."""
        x, y, z = (xyz + self.origin[solid]).tolist()
        return x, y, z


def make_mesh(boundaries: Boundaries, snap: float) -> Mesh:
    """Merge points within `snap` of each other in each shell, and drop closing points.

    Raises ValueError for coordinates that are no finite numbers, or beyond `LARGEST_COORDINATE`.
    """
    b = boundaries
    if not (np.abs(b.points) < LARGEST_COORDINATE).all():
        raise ValueError(f"coordinates must be finite numbers below {LARGEST_COORDINATE:g}")
    ring_of_shell_start = b.polygon_start[b.shell_start]
    shell_corner_start = b.ring_start[ring_of_shell_start]
    shell_of_corner = owners(shell_corner_start)
    solid_of_shell = owners(b.solid_start)
    given = b.points[b.corner]

    # Double precision is spent on the building, not on its distance from the equator.
    # Solids that are compared with each other share an origin.
    group_of_solid = np.where(b.building >= 0, b.building * 2, np.where(b.composite >= 0, b.composite * 2 + 1, -1))
    alone = group_of_solid < 0
    group_of_solid[alone] = group_of_solid.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    _, group_of_solid = np.unique(group_of_solid, return_inverse=True)
    group_of_corner = group_of_solid[solid_of_shell[shell_of_corner]]
    origin = np.full((int(group_of_solid.max(initial=-1)) + 1, 3), np.inf)
    solid_corner_start = shell_corner_start[b.solid_start]
    least = reduce_rows(np.minimum, given, solid_corner_start, np.inf)
    np.minimum.at(origin, group_of_solid, least)
    origin[~np.isfinite(origin)] = 0.0
    local = given - origin[group_of_corner]

    if b.closing_point:
        merged, xyz = _merge(local, shell_of_corner, snap)
    else:  # points named several times by one shell are one already
        key = shell_of_corner * (len(b.points) + 1) + b.corner
        _, first, again = np.unique(key, return_index=True, return_inverse=True)
        merged, xyz = _merge(local[first], shell_of_corner[first], snap)
        merged = merged[again]
    ring_lengths = np.diff(b.ring_start)
    closed = np.ones(len(ring_lengths), bool)
    keep = np.ones(len(merged), bool)
    if b.closing_point:
        several = np.flatnonzero(ring_lengths > 1)
        last = b.ring_start[several + 1] - 1
        comes_again = merged[b.ring_start[several]] == merged[last]
        closed[several] = comes_again
        keep[last[comes_again]] = False
        ring_lengths = ring_lengths.copy()
        ring_lengths[several[comes_again]] -= 1
        closed[ring_lengths < 1] = True
    ring_start = row_starts(ring_lengths)
    corner = merged[keep]
    after = following(ring_start)
    before = np.empty_like(after)
    before[after] = np.arange(len(after))
    polygon_of_ring = owners(b.polygon_start)
    ring_of = owners(ring_start)
    shell_of_polygon = owners(b.shell_start)
    largest = float(np.abs(given).max(initial=1.0))
    return Mesh(
        xyz=xyz,
        origin=origin[group_of_solid],
        exact=max(1e-6, 4 * float(np.spacing(largest))),
        corner=corner,
        after=after,
        before=before,
        ring_of=ring_of,
        polygon_of=polygon_of_ring[ring_of],
        ring_start=ring_start,
        polygon_start=b.polygon_start,
        shell_start=b.shell_start,
        solid_start=b.solid_start,
        polygon_of_ring=polygon_of_ring,
        shell_of_polygon=shell_of_polygon,
        solid_of_shell=solid_of_shell,
        solid_of_polygon=solid_of_shell[shell_of_polygon],
        closed=closed,
        polygon_corners=ring_start[b.polygon_start],
    )


def _merge(xyz: FloatArray, shell: IntVector, snap: float) -> tuple[IntVector, FloatArray]:
    """(merged point of each row, coordinates of the merged points): rows of one shell within `snap` become one.

    Sorted along a generic direction, points within `snap` stand near each other; the first of a cluster lends its
    coordinates.
    """
    along = xyz @ _GENERIC
    span = float(np.ptp(along)) + 1.0 if len(along) else 1.0
    order = np.argsort(shell * span + along, kind="stable")
    ordered, in_shell, position = xyz[order], shell[order], along[order]
    new = np.ones(len(order), bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1) | (in_shell[1:] != in_shell[:-1])
    run = np.cumsum(new) - 1
    first = np.flatnonzero(new)
    ordered, in_shell, position = ordered[first], in_shell[first], position[first]

    pairs: list[tuple[IntVector, IntVector]] = []
    candidates, step = np.arange(len(first)), 1
    while True:
        candidates = candidates[candidates + step < len(first)]
        other = candidates + step
        near = (in_shell[candidates] == in_shell[other]) & (position[other] - position[candidates] < snap)
        candidates, other = candidates[near], other[near]
        if not len(candidates):
            break
        same = ((ordered[candidates] - ordered[other]) ** 2).sum(axis=1) < snap * snap
        pairs.append((candidates[same], other[same]))
        step += 1
    if pairs:
        a, b = (np.concatenate(side) for side in zip(*pairs, strict=True))
        label = component_labels(len(first), a, b)
        kept, code = np.unique(label, return_inverse=True)
        run, ordered = code[run], ordered[kept]
    merged = np.empty(len(order), np.int64)
    merged[order] = run
    return merged, ordered
