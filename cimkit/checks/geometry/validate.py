"""Judge surfaces and solids: rings, polygons, shells, solids, composites; each step only for what passed before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cimkit.checks.geometry.codes import DEFAULT_TOLERANCES, Fault, GeometryFault, Tolerances, Where
from cimkit.checks.geometry.contacts import Contacts
from cimkit.checks.geometry.edges import make_edges
from cimkit.checks.geometry.mesh import make_mesh
from cimkit.checks.geometry.planes import fit_planes
from cimkit.checks.geometry.polygons import judge_polygons
from cimkit.checks.geometry.ragged import IntVector, reduce_rows
from cimkit.checks.geometry.relations import Relations
from cimkit.checks.geometry.rings import ring_areas, ring_faults
from cimkit.checks.geometry.shells import judge_shells, volumes
from cimkit.checks.geometry.solids import judge_composite, judge_overlap, judge_shells_of_solid
from cimkit.facts.boundaries import Boundaries, Kind, from_coordinates

__all__ = [
    "validate",
    "validate_composite_solid",
    "validate_composite_surface",
    "validate_multi_surface",
    "validate_solid",
]

Point = Sequence[float]
Polygon = Sequence[Sequence[Point]]


def validate(boundaries: Boundaries, tolerances: Tolerances = DEFAULT_TOLERANCES) -> list[GeometryFault]:
    """The faults of all solids and surfaces, in their order; none for a valid one.

    As val3dity does, a step is taken only where the one before found nothing: a ring's faults keep its polygon from
    being judged, a polygon's its shell, a shell's its solid. Units: metres, or whatever the coordinates have; the
    tolerances are in the same unit. Source of the definitions: ISO 19107, OGC 16-064r1, val3dity's documentation.
    """
    if not len(boundaries):
        return []
    mesh = make_mesh(boundaries, tolerances.snap)
    areas = ring_areas(mesh)
    faults = ring_faults(mesh, areas)
    live = np.ones(len(mesh.polygon_start) - 1, bool)
    for fault in faults:
        shell = mesh.solid_start[fault.where.solid] + fault.where.shell
        live[mesh.shell_start[shell] + fault.where.polygon] = False
    live &= np.diff(mesh.polygon_start) > 0
    planes = fit_planes(mesh, areas, tolerances.planarity)
    polygons = judge_polygons(mesh, planes, areas, live, tolerances)
    faults += polygons.faults

    kind = boundaries.kind[mesh.solid_of_shell]
    whole = np.asarray(reduce_rows(np.logical_and, polygons.good, mesh.shell_start, True), bool)
    shells = np.flatnonzero(whole & (kind != Kind.SURFACES))
    in_shell = np.zeros(len(live), bool)
    in_shell[np.isin(mesh.shell_of_polygon, shells)] = True
    edges = make_edges(mesh, planes, in_shell, polygons.noded)
    contacts = Contacts(mesh, planes, tolerances.snap)
    found, good = judge_shells(mesh, planes, edges, contacts, shells, kind == Kind.SOLID, tolerances.snap)
    faults += found
    without = (np.diff(mesh.solid_start) == 0) & (boundaries.kind == Kind.SOLID)
    faults += [GeometryFault(Fault.TOO_FEW_POLYGONS, Where(solid)) for solid in np.flatnonzero(without).tolist()]

    relations = Relations(contacts, edges)
    sound = np.asarray(reduce_rows(np.logical_and, good, mesh.solid_start, False), bool)
    volume = volumes(mesh)
    for solid in np.flatnonzero(sound & (np.diff(mesh.solid_start) > 1)).tolist():
        found = judge_shells_of_solid(mesh, relations, volume, solid)
        faults += found
        sound[solid] = not found
    for solids in _together(boundaries.composite):
        if sound[solids].all():
            faults += judge_composite(mesh, relations, solids)
    for solids in _together(boundaries.building):
        faults += judge_overlap(mesh, relations, [solid for solid in solids if sound[solid]])
    return sorted(faults, key=_order)


def _together(number: IntVector) -> list[list[int]]:
    """The solids with the same number, where several have it."""
    order = np.argsort(number, kind="stable")
    order = order[number[order] >= 0]
    groups = np.split(order, np.flatnonzero(np.diff(number[order])) + 1) if len(order) else []
    return [group.tolist() for group in groups if len(group) > 1]


def _order(fault: GeometryFault) -> tuple[int, ...]:
    where = fault.where
    places = (where.shell, where.polygon, where.ring)
    return (where.solid, *(-1 if place is None else place for place in places), fault.code)


def validate_solid(
    shells: Sequence[Sequence[Polygon]], *, closing_point: bool = True, tolerances: Tolerances = DEFAULT_TOLERANCES
) -> list[GeometryFault]:
    """The faults of one solid: its exterior shell first, then its interior ones, each a list of polygons; a polygon is
    a list of rings, the exterior one first, of x, y, z. closing_point: rings end with their first point again."""
    return validate(from_coordinates([shells], Kind.SOLID, closing_point=closing_point), tolerances)


def validate_composite_surface(
    polygons: Sequence[Polygon], *, closing_point: bool = True, tolerances: Tolerances = DEFAULT_TOLERANCES
) -> list[GeometryFault]:
    """The faults of polygons that claim to be one surface, open or closed."""
    return validate(from_coordinates([[polygons]], Kind.COMPOSITE_SURFACE, closing_point=closing_point), tolerances)


def validate_multi_surface(
    polygons: Sequence[Polygon], *, closing_point: bool = True, tolerances: Tolerances = DEFAULT_TOLERANCES
) -> list[GeometryFault]:
    """The faults of polygons, each for itself."""
    return validate(from_coordinates([[polygons]], Kind.SURFACES, closing_point=closing_point), tolerances)


def validate_composite_solid(
    solids: Sequence[Sequence[Sequence[Polygon]]],
    *,
    closing_point: bool = True,
    tolerances: Tolerances = DEFAULT_TOLERANCES,
) -> list[GeometryFault]:
    """The faults of solids that claim to form one: of each of them, and of how they lie to each other."""
    boundaries = from_coordinates(solids, Kind.SOLID, [0] * len(solids), closing_point=closing_point)
    return validate(boundaries, tolerances)
