"""Manifest and agreement of the synthetic delivery."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from makers.city_plan import AREA, CRS, HEIGHTS, SYNTHETIC

__all__ = ["AGREEMENT", "DATASETS", "MANIFEST", "write_documents"]

_PRODUCER = f"{SYNTHETIC}某测绘单位"
_EXTENT = [round(value, 1) for value in AREA]


def _dataset(path: str, name: str, category: str, **more: Any) -> dict[str, Any]:
    return {
        "path": path,
        "name": name,
        "category": category,
        "level": "CIM2",
        "crs": CRS,
        "height_datum": "1985国家高程基准",
        "source": f"{SYNTHETIC}程序生成",
        "date": "2026-01-15",
        "update": "每年",
        "secrecy": "公开",
        "version": "2026.1",
        "metadata": "元数据/街区.json",
        **more,
    }


DATASETS = [
    _dataset(
        "矢量/街区.gpkg",
        "建筑",
        "时空基础数据/三维模型/建筑",
        layer="建筑",
        format="geopackage",
        key="建筑编码",
        count=30,
        accuracy=0.5,
    ),
    _dataset(
        "矢量/街区.gpkg", "宗地", "资源调查数据/国土调查", layer="宗地", format="geopackage", key="宗地代码", count=30
    ),
    _dataset("矢量/道路.shp", "道路", "时空基础数据/三维模型/交通", format="shapefile", key="道路编码", count=11),
    _dataset("三维/街区.city.json", "建筑白模", "时空基础数据/三维模型/建筑", format="cityjson"),
    _dataset("三维/街区.gml", "建筑单体", "时空基础数据/三维模型/建筑", format="citygml"),
    _dataset("三维/切片", "建筑切片", "时空基础数据/三维模型/建筑", format="3dtiles", crs="EPSG:4479"),
    _dataset("影像/DOM.tif", "正射影像", "时空基础数据/测绘遥感数据/数字正射影像图", format="geotiff", extent=_EXTENT),
    _dataset(
        "影像/DEM.tif",
        "地形",
        "时空基础数据/三维模型/数字高程模型",
        format="geotiff",
        extent=_EXTENT,
    ),
    _dataset("点云/街区.laz", "点云", "时空基础数据/测绘遥感数据/激光点云", format="laz"),
    _dataset("表格/监测.xlsx", "监测", "物联感知数据/建筑监测", format="xlsx"),
]
MANIFEST = {
    "delivery_version": 1,
    "name": f"{SYNTHETIC}街区CIM数据交付（样例，非真实数据）",
    "batch": "SYN-2026-01",
    "date": "2026-01-20",
    "producer": _PRODUCER,
    "receiver": f"{SYNTHETIC}某市CIM平台",
    "tier": "municipal",
    "level_scheme": "cim7",
    "statements": {"地下空间": "无", "物联感知": "有"},
}
AGREEMENT = {
    "agreement_version": 1,
    "name": f"{SYNTHETIC}街区CIM数据交付约定（样例）",
    "crs": CRS,
    "height_datum": "1985国家高程基准",
    "extent": _EXTENT,
    "extent_crs": CRS,
}
RECORD = {
    "metadata": {
        "title": f"{SYNTHETIC}街区CIM数据",
        "abstract": "程序生成的样例，不是真实数据",
        "category": "时空基础数据",
        "date": "2026-01-15",
        "metadata_date": "2026-01-20",
        "producer": _PRODUCER,
        "contact": f"{SYNTHETIC}联系人",
        "crs": CRS,
        "height_datum": "1985国家高程基准",
        "west": 123.427,
        "south": 41.796,
        "east": 123.435,
        "north": 41.802,
        "scale": "1:500",
        "lineage": f"{SYNTHETIC}程序生成",
        "quality": "合格",
        "update": "每年",
        "secrecy": "公开",
        "version": "2026.1",
    }
}
LAYERS = [
    {
        "layer": "建筑",
        "constraint": "M",
        "place": "矢量",
        "format": ["geopackage"],
        "crs": [CRS],
        "secrecy": "公开",
        "accuracy": 0.5,
        "at_least": 30,
        "level": ["CIM2"],
        "extent": [535545, 4629235, 535960, 4629540],
    },
    {"layer": "宗地", "constraint": "M", "place": "矢量", "crs": [CRS], "extent": [535520, 4629220, 535970, 4629560]},
    {
        "layer": "道路",
        "constraint": "M",
        "place": "矢量",
        "file": ["道路.shp"],
        "crs": [CRS],
        "extent": [535510, 4629210, 535900, 4629590],
    },
    {"layer": "建筑白模", "constraint": "M", "place": "三维", "extent": [535530, 4629240, 535970, 4629550]},
    {"layer": "建筑单体", "constraint": "O", "place": "三维", "extent": [535530, 4629240, 535970, 4629550]},
    {"layer": "建筑切片", "constraint": "O", "place": "三维"},
    {"layer": "正射影像", "constraint": "M", "place": "影像", "format": ["geotiff"]},
    {
        "layer": "地形",
        "constraint": "M",
        "place": "影像",
        "format": ["geotiff"],
        "height_datum": ["1985国家高程基准", HEIGHTS],
    },
    {"layer": "点云", "constraint": "O", "place": "点云", "extent": [535510, 4629210, 535990, 4629590]},
    {
        "layer": "监测",
        "aliases": ["监测点", "监测读数"],
        "constraint": "C",
        "condition": {"statement": {"物联感知": "有"}},
        "place": "表格",
    },
    {"layer": "地下空间", "constraint": "C", "condition": {"statement": {"地下空间": "有"}}, "place": "矢量"},
]


def write_documents(
    folder: Path, manifest: dict[str, Any], datasets: list[Any], agreement: dict[str, Any], layers: list[Any]
) -> None:
    """`delivery.yaml`, `agreement.yaml`, and the metadata that the manifest names."""
    record = json.dumps(RECORD, ensure_ascii=False, indent=1)
    (folder / "元数据").mkdir()
    (folder / "元数据" / "街区.json").write_bytes(record.encode())
    for name, single, key, rows in (
        ("delivery.yaml", manifest, "datasets", datasets),
        ("agreement.yaml", agreement, "layers", layers),
    ):
        head = yaml.safe_dump(single, allow_unicode=True, sort_keys=False, width=1000)
        listed = "".join(
            "- " + yaml.safe_dump(row, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=True)
            for row in rows
        )
        (folder / name).write_bytes(f"{head}{key}:\n{listed}".encode())
