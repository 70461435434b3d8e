"""The synthetic city deliveries: the good one has no finding, the other has exactly the faults that its list names."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import cimkit

for library in ("pyogrio", "rasterio", "laspy", "xlsxwriter", "shapely"):
    pytest.importorskip(library)

# what rasterio still writes, affine calls old
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
PACKS = ["city-basics", "city-delivery", "ln-cim-data"]
#: What a fault brings with it besides the rules that its list names.
ALSO = {
    "CTB-CJS-063",  # the vertices of the building that now refers elsewhere
    "CTB-SHP-002",  # the .prj is a missing part, too
    "CTB-LAS-021",  # of a cloud that breaks off nobody knows the ground
    "CTD-CAT-007",  # the draft was not agreed either
    "CNC-MAN-004",  # a date that is none is none
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    sys.path.insert(0, str(SAMPLES))
    try:
        importlib.import_module("make_city").make(folder)
    finally:
        sys.path.remove(str(SAMPLES))
    return folder


def checked(folder: Path) -> Any:
    report = cimkit.check(folder, packs=PACKS, lang="zh")
    assert not report.internal_errors
    assert not [source.error for source in report.sources if source.error]
    return report


def test_the_good_delivery_has_nothing_wrong(made: Path) -> None:
    report = checked(made / "district")
    assert {source.format for source in report.sources} == {
        "geopackage", "shapefile", "cityjson", "citygml", "3dtiles", "geotiff", "las", "xlsx", "metadata",
        "delivery",
    }  # fmt: skip
    assert [(result.code, result.findings[0].message) for result in report.results if result.findings] == []


def test_every_named_fault_is_found_and_no_other(made: Path) -> None:
    faults = yaml.safe_load((made / "district-faults.yaml").read_text(encoding="utf-8"))["faults"]
    assert len(faults) == 20
    found = {
        result.code: [finding.message for finding in result.findings]
        for result in checked(made / "district-faults").results
        if result.findings
    }
    makers = importlib.import_module("makers.city_faults")
    where = {fault.id: fault.at for fault in makers.FAULTS}
    for fault in faults:
        for code in fault["rules"]:
            told = [message for message in found.get(code, []) if where[fault["id"]] in message]
            assert told, (fault["id"], code, found.get(code))
    named = {code for fault in faults for code in fault["rules"]}
    assert found.keys() - named - ALSO == set()


def test_nothing_in_them_is_taken_for_real(made: Path) -> None:
    for name in ("district", "district-faults"):
        assert "【合成】" in (made / name / "delivery.yaml").read_text(encoding="utf-8")
        assert "【合成】" in (made / name / "三维" / "街区.gml").read_text(encoding="utf-8")


def test_an_update_of_the_good_one_by_itself_changes_nothing(made: Path) -> None:
    report = cimkit.check(made / "district", packs=["city-delivery"], base=made / "district")
    assert not report.internal_errors
    assert [result.code for result in report.results if result.findings] == []


def test_a_model_beside_its_layers_gets_a_map(tmp_path: Path) -> None:
    """A model with a footprint, its building in a GeoPackage, the HTML report with both."""
    pytest.importorskip("ifcopenshell")
    import pyogrio
    import shapely

    from cimkit.api import check_sources
    from cimkit.authoring.cases import read_case

    packs = Path(__file__).resolve().parents[1] / "standards"
    case = read_case(packs / "bim-cim" / "cases" / "BCM-POS-002-pass-on-it.yaml")
    assert case.content is not None
    (tmp_path / "model.ifc").write_bytes(case.content)
    east, north = 535_737.2, 4_629_512.0
    pyogrio.raw.write(
        tmp_path / "b.gpkg",
        geometry=np.array([shapely.box(east - 5, north - 5, east + 25, north + 15).wkb], object),
        field_data=[np.array(["A1"], object), np.array([2], np.int32)],
        fields=np.array(["建筑编码", "地上层数"], object),
        layer="建筑",
        geometry_type="Polygon",
        crs="EPSG:4550",
        driver="GPKG",
    )
    report = check_sources([tmp_path / "model.ifc", tmp_path / "b.gpkg"], packs=["bim-cim"], pictures=True)
    assert not report.internal_errors
    told = {result.code: str(result.verdict) for result in report.results}
    assert told["BCM-POS-002"] == "passed"
    assert told["BCM-STO-001"] == "failed"  # one storey in the model, two in the layer
    report.write("html", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "1号楼的位置" in page
    assert 'data-kind="building"' in page
