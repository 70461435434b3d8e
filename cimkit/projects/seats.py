"""How near a place lies to the seats of its own city and of the others."""

from __future__ import annotations

import math
from collections.abc import Mapping

__all__ = ["nearest_seats"]

_EARTH_KM = 6371.0
#: Nearer to a seat of its own city than this, a place is not asked about: borders run close to towns.
_NEAR_KM = 30.0


def nearest_seats(
    seats: Mapping[str, tuple[float, float]], latitude: float, longitude: float, city: str
) -> tuple[str, float] | None:
    """The city whose seat is nearest, and the distance to it as a share of the distance to the nearest seat of the
    place's own city; ratio 1 where that is its own. None: the own city has no seat here.

    seats: code of a city or county -> latitude, longitude in degrees; city: code of the city the place should lie in.
    """
    distances = {code: _kilometres(latitude, longitude, *place) for code, place in seats.items()}
    own = min((far for code, far in distances.items() if code[:4] == city[:4]), default=None)
    if own is None:
        return None
    nearest = min(distances, key=lambda code: distances[code])
    if own <= _NEAR_KM or nearest[:4] == city[:4]:
        return f"{city[:4]}00", 1.0
    return f"{nearest[:4]}00", round(distances[nearest] / own, 3)


def _kilometres(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Along a great circle."""
    a, b, turn = math.radians(lat_a), math.radians(lat_b), math.radians(lon_b - lon_a)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))
