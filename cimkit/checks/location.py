"""location: the site's latitude and longitude are not a tool's default, and lie where they should."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cimkit.checks.contract import Context, Outcome, no_rows, of_source, whole_finding
from cimkit.checks.places import distance_m
from cimkit.facts.columns import BoolArray
from cimkit.facts.demand import Demand

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """The georeference, which holds the site's position."""
    return Demand(georeference=True)


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """not_near: places {lat, lon, name} with tolerance_m (default 50). box: {north, south, east, west} in degrees.
    Not applicable where the source states no position."""
    count = len(context.facts)
    site = (context.facts.whole.get("georeference") or {}).get("site")  # type: ignore[attr-defined]
    if not site or site.get("latitude") is None or site.get("longitude") is None:
        return of_source(count, no_rows(), looked=False)
    latitude, longitude = float(site["latitude"]), float(site["longitude"])
    found = f"{latitude:.5f}, {longitude:.5f}"
    locator = f"#{site['id']}" if site.get("id") else None
    sid = site.get("sid")
    related = [[sid]] if sid is not None else None
    for place in options.get("not_near") or ():
        if distance_m(latitude, longitude, place["lat"], place["lon"]) <= float(options.get("tolerance_m", 50)):
            finding = whole_finding(
                "location_at_default", found=found, expected=str(place.get("name")), locator=locator, related=related
            )
            return of_source(count, finding)
    box = options.get("box")
    if box and not (box["south"] <= latitude <= box["north"] and box["west"] <= longitude <= box["east"]):
        expected = f"{box['south']}..{box['north']}, {box['west']}..{box['east']}"
        finding = whole_finding("location_outside", found=found, expected=expected, locator=locator, related=related)
        return of_source(count, finding)
    return of_source(count, no_rows())
