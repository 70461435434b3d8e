"""The layers of the synthetic district: a GeoPackage, a Shapefile in GBK, an Excel workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
import xlsxwriter

from makers.city_plan import CRS, SYNTHETIC, buildings, streets

__all__ = ["write_geopackage", "write_shapefile", "write_workbook"]

#: Every file is dated so, that two runs write the same.
MADE = datetime(2026, 1, 15, 8, 0, 0)  # noqa: DTZ001 - local time of the producer, as these formats keep it


def _write(
    path: Path, layer: str, geometry: Sequence[Any], fields: dict[str, Any], kind: str, driver: str, **more: Any
) -> None:
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.asarray(geometry, object)),
        field_data=[np.asarray(values) for values in fields.values()],
        fields=np.asarray(list(fields), object),
        layer=layer,
        geometry_type=kind,
        crs=CRS,
        driver=driver,
        **more,
    )


def _column(values: list[Any]) -> Any:
    """Texts as objects, whole numbers in four bytes, others in eight."""
    kind = {int: np.int32, float: np.float64}.get(type(values[0]), object)
    return np.array(values, kind)


def write_geopackage(path: Path) -> None:
    """Buildings and parcels."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-01-15T08:00:00.000Z"})
    made = list(buildings())
    _write(
        path,
        "建筑",
        [shapely.Polygon(each.outline) for each in made],
        {name: _column([each.record()[name] for each in made]) for name in made[0].record()},
        "Polygon",
        "GPKG",
    )
    _write(
        path,
        "宗地",
        [shapely.Polygon(each.parcel) for each in made],
        {
            "宗地代码": np.array([f"SYN-210102-GB{each.number:05d}" for each in made], object),
            "建筑编码": np.array([each.code for each in made], object),
            "宗地用途": np.array(["居住用地" if each.number % 4 else "商业服务业用地" for each in made], object),
            "宗地面积": np.array([shapely.Polygon(each.parcel).area for each in made], np.float64),
        },
        "Polygon",
        "GPKG",
        append=True,
    )
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_shapefile(path: Path) -> None:
    """Streets, their texts in GBK as Chinese desktop software writes them."""
    made = list(streets())
    _write(
        path,
        path.stem,
        [shapely.LineString(each.line) for each in made],
        {
            "道路编码": np.array([f"SYN-R{each.number:03d}" for each in made], object),
            "名称": np.array([each.name for each in made], object),
            "宽度": np.array([each.width for each in made], np.float64),
        },
        "LineString",
        "ESRI Shapefile",
        encoding="GBK",
    )
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    content[1:4] = bytes([MADE.year - 1900, MADE.month, MADE.day])
    table.write_bytes(bytes(content))


def write_workbook(path: Path) -> None:
    """Monitoring points and a day of their readings."""
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": f"{SYNTHETIC}监测数据", "created": MADE})
    day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    points = book.add_worksheet("监测点")
    points.write_row(0, 0, ["测点编号", "测点名称", "监测类型", "建筑编码", "计量单位", "报警值", "安装日期"])
    some = [each for each in buildings() if each.number % 6 == 1]
    for row, each in enumerate(some, start=1):
        installed = date(2024, 5, each.number % 28 + 1).isoformat()
        points.write_row(row, 0, [f"SYN-M{each.number:03d}", each.name, "能耗", each.code, "kWh", 80, installed])
    readings = book.add_worksheet("监测读数")
    readings.write_row(0, 0, ["测点编号", "时间", "数值", "单位"])
    row = 1
    for each in some:
        for hour in range(24):
            readings.write(row, 0, f"SYN-M{each.number:03d}")
            readings.write_datetime(row, 1, MADE.replace(hour=0, minute=10) + timedelta(hours=hour), day)
            readings.write(row, 2, round(20 + each.storeys * 1.5 + 6 * (8 <= hour < 20), 1))
            readings.write(row, 3, "kWh")
            row += 1
    book.close()
