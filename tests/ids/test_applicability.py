"""What a specification applies to, where that was once read too narrowly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cimkit
from cimkit.authoring.case_model import model_text
from cimkit.report.model import Result

STYLE = "#{}=IFCSURFACESTYLE({},.BOTH.,(#{}));\n#{}=IFCSURFACESTYLESHADING(#{},$);\n#{}=IFCCOLOURRGB($,1.,1.,1.);"
NAME = "<attribute><name><simpleValue>Name</simpleValue></name></attribute>"
ROOF = (
    "<attribute><name><simpleValue>Name</simpleValue></name><value><simpleValue>roof</simpleValue></value></attribute>"
)


def style(number: int, name: str) -> str:
    return STYLE.format(number, name, number + 1, number + 1, number + 2, number + 2)


def asked(path: Path, schema: str, lines: list[str], *needs: bytes) -> list[Result]:
    path.write_text(model_text(schema, lines), encoding="ascii")
    report = cimkit.check(path, packs=[], ids=needs)
    assert report.internal_errors == []
    return report.results


def test_a_name_alone_selects_looks_too(ids: Callable[..., bytes], tmp_path: Path) -> None:
    """IDS: without an entity everything in the file is meant, surface styles and layers included."""
    need = ids(NAME.replace("Name", "Side"), applies=ROOF)
    (result,) = asked(tmp_path / "m.ifc", "IFC4", [style(100, "'roof'"), style(110, "'wall'")], need)
    assert (result.applicable, result.failed) == (1, 0)


def test_what_one_specification_names_is_not_lost_in_anothers_everything(
    ids: Callable[..., bytes], tmp_path: Path
) -> None:
    styles = ids(NAME, applies="<entity><name><simpleValue>IFCSURFACESTYLE</simpleValue></name></entity>")
    everything = ids(NAME, applies="<material/>")
    results = asked(tmp_path / "m.ifc", "IFC4", [style(100, "'roof'"), style(110, "$")], styles, everything)
    assert [(result.applicable, result.failed) for result in results] == [(2, 1), (0, 0)]


def test_attributes_of_occurrences_told_apart_by_their_type(ids: Callable[..., bytes], tmp_path: Path) -> None:
    """IFCFURNITURE in IFC2X3 is an IfcFurnishingElement with an IfcFurnitureType: its attributes are those."""
    lines = [
        "#100=IFCFURNISHINGELEMENT('0Ke3j0aXX2SRoX2eYkqk91',#12,'a',$,$,#9,$,'T1');",
        "#101=IFCFURNISHINGELEMENT('0Ke3j0aXX2SRoX2eYkqk92',#12,'b',$,$,#9,$,$);",
        "#102=IFCFURNITURETYPE('0Ke3j0aXX2SRoX2eYkqk93',#12,'t',$,$,$,$,$,$,.NOTDEFINED.);",
        "#103=IFCRELDEFINESBYTYPE('0Ke3j0aXX2SRoX2eYkqk94',#12,$,$,(#100,#101),#102);",
    ]
    furniture = "<entity><name><simpleValue>IFCFURNITURE</simpleValue></name></entity>"
    (result,) = asked(tmp_path / "m.ifc", "IFC2X3", lines, ids(NAME.replace("Name", "Tag"), applies=furniture))
    assert (result.applicable, result.failed) == (2, 1)


def test_a_value_in_millimetres_is_shown_in_si_too(
    ids: Callable[..., bytes], value: Callable[..., str], tmp_path: Path
) -> None:
    """The bound is in metres: 2100 alone would seem to meet it."""
    limits = '<xs:minInclusive value="2.2"/>'
    high = f"<attribute>{value('name', 'OverallHeight')}{value('value', base='xs:double', limits=limits)}</attribute>"
    need = ids(high, applies=f"<entity>{value('name', 'IFCDOOR')}</entity>")
    text = model_text("IFC4", ["#100=IFCDOOR('0Ke3j0aXX2SRoX2eYkqk91',#12,'a',$,$,#9,$,$,2100.,900.,$,$,$);"])
    path = tmp_path / "m.ifc"
    path.write_text(text.replace(".LENGTHUNIT.,$,", ".LENGTHUNIT.,.MILLI.,"), encoding="ascii")
    report = cimkit.check(path, packs=[], ids=[need])
    assert [finding.found for finding in report.results[0].findings] == ["2100 (SI 2.1)"]


def test_what_a_set_of_its_own_kind_leaves_null_is_not_there(
    ids: Callable[..., bytes], value: Callable[..., str], tmp_path: Path
) -> None:
    """An attribute of IfcDoorLiningProperties can't be taken away; prohibited, it must only be null."""
    none = f'<property cardinality="prohibited">{value("propertySet", "L")}{value("baseName", "{}")}</property>'
    need = [
        ids(none.replace("{}", name), applies=f"<entity>{value('name', 'IFCDOORTYPE')}</entity>")
        for name in ("LiningDepth", "LiningThickness")
    ]
    lines = [
        "#100=IFCDOORTYPE('0Ke3j0aXX2SRoX2eYkqk91',#12,'t',$,$,(#101),$,$,$,.DOOR.,.NOTDEFINED.,$,$);",
        "#101=IFCDOORLININGPROPERTIES('0Ke3j0aXX2SRoX2eYkqk92',#12,'L',$,0.1,$,$,$,$,$,$,$,$,$,$,$,$);",
    ]
    results = asked(tmp_path / "m.ifc", "IFC4", lines, *need)
    assert [(result.applicable, result.failed) for result in results] == [(1, 1), (1, 0)]
