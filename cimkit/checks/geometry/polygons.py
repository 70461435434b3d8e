"""Polygons: planar, simple rings that lie in one another as they should (104, 201-208).

What holds for most polygons - flat, one convex ring - is shown for all of them at once; GEOS looks at the others
together; only those GEOS refuses or finds nearly touching are taken apart one by one.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import shapely
from msgspec import Struct, field

from cimkit.checks.geometry.codes import Fault, GeometryFault, Tolerances
from cimkit.checks.geometry.mesh import Mesh
from cimkit.checks.geometry.planes import Planes, steepest_edges
from cimkit.checks.geometry.polygon_rings import judge_rings
from cimkit.checks.geometry.ragged import IntVector, expand, reduce_rows, row_starts

__all__ = ["PolygonVerdicts", "flat_shapes", "judge_polygons", "triangulate"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]


class PolygonVerdicts(Struct, frozen=True):
    """faults; good: polygons without a fault; noded: rings of the polygons that touch themselves, with every contact
    made a corner (see `judge_rings`)."""

    faults: list[GeometryFault]
    good: BoolArray
    noded: dict[int, list[IntVector]] = field(default_factory=dict)


def judge_polygons(
    mesh: Mesh, planes: Planes, areas: FloatArray, live: BoolArray, tolerances: Tolerances
) -> PolygonVerdicts:
    """Judge the polygons that are `live` (their rings have no fault): at most one fault each."""
    faults: list[GeometryFault] = []
    good = live.copy()

    def fault(polygon: int, code: int, corner: int, measure: float) -> None:
        where = mesh.place(polygon=polygon)
        point = mesh.absolute(mesh.xyz[mesh.corner[corner]], where.solid)
        faults.append(GeometryFault(code, where, point, round(measure, 6)))
        good[polygon] = False

    for polygon in np.flatnonzero(good & (planes.deviation > tolerances.planarity)).tolist():
        corner, distance = int(planes.farthest[polygon]), float(planes.deviation[polygon])
        fault(polygon, Fault.NON_PLANAR_DISTANCE, corner, distance)
    bent = np.flatnonzero(good & (planes.deviation > mesh.exact))
    angle = steepest_edges(mesh, planes, bent)
    steep = angle > tolerances.normals
    for polygon, degrees in zip(bent[steep].tolist(), angle[steep].tolist(), strict=True):
        fault(polygon, Fault.NON_PLANAR_NORMALS, int(planes.farthest[polygon]), degrees)

    noded: dict[int, list[IntVector]] = {}
    rest = np.flatnonzero(good & ~_convex(mesh, planes))
    if len(rest):
        shapes = flat_shapes(mesh, planes, rest)
        clear = shapely.is_valid(shapes)
        clear[clear] = shapely.minimum_clearance(shapes[clear]) > mesh.exact
        clear &= ~_meets_itself(mesh)[rest]
        clear[clear] &= ~_rings_turn_alike(mesh, planes, areas, rest[clear])
        for polygon in rest[~clear].tolist():
            _take_apart(mesh, planes, polygon, faults, good, noded)

    bent = bent[good[bent]]
    angle = _fold_angles(mesh, planes, bent, tolerances.normals)
    for polygon, degrees in zip(bent.tolist(), angle.tolist(), strict=True):
        if degrees > tolerances.normals:
            fault(polygon, Fault.NON_PLANAR_NORMALS, int(planes.farthest[polygon]), degrees)
    return PolygonVerdicts(faults, good, noded)


def _convex(mesh: Mesh, planes: Planes) -> BoolArray:
    """Polygons of one ring that turns left all the way and once around: valid without looking further."""
    edge = mesh.xyz[mesh.corner[mesh.after]] - mesh.xyz[mesh.corner]
    before = edge[mesh.before]
    left = (np.cross(before, edge) * planes.normal[mesh.polygon_of]).sum(axis=1)
    turn = np.arctan2(left, (before * edge).sum(axis=1))
    total = np.asarray(reduce_rows(np.add, turn, mesh.polygon_corners, 0.0), np.float64)
    least = np.asarray(reduce_rows(np.minimum, turn, mesh.polygon_corners, 0.0), np.float64)
    most = np.asarray(reduce_rows(np.maximum, turn, mesh.polygon_corners, 4.0), np.float64)
    once = np.abs(total - 2 * np.pi) < 1e-6
    return np.asarray(once & (least > -1e-9) & (most < np.pi - 1e-6) & (np.diff(mesh.polygon_start) == 1))


def _meets_itself(mesh: Mesh) -> BoolArray:
    """Polygons that have a point as a corner more than once."""
    corner = np.sort(mesh.polygon_of * (len(mesh.xyz) + 1) + mesh.corner)
    twice = corner[1:][corner[1:] == corner[:-1]]
    found = np.zeros(len(mesh.polygon_start) - 1, bool)
    found[twice // (len(mesh.xyz) + 1)] = True
    return found


def flat_shapes(mesh: Mesh, planes: Planes, polygons: IntVector, onto: IntVector | None = None) -> Shapes:
    """Polygons projected to their planes, or to those of the polygons `onto`, as shapely polygons."""
    row, ring = expand(polygons, mesh.polygon_start)
    of_ring, corner = expand(ring, mesh.ring_start)
    plane = (polygons if onto is None else onto)[row][of_ring]
    lines = shapely.linearrings(planes.project(mesh.xyz[mesh.corner[corner]], plane), indices=of_ring)
    return np.asarray(shapely.polygons(lines, indices=row))


def _rings_turn_alike(mesh: Mesh, planes: Planes, areas: FloatArray, polygons: IntVector) -> BoolArray:
    """Polygons with an interior ring that runs the way of the exterior one."""
    row, ring = expand(polygons, mesh.polygon_start)
    upward = (areas[ring] * planes.normal[polygons][row]).sum(axis=1) > 0
    exterior = upward[row_starts(np.diff(mesh.polygon_start)[polygons])[:-1]]
    alike = upward == exterior[row]
    alike[row_starts(np.diff(mesh.polygon_start)[polygons])[:-1]] = False
    found = np.zeros(len(polygons), bool)
    found[row[alike]] = True
    return found


def _take_apart(
    mesh: Mesh,
    planes: Planes,
    polygon: int,
    faults: list[GeometryFault],
    good: BoolArray,
    noded: dict[int, list[IntVector]],
) -> None:
    """Judge one polygon's rings; note its fault, or where it touches itself."""
    first, last = mesh.polygon_start[polygon], mesh.polygon_start[polygon + 1]
    rings = [mesh.corner[mesh.ring_start[ring] : mesh.ring_start[ring + 1]] for ring in range(first, last)]
    numbers = np.unique(np.concatenate(rings))
    flat = planes.project(mesh.xyz[numbers], polygon)
    xy = {int(number): (float(x), float(y)) for number, (x, y) in zip(numbers, flat, strict=True)}
    verdict = judge_rings(rings, xy, mesh.exact)
    if verdict.code is None:
        noded[polygon] = verdict.rings
        return
    where = mesh.place(ring=int(first) + verdict.ring)
    point = None
    if verdict.xy is not None:
        x, y = verdict.xy
        spot = planes.centre[polygon] + x * planes.u[polygon] + y * planes.v[polygon]
        point = mesh.absolute(spot, where.solid)
    faults.append(GeometryFault(int(verdict.code), where, point))
    good[polygon] = False


def triangulate(mesh: Mesh, planes: Planes, polygons: IntVector, shapes: Shapes) -> tuple[IntVector, FloatArray]:
    """Constrained Delaunay triangles of polygons: (position in `polygons`, corners in space (n, 3, 3)).

    Triangles of no height are left out; their corners lie on one line.
    """
    parts, row = shapely.get_parts(_triangles(shapes), return_index=True)
    xy = shapely.get_coordinates(parts).reshape(-1, 4, 2)[:, :3]
    own, corner = expand(polygons, mesh.polygon_corners)
    flat = planes.project(mesh.xyz[mesh.corner[corner]], polygons[own])
    known = np.column_stack([own, flat])
    asked = np.column_stack([np.repeat(row, 3), xy.reshape(-1, 2)])
    _, code = np.unique(np.concatenate([known, asked]), axis=0, return_inverse=True)
    point = np.zeros(int(code.max(initial=0)) + 1, np.int64)
    point[code[: len(known)]] = mesh.corner[corner]
    triangle = mesh.xyz[point[code[len(known) :]]].reshape(-1, 3, 3)
    return np.asarray(row), triangle


def _triangles(shapes: Shapes) -> Shapes:
    """Constrained Delaunay triangles. GEOS gives up on polygons that are next to nothing wide; their corners' Delaunay
    triangles, as far as they lie inside, serve as well."""
    try:
        return np.asarray(shapely.constrained_delaunay_triangles(shapes))
    except shapely.GEOSException:
        if len(shapes) > 1:
            half = len(shapes) // 2
            return np.concatenate([_triangles(shapes[:half]), _triangles(shapes[half:])])
        inside = [part for part in shapely.delaunay_triangles(shapes[0]).geoms if shapes[0].contains(part.centroid)]
        return np.asarray([shapely.GeometryCollection(inside)], object)


def _without_slivers(mesh: Mesh, planes: Planes, polygons: IntVector, tolerance: float) -> BoolArray:
    """Polygons of few corners in which no three corners make a triangle so low that it could be tilted too much:
    corners at most d off the plane tilt a triangle of height h by at most atan(2 d / h)."""
    flattest = 2 / np.tan(np.radians(tolerance))
    settled = np.zeros(len(polygons), bool)
    size = np.diff(mesh.polygon_corners)[polygons]
    for count in range(4, 9):
        rows = np.flatnonzero(size == count)
        corner = mesh.polygon_corners[polygons[rows]][:, None] + np.arange(count)
        flat = planes.project(mesh.xyz[mesh.corner[corner]], polygons[rows][:, None])
        lowest = np.full(len(rows), np.inf)
        for i, j, k in combinations(range(count), 3):
            a, b = flat[:, j] - flat[:, i], flat[:, k] - flat[:, i]
            longest = np.sqrt(np.maximum(np.maximum((a * a).sum(1), (b * b).sum(1)), ((a - b) ** 2).sum(1)))
            doubled = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
            np.minimum(lowest, doubled / np.maximum(longest, 1e-300), out=lowest)
        settled[rows] = lowest >= flattest * planes.deviation[polygons[rows]]
    return settled


def _fold_angles(mesh: Mesh, planes: Planes, polygons: IntVector, tolerance: float) -> FloatArray:
    """The largest angle between a triangle of each polygon and its plane (degrees); 0 where it is surely tolerated."""
    angle = np.zeros(len(polygons))
    several = np.flatnonzero(
        (np.diff(mesh.polygon_corners)[polygons] > 3) & ~_without_slivers(mesh, planes, polygons, tolerance)
    )
    if not len(several):
        return angle
    chosen = polygons[several]
    row, triangle = triangulate(mesh, planes, chosen, flat_shapes(mesh, planes, chosen))
    a, b = triangle[:, 1] - triangle[:, 0], triangle[:, 2] - triangle[:, 0]
    across = np.cross(a, b)
    size = np.linalg.norm(across, axis=1)
    longest = np.maximum(
        np.linalg.norm(a, axis=1), np.maximum(np.linalg.norm(b, axis=1), np.linalg.norm(a - b, axis=1))
    )
    thick = size > mesh.exact * longest
    upright = np.abs((across * planes.normal[chosen[row]]).sum(axis=1))
    tilt = np.degrees(np.arccos(np.clip(upright[thick] / size[thick], 0.0, 1.0)))
    np.maximum.at(angle, several[row[thick]], tilt)
    return angle
