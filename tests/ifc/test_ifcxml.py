"""IFC in XML says what the same model says in STEP."""

from __future__ import annotations

from pathlib import Path

import pytest

import cimkit
from cimkit.errors import SourceError
from cimkit.facts.demand import Demand, everything
from cimkit.readers.ifcxml import read_ifcxml, to_step
from tests.ifc.build import by_id, prop, rows

XML4 = """<?xml version="1.0" encoding="UTF-8"?>
<ifcXML xmlns="http://www.buildingsmart-tech.org/ifcXML/IFC4/Add2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<header><name>n</name><originating_system>建模软件</originating_system></header>
<IfcProject id="i9" GlobalId="0YvctVUKr0kugbFTf53O90" Name="P">
  <UnitsInContext><Units><IfcSIUnit UnitType="lengthunit" Prefix="milli" Name="metre"/></Units></UnitsInContext>
  <IsDecomposedBy><IfcRelAggregates GlobalId="1YvctVUKr0kugbFTf53O91">
    <RelatedObjects>
      <IfcSite id="i10" GlobalId="1YvctVUKr0kugbFTf53O92" Name="S" RefLatitude="41 48 30" RefLongitude="123 30 0">
        <ContainsElements><IfcRelContainedInSpatialStructure GlobalId="1YvctVUKr0kugbFTf53O93">
          <RelatedElements>
          <IfcWall id="i1" GlobalId="1YvctVUKr0kugbFTf53O94" Name="墙 'A' &amp; \\B" PredefinedType="shear">
            <IsDefinedBy>
              <IfcRelDefinesByProperties GlobalId="1YvctVUKr0kugbFTf53O95"><RelatingPropertyDefinition>
                <IfcPropertySet GlobalId="1YvctVUKr0kugbFTf53O96" Name="S"><HasProperties>
                  <IfcPropertySingleValue Name="L">
                    <NominalValue><IfcLengthMeasure-wrapper>1500</IfcLengthMeasure-wrapper></NominalValue>
                  </IfcPropertySingleValue>
                  <IfcPropertySingleValue Name="B">
                    <NominalValue><IfcBoolean-wrapper>true</IfcBoolean-wrapper></NominalValue>
                  </IfcPropertySingleValue>
                  <IfcPropertyEnumeratedValue Name="E">
                    <EnumerationValues><IfcLabel-wrapper>a</IfcLabel-wrapper><IfcLabel-wrapper>b</IfcLabel-wrapper></EnumerationValues>
                  </IfcPropertyEnumeratedValue>
                </HasProperties></IfcPropertySet>
              </RelatingPropertyDefinition></IfcRelDefinesByProperties>
            </IsDefinedBy>
          </IfcWall></RelatedElements>
        </IfcRelContainedInSpatialStructure></ContainsElements>
      </IfcSite>
    </RelatedObjects>
  </IfcRelAggregates></IsDecomposedBy>
</IfcProject>
<IfcRelDefinesByType id="i30" GlobalId="1YvctVUKr0kugbFTf53O97">
  <RelatedObjects><IfcWall ref="i1" xsi:nil="true"/></RelatedObjects>
  <RelatingType xsi:type="IfcWallType" GlobalId="1YvctVUKr0kugbFTf53O98" Name="T" PredefinedType="solidwall"/>
</IfcRelDefinesByType>
</ifcXML>"""

XML2 = """<?xml version="1.0"?>
<ex:iso_10303_28 xmlns:ex="urn:iso.org:standard:10303:part(28):version(2):xmlschema:common" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<uos id="u" xmlns="http://www.iai-tech.org/ifcXML/IFC2x3/FINAL">
  <IfcWall id="i5"><GlobalId>1YvctVUKr0kugbFTf53O94</GlobalId><Name>W</Name></IfcWall>
  <IfcRelDefinesByProperties id="i6"><GlobalId>1YvctVUKr0kugbFTf53O95</GlobalId>
    <RelatedObjects ex:cType="set"><IfcWall ref="i5" xsi:nil="true" pos="0"/></RelatedObjects>
    <RelatingPropertyDefinition><IfcPropertySet ref="i7" xsi:nil="true"/></RelatingPropertyDefinition>
  </IfcRelDefinesByProperties>
  <IfcPropertySet id="i7"><Name>S</Name>
    <HasProperties ex:cType="set"><IfcPropertySingleValue ref="i8" xsi:nil="true" pos="0"/></HasProperties>
  </IfcPropertySet>
  <IfcPropertySingleValue id="i8"><Name>N</Name>
    <NominalValue><IfcInteger>7</IfcInteger></NominalValue>
                  </IfcPropertySingleValue>
</uos>
</ex:iso_10303_28>"""


def test_later_form() -> None:
    facts = read_ifcxml(XML4.encode(), everything(), name="x.ifcxml")
    wall, site = by_id(facts, 1), by_id(facts, 10)
    assert [text for _, text, _, _ in rows(facts.attributes["Name"], wall)] == ["墙 'A' & \\B"]
    assert [text for _, text, _, _ in rows(facts.predefined_types, wall)] == ["SOLIDWALL"]
    assert [(text, number) for _, text, number in prop(facts, 1, "S", "L")] == [("1500.", 1.5)]
    assert [text for _, text, _ in prop(facts, 1, "S", "B")] == ["true"]
    assert [text for _, text, _ in prop(facts, 1, "S", "E")] == ["a", "b"]
    contained = facts.links["IFCRELCONTAINEDINSPATIALSTRUCTURE"]
    assert (contained.sid.tolist(), contained.target.tolist()) == ([wall], [site])
    assert facts.links["IFCRELAGGREGATES"].target.tolist() == [by_id(facts, 9)]
    assert facts.format == "ifcxml"
    assert facts.defects.is_empty()
    header, georeference = facts.whole["header"], facts.whole["georeference"]
    assert isinstance(header, dict)
    assert isinstance(georeference, dict)
    assert header["originating_system"] == "建模软件"
    assert georeference["site"]["longitude"] == pytest.approx(123.5)


def test_earlier_form() -> None:
    facts = read_ifcxml(XML2.encode(), everything())
    assert facts.schema is not None
    assert facts.schema.name == "IFC2X3"
    assert [(text, number) for _, text, number in prop(facts, 5, "S", "N")] == [("7", 7.0)]
    assert facts.subjects.row.tolist() == [5, 6, 7, 8]


@pytest.mark.parametrize("data", [b"<ifcXML><IfcWall></ifcXML>", b"", b"\xff\xfe"])
def test_what_is_no_xml_is_an_error(data: bytes) -> None:
    with pytest.raises(SourceError):
        read_ifcxml(data, Demand(), name="x")


def test_entities_of_the_document_type_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not to be read", "utf-8")
    declared = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]>'
    text = XML4.replace("?>", f"?>{declared}", 1).replace("</header>", "<author>&a;</author></header>")
    header = read_ifcxml(text.encode(), everything()).whole["header"]
    assert isinstance(header, dict)
    assert header["author"] != ("not to be read",)


def test_rules_say_the_same_of_both_forms(tmp_path: Path) -> None:
    forms = {"a.ifcxml": XML4.encode(), "a.ifc": to_step(XML4.encode(), "")}
    told = []
    for name, content in forms.items():
        (tmp_path / name).write_bytes(content)
        report = cimkit.check(tmp_path / name)
        assert report.sources[0].subjects == 9
        told.append({(result.pack, result.code): (str(result.verdict), result.failed) for result in report.results})
    xml, step = told
    of_text_alone = {code for pack, code in step if xml[pack, code] != step[pack, code]}
    assert of_text_alone == {
        *("IFB-HDR-001", "IFB-HDR-002", "IFB-REF-005", "IFB-SYN-001", "IFB-SYN-002", "IFB-SYN-003"),
    }
    assert {xml["ifc-basics", code] for code in of_text_alone} == {("not-applicable", 0)}  # nobody looked


def test_ids_files_are_asked(tmp_path: Path) -> None:
    (tmp_path / "a.ifcxml").write_text(XML4, "utf-8")
    need = tmp_path / "need.ids"
    need.write_text(
        """<ids xmlns="http://standards.buildingsmart.org/IDS" xmlns:xs="http://www.w3.org/2001/XMLSchema">
        <info><title>t</title></info><specifications><specification name="walls" ifcVersion="IFC4">
        <applicability minOccurs="0" maxOccurs="unbounded"><entity><name><xs:restriction base="xs:string">
        <xs:pattern value="IFCWALL.*"/></xs:restriction></name></entity></applicability>
        <requirements><attribute><name><simpleValue>Description</simpleValue></name></attribute></requirements>
        </specification></specifications></ids>""",
        "utf-8",
    )
    (result,) = cimkit.check(tmp_path / "a.ifcxml", ids=[need]).results
    assert (str(result.verdict), result.applicable, result.failed) == ("failed", 2, 2)  # the wall and its type


def test_an_entity_that_the_schema_does_not_have_is_told() -> None:
    data = XML4.replace("<IfcRelDefinesByType id", "<IfcKitchen/>\n<IfcRelDefinesByType id").encode()
    defects = read_ifcxml(data, everything()).defects
    assert defects.select("kind", "found").rows() == [("unknown_entity", "IfcKitchen")]
