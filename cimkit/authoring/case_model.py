"""The smallest IFC file around a case: a header, a project with units, and the lines that the case is about."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["PREAMBLE", "model_text"]

_HEADER = (
    "HEADER;",
    "FILE_DESCRIPTION(('ViewDefinition [CoordinationView_V2.0]'),'2;1');",
    "FILE_NAME('case.ifc','2026-01-01T08:00:00',('author'),('organisation'),'preprocessor','system','');",
    "FILE_SCHEMA(('{schema}'));",
    "ENDSEC;",
)
#: What a case may refer to: the project #1, its units #2, an origin #8, a placement #9, a context #10, an owner #12.
PREAMBLE = (
    "#1=IFCPROJECT('2YBqaV_8L15eWJ9DA1sGmT',#12,'Case',$,$,$,$,(#10),#2);",
    "#2=IFCUNITASSIGNMENT((#3,#4,#5,#6));",
    "#3=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);",
    "#4=IFCSIUNIT(*,.AREAUNIT.,$,.SQUARE_METRE.);",
    "#5=IFCSIUNIT(*,.VOLUMEUNIT.,$,.CUBIC_METRE.);",
    "#6=IFCSIUNIT(*,.PLANEANGLEUNIT.,$,.RADIAN.);",
    "#7=IFCCARTESIANPOINT((0.,0.,0.));",
    "#8=IFCAXIS2PLACEMENT3D(#7,$,$);",
    "#9=IFCLOCALPLACEMENT($,#8);",
    "#10=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-05,#8,$);",
    "#12=IFCOWNERHISTORY(#13,#16,$,.ADDED.,$,$,$,1767225600);",
    "#13=IFCPERSONANDORGANIZATION(#14,#15,$);",
    "#14=IFCPERSON($,'Case',$,$,$,$,$,$);",
    "#15=IFCORGANIZATION($,'Case',$,$,$);",
    "#16=IFCAPPLICATION(#15,'1','cimkit','cimkit');",
)
_FOREIGN = re.compile(r"[^\x20-\x7e\n\r\t]+")


def model_text(schema: str, data: Iterable[str], *, bare: bool = False, header: Iterable[str] | None = None) -> str:
    """The text of the file. bare: without the preamble; header: lines in place of the usual ones.

    Text beyond ASCII is written as ISO 10303-21 wants it, so that a case may hold Chinese as it is.
    """
    head = [line.format(schema=schema) for line in _HEADER] if header is None else ["HEADER;", *header, "ENDSEC;"]
    lines = ["ISO-10303-21;", *head, "DATA;", *(() if bare else PREAMBLE), *data, "ENDSEC;", "END-ISO-10303-21;", ""]
    return _FOREIGN.sub(_escaped, "\n".join(lines))


def _escaped(match: re.Match[str]) -> str:
    wide = any(ord(letter) > 0xFFFF for letter in match[0])
    return (
        f"\\X4\\{match[0].encode('utf-32-be').hex().upper()}\\X0\\"
        if wide
        else (f"\\X2\\{match[0].encode('utf-16-be').hex().upper()}\\X0\\")
    )
