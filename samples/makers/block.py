"""The renewed block of an old neighbourhood in Shenyang, complete and in order."""

from __future__ import annotations

from typing import Any

from makers import block_structure as structure
from makers.block_kinds import DOORS, WINDOWS
from makers.block_plan import BASEMENT, DEPTH, LENGTH, ROOF, STOREYS, Plan, Storey, typical_storey
from makers.block_sets import (
    PREFIX,
    Sets,
    building_sets,
    organization_set,
    project_sets,
    site_sets,
    storey_sets,
)
from makers.block_site import Frame, make_frame
from makers.block_storeys import StoreyMaker
from makers.block_types import Types
from makers.properties import Properties, identifier, length, ratio
from makers.step_model import Header, StepModel

__all__ = ["FILE_NAME", "header", "make_block"]

FILE_NAME = "renewal-block.ifc"

_OLD_AREA = LENGTH * DEPTH / 1e6
_STOREY_AREA = round(_OLD_AREA + 2.4 * 1.5 + 2.4 * 2.4, 2)
_AREA_ABOVE = round(6 * _STOREY_AREA, 2)
_GROSS_AREA = round(_AREA_ABOVE + _OLD_AREA, 2)
_WIDTHS = {code: kind.width for code, kind in DOORS.items()} | {code: kind.width for code, kind in WINDOWS.items()}


def header(name: str) -> Header:
    """The header of the block's files."""
    return Header(
        name=name,
        description=(
            "ViewDefinition [ReferenceView_V1.2]",
            "Comment [synthetic sample, not a real building]",
            "Comment [合成样例，非真实建筑]",
        ),
        author="样例",
        organization="样例建筑设计院有限公司",
        preprocessor="IfcOpenShell",
        system="cimkit - sample maker - 1.0",
        authorization="none",
    )


def make_block() -> StepModel:
    """Build the whole model, IFC4."""
    model = StepModel("IFC4", "renewal-block")
    frame = make_frame(model)
    properties = Properties(model)
    types = Types(model, frame.geometry, properties, frame.project)
    _describe_frame(frame, properties)
    _parties(model, frame, properties)
    for storey in STOREYS:
        _storey(model, frame, types, properties, storey)
    model.finish()
    return model


def _storey(model: StepModel, frame: Frame, types: Types, properties: Properties, storey: Storey) -> None:
    placed = model.rooted(
        "IfcBuildingStorey",
        f"storey/{storey.name}",
        Name=storey.name,
        LongName=storey.zh,
        CompositionType="ELEMENT",
        ObjectPlacement=frame.geometry.placement(frame.building, (0, 0, storey.elevation)),
        Elevation=float(storey.elevation),
    )
    model.relate("IfcRelAggregates", ("RelatingObject", frame.building), ("RelatedObjects", placed))
    lived_in = storey.use == "普通层"
    area = {"普通层": _STOREY_AREA, "地下室": _OLD_AREA}.get(storey.use, 0.0)
    _describe_storey(properties, placed, storey, area)
    maker = StoreyMaker(model, types, properties, storey, placed)
    plan = {"地下室": BASEMENT, "屋面": ROOF}.get(storey.use) or typical_storey(int(storey.name[0]), _WIDTHS)
    maker.fill(plan)
    _structure(maker, plan, lived_in)


def _structure(maker: StoreyMaker, plan: Plan, lived_in: bool) -> None:
    name = maker.storey.name
    if name == "B1":
        structure.add_footings(maker)
    if name == "RF":
        structure.add_roof(maker)
    else:
        structure.add_floor(maker)
    if name not in {"6F", "RF"}:
        structure.add_stair(maker)
    if lived_in:
        structure.add_insulation(maker, plan)
    if name != "B1":
        structure.add_shaft_frame(maker)
    if name == "1F":
        structure.add_lift(maker)


def _attach_all(properties: Properties, thing: Any, sets: Sets) -> None:
    for name, values in sets.items():
        properties.attach(thing, PREFIX + name, values)


def _describe_frame(frame: Frame, properties: Properties) -> None:
    _attach_all(properties, frame.project, project_sets(_GROSS_AREA))
    _attach_all(properties, frame.site, site_sets(_STOREY_AREA, _AREA_ABOVE))
    _attach_all(properties, frame.building, building_sets(_STOREY_AREA, _GROSS_AREA))
    properties.attach(
        frame.site,
        "Pset_SiteCommon",
        {
            "Reference": identifier("SAMPLE-01"),
            "BuildableArea": ("IfcAreaMeasure", 1200.0),
            "TotalArea": ("IfcAreaMeasure", 1200.0),
            "BuildingHeightLimit": length(18000),
            "SiteCoverageRatio": ratio(round(_STOREY_AREA / 1200, 4)),
            "FloorAreaRatio": ratio(round(_AREA_ABOVE / 1200, 4)),
        },
    )
    properties.attach(
        frame.site,
        "Pset_LandRegistration",
        {"LandID": identifier("210102001001GB00001"), "LandTitleID": identifier("SAMPLE-01"), "IsPermanentID": True},
    )
    properties.attach(
        frame.building,
        "Pset_BuildingCommon",
        {
            "Reference": identifier("SAMPLE-18"),
            "BuildingID": identifier("SAMPLE-18"),
            "IsPermanentID": True,
            "ConstructionMethod": "改造",
            "FireProtectionClass": "二级",
            "SprinklerProtection": False,
            "OccupancyType": "住宅",
            "GrossPlannedArea": ("IfcAreaMeasure", _GROSS_AREA),
            "NumberOfStoreys": 6,
            "YearOfConstruction": "1988",
            "YearOfLastRefurbishment": "2026",
            "IsLandmarked": ("IfcLogical", False),
        },
    )
    properties.measure(
        frame.building,
        "Qto_BuildingBaseQuantities",
        Height=("length", 17250),
        FootprintArea=("area", _STOREY_AREA),
        GrossFloorArea=("area", _GROSS_AREA),
    )
    properties.measure(frame.site, "Qto_SiteBaseQuantities", GrossArea=("area", 1200))


def _describe_storey(properties: Properties, placed: Any, storey: Storey, area: float) -> None:
    _attach_all(properties, placed, storey_sets(storey, area))
    properties.attach(
        placed,
        "Pset_BuildingStoreyCommon",
        {
            "Reference": identifier(storey.name),
            "EntranceLevel": storey.name == "1F",
            "AboveGround": ("IfcLogical", storey.elevation >= 0),
            "SprinklerProtection": False,
            "GrossPlannedArea": ("IfcAreaMeasure", area),
        },
    )
    properties.measure(
        placed,
        "Qto_BuildingStoreyBaseQuantities",
        GrossHeight=("length", storey.height),
        GrossFloorArea=("area", area),
    )


def _parties(model: StepModel, frame: Frame, properties: Properties) -> None:
    for organization, part, role, person in (
        (frame.owner, "建设单位", "BUILDINGOWNER", "样例丙"),
        (frame.designer, "设计单位", "ARCHITECT", "样例丁"),
    ):
        actor = model.rooted(
            "IfcActor", f"actor/{part}", Name=organization.Name, ObjectType=part, TheActor=organization
        )
        model.relate("IfcRelDeclares", ("RelatingContext", frame.project), ("RelatedDefinitions", actor))
        model.rooted(
            "IfcRelAssignsToActor",
            f"assign/{part}",
            RelatedObjects=[frame.building],
            RelatingActor=actor,
            ActingRole=model.add("IfcActorRole", Role=role),
        )
        _attach_all(properties, actor, organization_set(organization.Name, organization.Identification, part, person))
        properties.attach(actor, "Pset_ActorCommon", {"Category": part})
