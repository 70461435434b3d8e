"""Polygons of a file as numbers, and the surfaces made of them, which may be named and used again."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from math import isfinite

import numpy as np
import numpy.typing as npt

from cimkit.facts.boundaries import IntVector, row_starts
from cimkit.readers.citygml.names import GML, HREF, Element, gml_id, inner, local

__all__ = ["NotSupportedError", "Reference", "Surfaces"]

FloatArray = npt.NDArray[np.float64]

#: A polygon by its number, or a surface by its id; and whether it is turned around.
Reference = tuple[int | str, bool]


_POLYGONS = frozenset({"Polygon", "PolygonPatch", "Triangle", "Rectangle"})
_AGGREGATES = frozenset(
    {
        *("MultiSurface", "CompositeSurface", "Surface", "PolyhedralSurface", "Shell", "OrientableSurface"),
        *("TriangulatedSurface", "Tin"),
    }
)
_DIMENSIONS = frozenset({2, 3})
_SIDES = frozenset({"exterior", "interior", "outerBoundaryIs", "innerBoundaryIs"})
_NO_MEMBERS = frozenset({"name", "description", "metaDataProperty", "boundedBy"})
_POSITION_LISTS = frozenset(f"{{{space}}}posList" for space in GML)


class NotSupportedError(Exception):
    """A geometry that this reader doesn't know, or that is not written as GML wants. Args: (detail, what was found)."""


@dataclass(slots=True)
class Surfaces:
    """All polygons of a file, the coordinates of one after those of the other.

    named  surfaces by gml:id
    """

    _numbers: array[float] = field(default_factory=lambda: array("d"))
    _ring_lengths: list[int] = field(default_factory=list)
    _polygon_lengths: list[int] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    named: dict[str, list[Reference]] = field(default_factory=dict)

    def points(self) -> FloatArray:
        """Coordinates as written (n, 3)."""
        return np.frombuffer(self._numbers, np.float64).reshape(-1, 3) if self._numbers else np.zeros((0, 3))

    def ring_starts(self) -> IntVector:
        """Row starts over the points."""
        return row_starts(self._ring_lengths)

    def polygon_starts(self) -> IntVector:
        """Row starts over the rings."""
        return row_starts(self._polygon_lengths)

    # --- reading ------------------------------------------------------------------------------------------------

    def read(self, element: Element, dimension: int) -> list[Reference]:
        """The polygons of a surface of any kind. Raises NotSupportedError."""
        name, found_id = local(element), gml_id(element)
        stated = element.get("srsDimension")
        if stated:
            dimension = int(stated)
        if name in _POLYGONS:
            found: list[Reference] = [(self._polygon(element, found_id, dimension), False)]
        elif name in _AGGREGATES:
            found = self._members(element, dimension)
            if name == "OrientableSurface" and element.get("orientation") == "-":
                found = [(what, not turned) for what, turned in reversed(found)]
        else:
            raise NotSupportedError("unknown_geometry", name)
        if found_id is not None:
            self.named[found_id] = found
        return found

    def _members(self, element: Element, dimension: int) -> list[Reference]:
        """Surfaces in the properties of an element: surfaceMember, baseSurface, patches ..."""
        found: list[Reference] = []
        for member in inner(element):
            if not len(member):
                href = member.get(HREF)
                if href is not None:
                    found.append((href.rpartition("#")[2], False))
            elif local(member) not in _NO_MEMBERS:
                for surface in inner(member):
                    found += self.read(surface, dimension)
        return found

    def _polygon(self, element: Element, name: str | None, dimension: int) -> int:
        start = len(self._numbers)
        lengths: list[int] = []
        try:
            for side in inner(element):
                if local(side) in _SIDES:
                    lengths += [self._ring(ring, dimension) for ring in inner(side)]
        except NotSupportedError:
            del self._numbers[start:]
            raise
        self._ring_lengths += lengths
        self._polygon_lengths.append(len(lengths))
        self.ids.append(name)
        return len(self._polygon_lengths) - 1

    def _ring(self, ring: Element, dimension: int) -> int:
        """Add the points of a ring; their number."""
        before = len(self._numbers)
        if len(ring) == 1 and ring[0].tag in _POSITION_LISTS:  # as nearly all are written
            line = ring[0]
            self._add((line.text or "").split(), int(line.get("srsDimension") or dimension))
        elif local(ring) == "Ring":
            self._curves(ring, dimension)
        else:
            self._positions(ring, dimension)
        return (len(self._numbers) - before) // 3

    def _curves(self, ring: Element, dimension: int) -> None:
        """A ring of straight pieces, each beginning where the one before ends."""
        for line in ring.iter("{*}LineString", "{*}LineStringSegment", "{*}Arc", "{*}Circle", "{*}ArcString"):
            if local(line) not in {"LineString", "LineStringSegment"}:
                raise NotSupportedError("unknown_geometry", local(line))
            joint = self._numbers[-3:]
            start = len(self._numbers)
            self._positions(line, dimension)
            if len(joint) == 3 and self._numbers[start : start + 3] == joint:
                del self._numbers[start : start + 3]

    def _positions(self, line: Element, dimension: int) -> None:
        for child in inner(line):
            match local(child):
                case "posList" | "pos":
                    self._add((child.text or "").split(), int(child.get("srsDimension") or dimension))
                case "coordinates":
                    tuples = (child.text or "").split(child.get("ts") if child.get("ts", " ").strip() else None)
                    for one in tuples:
                        numbers = one.split(child.get("cs") or ",")
                        self._add(numbers, len(numbers))
                case "pointProperty" | "pointRep":
                    for point in inner(child):
                        self._positions(point, dimension)
                case "coord":
                    self._add([(part.text or "").strip() for part in inner(child)], len(inner(child)))

    def _add(self, texts: list[str], dimension: int) -> None:
        if dimension not in _DIMENSIONS or len(texts) % dimension:
            raise NotSupportedError("not_in_threes", " ".join(texts[:4]))
        try:
            numbers = list(map(float, texts))
        except ValueError:
            raise NotSupportedError("no_number", next(text for text in texts if not _is_number(text))) from None
        if not isfinite(sum(numbers)):
            raise NotSupportedError("no_number", next((text for text in texts if not isfinite(float(text))), texts[0]))
        if dimension == 2:
            numbers = [part for x, y in zip(numbers[::2], numbers[1::2], strict=True) for part in (x, y, 0.0)]
        self._numbers.extend(numbers)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
