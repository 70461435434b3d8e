"""Solids and surfaces of city objects: gathered while reading, put together when every reference can be followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cimkit.facts.boundaries import LARGEST_COORDINATE, Boundaries, IntVector, Kind, SubjectGeometry, row_starts
from cimkit.readers.citygml.names import HREF, SOLIDS, SURFACES, Element, gml_id, inner, local
from cimkit.readers.citygml.surfaces import NotSupportedError, Reference, Surfaces
from cimkit.readers.cityjson.ledger import Ledger
from cimkit.readers.cityjson.metric import Metric

__all__ = ["Geometries", "Owner"]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a geometry is. place: XPath of the property it stands in."""

    sid: int
    lod: str
    place: str


@dataclass(slots=True)
class _Solid:
    owner: Owner
    kind: Kind
    shells: list[list[Reference]]
    composite: int


@dataclass(slots=True)
class Geometries:
    """What is gathered of a file's geometry."""

    ledger: Ledger
    surfaces: Surfaces = field(default_factory=Surfaces)
    _solids: list[_Solid] = field(default_factory=list)
    _named_solids: dict[str, list[list[Reference]]] = field(default_factory=dict)
    _pending: list[tuple[Owner, str, int]] = field(default_factory=list)
    _composites: int = 0
    reference_systems: set[str] = field(default_factory=set)

    # --- gathering ----------------------------------------------------------------------------------------------

    def add(self, element: Element, owner: Owner, dimension: int = 3) -> None:
        """A geometry of a city object. Points and curves are nothing to judge."""
        name = local(element)
        if element.get("srsName"):
            self.reference_systems.add(str(element.get("srsName")))
        dimension = int(element.get("srsDimension") or dimension)
        try:
            if name in SOLIDS:
                self._add_solids(element, owner, dimension)
            elif name in SURFACES:
                whole = name in {"CompositeSurface", "PolyhedralSurface"}
                kind = Kind.COMPOSITE_SURFACE if whole else Kind.SURFACES
                self._solids.append(_Solid(owner, kind, [self.surfaces.read(element, dimension)], -1))
            elif name in {"MultiGeometry", "GeometricComplex"}:
                for member in inner(element):
                    for geometry in inner(member):
                        self.add(geometry, owner, dimension)
        except NotSupportedError as problem:
            detail, found = problem.args
            kind_of = "city_number" if detail in {"no_number", "not_in_threes"} else "city_not_judged"
            self._defect(kind_of, detail, owner, found)

    def add_reference(self, href: str, owner: Owner) -> None:
        """A property that names a geometry elsewhere."""
        self._pending.append((owner, href.rpartition("#")[2], -1))

    def _add_solids(self, element: Element, owner: Owner, dimension: int, composite: int = -1) -> None:
        if local(element) == "Solid":
            shells = [
                self._shell(side, dimension) for side in inner(element) if local(side) in {"exterior", "interior"}
            ]
            name = gml_id(element)
            if name is not None:
                self._named_solids[name] = shells
            self._solids.append(_Solid(owner, Kind.SOLID, shells, composite))
            return
        if local(element) == "CompositeSolid":
            composite = self._composites
            self._composites += 1
        for member in inner(element):
            href = member.get(HREF)
            if href is not None and len(member) == 0:
                self._pending.append((owner, href.rpartition("#")[2], composite))
            for solid in inner(member):
                if local(solid) in SOLIDS:
                    self._add_solids(solid, owner, dimension, composite)

    def _shell(self, side: Element, dimension: int) -> list[Reference]:
        href = side.get(HREF)
        if href is not None and len(side) == 0:
            return [(href.rpartition("#")[2], False)]
        return [reference for surface in inner(side) for reference in self.surfaces.read(surface, dimension)]

    def _defect(self, kind: str, detail: str, owner: Owner, found: str | None = None) -> None:
        self.ledger.add(kind, detail, owner.place, found=found, sid=owner.sid, line=None)

    # --- putting together ---------------------------------------------------------------------------------------

    def judged(self, metric: Metric | None, buildings: Mapping[int, int]) -> SubjectGeometry | None:
        """Everything whose references lead somewhere. metric: of coordinates in degrees, how they become metres."""
        for owner, name, composite in self._pending:
            if name in self._named_solids:
                self._solids.append(_Solid(owner, Kind.SOLID, self._named_solids[name], composite))
            else:
                self._solids.append(_Solid(owner, Kind.SURFACES, [[(name, False)]], composite))
        whole: list[tuple[_Solid, list[list[tuple[int, bool]]]]] = []
        for solid in self._solids:
            shells = [self._resolved(shell, solid.owner) for shell in solid.shells]
            found = [shell for shell in shells if shell is not None]
            if len(found) == len(shells) and any(found):
                whole.append((solid, found))
        points = self.surfaces.points()
        if not whole or not len(points):
            return None
        if not np.abs(points).max() < LARGEST_COORDINATE:
            self.ledger.add("city_number", "too_large", "/*", found=f"{np.abs(points).max():g}")
            return None
        return self._assembled(points if metric is None else metric(points), whole, buildings)

    def _resolved(self, shell: list[Reference], owner: Owner) -> list[tuple[int, bool]] | None:
        """The polygons of a shell; None where a reference leads nowhere."""
        found: list[tuple[int, bool]] = []
        waiting: list[tuple[Reference, frozenset[str]]] = [(reference, frozenset()) for reference in reversed(shell)]
        while waiting:
            (what, turned), above = waiting.pop()
            if isinstance(what, int):
                found.append((what, turned))
            elif what in above or what not in self.surfaces.named:
                detail = "xlink_circle" if what in above else "xlink_missing"
                self._defect("city_reference", detail, owner, f"#{what}")
                return None
            else:
                inside = above | {what}
                for other, also in reversed(self.surfaces.named[what]):
                    waiting.append(((other, turned != also), inside))
        return found

    def _assembled(
        self,
        points: npt.NDArray[np.float64],
        whole: list[tuple[_Solid, list[list[tuple[int, bool]]]]],
        buildings: Mapping[int, int],
    ) -> SubjectGeometry:
        polygon = np.asarray([what for _, shells in whole for shell in shells for what, _ in shell], np.int64)
        turned = np.asarray([flip for _, shells in whole for shell in shells for _, flip in shell], bool)
        corner, ring_start, polygon_start = _corners(self.surfaces, polygon, turned)
        levels: dict[tuple[int, str], int] = {}
        building = [
            -1
            if solid.kind != Kind.SOLID or solid.owner.sid not in buildings
            else levels.setdefault((buildings[solid.owner.sid], solid.owner.lod), len(levels))
            for solid, _ in whole
        ]
        shell_start = row_starts([len(shell) for _, shells in whole for shell in shells])
        solid_start = row_starts([len(shells) for _, shells in whole])
        boundaries = Boundaries(
            points=points,
            corner=corner,
            ring_start=ring_start,
            polygon_start=polygon_start,
            shell_start=shell_start,
            solid_start=solid_start,
            kind=np.asarray([solid.kind for solid, _ in whole], np.uint8),
            composite=np.asarray([solid.composite for solid, _ in whole], np.int64),
            building=np.asarray(building, np.int64),
            closing_point=True,
        )
        owners = [solid.owner for solid, _ in whole]
        ids = self.surfaces.ids

        def locate(solid: int, shell: int | None, number: int | None, ring: int | None) -> str:
            place = owners[solid].place
            if shell is None or number is None:
                return place
            name = ids[int(polygon[shell_start[solid_start[solid] + shell] + number])]
            found = f'//*[@gml:id="{name}"]' if name is not None else f"({place}//gml:Polygon)[{number + 1}]"
            return found if ring is None else f"{found}//gml:LinearRing[{ring + 1}]"

        sids = np.asarray([owner.sid for owner in owners], np.int32)
        return SubjectGeometry(boundaries, sids, tuple(owner.lod for owner in owners), locate)


def _corners(
    surfaces: Surfaces, polygon: IntVector, turned: npt.NDArray[np.bool_]
) -> tuple[IntVector, IntVector, IntVector]:
    """(points, ring starts, polygon starts) of polygons in the order given, those that are turned with their rings
    backwards."""
    rings, points = surfaces.polygon_starts(), surfaces.ring_starts()
    counts = np.diff(rings)[polygon]
    first = row_starts(counts)[:-1]
    ring = np.arange(counts.sum()) + np.repeat(rings[polygon] - first, counts)
    flip = np.repeat(turned, counts)
    lengths = np.diff(points)[ring]
    starts = row_starts(lengths)
    offset = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
    last = np.repeat(lengths, lengths) - 1
    offset = np.where(np.repeat(flip, lengths), last - offset, offset)
    corner = np.repeat(points[ring], lengths) + offset
    return corner, starts, row_starts(counts)
