"""What buildingSMART's documentation decides beside its cases, asked of small models through the whole engine."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import cimkit

Make = Callable[..., bytes]

STEP = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION((''),'2;1');
FILE_NAME('a','2024-01-01T00:00:00',(''),(''),'','','');
FILE_SCHEMA(('IFC4'));
ENDSEC;
DATA;
#1=IFCPROJECT('1hqIFTRjfV6AWq_bMtnZwI',$,'P',$,$,$,$,$,#6);
#2=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);
#6=IFCUNITASSIGNMENT((#2));
#7=IFCWALL('2nJrDaLQfJ1QPhdJR0o97J',$,{name},$,$,$,$,$,$);
{more}
ENDSEC;
END-ISO-10303-21;
"""
IN_SET = """#8=IFCPROPERTYSET('16MocU_IDOF8_x3Iqllz0d',$,'Set',$,(#10));
#9=IFCRELDEFINESBYPROPERTIES('1xdwj8qGXK4hzoNbvMdXJW',$,$,$,(#7),#8);
#10={property};"""


@pytest.fixture
def verdict(ids: Make) -> Callable[..., str]:
    def ask(requires: str, *, name: str = "$", more: str = "", prop: str | None = None) -> str:
        inside = more if prop is None else IN_SET.format(property=prop)
        model = STEP.format(name=name, more=inside).encode()
        (result,) = cimkit.check(model, ids=[ids(requires)]).results
        return str(result.verdict)

    return ask


def wanted(value: str = "", more: str = 'dataType="IFCREAL"') -> str:
    names = (
        "<propertySet><simpleValue>Set</simpleValue></propertySet><baseName><simpleValue>Foo</simpleValue></baseName>"
    )
    return f"<property {more}>{names}{value}</property>"


def exactly(text: str) -> str:
    return f"<value><simpleValue>{text}</simpleValue></value>"


RANGE = (
    '<value><xs:restriction base="xs:double"><xs:minExclusive value="2"/><xs:maxInclusive value="5"/>'
    "</xs:restriction></value>"
)


def bounded(low: float | None, high: float | None, set_point: float | None = None) -> str:
    low_text, high_text, set_text = ("$" if x is None else f"IFCREAL({float(x)})" for x in (low, high, set_point))
    return f"IFCPROPERTYBOUNDEDVALUE('Foo',$,{high_text},{low_text},$,{set_text})"


@pytest.mark.parametrize(
    ("value", "low", "high", "passes"),
    [
        (RANGE, 3, 4, True),
        (RANGE, None, 4, False),
        (RANGE, 3, None, False),
        (RANGE, 2, 3, False),
        (RANGE, 3, 5, True),
        (exactly("3"), 2, 4, True),
        (exactly("2"), 2, 4, True),
        (exactly("2"), 2, None, True),
        (exactly("2"), None, 2, True),
        (exactly("5"), 2, 4, False),
        (exactly("5"), None, 4, False),
        (RANGE, None, None, False),
        (exactly("3"), None, None, False),
        ("", 2, None, True),
    ],
)
def test_bounded_values(
    verdict: Callable[..., str], value: str, low: float | None, high: float | None, *, passes: bool
) -> None:
    assert verdict(wanted(value), prop=bounded(low, high)) == ("passed" if passes else "failed")


AT_LEAST_20 = '<value><xs:restriction base="xs:double"><xs:minInclusive value="20"/></xs:restriction></value>'
AT_MOST_5 = '<value><xs:restriction base="xs:double"><xs:maxInclusive value="5"/></xs:restriction></value>'


@pytest.mark.parametrize(
    ("value", "low", "high", "set_point", "passes"),
    [
        (RANGE, 3, 4, 9, True),  # only the bounds count
        (RANGE, 3, 6, 4, False),
        (RANGE, None, None, 3, False),
        (AT_LEAST_20, 30, None, None, True),  # a limit on one side needs the bound of that side
        (AT_LEAST_20, None, 40, None, False),
        (AT_LEAST_20, 10, 40, 30, False),
        (AT_LEAST_20, 30, 40, 5, True),
        (AT_MOST_5, None, 4, None, True),
        (AT_MOST_5, 4, None, None, False),
        (AT_MOST_5, 4, 6, None, False),
        (exactly("3"), 1, 5, 3, True),
        (exactly("2"), 1, 5, 3, False),
    ],
)
def test_bounds_and_set_points(
    verdict: Callable[..., str],
    value: str,
    low: float | None,
    high: float | None,
    set_point: float | None,
    *,
    passes: bool,
) -> None:
    found = verdict(wanted(value), prop=bounded(low, high, set_point))
    assert found == ("passed" if passes else "failed")


LIST = "IFCPROPERTYLISTVALUE('Foo',$,(IFCREAL(1.),IFCREAL(3.)),$)"
NULL = "IFCPROPERTYSINGLEVALUE('Foo',$,$,$)"
THREE = "IFCPROPERTYSINGLEVALUE('Foo',$,IFCREAL(3.),$)"
EMPTY = "IFCPROPERTYSINGLEVALUE('Foo',$,IFCLABEL(''),$)"
OPTIONAL = 'dataType="IFCREAL" cardinality="optional"'
PROHIBITED = 'cardinality="prohibited"'


@pytest.mark.parametrize(
    ("requires", "prop", "passes"),
    [
        (wanted(RANGE), LIST, False),  # of a range every value must be in it
        (wanted(exactly("3")), LIST, True),
        (wanted(exactly("3"), OPTIONAL), NULL, True),
        (wanted(exactly("3"), OPTIONAL), THREE, True),
        (wanted(exactly("4"), OPTIONAL), THREE, False),
        (wanted("", 'dataType="IFCLABEL" cardinality="optional"'), THREE, False),
        (wanted("", PROHIBITED), NULL, False),
        (wanted("", PROHIBITED), EMPTY, False),
        (wanted("", PROHIBITED), THREE.replace("Foo", "Bar"), True),
        (wanted("", ""), NULL, False),
        (wanted("", ""), EMPTY, False),
        (wanted("", ""), THREE.replace("3.", "0."), True),
    ],
)
def test_properties(verdict: Callable[..., str], requires: str, prop: str, *, passes: bool) -> None:
    assert verdict(requires, prop=prop) == ("passed" if passes else "failed")


def named(how: str, value: str = "") -> str:
    return f'<attribute cardinality="{how}"><name><simpleValue>Name</simpleValue></name>{value}</attribute>'


@pytest.mark.parametrize(
    ("requires", "passing"),
    [
        (named("prohibited"), ["$"]),
        (named("prohibited", exactly("a")), ["$", "''", "'b'"]),
        (named("optional", exactly("a")), ["$", "'a'"]),
        (named("required"), ["'a'", "'b'"]),
    ],
)
def test_attributes(verdict: Callable[..., str], requires: str, passing: list[str]) -> None:
    assert [name for name in ("$", "''", "'a'", "'b'") if verdict(requires, name=name) == "passed"] == passing


def test_codes_of_a_chain_of_references(verdict: Callable[..., str]) -> None:
    more = """#70=IFCCLASSIFICATION($,$,$,'U',$,$,$);
#71=IFCCLASSIFICATIONREFERENCE($,'A_1',$,#70,$,$);
#72=IFCCLASSIFICATIONREFERENCE($,'A_1_2',$,#71,$,$);
#73=IFCRELASSOCIATESCLASSIFICATION('05rScmOVzMoQXOfbYdtLYj',$,$,$,(#7),#72);"""

    def ask(system: str, code: str, how: str) -> str:
        named = f"<system><simpleValue>{system}</simpleValue></system>"
        return verdict(f'<classification cardinality="{how}">{exactly(code)}{named}</classification>', more=more)

    assert [ask("U", code, "required") for code in ("A_1", "A_1_2", "B")] == ["passed", "passed", "failed"]
    assert [ask(*asked, "optional") for asked in (("V", "B"), ("U", "B"))] == ["passed", "failed"]
    assert [ask(*asked, "prohibited") for asked in (("U", "B"), ("U", "A_1"))] == ["passed", "failed"]
