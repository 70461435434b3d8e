"""Small projects for tests: a folder with a form and what a test wants beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from cimkit.authoring.case_model import model_text
from cimkit.projects.project import check_project
from cimkit.report.model import Finding, Report, Result

#: A form with everything that must be filled, and nothing else.
FORM = """
number: LN-2021-0001
name: 示例项目
city: 沈阳市
district: 和平区
kinds: [老旧小区改造]
stage: 施工图
"""
#: West, south, east, north of a block in Shenyang.
BLOCK = (123.42, 41.79, 123.44, 41.81)


def folder(root: Path, form: str = FORM, files: Mapping[str, str | bytes] | None = None) -> Path:
    """A project's folder with these files."""
    for name, content in {"project.yaml": form, **(files or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def check(root: Path, *, select: Sequence[str] = ("RNP",), lang: str = "zh") -> Report:
    """The report, on the rules about projects alone."""
    return check_project(root, packs=["renewal-project"], select=select, lang=lang)


def result(report: Report, code: str) -> Result:
    """What one rule said."""
    return next(each for each in report.results if each.code == code)


def findings(report: Report, code: str) -> list[Finding]:
    """The findings of one rule."""
    return list(result(report, code).findings)


def failed(report: Report) -> set[str]:
    """Codes of the rules that failed, requirements apart."""
    codes = {each.code for each in report.results if str(each.verdict) == "failed"}
    return {code for code in codes if not code.startswith("RNP-REQ")}


def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    """The corners of a box, closed."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def geojson(features: Sequence[tuple[list[list[float]], Mapping[str, object]]]) -> str:
    """Polygons with their properties."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": dict(values),
                    "geometry": {"type": "Polygon", "coordinates": [corners]},
                }
                for corners, values in features
            ],
        },
        ensure_ascii=False,
    )


def red_line(*box: float) -> str:
    """A red line around a box."""
    return geojson([(ring(*(box or BLOCK)), {})])


def model(
    *,
    number: str = "LN-2021-0001",
    east: float = 41535700.0,
    elevation: float = 3.0,
    wall: str = "0Ke3j0aXX2SRoX2eYkqk9d",
) -> str:
    """A small IFC4 model: a place, two storeys, one wall, and the number of its project."""
    lines = [
        "#20=IFCPROJECTEDCRS('EPSG:4529',$,$,$,$,$,$);",
        f"#21=IFCMAPCONVERSION(#10,#20,{east},4629500.,0.,$,$,$);",
        "#30=IFCSITE('1Site00000000000000001',#12,'Site',$,$,#9,$,$,.ELEMENT.,(41,48,0),(123,25,48),0.,$,$);",
        "#31=IFCBUILDING('1Buil00000000000000001',#12,'1号楼',$,$,#9,$,$,.ELEMENT.,$,$,$);",
        "#32=IFCBUILDINGSTOREY('1Stor00000000000000001',#12,'1F',$,$,#9,$,$,.ELEMENT.,0.);",
        f"#33=IFCBUILDINGSTOREY('1Stor00000000000000002',#12,'2F',$,$,#9,$,$,.ELEMENT.,{elevation});",
        "#34=IFCRELAGGREGATES('1Rela00000000000000001',#12,$,$,#1,(#30));",
        "#35=IFCRELAGGREGATES('1Rela00000000000000002',#12,$,$,#30,(#31));",
        "#36=IFCRELAGGREGATES('1Rela00000000000000003',#12,$,$,#31,(#32,#33));",
        f"#40=IFCWALL('{wall}',#12,'墙',$,$,#9,$,$,$);",
        "#41=IFCRELCONTAINEDINSPATIALSTRUCTURE('1Rela00000000000000004',#12,$,$,(#40),#32);",
        f"#50=IFCPROPERTYSINGLEVALUE('项目编号',$,IFCLABEL('{number}'),$);",
        "#51=IFCPROPERTYSET('1Prop00000000000000001',#12,'申报信息属性集',$,(#50));",
        "#52=IFCRELDEFINESBYPROPERTIES('1Rela00000000000000005',#12,$,$,(#1),#51);",
    ]
    return model_text("IFC4", lines)
