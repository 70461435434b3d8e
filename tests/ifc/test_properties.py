"""Properties in every form that IFC keeps them in."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from cimkit.facts.columns import Origin, Role, State
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.readers.ifc.reader import read_ifc
from cimkit.readers.step import alike
from tests.ifc.build import UNITS, by_id, ifc, prop, read, rows

WALL = "#1=IFCWALL('1YvctVUKr0kugbFTf53O9L',$,'W',$,$,$,$,$,$);"


def with_properties(*lines: str, set_name: str = "S") -> str:
    """A wall with one set that holds the properties #11, #12 ..."""
    numbers = ",".join(f"#{11 + i}" for i in range(len(lines)))
    properties = "\n".join(f"#{11 + i}={line};" for i, line in enumerate(lines))
    return f"""{UNITS}
{WALL}
#2=IFCRELDEFINESBYPROPERTIES('2YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#3);
#3=IFCPROPERTYSET('3YvctVUKr0kugbFTf53O9L',$,'{set_name}',$,({numbers}));
{properties}"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("IFCPROPERTYSINGLEVALUE('P',$,IFCLABEL('a''b'),$)", [(Role.VALUE, "a'b", None)]),
        ("IFCPROPERTYSINGLEVALUE('P',$,IFCBOOLEAN(.F.),$)", [(Role.VALUE, "false", None)]),
        ("IFCPROPERTYSINGLEVALUE('P',$,IFCLENGTHMEASURE(1500.),$)", [(Role.VALUE, "1500.", 1.5)]),
        ("IFCPROPERTYSINGLEVALUE('P',$,IFCPOSITIVELENGTHMEASURE(2.),#901)", [(Role.VALUE, "2.", 2.0)]),
        ("IFCPROPERTYSINGLEVALUE('P',$,IFCTHERMODYNAMICTEMPERATUREMEASURE(20.),$)", [(Role.VALUE, "20.", 293.15)]),
        ("IFCPROPERTYSINGLEVALUE('P',$,IFCPLANEANGLEMEASURE(3.),$)", [(Role.VALUE, "3.", 1.5)]),
        ("IFCPROPERTYSINGLEVALUE('P',$,IFCREAL(7.),$)", [(Role.VALUE, "7.", 7.0)]),
        ("IFCPROPERTYSINGLEVALUE('P',$,IFCTEXT('(x), IFCLABEL(1)'),$)", [(Role.VALUE, "(x), IFCLABEL(1)", None)]),
        (
            "IFCPROPERTYENUMERATEDVALUE('P',$,(IFCLABEL('a'),IFCLABEL('b')),$)",
            [(Role.VALUE, "a", None), (Role.VALUE, "b", None)],
        ),
        (
            "IFCPROPERTYLISTVALUE('P',$,(IFCLENGTHMEASURE(1.),IFCLENGTHMEASURE(2.)),$)",
            [(Role.VALUE, "1.", 0.001), (Role.VALUE, "2.", 0.002)],
        ),
        (
            "IFCPROPERTYBOUNDEDVALUE('P',$,IFCREAL(9.),IFCREAL(1.),$,IFCREAL(5.))",
            [(Role.LOWER, "1.", 1.0), (Role.UPPER, "9.", 9.0), (Role.SETPOINT, "5.", 5.0)],
        ),
        ("IFCPROPERTYBOUNDEDVALUE('P',$,$,IFCREAL(1.),$,$)", [(Role.LOWER, "1.", 1.0)]),
        (
            "IFCPROPERTYTABLEVALUE('P',$,(IFCLABEL('x'),IFCLABEL('y')),(IFCREAL(1.),IFCREAL(2.)),$,$,#901,$)",
            [
                (Role.DEFINING, "x", None),
                (Role.DEFINING, "y", None),
                (Role.DEFINED, "1.", 1.0),
                (Role.DEFINED, "2.", 2.0),
            ],
        ),
    ],
)
def test_values(line: str, expected: list[tuple[Role, str | None, float | None]]) -> None:
    found = prop(read(with_properties(line)), 1, "S", "P")
    assert [(role, text) for role, text, _ in found] == [(role, text) for role, text, _ in expected]
    for (_, _, number), (_, _, wanted) in zip(found, expected, strict=True):
        assert number == (wanted if wanted is None else pytest.approx(wanted, rel=1e-12))


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("IFCPROPERTYSINGLEVALUE('P',$,$,$)", State.NULL),
        ("IFCPROPERTYSINGLEVALUE('P',$,IFCLABEL(''),$)", State.EMPTY),
        ("IFCPROPERTYSINGLEVALUE('P',$,IFCLOGICAL(.U.),$)", State.UNKNOWN),
        ("IFCPROPERTYENUMERATEDVALUE('P',$,$,$)", State.NULL),
        ("IFCPROPERTYBOUNDEDVALUE('P',$,$,$,$,$)", State.NULL),
        ("IFCPROPERTYLISTVALUE('P',$,(),$)", State.EMPTY),
        ("IFCPROPERTYREFERENCEVALUE('P',$,$,#909)", State.OBJECT),
        ("IFCPROPERTYREFERENCEVALUE('P',$,$,$)", State.NULL),
    ],
)
def test_states(line: str, state: State) -> None:
    facts = read(with_properties(line))
    (column,) = (each.column for each in facts.properties)
    assert [found for found, *_ in rows(column, by_id(facts, 1))] == [state]


def test_parts_of_complex_properties_are_named_after_them() -> None:
    facts = read(
        with_properties("IFCCOMPLEXPROPERTY('Outer',$,'U',(#21,#22))")
        + """
#21=IFCPROPERTYSINGLEVALUE('A',$,IFCINTEGER(1),$);
#22=IFCCOMPLEXPROPERTY('Inner',$,'U',(#23));
#23=IFCPROPERTYSINGLEVALUE('B',$,IFCINTEGER(2),$);"""
    )
    assert {(each.name, tuple(each.kinds)) for each in facts.properties} == {
        ("Outer", ("complex",)),
        ("Outer.A", ("single",)),
        ("Outer.Inner", ("complex",)),
        ("Outer.Inner.B", ("single",)),
    }
    assert prop(facts, 1, "S", "Outer.Inner.B") == [(Role.VALUE, "2", 2.0)]


def test_a_complex_property_in_itself_ends() -> None:
    facts = read(
        with_properties("IFCCOMPLEXPROPERTY('C',$,'U',(#11,#21))") + "\n#21=IFCPROPERTYSINGLEVALUE('A',$,$,$);"
    )
    assert {"C", "C.A", "C.C"} <= {each.name for each in facts.properties}


def test_quantities_have_the_measure_of_their_entity() -> None:
    facts = read(
        f"""{UNITS}
{WALL}
#2=IFCRELDEFINESBYPROPERTIES('2YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#3);
#3=IFCELEMENTQUANTITY('3YvctVUKr0kugbFTf53O9L',$,'Q',$,$,(#11,#12,#13));
#11=IFCQUANTITYLENGTH('L',$,$,2500.,$);
#12=IFCQUANTITYWEIGHT('W',$,#910,3.,$);
#13=IFCPHYSICALCOMPLEXQUANTITY('C',$,(#14),'d',$,$);
#14=IFCQUANTITYCOUNT('N',$,$,4.,$);
#910=IFCSIUNIT(*,.MASSUNIT.,$,.GRAM.);"""
    )
    by_name = {each.name: each for each in facts.properties}
    assert by_name["L"].column.values.datatype.to_list() == ["IFCLENGTHMEASURE"]
    assert by_name["L"].kinds == {"quantity"}
    assert prop(facts, 1, "Q", "L") == [(Role.VALUE, "2500.", 2.5)]
    assert prop(facts, 1, "Q", "W") == [(Role.VALUE, "3.", pytest.approx(0.003))]
    assert prop(facts, 1, "Q", "C.N") == [(Role.VALUE, "4.", 4.0)]
    assert facts.groups["quantity"].to_list() == [True]


def test_predefined_sets_have_their_attributes_as_properties() -> None:
    facts = read(
        f"""{UNITS}
#1=IFCDOOR('1YvctVUKr0kugbFTf53O9L',$,'D',$,$,$,$,$,$,$,$,$,$);
#2=IFCRELDEFINESBYPROPERTIES('2YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#3);
#3=IFCDOORPANELPROPERTIES('3YvctVUKr0kugbFTf53O9L',$,'Panel',$,40.,.SWINGING.,$,.LEFT.,$);"""
    )
    assert prop(facts, 1, "Panel", "PanelDepth") == [(Role.VALUE, "40.", 0.04)]
    assert prop(facts, 1, "Panel", "PanelOperation") == [(Role.VALUE, "SWINGING", None)]
    assert {"predefined"} == set().union(*(each.kinds for each in facts.properties))


TYPED = f"""{UNITS}
{WALL}
#2=IFCWALLTYPE('2YvctVUKr0kugbFTf53O9L',$,'T',$,$,(#3),$,$,$,.SHEAR.);
#3=IFCPROPERTYSET('3YvctVUKr0kugbFTf53O9L',$,'S',$,(#11,#12));
#4=IFCRELDEFINESBYTYPE('4YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#2);
#5=IFCPROPERTYSET('5YvctVUKr0kugbFTf53O9L',$,'S',$,(#13));
#6=IFCRELDEFINESBYPROPERTIES('6YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#5);
#7=IFCPROPERTYSET('7YvctVUKr0kugbFTf53O9L',$,'Empty',$,());
#8=IFCRELDEFINESBYPROPERTIES('8YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#7);
#11=IFCPROPERTYSINGLEVALUE('Both',$,IFCLABEL('type'),$);
#12=IFCPROPERTYSINGLEVALUE('OfType',$,IFCLABEL('type'),$);
#13=IFCPROPERTYSINGLEVALUE('Both',$,IFCLABEL('own'),$);"""


def test_an_occurrence_overrides_its_type_property_by_property() -> None:
    facts = read(TYPED)
    assert prop(facts, 1, "S", "Both") == [(Role.VALUE, "own", None)]
    assert prop(facts, 1, "S", "OfType") == [(Role.VALUE, "type", None)]
    assert prop(facts, 2, "S", "Both") == [(Role.VALUE, "type", None)]
    (of_type,) = (each.column for each in facts.properties if each.name == "OfType")
    wall = by_id(facts, 1)
    assert of_type.origin is not None
    assert of_type.origin[of_type.sid == wall].tolist() == [Origin.TYPE]


def test_sets_of_one_name_are_one_group_and_empty_ones_are_there() -> None:
    facts = read(TYPED)
    wall = by_id(facts, 1)
    groups = facts.groups.filter(pl.col("sid") == wall)
    assert sorted(groups["name"]) == ["Empty", "S"]
    assert groups.filter(pl.col("name") == "S")["origin"].to_list() == [Origin.OCCURRENCE]
    holders = {
        int(each.column.holder[row])
        for each in facts.properties
        if each.column.holder is not None
        for row in np.flatnonzero(each.column.sid == wall)
    }
    assert holders == set(groups.filter(pl.col("name") == "S")["set_id"])


def test_several_sets_in_one_relation() -> None:
    facts = read(
        f"""{UNITS}
{WALL}
#2=IFCRELDEFINESBYPROPERTIES('2YvctVUKr0kugbFTf53O9L',$,$,$,(#1),IFCPROPERTYSETDEFINITIONSET((#3,#4)));
#3=IFCPROPERTYSET('3YvctVUKr0kugbFTf53O9L',$,'A',$,(#11));
#4=IFCPROPERTYSET('4YvctVUKr0kugbFTf53O9L',$,'B',$,(#11));
#11=IFCPROPERTYSINGLEVALUE('P',$,IFCINTEGER(5),$);"""
    )
    assert prop(facts, 1, "A", "P") == prop(facts, 1, "B", "P") == [(Role.VALUE, "5", 5.0)]


def test_materials_have_properties_in_each_schema() -> None:
    later = read(
        """#1=IFCMATERIAL('M',$,$);
#3=IFCMATERIALPROPERTIES('S',$,(#11),#1);
#11=IFCPROPERTYSINGLEVALUE('P',$,IFCINTEGER(5),$);"""
    )
    assert prop(later, 1, "S", "P") == [(Role.VALUE, "5", 5.0)]
    earlier = read(
        """#1=IFCMATERIAL('M');
#3=IFCEXTENDEDMATERIALPROPERTIES(#1,(#11),$,'S');
#11=IFCPROPERTYSINGLEVALUE('P',$,IFCINTEGER(5),$);""",
        "IFC2X3",
    )
    assert prop(earlier, 1, "S", "P") == [(Role.VALUE, "5", 5.0)]


def test_only_what_is_demanded_is_read() -> None:
    def named(*names: str):
        return lambda series: series.is_in(list(names)).to_numpy()

    body = with_properties("IFCPROPERTYSINGLEVALUE('P',$,IFCREAL(1.),$)", "IFCPROPERTYSINGLEVALUE('Q',$,IFCREAL(1.),$)")
    demand = Demand(
        kinds=frozenset({"IFCWALL"}),
        properties=frozenset({PropertyDemand(named("S"), named("Q")), PropertyDemand(named("T"), named("P"))}),
    )
    facts = read_ifc(ifc(body), demand)
    assert [(each.set_name, each.name) for each in facts.properties] == [("S", "Q")]
    assert facts.groups["name"].to_list() == ["S"]
    assert not facts.attributes
    assert read_ifc(ifc(body), Demand(kinds=frozenset({"IFCWALL"}))).groups.is_empty()


def test_profiles_have_properties_where_these_have_names() -> None:
    demand = Demand(kinds=frozenset({"IFCRECTANGLEPROFILEDEF"}), properties=frozenset({PropertyDemand()}))
    later = """#1=IFCRECTANGLEPROFILEDEF(.AREA.,'P',$,1.,1.);
#3=IFCPROFILEPROPERTIES('S',$,(#11),#1);
#11=IFCPROPERTYSINGLEVALUE('P',$,IFCINTEGER(5),$);"""
    assert prop(read_ifc(ifc(later), demand), 1, "S", "P") == [(Role.VALUE, "5", 5.0)]
    earlier = "#1=IFCRECTANGLEPROFILEDEF(.AREA.,'P',$,1.,1.);\n#3=IFCGENERALPROFILEPROPERTIES('S',#1,1.,$,$,$,$);"
    assert read_ifc(ifc(earlier, "IFC2X3"), demand).groups.is_empty()


def test_properties_that_say_the_same_are_read_once_and_stand_in_every_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "_TOO_FEW", 0)
    single = "IFCPROPERTYSINGLEVALUE('A',$,IFCLABEL('x'),$);"
    several = "IFCPROPERTYENUMERATEDVALUE('E',$,(IFCLABEL('p'),IFCLABEL('q')),$);"
    facts = read(
        f"{WALL}\n{WALL.replace('#1', '#2').replace('1Y', '2Y')}\n"
        f"#3={single}\n#4={single}\n#5={several}\n#6={several}\n"
        "#7=IFCPROPERTYSET('3YvctVUKr0kugbFTf53O9L',$,'S',$,(#3,#5));\n"
        "#8=IFCPROPERTYSET('4YvctVUKr0kugbFTf53O9L',$,'S',$,(#6,#4));\n"
        "#9=IFCRELDEFINESBYPROPERTIES('5YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#7);\n"
        "#10=IFCRELDEFINESBYPROPERTIES('6YvctVUKr0kugbFTf53O9L',$,$,$,(#2),#8);"
    )
    for number in (1, 2):
        assert [text for _, text, _ in prop(facts, number, "S", "A")] == ["x"]
        assert [text for _, text, _ in prop(facts, number, "S", "E")] == ["p", "q"]
