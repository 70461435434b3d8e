"""A place is told to lie in another city only where that is plain."""

from __future__ import annotations

import pytest

from cimkit.projects.definitions import definitions
from cimkit.projects.seats import nearest_seats


@pytest.mark.parametrize(
    ("latitude", "longitude", "city", "nearest"),
    [
        (41.80, 123.43, "210100", "210100"),  # Shenyang
        (38.91, 121.60, "210100", "210200"),  # Dalian, said to be Shenyang
        (41.89, 123.70, "210100", "210100"),  # between Shenyang and Fushun: not asked
    ],
)
def test_the_nearest_city(latitude: float, longitude: float, city: str, nearest: str) -> None:
    found = nearest_seats(definitions().seats, latitude, longitude, city)
    assert found is not None
    assert found[0] == nearest
    assert (found[1] < 0.33) == (nearest != city)


def test_a_city_without_seat_is_not_judged() -> None:
    assert nearest_seats({"210100": (41.8, 123.4)}, 41.8, 123.4, "219900") is None


def test_every_city_has_a_seat_and_every_seat_a_name() -> None:
    known = definitions()
    assert {code for code in known.areas if code.endswith("00") and code != "210000"} <= set(known.seats)
    assert set(known.seats) <= set(known.areas)
