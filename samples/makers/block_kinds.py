"""The kinds of components of the renewed block, as data: one row a type, its layers, its figures.

Figures are made up, in the range of what such a building has; sizes in mm, heat transfer in W/(m2.K).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DOORS", "MATERIALS", "WALLS", "WINDOWS", "DoorKind", "WallKind", "WindowKind"]


@dataclass(frozen=True, slots=True)
class WallKind:
    zh: str
    predefined: str
    external: bool
    bearing: bool
    layers: tuple[tuple[str, int], ...]
    fire: str
    transmittance: float
    family: str  # class code, GB/T 51269 table 14


@dataclass(frozen=True, slots=True)
class DoorKind:
    zh: str
    width: int
    height: int
    operation: str
    material: str
    external: bool
    fire: str
    transmittance: float
    exit: bool = False
    closing: bool = False


@dataclass(frozen=True, slots=True)
class WindowKind:
    zh: str
    width: int
    height: int
    partitioning: str
    frame: str
    fire: str
    transmittance: float
    panes: int
    solar_gain: float  # share of the sun's heat that comes through, 0 to 1


_INNER, _OUTER = "14-10.20.03.03", "14-10.20.03.06"

WALLS = {
    "WQ370": WallKind(
        "砖外墙370", "SOLIDWALL", True, True, (("烧结普通砖", 350), ("混合砂浆", 20)), "3.00h", 0.45, _OUTER
    ),
    "NQ240": WallKind(
        "砖内墙240",
        "SOLIDWALL",
        False,
        True,
        (("混合砂浆", 15), ("烧结普通砖", 210), ("混合砂浆", 15)),
        "2.50h",
        1.80,
        _INNER,
    ),
    "NQ120": WallKind(
        "砖隔墙120",
        "PARTITIONING",
        False,
        False,
        (("混合砂浆", 10), ("烧结普通砖", 100), ("混合砂浆", 10)),
        "2.00h",
        2.30,
        _INNER,
    ),
    "NQ200": WallKind(
        "砌块隔墙200", "PARTITIONING", False, False, (("蒸压加气混凝土砌块", 200),), "3.00h", 0.90, _INNER
    ),
    "JQ200": WallKind("电梯井道墙200", "SOLIDWALL", True, False, (("蒸压加气混凝土砌块", 200),), "3.00h", 0.85, _OUTER),
    "NE240": WallKind("女儿墙240", "PARAPET", True, False, (("烧结普通砖", 240),), "3.00h", 2.10, _OUTER),
}

DOORS = {
    "M1021": DoorKind("入户门1021乙", 1000, 2100, "SINGLE_SWING_LEFT", "钢", False, "1.00h", 1.80, True, True),
    "M0921": DoorKind("室内门0921", 900, 2100, "SINGLE_SWING_LEFT", "木材", False, "0.00h", 2.50),
    "M0821": DoorKind("室内门0821", 800, 2100, "SINGLE_SWING_LEFT", "木材", False, "0.00h", 2.50),
    "M0721": DoorKind("卫生间门0721", 700, 2100, "SINGLE_SWING_LEFT", "木材", False, "0.00h", 2.50),
    "M1221": DoorKind("单元门1221", 1200, 2100, "DOUBLE_DOOR_SINGLE_SWING", "钢", True, "1.00h", 1.80, True, True),
    "FM0921": DoorKind("防火门0921甲", 900, 2100, "SINGLE_SWING_RIGHT", "钢", False, "1.50h", 2.00, False, True),
    "DT1021": DoorKind("电梯层门1021", 1000, 2100, "SLIDING_TO_LEFT", "钢", False, "1.00h", 2.50, False, True),
    "MJ1221": DoorKind("旧单元门1221", 1200, 2100, "DOUBLE_DOOR_SINGLE_SWING", "木材", True, "0.00h", 4.70, True),
    "MJ0921": DoorKind("旧储藏室门0921", 900, 2100, "SINGLE_SWING_LEFT", "木材", False, "0.00h", 4.70),
}

WINDOWS = {
    "C1815": WindowKind("塑钢窗1815", 1800, 1500, "DOUBLE_PANEL_VERTICAL", "塑钢型材", "0.50h", 1.60, 2, 0.45),
    "C2115": WindowKind("塑钢窗2115", 2100, 1500, "TRIPLE_PANEL_VERTICAL", "塑钢型材", "0.50h", 1.60, 2, 0.45),
    "C1215": WindowKind("塑钢窗1215", 1200, 1500, "DOUBLE_PANEL_VERTICAL", "塑钢型材", "0.50h", 1.60, 2, 0.45),
    "C0612": WindowKind("塑钢窗0612", 600, 1200, "SINGLE_PANEL", "塑钢型材", "0.50h", 1.60, 2, 0.45),
    "C0915": WindowKind("塑钢窗0915", 900, 1500, "SINGLE_PANEL", "塑钢型材", "0.50h", 1.60, 2, 0.45),
    "CJ1212": WindowKind("旧钢窗1212", 1200, 1200, "DOUBLE_PANEL_VERTICAL", "钢", "0.00h", 6.00, 1, 0.80),
}

MATERIALS = {
    "烧结普通砖": ("brick", 0.81),
    "混合砂浆": ("mortar", 0.87),
    "蒸压加气混凝土砌块": ("block", 0.18),
    "钢筋混凝土": ("concrete", 1.74),
    "水泥砂浆": ("mortar", 0.93),
    "岩棉板": ("insulation", 0.04),
    "挤塑聚苯板": ("insulation", 0.03),
    "钢": ("steel", 58.2),
    "木材": ("wood", 0.17),
    "塑钢型材": ("plastic", 0.17),
    "中空玻璃": ("glass", 0.05),
}
"""Name to category (the words of IFC) and thermal conductivity in W/(m.K)."""
