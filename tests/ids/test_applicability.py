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
