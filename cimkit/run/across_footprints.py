"""Footprints and heights of the buildings of a city model, so that they can be held against a building layer.

A footprint is the outline of the faces that look down; where none do (a footprint alone, roofs alone), of all faces
that are not upright. Of several levels of detail the lowest is taken, of a building in parts all its parts.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from cimkit.facts.boundaries import Boundaries, SubjectGeometry
from cimkit.facts.columns import IntArray
from cimkit.facts.model import Facts
from cimkit.facts.shapes import GeometryArray

__all__ = ["Footprints", "footprints"]

#: Parts of a building whose faces are its own; what is built onto it or stands in it is not.
_OWN_PARTS = frozenset({"BuildingPart", "GroundSurface", "WallSurface", "RoofSurface", "ClosureSurface"})
#: Faces with less area than this in the plane are upright, square units of the system (degrees are far smaller).
_UPRIGHT_SHARE = 1e-3
_DEEPEST = 8
#: Corners of a ring that encloses something.
_LEAST = 3

_Floats = npt.NDArray[np.float64]


class Footprints(Struct, frozen=True):
    """shapes: in the plane, east first, None where there are none; system they are in; low, high: heights (n), NaN."""

    shapes: GeometryArray
    system: str | None
    low: _Floats
    high: _Floats


def footprints(facts: Facts, sid: IntArray) -> Footprints | None:
    """Of these subjects of a city model; None for another source, or one read without geometry."""
    geometry, placed = facts.whole.get("geometry"), facts.whole.get("map_points")
    if not isinstance(geometry, SubjectGeometry) or not isinstance(placed, tuple):
        return None
    points, system = placed
    faces = _Faces(geometry, points)
    row = _rows(facts, sid)[faces.sid]
    found = Footprints(np.full(len(sid), None, object), system, np.full(len(sid), np.nan), np.full(len(sid), np.nan))
    mine = np.flatnonzero(row >= 0)
    _heights(found, row[mine], faces.low[mine], faces.high[mine])
    chosen = mine[_chosen(row[mine], faces.lod[mine], faces.area[mine], faces.extent[mine])]
    _outline(found.shapes, row[chosen], faces.polygons(chosen))
    return found


class _Faces:
    """The polygons of a model: whose they are, their level of detail, area in the plane (negative: looking down),
    the square of their extent, and their lowest and highest corner."""

    def __init__(self, geometry: SubjectGeometry, points: _Floats) -> None:
        self._boundaries = each = geometry.boundaries
        self._points = points
        solid = np.repeat(np.arange(len(each)), np.diff(each.shell_start[each.solid_start]))
        owner = geometry.sid[solid]
        self._end = each.ring_start[1:] - int(each.closing_point)  # of each ring, its first corner not twice
        outer = each.polygon_start[:-1]
        sound = (np.diff(each.polygon_start) > 0) & (self._corners(outer) >= _LEAST)
        self._polygon = np.flatnonzero((owner >= 0) & sound)  # those of templates stand nowhere
        self.sid = owner[self._polygon]
        lods = sorted(set(geometry.lod))
        number = {lod: at for at, lod in enumerate(lods)}
        self.lod = np.asarray([number[lod] for lod in geometry.lod], np.int64)[solid[self._polygon]]
        ring = each.polygon_start[self._polygon]
        self.area, self.extent, self.low, self.high = _measured(each, points, each.ring_start[ring], self._end[ring])

    def _corners(self, ring: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """How many corners rings have; none for a number that is no ring's."""
        known = ring < len(self._end)
        count = np.zeros(len(ring), np.int64)
        count[known] = self._end[ring[known]] - self._boundaries.ring_start[ring[known]]
        return count

    def polygons(self, at: npt.NDArray[np.intp]) -> GeometryArray:
        """The polygons of some faces in the plane, with their holes."""
        import shapely

        each = self._boundaries
        rings, starts = _ranges(each.polygon_start[self._polygon[at]], each.polygon_start[self._polygon[at] + 1])
        sound = self._corners(rings) >= _LEAST  # a hole may have none
        starts = np.concatenate([[0], np.cumsum(sound)])[starts]
        rings = rings[sound]
        corners, ring_starts = _ranges(each.ring_start[rings], self._end[rings])
        corners = np.insert(corners, ring_starts[1:], corners[ring_starts[:-1]])  # closed, as GEOS wants them
        ring_starts = ring_starts + np.arange(len(ring_starts))
        places = self._points[each.corner[corners]]
        made = shapely.from_ragged_array(shapely.GeometryType.POLYGON, places, (ring_starts, starts))
        polygons: GeometryArray = np.asarray(made, object)
        return polygons


def _measured(
    each: Boundaries, points: _Floats, start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]
) -> tuple[_Floats, _Floats, _Floats, _Floats]:
    """Signed area, squared extent, lowest and highest corner of rings."""
    corners, starts = _ranges(start, end)
    corner = each.corner[corners]
    if not len(corner):
        nothing = np.zeros(0)
        return nothing, nothing, nothing, nothing
    ring = np.repeat(np.arange(len(start)), np.diff(starts))
    x, y = (points[corner, axis] for axis in (0, 1))
    x, y = x - x[starts[:-1]][ring], y - y[starts[:-1]][ring]  # near the origin, so that areas keep their digits
    following = np.arange(1, len(corner) + 1)
    following[starts[1:] - 1] = starts[:-1]
    area = np.add.reduceat(x * y[following] - x[following] * y, starts[:-1]) / 2
    wide = np.maximum.reduceat(x, starts[:-1]) - np.minimum.reduceat(x, starts[:-1])
    deep = np.maximum.reduceat(y, starts[:-1]) - np.minimum.reduceat(y, starts[:-1])
    height = each.points[corner, 2]
    low, high = np.minimum.reduceat(height, starts[:-1]), np.maximum.reduceat(height, starts[:-1])
    return area, wide**2 + deep**2, low, high


def _ranges(
    start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """All numbers of some ranges, one range after the other, and where each begins."""
    lengths = end - start
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return np.repeat(start - starts[:-1], lengths) + np.arange(starts[-1]), starts


def _rows(facts: Facts, sid: IntArray) -> npt.NDArray[np.int64]:
    """Of each subject, the row of the one of these that it is, or is a part of; -1: of none (n)."""
    row = np.full(len(facts), -1)
    row[sid] = np.arange(len(sid))
    parts = facts.links.get("parent")
    if parts is None:
        return row
    own = facts.subjects.of_kinds(_OWN_PARTS)[parts.sid]
    part, whole = parts.sid[own], parts.target[own]
    for _ in range(_DEEPEST):
        before = row.copy()
        open_parts = row[part] < 0
        row[part[open_parts]] = row[whole[open_parts]]
        if np.array_equal(before, row):
            break
    return row


def _heights(found: Footprints, row: npt.NDArray[np.int64], low: _Floats, high: _Floats) -> None:
    np.fmin.at(found.low, row, low)
    np.fmax.at(found.high, row, high)


def _chosen(
    row: npt.NDArray[np.int64], lod: npt.NDArray[np.int64], area: _Floats, extent: _Floats
) -> npt.NDArray[np.bool_]:
    """Which faces make the footprint of their building."""
    flat = np.abs(area) > _UPRIGHT_SHARE * extent
    down = flat & (area < 0)
    rows = int(row.max(initial=-1)) + 1
    has_down = np.bincount(row[down], minlength=rows) > 0
    meant = np.where(has_down[row], down, flat) if rows else flat
    lowest = np.full(rows, np.iinfo(np.int64).max)
    np.minimum.at(lowest, row[meant], lod[meant])
    found: npt.NDArray[np.bool_] = meant & (lod == lowest[row])
    return found


def _outline(shapes: GeometryArray, row: npt.NDArray[np.int64], polygons: GeometryArray) -> None:
    """One shape for each row that has polygons."""
    import shapely

    order = np.argsort(row, kind="stable")
    row, polygons = row[order], shapely.make_valid(polygons[order])
    starts = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), len(row)] if len(row) else []
    for start, end in pairwise(starts):
        own = polygons[start:end]
        shapes[row[start]] = own[0] if len(own) == 1 else shapely.union_all(own)
