"""The twenty faults of `district-faults`, each of another kind, with the rules that find it."""

from __future__ import annotations

import json
import sqlite3
import struct
from pathlib import Path
from typing import Any

import pyogrio
import shapely
import yaml

from makers.city_delivery import Draft, Fault
from makers.city_plan import AREA, CRS, SYNTHETIC

__all__ = ["FAULTS", "fault_list"]

EAST, NORTH = AREA[0], AREA[1]


def _replaced(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content, (path, old)
    path.write_bytes(content.replace(old, new, 1))


# --- what was agreed ------------------------------------------------------------------------------------------------


def _green_is_owed(draft: Draft) -> None:
    draft.layers.append({"layer": "绿地", "constraint": "M", "place": "矢量"})


def _underground_is_there(draft: Draft) -> None:
    draft.manifest["statements"]["地下空间"] = "有"


def _points_in_another_folder(draft: Draft) -> None:
    (draft.folder / "点云" / "街区.laz").rename(draft.folder / "影像" / "街区.laz")
    draft.dataset("点云")["path"] = "影像/街区.laz"


def _streets_under_another_name(draft: Draft) -> None:
    for part in sorted((draft.folder / "矢量").glob("道路.*")):
        part.rename(part.with_name(part.name.replace("道路", "路网")))
    draft.dataset("道路")["path"] = "矢量/路网.shp"


def _coarser(draft: Draft) -> None:
    draft.dataset("建筑")["accuracy"] = 2.0


def _less_secret(draft: Draft) -> None:
    draft.layer("宗地")["secrecy"] = "内部"


# --- what the manifest says -----------------------------------------------------------------------------------------


def _no_such_file(draft: Draft) -> None:
    draft.datasets.append({**draft.dataset("正射影像"), "name": "历史影像", "path": "影像/DOM_2020.tif"})


def _twice(draft: Draft) -> None:
    draft.datasets.append({**draft.dataset("地形"), "name": "地形（重复）"})


def _left_over(draft: Draft) -> None:
    """A drawing on a draft, as it is forgotten in a folder."""
    ring = [[123.43, 41.8], [123.431, 41.8], [123.431, 41.801], [123.43, 41.801], [123.43, 41.8]]
    feature = {
        "type": "Feature",
        "properties": {"名称": f"{SYNTHETIC}草图"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    document = {"type": "FeatureCollection", "features": [feature]}
    (draft.folder / "矢量" / "临时.geojson").write_bytes(json.dumps(document, ensure_ascii=False).encode())


def _wrong_zone(draft: Draft) -> None:
    draft.dataset("道路")["crs"] = "EPSG:4549"


def _wrong_count(draft: Draft) -> None:
    draft.dataset("宗地")["count"] = 31


def _wrong_extent(draft: Draft) -> None:
    west, south, east, north = AREA
    draft.dataset("正射影像")["extent"] = [west, south, east + 250, north]


def _wrong_key(draft: Draft) -> None:
    draft.dataset("建筑")["key"] = "房屋编码"


def _no_scheme(draft: Draft) -> None:
    del draft.manifest["level_scheme"]


def _no_date(draft: Draft) -> None:
    draft.dataset("监测")["date"] = "2026-13"


# --- what the files hold --------------------------------------------------------------------------------------------


def _bow_tie(draft: Draft) -> None:
    """The third parcel crosses itself."""
    path = draft.folder / "矢量" / "街区.gpkg"
    _, _, geometry, _ = pyogrio.raw.read(path, layer="宗地")
    (west, south), (east, _), (_, north) = shapely.get_coordinates(shapely.from_wkb(geometry[2]))[:3].tolist()
    crossed = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    code = struct.pack("<2sBBi", b"GP", 0, 0b00000011, int(CRS[5:]))
    box = struct.pack("<4d", west, east, south, north)
    with sqlite3.connect(path) as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '宗地'")
        kept: list[tuple[str, str]] = triggers.fetchall()
        for name, _ in kept:  # they call functions that SQLite alone does not have
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE 宗地 SET geom = ? WHERE fid = 3", (code + box + crossed.wkb,))
        for _, sql in kept:
            database.execute(sql)
    database.close()


def _vertex_out_of_range(draft: Draft) -> None:
    path = draft.folder / "三维" / "街区.city.json"
    document: dict[str, Any] = json.loads(path.read_bytes())
    document["CityObjects"]["SYN-210102-0005"]["geometry"][0]["boundaries"][0][0][0][0] = 99999
    path.write_bytes(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


def _one_id_twice(draft: Draft) -> None:
    _replaced(draft.folder / "三维" / "街区.gml", b'gml:id="SYN-210102-0002"', b'gml:id="SYN-210102-0001"')


def _tile_gone(draft: Draft) -> None:
    (draft.folder / "三维" / "切片" / "row-4.glb").unlink()


def _no_projection(draft: Draft) -> None:
    next((draft.folder / "矢量").glob("*.prj")).unlink()


def _point_count(draft: Draft) -> None:
    """The header counts a thousand points more than there are."""
    path = next(draft.folder.glob("*/街区.laz"))
    content = bytearray(path.read_bytes())
    (count,) = struct.unpack_from("<Q", content, 247)
    struct.pack_into("<Q", content, 247, count + 1000)
    path.write_bytes(bytes(content))


def _fault(id: str, rules: tuple[str, ...], at: str, make: Any, zh: str, en: str) -> Fault:
    return Fault(id, zh, en, rules, at, make)


FAULTS = (
    _fault(
        "mandatory-layer-missing",
        ("CTD-CAT-001",),
        "绿地",
        _green_is_owed,
        "约定必选的绿地图层没有交付。",
        "The layer of green areas, mandatory by the agreement, was not delivered.",
    ),
    _fault(
        "conditional-layer-missing",
        ("CTD-CAT-001",),
        "地下空间",
        _underground_is_there,
        "清单声明有地下空间，条件必选的地下空间图层却没有交付。",
        "The manifest states that there is underground space; the layer that is then owed was not delivered.",
    ),
    _fault(
        "wrong-folder",
        ("CTD-CAT-008",),
        "街区.laz",
        _points_in_another_folder,
        "点云放在了影像文件夹。",
        "The point cloud lies in the folder of images.",
    ),
    _fault(
        "wrong-file-name",
        ("CTD-CAT-009",),
        "路网.shp",
        _streets_under_another_name,
        "道路文件没有按约定命名。",
        "The file of streets is not called as agreed.",
    ),
    _fault(
        "accuracy-coarser",
        ("CTD-AGR-005",),
        "建筑",
        _coarser,
        "建筑图层的精度为 2 米，约定为 0.5 米。",
        "The accuracy of the buildings is 2 m, agreed were 0.5 m.",
    ),
    _fault(
        "secrecy-too-low",
        ("CTD-AGR-006",),
        "宗地",
        _less_secret,
        "宗地约定为内部，清单标为公开。",
        "Parcels were agreed to be internal; the manifest marks them as public.",
    ),
    _fault(
        "listed-file-missing",
        ("CTD-CAT-003",),
        "DOM_2020.tif",
        _no_such_file,
        "清单列了一个不存在的影像文件。",
        "The manifest lists an image that is not there.",
    ),
    _fault(
        "listed-twice",
        ("CTD-CAT-005",),
        "地形（重复）",
        _twice,
        "地形在清单中列了两次。",
        "The terrain stands twice in the manifest.",
    ),
    _fault(
        "not-listed",
        ("CTD-CAT-006",),
        "临时",
        _left_over,
        "一个草图文件混在交付中，清单没有列出。",
        "A draft was left in the folder, and the manifest does not list it.",
    ),
    _fault(
        "count-differs",
        ("CTD-FIL-004",),
        "宗地",
        _wrong_count,
        "清单写宗地 31 块，文件中 30 块。",
        "The manifest says 31 parcels, the file holds 30.",
    ),
    _fault(
        "extent-differs",
        ("CTD-FIL-005",),
        "正射影像",
        _wrong_extent,
        "清单写的影像范围比文件宽一半。",
        "The extent of the image in the manifest is half as wide again as the file's.",
    ),
    _fault(
        "key-not-there",
        ("CTD-FIL-007",),
        "建筑",
        _wrong_key,
        "清单写的主键字段在建筑图层中不存在。",
        "The key that the manifest names is no field of the buildings.",
    ),
    _fault(
        "level-without-scheme",
        ("CNC-LVL-001",),
        "",
        _no_scheme,
        "清单写了级别，没有写级别体系。",
        "The manifest states levels, and no scheme of levels.",
    ),
    _fault(
        "date-malformed",
        ("CTD-DOC-001",),
        "delivery.yaml",
        _no_date,
        "监测数据的日期写成 2026-13。",
        "The date of the monitoring data is written 2026-13.",
    ),
    _fault(
        "parcel-crosses-itself",
        ("CTB-VEC-003",),
        "",
        _bow_tie,
        "第三块宗地的边界自相交。",
        "The boundary of the third parcel crosses itself.",
    ),
    _fault(
        "vertex-out-of-range",
        ("CTB-CJS-021",),
        "",
        _vertex_out_of_range,
        "CityJSON 中第五栋楼引用了不存在的顶点。",
        "The fifth building of the CityJSON file refers to a vertex that is not there.",
    ),
    _fault(
        "gml-id-twice",
        ("CTB-GML-003",),
        "",
        _one_id_twice,
        "CityGML 中两栋楼的 gml:id 相同。",
        "Two buildings of the CityGML file have one gml:id.",
    ),
    _fault(
        "tile-content-missing",
        ("CTB-TIL-020",),
        "",
        _tile_gone,
        "切片的一个内容文件不见了。",
        "A content of the tileset is not there.",
    ),
    _fault(
        "shapefile-without-prj",
        ("CTB-CRS-001",),
        "",
        _no_projection,
        "道路没有坐标系文件（.prj）。",
        "The streets have no file with their reference system (.prj).",
    ),
    _fault(
        "point-count-wrong",
        ("CTB-LAS-010",),
        "",
        _point_count,
        "点云文件头多记了 1000 个点。",
        "The header of the point cloud counts a thousand points too many.",
    ),
)


def fault_list() -> str:
    """The faults and the rules that find them, as YAML."""
    rows = [{"id": each.id, "zh": each.zh, "en": each.en, "rules": list(each.rules)} for each in FAULTS]
    head = "# What is wrong with district-faults, and the rules that find it. Written by make_city.py; all synthetic.\n"
    return head + yaml.safe_dump({"faults": rows}, allow_unicode=True, sort_keys=False, width=120)
