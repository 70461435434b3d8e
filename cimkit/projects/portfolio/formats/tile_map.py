"""A schematic map of Liaoning: one tile a city, placed roughly by direction. It shows no boundary, and ships none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["tile_map"]

#: Column and row of each city (GB/T 2260), from where they lie towards each other.
_PLACES: Mapping[str, tuple[int, int]] = {
    "211200": (4, 0), "211300": (0, 1), "210900": (2, 1), "210100": (3, 1), "210400": (4, 1), "210700": (1, 2),
    "211100": (2, 2), "211000": (3, 2), "210500": (4, 2), "211400": (0, 2), "210800": (2, 3), "210300": (3, 3),
    "210600": (4, 3), "210200": (2, 4),
}  # fmt: skip
_STEP = (100, 68)
_COLUMNS = 5


def tile_map(cities: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """width, height, and tiles with x, y, name, short, bad, projects, share, heat (none, 0 to 4 by quarters of the
    share).

    Cities without a place of their own (of another province, or not stated) stand in rows below, if they have projects.
    """
    tiles = []
    below = max(row for _, row in _PLACES.values()) + 1
    extra = 0
    for city in sorted(cities, key=lambda each: each["code"]):
        place = _PLACES.get(city["code"])
        if place is None:
            if not city["projects"]:
                continue
            place = extra % _COLUMNS, below + extra // _COLUMNS
            extra += 1
        name = city["name"] or "?"
        tiles.append(
            {
                "x": place[0] * _STEP[0] + 4,
                "y": place[1] * _STEP[1] + 4,
                "code": city["code"],
                "name": name,
                "short": name.removesuffix("市"),
                "bad": city["bad"],
                "projects": city["projects"],
                "share": city["share"],
                "heat": _heat(city["bad"], city["projects"]),
            }
        )
    rows = below + -(-extra // _COLUMNS)
    return {"width": _COLUMNS * _STEP[0], "height": rows * _STEP[1] + 4, "tiles": tiles}


def _heat(bad: int, projects: int) -> str:
    if not projects:
        return "none"
    return str(-(-4 * bad // projects)) if bad else "0"
