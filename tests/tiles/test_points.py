"""Vertices against the volumes that must hold them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.facts.demand import Demand
from cimkit.readers.tiles.opener import FolderOpener
from cimkit.readers.tiles.points import IDENTITY, Points, farthest_outside
from cimkit.readers.tiles.reader import read_tileset
from cimkit.readers.tiles.volumes import Volume
from tests.tiles.building import found, glb, gltf_document, legacy, read

VERTICES = Demand(defects=frozenset({"tiles_vertices_outside"}))
OUTSIDE = {("vertices_outside", "outside")}
#: The triangle (0,0,0), (1,0,0), (0,1,0) of glTF stands upright in the tile: (0,0,0), (1,0,0), (0,0,1).
UPRIGHT = [0.5, 0, 0.5, 0.5, 0, 0, 0, 0.01, 0, 0, 0, 0.5]


def judged(data: bytes, volume: dict[str, Any], **tile: Any) -> set[tuple[str, str]]:
    root = {"boundingVolume": volume, "geometricError": 0, "refine": "ADD", "content": {"uri": "a"}, **tile}
    document = {"asset": {"version": "1.1"}, "geometricError": 0, "root": root}
    return found(read({"tileset.json": document, "a": data}, demand=VERTICES))


def with_node(**node: Any) -> bytes:
    document = gltf_document()
    document["nodes"][0].update(node)
    return glb(document)


def test_gltf_has_y_up() -> None:
    assert judged(glb(), {"box": UPRIGHT}) == set()
    lying = [0.5, 0.5, 0, 0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.01]
    assert judged(glb(), {"box": lying}) == OUTSIDE


def test_nodes_move_vertices() -> None:
    moved = {"box": [10.5, *UPRIGHT[1:]]}
    assert judged(with_node(translation=[10, 0, 0]), moved) == set()
    assert judged(with_node(matrix=[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 10, 0, 0, 1]), moved) == set()
    assert judged(glb(), moved) == OUTSIDE
    lower = {"box": [0, 0.5, 0.5, 0.01, 0, 0, 0, 0.5, 0, 0, 0, 0.5]}
    half = math.sqrt(0.5)
    assert judged(with_node(rotation=[0, half, 0, half]), lower) == set()  # x to -z of glTF, y of the tile


def test_a_tile_is_its_own_coordinate_system() -> None:
    transform = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1000, 0, 0, 1]
    assert judged(glb(), {"box": UPRIGHT}, transform=transform) == set()


def test_the_volume_of_the_content_is_the_one_that_counts() -> None:
    content = {"uri": "a", "boundingVolume": {"sphere": [0, 0, 0, 0.5]}}
    assert judged(glb(), {"box": UPRIGHT}, content=content) == OUTSIDE


def test_centres_of_1_0_formats() -> None:
    tile = legacy(b"b3dm", {"BATCH_LENGTH": 0, "RTC_CENTER": [5, 5, 5]}, rest=glb())
    assert judged(tile, {"sphere": [5, 5, 5, 1.5]}) == set()
    assert judged(tile, {"sphere": [0, 0, 0, 1.5]}) == OUTSIDE
    points = np.array([[0, 0, 0], [1, 1, 1]], "<f4").tobytes()
    cloud = {"POINTS_LENGTH": 2, "POSITION": {"byteOffset": 0}, "RTC_CENTER": [5, 5, 5]}
    assert judged(legacy(b"pnts", cloud, points), {"sphere": [5.5, 5.5, 5.5, 1]}) == set()
    assert judged(legacy(b"pnts", cloud, points), {"sphere": [5, 5, 5, 1]}) == OUTSIDE
    quantized = {
        "POINTS_LENGTH": 2,
        "POSITION_QUANTIZED": {"byteOffset": 0},
        "QUANTIZED_VOLUME_OFFSET": [10, 0, 0],
        "QUANTIZED_VOLUME_SCALE": [4, 4, 4],
    }
    body = np.array([[0, 0, 0], [65535, 0, 0]], "<u2").tobytes()
    assert judged(legacy(b"pnts", quantized, body), {"sphere": [12, 0, 0, 2]}) == set()
    assert judged(legacy(b"pnts", quantized, body), {"sphere": [12, 0, 0, 1.9]}) == OUTSIDE


def test_vertices_are_looked_at_only_when_asked_for() -> None:
    document = {
        "asset": {"version": "1.1"},
        "geometricError": 0,
        "root": {
            "boundingVolume": {"sphere": [9, 9, 9, 1]},
            "geometricError": 0,
            "refine": "ADD",
            "content": {"uri": "a"},
        },
    }
    files = {"tileset.json": document, "a": glb()}
    assert found(read(files)) == set()
    assert found(read(files, demand=Demand(kinds=None, geometry=True))) == OUTSIDE


def on_ellipsoid(longitude: float, latitude: float, height: float) -> list[float]:
    """The textbook's formula, the other way round."""
    a, b = 6378137.0, 6356752.314245179
    normal = a**2 / math.hypot(a * math.cos(latitude), b * math.sin(latitude))
    around = (normal + height) * math.cos(latitude)
    return [
        around * math.cos(longitude),
        around * math.sin(longitude),
        (b**2 / a**2 * normal + height) * math.sin(latitude),
    ]


@given(
    st.floats(-math.pi, math.pi),
    st.floats(-1.5, 1.5),
    st.floats(-1000, 9000),
    st.floats(-0.9, 0.9),
    st.floats(-0.9, 0.9),
    st.floats(-0.9, 0.9),
)
def test_regions_hold_what_lies_in_them(
    longitude: float, latitude: float, height: float, x: float, y: float, z: float
) -> None:
    wide, high = 1e-4, 50.0
    west, east = ((longitude + side * wide + math.pi) % math.tau - math.pi for side in (-1, 1))
    region = Volume("region", (west, latitude - wide, east, latitude + wide, height - high, height + high))
    inside = np.array([on_ellipsoid(longitude + x * wide, latitude + y * wide, height + z * high)])
    assert farthest_outside([Points(inside, IDENTITY)], region, None) == 0
    above = np.array([on_ellipsoid(longitude, latitude, height + high + 7)])
    assert farthest_outside([Points(above, IDENTITY)], region, None) == pytest.approx(7, abs=1e-3)
    north = np.array([on_ellipsoid(longitude, latitude + 2 * wide, height)])
    assert farthest_outside([Points(north, IDENTITY)], region, None) == pytest.approx(wide * 6378137, rel=0.01)


@pytest.mark.parametrize("name", ["TilesetOfTilesets/tileset.json", "TilesetGzipped/tileset.json"])
def test_real_buildings_lie_in_their_regions(shared: Path, name: str) -> None:
    path = shared / "city" / "tiles" / "Samples" / name
    if not path.is_file():
        pytest.skip("the samples of 3D Tiles are not in the test material")
    facts = read_tileset(FolderOpener(path.parent), VERTICES, name=path.name)
    assert facts.defects.is_empty()
    assert facts.counts["files_b3dm"] == 5


GROUND = Demand(attributes=frozenset({lambda names: (names == "GroundCells").to_numpy()}))
#: Shenyang, on the ellipsoid.
PLACE = (-2_626_700.0, 3_976_800.0, 4_228_900.0)


def ground(*, demand: Demand = GROUND, above: float = 0.0, at: tuple[float, float, float] = PLACE, **tile: Any) -> Any:
    """The cells of a tileset of one upright triangle at a place, `above` metres further from the earth's middle."""
    scale = 1 + above / math.hypot(*at)
    transform = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, *(each * scale for each in at), 1]
    volume = {"sphere": [0, 0, 0, 5]}
    root = {"boundingVolume": volume, "geometricError": 0, "refine": "ADD", "transform": transform}
    document = {"asset": {"version": "1.1"}, "geometricError": 0, "root": {**root, "content": {"uri": "a"}, **tile}}
    facts = read({"tileset.json": document, "a": glb()}, demand=demand)
    column = facts.attributes.get("GroundCells")
    return None if column is None else json.loads(column.texts(np.zeros(1, np.int32))[0])


def test_how_low_a_tileset_lies_on_the_earth_is_told_by_cell() -> None:
    ((column, row, height),) = ground()
    ((_, _, higher),) = ground(above=9.0)
    assert 123 < column * 5e-4 < 124
    assert 41 < row * 5e-4 < 42
    assert higher - height == pytest.approx(9, abs=0.01)


def test_only_tiles_at_the_end_of_the_tree_and_on_the_earth_tell_of_the_ground() -> None:
    child = {"boundingVolume": {"sphere": [0, 0, 0, 5]}, "geometricError": 0}
    assert ground(children=[child]) is None
    assert ground(at=(100.0, 200.0, 300.0)) is None
    everything_else = Demand(attributes=frozenset({lambda names: np.ones(len(names), bool)}))
    assert ground(demand=everything_else) is None
