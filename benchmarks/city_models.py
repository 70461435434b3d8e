"""City models to measure on: rows of gabled houses with attributes and semantics, as CityJSON and as CityGML.

python benchmarks/city_models.py FILE.json|FILE.gml BUILDINGS

Every house is valid, so that all steps of every check are taken.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["write_citygml", "write_cityjson"]

#: Corners of a house of 10 by 8, eaves at 6, ridge at 9 (metres), and its faces with their semantics.
CORNERS = (
    (0, 0, 0), (10, 0, 0), (10, 8, 0), (0, 8, 0), (0, 0, 6), (10, 0, 6), (10, 8, 6), (0, 8, 6), (0, 4, 9), (10, 4, 9),
)  # fmt: skip
FACES = (
    ("GroundSurface", (0, 3, 2, 1)),
    ("WallSurface", (0, 1, 5, 4)),
    ("WallSurface", (1, 2, 6, 9, 5)),
    ("WallSurface", (2, 3, 7, 6)),
    ("WallSurface", (3, 0, 4, 8, 7)),
    ("RoofSurface", (4, 5, 9, 8)),
    ("RoofSurface", (6, 7, 8, 9)),
)
KINDS = ("GroundSurface", "WallSurface", "RoofSurface")
ORIGIN = (525_000.0, 4_600_000.0, 40.0)
_GML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0"'
    ' xmlns:bldg="http://www.opengis.net/citygml/building/2.0" xmlns:gen="http://www.opengis.net/citygml/generics/2.0"'
    ' xmlns:gml="http://www.opengis.net/gml">\n'
)


def _places(count: int) -> Iterator[tuple[int, int, int]]:
    """Number, and where the house stands, in metres from the origin: a square of rows, none touching another."""
    side = math.isqrt(count - 1) + 1
    return ((number, 20 * (number % side), 20 * (number // side)) for number in range(count))


def _attributes(number: int) -> dict[str, str | int | float]:
    return {
        "名称": f"住宅楼{number}",
        "建筑编码": f"210106{number:010d}",
        "用途": "居住" if number % 5 else "商业",
        "地上层数": 2 + number % 30,
        "建筑高度": 9.0,
        "建成年份": 1950 + number % 70,
        "建筑面积": round(160 + number % 1000 / 10, 1),
        "权属单位": "沈阳市铁西区房产局",
        "备注": "第三次全国国土调查成果与房屋普查成果比对一致，无异议" * 3,
    }


def write_cityjson(path: Path, count: int) -> int:
    """Write a CityJSON 2.0 file; its bytes."""
    values = [KINDS.index(kind) for kind, _ in FACES]
    objects, vertices = {}, []
    for number, east, north in _places(count):
        start = len(vertices)
        vertices += [[(x + east) * 1000, (y + north) * 1000, z * 1000] for x, y, z in CORNERS]
        shell = [[[start + corner for corner in face]] for _, face in FACES]
        objects[f"B{number:08d}"] = {
            "type": "Building",
            "attributes": _attributes(number),
            "geometry": [
                {
                    "type": "Solid",
                    "lod": "2",
                    "boundaries": [shell],
                    "semantics": {"surfaces": [{"type": kind} for kind in KINDS], "values": [values]},
                }
            ],
        }
    document = {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [0.001, 0.001, 0.001], "translate": list(ORIGIN)},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/4549"},
        "CityObjects": objects,
        "vertices": vertices,
    }
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    path.write_bytes(content)
    return len(content)


def write_citygml(path: Path, count: int) -> int:
    """Write a CityGML 2.0 file; its bytes."""
    east0, north0, height0 = ORIGIN
    with path.open("w", encoding="utf-8") as file:
        file.write(_GML)
        for number, east, north in _places(count):
            file.write(f'<core:cityObjectMember><bldg:Building gml:id="B{number:08d}">\n')
            for name, value in _attributes(number).items():
                kind = "string" if isinstance(value, str) else "int" if isinstance(value, int) else "double"
                file.write(f'<gen:{kind}Attribute name="{name}"><gen:value>{value}</gen:value></gen:{kind}Attribute>\n')
            file.write("<bldg:lod2Solid><gml:Solid><gml:exterior><gml:CompositeSurface>\n")
            for face, (_, corners) in enumerate(FACES):
                points = " ".join(
                    f"{east0 + east + CORNERS[corner][0]:.3f} {north0 + north + CORNERS[corner][1]:.3f}"
                    f" {height0 + CORNERS[corner][2]:.3f}"
                    for corner in (*corners, corners[0])
                )
                file.write(
                    f'<gml:surfaceMember><gml:Polygon gml:id="B{number:08d}P{face}"><gml:exterior><gml:LinearRing>'
                    f"<gml:posList>{points}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember>\n"
                )
            file.write("</gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod2Solid>\n")
            file.write("</bldg:Building></core:cityObjectMember>\n")
        file.write("</core:CityModel>\n")
    return path.stat().st_size


if __name__ == "__main__":
    target = Path(sys.argv[1])
    (write_cityjson if target.suffix == ".json" else write_citygml)(target, int(sys.argv[2]))
