"""The plan of the renewed block, as data: where walls, openings and rooms are, in millimetres.

The origin is the outer south-west corner of the old building, x runs east, y north. A six-storey block of brick with
one stair and two flats a storey, mirrored about x = 9000; a lift shaft of steel and block walls is added in the north.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = [
    "BASEMENT",
    "DEPTH",
    "LENGTH",
    "ROOF",
    "SLAB",
    "STOREYS",
    "Opening",
    "Plan",
    "Room",
    "Storey",
    "Wall",
    "typical_storey",
]

LENGTH, DEPTH = 18000, 11400
"""Outer size of the old building."""

SLAB = 150
"""Thickness of a floor; its upper side is the storey's level."""

NEW, EXISTING, DEMOLISH = "NEW", "EXISTING", "DEMOLISH"


@dataclass(frozen=True, slots=True)
class Wall:
    """A straight wall: the rectangle it stands on, the type it has, its phase."""

    code: str
    zh: str
    kind: str
    x0: int
    y0: int
    x1: int
    y1: int
    status: str = EXISTING

    @property
    def along_x(self) -> bool:
        return self.x1 - self.x0 >= self.y1 - self.y0

    @property
    def length(self) -> int:
        return max(self.x1 - self.x0, self.y1 - self.y0)

    @property
    def thickness(self) -> int:
        return min(self.x1 - self.x0, self.y1 - self.y0)


@dataclass(frozen=True, slots=True)
class Opening:
    """A door or window in a wall; `start` is its near edge on the x axis, or on the y axis for walls along y."""

    code: str
    wall: str
    kind: str
    start: int
    sill: int = 0
    status: str = EXISTING


@dataclass(frozen=True, slots=True)
class Room:
    """A rectangular room; `use` is 居住 (lived in), 交通 (ways), 储藏 (storage) or 设备 (plant)."""

    code: str
    zh: str
    use: str
    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True)
class Plan:
    walls: tuple[Wall, ...] = ()
    openings: tuple[Opening, ...] = ()
    rooms: tuple[Room, ...] = ()


@dataclass(frozen=True, slots=True)
class Storey:
    """`elevation` is that of the floor's upper side, `height` reaches to the next storey's."""

    name: str
    zh: str
    use: str
    elevation: int
    height: int


STOREYS = (
    Storey("B1", "地下一层", "地下室", -2400, 2400),
    *(Storey(f"{n}F", f"{'一二三四五六'[n - 1]}层", "普通层", 2800 * (n - 1), 2800) for n in range(1, 7)),
    Storey("RF", "屋面层", "屋面", 16800, 3000),
)

_OUTER = (
    Wall("S", "南外墙", "WQ370", 0, 0, LENGTH, 370),
    Wall("NW", "北外墙西段", "WQ370", 0, 11030, 7800, DEPTH),
    Wall("NE", "北外墙东段", "WQ370", 10200, 11030, LENGTH, DEPTH),
    Wall("W", "西外墙", "WQ370", 0, 370, 370, 11030),
    Wall("E", "东外墙", "WQ370", 17630, 370, LENGTH, 11030),
)
_BEARING = (
    Wall("M", "中纵墙", "NQ240", 370, 5580, 17630, 5820),
    Wall("TW", "楼梯间西墙", "NQ240", 7560, 5820, 7800, 11030),
    Wall("TE", "楼梯间东墙", "NQ240", 10200, 5820, 10440, 11030),
)
_STAIR_END = Wall("NS", "楼梯间北墙", "WQ370", 7800, 11030, 10200, DEPTH)

_FLAT_WALLS = (
    Wall("P1", "卧室隔墙", "NQ120", 4500, 370, 4620, 5580),
    Wall("P3", "厨卫隔墙", "NQ120", 4500, 5820, 4620, 11030),
    Wall("P5", "门厅隔墙", "NQ120", 4620, 9000, 7560, 9120),
    Wall("P7", "卫生间隔墙", "NQ120", 370, 7900, 4500, 8020),
)
_FLAT_OPENINGS = (
    Opening("D1", "TW", "M1021", 9600, status=NEW),
    Opening("D2", "P5", "M0821", 5600),
    Opening("D3", "M", "M0921", 5500),
    Opening("D4", "P1", "M0921", 4400),
    Opening("D5", "P3", "M0721", 6500),
    Opening("D6", "P3", "M0821", 8060),
    Opening("C1", "S", "C1815", 1500, 900, NEW),
    Opening("C2", "S", "C2115", 5600, 900, NEW),
    Opening("C3", "NW", "C1215", 1500, 900, NEW),
    Opening("C4", "NW", "C1215", 5400, 900, NEW),
    Opening("C5", "W", "C0612", 6400, 1200, NEW),
)
_FLAT_ROOMS = (
    Room("1", "主卧室", "居住", 370, 370, 4500, 5580),
    Room("2", "起居室", "居住", 4620, 370, 8880, 5580),
    Room("3", "卫生间", "居住", 370, 5820, 4500, 7900),
    Room("4", "厨房", "居住", 370, 8020, 4500, 11030),
    Room("5", "餐厅", "居住", 4620, 5820, 7560, 9000),
    Room("6", "门厅", "居住", 4620, 9120, 7560, 11030),
)

_LIFT_WALLS = (
    Wall("LW", "候梯厅西墙", "JQ200", 7800, 11400, 8000, 12900, NEW),
    Wall("LE", "候梯厅东墙", "JQ200", 10000, 11400, 10200, 12900, NEW),
)
_SHAFT_WALLS = (
    Wall("HS", "电梯井南墙", "JQ200", 8000, 12900, 10000, 13100, NEW),
    Wall("HN", "电梯井北墙", "JQ200", 8000, 15100, 10000, 15300, NEW),
    Wall("HW", "电梯井西墙", "JQ200", 7800, 13100, 8000, 15100, NEW),
    Wall("HE", "电梯井东墙", "JQ200", 10000, 13100, 10200, 15100, NEW),
)
_OTHER_SIDE = {"TW": "TE", "NW": "NE", "W": "E", "M": "M", "S": "S"}


def _mirrored(wall: Wall) -> Wall:
    return replace(wall, code=f"{wall.code}E", x0=LENGTH - wall.x1, x1=LENGTH - wall.x0)


def _mirrored_opening(opening: Opening, width: int) -> Opening:
    wall = next(w for w in (*_OUTER, *_BEARING, *_FLAT_WALLS) if w.code == opening.wall)
    start = LENGTH - opening.start - width if wall.along_x else opening.start
    other = _OTHER_SIDE.get(opening.wall, f"{opening.wall}E")
    return replace(opening, code=f"{opening.code}E", wall=other, start=start)


def typical_storey(number: int, widths: dict[str, int]) -> Plan:
    """The plan of storey 1 to 6; `widths` gives the width of each kind of door and window."""
    east_rooms = tuple(
        replace(room, code=f"{number}02-{room.code}", x0=LENGTH - room.x1, x1=LENGTH - room.x0) for room in _FLAT_ROOMS
    )
    west_rooms = tuple(replace(room, code=f"{number}01-{room.code}") for room in _FLAT_ROOMS)
    shared_rooms = (
        Room(f"{number}00-1", "楼梯间", "交通", 7800, 5820, 10200, 11030),
        Room(f"{number}00-2", "候梯厅", "交通", 8000, 11400, 10000, 12900),
        Room(f"{number}00-3", "电梯井", "设备", 8000, 13100, 10000, 15100),
    )
    old = (
        Opening("X1", "NS", "MJ1221", 8400, 0, DEMOLISH)
        if number == 1
        else Opening("X1", "NS", "CJ1212", 8400, 900, DEMOLISH)
    )
    entrance = (Opening("D8", "LW", "M1221", 11600, 0, NEW),) if number == 1 else ()
    return Plan(
        walls=(
            *_OUTER,
            replace(_STAIR_END, status=DEMOLISH),
            *_BEARING,
            Wall("PT", "分户墙", "NQ240", 8880, 370, 9120, 5580),
            *_FLAT_WALLS,
            *map(_mirrored, _FLAT_WALLS),
            *_LIFT_WALLS,
            *_SHAFT_WALLS,
        ),
        openings=(
            *_FLAT_OPENINGS,
            *(_mirrored_opening(opening, widths[opening.kind]) for opening in _FLAT_OPENINGS),
            old,
            Opening("D7", "HS", "DT1021", 8500, 0, NEW),
            Opening("C6", "LE", "C0915", 11700, 900, NEW),
            *entrance,
        ),
        rooms=(*west_rooms, *east_rooms, *shared_rooms),
    )


BASEMENT = Plan(
    walls=(
        *_OUTER,
        _STAIR_END,
        *_BEARING,
        Wall("PD", "旧储藏室隔墙", "NQ120", 4500, 370, 4620, 5580, DEMOLISH),
        Wall("PN", "热力入口间隔墙", "NQ200", 13300, 370, 13500, 5580, NEW),
        Wall("HS", "电梯基坑南墙", "JQ200", 7800, 12900, 10200, 13100, NEW),
        Wall("HN", "电梯基坑北墙", "JQ200", 7800, 15100, 10200, 15300, NEW),
        *(replace(wall, zh=wall.zh.replace("井", "基坑")) for wall in _SHAFT_WALLS[2:]),
    ),
    openings=(
        Opening("X2", "PD", "MJ0921", 4400, 0, DEMOLISH),
        Opening("D1", "PN", "FM0921", 4400, 0, NEW),
        Opening("D2", "M", "M0921", 2000),
        Opening("D3", "M", "M0921", 6200),
        Opening("D4", "M", "FM0921", 15000, 0, NEW),
        Opening("D5", "TW", "M0921", 9600),
        Opening("D6", "TE", "M0921", 9600),
    ),
    rooms=(
        Room("B01", "西储藏室", "储藏", 370, 370, 4500, 5580),
        Room("B02", "中储藏室", "储藏", 4620, 370, 13300, 5580),
        Room("B03", "热力入口间", "设备", 13500, 370, 17630, 5580),
        Room("B04", "西管道间", "设备", 370, 5820, 7560, 11030),
        Room("B05", "东管道间", "设备", 10440, 5820, 17630, 11030),
        Room("B06", "楼梯间", "交通", 7800, 5820, 10200, 11030),
    ),
)

ROOF = Plan(
    walls=(
        Wall("S", "南女儿墙", "NE240", 0, 0, LENGTH, 240),
        Wall("N", "北女儿墙", "NE240", 0, 11160, LENGTH, DEPTH),
        Wall("W", "西女儿墙", "NE240", 0, 240, 240, 11160),
        Wall("E", "东女儿墙", "NE240", 17760, 240, LENGTH, 11160),
        *_SHAFT_WALLS,
    )
)
