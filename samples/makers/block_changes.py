"""What is done to the renewed block to make it faulty: one function a fault, each returns the things concerned.

A fault changes the finished model, as a slip in an authoring tool would; what a tool cannot write (a reference to an
instance that is not there) is done to the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from makers.block_plan import Storey
from makers.block_sets import PREFIX, storey_sets
from makers.properties import Properties
from makers.step_model import StepModel

__all__ = [
    "axes_swapped",
    "dangling_classification",
    "door_fire_rating_elsewhere",
    "duplicate_global_id",
    "element_without_phase",
    "element_without_storey",
    "elevations_out_of_order",
    "empty_storey",
    "malformed_global_id",
    "new_door_in_demolished_wall",
    "point_nowhere",
    "site_at_default",
    "space_without_name",
    "status_outside_enumeration",
    "storey_height_in_metres",
    "storeys_with_one_name",
    "wall_without_fire_rating",
    "window_without_transmittance",
    "wrong_check_character",
]

_MISSING = 999999
"""An instance number that the file does not have."""


def duplicate_global_id(model: StepModel) -> list[Any]:
    first, second = _tagged(model, "3F-C1"), _tagged(model, "3F-C1E")
    second.GlobalId = first.GlobalId
    return [first, second]


def malformed_global_id(model: StepModel) -> list[Any]:
    wall = _tagged(model, "2F-P7")
    wall.GlobalId = "SY-18-2F-P7-wall-00001"
    return [wall]


def wall_without_fire_rating(model: StepModel) -> list[Any]:
    return [_changed(model, "4F-LW", "Pset_WallCommon", {"FireRating": None})]


def door_fire_rating_elsewhere(model: StepModel) -> list[Any]:
    door = _changed(model, "B1-D1", "Pset_DoorCommon", {"FireRating": None})
    _describe(model, door, "标识数据", {"耐火极限": "甲级"})
    return [door]


def element_without_storey(model: StepModel) -> list[Any]:
    column = _tagged(model, "5F-GZ1")
    (relation,) = column.ContainedInStructure
    relation.RelatedElements = [element for element in relation.RelatedElements if element != column]
    return [column]


def storeys_with_one_name(model: StepModel) -> list[Any]:
    third, fourth = _storey(model, "3F"), _storey(model, "4F")
    fourth.Name = third.Name
    return [third, fourth]


def elevations_out_of_order(model: StepModel) -> list[Any]:
    fifth, sixth = _storey(model, "5F"), _storey(model, "6F")
    fifth.Elevation, sixth.Elevation = sixth.Elevation, fifth.Elevation
    return [fifth, sixth]


def site_at_default(model: StepModel) -> list[Any]:
    (site,) = model.file.by_type("IfcSite")
    site.RefLatitude, site.RefLongitude = (39, 54, 57, 601318), (116, 25, 58, 795166)
    return [site]


def axes_swapped(model: StepModel) -> list[Any]:
    (conversion,) = model.file.by_type("IfcMapConversion")
    conversion.Eastings, conversion.Northings = conversion.Northings, conversion.Eastings
    return list(model.file.by_type("IfcProject"))


def window_without_transmittance(model: StepModel) -> list[Any]:
    return [_changed(model, "2F-C2", "Pset_WindowCommon", {"ThermalTransmittance": None})]


def new_door_in_demolished_wall(model: StepModel) -> list[Any]:
    status = _status(model, "NEW", _statuses(model))
    return [_changed(model, "B1-X2", "Pset_DoorCommon", {"Status": status}), _tagged(model, "B1-PD")]


def element_without_phase(model: StepModel) -> list[Any]:
    return [_changed(model, "3F-GL2", "Pset_BeamCommon", {"Status": None})]


def storey_height_in_metres(model: StepModel) -> list[Any]:
    storey = _storey(model, "2F")
    height = _property(storey, f"{PREFIX}建筑楼层信息属性集", "建筑层高")
    height.NominalValue = model.value("IfcReal", height.NominalValue.wrappedValue / 1000)
    return [storey]


def wrong_check_character(model: StepModel) -> list[Any]:
    (actor,) = (actor for actor in model.file.by_type("IfcActor") if actor.ObjectType == "设计单位")
    wrong = actor.TheActor.Identification[:-1] + "8"
    actor.TheActor.Identification = wrong
    code = _property(actor, f"{PREFIX}组织通用属性集", "社会统一信用代码")
    code.NominalValue = model.value("IfcLabel", wrong)
    return [actor]


def empty_storey(model: StepModel) -> list[Any]:
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


def space_without_name(model: StepModel) -> list[Any]:
    (space,) = (space for space in model.file.by_type("IfcSpace") if space.Name == "501-3 卫生间")
    space.Name = space.LongName = None
    return [space]


def dangling_classification(model: StepModel) -> list[Any]:
    """Give the wall a classification relation of its own; `point_nowhere` then breaks it."""
    wall = _tagged(model, "6F-HN")
    (shared,) = (r for r in wall.HasAssociations if r.is_a("IfcRelAssociatesClassification"))
    shared.RelatedObjects = [thing for thing in shared.RelatedObjects if thing != wall]
    own = model.rooted(
        "IfcRelAssociatesClassification",
        "dangling",
        RelatedObjects=[wall],
        RelatingClassification=shared.RelatingClassification,
    )
    return [own, wall]


def point_nowhere(model: StepModel, text: str) -> str:
    """The model's text, where what `dangling_classification` related leads to an instance that is not there."""
    wall = _tagged(model, "6F-HN")
    (relation,) = (r for r in wall.HasAssociations if r.is_a("IfcRelAssociatesClassification"))
    end = f"(#{wall.id()}),#{relation.RelatingClassification.id()});"
    if text.count(end) != 1:
        raise ValueError(end)
    return text.replace(end, f"(#{wall.id()}),#{_MISSING});")


def status_outside_enumeration(model: StepModel) -> list[Any]:
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
