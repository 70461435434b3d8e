"""Measures of subjects that no attribute holds: where they stand, their outline, a model's storeys and height."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct, field

from cimkit.checks.places import epsg_code, to_degrees
from cimkit.facts.columns import IntArray
from cimkit.facts.model import Facts
from cimkit.facts.shapes import GeometryArray, Shapes
from cimkit.facts.systems import CGCS2000, change_of_system
from cimkit.rules.across_model import Measure
from cimkit.run.across_footprints import footprints

__all__ = ["Measured", "Taken", "in_degrees", "in_plane", "measured", "model_place"]

#: Names of storeys that are a roof and no storey to live on.
_ROOF = re.compile(r"(?i)屋顶|屋面|天面|机房|女儿墙|出屋|\broof|^rf\b|penthouse|parapet")
#: A ground floor may lie this far below the model's zero (a step, a ramp), metres.
_GROUND_M = -0.6

FloatArray = npt.NDArray[np.float64]


class Taken(Struct, frozen=True):
    """One thing taken of n subjects: its text (null: absent) and its number (NaN: it is none)."""

    text: pl.Series
    number: FloatArray

    @classmethod
    def nothing(cls, count: int) -> Taken:
        return cls(pl.Series([None], dtype=pl.String).new_from_index(0, count), np.full(count, np.nan))

    @classmethod
    def numbers(cls, values: FloatArray) -> Taken:
        text = [None if math.isnan(value) else f"{value:.12g}" for value in values.tolist()]
        return cls(pl.Series(text, dtype=pl.String), values)

    @classmethod
    def of(cls, values: Sequence[str | float | None]) -> Taken:
        """Texts and numbers as they are."""
        text = [f"{value:.12g}" if isinstance(value, float) else value for value in values]
        number = [value if isinstance(value, float) else math.nan for value in values]
        return cls(pl.Series(text, dtype=pl.String), np.array(number, np.float64))


class Measured(Struct, frozen=True):
    """See `RoleRows`."""

    columns: Mapping[Measure, Taken] = field(default_factory=dict)
    places: FloatArray | None = None
    shapes: GeometryArray | None = None
    systems: tuple[str | None, ...] = ()


def measured(facts: Facts, sid: IntArray, people: pl.DataFrame, wanted: Collection[Measure]) -> Measured:
    """The measures of some subjects of one source."""
    columns: dict[Measure, Taken] = {}
    if Measure.ID in wanted:
        columns[Measure.ID] = Taken(people["id"], np.full(len(sid), np.nan))
    for measure, value in _of_model(facts, wanted).items():
        columns[measure] = Taken.numbers(np.full(len(sid), math.nan if value is None else float(value)))
    outlines = bool({Measure.PLACE, Measure.SHAPE} & set(wanted))
    of_city = footprints(facts, sid) if outlines or {Measure.HEIGHT, Measure.GROUND} & set(wanted) else None
    if of_city is not None:
        heights = {Measure.HEIGHT: of_city.high - of_city.low, Measure.GROUND: of_city.low}
        columns |= {measure: Taken.numbers(value) for measure, value in heights.items() if measure in wanted}
    if not outlines:
        return Measured(columns)
    shapes, systems = _shapes(facts, sid)
    if of_city is not None:
        shapes, systems = of_city.shapes, (of_city.system,) * len(sid)
    places = None
    if Measure.PLACE in wanted:
        place = model_place(facts)
        places = np.full((len(sid), 2), math.nan)
        if place is not None:
            places[:] = place
        elif shapes is not None:
            places = _places(shapes, systems)
    return Measured(columns, places, shapes, systems)


def _of_model(facts: Facts, wanted: Collection[Measure]) -> dict[Measure, float | None]:
    """What the storeys and the georeference of a model say of the building."""
    storeys: Any = facts.whole.get("storeys")
    known: dict[Measure, float | None] = {}
    if storeys:
        placed = [storey for storey in storeys if storey["elevation"] is not None]
        ground = [storey for storey in placed if storey["elevation"] >= _GROUND_M]
        roofs = [storey for storey in ground if _ROOF.search(storey["name"] or "")]
        if placed:
            known[Measure.STOREYS_ABOVE] = len(ground) - len(roofs)
            known[Measure.STOREYS_BELOW] = len(placed) - len(ground)
        if roofs:
            known[Measure.HEIGHT] = roofs[0]["elevation"] - ground[0]["elevation"]
    georeference: Any = facts.whole.get("georeference") or {}
    known[Measure.GROUND] = (georeference.get("map_conversion") or {}).get("height")
    return {measure: value for measure, value in known.items() if measure in wanted}


def model_place(facts: Facts) -> tuple[float, float] | None:
    """Longitude and latitude of a model's map base point, or of its site where it has none."""
    georeference: Any = facts.whole.get("georeference") or {}
    conversion = georeference.get("map_conversion") or {}
    code = epsg_code((georeference.get("projected_crs") or {}).get("name"))
    easting, northing = conversion.get("eastings"), conversion.get("northings")
    if code is not None and easting is not None and northing is not None:
        found = to_degrees(code, easting, northing)
        if found is not None:
            return found[1], found[0]
    site = georeference.get("site") or {}
    if site.get("latitude") is not None and site.get("longitude") is not None:
        return site["longitude"], site["latitude"]
    return None


def _shapes(facts: Facts, sid: IntArray) -> tuple[GeometryArray | None, tuple[str | None, ...]]:
    footprint = facts.whole.get("footprint")
    if isinstance(footprint, tuple):  # of a model as a whole, where it was asked for
        shapes = np.full(len(sid), None, object)
        shapes[:] = footprint[0]
        return shapes, (footprint[1],) * len(sid)
    found = facts.whole.get("shapes")
    if not isinstance(found, Shapes):
        return None, ()
    shapes = np.full(len(sid), None, object)
    systems: list[str | None] = [None] * len(sid)
    chosen = np.zeros(len(facts), bool)
    chosen[sid] = True
    for layer, rows in found.selected(chosen):
        at = np.searchsorted(sid, layer.sid[rows])
        shapes[at] = layer.geometry(rows)
        for each in at.tolist():
            systems[each] = layer.crs
    return shapes, tuple(systems)


def _places(shapes: GeometryArray, systems: tuple[str | None, ...]) -> FloatArray:
    """A point inside each shape, in degrees."""
    import shapely

    points = shapely.point_on_surface(shapes)
    places = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    for system in set(systems):
        rows = np.fromiter((each == system for each in systems), bool, len(systems))
        places[rows] = in_degrees(places[rows], system)
    return places


def in_degrees(points: FloatArray, system: str | None) -> FloatArray:
    """Points (n, 2), east first, of a system in longitude and latitude; NaN where it is not known."""
    return _transformed(points, system, CGCS2000)


def in_plane(points: FloatArray, system: str | None, middle: tuple[float, float]) -> FloatArray:
    """Points of a system in metres from a place (longitude, latitude), in a plane that touches the earth there."""
    longitude, latitude = middle
    plane = f"+proj=aeqd +lat_0={latitude:.9f} +lon_0={longitude:.9f} +ellps=GRS80 +units=m +no_defs"
    return _transformed(points, system, plane)


def _transformed(points: FloatArray, system: str | None, to: str) -> FloatArray:
    from pyproj.exceptions import ProjError

    nowhere = np.full(points.shape, math.nan)
    if system is None:
        return nowhere
    try:
        code = epsg_code(system)
        x, y = change_of_system(f"EPSG:{code}" if code is not None else system, to).transform(
            points[:, 0], points[:, 1]
        )
    except ProjError:
        return nowhere
    good = np.isfinite(x) & np.isfinite(y)
    return np.column_stack([np.where(good, x, math.nan), np.where(good, y, math.nan)])
