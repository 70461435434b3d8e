"""Solids of several shells (401-405), and solids that form a CompositeSolid or a building (501-503, 601)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt

from cimkit.checks.geometry.codes import Fault, GeometryFault, Where
from cimkit.checks.geometry.interiors import interior_is_parted
from cimkit.checks.geometry.mesh import Mesh
from cimkit.checks.geometry.ragged import IntVector, component_labels
from cimkit.checks.geometry.relations import Relation, Relations

__all__ = ["judge_composite", "judge_overlap", "judge_shells_of_solid"]

FloatArray = npt.NDArray[np.float64]


def _polygons(mesh: Mesh, shell: int) -> IntVector:
    return np.arange(mesh.shell_start[shell], mesh.shell_start[shell + 1])


def _of_solid(mesh: Mesh, solid: int) -> IntVector:
    first, last = mesh.solid_start[solid], mesh.solid_start[solid + 1]
    return np.arange(mesh.shell_start[first], mesh.shell_start[last])


def _point(mesh: Mesh, relation: Relation, solid: int) -> tuple[float, float, float] | None:
    return None if relation.point is None else mesh.absolute(relation.point, solid)


def judge_shells_of_solid(mesh: Mesh, relations: Relations, volumes: FloatArray, solid: int) -> list[GeometryFault]:
    """Faults between the shells of one solid, each of which is valid by itself: one a pair, then the orientation.

    An interior shell lies inside the exterior one and outside the others; it may touch them in points and lines, as
    long as the interior stays in one piece, and its polygons face into the cavity.
    """
    shells = list(range(mesh.solid_start[solid], mesh.solid_start[solid + 1]))
    faults = []
    lines = False
    for first, second in combinations(shells, 2):
        relation = relations.of(_polygons(mesh, first), _polygons(mesh, second))
        lines |= relation.lines
        code = _between_shells(relation, first == shells[0])
        if code is not None:
            faults.append(GeometryFault(code, Where(solid, second - shells[0]), _point(mesh, relation, solid)))
    if not faults and lines and interior_is_parted(relations.contacts, [_polygons(mesh, shell) for shell in shells]):
        faults.append(GeometryFault(Fault.SOLID_INTERIOR_DISCONNECTED, Where(solid)))
    if not faults:
        turned = [shell for shell in shells[1:] if volumes[shell] > 0]
        faults = [GeometryFault(Fault.WRONG_ORIENTATION_SHELL, mesh.place(shell=shell)) for shell in turned]
    return faults


def _between_shells(relation: Relation, exterior: bool) -> int | None:
    if relation.same:
        return Fault.DUPLICATED_SHELLS
    if relation.crossing or relation.area:
        return Fault.INTERSECTION_SHELLS
    if exterior:
        if relation.b_inside:
            return None
        return Fault.INTERSECTION_SHELLS if relation.touching else Fault.INNER_SHELL_OUTSIDE
    return Fault.INTERSECTION_SHELLS if relation.a_inside or relation.b_inside else None


def judge_composite(mesh: Mesh, relations: Relations, solids: list[int]) -> list[GeometryFault]:
    """Faults of a CompositeSolid of valid solids: none twice, no common interior, all in one piece, face to face."""
    faults = []
    touching: list[tuple[int, int]] = []
    for (i, first), (k, second) in combinations(enumerate(solids), 2):
        relation = relations.of(_of_solid(mesh, first), _of_solid(mesh, second))
        if relation.same:
            faults.append(GeometryFault(Fault.DUPLICATED_SOLIDS, Where(second), _point(mesh, relation, second)))
        elif relation.crossing or relation.a_inside or relation.b_inside:
            faults.append(GeometryFault(Fault.INTERSECTION_SOLIDS, Where(second), _point(mesh, relation, second)))
        if relation.area:
            touching.append((i, k))
    if not faults:
        a, b = np.asarray(touching, np.int64).reshape(-1, 2).T
        label = component_labels(len(solids), a, b)
        apart = np.flatnonzero(label != label[0])[:1].tolist()
        faults = [GeometryFault(Fault.DISCONNECTED_SOLIDS, Where(solids[number])) for number in apart]
    return faults


def judge_overlap(mesh: Mesh, relations: Relations, solids: list[int]) -> list[GeometryFault]:
    """Solids of one building and its parts that have interior in common."""
    faults = []
    for first, second in combinations(solids, 2):
        relation = relations.of(_of_solid(mesh, first), _of_solid(mesh, second))
        if relation.same or relation.crossing or relation.a_inside or relation.b_inside:
            point = _point(mesh, relation, second)
            faults.append(GeometryFault(Fault.BUILDING_PARTS_OVERLAP, Where(second), point))
    return faults
