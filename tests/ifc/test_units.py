"""What a value in a unit is in SI units."""

from __future__ import annotations

import pytest

from cimkit.facts.ifc_schema import ifc_schema
from cimkit.readers.ifc.instances import IfcModel
from cimkit.readers.ifc.units import Conversion, Units
from cimkit.readers.step import StepFile
from tests.ifc.build import ifc, prop, read


def converted(*lines: str) -> Conversion:
    """The conversion of unit #1."""
    file = StepFile.open(ifc("\n".join(lines)))
    return Units(IfcModel(file, ifc_schema("IFC4"))).of_row(0)


@pytest.mark.parametrize(
    ("lines", "scale", "offset"),
    [
        (["#1=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);"], 1e-3, 0.0),
        (["#1=IFCSIUNIT(*,.AREAUNIT.,.MILLI.,.SQUARE_METRE.);"], 1e-6, 0.0),
        (["#1=IFCSIUNIT(*,.VOLUMEUNIT.,.DECI.,.CUBIC_METRE.);"], 1e-3, 0.0),
        (["#1=IFCSIUNIT(*,.MASSUNIT.,.KILO.,.GRAM.);"], 1.0, 0.0),
        (["#1=IFCSIUNIT(*,.MASSUNIT.,$,.GRAM.);"], 1e-3, 0.0),
        (["#1=IFCSIUNIT(*,.PRESSUREUNIT.,.KILO.,.PASCAL.);"], 1e3, 0.0),
        (["#1=IFCSIUNIT(*,.THERMODYNAMICTEMPERATUREUNIT.,$,.DEGREE_CELSIUS.);"], 1.0, 273.15),
        (
            [
                "#1=IFCCONVERSIONBASEDUNIT($,.LENGTHUNIT.,'FOOT',#2);",
                "#2=IFCMEASUREWITHUNIT(IFCLENGTHMEASURE(12.),#3);",
                "#3=IFCCONVERSIONBASEDUNIT($,.LENGTHUNIT.,'INCH',#4);",
                "#4=IFCMEASUREWITHUNIT(IFCRATIOMEASURE(25.4),#5);",
                "#5=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);",
            ],
            0.3048,
            0.0,
        ),
        (
            [
                "#1=IFCCONVERSIONBASEDUNITWITHOFFSET($,.THERMODYNAMICTEMPERATUREUNIT.,'FAHRENHEIT',#2,255.37222222);",
                "#2=IFCMEASUREWITHUNIT(IFCRATIOMEASURE(0.5555555556),#3);",
                "#3=IFCSIUNIT(*,.THERMODYNAMICTEMPERATUREUNIT.,$,.KELVIN.);",
            ],
            0.5555555556,
            255.37222222,
        ),
        (
            [
                "#1=IFCDERIVEDUNIT((#2,#3),.MASSDENSITYUNIT.,$);",
                "#2=IFCDERIVEDUNITELEMENT(#4,1);",
                "#3=IFCDERIVEDUNITELEMENT(#5,-3);",
                "#4=IFCSIUNIT(*,.MASSUNIT.,$,.GRAM.);",
                "#5=IFCSIUNIT(*,.LENGTHUNIT.,.CENTI.,.METRE.);",
            ],
            1e3,
            0.0,
        ),
        (["#1=IFCMONETARYUNIT('CNY');"], 1.0, 0.0),
        (["#1=IFCCONTEXTDEPENDENTUNIT($,.USERDEFINED.,'piece');"], 1.0, 0.0),
        (
            ["#1=IFCCONVERSIONBASEDUNIT($,.LENGTHUNIT.,'ROUND',#2);", "#2=IFCMEASUREWITHUNIT(IFCREAL(2.),#1);"],
            None,
            0.0,
        ),
        (["#1=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.);"], 1e-3, 0.0),
        (["#1=IFCWALL($,$);"], 1.0, 0.0),
    ],
)
def test_conversion(lines: list[str], scale: float | None, offset: float) -> None:
    found = converted(*lines)
    if scale is not None:  # None: the unit is made of itself; any answer will do, if there is one
        assert found.scale == pytest.approx(scale, rel=1e-12)
    assert found.offset == pytest.approx(offset)


def test_derived_project_units_are_taken() -> None:
    facts = read(
        """#1=IFCWALL('1YvctVUKr0kugbFTf53O9L',$,'W',$,$,$,$,$,$);
#2=IFCRELDEFINESBYPROPERTIES('2YvctVUKr0kugbFTf53O9L',$,$,$,(#1),#3);
#3=IFCPROPERTYSET('3YvctVUKr0kugbFTf53O9L',$,'S',$,(#11));
#11=IFCPROPERTYSINGLEVALUE('P',$,IFCLINEARVELOCITYMEASURE(36.),$);
#20=IFCPROJECT('0YvctVUKr0kugbFTf53O90',$,'P',$,$,$,$,$,#21);
#21=IFCUNITASSIGNMENT((#22));
#22=IFCDERIVEDUNIT((#23,#24),.LINEARVELOCITYUNIT.,$);
#23=IFCDERIVEDUNITELEMENT(#25,1);
#24=IFCDERIVEDUNITELEMENT(#26,-1);
#25=IFCSIUNIT(*,.LENGTHUNIT.,.KILO.,.METRE.);
#26=IFCCONVERSIONBASEDUNIT($,.TIMEUNIT.,'HOUR',#27);
#27=IFCMEASUREWITHUNIT(IFCTIMEMEASURE(3600.),#28);
#28=IFCSIUNIT(*,.TIMEUNIT.,$,.SECOND.);"""
    )
    ((_, text, number),) = prop(facts, 1, "S", "P")
    assert text == "36."
    assert number == pytest.approx(10.0)
    units = facts.whole["units"]
    assert isinstance(units, dict)
    assert units["LINEARVELOCITYUNIT"]["name"] == "KILOMETRE·HOUR^-1"
