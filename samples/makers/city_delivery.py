"""The synthetic delivery as a folder, as it should be or with faults."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from makers.city_documents import AGREEMENT, DATASETS, LAYERS, MANIFEST, write_documents
from makers.city_layers import write_geopackage, write_shapefile, write_workbook
from makers.city_models import write_citygml, write_cityjson, write_tiles
from makers.city_surfaces import write_orthophoto, write_points, write_terrain

__all__ = ["Draft", "Fault", "write_delivery"]


@dataclass
class Draft:
    """What a fault may change: the folder once its files are written, and both documents before they are."""

    folder: Path
    manifest: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(MANIFEST))
    datasets: list[dict[str, Any]] = field(default_factory=lambda: copy.deepcopy(DATASETS))
    agreement: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(AGREEMENT))
    layers: list[dict[str, Any]] = field(default_factory=lambda: copy.deepcopy(LAYERS))

    def dataset(self, name: str) -> dict[str, Any]:
        """The row of the manifest with that name."""
        return next(row for row in self.datasets if row["name"] == name)

    def layer(self, name: str) -> dict[str, Any]:
        """The row of the agreement with that name."""
        return next(row for row in self.layers if row["layer"] == name)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. rules: codes that find it; at: what their finding names, a part of it; make: does it."""

    id: str
    zh: str
    en: str
    rules: tuple[str, ...]
    at: str
    make: Callable[[Draft], None]


def write_delivery(folder: Path, faults: Iterable[Fault]) -> None:
    """Write the delivery into a folder that is not there yet."""
    for name in ("矢量", "三维", "影像", "点云", "表格"):
        (folder / name).mkdir(parents=True)
    write_geopackage(folder / "矢量" / "街区.gpkg")
    write_shapefile(folder / "矢量" / "道路.shp")
    write_cityjson(folder / "三维" / "街区.city.json")
    write_citygml(folder / "三维" / "街区.gml")
    write_tiles(folder / "三维" / "切片")
    write_orthophoto(folder / "影像" / "DOM.tif")
    write_terrain(folder / "影像" / "DEM.tif")
    write_points(folder / "点云" / "街区.laz")
    write_workbook(folder / "表格" / "监测.xlsx")
    draft = Draft(folder)
    for fault in faults:
        fault.make(draft)
    write_documents(folder, draft.manifest, draft.datasets, draft.agreement, draft.layers)
