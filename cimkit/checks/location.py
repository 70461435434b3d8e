"""location: the site's latitude and longitude are not a tool's default, and lie where they should."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cimkit.checks.contract import Context, Outcome, no_rows, of_source
from cimkit.checks.places import box_text, distance_m, finding_about
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
    for place in options.get("not_near") or ():
        if distance_m(latitude, longitude, place["lat"], place["lon"]) <= float(options.get("tolerance_m", 50)):
            finding = finding_about(site, "location_at_default", found=found, expected=str(place.get("name")))
            return of_source(count, finding)
    box = options.get("box")
    if box and not (box["south"] <= latitude <= box["north"] and box["west"] <= longitude <= box["east"]):
        return of_source(count, finding_about(site, "location_outside", found=found, expected=box_text(box)))
    return of_source(count, no_rows())
