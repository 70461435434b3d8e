"""Every code of the audit: a file that earns it, and what the finding says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cimkit.ids.audit.audit import audit
from cimkit.ids.audit.flaws import CODES, AuditReport
from cimkit.locales import has_text

Make = Callable[..., bytes]
Value = Callable[..., str]


def codes(report: AuditReport) -> list[str]:
    return [flaw.code for flaw in report.findings]


def only(data: bytes, code: str) -> dict[str, object]:
    """The values of the one flaw the file has, which must be this one."""
    report = audit(data, "need.ids")
    assert codes(report) == [code], [(f.code, f.line, dict(f.values)) for f in report.findings]
    flaw = report.findings[0]
    assert flaw.message("zh")
    assert flaw.message("en")
    return dict(flaw.values)


def attribute(name: str, value: str = "", more: str = "") -> str:
    return f"<attribute {more}><name><simpleValue>{name}</simpleValue></name>{value}</attribute>"


def prop(set_name: str, name: str, value: str = "", more: str = 'dataType="IFCLABEL"') -> str:
    return (
        f"<property {more}><propertySet><simpleValue>{set_name}</simpleValue></propertySet>"
        f"<baseName><simpleValue>{name}</simpleValue></baseName>{value}</property>"
    )


def simple(text: str) -> str:
    return f"<value><simpleValue>{text}</simpleValue></value>"


def limits(base: str, *pairs: tuple[str, str]) -> str:
    inside = "".join(f'<xs:{kind} value="{text}"/>' for kind, text in pairs)
    return f'<value><xs:restriction base="xs:{base}">{inside}</xs:restriction></value>'


def entity(name: str, predefined: str | None = None) -> str:
    kind = f"<predefinedType><simpleValue>{predefined}</simpleValue></predefinedType>" if predefined else ""
    return f"<entity><name><simpleValue>{name}</simpleValue></name>{kind}</entity>"


def entities(*names: str) -> str:
    inside = "".join(f'<xs:enumeration value="{name}"/>' for name in names)
    return f'<entity><name><xs:restriction base="xs:string">{inside}</xs:restriction></name></entity>'


def prohibited(applies: str, more: str = "") -> str:
    occurs = 'minOccurs="0" maxOccurs="0"'
    applicability = f"<applicability {occurs}>{applies}</applicability>"
    return f'<specification name="b" ifcVersion="IFC4" {more}>{applicability}</specification>'


def test_a_sound_file_has_no_findings(ids: Make) -> None:
    report = audit(ids(prop("Pset_WallCommon", "FireRating", simple("REI60"))), "need.ids")
    assert report.findings == ()
    assert not report.refused
    assert report.document is not None
    assert report.document.info.title == "Need"


def test_every_code_has_its_sentence_in_both_languages() -> None:
    missing = [code for code, (key, _) in CODES.items() for lang in ("zh", "en") if not has_text(f"ids.{key}", lang)]
    assert missing == []


# --- files ----------------------------------------------------------------------------------------------------------


def test_what_is_no_xml(ids: Make) -> None:
    values = only(ids()[:-8], "IDS-XML-001")
    assert values["file"] == "need.ids"
    assert audit(b"", "empty.ids").refused
    assert audit(b"\x00\xff\xfe", "binary.ids").refused


def test_document_types_are_refused_before_entities_expand() -> None:
    bomb = '<!DOCTYPE ids [<!ENTITY a0 "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    for use in ("&a11;", '<b c="&a11;"/>', "&none;", ""):
        only(f"{bomb}]><ids>{use}</ids>".encode(), "IDS-XML-002")
    only(b'<!DOCTYPE ids SYSTEM "http://example.org/ids.dtd"><ids/>', "IDS-XML-002")


def test_other_xml(ids: Make) -> None:
    assert only(b"<bcf/>", "IDS-XML-003")["root"] == "bcf"
    assert only(ids().replace(b'standards.buildingsmart.org/IDS" xmlns:xs', b'x/IDS" xmlns:xs'), "IDS-XML-003")


def test_depth_is_bounded() -> None:
    assert audit(b"<a>" * 5000 + b"</a>" * 5000, "deep.ids").refused


@pytest.mark.parametrize("location", ["IDS/0.9.7/ids.xsd", "IDS/ids_09.xsd"])
def test_drafts_are_named(ids: Make, location: str) -> None:
    old = ids().replace(b"IDS/1.0/ids.xsd", location.encode())
    assert str(only(old, "IDS-VER-001")["version"]).startswith("0.9")


def test_drafts_without_location_are_known_by_their_build(ids: Make) -> None:
    head = '<ids xmlns="http://standards.buildingsmart.org/IDS" xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    only(ids(head=head), "IDS-VER-002")
    only(ids(head=head, spec='name="a" ifcVersion="IFC4" minOccurs="0" maxOccurs="unbounded"'), "IDS-VER-001")


def test_newer_versions_are_read(ids: Make) -> None:
    report = audit(ids().replace(b"IDS/1.0/", b"IDS/1.1/"), "need.ids")
    assert codes(report) == ["IDS-VER-003"]
    assert not report.refused


# --- structure ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code", "values"),
    [
        ({"requires": "<materiall/>"}, "IDS-STR-001", {"name": "materiall", "nearest": "material"}),
        ({"info": "<info><date>2024-01-01</date><title>T</title></info>"}, "IDS-STR-002", {"name": "title"}),
        ({"info": "<info/>"}, "IDS-STR-003", {"name": "title", "parent": "info"}),
        ({"requires": "<attribute/>"}, "IDS-STR-003", {"name": "name", "parent": "attribute"}),
        ({"applies": entity("IFCWALL") * 2}, "IDS-STR-004", {"name": "entity", "most": 1}),
        ({"requires": '<material cardinalty="required"/>'}, "IDS-STR-005", {"nearest": "cardinality"}),
        ({"requires": entity("IFCWALL").replace("<entity>", '<entity cardinality="required">')}, "IDS-STR-005", {}),
        ({"spec": 'ifcVersion="IFC4"'}, "IDS-STR-006", {"name": "name"}),
        ({"requires": '<material cardinality="maybe"/>'}, "IDS-STR-007", {"value": "maybe"}),
        ({"requires": "<material>wood</material>"}, "IDS-STR-008", {"value": "wood"}),
        ({"info": "<info><title>T</title><author>me</author></info>"}, "IDS-STR-009", {"name": "author"}),
        ({"info": "<info><title>T</title><date>2023-02-29</date></info>"}, "IDS-STR-009", {"name": "date"}),
        ({"requires": "<material><value/></material>"}, "IDS-STR-003", {"parent": "value"}),
    ],
)
def test_structure(ids: Make, change: dict[str, str], code: str, values: dict[str, object]) -> None:
    report = audit(ids(**change), "need.ids")
    found = [flaw for flaw in report.findings if flaw.code == code]
    assert len(found) == 1, codes(report)
    assert values.items() <= dict(found[0].values).items()
    assert found[0].message("zh")
    assert report.refused


def test_every_flaw_is_told_with_its_line_and_specification(ids: Make) -> None:
    second = prohibited("<foo/>")
    report = audit(ids("<bar/>\n<baz/>", tail=second), "need.ids")
    found = {flaw.values.get("name"): (flaw.line, flaw.spec) for flaw in report.findings if flaw.code == "IDS-STR-001"}
    assert found == {"bar": (12, 0), "baz": (13, 0), "foo": (16, 1)}
    assert [flaw.values["name"] for flaw in report.refusals(1)] == ["foo"]


def test_requirements_come_in_any_order(ids: Make) -> None:
    requires = "<material/>" + attribute("Name") + entity("IFCWALL") + attribute("Tag")
    assert audit(ids(requires), "need.ids").findings == ()


# --- specifications -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"occurs": 'minOccurs="1" maxOccurs="1"'}, "IDS-SPC-001"),
        ({"occurs": ""}, "IDS-SPC-001"),
        ({"occurs": 'minOccurs="1" maxOccurs="0"'}, "IDS-SPC-001"),
        ({"spec": 'name="a" ifcVersion=""'}, "IDS-SPC-002"),
        ({"spec": 'name="a" ifcVersion="IFC4X3"'}, "IDS-SPC-003"),
        ({"applies": ""}, "IDS-SPC-004"),
        ({"requires": None}, "IDS-SPC-005"),
        ({"occurs": 'minOccurs="0" maxOccurs="0"'}, "IDS-SPC-006"),
        ({"spec": 'name=" " ifcVersion="IFC4"'}, "IDS-SPC-008"),
        ({"requires": attribute("Name", more='cardinality="optional"')}, "IDS-CRD-001"),
        ({"requires": '<material cardinality="optional"/>'}, "IDS-CRD-001"),
        ({"requires": prop("My", "a", more='cardinality="optional"')}, "IDS-CRD-001"),
        ({"requires": prop("My", "a", more='cardinality="prohibited" dataType="IFCLABEL"')}, "IDS-CRD-002"),
    ],
)
def test_specifications(ids: Make, change: dict[str, str], code: str) -> None:
    only(ids(**change), code)


def test_required_without_requirements_is_sound(ids: Make) -> None:
    assert audit(ids(None, occurs='maxOccurs="unbounded"'), "need.ids").findings == ()
    assert audit(ids(None, occurs='minOccurs="0" maxOccurs="0"'), "need.ids").findings == ()


def test_a_prohibited_specification_has_no_requirements(ids: Make) -> None:
    assert audit(ids(occurs='minOccurs="0" maxOccurs="0"'), "need.ids").refused
    assert audit(ids("", occurs='minOccurs="0" maxOccurs="0"'), "need.ids").findings == ()


def test_what_can_not_be_there_may_be_forbidden(ids: Make) -> None:
    for requires in (
        attribute("LongName", more='cardinality="prohibited"'),
        prop("Pset_Mine", "a", more='cardinality="prohibited"'),
        prop("Pset_DoorCommon", "FireRating", more='cardinality="prohibited"'),
        '<partOf relation="IFCRELNESTS" cardinality="prohibited">' + entity("IFCFURNITURE") + "</partOf>",
    ):
        assert audit(ids(requires), "need.ids").findings == (), requires
    assert audit(ids(attribute("Longname", more='cardinality="prohibited"')), "need.ids").refused


def test_wrong_entities_hide_no_other_flaw(ids: Make) -> None:
    report = audit(ids(attribute("Bogus") + attribute("Tag"), applies=entity("IFCWALLS")), "need.ids")
    assert codes(report) == ["IDS-ENT-002", "IDS-ATT-001"]


def test_repeated_identifier(ids: Make) -> None:
    second = prohibited("<material/>", 'identifier="1"')
    assert only(ids(spec='name="a" ifcVersion="IFC4" identifier="1"', tail=second), "IDS-SPC-007")["first"] == 7


# --- entities -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("applies", "code", "values"),
    [
        (entity("IfcWall"), "IDS-ENT-001", {"upper": "IFCWALL"}),
        (entity("IFCWAL"), "IDS-ENT-002", {"nearest": "IFCWALL", "version": "IFC4"}),
        (entity("IFCWALL").replace("IFCWALL", "IFCKERB"), "IDS-ENT-002", {}),
        (entity("IFCELEMENT"), "IDS-ENT-004", {}),
        (entities("IFCELEMENT", "IFCWALL"), "IDS-ENT-010", {"name": "IFCELEMENT"}),
        (entity("IFCBUILDINGSTOREY", "SHEAR"), "IDS-ENT-006", {}),
        (entity("IFCWALL", "SHEER"), "IDS-ENT-008", {"nearest": "SHEAR"}),
        (entity("IFCPROPERTYSETTEMPLATE", "X"), "IDS-ENT-006", {}),
    ],
)
def test_entities(ids: Make, applies: str, code: str, values: dict[str, object]) -> None:
    assert values.items() <= only(ids(applies=applies), code).items()


@pytest.mark.parametrize(
    "applies", [entity("IFCWALL", "SHEAR"), entity("IFCWALL", "承重隔墙"), entity("IFCWALL", "USERDEFINED")]
)
def test_predefined_types_may_be_custom(ids: Make, applies: str) -> None:
    assert audit(ids(applies=applies), "need.ids").findings == ()


def test_entity_patterns(ids: Make) -> None:
    pattern = '<entity><name><xs:restriction base="xs:string"><xs:pattern value="{}"/></xs:restriction></name></entity>'
    assert audit(ids(applies=pattern.format("IFCWALL.*")), "need.ids").findings == ()
    assert only(ids(applies=pattern.format("IfcWall.*")), "IDS-ENT-003")["pattern"] == "/IfcWall.*/"


def test_entities_of_several_versions(ids: Make) -> None:
    both = 'name="a" ifcVersion="IFC2X3 IFC4"'
    assert only(ids(applies=entity("IFCCHIMNEY"), spec=both), "IDS-ENT-002")["version"] == "IFC2X3"
    assert only(ids(applies=entities("IFCCHIMNEY", "IFCWALL"), spec=both), "IDS-ENT-009")["version"] == "IFC2X3"
    assert audit(ids(applies=entity("IFCAIRTERMINAL"), spec=both), "need.ids").findings == ()  # mapped by its type


def test_requirement_contradicts_applicability(ids: Make) -> None:
    assert only(ids(entity("IFCSLAB")), "IDS-ENT-005")["required"] == "IFCSLAB"
    assert audit(ids(entities("IFCSLAB", "IFCWALL")), "need.ids").findings == ()


def part_of(whole: str, relation: str | None = None) -> str:
    named = f' relation="{relation}"' if relation else ""
    return f"<partOf{named}>{entity(whole)}</partOf>"


@pytest.mark.parametrize(
    ("applies", "requires", "code"),
    [
        (entity("IFCWALL"), part_of("IFCWALL", "IFCRELCONTAINEDINSPATIALSTRUCTURE"), "IDS-PRT-001"),
        (entity("IFCWALL"), part_of("IFCSPACE", "IFCRELASSIGNSTOGROUP"), "IDS-PRT-001"),
        (entity("IFCMATERIAL"), part_of("IFCSPACE"), "IDS-PRT-002"),
        (entity("IFCWALL"), part_of("IFCSPACE", "IFCRELVOIDSELEMENT"), "IDS-STR-007"),
    ],
)
def test_parts_and_wholes(ids: Make, applies: str, requires: str, code: str) -> None:
    only(ids(requires, applies=applies), code)


@pytest.mark.parametrize(
    ("whole", "relation"),
    [
        ("IFCSPACE", "IFCRELCONTAINEDINSPATIALSTRUCTURE"),
        ("IFCSYSTEM", "IFCRELASSIGNSTOGROUP"),
        ("IFCSLAB", "IFCRELVOIDSELEMENT IFCRELFILLSELEMENT"),
        ("IFCZONE", None),
    ],
)
def test_sound_wholes(ids: Make, whole: str, relation: str | None) -> None:
    assert audit(ids(part_of(whole, relation)), "need.ids").findings == ()


# --- attributes and properties --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requires", "code", "values"),
    [
        (attribute("Nmae"), "IDS-ATT-001", {"nearest": "Name"}),
        (attribute("IsDefinedBy"), "IDS-ATT-001", {}),
        (attribute("ObjectPlacement", simple("x")), "IDS-ATT-002", {}),
        (attribute("Name", limits("double", ("minInclusive", "1"))), "IDS-VAL-003", {"wanted": "xs:string"}),
        (prop("Pset_WallComon", "FireRating"), "IDS-PRP-001", {"nearest": "Pset_WallCommon"}),
        (prop("pset_Mine", "a"), "IDS-PRP-001", {}),
        (prop("Pset_WallCommon", "Firerating"), "IDS-PRP-002", {"nearest": "FireRating"}),
        (prop("Pset_WallCommon", "FireRating", more='dataType="IFCTEXT"'), "IDS-PRP-003", {"wanted": "IFCLABEL"}),
        (prop("Pset_DoorCommon", "FireRating"), "IDS-PRP-004", {"entity": "IFCWALL"}),
        (prop("My", "a", simple("x"), more=""), "IDS-PRP-005", {}),
        (prop("My", "a", more='dataType="IFCLABLE"'), "IDS-PRP-006", {"nearest": "IFCLABEL"}),
        (prop("My", "a", simple("x"), more='dataType="IFCBINARY"'), "IDS-PRP-007", {}),
        (prop("My", "a", more='dataType="IfcLabel"'), "IDS-STR-007", {}),
    ],
)
def test_attributes_and_properties(ids: Make, requires: str, code: str, values: dict[str, object]) -> None:
    found = [flaw for flaw in audit(ids(requires), "need.ids").findings if flaw.code == code]
    assert len(found) == 1
    assert values.items() <= dict(found[0].values).items()


def test_derived_attributes(ids: Make) -> None:
    only(ids(attribute("Dimensions"), applies=entity("IFCSIUNIT")), "IDS-ATT-003")


@pytest.mark.parametrize(
    ("applies", "requires"),
    [
        (entity("IFCWALLTYPE"), prop("Pset_WallCommon", "FireRating")),
        (entity("IFCWALL"), prop("Qto_WallBaseQuantities", "Length", more='dataType="IFCLENGTHMEASURE"')),
        (entity("IFCWALL"), prop("Pset_ConcreteElementGeneral", "StrengthClass")),
        (entity("IFCWALL"), prop("构件属性", "耐火极限", simple("2.00"), more='dataType="IFCREAL"')),
        (entity("IFCTASK"), attribute("IsMilestone", simple("false"))),
    ],
)
def test_sound_data(ids: Make, applies: str, requires: str) -> None:
    assert audit(ids(requires, applies=applies), "need.ids").findings == ()


def test_quantity_sets_are_no_standard_in_ifc2x3(ids: Make) -> None:
    requires = prop("Qto_WallBaseQuantities", "Length", more='dataType="IFCLENGTHMEASURE"')
    assert audit(ids(requires, spec='name="a" ifcVersion="IFC2X3 IFC4"'), "need.ids").findings == ()


def test_one_finding_for_several_versions(ids: Make) -> None:
    spec = 'name="a" ifcVersion="IFC2X3 IFC4 IFC4X3_ADD2"'
    assert only(ids(attribute("Colour"), spec=spec), "IDS-ATT-001")["version"] == "IFC2X3, IFC4, IFC4X3_ADD2"


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("datatype", "value", "code"),
    [
        ("IFCBOOLEAN", simple("TRUE"), "IDS-VAL-001"),
        ("IFCREAL", simple("1.234,5"), "IDS-VAL-001"),
        ("IFCREAL", simple("."), "IDS-VAL-001"),
        ("IFCINTEGER", simple("42.0"), "IDS-VAL-001"),
        ("IFCDATE", simple("2024-1-1"), "IDS-VAL-001"),
        ("IFCREAL", limits("double", ("enumeration", "a")), "IDS-VAL-001"),
        ("IFCREAL", limits("decimal", ("enumeration", "1")), "IDS-VAL-002"),
        ("IFCREAL", limits("string", ("enumeration", "1")), "IDS-VAL-003"),
        ("IFCLABEL", limits("string", ("minInclusive", "1")), "IDS-VAL-004"),
        ("IFCBOOLEAN", limits("boolean", ("enumeration", "true")), "IDS-VAL-004"),
        ("IFCREAL", limits("double", ("minInclusive", "3"), ("maxInclusive", "2")), "IDS-VAL-005"),
        ("IFCREAL", limits("double", ("minInclusive", "2"), ("maxExclusive", "2.0")), "IDS-VAL-005"),
        ("IFCDATE", limits("date", ("minInclusive", "2024-02-01"), ("maxInclusive", "2024-01-01")), "IDS-VAL-005"),
        ("IFCLABEL", limits("string", ("minLength", "3"), ("maxLength", "2")), "IDS-VAL-006"),
        ("IFCLABEL", limits("string", ("length", "3"), ("minLength", "4")), "IDS-VAL-006"),
        ("IFCLABEL", limits("string", ("length", "-1")), "IDS-VAL-007"),
        ("IFCLABEL", limits("string", ("pattern", "(a")), "IDS-VAL-008"),
        ("IFCLABEL", limits("string", ("pattern", r"a\/b")), "IDS-VAL-009"),
        ("IFCLABEL", limits("string", ("pattern", "^a")), "IDS-VAL-010"),
        ("IFCREAL", limits("double", ("minInclusive", "1"), ("minInclusive", "2")), "IDS-VAL-011"),
        ("IFCREAL", limits("double", ("minInclusive", "1"), ("minExclusive", "2")), "IDS-VAL-011"),
        ("IFCREAL", limits("double", ("totalDigits", "3")), "IDS-VAL-012"),
        ("IFCLABEL", simple(""), "IDS-VAL-013"),
        ("IFCLABEL", limits("string"), "IDS-VAL-014"),
    ],
)
def test_values(ids: Make, datatype: str, value: str, code: str) -> None:
    only(ids(prop("My", "a", value, more=f'dataType="{datatype}"')), code)


@pytest.mark.parametrize(
    ("datatype", "value"),
    [
        ("IFCBOOLEAN", simple("1")),
        ("IFCREAL", simple("-1.5E-3")),
        ("IFCREAL", simple("42.")),
        ("IFCLOGICAL", simple("true")),
        ("IFCCOUNTMEASURE", simple("42")),
        ("IFCDURATION", simple("P1Y2M3DT4H5M6.5S")),
        ("IFCDATETIME", simple("2024-01-01T10:00:00+08:00")),
        ("IFCREAL", limits("double", ("minInclusive", "2"), ("maxInclusive", "2"))),
        ("IFCLABEL", limits("string", ("pattern", "[A-Z]+"), ("pattern", "[a-z]+"))),
        ("IFCDURATION", limits("duration", ("minInclusive", "P1M"), ("maxInclusive", "P30D"))),
        ("IFCDOORPANELOPERATIONENUM", simple("SWONGING")),
    ],
)
def test_sound_values(ids: Make, datatype: str, value: str) -> None:
    assert audit(ids(prop("My", "a", value, more=f'dataType="{datatype}"')), "need.ids").findings == ()
