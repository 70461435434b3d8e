"""Predefined types, materials, classifications, phases, and how things are described."""

from __future__ import annotations

import polars as pl
import pytest

from cimkit.facts.columns import Origin, State
from cimkit.facts.model import Facts
from tests.ifc.build import by_id, read, rows

WALL = "#1=IFCWALL('1YvctVUKr0kugbFTf53O9L',$,'W',$,{object_type},$,$,'tag',{own});"
TYPE = """#2=IFCWALLTYPE('2YvctVUKr0kugbFTf53O9L',$,'T',$,$,$,$,$,{element_type},{of_type});
#3=IFCRELDEFINESBYTYPE('3YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#2);"""


@pytest.mark.parametrize(
    ("own", "object_type", "of_type", "element_type", "expected"),
    [
        (".SHEAR.", "$", None, "$", ["SHEAR"]),
        ("$", "$", None, "$", []),
        ("$", "'X'", None, "$", []),
        (".USERDEFINED.", "'X'", None, "$", ["USERDEFINED", "X"]),
        (".USERDEFINED.", "$", None, "$", ["USERDEFINED"]),
        (".SHEAR.", "$", ".SOLIDWALL.", "$", ["SOLIDWALL"]),
        (".SHEAR.", "$", ".USERDEFINED.", "'Y'", ["USERDEFINED", "Y"]),
        (".USERDEFINED.", "'X'", ".NOTDEFINED.", "$", ["USERDEFINED", "X"]),
        ("$", "$", ".NOTDEFINED.", "$", ["NOTDEFINED"]),
        (".NOTDEFINED.", "$", None, "$", ["NOTDEFINED"]),
    ],
)
def test_predefined_type(
    own: str, object_type: str, of_type: str | None, element_type: str, expected: list[str]
) -> None:
    body = WALL.format(own=own, object_type=object_type)
    if of_type is not None:
        body += "\n" + TYPE.format(of_type=of_type, element_type=element_type)
    facts = read(body)
    assert [text for _, text, _, _ in rows(facts.predefined_types, by_id(facts, 1))] == expected


def test_user_words_of_processes_count_too() -> None:
    facts = read("#1=IFCTASKTYPE('1YvctVUKr0kugbFTf53O9L',$,'T',$,$,$,$,$,'Digging',.USERDEFINED.,$);")
    assert [text for _, text, _, _ in rows(facts.predefined_types, 0)] == ["USERDEFINED", "Digging"]


PLAIN = WALL.format(own="$", object_type="$")


def materials(body: str) -> set[tuple[str, str | None, str | None]]:
    facts = read(body)
    mine = facts.materials.filter(pl.col("sid") == by_id(facts, 1))
    return set(mine.select("role", "name", "category").iter_rows())


RELATED = "#10=IFCRELASSOCIATESMATERIAL('4YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#11);\n#19=IFCMATERIAL('M',$,'steel');\n"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("#11=IFCMATERIAL('A',$,'wood');", {("material", "A", "wood")}),
        ("#11=IFCMATERIALLIST((#19));", {("list", None, None), ("material", "M", "steel")}),
        (
            """#11=IFCMATERIALLAYERSETUSAGE(#12,.AXIS2.,.POSITIVE.,0.,$);
#12=IFCMATERIALLAYERSET((#13),'Set',$);
#13=IFCMATERIALLAYER(#19,10.,$,'Layer',$,'core',$);""",
            {("layer_set", "Set", None), ("layer", "Layer", "core"), ("material", "M", "steel")},
        ),
        (
            """#11=IFCMATERIALPROFILESETUSAGE(#12,$,$);
#12=IFCMATERIALPROFILESET('Set',$,(#13),$);
#13=IFCMATERIALPROFILE('Profile',$,#19,$,$,'c');""",
            {("profile_set", "Set", None), ("profile", "Profile", "c"), ("material", "M", "steel")},
        ),
        (
            """#11=IFCMATERIALCONSTITUENTSET('Set',$,(#13));
#13=IFCMATERIALCONSTITUENT('Part',$,#19,$,'c');""",
            {("constituent_set", "Set", None), ("constituent", "Part", "c"), ("material", "M", "steel")},
        ),
        (
            "#11=IFCMATERIALLAYERSET((#13,#13),$,$);\n#13=IFCMATERIALLAYER($,10.,$,$,$,$,$);",
            {("layer_set", None, None), ("layer", None, None)},
        ),
    ],
)
def test_materials(lines: str, expected: set[tuple[str, str | None, str | None]]) -> None:
    assert materials(PLAIN + "\n" + RELATED + lines) == expected


def test_a_type_lends_its_material_to_things_without_one() -> None:
    typed = PLAIN + "\n" + TYPE.format(of_type="$", element_type="$")
    lent = (
        typed
        + """
#10=IFCRELASSOCIATESMATERIAL('4YvctVUKr0kugbFTf53O9L',$,$,$,(#2),#11);
#11=IFCMATERIAL('OfType',$,$);"""
    )
    facts = read(lent)
    wall = facts.materials.filter(pl.col("sid") == by_id(facts, 1))
    assert wall.select("name", "origin").rows() == [("OfType", Origin.TYPE)]
    own = (
        lent
        + """
#12=IFCRELASSOCIATESMATERIAL('5YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#13);
#13=IFCMATERIAL('Own',$,$);"""
    )
    assert materials(own) == {("material", "Own", None)}


CLASSES = """#20=IFCCLASSIFICATION($,$,$,'System',$,$,$);
#21=IFCCLASSIFICATIONREFERENCE($,'A','Above',#20,$,$);
#22=IFCCLASSIFICATIONREFERENCE($,'A.1','Class',#21,$,$);
#23=IFCCLASSIFICATION($,$,$,'Other',$,$,$);
#24=IFCCLASSIFICATIONREFERENCE($,'B','Other class',#23,$,$);
"""


def classes(facts: Facts, number: int) -> list[tuple[str | None, str | None, bool, int]]:
    mine = facts.classifications.filter(pl.col("sid") == by_id(facts, number))
    return mine.select("system", "code", "inherited", "origin").rows()


def test_classes_above_the_one_assigned() -> None:
    facts = read(
        PLAIN + "\n" + CLASSES + "#30=IFCRELASSOCIATESCLASSIFICATION('4YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#22);"
    )
    assert classes(facts, 1) == [("System", "A.1", False, 0), ("System", "A", True, 0)]
    assert facts.classifications["assignment"].n_unique() == 1


def test_a_type_lends_classes_in_systems_that_a_thing_has_none_in() -> None:
    facts = read(
        PLAIN
        + "\n"
        + TYPE.format(of_type="$", element_type="$")
        + CLASSES
        + """
#30=IFCRELASSOCIATESCLASSIFICATION('4YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#21);
#31=IFCRELASSOCIATESCLASSIFICATION('5YvctVUKr0kugbFTf53O9L',$,$,$,(#2),#22);
#32=IFCRELASSOCIATESCLASSIFICATION('6YvctVUKr0kugbFTf53O9L',$,$,$,(#2),#24);"""
    )
    assert classes(facts, 1) == [("System", "A", False, Origin.OCCURRENCE), ("Other", "B", False, Origin.TYPE)]
    assert {row[0] for row in classes(facts, 2)} == {"System", "Other"}


def test_a_system_itself_materials_and_circles() -> None:
    facts = read(
        PLAIN
        + "\n"
        + CLASSES
        + """
#30=IFCRELASSOCIATESCLASSIFICATION('4YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#20);
#31=IFCMATERIAL('M',$,$);
#32=IFCEXTERNALREFERENCERELATIONSHIP($,$,#24,(#31));
#33=IFCSLAB('7YvctVUKr0kugbFTf53O9L',$,'S',$,$,$,$,$,$);
#34=IFCRELASSOCIATESCLASSIFICATION('8YvctVUKr0kugbFTf53O9L',$,$,$,(#33),#35);
#35=IFCCLASSIFICATIONREFERENCE($,'X',$,#36,$,$);
#36=IFCCLASSIFICATIONREFERENCE($,'Y',$,#35,$,$);"""
    )
    assert classes(facts, 1) == [("System", None, False, 0)]
    assert classes(facts, 31) == [("Other", "B", False, 0)]
    assert classes(facts, 33) == [(None, "X", False, 0)]


def with_property(set_name: str, **values: str) -> str:
    numbers = ",".join(f"#{40 + i}" for i in range(len(values)))
    lines = [
        f"#{40 + i}=IFCPROPERTYSINGLEVALUE('{name}',$,IFCLABEL('{value}'),$);"
        for i, (name, value) in enumerate(values.items())
    ]
    return "\n".join(
        [
            PLAIN,
            "#5=IFCRELDEFINESBYPROPERTIES('5YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#6);",
            f"#6=IFCPROPERTYSET('6YvctVUKr0kugbFTf53O9L',$,'{set_name}',$,({numbers}));",
            *lines,
        ]
    )


@pytest.mark.parametrize(
    ("set_name", "values", "expected"),
    [
        ("Pset_WallCommon", {"Status": "EXISTING"}, ["existing"]),
        ("Pset_WallCommon", {"Status": "DEMOLISH"}, ["demolished"]),
        ("Pset_WallCommon", {"Status": "UNSET"}, []),
        ("Mine", {"Status": "NEW"}, []),
        ("AC_Pset_RenovationAndPhasing", {"Renovation Status": "To be Demolished"}, ["demolished"]),
        ("阶段化", {"创建的阶段": "新构造"}, ["new"]),
        ("阶段化", {"创建的阶段": "现有", "拆除的阶段": "无"}, ["existing"]),
        ("阶段化", {"创建的阶段": "现有", "拆除的阶段": "新构造"}, ["demolished"]),
        ("Phasing", {"Phase_Created": "Phase 2"}, ["new"]),
        ("Phasing", {"Phase_Created": "Existing", "Phase_Demolished": "None"}, ["existing"]),
    ],
)
def test_phases(set_name: str, values: dict[str, str], expected: list[str]) -> None:
    facts = read(with_property(set_name, **{name.replace("_", " "): value for name, value in values.items()}))
    assert [text for _, text, _, _ in rows(facts.phases, by_id(facts, 1))] == expected


def test_description() -> None:
    facts = read(
        """#1=IFCWALL('1YvctVUKr0kugbFTf53O9L',$,'W',$,$,$,$,'tag',$);
#2=IFCWALLTYPE('2YvctVUKr0kugbFTf53O9L',$,'T',$,$,$,$,$,$,.SHEAR.);
#3=IFCRELDEFINESBYTYPE('3YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#2);
#4=IFCCURTAINWALL('4YvctVUKr0kugbFTf53O9L',$,'C',$,$,$,$,$,$);
#5=IFCRELAGGREGATES('5YvctVUKr0kugbFTf53O9L',$,$,$,#4,(#1));
#6=IFCBUILDINGSTOREY('6YvctVUKr0kugbFTf53O9L',$,'2F',$,$,$,$,$,$,$);
#7=IFCRELCONTAINEDINSPATIALSTRUCTURE('7YvctVUKr0kugbFTf53O9L',$,$,$,(#4),#6);"""
    )
    told = facts.describe(facts.subjects.kind[:0]).rows()
    assert told == []
    wall, storey = (
        facts.describe(facts.subjects.kind[:1] * 0 + by_id(facts, number)).row(0, named=True) for number in (1, 6)
    )
    assert wall == {
        "kind": "IfcWall",
        "id": "1YvctVUKr0kugbFTf53O9L",
        "name": "W",
        "tag": "tag",
        "type": "T",
        "storey": "2F",
        "locator": "#1",
    }
    assert storey["storey"] == "2F"
    assert storey["type"] is None


def test_references_are_there_or_not_and_what_is_no_reference_is_kept() -> None:
    facts = read(
        "#1=IFCPROPERTYSET('1YvctVUKr0kugbFTf53O9L',$,'S',$,(#4,#5));\n"
        "#2=IFCPROPERTYSET('2YvctVUKr0kugbFTf53O9L',$,'S',$,());\n"
        "#3=IFCPROPERTYSET('3YvctVUKr0kugbFTf53O9L',#6,'S',$,$);\n"
        "#4=IFCPROPERTYSINGLEVALUE('A',$,IFCLABEL('x'),$);\n#5=IFCPROPERTYSINGLEVALUE('B',$,$,$);\n"
        "#6=IFCOWNERHISTORY('nobody',$,$,$,$,$,$,1);"
    )
    listed = [rows(facts.attributes["HasProperties"], by_id(facts, number))[0][0] for number in (1, 2, 3)]
    assert listed == [State.LIST, State.EMPTY, State.NULL]
    owned = [rows(facts.attributes["OwnerHistory"], by_id(facts, number))[0] for number in (2, 3)]
    assert [(state, text) for state, text, _, _ in owned] == [(State.NULL, None), (State.OBJECT, None)]
    assert rows(facts.attributes["OwningUser"], by_id(facts, 6))[0][:2] == (State.PRESENT, "nobody")
