"""Metadata: ISO 19139, plain XML and JSON give the same fields; bombs and broken texts give facts or a sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cimkit.errors import SourceError
from cimkit.facts.columns import State
from cimkit.facts.demand import everything
from cimkit.facts.model import Facts
from cimkit.readers.metadata.defects import METADATA_DEFECTS
from cimkit.readers.metadata.reader import described, read_metadata
from cimkit.readers.metadata.systems import stated_system
from cimkit.readers.metadata.words import FIELDS, field_of
from cimkit.sources.recognise import recognise

ISO = """<?xml version="1.0" encoding="UTF-8"?>
<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco">
<gmd:fileIdentifier><gco:CharacterString>LN-001</gco:CharacterString></gmd:fileIdentifier>
<gmd:contact><gmd:CI_ResponsibleParty>
 <gmd:individualName><gco:CharacterString>张三</gco:CharacterString></gmd:individualName>
 <gmd:organisationName><gco:CharacterString>测绘院</gco:CharacterString></gmd:organisationName>
</gmd:CI_ResponsibleParty></gmd:contact>
<gmd:dateStamp><gco:Date>2024-05-01</gco:Date></gmd:dateStamp>
<gmd:referenceSystemInfo><gmd:MD_ReferenceSystem><gmd:RS_Identifier>
 <gmd:code><gco:CharacterString>4490</gco:CharacterString></gmd:code>
 <gmd:codeSpace><gco:CharacterString>EPSG</gco:CharacterString></gmd:codeSpace>
</gmd:RS_Identifier></gmd:MD_ReferenceSystem></gmd:referenceSystemInfo>
<gmd:referenceSystemInfo><gmd:MD_ReferenceSystem><gmd:RS_Identifier>
 <gmd:code><gco:CharacterString>1985国家高程基准</gco:CharacterString></gmd:code>
</gmd:RS_Identifier></gmd:MD_ReferenceSystem></gmd:referenceSystemInfo>
<gmd:identificationInfo><gmd:MD_DataIdentification>
 <gmd:citation><gmd:CI_Citation><gmd:title><gco:CharacterString>建筑</gco:CharacterString></gmd:title>
  <gmd:date><gmd:CI_Date><gmd:date><gco:Date>2024-06-01</gco:Date></gmd:date>
   <gmd:dateType><gmd:CI_DateTypeCode codeList="x" codeListValue="revision"/></gmd:dateType></gmd:CI_Date></gmd:date>
 </gmd:CI_Citation></gmd:citation>
 <gmd:abstract gco:nilReason="missing"/>
 <gmd:resourceConstraints><gmd:MD_SecurityConstraints><gmd:classification>
  <gmd:MD_ClassificationCode codeList="x" codeListValue="restricted"/></gmd:classification>
 </gmd:MD_SecurityConstraints></gmd:resourceConstraints>
 <gmd:spatialResolution><gmd:MD_Resolution><gmd:distance><gco:Distance uom="cm">20</gco:Distance></gmd:distance>
 </gmd:MD_Resolution></gmd:spatialResolution>
 <gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicBoundingBox>
  <gmd:westBoundLongitude><gco:Decimal>123.1</gco:Decimal></gmd:westBoundLongitude>
  <gmd:northBoundLatitude><gco:Decimal>41.9</gco:Decimal></gmd:northBoundLatitude>
 </gmd:EX_GeographicBoundingBox></gmd:geographicElement></gmd:EX_Extent></gmd:extent>
</gmd:MD_DataIdentification></gmd:identificationInfo>
</gmd:MD_Metadata>"""
PLAIN = """<元数据><数据集名称>绿地</数据集名称><元数据日期>20240501</元数据日期><密级>内部</密级>
<比例尺>1:500</比例尺><地面分辨率>0.05米</地面分辨率><联系><联系人>李四</联系人><电话>024-1</电话></联系>
<item name="坐标系" value="CGCS2000"/><备注>试</备注></元数据>"""
JSON = """{"metadata": {"title": "道路", "producer": "院", "extent": {"west": 123, "east": "124.5"},
"coordinate_system": "EPSG:4549", "contact": {"name": "王五"}, "lineage": null, "自定义": [1, 2]}}"""


def read(text: str | bytes, name: str = "x.xml") -> Facts:
    return read_metadata(text if isinstance(text, bytes) else text.encode(), everything(), name=name)


def fields(facts: Facts) -> dict[str, str | None]:
    return {each.name: each.column.values.text[0] for each in facts.properties if each.column.sid[0] == 0}


def number(facts: Facts, name: str) -> float:
    return float(next(each for each in facts.properties if each.name == name).column.values.number[0])


def test_iso_19139() -> None:
    facts = read(ISO, "送审/建筑.shp.xml")
    found = fields(facts)
    assert facts.subjects.kinds == ("metadata",)
    assert (found["title"], found["crs"], found["height_datum"]) == ("建筑", "EPSG:4490", "1985国家高程基准")
    assert (found["metadata_date"], found["date_revised"]) == ("2024-05-01", "2024-06-01")
    assert (found["producer"], found["contact"], found["secrecy"]) == ("测绘院", "张三", "restricted")
    assert number(facts, "west") == 123.1
    assert number(facts, "resolution_m") == pytest.approx(0.2)
    assert found["describes"] == "建筑"
    abstract = next(each for each in facts.properties if each.name == "abstract").column
    assert abstract.row_states().tolist() == [State.NULL]
    assert facts.datasets.select("name", "crs", "date").rows() == [("建筑", "EPSG:4490", "2024-05-01")]
    assert facts.describe(np.array([0]))["id"].to_list() == ["LN-001"]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_plain_xml_in_chinese(encoding: str) -> None:
    declared = {"utf-8": "UTF-8", "gbk": "GB2312"}[encoding]
    data = f'<?xml version="1.0" encoding="{declared}"?>\n{PLAIN}'.encode(encoding)
    facts = read(data, "绿地_元数据.xml")
    found = fields(facts)
    assert (found["title"], found["secrecy"], found["crs"]) == ("绿地", "内部", "CGCS2000")
    assert (found["contact"], found["contact_details"], found["备注"]) == ("李四", "024-1", "试")
    assert number(facts, "scale_denominator") == 500
    assert number(facts, "resolution_m") == pytest.approx(0.05)
    assert recognise(data) == "metadata"


def test_json() -> None:
    facts = read(JSON, "道路.json")
    found = fields(facts)
    assert (found["title"], found["crs"], found["contact"]) == ("道路", "EPSG:4549", "王五")
    assert number(facts, "east") == 124.5
    assert found["自定义"] == "1; 2"
    assert recognise(JSON.encode()) == "metadata"


def test_several_records() -> None:
    facts = read('[{"title": "a", "describes": "a.shp"}, {"title": "b"}]', "m.json")
    assert len(facts) == 2
    assert facts.describe(np.arange(2))["locator"].to_list() == ["/0", "/1"]


def test_two_values_of_one_field_are_told() -> None:
    facts = read("<metadata><密级>内部</密级><secrecy>秘密</secrecy></metadata>")
    assert facts.defects.select("kind", "found").rows() == [("metadata_conflict", "secrecy: 内部 | 秘密")]


def test_an_entity_bomb_is_not_expanded() -> None:
    layers = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    facts = read(f'<!DOCTYPE m [<!ENTITY e0 "xxxxxxxxxx">{layers}]><metadata><title>&e11;</title></metadata>')
    assert "metadata_entity" in facts.defects["kind"].to_list()
    assert len(fields(facts)["title"] or "") < 100


def test_external_entities_are_not_fetched() -> None:
    text = '<!DOCTYPE m [<!ENTITY e SYSTEM "file:///etc/hostname">]><metadata><title>&e;</title></metadata>'
    assert fields(read(text))["title"] == "&e;"


def test_what_breaks_off_is_read_as_far_as_it_goes() -> None:
    facts = read("<metadata><title>绿地</title><abstract>说到一")
    assert fields(facts)["title"] == "绿地"
    assert facts.defects["kind"].to_list() == ["metadata_syntax"]


@pytest.mark.parametrize("data", [b"", b"plain words", b"[1, 2", b"<", b"<<<>>>"])
def test_what_is_no_metadata_is_a_sentence(data: bytes) -> None:
    with pytest.raises(SourceError) as error:
        read(data)
    assert error.value.key.startswith("readers.metadata_")


@pytest.mark.parametrize(
    ("written", "name", "meant"),
    [
        (None, "a/建筑.shp.xml", "建筑"),
        (None, "建筑_metadata.json", "建筑"),
        (None, "z.zip!DOM元数据.xml", "DOM"),
        ("D:\\数据\\建筑.gpkg", "m.xml", "建筑"),
        ("建筑", "m.xml", "建筑"),
        (None, "metadata.xml", "metadata.xml"),
    ],
)
def test_which_data_it_speaks_of(written: str | None, name: str, meant: str) -> None:
    assert described(written, name) == meant


def test_no_name_means_two_fields() -> None:
    names = [name for each in FIELDS.values() for name in each.split()]
    assert len(names) == len(set(names))
    assert all(field_of(name) is not None for name in names)


@given(st.binary(max_size=200))
def test_any_bytes_give_facts_or_a_sentence(data: bytes) -> None:
    try:
        facts = read(data)
    except SourceError:
        return
    assert set(facts.defects["kind"]) <= set(METADATA_DEFECTS)


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=4)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(["title", "联系人", "name", "x", "scale"]), inner),
        ),
        max_leaves=12,
    )
)
def test_any_json_gives_facts_or_a_sentence(document: object) -> None:
    import json

    try:
        facts = read(json.dumps(document), "m.json")
    except SourceError:
        return
    assert facts.subjects.kinds == ("metadata",)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("EPSG:4550", ("EPSG:4550", "EPSG:4490")),
        ("urn:ogc:def:crs:EPSG::4550", ("EPSG:4550", "EPSG:4490")),
        ("4550", ("EPSG:4550", "EPSG:4490")),
        ("CGCS2000_3_Degree_GK_CM_123E", ("EPSG:4550", "EPSG:4490")),
        ("2000国家大地坐标系", (None, "EPSG:4490")),  # data in any plane of this datum go by that name
        ("Xian 1980", (None, "EPSG:4610")),
        ("CGCS2000 3度带", (None, None)),
        ("EPSG:99999", (None, None)),
        ("地方独立坐标系", (None, None)),
    ],
)
def test_the_system_stated_is_told_as_far_as_its_words_go(words: str, told: tuple[str | None, str | None]) -> None:
    assert stated_system(words) == told


@settings(max_examples=15)  # PROJ looks each of them up among thousands of names
@given(st.text(max_size=40))
def test_no_words_for_a_system_raise(words: str) -> None:
    stated_system(words)
