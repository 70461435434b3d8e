"""Pairing: which subjects of the first role meet which of the second, and what is known of each pair."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from cimkit.checks.heights_agree import cells_of
from cimkit.facts.columns import IntArray
from cimkit.facts.shapes import GeometryArray
from cimkit.facts.systems import CGCS2000
from cimkit.rules.across_model import Across, By, Pairing
from cimkit.run.across_measures import in_plane
from cimkit.run.across_rows import RoleRows

__all__ = ["Pairs", "Planes", "pair_up"]

FloatArray = npt.NDArray[np.float64]


class Pairs(Struct, frozen=True):
    """Pairs, one row each; a subject of the first role without a partner has one row too.

    first     row of the first role's rows
    holder    which of the second role's sources; -1: no partner
    second    row there
    by        what matched them: the name taken (`cells` too), `within` or `every`; empty without a partner
    partners  how many partners the first has
    distance  metres from the place of the first to the shape or place of the second; NaN unknown
    overlap   share of the first's shape that lies in the second's; NaN unknown
    """

    first: IntArray
    holder: IntArray
    second: IntArray
    by: tuple[str, ...]
    partners: IntArray
    distance: FloatArray
    overlap: FloatArray

    def __len__(self) -> int:
        return len(self.first)

    @property
    def again(self) -> npt.NDArray[np.bool_]:
        """Pairs whose first subject stands in an earlier pair too."""
        return np.concatenate([np.zeros(min(1, len(self)), bool), self.first[1:] == self.first[:-1]])


def pair_up(across: Across, first: RoleRows, seconds: Sequence[RoleRows]) -> Pairs:
    """The pairs of the subjects of one source with those of all sources that play the second role."""
    planes = Planes(first, seconds)
    found: list[tuple[int, int, int, str]] = []
    open_rows = set(range(len(first)))
    alike = across.first.where == across.second.where
    for pairing in across.pairings:
        met = [pair for pair in _meet(pairing, first, seconds, planes, alike) if pair[0] in open_rows]
        found += met
        open_rows -= {pair[0] for pair in met}
    found += [(row, -1, -1, "") for row in open_rows]
    found.sort(key=lambda pair: pair[:3])
    rows = np.array([pair[0] for pair in found], np.int32)
    holder = np.array([pair[1] for pair in found], np.int32)
    other = np.array([pair[2] for pair in found], np.int32)
    partners = np.bincount(rows[holder >= 0], minlength=len(first))[rows].astype(np.int32)
    distance, overlap = planes.measured(rows, holder, other)
    return Pairs(rows, holder, other, tuple(pair[3] for pair in found), partners, distance, overlap)


def _meet(
    pairing: Pairing, first: RoleRows, seconds: Sequence[RoleRows], planes: Planes, alike: bool
) -> list[tuple[int, int, int, str]]:
    match pairing.by:
        case By.VALUE:
            return _equal(pairing.take, first, seconds)
        case By.CELLS:
            return _sharing(pairing.take, first, seconds, alike)
        case By.WITHIN:
            return planes.within()
        case By.EVERY:
            return [
                (row, holder, other, "every")
                for row in range(len(first))
                for holder, second in enumerate(seconds)
                for other in range(len(second))
            ]


def _equal(name: str, first: RoleRows, seconds: Sequence[RoleRows]) -> list[tuple[int, int, int, str]]:
    places: dict[str, list[tuple[int, int]]] = {}
    for holder, second in enumerate(seconds):
        if name in second.taken:
            for row, text in enumerate(second.taken[name].text):
                if folded := _folded(text):
                    places.setdefault(folded, []).append((holder, row))
    if name not in first.taken:
        return []
    return [
        (row, holder, other, name)
        for row, text in enumerate(first.taken[name].text)
        for holder, other in places.get(_folded(text), ())
    ]


def _sharing(name: str, first: RoleRows, seconds: Sequence[RoleRows], alike: bool) -> list[tuple[int, int, int, str]]:
    """Those with cells in common. alike: both roles select the same, so that each pair would be met from both ends:
    the one that was handed in first speaks of it."""
    holders: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for holder, second in enumerate(seconds):
        if alike and second.source < first.source:
            continue
        for row, text in enumerate(second.taken[name].text if name in second.taken else ()):
            for cell in cells_of(text):
                holders.setdefault(cell, []).append((holder, row))
    found = []
    for row, text in enumerate(first.taken[name].text if name in first.taken else ()):
        met = dict.fromkeys(pair for cell in cells_of(text) for pair in holders.get(cell, ()))
        found += [(row, *pair, name) for pair in met if not alike or _stands_behind(first, row, seconds, pair)]
    return found


def _stands_behind(first: RoleRows, row: int, seconds: Sequence[RoleRows], pair: tuple[int, int]) -> bool:
    """Whether a subject comes after one of the first role in the order of the sources."""
    second = seconds[pair[0]]
    return (second.source, int(second.sid[pair[1]])) > (first.source, int(first.sid[row]))


def _folded(text: str | None) -> str:
    """A code or name without width, case and blanks."""
    return "" if text is None else "".join(unicodedata.normalize("NFKC", text).split()).casefold()


class Planes:
    """Places and shapes of both roles in one plane in metres, made when first needed."""

    def __init__(self, first: RoleRows, seconds: Sequence[RoleRows]) -> None:
        self._first = first
        self._seconds = seconds
        self._middle = _middle(first)
        self._shapes: dict[int, GeometryArray | None] = {}

    def within(self) -> list[tuple[int, int, int, str]]:
        """Places of the first role inside shapes of the second."""
        import shapely

        if self._first.places is None or self._middle is None:
            return []
        points = self.points_of(self._first)
        asked = np.flatnonzero(np.isfinite(points[:, 0]))
        found = []
        for holder in range(len(self._seconds)):
            shapes = self.of_second(holder)
            if shapes is None:
                continue
            tree = shapely.STRtree(shapes)
            at, other = tree.query(shapely.points(points[asked]), predicate="intersects")
            found += [(int(asked[row]), holder, int(each), "within") for row, each in zip(at, other, strict=True)]
        return found

    def measured(self, rows: IntArray, holders: IntArray, others: IntArray) -> tuple[FloatArray, FloatArray]:
        """Distance and overlap of pairs."""
        distance, overlap = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
        if self._middle is None:
            return distance, overlap
        with np.errstate(invalid="ignore"):  # places that nobody knows have no distance
            self._measure(rows, holders, others, distance, overlap)
        return distance, overlap

    def _measure(
        self, rows: IntArray, holders: IntArray, others: IntArray, distance: FloatArray, overlap: FloatArray
    ) -> None:
        """Fill in distance and overlap of pairs."""
        import shapely

        own = self.of_first()
        points = shapely.points(self.points_of(self._first)) if self._first.places is not None else None
        for holder in range(len(self._seconds)):
            at = np.flatnonzero(holders == holder)
            other = self.of_second(holder)
            if not len(at):
                continue
            if other is None:
                places = self._seconds[holder].places
                if points is not None and places is not None:
                    ends = shapely.points(self.points_of(self._seconds[holder]))
                    distance[at] = shapely.distance(points[rows[at]], ends[others[at]])
                continue
            if points is not None:
                distance[at] = shapely.distance(points[rows[at]], other[others[at]])
            if own is not None:
                mine, theirs = shapely.make_valid(own[rows[at]]), shapely.make_valid(other[others[at]])
                area = shapely.area(mine)
                shared = shapely.area(shapely.intersection(mine, theirs))
                overlap[at] = np.divide(shared, area, out=np.full(len(at), np.nan), where=area > 0)

    def points_of(self, rows: RoleRows) -> FloatArray:
        assert rows.places is not None
        assert self._middle is not None
        return in_plane(rows.places, CGCS2000, self._middle)

    def points(self) -> FloatArray:
        """The places of the first role in the plane, (n, 2)."""
        return self.points_of(self._first)

    def of_first(self) -> GeometryArray | None:
        """The shapes of the first role in the plane."""
        if -1 not in self._shapes:
            self._shapes[-1] = self._plane_shapes(self._first)
        return self._shapes[-1]

    def of_second(self, holder: int) -> GeometryArray | None:
        """The shapes of one source of the second role in the plane."""
        if holder not in self._shapes:
            self._shapes[holder] = self._plane_shapes(self._seconds[holder])
        return self._shapes[holder]

    def _plane_shapes(self, rows: RoleRows) -> GeometryArray | None:
        if rows.shapes is None or self._middle is None:
            return None
        import shapely

        middle = self._middle
        moved: GeometryArray = np.full(len(rows), None, object)
        for system in set(rows.systems) - {None}:
            chosen = np.fromiter((each == system for each in rows.systems), bool, len(rows))
            flat = shapely.force_2d(rows.shapes[chosen])
            moved[chosen] = shapely.transform(flat, lambda points, system=system: in_plane(points, system, middle))
        return moved


def _middle(rows: RoleRows) -> tuple[float, float] | None:
    """Longitude and latitude in the middle of the known places."""
    if rows.places is None:
        return None
    known = rows.places[np.isfinite(rows.places).all(axis=1)]
    if not len(known):
        return None
    longitude, latitude = np.median(known, axis=0).tolist()
    return longitude, latitude
