"""What can be wrong with a ring, polygon, shell or solid: the codes, their names, and how near is near enough.

Names GE_R_, GE_P_, GE_S_ and numbers 101-308 are those of the OGC CityGML Quality Interoperability Experiment (OGC
16-064r1), which took the numbers from val3dity. Numbers from 401 are val3dity's; the experiment names nothing above a
shell, so those names are val3dity's with the prefixes GE_SO_ (solid), GE_C_ (composite) and GE_B_ (building).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from msgspec import Struct

__all__ = ["DEFAULT_TOLERANCES", "NAMES", "Fault", "GeometryFault", "Tolerances", "Where"]


class Fault(IntEnum):
    """Numbers of faults."""

    TOO_FEW_POINTS = 101
    CONSECUTIVE_POINTS_SAME = 102
    RING_NOT_CLOSED = 103
    RING_SELF_INTERSECTION = 104
    RING_COLLAPSED = 105
    INTERSECTION_RINGS = 201
    DUPLICATED_RINGS = 202
    NON_PLANAR_DISTANCE = 203
    NON_PLANAR_NORMALS = 204
    POLYGON_INTERIOR_DISCONNECTED = 205
    HOLE_OUTSIDE = 206
    INNER_RINGS_NESTED = 207
    ORIENTATION_RINGS_SAME = 208
    TOO_FEW_POLYGONS = 301
    SHELL_NOT_CLOSED = 302
    NON_MANIFOLD_VERTEX = 303
    NON_MANIFOLD_EDGE = 304
    MULTIPLE_CONNECTED_COMPONENTS = 305
    SHELL_SELF_INTERSECTION = 306
    POLYGON_WRONG_ORIENTATION = 307
    ALL_POLYGONS_WRONG_ORIENTATION = 308
    INTERSECTION_SHELLS = 401
    DUPLICATED_SHELLS = 402
    INNER_SHELL_OUTSIDE = 403
    SOLID_INTERIOR_DISCONNECTED = 404
    WRONG_ORIENTATION_SHELL = 405
    INTERSECTION_SOLIDS = 501
    DUPLICATED_SOLIDS = 502
    DISCONNECTED_SOLIDS = 503
    BUILDING_PARTS_OVERLAP = 601


NAMES: Mapping[int, str] = {
    Fault.TOO_FEW_POINTS: "GE_R_TOO_FEW_POINTS",
    Fault.CONSECUTIVE_POINTS_SAME: "GE_R_CONSECUTIVE_POINTS_SAME",
    Fault.RING_NOT_CLOSED: "GE_R_NOT_CLOSED",
    Fault.RING_SELF_INTERSECTION: "GE_R_SELF_INTERSECTION",
    Fault.RING_COLLAPSED: "GE_R_COLLAPSED",
    Fault.INTERSECTION_RINGS: "GE_P_INTERSECTION_RINGS",
    Fault.DUPLICATED_RINGS: "GE_P_DUPLICATED_RINGS",
    Fault.NON_PLANAR_DISTANCE: "GE_P_NON_PLANAR_POLYGON_DISTANCE_PLANE",
    Fault.NON_PLANAR_NORMALS: "GE_P_NON_PLANAR_POLYGON_NORMALS_DEVIATION",
    Fault.POLYGON_INTERIOR_DISCONNECTED: "GE_P_INTERIOR_DISCONNECTED",
    Fault.HOLE_OUTSIDE: "GE_P_HOLE_OUTSIDE",
    Fault.INNER_RINGS_NESTED: "GE_P_INNER_RINGS_NESTED",
    Fault.ORIENTATION_RINGS_SAME: "GE_P_ORIENTATION_RINGS_SAME",
    Fault.TOO_FEW_POLYGONS: "GE_S_TOO_FEW_POLYGONS",
    Fault.SHELL_NOT_CLOSED: "GE_S_NOT_CLOSED",
    Fault.NON_MANIFOLD_VERTEX: "GE_S_NON_MANIFOLD_VERTEX",
    Fault.NON_MANIFOLD_EDGE: "GE_S_NON_MANIFOLD_EDGE",
    Fault.MULTIPLE_CONNECTED_COMPONENTS: "GE_S_MULTIPLE_CONNECTED_COMPONENTS",
    Fault.SHELL_SELF_INTERSECTION: "GE_S_SELF_INTERSECTION",
    Fault.POLYGON_WRONG_ORIENTATION: "GE_S_POLYGON_WRONG_ORIENTATION",
    Fault.ALL_POLYGONS_WRONG_ORIENTATION: "GE_S_ALL_POLYGONS_WRONG_ORIENTATION",
    Fault.INTERSECTION_SHELLS: "GE_SO_INTERSECTION_SHELLS",
    Fault.DUPLICATED_SHELLS: "GE_SO_DUPLICATED_SHELLS",
    Fault.INNER_SHELL_OUTSIDE: "GE_SO_INNER_SHELL_OUTSIDE",
    Fault.SOLID_INTERIOR_DISCONNECTED: "GE_SO_INTERIOR_DISCONNECTED",
    Fault.WRONG_ORIENTATION_SHELL: "GE_SO_WRONG_ORIENTATION_SHELL",
    Fault.INTERSECTION_SOLIDS: "GE_C_INTERSECTION_SOLIDS",
    Fault.DUPLICATED_SOLIDS: "GE_C_DUPLICATED_SOLIDS",
    Fault.DISCONNECTED_SOLIDS: "GE_C_DISCONNECTED_SOLIDS",
    Fault.BUILDING_PARTS_OVERLAP: "GE_B_PARTS_OVERLAP",
}


class Tolerances(Struct, frozen=True):
    """snap       points nearer than this are one point (units of the coordinates, metres)
    planarity  how far a point may lie from the plane fitted to its polygon (metres)
    normals    how far the normal of a triangle may deviate from that of its polygon (degrees)

    The defaults are val3dity's.
    """

    snap: float = 0.001
    planarity: float = 0.01
    normals: float = 20.0


DEFAULT_TOLERANCES = Tolerances()


class Where(Struct, frozen=True):
    """Place of a fault, counted from 0: the solid (or surface) among those given, its shell (0: the exterior one), the
    polygon in the shell, the ring in the polygon (0: the exterior one). None: the fault is of the thing above."""

    solid: int
    shell: int | None = None
    polygon: int | None = None
    ring: int | None = None


class GeometryFault(Struct, frozen=True):
    """One fault.

    code     number, see `Fault`
    where    its place
    point    x, y, z near which it lies, None where it has no place
    measure  how far from the plane (203, metres), by what angle (204, degrees), how many edges are open (302)
    """

    code: int
    where: Where
    point: tuple[float, float, float] | None = None
    measure: float | None = None

    @property
    def name(self) -> str:
        """OGC's name."""
        return NAMES[self.code]

    @property
    def label(self) -> str:
        """How findings begin: `GE_R_TOO_FEW_POINTS (101)`."""
        return f"{self.name} ({self.code})"
