"""The renewed block with faults: each of another kind, each in a place of its own, each named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from makers import block_changes as changes
from makers.block import header, make_block
from makers.step_model import StepModel

__all__ = ["FILE_NAME", "Fault", "make_faulty_block"]

FILE_NAME = "renewal-block-faults.ifc"

#: Faults that one thing has and a second one is concerned by; elsewhere each thing concerned has the fault.
_ONE_OF_TWO = {"new-door-in-demolished-wall", "dangling-classification-reference"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault as `samples.yaml` lists it.

    count        how many things have it
    global_ids   the GlobalIds concerned
    rules        codes of the rules that find it
    """

    id: str
    zh: str
    en: str
    rules: tuple[str, ...]
    global_ids: tuple[str, ...]
    count: int


def make_faulty_block() -> tuple[str, list[Fault]]:
    """The text of the faulty model and what is wrong with it."""
    model = make_block()
    faults = []
    for name, zh, en, rules, make in _FAULTS:
        things = make(model)
        ids = tuple(dict.fromkeys(thing.GlobalId for thing in things))
        faults.append(Fault(name, zh, en, rules, ids, 1 if name in _ONE_OF_TWO else len(things)))
    return changes.point_nowhere(model, model.text(header(FILE_NAME))), faults


_FAULTS: tuple[tuple[str, str, str, tuple[str, ...], Callable[[StepModel], list[Any]]], ...] = (
    (
        "duplicate-global-id",
        "三层两扇窗使用同一个 GlobalId。",
        "Two windows of the third storey have one GlobalId.",
        ("IFB-GID-002",),
        changes.duplicate_global_id,
    ),
    (
        "malformed-global-id",
        "二层一道隔墙的 GlobalId 不是 IFC 的 22 位编码，而是自编的编号。",
        "A partition of the second storey has a number of someone's own making for a GlobalId.",
        ("IFB-GID-001",),
        changes.malformed_global_id,
    ),
    (
        "wall-without-fire-rating",
        "四层候梯厅新砌的西墙没有耐火极限。",
        "The new west wall of the lift lobby of the fourth storey has no fire rating.",
        ("LNB-WAL-002",),
        changes.wall_without_fire_rating,
    ),
    (
        "door-fire-rating-under-another-name",
        "地下室一樘防火门的耐火极限写在“标识数据.耐火极限”中，值为“甲级”，标准属性 FireRating 缺失。",
        "A fire door of the basement says its fire rating as 标识数据.耐火极限 = 甲级; FireRating is missing.",
        ("LNB-DOR-002", "LNB-WAL-102"),
        changes.door_fire_rating_elsewhere,
    ),
    (
        "element-without-storey",
        "五层一根井道钢柱不属于任何楼层。",
        "A steel column of the fifth storey belongs to no storey.",
        ("IFB-SPA-006",),
        changes.element_without_storey,
    ),
    (
        "storeys-with-the-same-name",
        "三层与四层都叫 3F。",
        "The third and the fourth storey are both called 3F.",
        ("IFB-NAM-002",),
        changes.storeys_with_one_name,
    ),
    (
        "storey-elevations-out-of-order",
        "五层与六层的标高互换。",
        "The elevations of the fifth and the sixth storey are exchanged.",
        ("LNB-STY-103",),
        changes.elevations_out_of_order,
    ),
    (
        "site-at-software-default",
        "场地经纬度是建模软件的默认位置（北京，北纬39°54′57″，东经116°25′58″）。",
        "The site lies where the authoring tool puts it by default (Beijing, 39°54′57″N 116°25′58″E).",
        ("IFB-GEO-003", "LNB-GEO-107"),
        changes.site_at_default,
    ),
    (
        "northing-and-easting-swapped",
        "地图转换中的北坐标与东坐标互换。",
        "Northing and easting of the map conversion are exchanged.",
        ("LNB-GEO-103",),
        changes.axes_swapped,
    ),
    (
        "window-without-thermal-transmittance",
        "二层一扇新窗没有传热系数。",
        "A new window of the second storey has no thermal transmittance.",
        ("LNB-WIN-003",),
        changes.window_without_transmittance,
    ),
    (
        "new-door-in-demolished-wall",
        "地下室一樘新建的门开在要拆除的墙上。",
        "A new door of the basement stands in a wall that is to be demolished.",
        ("LNB-PHA-102",),
        changes.new_door_in_demolished_wall,
    ),
    (
        "element-without-phase",
        "三层一根井道钢梁没有阶段（Status）。",
        "A steel beam of the third storey has no phase (Status).",
        ("LNB-PHA-101",),
        changes.element_without_phase,
    ),
    (
        "storey-height-in-wrong-unit",
        "二层的建筑层高应以毫米计，却写成 2.8。",
        "The height of the second storey, declared in millimetres, is written as 2.8.",
        ("LNB-STY-101",),
        changes.storey_height_in_metres,
    ),
    (
        "credit-code-with-wrong-check-character",
        "设计单位统一社会信用代码的校验码不对。",
        "The check character of the design institute's unified social credit code is wrong.",
        ("LNB-PRJ-101",),
        changes.wrong_check_character,
    ),
    (
        "empty-storey",
        "机房层里什么也没有。",
        "The storey called JF contains nothing.",
        ("IFB-SPA-013",),
        changes.empty_storey,
    ),
    (
        "space-without-name",
        "五层一个房间没有名称。",
        "A room of the fifth storey has no name.",
        ("IFB-NAM-005",),
        changes.space_without_name,
    ),
    (
        "dangling-classification-reference",
        "六层电梯井新砌的北墙的分类关系指向文件中不存在的实例。",
        "The classification of a new shaft wall of the sixth storey leads to an instance that the file does not have.",
        ("IFB-REF-002", "LNB-CLS-101"),
        changes.dangling_classification,
    ),
    (
        "status-outside-enumeration",
        "一层分户墙的 Status 值 REFURBISHED 不在标准枚举中。",
        "A wall of the first storey has the Status REFURBISHED, which the standard enumeration does not know.",
        ("LNB-PHA-105", "LNB-PHA-101"),
        changes.status_outside_enumeration,
    ),
)
