"""Project, units, georeference, parties, site and building of the renewed block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from makers.frame import contexts, created_seconds, project_units
from makers.geometry import Geometry
from makers.step_model import StepModel

__all__ = ["EASTING", "HEIGHT", "LATITUDE", "LONGITUDE", "NORTHING", "Frame", "make_frame"]

LATITUDE, LONGITUDE = (41, 48, 0, 0), (123, 25, 48, 0)
"""41.80 N, 123.43 E, in Shenyang: degrees, minutes, seconds, millionths of a second."""

NORTHING, EASTING = 4629511.995, 41535737.204
"""The same place in EPSG:4529 (CGCS2000, 3-degree zone 41), in metres, by pyproj. EPSG calls the northing X."""

HEIGHT = 45.3
"""Height of the ground floor, level 0, in metres above the 1985 datum."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What everything else of the block hangs on."""

    project: Any
    site: Any
    building: Any
    geometry: Geometry
    owner: Any
    designer: Any


def make_frame(model: StepModel) -> Frame:
    """Make the project down to the building; storeys come later."""
    owner = _organization(model, "样例城市更新有限公司", "91210100MA0EXAMP1C")
    designer = _organization(model, "样例建筑设计院有限公司", "91210200MA00000153")
    model.owner_history = _history(model, designer)
    world, body = contexts(model)
    geometry = Geometry(model, body)
    project = model.rooted(
        "IfcProject",
        "project",
        Name="2506-210102-04-01-123456",
        LongName="样例小区18号楼老旧小区改造工程",
        Description="合成样例，非真实建筑 / synthetic sample, not a real building",
        Phase="施工图",
        RepresentationContexts=[world],
        UnitsInContext=project_units(model),
    )
    _georeference(model, world)
    address = model.add(
        "IfcPostalAddress",
        Purpose="SITE",
        AddressLines=["样例路18号"],
        Town="沈阳市和平区",
        Region="辽宁省",
        PostalCode="110000",
        Country="中国",
    )
    site = model.rooted(
        "IfcSite",
        "site",
        Name="样例小区",
        CompositionType="ELEMENT",
        ObjectPlacement=geometry.placement(None, (0, 0, 0)),
        RefLatitude=LATITUDE,
        RefLongitude=LONGITUDE,
        RefElevation=HEIGHT * 1000,
        SiteAddress=address,
    )
    building = model.rooted(
        "IfcBuilding",
        "building",
        Name="18号楼",
        LongName="样例小区18号住宅楼",
        CompositionType="ELEMENT",
        ObjectPlacement=geometry.placement(site, (0, 0, 0)),
        ElevationOfRefHeight=HEIGHT * 1000,
        ElevationOfTerrain=HEIGHT * 1000 - 450,
        BuildingAddress=address,
    )
    for whole, part in ((project, site), (site, building)):
        model.relate("IfcRelAggregates", ("RelatingObject", whole), ("RelatedObjects", part))
    return Frame(project, site, building, geometry, owner, designer)


def _organization(model: StepModel, name: str, credit_code: str) -> Any:
    return model.add("IfcOrganization", Identification=credit_code, Name=name, Description="合成样例")


def _history(model: StepModel, designer: Any) -> Any:
    person = model.add("IfcPerson", FamilyName="样", GivenName="例")
    user = model.add("IfcPersonAndOrganization", ThePerson=person, TheOrganization=designer)
    application = model.add(
        "IfcApplication",
        ApplicationDeveloper=designer,
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


def _georeference(model: StepModel, world: Any) -> None:
    crs = model.add(
        "IfcProjectedCRS",
        Name="EPSG:4529",
        Description="CGCS2000 / 3-degree Gauss-Kruger zone 41",
        GeodeticDatum="CGCS2000",
        VerticalDatum="1985国家高程基准",
        MapProjection="Gauss-Kruger",
        MapZone="41",
        MapUnit=model.shared("IfcSIUnit", UnitType="LENGTHUNIT", Prefix=None, Name="METRE"),
    )
    model.add(
        "IfcMapConversion",
        SourceCRS=world,
        TargetCRS=crs,
        Eastings=EASTING,
        Northings=NORTHING,
        OrthogonalHeight=HEIGHT,
        XAxisAbscissa=1.0,
        XAxisOrdinate=0.0,
        Scale=0.001,
    )
