"""Small STEP files written by hand, and facts asked of them by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from cimkit.facts.columns import Column, Role, State
from cimkit.facts.demand import everything
from cimkit.facts.model import Facts
from cimkit.readers.ifc.reader import read_ifc

__all__ = ["GUID", "UNITS", "by_id", "ifc", "prop", "read", "rows"]

GUID = "0YvctVUKr0kugbFTf53O9L"

#: A project in millimetres with square metres, degrees as a conversion, kilograms and degrees Celsius.
UNITS = """
#900=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);
#901=IFCSIUNIT(*,.AREAUNIT.,$,.SQUARE_METRE.);
#902=IFCSIUNIT(*,.MASSUNIT.,.KILO.,.GRAM.);
#903=IFCSIUNIT(*,.THERMODYNAMICTEMPERATUREUNIT.,$,.DEGREE_CELSIUS.);
#904=IFCSIUNIT(*,.PLANEANGLEUNIT.,$,.RADIAN.);
#905=IFCDIMENSIONALEXPONENTS(0,0,0,0,0,0,0);
#906=IFCMEASUREWITHUNIT(IFCPLANEANGLEMEASURE(0.5),#904);
#907=IFCCONVERSIONBASEDUNIT(#905,.PLANEANGLEUNIT.,'HALF',#906);
#908=IFCUNITASSIGNMENT((#900,#901,#902,#903,#907));
#909=IFCPROJECT('0YvctVUKr0kugbFTf53O90',$,'P',$,$,$,$,$,#908);
"""


def ifc(body: str, schema: str = "IFC4") -> bytes:
    text = f"""ISO-10303-21;
HEADER;
FILE_DESCRIPTION(('ViewDefinition [ReferenceView_V1.2]'),'2;1');
FILE_NAME('n','2026-01-01T00:00:00',('a'),('o'),'p','s','');
FILE_SCHEMA(('{schema}'));
ENDSEC;
DATA;
{body.strip()}
ENDSEC;
END-ISO-10303-21;
"""
    return text.encode()


def read(body: str, schema: str = "IFC4", **kwargs: Any) -> Facts:
    return read_ifc(ifc(body, schema), everything(), **kwargs)


def by_id(facts: Facts, number: int) -> int:
    """sid of an instance."""
    return int(np.flatnonzero(facts.subjects.row == number)[0])


def rows(column: Column | None, sid: int) -> list[tuple[State, str | None, float | None, str | None]]:
    """state, text, number, datatype of each row of a subject."""
    assert column is not None
    found = []
    for row in np.flatnonzero(column.sid == sid):
        k = int(row if column.code is None else column.code[row])
        number = float(column.values.number[k])
        found.append(
            (
                State(column.values.state[k]),
                column.values.text[k],
                None if np.isnan(number) else number,
                column.values.datatype[k],
            )
        )
    return found


def prop(facts: Facts, number: int, set_name: str, name: str) -> list[tuple[Role, str | None, float | None]]:
    """role, text, number of each value of a property of the instance; [] without the property."""
    sid = by_id(facts, number)
    for each in facts.properties:
        if (each.set_name, each.name) == (set_name, name):
            column = each.column
            where = np.flatnonzero(column.sid == sid)
            roles = [Role.VALUE if column.role is None else Role(column.role[row]) for row in where]
            return [(role, text, value) for role, (_, text, value, _) in zip(roles, rows(column, sid), strict=True)]
    return []
