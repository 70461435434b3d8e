"""Shells: enough polygons, closed, a 2-manifold in one piece, without self-intersection, facing outwards (301-308)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cimkit.checks.geometry.codes import Fault, GeometryFault
from cimkit.checks.geometry.contacts import Contacts
from cimkit.checks.geometry.edges import Edges
from cimkit.checks.geometry.mesh import Mesh
from cimkit.checks.geometry.planes import Planes
from cimkit.checks.geometry.ragged import IntVector

__all__ = ["judge_shells", "volumes"]

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


def judge_shells(
    mesh: Mesh, planes: Planes, edges: Edges, contacts: Contacts, shells: IntVector, solid: BoolArray, snap: float
) -> tuple[list[GeometryFault], BoolArray]:
    """Faults of some shells, one each at most - of wrongly turned polygons one each -, and which shells have none.

    solid: whether each shell (of all) bounds a solid; the others are composite surfaces, which may be open.
    The order: too few polygons; an edge with more than two; parts that hang on a point or nothing; holes; a point with
    several umbrellas; polygons turned the other way; self-intersection; the whole shell inside out.
    """
    judge = _Shells(mesh, planes, edges, contacts, snap)
    good = np.zeros(len(mesh.shell_start) - 1, bool)
    good[shells] = True
    sizes = np.diff(mesh.shell_start)
    for shell in shells[solid[shells] & (sizes[shells] < 4)].tolist():
        judge.fault(shell, Fault.TOO_FEW_POLYGONS)
        good[shell] = False

    counts = judge.count()
    troubled = counts.over + counts.split + counts.turned + (counts.parts > 1) + np.where(solid, counts.open, 0)
    for shell in np.flatnonzero(good & (troubled > 0)).tolist():
        judge.topology(shell, bool(solid[shell]))
        good[shell] = False

    for face, other, xyz in contacts.within(np.flatnonzero(good), edges):
        shell = int(mesh.shell_of_polygon[face])
        if good[shell]:
            judge.fault(shell, Fault.SHELL_SELF_INTERSECTION, int(min(face, other)), xyz)
            good[shell] = False

    inside_out = good & solid & (volumes(mesh) < 0)
    exterior = np.zeros(len(good), bool)
    exterior[mesh.solid_start[:-1][np.diff(mesh.solid_start) > 0]] = True
    for shell in np.flatnonzero(inside_out & exterior).tolist():
        judge.fault(shell, Fault.ALL_POLYGONS_WRONG_ORIENTATION)
        good[shell] = False
    return judge.faults, good


def volumes(mesh: Mesh) -> FloatArray:
    """Signed volume of each shell (m3): negative where its polygons face inwards. Meaningless for open shells."""
    points = mesh.xyz[mesh.corner]
    first = np.minimum(mesh.shell_start[:-1], max(len(mesh.polygon_start) - 2, 0))
    base = mesh.polygon_corners[first] if len(mesh.polygon_start) > 1 else np.zeros(len(first), np.int64)
    origin = points[np.minimum(base, max(len(points) - 1, 0))] if len(points) else np.zeros((len(first), 3))
    shell = mesh.shell_of_polygon[mesh.polygon_of]
    arm = points - origin[shell]
    # Fans from the first corner of each ring; where the ring bends inwards their signs cancel what is too much.
    ring_base = arm[mesh.ring_start[:-1][mesh.ring_of]] if len(points) else arm
    sixfold = (np.cross(arm, arm[mesh.after]) * ring_base).sum(axis=1)
    return np.bincount(shell, sixfold, minlength=len(mesh.shell_start) - 1) / 6


class _Counts:
    """Of each shell: edges with more than two polygons, with one, with two that run alike; parts; split points."""

    def __init__(self, mesh: Mesh, edges: Edges) -> None:
        count = len(mesh.shell_start) - 1
        uses = edges.uses
        first = edges.order[edges.start[:-1]] if len(edges.order) else edges.order
        second = edges.order[np.minimum(edges.start[:-1] + 1, max(len(edges.order) - 1, 0))] if len(uses) else first
        shell_of_edge = mesh.shell_of_polygon[edges.polygon[first]]
        alike = (uses == 2) & (edges.tail[first] == edges.tail[second])
        self.over = np.bincount(shell_of_edge[uses > 2], minlength=count)
        self.open = np.bincount(shell_of_edge[uses == 1], minlength=count)
        self.turned = np.bincount(shell_of_edge[alike], minlength=count)
        polygons = np.unique(edges.polygon)
        roots = polygons[edges.component[polygons] == polygons]
        self.parts = np.bincount(mesh.shell_of_polygon[roots], minlength=count)
        umbrellas = np.flatnonzero(edges.umbrella == np.arange(len(edges.tail)))
        of_shell = mesh.shell_of_polygon[edges.polygon]
        points = np.zeros(len(mesh.xyz), np.int64)
        points[edges.tail] = of_shell + 1
        self.split = np.bincount(of_shell[umbrellas], minlength=count) - np.bincount(points, minlength=count + 1)[1:]


class _Shells:
    """The faults of shells, as they are found."""

    def __init__(self, mesh: Mesh, planes: Planes, edges: Edges, contacts: Contacts, snap: float) -> None:
        self.mesh, self.planes, self.edges, self.contacts, self.snap = mesh, planes, edges, contacts, snap
        self.faults: list[GeometryFault] = []
        shell = mesh.shell_of_polygon[edges.polygon]
        self._by_shell = np.argsort(shell, kind="stable")
        self._sorted = shell[self._by_shell]

    def count(self) -> _Counts:
        return _Counts(self.mesh, self.edges)

    def fault(
        self,
        shell: int,
        code: int,
        polygon: int | None = None,
        xyz: FloatArray | None = None,
        measure: float | None = None,
    ) -> None:
        where = self.mesh.place(polygon=polygon) if polygon is not None else self.mesh.place(shell=shell)
        point = None if xyz is None else self.mesh.absolute(xyz, where.solid)
        self.faults.append(GeometryFault(int(code), where, point, measure))

    def half_edges(self, shell: int) -> IntVector:
        first, last = np.searchsorted(self._sorted, [shell, shell + 1])
        return self._by_shell[first:last]

    def topology(self, shell: int, solid: bool) -> None:
        """The one fault of how a shell's polygons meet."""
        edges, xyz = self.edges, self.mesh.xyz
        half = self.half_edges(shell)
        ends = np.sort(np.stack([edges.tail[half], edges.head[half]], axis=1), axis=1)
        edge, of_half, uses = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
        of_half = of_half.reshape(-1)
        middle = xyz[edge].mean(axis=1)
        over = np.flatnonzero(uses > 2)
        if len(over):
            polygon = int(edges.polygon[half[of_half == over[0]]].max())
            self.fault(shell, Fault.NON_MANIFOLD_EDGE, polygon, middle[over[0]], float(len(over)))
            return
        is_open = uses[of_half] == 1
        part = edges.component[edges.polygon[half]]
        if len(np.unique(part)) > 1 and self._apart(shell, half, part, is_open, solid):
            return
        if solid and is_open.any():
            border = half[is_open]
            code = Fault.NON_MANIFOLD_EDGE if self._only_t_junctions(border) else Fault.SHELL_NOT_CLOSED
            point = xyz[[edges.tail[border[0]], edges.head[border[0]]]].mean(axis=0)
            self.fault(shell, code, None, point, float(len(border)))
            return
        roots = half[edges.umbrella[half] == half]
        points, umbrellas = np.unique(edges.tail[roots], return_counts=True)
        if (umbrellas > 1).any():
            point = points[umbrellas > 1][0]
            self.fault(shell, Fault.NON_MANIFOLD_VERTEX, None, xyz[point], float((umbrellas > 1).sum()))
            return
        for polygon in self._turned(half, of_half, uses):
            self.fault(shell, Fault.POLYGON_WRONG_ORIENTATION, polygon, self.planes.centre[polygon])

    def _apart(self, shell: int, half: IntVector, part: IntVector, is_open: BoolArray, solid: bool) -> bool:
        """The fault of a shell whose polygons fall into parts without a common edge.

        "Not connected to the main shell" supposes one: where the largest part of a solid's shell has a hole itself, the
        hole is the fault. A part that lies on the main shell, or goes through it, intersects it.
        """
        edges = self.edges
        names, sizes = np.unique(part, return_counts=True)
        main = names[np.argmax(sizes)]
        in_main = part == main
        if solid and is_open[in_main].any():
            return False
        other = half[~in_main]
        shared = np.intersect1d(edges.tail[half[in_main]], edges.tail[other])
        if len(shared):
            polygon = int(edges.polygon[other[edges.tail[other] == shared[0]]][0])
            self.fault(shell, Fault.NON_MANIFOLD_VERTEX, polygon, self.mesh.xyz[shared[0]])
            return True
        faces, loose = np.unique(edges.polygon[half[in_main]]), np.unique(edges.polygon[other])
        for _, face, xyz in self.contacts.between(faces, loose, edges):
            self.fault(shell, Fault.SHELL_SELF_INTERSECTION, int(face), xyz)
            return True
        polygon = int(loose[0])
        self.fault(shell, Fault.MULTIPLE_CONNECTED_COMPONENTS, polygon, self.planes.centre[polygon], float(len(names)))
        return True

    def _only_t_junctions(self, border: IntVector) -> bool:
        """Is the border no hole at all: does each piece of it lie on exactly one other piece?

        So it is where a point stands on an edge that one of the two polygons there does not know of. The surface
        leaves no gap, but the edges have not two polygons each.
        """
        tail, head = self.edges.tail[border], self.edges.head[border]
        points = np.unique(np.concatenate([tail, head]))
        at = self.mesh.xyz[points]
        pieces: dict[tuple[int, int], int] = {}
        for a, b in zip(tail.tolist(), head.tolist(), strict=True):
            start, along = self.mesh.xyz[a], self.mesh.xyz[b] - self.mesh.xyz[a]
            share = (at - start) @ along / (along @ along)
            near = np.linalg.norm(at - start - share[:, None] * along, axis=1) <= self.snap
            between = near & (share > 0) & (share < 1) & (points != a) & (points != b)
            on = np.concatenate([[a], points[between][np.argsort(share[between])], [b]])
            for one, other in zip(on[:-1].tolist(), on[1:].tolist(), strict=True):
                pair = (min(one, other), max(one, other))
                pieces[pair] = pieces.get(pair, 0) + 1
        return all(times == 2 for times in pieces.values())

    def _turned(self, half: IntVector, of_half: IntVector, uses: IntVector) -> list[int]:
        """Polygons that face the other way than most; where the surface has one side only, those found last."""
        tail, polygon = self.edges.tail, self.edges.polygon
        neighbours: dict[int, list[tuple[int, bool]]] = {int(face): [] for face in np.unique(polygon[half])}
        order = np.argsort(of_half, kind="stable")
        pairs = order[np.flatnonzero((uses[of_half[order]] == 2) & (np.diff(of_half[order], prepend=-1) > 0))]
        for one in pairs.tolist():
            two = order[np.flatnonzero(order == one)[0] + 1]
            a, b = int(polygon[half[one]]), int(polygon[half[two]])
            alike = bool(tail[half[one]] == tail[half[two]])
            neighbours[a].append((b, alike))
            neighbours[b].append((a, alike))
        first = next(iter(neighbours))
        flipped = {first: False}
        waiting = [first]
        while waiting:
            face = waiting.pop()
            for other, alike in neighbours[face]:
                if other not in flipped:
                    flipped[other] = flipped[face] != alike
                    waiting.append(other)
        wrong = [face for face, turned in flipped.items() if turned]
        right = [face for face, turned in flipped.items() if not turned]
        return sorted(wrong if wrong and len(wrong) <= len(right) else right if wrong else [first])
