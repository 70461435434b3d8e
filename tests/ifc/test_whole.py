"""What is said of a file as a whole: place on Earth, header, discipline, counts, stage."""

from __future__ import annotations

from typing import Any

import pytest

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand
from cimkit.readers.ifc.peek import declared_stage, schema_of
from cimkit.readers.ifc.reader import read_ifc
from tests.ifc.build import GUID, UNITS, by_id, ifc, read


def georeference(body: str, schema: str = "IFC4") -> Any:
    return read(body, schema).whole["georeference"]


def test_map_conversion_in_metres() -> None:
    found = georeference(
        UNITS
        + """
#1=IFCMAPCONVERSION($,#2,41535737204.,4629511995.,45300.,1.,0.,$);
#2=IFCPROJECTEDCRS('EPSG:4529',$,'CGCS2000','1985',$,'41',$);
#3=IFCSITE('3YvctVUKr0kugbFTf53O9L',$,'S',$,$,$,$,$,$,(41,48,30,500000),(-123,-30,0),1000.,$,$);"""
    )
    conversion = found["map_conversion"]
    assert conversion["eastings"] == pytest.approx(41535737.204)
    assert conversion["northings"] == pytest.approx(4629511.995)
    assert conversion["id"] == 1
    assert conversion["scale"] is None
    assert found["projected_crs"]["name"] == "EPSG:4529"
    assert found["project_unit_m"] == pytest.approx(0.001)
    assert "map_unit_m" not in found
    assert found["site"]["latitude"] == pytest.approx(41 + 48 / 60 + 30.5 / 3600)
    assert found["site"]["longitude"] == pytest.approx(-123.5)
    assert found["site"]["elevation"] == pytest.approx(1.0)


def test_map_unit_comes_before_the_projects() -> None:
    found = georeference(
        UNITS
        + """
#1=IFCMAPCONVERSION($,#2,500.,400.,4.,$,$,0.001);
#2=IFCPROJECTEDCRS('EPSG:4529',$,$,$,$,$,#3);
#3=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);"""
    )
    assert found["map_conversion"]["eastings"] == pytest.approx(500.0)
    assert found["map_unit_m"] == 1.0


CONVENTION = """
#10=IFCRELDEFINESBYPROPERTIES('5YvctVUKr0kugbFTf53O9L',$,$,$,(#909),#11);
#11=IFCPROPERTYSET('6YvctVUKr0kugbFTf53O9L',$,'{set_name}',$,(#12,#13,#14));
#12=IFCPROPERTYSINGLEVALUE('{east}',$,IFCREAL(41535737.),$);
#13=IFCPROPERTYSINGLEVALUE('{north}',$,IFCTEXT('4629511.5'),$);
#14=IFCPROPERTYSINGLEVALUE('{system}',$,IFCLABEL('CGCS2000'),$);"""


@pytest.mark.parametrize(
    ("set_name", "east", "north", "system"),
    [
        ("ePset_MapConversion", "Eastings", "Northings", "Name"),
        ("Pset_申报信息属性集", "基点坐标 Y", "基点坐标X", "坐标系名称"),
    ],
)
def test_conventions_in_properties(set_name: str, east: str, north: str, system: str) -> None:
    body = UNITS + CONVENTION.format(set_name=set_name, east=east, north=north, system=system)
    found = georeference(body, "IFC2X3")
    assert found["map_conversion"]["eastings"] == 41535737.0
    assert found["map_conversion"]["northings"] == 4629511.5
    assert found["projected_crs"]["name"] == "CGCS2000"
    assert found["map_conversion"]["id"] == 909
    assert found["convention"] == set_name


def test_nothing_is_made_up() -> None:
    assert georeference("#1=IFCWALL($,$,$,$,$,$,$,$,$);") == {}


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("项目/结构0317.ifc", "", ("结构", "file_name")),
        ("ABC_HVAC_01.ifc", "", ("暖通", "file_name")),
        ("tower.ifc", "#1=IFCPROJECT($,$,'医院给排水',$,$,$,$,$,$);", ("给排水", "project_name")),
        ("tower.ifc", "\n".join(f"#{i}=IFCBEAM($,$,$,$,$,$,$,$,$);" for i in range(1, 20)), ("结构", "entities")),
        ("tower.ifc", "#1=IFCWALL($,$,$,$,$,$,$,$,$);", None),
        (None, "", None),
    ],
)
def test_discipline(name: str | None, body: str, expected: tuple[str, str] | None) -> None:
    found = read(body, name=name).whole["discipline"]
    assert found == (None if expected is None else {"value": expected[0], "because": expected[1]})


def test_header_storeys_and_counts() -> None:
    facts = read(
        UNITS
        + """
#1=IFCBUILDINGSTOREY($,$,'2F',$,$,$,$,$,$,3000.);
#2=IFCBUILDINGSTOREY($,$,'1F',$,$,$,$,$,$,0.);
#3=IFCBUILDINGSTOREY($,$,'?',$,$,$,$,$,$,$);""",
        name="house.ifc",
    )
    header = facts.whole["header"]
    storeys = facts.whole["storeys"]
    assert isinstance(header, dict)
    assert isinstance(storeys, list)
    assert header["schema_identifiers"] == ("IFC4",)
    assert header["author"] == ("a",)
    assert [(storey["name"], storey["elevation"]) for storey in storeys] == [("1F", 0.0), ("2F", 3.0), ("?", None)]
    assert storeys[0]["sid"] == by_id(facts, 2)
    assert facts.counts["kind:IfcBuildingStorey"] == 3
    assert facts.counts["instances"] == 13
    assert facts.counts["truncated"] == 0
    assert facts.datasets.row(0, named=True)["schema"] == "IFC4"


def test_peek() -> None:
    schema = schema_of(ifc("", "IFC4X3_RC2"))
    assert schema is not None
    assert schema.name == "IFC4X3_ADD2"
    assert schema_of(ifc("", "AP214")) is None
    assert schema_of(b"") is None
    assert declared_stage(ifc("#1=IFCPROJECT($,$,'a,b',$,$,$,'\\X2\\7AE35DE5\\X0\\',$,$);")) == "竣工"
    assert declared_stage(ifc("#1=IFCPROJECT($,$,'a',$,$,$,$,$,$);")) is None
    for name in ("\\X2\\96366BB5\\X0\\", "阶段"):
        assert declared_stage(ifc(f"#1=IFCPROPERTYSINGLEVALUE('{name}',$,IFCLABEL('规划报建'),$);")) == "规划报建"


def test_what_is_no_step_file_is_an_error() -> None:
    with pytest.raises(SourceError) as caught:
        read_ifc(b"<xml/>", Demand(), name="x.ifc")
    assert "x.ifc" in caught.value.message("en") or caught.value.message("en")


def test_another_schema_is_read_and_said_to_be_unsure() -> None:
    facts = read(f"#1=IFCWALL('{GUID}',$,'W',$,$,$,$,$,$);", "AP214")
    assert facts.schema is None
    assert facts.attributes["Name"].values.text.to_list() == ["W"]
    assert facts.defects["kind"].to_list() == ["schema"]
