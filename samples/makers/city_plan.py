"""The synthetic district that the city samples show: a grid of parcels with a building on each, streets between.

Nothing of it exists. It lies where a city's grid could lie, in the 3-degree zone of 123 E (EPSG:4550), so that
reference systems, zones and extents can be shown as they are in Liaoning.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "AREA",
    "CRS",
    "EAST",
    "HEIGHTS",
    "NORTH",
    "SYNTHETIC",
    "Building",
    "Street",
    "buildings",
    "ground",
    "streets",
]

CRS = "EPSG:4550"
HEIGHTS = "EPSG:5737"
SYNTHETIC = "【合成】"
#: Of a county that exists, so that codes can be shown as they are.
AREA_CODE = "210102"
#: South-west corner and size of the district, metres.
EAST, NORTH = 535_500.0, 4_629_200.0
WIDTH, DEPTH = 500.0, 400.0
AREA = (EAST, NORTH, EAST + WIDTH, NORTH + DEPTH)
_COLUMNS, _ROWS = 6, 5
_PITCH = 80.0
_STRUCTURES = ("砌体结构", "框架结构", "剪力墙结构")


@dataclass(frozen=True, slots=True)
class Building:
    """One building. outline: its corners, counter-clockwise; parcel: those of the parcel around it."""

    number: int
    outline: tuple[tuple[float, float], ...]
    parcel: tuple[tuple[float, float], ...]
    storeys: int
    basements: int
    ground: float

    @property
    def code(self) -> str:
        return f"SYN-210102-{self.number:04d}"

    @property
    def name(self) -> str:
        return f"{SYNTHETIC}{self.number}号楼"

    @property
    def height(self) -> float:
        return round(self.storeys * 3.0 + 0.6, 1)

    @property
    def area(self) -> float:
        (west, south), _, (east, north), _ = self.outline
        return round((east - west) * (north - south) * self.storeys, 1)

    @property
    def address(self) -> str:
        return f"{SYNTHETIC}合成路{self.number}号"

    @property
    def usage(self) -> str:
        return "住宅" if self.number % 4 else "商业"

    @property
    def structure(self) -> str:
        return _STRUCTURES[0 if self.storeys <= 6 else 1 if self.storeys <= 12 else 2]

    def record(self) -> dict[str, str | int | float]:
        """Its fields, under the names that layers and models have them."""
        return {
            "建筑编码": self.code,
            "建筑名称": self.name,
            "详细地址": self.address,
            "建筑用途": self.usage,
            "户数": self.storeys * 4,
            "地上层数": self.storeys,
            "地下层数": self.basements,
            "建筑高度": self.height,
            "建筑面积": self.area,
            "结构类型": self.structure,
            "建成时间": str(self.year),
            "抗震设防类别": "标准设防类",
            "行政区代码": AREA_CODE,
            "地面高程": self.ground,
        }

    @property
    def year(self) -> int:
        return 1982 + (self.number * 7) % 40


@dataclass(frozen=True, slots=True)
class Street:
    """A centre line."""

    number: int
    line: tuple[tuple[float, float], ...]
    width: float

    @property
    def name(self) -> str:
        return f"{SYNTHETIC}{self.number}号路"


def ground(east: float, north: float) -> float:
    """Height of the ground above 1985, metres: a gentle slope with a fold."""
    x, y = east - EAST, north - NORTH
    return round(42.0 + 0.004 * x + 0.003 * y + 0.6 * math.sin(x / 90) * math.cos(y / 70), 3)


def _box(west: float, south: float, east: float, north: float) -> tuple[tuple[float, float], ...]:
    return (west, south), (east, south), (east, north), (west, north)


def buildings() -> Iterator[Building]:
    """Thirty, row by row from the south-west."""
    for row in range(_ROWS):
        for column in range(_COLUMNS):
            number = row * _COLUMNS + column + 1
            west, south = EAST + 15 + column * _PITCH, NORTH + 10 + row * _PITCH * 0.95
            deep = 14.0 + number % 3
            outline = _box(west + 10, south + 18, west + 10 + 42.0 + number % 5, south + 18 + deep)
            yield Building(
                number=number,
                outline=outline,
                parcel=_box(west, south, west + 68, south + 60),
                storeys=(6, 6, 11, 18, 7)[number % 5],
                basements=1 if number % 5 in (2, 3) else 0,
                ground=ground(west + 30, south + 25),
            )


def streets() -> Iterator[Street]:
    """The lines between the rows and columns of parcels."""
    for row in range(_ROWS):
        north = NORTH + 5 + row * _PITCH * 0.95
        yield Street(row + 1, ((EAST + 5, north), (EAST + WIDTH - 5, north)), 7.0 if row % 2 else 12.0)
    for column in range(_COLUMNS):
        east = EAST + 8 + column * _PITCH
        yield Street(_ROWS + column + 1, ((east, NORTH + 5), (east, NORTH + DEPTH - 5)), 9.0)
