"""Where polygons meet that should not: two polygons of a shell share whole edges and corners, and nothing else.

First boxes, then planes: a polygon that lies on one side of another's plane, but for one corner or one edge that both
have, meets it nowhere else. That settles nearly all pairs of a building, for all buildings at once. What is left is
asked of GEOS, edge by edge, in the plane of the other polygon.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import shapely

from cimkit.checks.geometry.edges import Edges
from cimkit.checks.geometry.mesh import Mesh
from cimkit.checks.geometry.planes import Planes
from cimkit.checks.geometry.polygons import flat_shapes
from cimkit.checks.geometry.ragged import IntVector, expand, reduce_rows, row_starts

__all__ = ["Contacts", "Hits"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_DENSE = 48  # up to so many polygons a shell, all pairs are cheaper than a tree
_CHUNK = 2_000_000  # pairs looked at together


class Hits:
    """Contacts beyond what two polygons share: the pair, and where (n, 3); inner: an edge goes through the inside of
    the other polygon; overlap: an edge lies in the other polygon; otherwise it touches it in a point."""

    def __init__(self, pair: IntVector, xyz: FloatArray, inner: BoolArray, overlap: BoolArray) -> None:
        order = np.argsort(pair, kind="stable")
        self.pair, self.xyz = pair[order], xyz[order]
        self.inner, self.overlap = inner[order], overlap[order]


class Contacts:
    """Contacts between the polygons of a mesh."""

    def __init__(self, mesh: Mesh, planes: Planes, snap: float) -> None:
        self.mesh, self.planes, self.snap = mesh, planes, snap
        points = mesh.xyz[mesh.corner]
        self.low = np.asarray(reduce_rows(np.minimum, points, mesh.polygon_corners, np.inf), np.float64) - mesh.exact
        self.high = np.asarray(reduce_rows(np.maximum, points, mesh.polygon_corners, -np.inf), np.float64) + mesh.exact
        self._width = len(mesh.xyz) + 1
        self._corner_of = np.sort(mesh.polygon_of * self._width + mesh.corner)

    # --- what is asked ------------------------------------------------------------------------------------------

    def within(self, shells: IntVector, edges: Edges) -> Iterator[tuple[int, int, FloatArray]]:
        """(polygon, polygon, where) of improper contacts inside each of some shells."""
        for first, second in self._pairs(shells):
            yield from self._improper(first, second, edges)

    def between(self, some: IntVector, others: IntVector, edges: Edges) -> Iterator[tuple[int, int, FloatArray]]:
        """(one of some, one of others, where) of improper contacts between two sets of polygons."""
        first, second = self.near(some, others)
        yield from self._improper(first, second, edges)

    def near(self, some: IntVector, others: IntVector) -> tuple[IntVector, IntVector]:
        """Pairs whose boxes meet."""
        if len(some) * len(others) <= _CHUNK:
            first, second = np.repeat(some, len(others)), np.tile(others, len(some))
        else:
            one, other = shapely.STRtree(self._flat_boxes(others)).query(self._flat_boxes(some))
            first, second = some[one], others[other]
        meet = self._boxes_meet(first, second)
        return first[meet], second[meet]

    def _improper(self, first: IntVector, second: IntVector, edges: Edges) -> Iterator[tuple[int, int, FloatArray]]:
        unsettled = ~self._on_one_side(first, second, edges)
        first, second = first[unsettled], second[unsettled]
        unsettled = ~self._on_one_side(second, first, edges)
        first, second = first[unsettled], second[unsettled]
        hits = self.hits(first, second, edges)
        for pair, xyz in zip(hits.pair.tolist(), hits.xyz, strict=True):
            yield int(first[pair]), int(second[pair]), xyz

    # --- which pairs --------------------------------------------------------------------------------------------

    def _flat_boxes(self, polygons: IntVector) -> npt.NDArray[np.object_]:
        return np.asarray(shapely.box(*self.low[polygons, :2].T, *self.high[polygons, :2].T))

    def _boxes_meet(self, first: IntVector, second: IntVector) -> BoolArray:
        meet = np.ones(len(first), bool)
        for axis in (2, 0, 1):
            low, high = self.low[:, axis], self.high[:, axis]
            left = np.flatnonzero(meet)
            meet[left] = (low[first[left]] <= high[second[left]]) & (low[second[left]] <= high[first[left]])
        return meet

    def _pairs(self, shells: IntVector) -> Iterator[tuple[IntVector, IntVector]]:
        """Pairs of polygons of one shell whose boxes meet, many shells at a time."""
        start = self.mesh.shell_start
        size = np.diff(start)[shells]
        _, polygon = expand(shells[size <= _DENSE], start)
        partners = start[self.mesh.shell_of_polygon[polygon] + 1] - polygon - 1
        before = np.cumsum(partners)
        begin = 0
        while begin < len(polygon):
            done = before[begin - 1] if begin else 0
            end = max(begin + 1, int(np.searchsorted(before, done + _CHUNK, side="right")))
            some = polygon[begin:end]
            first = np.repeat(some, partners[begin:end])
            offset = np.arange(len(first)) - np.repeat(row_starts(partners[begin:end])[:-1], partners[begin:end])
            second = first + 1 + offset
            meet = self._boxes_meet(first, second)
            yield first[meet], second[meet]
            begin = end
        for shell in shells[size > _DENSE].tolist():
            first = np.arange(start[shell], start[shell + 1])
            boxes = self._flat_boxes(first)
            one, other = shapely.STRtree(boxes).query(boxes)
            one, other = first[one[one < other]], first[other[one < other]]
            for begin in range(0, len(one), _CHUNK):
                a, b = one[begin : begin + _CHUNK], other[begin : begin + _CHUNK]
                meet = self._boxes_meet(a, b)
                yield a[meet], b[meet]

    # --- settled by planes --------------------------------------------------------------------------------------

    def _is_corner(self, polygon: IntVector, point: IntVector) -> BoolArray:
        key = polygon * self._width + point
        at = np.searchsorted(self._corner_of, key)
        at[at == len(self._corner_of)] = 0
        found: BoolArray = self._corner_of[at] == key if len(self._corner_of) else np.zeros(len(key), bool)
        return found

    def _is_edge(self, polygon: IntVector, a: IntVector, b: IntVector, edges: Edges) -> BoolArray:
        """Whether a-b is an edge of the polygon."""
        if not len(edges.order):
            return np.zeros(len(polygon), bool)
        rows = edges.order[edges.start[:-1]]
        known = np.minimum(edges.tail[rows], edges.head[rows]) * self._width + np.maximum(
            edges.tail[rows], edges.head[rows]
        )
        key = np.minimum(a, b) * self._width + np.maximum(a, b)
        at = np.minimum(np.searchsorted(known, key), len(known) - 1)
        first = edges.polygon[edges.order[edges.start[at]]]
        last = edges.polygon[edges.order[edges.start[at + 1] - 1]]
        found: BoolArray = (known[at] == key) & ((first == polygon) | (last == polygon))
        return found

    def _on_one_side(self, plane: IntVector, other: IntVector, edges: Edges) -> BoolArray:
        """Pairs where `other` lies on one side of the plane of `plane`, but for a corner or an edge that both have."""
        row, corner = expand(other, self.mesh.polygon_corners)
        starts = row_starts(np.diff(self.mesh.polygon_corners)[other])
        point = self.mesh.corner[corner]
        height = self.planes.height(self.mesh.xyz[point], plane[row])
        slack = (self.planes.deviation[plane] + self.mesh.exact)[row]
        above = np.asarray(reduce_rows(np.logical_or, height > slack, starts, False), bool)
        below = np.asarray(reduce_rows(np.logical_or, height < -slack, starts, False), bool)
        on = np.abs(height) <= slack
        touching = np.asarray(reduce_rows(np.add, on.astype(np.int64), starts, 0))
        settled: BoolArray = ~(above & below)
        candidate = settled & (touching > 0) & (touching <= 2)
        settled &= touching <= 2
        ask = np.flatnonzero(on & candidate[row])
        strange = row[ask[~self._is_corner(plane[row[ask]], point[ask])]]
        settled[strange] = False
        two = np.flatnonzero(candidate & settled & (touching == 2))
        low = np.asarray(reduce_rows(np.minimum, np.where(on, point, self._width), starts, self._width))[two]
        high = np.asarray(reduce_rows(np.maximum, np.where(on, point, -1), starts, -1))[two]
        adjacent = self._is_edge(plane[two], low, high, edges) & self._is_edge(other[two], low, high, edges)
        settled[two[~adjacent]] = False
        return settled

    # --- asked of GEOS ------------------------------------------------------------------------------------------

    def hits(self, first: IntVector, second: IntVector, edges: Edges) -> Hits:
        """Improper contacts of pairs of polygons, edge by edge."""
        mesh, planes = self.mesh, self.planes
        pair = np.tile(np.arange(len(first)), 2)
        walker, ground = np.concatenate([first, second]), np.concatenate([second, first])
        row, half = expand(walker, edges.polygon_start)
        half = edges.by_polygon[half]
        tail, head = edges.tail[half], edges.head[half]
        face = ground[row]
        slack = planes.deviation[face] + mesh.exact
        at_tail, at_head = planes.height(mesh.xyz[tail], face), planes.height(mesh.xyz[head], face)
        tail_on, head_on = np.abs(at_tail) <= slack, np.abs(at_head) <= slack

        shapes = np.empty(len(mesh.polygon_start) - 1, object)
        needed = np.unique(face)
        shapes[needed] = flat_shapes(mesh, planes, needed) if len(needed) else needed

        through = np.flatnonzero(~tail_on & ~head_on & ((at_tail > 0) != (at_head > 0)))
        share = at_tail[through] / (at_tail[through] - at_head[through])
        crossing = mesh.xyz[tail[through]] + share[:, None] * (mesh.xyz[head[through]] - mesh.xyz[tail[through]])
        inside = self._on_shape(shapes, face[through], crossing)
        through, crossing = through[inside], crossing[inside]
        at_border = self._on_shape(shapely.boundary(shapes), face[through], crossing)

        touch = np.flatnonzero(tail_on & ~self._is_corner(face, tail))
        touch = touch[self._on_shape(shapes, face[touch], mesh.xyz[tail[touch]])]

        flat = np.flatnonzero(tail_on & head_on)
        flat = flat[~self._is_edge(face[flat], tail[flat], head[flat], edges)]
        ends = [planes.project(mesh.xyz[end[flat]], face[flat]) for end in (tail, head)]
        lines = shapely.linestrings(np.stack(ends, axis=1)) if len(flat) else np.empty(0, object)
        common = shapely.length(shapely.intersection(shapes[face[flat]], lines))
        flat = flat[common > self.snap]
        middle = (mesh.xyz[tail[flat]] + mesh.xyz[head[flat]]) / 2

        found = np.concatenate([through, touch, flat])
        kind = np.repeat([0, 1, 2], [len(through), len(touch), len(flat)])
        xyz = np.concatenate([crossing, mesh.xyz[tail[touch]], middle])
        inner = np.concatenate([~at_border, np.zeros(len(touch) + len(flat), bool)])
        return Hits(pair[row[found]], xyz, inner, kind == 2)

    def _on_shape(self, shapes: npt.NDArray[np.object_], face: IntVector, xyz: FloatArray) -> BoolArray:
        if not len(face):
            return np.zeros(0, bool)
        points = shapely.points(self.planes.project(xyz, face))
        return np.asarray(shapely.dwithin(shapes[face], points, self.mesh.exact))
