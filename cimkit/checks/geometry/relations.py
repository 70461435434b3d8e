"""How two closed shells (or sets of them) lie to each other: same, crossing, one in the other, touching, apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from msgspec import Struct

from cimkit.checks.geometry.contacts import Contacts
from cimkit.checks.geometry.edges import Edges
from cimkit.checks.geometry.polygons import flat_shapes
from cimkit.checks.geometry.ragged import IntVector, expand

__all__ = ["Relation", "Relations"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class Relation(Struct, frozen=True):
    """Of bodies a and b, bounded by polygons.

    same       the same surface
    crossing   the surface of one goes through that of the other
    b_inside   all of b's surface lies in a, and some of it not on a's surface
    a_inside   likewise
    area       they have a piece of surface in common
    lines      an edge of one runs along the surface of the other
    touching   they meet at all
    point      where, if they meet (3,)
    """

    same: bool = False
    crossing: bool = False
    b_inside: bool = False
    a_inside: bool = False
    area: bool = False
    lines: bool = False
    touching: bool = False
    point: FloatArray | None = None


class Relations:
    """Relations between bodies of one mesh, each given by the polygons of its shells, which are valid."""

    def __init__(self, contacts: Contacts, edges: Edges) -> None:
        self.contacts, self.edges = contacts, edges
        self.mesh, self.planes = contacts.mesh, contacts.planes

    def of(self, a: IntVector, b: IntVector) -> Relation:
        """The relation of the bodies bounded by polygons a and b."""
        low, high = self.contacts.low, self.contacts.high
        if (low[a].min(0) > high[b].max(0)).any() or (low[b].min(0) > high[a].max(0)).any():
            return Relation()
        if self._same(a, b):
            return Relation(same=True, area=True, touching=True, point=self.planes.centre[a[0]])
        first, second = self.contacts.near(a, b)
        hits = self.contacts.hits(first, second, self.edges)
        area = self._common_area(first, second)
        b_in, b_out = self._sides(a, b)
        a_in, a_out = self._sides(b, a)
        crossing = (b_in and b_out) or (a_in and a_out) or bool(hits.inner.any())
        point = hits.xyz[np.argmax(hits.inner)] if len(hits.pair) else None
        return Relation(
            crossing=crossing,
            b_inside=b_in and not crossing,
            a_inside=a_in and not crossing,
            area=area,
            lines=bool(hits.overlap.any()),
            touching=bool(len(hits.pair)) or area,
            point=point,
        )

    def _same(self, a: IntVector, b: IntVector) -> bool:
        """Whether each polygon of a has the corners of one of b, to within the snap tolerance."""
        if len(a) != len(b):
            return False
        points = [np.unique(self.mesh.corner[expand(side, self.mesh.polygon_corners)[1]]) for side in (a, b)]
        if len(points[0]) != len(points[1]):
            return False
        partner: dict[int, int] = {}
        others = self.mesh.xyz[points[1]]
        for point in points[0].tolist():
            gap = np.linalg.norm(others - self.mesh.xyz[point], axis=1)
            nearest = int(gap.argmin())
            if gap[nearest] > self.contacts.snap:
                return False
            partner[point] = int(points[1][nearest])

        def corners(polygon: int) -> list[int]:
            start = self.mesh.polygon_corners
            return [int(point) for point in self.mesh.corner[start[polygon] : start[polygon + 1]]]

        mine = sorted(sorted(partner[point] for point in corners(polygon)) for polygon in a.tolist())
        return mine == sorted(sorted(corners(polygon)) for polygon in b.tolist())

    def _common_area(self, first: IntVector, second: IntVector) -> bool:
        """Whether some pair of polygons lies in one plane and overlaps there."""
        planes = self.planes
        slack = planes.deviation[first] + planes.deviation[second] + self.mesh.exact
        parallel = np.abs((planes.normal[first] * planes.normal[second]).sum(axis=1)) > np.cos(0.001)
        flush = np.flatnonzero(parallel & (np.abs(planes.height(planes.centre[second], first)) <= slack * 2))
        if not len(flush):
            return False
        first, second = first[flush], second[flush]
        ground = flat_shapes(self.mesh, planes, first)
        cover = flat_shapes(self.mesh, planes, second, onto=first)
        common = shapely.area(shapely.intersection(ground, shapely.make_valid(cover)))
        return bool((common > self.contacts.snap * np.sqrt(shapely.area(ground))).any())

    def _sides(self, body: IntVector, other: IntVector) -> tuple[bool, bool]:
        """Whether some of `other`'s surface lies strictly inside `body`, and some strictly outside."""
        samples = np.concatenate([self._samples(polygon, body) for polygon in other.tolist()])
        samples = samples[~self._on(body, samples)]
        inside = self._winding(body, samples) > 0.5
        return bool(inside.any()), bool((~inside).any())

    def _samples(self, polygon: int, body: IntVector) -> FloatArray:
        """A point in every piece of a polygon between the planes of `body` that pass near it: each piece is on one
        side of the body."""
        planes = self.planes
        shape = flat_shapes(self.mesh, planes, np.asarray([polygon]))[0]
        near = self.contacts.near(np.asarray([polygon]), body)[1]
        normal = planes.normal[near]
        slope = np.stack([normal @ planes.u[polygon], normal @ planes.v[polygon]], axis=1)
        steep = np.linalg.norm(slope, axis=1)
        cutting = steep > 1e-6
        slope, steep = slope[cutting] / steep[cutting, None], steep[cutting]
        offset = ((planes.centre[polygon] - planes.centre[near[cutting]]) * normal[cutting]).sum(axis=1) / steep
        foot = -offset[:, None] * slope
        reach = np.stack([-slope[:, 1], slope[:, 0]], axis=1) * (shape.length + np.abs(offset))[:, None]
        lines = shapely.linestrings(np.stack([foot - reach, foot + reach], axis=1))
        network = shapely.union_all([shape.boundary, *shapely.intersection(lines, shape)], grid_size=self.mesh.exact)
        pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
        pieces = pieces[shapely.area(pieces) > self.contacts.snap * shapely.length(pieces) / 4]
        flat = shapely.get_coordinates(shapely.point_on_surface(pieces))
        flat = flat[shapely.contains_xy(shape, flat)]
        return np.asarray(planes.centre[polygon] + flat[:, :1] * planes.u[polygon] + flat[:, 1:] * planes.v[polygon])

    def _on(self, body: IntVector, samples: FloatArray) -> BoolArray:
        """Which samples lie on the surface."""
        shapes = flat_shapes(self.mesh, self.planes, body)
        on = np.zeros(len(samples), bool)
        for position, polygon in enumerate(body.tolist()):
            height = np.abs(self.planes.height(samples, polygon))
            level = np.flatnonzero(height <= self.planes.deviation[polygon] + self.mesh.exact)
            flat = shapely.points(self.planes.project(samples[level], polygon))
            on[level] |= shapely.dwithin(shapes[position], flat, self.mesh.exact)
        return on

    def _winding(self, body: IntVector, samples: FloatArray) -> FloatArray:
        """How often the surface wraps around each sample: the solid angles of its fans (van Oosterom and Strackee)."""
        _, corner = expand(body, self.mesh.polygon_corners)
        mesh = self.mesh
        base = mesh.xyz[mesh.corner[mesh.ring_start[mesh.ring_of[corner]]]]
        fan = np.stack([base, mesh.xyz[mesh.corner[corner]], mesh.xyz[mesh.corner[mesh.after[corner]]]])
        total = np.zeros(len(samples))
        for number, sample in enumerate(samples):
            a, b, c = fan - sample
            la, lb, lc = (np.linalg.norm(side, axis=1) for side in (a, b, c))
            up = (a * np.cross(b, c)).sum(axis=1)
            down = la * lb * lc + (a * b).sum(1) * lc + (b * c).sum(1) * la + (c * a).sum(1) * lb
            total[number] = np.arctan2(up, down).sum() / (2 * np.pi)
        return np.abs(total)
