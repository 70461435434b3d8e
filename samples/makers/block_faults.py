"""The renewed block with faults: each of another kind, each in a place of its own, each named.

A fault changes the finished model, as a slip in an authoring tool would; what a tool cannot write (a reference to an
instance that is not there) is done to the text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from makers.block import header, make_block
from makers.block_plan import Storey
from makers.block_sets import PREFIX, storey_sets
from makers.properties import Properties
from makers.step_model import StepModel

__all__ = ["FILE_NAME", "Fault", "make_faulty_block"]

FILE_NAME = "renewal-block-faults.ifc"

_MISSING = 999999
"""An instance number that the file does not have."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault as `samples.yaml` lists it; `count` is how many things have it, `global_ids` says which."""

    id: str
    zh: str
    en: str
    global_ids: tuple[str, ...]
    count: int


def make_faulty_block() -> tuple[str, list[Fault]]:
    """The text of the faulty model and what is wrong with it."""
    model = make_block()
    faults = [
        Fault(name, zh, en, tuple(dict.fromkeys(thing.GlobalId for thing in things)), len(things) if many else 1)
        for name, zh, en, many, make in _FAULTS
        for things in [make(model)]
    ]
    return _point_nowhere(model, model.text(header(FILE_NAME))), faults


def _duplicate_global_id(model: StepModel) -> list[Any]:
    first, second = _tagged(model, "3F-C1"), _tagged(model, "3F-C1E")
    second.GlobalId = first.GlobalId
    return [first, second]


def _malformed_global_id(model: StepModel) -> list[Any]:
    wall = _tagged(model, "2F-P7")
    wall.GlobalId = "SY-18-2F-P7-wall-00001"
    return [wall]


def _wall_without_fire_rating(model: StepModel) -> list[Any]:
    return [_changed(model, "4F-P1", "Pset_WallCommon", {"FireRating": None})]


def _door_fire_rating_elsewhere(model: StepModel) -> list[Any]:
    door = _changed(model, "B1-D1", "Pset_DoorCommon", {"FireRating": None})
    _describe(model, door, "标识数据", {"耐火极限": "甲级"})
    return [door]


def _element_without_storey(model: StepModel) -> list[Any]:
    column = _tagged(model, "5F-GZ1")
    (relation,) = column.ContainedInStructure
    relation.RelatedElements = [element for element in relation.RelatedElements if element != column]
    return [column]


def _storeys_with_one_name(model: StepModel) -> list[Any]:
    third, fourth = _storey(model, "3F"), _storey(model, "4F")
    fourth.Name = third.Name
    return [third, fourth]


def _elevations_out_of_order(model: StepModel) -> list[Any]:
    fifth, sixth = _storey(model, "5F"), _storey(model, "6F")
    fifth.Elevation, sixth.Elevation = sixth.Elevation, fifth.Elevation
    return [fifth, sixth]


def _site_at_default(model: StepModel) -> list[Any]:
    (site,) = model.file.by_type("IfcSite")
    site.RefLatitude, site.RefLongitude = (39, 54, 57, 601318), (116, 25, 58, 795166)
    return [site]


def _axes_swapped(model: StepModel) -> list[Any]:
    (conversion,) = model.file.by_type("IfcMapConversion")
    conversion.Eastings, conversion.Northings = conversion.Northings, conversion.Eastings
    return list(model.file.by_type("IfcProject"))


def _window_without_transmittance(model: StepModel) -> list[Any]:
    return [_changed(model, "2F-C2", "Pset_WindowCommon", {"ThermalTransmittance": None})]


def _new_door_in_demolished_wall(model: StepModel) -> list[Any]:
    status = _status(model, "NEW", _statuses(model))
    return [_changed(model, "B1-X2", "Pset_DoorCommon", {"Status": status}), _tagged(model, "B1-PD")]


def _element_without_phase(model: StepModel) -> list[Any]:
    return [_changed(model, "3F-GL2", "Pset_BeamCommon", {"Status": None})]


def _storey_height_in_metres(model: StepModel) -> list[Any]:
    storey = _storey(model, "2F")
    height = _property(storey, f"{PREFIX}建筑楼层信息属性集", "建筑层高")
    height.NominalValue = model.value("IfcReal", height.NominalValue.wrappedValue / 1000)
    return [storey]


def _wrong_check_character(model: StepModel) -> list[Any]:
    (actor,) = (actor for actor in model.file.by_type("IfcActor") if actor.ObjectType == "设计单位")
    wrong = actor.TheActor.Identification[:-1] + "8"
    actor.TheActor.Identification = wrong
    code = _property(actor, f"{PREFIX}组织通用属性集", "社会统一信用代码")
    code.NominalValue = model.value("IfcLabel", wrong)
    return [actor]


def _empty_storey(model: StepModel) -> list[Any]:
    roof = _storey(model, "RF")
    plan = Storey("JF", "机房层", "屋面", 19800, 1500)
    (aggregation,) = roof.Decomposes
    placement = model.add(
        "IfcLocalPlacement",
        PlacementRelTo=roof.ObjectPlacement.PlacementRelTo,
        RelativePlacement=model.add(
            "IfcAxis2Placement3D",
            Location=model.add("IfcCartesianPoint", Coordinates=(0.0, 0.0, float(plan.elevation))),
        ),
    )
    storey = model.rooted(
        "IfcBuildingStorey",
        f"storey/{plan.name}",
        Name=plan.name,
        LongName=plan.zh,
        CompositionType="ELEMENT",
        ObjectPlacement=placement,
        Elevation=float(plan.elevation),
    )
    aggregation.RelatedObjects = [*aggregation.RelatedObjects, storey]
    for name, values in storey_sets(plan, 0.0).items():
        _describe(model, storey, PREFIX + name, values)
    return [storey]


def _space_without_name(model: StepModel) -> list[Any]:
    (space,) = (space for space in model.file.by_type("IfcSpace") if space.Name == "501-3 卫生间")
    space.Name = space.LongName = None
    return [space]


def _dangling_classification(model: StepModel) -> list[Any]:
    """Give the wall a classification relation of its own; `_point_nowhere` then breaks it."""
    wall = _tagged(model, "6F-M")
    (shared,) = (r for r in wall.HasAssociations if r.is_a("IfcRelAssociatesClassification"))
    shared.RelatedObjects = [thing for thing in shared.RelatedObjects if thing != wall]
    model.rooted(
        "IfcRelAssociatesClassification",
        "dangling",
        RelatedObjects=[wall],
        RelatingClassification=shared.RelatingClassification,
    )
    return [wall]


def _point_nowhere(model: StepModel, text: str) -> str:
    wall = _tagged(model, "6F-M")
    (relation,) = (r for r in wall.HasAssociations if r.is_a("IfcRelAssociatesClassification"))
    end = f"(#{wall.id()}),#{relation.RelatingClassification.id()});"
    if text.count(end) != 1:
        raise ValueError(end)
    return text.replace(end, f"(#{wall.id()}),#{_MISSING});")


def _status_outside_enumeration(model: StepModel) -> list[Any]:
    status = _status(model, "REFURBISHED", None)
    return [_changed(model, "1F-PT", "Pset_WallCommon", {"Status": status})]


def _tagged(model: StepModel, tag: str) -> Any:
    (element,) = (element for element in model.file.by_type("IfcElement") if element.Tag == tag)
    return element


def _storey(model: StepModel, name: str) -> Any:
    number = f"{PREFIX}建筑楼层信息属性集"
    (storey,) = (
        storey
        for storey in model.file.by_type("IfcBuildingStorey")
        if _property(storey, number, "楼层编号").NominalValue.wrappedValue == name
    )
    return storey


def _relation(thing: Any, set_name: str) -> Any:
    (relation,) = (r for r in thing.IsDefinedBy if r.RelatingPropertyDefinition.Name == set_name)
    return relation


def _property(thing: Any, set_name: str, name: str) -> Any:
    (found,) = (p for p in _relation(thing, set_name).RelatingPropertyDefinition.HasProperties if p.Name == name)
    return found


def _changed(model: StepModel, tag: str, set_name: str, changes: Mapping[str, Any]) -> Any:
    """Give an element a set of its own in place of a shared one; a change is a property, or None to leave it out."""
    element = _tagged(model, tag)
    relation = _relation(element, set_name)
    shared = relation.RelatingPropertyDefinition
    relation.RelatedObjects = [thing for thing in relation.RelatedObjects if thing != element]
    kept = [changes.get(p.Name, p) for p in shared.HasProperties]
    own = model.rooted("IfcPropertySet", f"own/{tag}", Name=set_name, HasProperties=[p for p in kept if p is not None])
    _define(model, element, own)
    return element


def _describe(model: StepModel, thing: Any, set_name: str, values: Mapping[str, Any]) -> None:
    _define(model, thing, Properties(model, f"fault/{thing.GlobalId}").on_type(set_name, values))


def _define(model: StepModel, thing: Any, definition: Any) -> None:
    model.rooted(
        "IfcRelDefinesByProperties",
        f"defines/{definition.GlobalId}",
        RelatedObjects=[thing],
        RelatingPropertyDefinition=definition,
    )


def _statuses(model: StepModel) -> Any:
    (enumeration,) = model.file.by_type("IfcPropertyEnumeration")
    return enumeration


def _status(model: StepModel, word: str, enumeration: Any) -> Any:
    return model.add(
        "IfcPropertyEnumeratedValue",
        Name="Status",
        EnumerationValues=[model.value("IfcLabel", word)],
        EnumerationReference=enumeration,
    )


_FAULTS: tuple[tuple[str, str, str, bool, Callable[[StepModel], list[Any]]], ...] = (
    (
        "duplicate-global-id",
        "三层两扇窗使用同一个 GlobalId。",
        "Two windows of the third storey have one GlobalId.",
        True,
        _duplicate_global_id,
    ),
    (
        "malformed-global-id",
        "二层一道隔墙的 GlobalId 不是 IFC 的 22 位编码，而是自编的编号。",
        "A partition of the second storey has a number of someone's own making for a GlobalId.",
        True,
        _malformed_global_id,
    ),
    (
        "wall-without-fire-rating",
        "四层一道隔墙没有耐火极限。",
        "A partition of the fourth storey has no fire rating.",
        True,
        _wall_without_fire_rating,
    ),
    (
        "door-fire-rating-under-another-name",
        "地下室一樘防火门的耐火极限写在“标识数据.耐火极限”中，值为“甲级”，标准属性 FireRating 缺失。",
        "A fire door of the basement says its fire rating as 标识数据.耐火极限 = 甲级; FireRating is missing.",
        True,
        _door_fire_rating_elsewhere,
    ),
    (
        "element-without-storey",
        "五层一根井道钢柱不属于任何楼层。",
        "A steel column of the fifth storey belongs to no storey.",
        True,
        _element_without_storey,
    ),
    (
        "storeys-with-the-same-name",
        "三层与四层都叫 3F。",
        "The third and the fourth storey are both called 3F.",
        True,
        _storeys_with_one_name,
    ),
    (
        "storey-elevations-out-of-order",
        "五层与六层的标高互换。",
        "The elevations of the fifth and the sixth storey are exchanged.",
        True,
        _elevations_out_of_order,
    ),
    (
        "site-at-software-default",
        "场地经纬度是建模软件的默认位置（北京，北纬39°54′57″，东经116°25′58″）。",
        "The site lies where the authoring tool puts it by default (Beijing, 39°54′57″N 116°25′58″E).",
        True,
        _site_at_default,
    ),
    (
        "northing-and-easting-swapped",
        "地图转换中的北坐标与东坐标互换。",
        "Northing and easting of the map conversion are exchanged.",
        True,
        _axes_swapped,
    ),
    (
        "window-without-thermal-transmittance",
        "二层一扇新窗没有传热系数。",
        "A new window of the second storey has no thermal transmittance.",
        True,
        _window_without_transmittance,
    ),
    (
        "new-door-in-demolished-wall",
        "地下室一樘新建的门开在要拆除的墙上。",
        "A new door of the basement stands in a wall that is to be demolished.",
        False,
        _new_door_in_demolished_wall,
    ),
    (
        "element-without-phase",
        "三层一根井道钢梁没有阶段（Status）。",
        "A steel beam of the third storey has no phase (Status).",
        True,
        _element_without_phase,
    ),
    (
        "storey-height-in-wrong-unit",
        "二层的建筑层高应以毫米计，却写成 2.8。",
        "The height of the second storey, declared in millimetres, is written as 2.8.",
        True,
        _storey_height_in_metres,
    ),
    (
        "credit-code-with-wrong-check-character",
        "设计单位统一社会信用代码的校验码不对。",
        "The check character of the design institute's unified social credit code is wrong.",
        True,
        _wrong_check_character,
    ),
    (
        "empty-storey",
        "机房层里什么也没有。",
        "The storey called JF contains nothing.",
        True,
        _empty_storey,
    ),
    (
        "space-without-name",
        "五层一个房间没有名称。",
        "A room of the fifth storey has no name.",
        True,
        _space_without_name,
    ),
    (
        "dangling-classification-reference",
        "六层中纵墙的分类关系指向文件中不存在的实例。",
        "The classification of a wall of the sixth storey points to an instance that the file does not have.",
        True,
        _dangling_classification,
    ),
    (
        "status-outside-enumeration",
        "一层分户墙的 Status 值 REFURBISHED 不在标准枚举中。",
        "A wall of the first storey has the Status REFURBISHED, which the standard enumeration does not know.",
        True,
        _status_outside_enumeration,
    ),
)
