"""The models of the synthetic district: CityJSON, CityGML and 3D Tiles, each building a block."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyproj

from makers.city_plan import AREA, CRS, SYNTHETIC, Building, buildings

__all__ = ["write_citygml", "write_cityjson", "write_tiles"]

Point = tuple[float, float, float]
#: Corners of a block's faces, seen from outside counter-clockwise: 0 to 3 below, 4 to 7 above.
FACES = ((0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))


def corners(building: Building) -> list[Point]:
    """The eight corners of its block."""
    low, high = building.ground, round(building.ground + building.height, 3)
    return [(x, y, z) for z in (low, high) for x, y in building.outline]


def write_cityjson(path: Path) -> None:
    """CityJSON 2.0, a solid of level 1 for each building."""
    scale = 0.001
    west, south, _, _ = AREA
    vertices: list[list[int]] = []
    objects: dict[str, Any] = {}
    for each in buildings():
        first = len(vertices)
        vertices += [
            [round((x - west) / scale), round((y - south) / scale), round(z / scale)] for x, y, z in corners(each)
        ]
        shell = [[[first + corner for corner in face]] for face in FACES]
        objects[each.code] = {
            "type": "Building",
            "attributes": {**each.record(), "storeysAboveGround": each.storeys, "measuredHeight": each.height},
            "geometry": [{"type": "Solid", "lod": "1.2", "boundaries": [shell]}],
        }
    every = np.array(vertices) * scale + [west, south, 0]
    low, high = every.min(axis=0).round(3).tolist(), every.max(axis=0).round(3).tolist()
    document = {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [scale] * 3, "translate": [west, south, 0.0]},
        "metadata": {
            "title": f"{SYNTHETIC}街区建筑白模",
            "referenceSystem": f"https://www.opengis.net/def/crs/EPSG/0/{CRS[5:]}",
            "referenceDate": "2026-01-15",
            "geographicalExtent": [*low, *high],
        },
        "CityObjects": objects,
        "vertices": vertices,
    }
    path.write_bytes(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


def write_citygml(path: Path) -> None:
    """CityGML 2.0, the same blocks."""
    members = "".join(_building(each) for each in buildings())
    west, south, east, north = AREA
    path.write_bytes(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<CityModel xmlns="http://www.opengis.net/citygml/2.0" xmlns:bldg="http://www.opengis.net/citygml/building/2.0" \
xmlns:gml="http://www.opengis.net/gml" xmlns:gen="http://www.opengis.net/citygml/generics/2.0">
<gml:name>{SYNTHETIC}街区建筑</gml:name>
<gml:boundedBy><gml:Envelope srsName="{CRS}" srsDimension="3"><gml:lowerCorner>{west} {south} 40</gml:lowerCorner>\
<gml:upperCorner>{east} {north} 110</gml:upperCorner></gml:Envelope></gml:boundedBy>
{members}</CityModel>
""".encode()
    )


def _generic(name: str, value: str | float) -> str:
    kind = {int: "int", float: "double"}.get(type(value), "string")
    return f'<gen:{kind}Attribute name="{name}"><gen:value>{escape(str(value))}</gen:value></gen:{kind}Attribute>'


def _building(building: Building) -> str:
    points = corners(building)
    name = building.code
    faces = "".join(
        f'<gml:surfaceMember><gml:Polygon gml:id="{name}-f{number}"><gml:exterior><gml:LinearRing><gml:posList>'
        + " ".join(f"{value:.3f}" for corner in (*face, face[0]) for value in points[corner])
        + "</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember>"
        for number, face in enumerate(FACES)
    )
    return (
        f'<cityObjectMember><bldg:Building gml:id="{name}"><gml:name>{escape(building.name)}</gml:name>'
        + "".join(_generic(name, value) for name, value in building.record().items())
        + f'<bldg:measuredHeight uom="m">{building.height}</bldg:measuredHeight>'
        f"<bldg:storeysAboveGround>{building.storeys}</bldg:storeysAboveGround>"
        f'<bldg:lod1Solid><gml:Solid gml:id="{name}-s"><gml:exterior><gml:CompositeSurface gml:id="{name}-c">{faces}'
        "</gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod1Solid></bldg:Building></cityObjectMember>\n"
    )


def write_tiles(folder: Path) -> None:
    """A tileset of 3D Tiles 1.1: one tile a row of buildings, placed by the transformation of its root."""
    folder.mkdir(parents=True, exist_ok=True)
    west, south, east, north = AREA
    middle = ((west + east) / 2, (south + north) / 2)
    rows: dict[int, list[Building]] = {}
    for each in buildings():
        rows.setdefault((each.number - 1) // 6, []).append(each)
    children = []
    for row, members in rows.items():
        meshes = [[(x - middle[0], y - middle[1], z - 42.0) for x, y, z in corners(each)] for each in members]
        (folder / f"row-{row + 1}.glb").write_bytes(_glb(meshes))
        children.append(
            {
                "boundingVolume": {"box": _box(np.array([point for mesh in meshes for point in mesh]))},
                "geometricError": 0,
                "content": {"uri": f"row-{row + 1}.glb"},
            }
        )
    half = [(east - west) / 2, (north - south) / 2, 50.0]
    tileset = {
        "asset": {"version": "1.1", "tilesetVersion": "2026.1", "extras": {"note": f"{SYNTHETIC}synthetic"}},
        "geometricError": 200,
        "root": {
            "transform": _to_the_globe(*middle, 42.0),
            "boundingVolume": {"box": [0, 0, 25, half[0], 0, 0, 0, half[1], 0, 0, 0, half[2]]},
            "geometricError": 50,
            "refine": "ADD",
            "children": children,
        },
    }
    (folder / "tileset.json").write_bytes(json.dumps(tileset, ensure_ascii=False, indent=1).encode())


def _box(points: Any) -> list[float]:
    """The box around points, a hand wider."""
    low, high = points.min(axis=0) - 0.1, points.max(axis=0) + 0.1
    centre, half = ((low + high) / 2).round(3).tolist(), ((high - low) / 2).round(3).tolist()
    return [*centre, half[0], 0, 0, 0, half[1], 0, 0, 0, half[2]]


def _to_the_globe(east: float, north: float, height: float) -> list[float]:
    """East, north and up at a place as the axes of the globe (EPSG:4978), column by column."""
    longitude, latitude = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(east, north)
    origin = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True).transform(
        longitude, latitude, height
    )
    a, b = np.radians([longitude, latitude])
    axes = [
        [-np.sin(a), np.cos(a), 0.0],
        [-np.sin(b) * np.cos(a), -np.sin(b) * np.sin(a), np.cos(b)],
        [np.cos(b) * np.cos(a), np.cos(b) * np.sin(a), np.sin(b)],
    ]
    return [round(float(value), 12) for axis in axes for value in (*axis, 0.0)] + [
        *(round(float(v), 4) for v in origin),
        1.0,
    ]


def _glb(meshes: list[list[Point]]) -> bytes:
    """One mesh of blocks. glTF's y points up: x is east, z south."""
    points = np.array([(x, z, -y) for mesh in meshes for x, y, z in mesh], np.float32)
    triangles = np.array(
        [8 * number + face[corner] for number in range(len(meshes)) for face in FACES for corner in (0, 1, 2, 0, 2, 3)],
        np.uint16,
    )
    binary = points.tobytes() + triangles.tobytes()
    binary += b"\0" * (-len(binary) % 4)
    document = {
        "asset": {"version": "2.0", "generator": "cimkit, synthetic"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "buffers": [{"byteLength": len(binary)}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": points.nbytes, "target": 34962},
            {"buffer": 0, "byteOffset": points.nbytes, "byteLength": triangles.nbytes, "target": 34963},
        ],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "count": len(points),
                "type": "VEC3",
                "min": points.min(axis=0).tolist(),
                "max": points.max(axis=0).tolist(),
            },
            {"bufferView": 1, "componentType": 5123, "count": len(triangles), "type": "SCALAR"},
        ],
    }
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    size = 12 + 8 + len(text) + 8 + len(binary)
    return (
        struct.pack("<4sII", b"glTF", 2, size)
        + struct.pack("<I4s", len(text), b"JSON") + text
        + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    )  # fmt: skip
