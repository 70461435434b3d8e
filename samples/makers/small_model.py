"""A small model beside others of its project: a frame or a shell of storeys, at the place that it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from makers.frame import contexts, created_seconds, project_units
from makers.geometry import Geometry
from makers.properties import Properties
from makers.step_model import Header, StepModel

__all__ = ["Place", "SmallModel", "make_small_model"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a project is: in a zone of CGCS2000, in metres, and the same as degrees, minutes, seconds, millionths."""

    eastings: float
    northings: float
    height: float
    latitude: tuple[int, int, int, int]
    longitude: tuple[int, int, int, int]
    crs: str = "EPSG:4529"
    zone: int = 41


@dataclass(frozen=True, slots=True)
class SmallModel:
    """What the model says of its project. storeys: name and elevation in mm; columns: not walls."""

    seed: str
    file: str
    number: str
    name: str
    building: str
    code: str
    area: float
    storeys_above: int
    stage: str
    place: Place
    storeys: Sequence[tuple[str, int]]
    size: tuple[int, int]
    columns: bool
    status: str


def make_small_model(asked: SmallModel) -> str:
    """The model as IFC4 text, marked synthetic."""
    model = StepModel("IFC4", asked.seed)
    model.owner_history = _history(model)
    world, body = contexts(model)
    geometry = Geometry(model, body)
    project = model.rooted(
        "IfcProject",
        "project",
        Name=asked.number,
        LongName=asked.name,
        Description="合成样例，非真实项目 / synthetic sample, not a real project",
        Phase=asked.stage,
        RepresentationContexts=[world],
        UnitsInContext=project_units(model),
    )
    _georeference(model, world, asked.place)
    site = model.rooted(
        "IfcSite",
        "site",
        Name="样例场地",
        CompositionType="ELEMENT",
        ObjectPlacement=geometry.placement(None, (0, 0, 0)),
        RefLatitude=asked.place.latitude,
        RefLongitude=asked.place.longitude,
        RefElevation=asked.place.height * 1000,
    )
    building = model.rooted(
        "IfcBuilding",
        "building",
        Name=asked.building,
        LongName=asked.building,
        CompositionType="ELEMENT",
        ObjectPlacement=geometry.placement(site, (0, 0, 0)),
    )
    for whole, part in ((project, site), (site, building)):
        model.relate("IfcRelAggregates", ("RelatingObject", whole), ("RelatedObjects", part))
    properties = Properties(model)
    properties.attach(
        project,
        "申报信息属性集",
        {
            "项目编号": asked.number,
            "项目名称": asked.name,
            "项目地址": "样例路18号",
            "建设单位": "样例城市更新有限公司",
            "设计单位": "样例建筑设计院有限公司",
        },
    )
    properties.attach(project, "Manifest", {"阶段": asked.stage})
    properties.attach(
        building,
        "建筑技术信息属性集",
        {
            "建筑名称": asked.building,
            "建筑编码": asked.code,
            "建筑面积": ("IfcAreaMeasure", asked.area),
            "地上建筑层数": asked.storeys_above,
            "耐火等级": "二级",
            "抗震设防类别": "丙类",
            "结构类型": "砌体",
            "结构安全等级": "二级",
        },
    )
    for number, (name, elevation) in enumerate(asked.storeys):
        _storey(model, geometry, properties, building, asked, number, name, elevation)
    model.finish()
    return model.text(_header(asked))


def _storey(
    model: StepModel,
    geometry: Geometry,
    properties: Properties,
    building: Any,
    asked: SmallModel,
    number: int,
    name: str,
    elevation: int,
) -> None:
    placed = model.rooted(
        "IfcBuildingStorey",
        f"storey/{name}",
        Name=name,
        CompositionType="ELEMENT",
        ObjectPlacement=geometry.placement(building, (0, 0, elevation)),
        Elevation=float(elevation),
    )
    model.relate("IfcRelAggregates", ("RelatingObject", building), ("RelatedObjects", placed))
    above = [other for _, other in asked.storeys if other > elevation]
    height = (min(above) - elevation if above else 3000) - 150
    width, depth = asked.size
    parts = [("IfcSlab", "楼板", (width, depth, 150), (0, 0, -150))]
    if asked.columns:
        parts += [
            ("IfcColumn", f"柱{index}", (400, 400, height), (x, y, 0))
            for index, (x, y) in enumerate(((0, 0), (width - 400, 0), (0, depth - 400), (width - 400, depth - 400)), 1)
        ]
    else:
        parts += [
            ("IfcWall", "南墙", (width, 370, height), (0, 0, 0)),
            ("IfcWall", "北墙", (width, 370, height), (0, depth - 370, 0)),
            ("IfcWall", "西墙", (370, depth - 740, height), (0, 370, 0)),
            ("IfcWall", "东墙", (370, depth - 740, height), (width - 370, 370, 0)),
        ]
    for entity, zh, box, origin in parts:
        element = model.rooted(
            entity,
            f"{name}/{zh}",
            Name=f"{name} {zh}",
            Tag=f"{number}-{zh}",
            PredefinedType={"IfcSlab": "FLOOR", "IfcColumn": "COLUMN", "IfcWall": "SOLIDWALL"}[entity],
            ObjectPlacement=geometry.placement(placed, origin),
            Representation=geometry.shape(geometry.box(*box)),
        )
        model.relate("IfcRelContainedInSpatialStructure", ("RelatingStructure", placed), ("RelatedElements", element))
        properties.attach(element, f"Pset_{entity[3:]}Common", {"Status": asked.status})


def _georeference(model: StepModel, world: Any, place: Place) -> None:
    crs = model.add(
        "IfcProjectedCRS",
        Name=place.crs,
        Description=f"CGCS2000 / 3-degree Gauss-Kruger zone {place.zone}",
        GeodeticDatum="CGCS2000",
        VerticalDatum="1985国家高程基准",
        MapProjection="Gauss-Kruger",
        MapZone=str(place.zone),
        MapUnit=model.shared("IfcSIUnit", UnitType="LENGTHUNIT", Prefix=None, Name="METRE"),
    )
    model.add(
        "IfcMapConversion",
        SourceCRS=world,
        TargetCRS=crs,
        Eastings=place.eastings,
        Northings=place.northings,
        OrthogonalHeight=place.height,
        XAxisAbscissa=1.0,
        XAxisOrdinate=0.0,
        Scale=0.001,
    )


def _history(model: StepModel) -> Any:
    organisation = model.add("IfcOrganization", Name="样例设计院有限公司", Description="合成样例")
    person = model.add("IfcPerson", FamilyName="样", GivenName="例")
    user = model.add("IfcPersonAndOrganization", ThePerson=person, TheOrganization=organisation)
    application = model.add(
        "IfcApplication",
        ApplicationDeveloper=organisation,
        Version="1.0",
        ApplicationFullName="sample maker",
        ApplicationIdentifier="sample-maker",
    )
    return model.add(
        "IfcOwnerHistory",
        OwningUser=user,
        OwningApplication=application,
        ChangeAction="NOCHANGE",
        CreationDate=created_seconds(),
    )


def _header(asked: SmallModel) -> Header:
    return Header(
        name=asked.file,
        description=("ViewDefinition [ReferenceView_V1.2]", "synthetic sample"),
        author="样例",
        organization="样例设计院有限公司",
        preprocessor="sample maker 1.0",
        system="cimkit - sample maker - 1.0",
        authorization="synthetic",
    )
