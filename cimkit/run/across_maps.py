"""Maps of what models were compared with: the model, its building, parcel and red line, in metres around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cimkit.report.views import Map, Outline
from cimkit.rules.across_model import Across
from cimkit.run.across_pairs import Pairs, Planes
from cimkit.run.across_rows import RoleRows

__all__ = ["Maps"]

#: A model without a footprint is drawn as a mark of this half width, metres.
_MARK_M = 1.0
#: Around a model that met nothing, what lies so near is drawn, metres.
_NEAR_M = 200.0
#: More things around one model than this are no small map.
_MOST = 40


class Maps:
    """Collects the outlines, source by source, while rules across sources are judged."""

    def __init__(self) -> None:
        self._outlines: dict[int, dict[tuple[str, str], Outline]] = {}
        self._names: dict[int, str] = {}
        self._left_out: dict[int, set[tuple[str, str]]] = {}

    def add(self, across: Across, first: RoleRows, seconds: Sequence[RoleRows], pairs: Pairs) -> None:
        """Draw what the models of one source met under one rule; nothing for a first role that is no model's."""
        if not first.is_model or first.places is None or not np.isfinite(first.places).all(axis=1).any():
            return
        planes = Planes(first, seconds)
        known = self._outlines.setdefault(first.source, {})
        for at in range(len(pairs)):
            row, holder, other = int(pairs.first[at]), int(pairs.holder[at]), int(pairs.second[at])
            self._own(known, first, planes, row)
            met = [(holder, other)] if holder >= 0 else _around(planes, row, len(seconds))
            for holder, other in met:
                shapes = planes.of_second(holder)
                if shapes is None or shapes[other] is None:
                    continue
                key = across.second.name, seconds[holder].people["id"][other] or f"{holder}:{other}"
                if len(known) < _MOST or key in known:
                    known[key] = Outline(key[1], across.second.name, _rings(shapes[other]))
                else:
                    self._left_out.setdefault(first.source, set()).add(key)

    def _own(self, known: dict[tuple[str, str], Outline], first: RoleRows, planes: Planes, row: int) -> None:
        person = first.people.row(row, named=True)
        key = "model", person["id"] or str(row)
        self._names.setdefault(first.source, person["name"] or key[1])
        if key in known and len(known[key].rings[0]) != 4:
            return  # its footprint is drawn already
        shapes = planes.of_first()
        if shapes is not None and shapes[row] is not None:
            known[key] = Outline(key[1], person["kind"] or "model", _rings(shapes[row]))
        elif (x := planes.points()[row].tolist()) and np.isfinite(x).all():
            east, north = x
            mark = [(east - _MARK_M, north), (east, north - _MARK_M), (east + _MARK_M, north), (east, north + _MARK_M)]
            known[key] = Outline(key[1], person["kind"] or "model", [mark])

    def views(self) -> list[Map]:
        """One map a source, those around their model first drawn."""
        return [
            Map(
                source=source,
                name=self._names.get(source, ""),
                outlines=sorted(known.values(), key=lambda each: each.kind.upper().startswith("IFC")),
                left_out=len(self._left_out.get(source, ())),
            )
            for source, known in sorted(self._outlines.items())
            if len(known) > 1
        ]


def _around(planes: Planes, row: int, seconds: int) -> list[tuple[int, int]]:
    """What lies near a model that met nothing: source and row of the second role's shapes."""
    import shapely

    point = shapely.Point(planes.points()[row])
    found = []
    for holder in range(seconds):
        shapes = planes.of_second(holder)
        if shapes is not None and np.isfinite(planes.points()[row]).all():
            near = shapely.STRtree(shapes).query(point, predicate="dwithin", distance=_NEAR_M)
            found += [(holder, int(other)) for other in sorted(near.tolist())]
    return found


def _rings(shape: Any) -> list[list[tuple[float, float]]]:
    """Outer and inner rings of polygons; lines as they are."""
    import shapely

    rings = []
    for part in shapely.get_parts(shape):
        lines = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for line in lines:
            points = [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]
            rings.append(points[:-1] if len(points) > 1 and points[0] == points[-1] else points)
    return rings or [[]]
