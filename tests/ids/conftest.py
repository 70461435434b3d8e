"""Small IDS files for the tests, written by hand as text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

HEAD = """<?xml version="1.0" encoding="utf-8"?>
<ids xmlns="http://standards.buildingsmart.org/IDS" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://standards.buildingsmart.org/IDS http://standards.buildingsmart.org/IDS/1.0/ids.xsd">
"""
INFO = "<info><title>Need</title></info>\n"
WALLS = "<entity><name><simpleValue>IFCWALL</simpleValue></name></entity>"

FACETS = """
<partOf relation="IFCRELVOIDSELEMENT IFCRELFILLSELEMENT" cardinality="prohibited">
 <entity><name><simpleValue>IFCWALL</simpleValue></name></entity></partOf>
<classification uri="https://example.org/1" instructions="Ask the planner">
 <value><xs:restriction base="xs:string"><xs:pattern value="EF_.*"/></xs:restriction></value>
 <system><simpleValue>Uniclass</simpleValue></system></classification>
<attribute cardinality="optional"><name><simpleValue>Tag</simpleValue></name><value><xs:restriction base="xs:string">
 <xs:annotation><xs:documentation>a or b</xs:documentation></xs:annotation>
 <xs:enumeration value="a"/><xs:enumeration value="b"/></xs:restriction></value></attribute>
<property dataType="IFCREAL"><propertySet><simpleValue>My</simpleValue></propertySet>
 <baseName><simpleValue>Size</simpleValue></baseName>
 <value>
  <xs:restriction base="xs:double"><xs:minInclusive value="2"/><xs:maxExclusive value="5"/></xs:restriction>
 </value>
</property>
<material cardinality="prohibited"/>
"""


@pytest.fixture(scope="session")
def facets() -> str:
    """Requirements with every facet but the entity, every cardinality, and most kinds of value."""
    return FACETS


@pytest.fixture(scope="session")
def ids() -> Callable[..., bytes]:
    """A file of one specification. `requires` and `applies` are XML of facets; other words replace what is usual."""

    def make(
        requires: str | None = "<material/>",
        *,
        applies: str = WALLS,
        info: str = INFO,
        head: str = HEAD,
        occurs: str = 'minOccurs="0" maxOccurs="unbounded"',
        spec: str = 'name="Walls" ifcVersion="IFC4"',
        tail: str = "",
    ) -> bytes:
        required = "" if requires is None else f"<requirements>\n{requires}\n</requirements>"
        specification = f"<specification {spec}>\n<applicability {occurs}>\n{applies}\n</applicability>\n{required}"
        body = f"<specifications>\n{specification}\n</specification>\n{tail}</specifications>"
        return f"{head}{info}{body}\n</ids>".encode()

    return make


@pytest.fixture(scope="session")
def value() -> Callable[..., str]:
    """XML of a facet's parameter: a simple value, or a restriction if `base` is given."""

    def make(element: str, text: str = "", *, base: str | None = None, limits: str = "") -> str:
        if base is None:
            return f"<{element}><simpleValue>{text}</simpleValue></{element}>"
        return f'<{element}><xs:restriction base="{base}">{limits}</xs:restriction></{element}>'

    return make
