"""Models that checkers get wrong: IFC2X3's occurrences told apart by their type, wholes of wholes, properties of what
is no element. Each pair of model and need is asked as written, and with its lines in the opposite order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import cimkit
from cimkit.ids.audit.audit import audit

Make = Callable[..., bytes]

STEP = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION((''),'2;1');
FILE_NAME('a','2024-01-01T00:00:00',(''),(''),'','','');
FILE_SCHEMA(('{schema}'));
ENDSEC;
DATA;
{data}
ENDSEC;
END-ISO-10303-21;
"""


@pytest.fixture
def verdict(ids: Make) -> Callable[..., str]:
    def ask(lines: list[str], applies: str, requires: str | None, *, schema: str = "IFC4") -> str:
        need = ids(
            requires,
            applies=applies,
            spec=f'name="s" ifcVersion="{schema}"',
            occurs='minOccurs="1" maxOccurs="unbounded"',
        )
        verdicts = set()
        for written in (lines, lines[::-1]):
            model = STEP.format(schema=schema, data="\n".join(written)).encode()
            (result,) = cimkit.check(model, packs=[], ids=[need]).results
            verdicts.add(str(result.verdict))
        (one,) = verdicts
        return one

    return ask


def entity(name: str, predefined: str = "") -> str:
    kind = f"<predefinedType><simpleValue>{predefined}</simpleValue></predefinedType>" if predefined else ""
    return f"<entity><name><simpleValue>{name}</simpleValue></name>{kind}</entity>"


def part_of(whole: str, relation: str = "", how: str = "required") -> str:
    named = f'relation="{relation}"' if relation else ""
    return f'<partOf {named} cardinality="{how}">{whole}</partOf>'


def terminal(type_entity: str, predefined: str = "$", element_type: str = "$") -> list[str]:
    return [
        "#1=IFCFLOWTERMINAL('3R4sKXi15AFOaWD52W39Kl',$,'A',$,$,$,$,$);",
        f"#2={type_entity}('02YKwvKtL9hQvZRwgYyxYO',$,'T',$,$,$,$,$,{element_type},{predefined});",
        "#3=IFCRELDEFINESBYTYPE('02YKwvKtL9hQvZRwgYyxYa',$,$,$,(#1),#2);",
    ]


GRILLE = terminal("IFCAIRTERMINALTYPE", ".GRILLE.")
OWN = terminal("IFCAIRTERMINALTYPE", ".USERDEFINED.", "'NOZZLE'")
APPLIANCE = terminal("IFCELECTRICAPPLIANCETYPE", ".USERDEFINED.", "'NOZZLE'")
AIR, FLOW = "IFCAIRTERMINAL", "IFCFLOWTERMINAL"


@pytest.mark.parametrize(
    ("model", "applies", "requires", "expected"),
    [
        (GRILLE, entity(AIR), None, "passed"),
        (APPLIANCE, entity(AIR), None, "failed"),
        (GRILLE, entity(FLOW), entity(AIR), "passed"),
        (APPLIANCE, entity(FLOW), entity(AIR), "failed"),
        (GRILLE, entity(AIR), entity(FLOW), "passed"),
        (GRILLE, entity(FLOW), entity(AIR, "GRILLE"), "passed"),
        (GRILLE, entity(FLOW), entity(AIR, "DIFFUSER"), "failed"),
        (GRILLE, entity(FLOW), entity(FLOW, "GRILLE"), "passed"),
        (OWN, entity(FLOW), entity(AIR, "NOZZLE"), "passed"),
        (OWN, entity(FLOW), entity(AIR, "USERDEFINED"), "passed"),
        (OWN, entity(AIR), entity(AIR, "OTHER"), "failed"),
        (APPLIANCE, entity(FLOW), entity(AIR, "NOZZLE"), "failed"),
    ],
)
def test_occurrences_told_apart_by_their_type(
    verdict: Callable[..., str], model: list[str], applies: str, requires: str | None, expected: str
) -> None:
    assert verdict(model, applies, requires, schema="IFC2X3") == expected


def test_only_ifc2x3_has_stand_ins(ids: Make) -> None:
    flaws = audit(ids(entity(AIR), applies=entity(FLOW)), "need.ids").findings
    assert [flaw.code for flaw in flaws] == ["IDS-ENT-005"]


ASSEMBLY = "#1=IFCELEMENTASSEMBLY('3R4sKXi15AFOaWD52W39K1',$,'a',$,$,$,$,$,$,$);"
SPACE = "#2=IFCSPACE('3R4sKXi15AFOaWD52W39K2',$,'s',$,'DEN',$,$,$,$,.USERDEFINED.,$);"
STOREY = "#3=IFCBUILDINGSTOREY('3R4sKXi15AFOaWD52W39K3',$,'st',$,$,$,$,$,$,$);"
IN_SPACE = "#4=IFCRELCONTAINEDINSPATIALSTRUCTURE('3R4sKXi15AFOaWD52W39K4',$,$,$,(#1),#2);"
SPACE_IN_STOREY = "#5=IFCRELCONTAINEDINSPATIALSTRUCTURE('3R4sKXi15AFOaWD52W39K5',$,$,$,(#2),#3);"
SPACE_OF_STOREY = "#5=IFCRELAGGREGATES('3R4sKXi15AFOaWD52W39K5',$,$,$,#3,(#2));"
SEEN_IN_SPACE = "#4=IFCRELREFERENCEDINSPATIALSTRUCTURE('3R4sKXi15AFOaWD52W39K4',$,$,$,(#1),#2);"
CONTAINED, GROUPED = "IFCRELCONTAINEDINSPATIALSTRUCTURE", "IFCRELASSIGNSTOGROUP"
CONTAINED_TWICE = [ASSEMBLY, SPACE, STOREY, IN_SPACE, SPACE_IN_STOREY]
MIXED = [ASSEMBLY, SPACE, STOREY, IN_SPACE, SPACE_OF_STOREY]
GROUPS = [
    ASSEMBLY,
    "#2=IFCGROUP('3R4sKXi15AFOaWD52W39K2',$,'g',$,$);",
    "#3=IFCSYSTEM('3R4sKXi15AFOaWD52W39K3',$,'s',$,$);",
    "#4=IFCRELASSIGNSTOGROUP('3R4sKXi15AFOaWD52W39K4',$,$,$,(#1),$,#2);",
    "#5=IFCRELASSIGNSTOGROUPBYFACTOR('3R4sKXi15AFOaWD52W39K5',$,$,$,(#2),$,#3,0.5);",
]


@pytest.mark.parametrize(
    ("model", "whole", "relation", "part"),
    [
        (CONTAINED_TWICE, entity("IFCBUILDINGSTOREY"), CONTAINED, True),
        (MIXED, entity("IFCBUILDINGSTOREY"), CONTAINED, False),
        (MIXED, entity("IFCBUILDINGSTOREY"), "", True),
        (MIXED, entity("IFCSPACE", "USERDEFINED"), CONTAINED, True),
        (MIXED, entity("IFCSPACE", "USERDEFINED"), "", True),
        (MIXED, entity("IFCSPACE", "DEN"), "", True),
        (MIXED, entity("IFCSPACE", "den"), "", False),
        ([ASSEMBLY, SPACE, SEEN_IN_SPACE], entity("IFCSPACE"), "", False),
        (GROUPS, entity("IFCSYSTEM"), GROUPED, True),
        (GROUPS, entity("IFCSYSTEM"), "IFCRELAGGREGATES", False),
    ],
)
def test_wholes_of_wholes(
    verdict: Callable[..., str], model: list[str], whole: str, relation: str, *, part: bool
) -> None:
    applies = entity("IFCELEMENTASSEMBLY")
    assert verdict(model, applies, part_of(whole, relation)) == ("passed" if part else "failed")
    assert verdict(model, applies, part_of(whole, relation, "prohibited")) == ("failed" if part else "passed")


VALUE = "#10=IFCPROPERTYSINGLEVALUE('Foo',$,IFCLABEL('Bar'),$);"
SET = "#11=IFCPROPERTYSET('3R4sKXi15AFOaWD52W39Ka',$,'Set',$,(#10));"
OF_PROJECT = "#12=IFCRELDEFINESBYPROPERTIES('3R4sKXi15AFOaWD52W39Kb',$,$,$,(#1),#11);"
PROJECT = "#1=IFCPROJECT('1hqIFTRjfV6AWq_bMtnZwI',$,'P',$,$,$,$,$,#2);"
UNITS = ["#2=IFCUNITASSIGNMENT((#3));", "#3=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);"]
FOO = (
    '<property dataType="IFCLABEL"><propertySet><simpleValue>Set</simpleValue></propertySet>'
    "<baseName><simpleValue>Foo</simpleValue></baseName><value><simpleValue>Bar</simpleValue></value></property>"
)


@pytest.mark.parametrize(
    ("schema", "kind", "holder", "link"),
    [
        ("IFC4", "IFCPROJECT", [PROJECT, *UNITS], [SET, OF_PROJECT]),
        ("IFC2X3", "IFCPROJECT", [PROJECT, *UNITS], [SET, OF_PROJECT]),
        ("IFC4X3_ADD2", "IFCPROJECT", [PROJECT, *UNITS], [SET, OF_PROJECT]),
        ("IFC4", "IFCMATERIAL", ["#1=IFCMATERIAL('M',$,$);"], ["#11=IFCMATERIALPROPERTIES('Set',$,(#10),#1);"]),
        (
            "IFC2X3",
            "IFCMATERIAL",
            ["#1=IFCMATERIAL('M');"],
            ["#11=IFCEXTENDEDMATERIALPROPERTIES(#1,(#10),$,'Set');"],
        ),
        (
            "IFC4",
            "IFCRECTANGLEPROFILEDEF",
            ["#1=IFCRECTANGLEPROFILEDEF(.AREA.,'P',$,1.,2.);"],
            ["#11=IFCPROFILEPROPERTIES('Set',$,(#10),#1);"],
        ),
        (
            "IFC4",
            "IFCTYPEOBJECT",
            ["#1=IFCTYPEOBJECT('02YKwvKtL9hQvZRwgYyxYO',$,'T',$,$,(#11));"],
            [SET],
        ),
    ],
)
def test_properties_of_what_is_no_element(
    verdict: Callable[..., str], schema: str, kind: str, holder: list[str], link: list[str]
) -> None:
    assert verdict([*holder, VALUE, *link], entity(kind), FOO, schema=schema) == "passed"
    without = [line.replace("(#11)", "$") for line in holder]
    assert verdict(without, entity(kind), FOO, schema=schema) == "failed"
