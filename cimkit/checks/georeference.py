"""georeference: where a model stands on Earth is stated, and what is stated can be true.

Aspects: `present` a map conversion with its target system; `swapped` northing and easting in each other's place;
`zone` the zone number before the easting against the system's code; `agrees` the base point against the site's
latitude and longitude (1 km); `inside` the base point within a box of degrees; `scale` the scale against the units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from cimkit.checks.contract import Context, Outcome, no_rows, of_source, whole_finding
from cimkit.checks.places import (
    EASTING_M,
    NORTHING_M,
    PREFIXED_EASTING_M,
    Georeference,
    box_text,
    distance_m,
    epsg_code,
    finding_about,
    gauss_kruger_zone,
    inside,
    to_degrees,
)
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]

#: A finding frame, nothing wrong (empty frame), or None: there is nothing to look at.
_Answer = pl.DataFrame | None


def demand(options: Mapping[str, Any]) -> Demand:
    """The georeference."""
    return Demand(georeference=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """Not applicable where the source lacks what the aspect speaks of; `present` is always asked of schemas that can
    hold a map conversion, and of others where a property convention stands in for it."""
    georeference: Georeference = context.facts.whole.get("georeference") or {}  # type: ignore[assignment]
    answer = _ASPECTS[options["aspect"]](context, georeference, options)
    count = len(context.facts)
    return of_source(count, no_rows() if answer is None else answer, looked=answer is not None)


def _numbers(georeference: Georeference) -> tuple[float, float] | None:
    """Easting and northing in metres."""
    conversion = georeference.get("map_conversion") or {}
    easting, northing = conversion.get("eastings"), conversion.get("northings")
    return None if easting is None or northing is None else (float(easting), float(northing))


def _present(context: Context, georeference: Georeference, options: Mapping[str, Any]) -> _Answer:
    schema = context.facts.schema
    possible = schema is not None and "IFCMAPCONVERSION" in schema.entities
    if not possible and not georeference.get("map_conversion"):
        return None
    if _numbers(georeference) is not None and georeference.get("projected_crs"):
        return no_rows()
    return whole_finding("georeference_missing")


def _is_chinese(georeference: Georeference) -> bool:
    """CGCS2000, or a system that is not named at all: then the numbers alone must do."""
    system = georeference.get("projected_crs") or {}
    name = str(system.get("name") or "") + str(system.get("geodetic_datum") or "")
    code = epsg_code(name)
    return not name or gauss_kruger_zone(code) is not None or "CGCS2000" in name.upper() or "国家2000" in name


def _swapped(context: Context, georeference: Georeference, options: Mapping[str, Any]) -> _Answer:
    numbers = _numbers(georeference)
    if numbers is None or not _is_chinese(georeference):
        return None
    easting, northing = numbers
    looks_east = inside(EASTING_M, northing) or inside(PREFIXED_EASTING_M, northing)
    if inside(NORTHING_M, easting) and looks_east:
        found = f"E {easting:.3f}, N {northing:.3f}"
        expected = f"E {northing:.3f}, N {easting:.3f}"
        return finding_about(georeference["map_conversion"], "axes_swapped", found=found, expected=expected)
    return no_rows()


def _zone(context: Context, georeference: Georeference, options: Mapping[str, Any]) -> _Answer:
    numbers = _numbers(georeference)
    zone = gauss_kruger_zone(epsg_code((georeference.get("projected_crs") or {}).get("name")))
    if numbers is None or zone is None:
        return None
    number, prefixed = zone
    easting = max(numbers) if numbers[1] > PREFIXED_EASTING_M[0] else numbers[0]
    if not inside(PREFIXED_EASTING_M, easting) and not inside(EASTING_M, easting):
        return None
    written = int(easting // 1e6) if inside(PREFIXED_EASTING_M, easting) else None
    if (written == number) if prefixed else (written is None):
        return no_rows()
    expected = f"{number} {easting % 1e6:.3f}" if prefixed else f"{easting % 1e6:.3f}"
    return finding_about(georeference["map_conversion"], "zone_prefix_wrong", found=f"{easting:.3f}", expected=expected)


def _base_point(georeference: Georeference) -> tuple[float, float] | None:
    """Latitude and longitude of the base point, where its system is known."""
    numbers = _numbers(georeference)
    code = epsg_code((georeference.get("projected_crs") or {}).get("name"))
    return None if numbers is None or code is None else to_degrees(code, *numbers)


def _agrees(context: Context, georeference: Georeference, options: Mapping[str, Any]) -> _Answer:
    site = georeference.get("site") or {}
    if site.get("latitude") is None or site.get("longitude") is None:
        return None
    point = _base_point(georeference)
    if point is None:
        return None
    apart = distance_m(*point, float(site["latitude"]), float(site["longitude"]))
    if apart <= 1000:
        return no_rows()
    return finding_about(
        georeference["map_conversion"],
        "location_disagrees",
        found=f"{apart / 1000:.1f} km: {point[0]:.5f}, {point[1]:.5f}",
        expected=f"{float(site['latitude']):.5f}, {float(site['longitude']):.5f}",
    )


def _inside(context: Context, georeference: Georeference, options: Mapping[str, Any]) -> _Answer:
    point = _base_point(georeference)
    box = options.get("box")
    if point is None or not box:
        return None
    if box["south"] <= point[0] <= box["north"] and box["west"] <= point[1] <= box["east"]:
        return no_rows()
    found = f"{point[0]:.5f}, {point[1]:.5f}"
    return finding_about(georeference["map_conversion"], "location_outside", found=found, expected=box_text(box))


def _scale(context: Context, georeference: Georeference, options: Mapping[str, Any]) -> _Answer:
    """A projection's own scale factor is within one percent of 1; a unit missed is a factor of hundreds."""
    conversion = georeference.get("map_conversion") or {}
    project_unit, map_unit = georeference.get("project_unit_m"), georeference.get("map_unit_m")
    if not conversion or not project_unit or not map_unit:
        return None
    expected = float(project_unit) / float(map_unit)
    scale = float(conversion.get("scale") or 1.0)
    if abs(scale - expected) <= 0.01 * expected:
        return no_rows()
    return finding_about(georeference["map_conversion"], "scale_wrong", found=f"{scale:g}", expected=f"{expected:g}")


_ASPECTS: Mapping[str, Callable[[Context, Georeference, Mapping[str, Any]], _Answer]] = {
    "present": _present,
    "swapped": _swapped,
    "zone": _zone,
    "agrees": _agrees,
    "inside": _inside,
    "scale": _scale,
}
