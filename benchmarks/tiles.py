"""How fast a tileset is read: a tree of tiles with binary glTF contents, written to a folder and read back.

python benchmarks/tiles.py [TILES] [TRIANGLES PER CONTENT]
"""

from __future__ import annotations

import json
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from cimkit.facts.demand import Demand
from cimkit.readers.tiles.defects import DEFECTS
from cimkit.readers.tiles.opener import FolderOpener
from cimkit.readers.tiles.reader import read_tileset


def binary_gltf(triangles: int) -> bytes:
    """A strip of triangles."""
    positions = np.random.default_rng(1).random((3 * triangles, 3), np.float32)
    body = positions.tobytes()
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "type": "VEC3",
                "count": len(positions),
                "min": positions.min(axis=0).tolist(),
                "max": positions.max(axis=0).tolist(),
            }
        ],
        "bufferViews": [{"buffer": 0, "byteLength": len(body)}],
        "buffers": [{"byteLength": len(body)}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(body), 0x004E4942) + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def quadtree(count: int) -> dict[str, Any]:
    """A quadtree of so many tiles, breadth first, each with a content."""
    root: dict[str, Any] = {}
    waiting: list[tuple[dict[str, Any], float, float, float]] = [(root, 0.0, 0.0, 1000.0)]
    for number in range(count):
        tile, x, y, half = waiting[number]
        tile["boundingVolume"] = {"box": [x, y, 50, half, 0, 0, 0, half, 0, 0, 0, 50]}
        tile["geometricError"] = half / 10
        tile["content"] = {"uri": f"c/{number}.glb"}
        if 4 * number + 1 < count:
            tile["children"] = [{} for _ in range(min(4, count - 4 * number - 1))]
            for index, child in enumerate(tile["children"]):
                quarter = half / 2
                offset = (x + quarter * (2 * (index & 1) - 1), y + quarter * ((index & 2) - 1))
                waiting.append((child, *offset, quarter))
    root["refine"] = "ADD"
    return {"asset": {"version": "1.1"}, "geometricError": 200, "root": root}


def main(count: int, triangles: int) -> None:
    """Write, read twice (with contents, and the tree alone), print seconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "c").mkdir()
        content = binary_gltf(triangles)
        for number in range(count):
            (folder / "c" / f"{number}.glb").write_bytes(content)
        (folder / "tileset.json").write_text(json.dumps(quadtree(count)), encoding="utf-8")
        tree_only = Demand(defects=frozenset({"tiles_outside_parent", "tiles_error_grows", "tiles_type"}))
        for what, demand in (("all defects", Demand(defects=frozenset(DEFECTS))), ("the tree alone", tree_only)):
            start = time.perf_counter()
            facts = read_tileset(FolderOpener(folder), demand, name="tileset.json")
            seconds = time.perf_counter() - start
            size = count * len(content) / 1e6
            print(f"{what}: {count} tiles, {size:.0f} MB of contents: {seconds:.2f} s, {facts.defects.height} defects")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, int(sys.argv[2]) if len(sys.argv) > 2 else 200)
