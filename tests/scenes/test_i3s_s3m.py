"""I3S packages and S3M folders: what a sound one tells, what is found in an unsound one."""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cimkit.errors import SourceError
from cimkit.facts.demand import everything
from cimkit.facts.model import Facts
from cimkit.readers.i3s.defects import I3S_DEFECTS
from cimkit.readers.i3s.reader import read_i3s
from cimkit.readers.s3m.defects import S3M_DEFECTS
from cimkit.readers.s3m.reader import read_s3m

LAYER = {
    "id": 0, "version": "A", "name": "楼", "layerType": "3DObject", "capabilities": ["View"],
    "spatialReference": {"wkid": 4490, "latestWkid": 4490, "vcsWkid": 5737},
    "store": {"version": "1.7", "profile": "meshpyramids", "extent": [123, 41, 124, 42]},
    "nodePages": {"nodesPerPage": 64},
}  # fmt: skip
BOX = {"center": [123, 41, 0], "halfSize": [1, 1, 1], "quaternion": [0, 0, 0, 1]}
NODES = [
    {"index": 0, "children": [1], "obb": BOX},
    {"index": 1, "parentIndex": 0, "obb": BOX, "mesh": {"geometry": {"resource": 1}, "material": {"resource": 1}}},
]


def slpk(
    path: Path, layer: Any = LAYER, nodes: Any = NODES, *, leave: str = "", method: int = zipfile.ZIP_STORED,
    shift: int = 0, turn: bool = False,
) -> Path:  # fmt: skip
    files = {
        "3dSceneLayer.json.gz": gzip.compress(json.dumps(layer).encode()),
        "nodepages/0.json.gz": gzip.compress(json.dumps({"nodes": nodes}).encode()),
        "nodes/1/geometries/0.bin.gz": gzip.compress(bytes(8)),
    }
    with zipfile.ZipFile(path, "w", method) as package:
        for name, data in files.items():
            if name != leave:
                package.writestr(name, data)
        rows = [
            hashlib.md5(info.filename.lower().encode(), usedforsecurity=False).digest()
            + struct.pack("<Q", info.header_offset + shift)
            for info in package.infolist()
        ]
        rows.sort(key=lambda row: struct.unpack("<QQ", row[:16]), reverse=turn)
        package.writestr("@specialIndexFileHASH128@", b"".join(rows))
    return path


def defects(facts: Facts) -> list[tuple[str, str | None]]:
    return list(facts.defects.select("kind", "detail").iter_rows())


def values(facts: Facts) -> dict[str, Any]:
    return {each.name: each.column.values.text[0] for each in facts.properties}


def read(path: Path) -> Facts:
    return read_i3s(path, everything(), name=path.name)


def test_a_sound_package(tmp_path: Path) -> None:
    facts = read(slpk(tmp_path / "a.slpk"))
    found = values(facts)
    assert (found["layer_type"], found["version"], found["crs"]) == ("3DObject", "1.7", "EPSG:4490")
    assert (found["height_datum"], found["nodes"], found["west"]) == ("EPSG:5737", "2", "123")
    assert defects(facts) == []


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "3dSceneLayer.json").write_text(json.dumps(LAYER), encoding="utf-8")
    (tmp_path / "nodepages").mkdir()
    (tmp_path / "nodepages/0.json").write_text(json.dumps({"nodes": NODES[:1]}), encoding="utf-8")
    assert defects(read(tmp_path / "3dSceneLayer.json")) == [("i3s_node", "child_missing")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"method": zipfile.ZIP_DEFLATED}, ("i3s_package", "compressed")),
        ({"leave": "nodes/1/geometries/0.bin.gz"}, ("i3s_resource", "geometry")),
        ({"leave": "nodepages/0.json.gz"}, ("i3s_resource", "page")),
        ({"shift": 1}, ("i3s_hash", "index_offset")),
        ({"turn": True}, ("i3s_hash", "index_order")),
        ({"layer": {**LAYER, "layerType": "Cube"}}, ("i3s_layer", "layer_type")),
        ({"layer": {key: value for key, value in LAYER.items() if key != "store"}}, ("i3s_layer", "missing")),
        ({"layer": {**LAYER, "capabilities": ["Fly"]}}, ("i3s_layer", "capability")),
        ({"nodes": [{**NODES[0], "index": 5}, NODES[1]]}, ("i3s_node", "index")),
        ({"nodes": [{**NODES[0], "children": [7]}]}, ("i3s_node", "child_missing")),
        ({"nodes": [{**NODES[0], "children": [1, 1]}, NODES[1]]}, ("i3s_node", "two_parents")),
        ({"nodes": [NODES[0], {**NODES[1], "parentIndex": 1}]}, ("i3s_node", "other_parent")),
        ({"nodes": [{**NODES[0], "children": []}, NODES[1]]}, ("i3s_node", "not_reached")),
        ({"nodes": [{**NODES[0], "obb": {**BOX, "halfSize": [1, -1, 1]}}, NODES[1]]}, ("i3s_bounds", "box")),
        ({"nodes": 3}, ("i3s_node", "no_nodes")),
    ],
)
def test_what_is_not_in_order(tmp_path: Path, changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in defects(read(slpk(tmp_path / "a.slpk", **changes)))


def test_no_layer_and_no_package(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as error:
        read(slpk(tmp_path / "a.slpk", leave="3dSceneLayer.json.gz"))
    assert error.value.key == "readers.i3s_empty"
    broken = tmp_path / "3dSceneLayer.json"
    broken.write_bytes(b"{")
    with pytest.raises(SourceError) as error:
        read(broken)
    assert error.value.key == "readers.i3s_broken"


CONFIG = {
    "asset": "x", "version": "3.01", "dataType": "BIM", "pyramidSplitType": "Octree", "lodType": "Replace",
    "crs": {"epsg": "4490"}, "geoBounds": {"left": 123, "top": 42, "right": 124, "bottom": 41},
    "heightRange": {"min": 0, "max": 30}, "rootTiles": [{"url": "./Tile_0/Tile_0.s3mb"}],
}  # fmt: skip
TILE = struct.pack("<fIII", 3.01, 0, 4, 4) + bytes(4)


def s3m(root: Path, config: Any = None, tile: bytes | None = TILE) -> Facts:
    given_ = CONFIG if config is None else config
    main = root / "a.scp"
    text = (
        given_
        if isinstance(given_, str)
        else json.dumps({**given_, "crs": "epsg:4490"} if given_ is CONFIG else given_)
    )
    main.write_text(text, encoding="utf-8")
    if tile is not None:
        (root / "Tile_0").mkdir(exist_ok=True)
        (root / "Tile_0/Tile_0.s3mb").write_bytes(tile)
    return read_s3m(main, everything(), name="a.scp")


def test_a_sound_s3m(tmp_path: Path) -> None:
    facts = s3m(tmp_path)
    found = values(facts)
    assert (found["version"], found["data_type"], found["crs"]) == ("3.01", "BIM", "EPSG:4490")
    assert (found["root_tiles"], found["files"], found["west"]) == ("1", "1", "123.0")
    assert defects(facts) == []


@pytest.mark.parametrize(
    ("config", "tile", "expected"),
    [
        (None, None, ("s3m_tile_missing", None)),
        (None, TILE[:-1], ("s3m_tile", "beyond_end")),
        (None, b"", ("s3m_tile", "empty")),
        (None, b"abc", ("s3m_tile", "short")),
        (None, struct.pack("<fIII", 3.0, 9, 0, 0), ("s3m_tile", "compression")),
        ({**CONFIG, "crs": "沈阳"}, TILE, ("s3m_system", "not_told")),
        ({**CONFIG, "crs": None}, TILE, ("s3m_system", "missing")),
        ({**CONFIG, "dataType": "Cat"}, TILE, ("s3m_description", "word")),
        ({**CONFIG, "rootTiles": []}, TILE, ("s3m_description", "missing")),
        ({**CONFIG, "heightRange": {"min": 9, "max": 1}}, TILE, ("s3m_description", "inside_out")),
        ({**CONFIG, "version": "1.0"}, TILE, ("s3m_not_judged", "old_version")),
        ("<SuperMapCache><sml:Version>2.00</sml:Version></SuperMapCache>", TILE, ("s3m_not_judged", "old_version")),
    ],
)
def test_what_is_not_in_order_in_s3m(
    tmp_path: Path, config: Any, tile: bytes | None, expected: tuple[str, str | None]
) -> None:
    assert expected in defects(s3m(tmp_path, config, tile))


def test_a_url_out_of_the_folder_is_not_looked_for(tmp_path: Path) -> None:
    facts = s3m(tmp_path, {**CONFIG, "crs": "epsg:4490", "rootTiles": [{"url": "../../x.s3mb"}, {"url": "http://x/y"}]})
    assert defects(facts) == []


def test_what_is_no_description_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as error:
        s3m(tmp_path, "{")
    assert error.value.key == "readers.s3m_broken"


def test_an_archive_of_a_version_that_nobody_reads_is_a_sentence(tmp_path: Path) -> None:
    data = bytearray(slpk(tmp_path / "x.slpk").read_bytes())
    data[data.index(b"PK\x01\x02") + 6] = 99  # the version that is needed to read the first file
    (tmp_path / "x.slpk").write_bytes(data)
    with pytest.raises(SourceError) as error:
        read(tmp_path / "x.slpk")
    assert error.value.key == "readers.i3s_broken"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 900), st.binary(min_size=1, max_size=12), st.binary(max_size=40))
def test_damaged_bytes_give_facts_or_a_sentence(tmp_path: Path, at: int, patch: bytes, tile: bytes) -> None:
    data = slpk(tmp_path / "good.slpk").read_bytes()
    at %= len(data)
    path = tmp_path / "x.slpk"
    path.write_bytes(data[:at] + patch + data[at + len(patch) :])
    for read_, known in ((lambda: read(path), I3S_DEFECTS), (lambda: s3m(tmp_path, None, tile), S3M_DEFECTS)):
        try:
            facts = read_()
        except SourceError:
            continue
        assert set(facts.defects["kind"]) <= set(known)


@given(
    st.recursive(
        st.one_of(st.none(), st.integers(), st.text(max_size=3)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*CONFIG, *LAYER, "url", "min"]), inner)
        ),
        max_leaves=10,
    )
)
def test_any_json_gives_facts_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, document: Any) -> None:
    root = tmp_path_factory.mktemp("any")
    for name, reader in (("a.scp", read_s3m), ("3dSceneLayer.json", read_i3s)):
        (root / name).write_text(json.dumps(document), encoding="utf-8")
        try:
            assert len(reader(root / name, everything(), name=name)) == 1
        except SourceError:
            continue
