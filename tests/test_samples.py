"""The sample models are what they claim to be: reproducible, valid where they should be, faulty where they say so."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
CATALOGUE = yaml.safe_load((SAMPLES / "samples.yaml").read_text("utf-8"))["samples"]
FAULTS = {fault["id"]: fault for sample in CATALOGUE for fault in sample.get("faults", ())}
GOOD = [sample["file"] for sample in CATALOGUE if "faults" not in sample]
BLOCK, FAULTY, REVIT = "renewal-block.ifc", "renewal-block-faults.ifc", "revit-chinese.ifc"

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: What the imitation of a Chinese export is found to lack: a change here is a change of what people are told.
_IMITATION = {
    "IFB": "GEO-003 HDR-006 HDR-007 NAM-004 PRJ-003 PRJ-004",
    "LNB": "BLD-001 BLD-002 BLD-003 BLD-004 BLD-005 BLD-007 BLD-009 BLD-101 CLS-101 CLS-104 DOR-003 GEO-107 GEO-108 "
    "GEO-109 PRJ-001 PRJ-002 PRJ-009 SIT-001 SLB-001 SLB-002 SLB-101 SLB-102 STY-001 STY-002 STY-104 WAL-002 WAL-003 "
    "WAL-004 WAL-101 WIN-003 WIN-004",
}
_STATUSES = {"NEW", "EXISTING", "DEMOLISH", "TEMPORARY", "OTHER", "NOTKNOWN", "UNSET"}


class Model:
    """A sample, opened, with its text and what the tests ask of it again and again."""

    def __init__(self, name: str) -> None:
        ifcopenshell = pytest.importorskip("ifcopenshell")
        self.text = (SAMPLES / name).read_text("ascii")
        self.file = ifcopenshell.file.from_string(self.text)

    def of(self, *entities: str) -> list[Any]:
        return [thing for entity in entities for thing in self.file.by_type(entity)]

    def sets(self, thing: Any) -> dict[str, dict[str, Any]]:
        from ifcopenshell.util.element import get_psets

        return get_psets(thing)

    def value(self, thing: Any, name: str) -> Any:
        """A property of the thing's standard set, or of its type's."""
        values = self.sets(thing).get(f"Pset_{thing.is_a()[3:]}Common", {}).get(name)
        return values[0] if isinstance(values, list) else values


@pytest.fixture(scope="module")
def block() -> Model:
    return Model(BLOCK)


@pytest.fixture(scope="module")
def faulty() -> Model:
    return Model(FAULTY)


@pytest.fixture(scope="module")
def revit() -> Model:
    return Model(REVIT)


def test_the_catalogue_lists_every_model_and_no_other() -> None:
    assert sorted(sample["file"] for sample in CATALOGUE) == sorted(path.name for path in SAMPLES.glob("*.ifc"))
    assert all(sample["synthetic"] and sample["zh"] and sample["en"] for sample in CATALOGUE)


@pytest.mark.parametrize("sample", CATALOGUE, ids=lambda sample: sample["file"])
def test_a_sample_is_small_plain_step_and_says_that_it_is_synthetic(sample: dict[str, Any]) -> None:
    content = (SAMPLES / sample["file"]).read_bytes()
    head = content[:2000].decode("ascii")
    assert len(content) < 600_000
    assert content.isascii()
    assert b"\r" not in content
    assert f"FILE_SCHEMA(('{sample['schema']}'));" in head
    assert "synthetic sample, not a real building" in head
    assert "\\X2\\" + "合成样例".encode("utf-16-be").hex().upper() in head


def test_making_the_samples_again_gives_the_same_bytes(tmp_path: Path) -> None:
    ifcopenshell = pytest.importorskip("ifcopenshell")
    if not ifcopenshell.version.startswith("0.9"):
        pytest.skip(f"the samples are written with ifcopenshell 0.9, this is {ifcopenshell.version}")
    command = [sys.executable, str(SAMPLES / "make_samples.py"), "--into", str(tmp_path)]
    subprocess.run(command, check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {name: (SAMPLES / name).read_bytes() for name in made}
    committed["samples.yaml"] = committed["samples.yaml"].replace(b"\r\n", b"\n")
    assert set(made) == {"samples.yaml", BLOCK, FAULTY, REVIT}
    assert [name for name in made if made[name] != committed[name]] == []


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # ifcopenshell leaves its rule files open
@pytest.mark.parametrize("name", GOOD)
def test_a_good_sample_keeps_the_schema_and_its_rules(name: str) -> None:
    validate = pytest.importorskip("ifcopenshell.validate")
    log = validate.json_logger()
    validate.validate(Model(name).file, log, express_rules=True)
    assert log.statements == []


@pytest.mark.parametrize("name", GOOD)
def test_standard_sets_hold_what_their_templates_define(name: str) -> None:
    pset = pytest.importorskip("ifcopenshell.util.pset")
    model = Model(name)
    templates = pset.PsetQto(model.file.schema)
    looked_at = 0
    for one in model.of("IfcPropertySet"):
        template = templates.get_by_name(one.Name)
        if template is None:
            continue
        known = {p.Name: p.PrimaryMeasureType for p in template.HasPropertyTemplates}
        for item in one.HasProperties:
            looked_at += 1
            assert item.Name in known, one.Name
            if item.is_a("IfcPropertySingleValue"):
                assert item.NominalValue.is_a() == known[item.Name], (one.Name, item.Name)
    assert looked_at > 50


def test_the_block_stands_in_shenyang_with_its_axes_the_right_way_round(block: Model) -> None:
    pyproj = pytest.importorskip("pyproj")
    (site,), (conversion,) = block.of("IfcSite"), block.of("IfcMapConversion")
    latitude, longitude = (d + m / 60 + s / 3600 for d, m, s, _ in (site.RefLatitude, site.RefLongitude))
    crs = conversion.TargetCRS
    north, east = pyproj.Transformer.from_crs("EPSG:4490", crs.Name).transform(latitude, longitude)
    assert (conversion.Northings, conversion.Eastings) == pytest.approx((north, east), abs=0.01)
    assert crs.VerticalDatum == "1985国家高程基准"
    assert site.RefElevation == pytest.approx(conversion.OrthogonalHeight * 1000)
    assert conversion.Scale == 0.001


def test_the_block_has_old_new_and_demolished_parts_and_one_storey_below_ground(block: Model) -> None:
    phases = Counter(block.value(wall, "Status") for wall in block.of("IfcWall"))
    assert set(phases) == {"EXISTING", "NEW", "DEMOLISH"}
    assert [s.Name for s in block.of("IfcBuildingStorey")] == ["B1", "1F", "2F", "3F", "4F", "5F", "6F", "RF"]
    (sets,) = (block.sets(b)["Pset_建筑技术信息属性集"] for b in block.of("IfcBuilding"))
    assert (sets["地上建筑层数"], sets["地下建筑层数"]) == (6, 1)


def test_the_imitation_has_the_habits_of_a_chinese_export(revit: Model) -> None:
    walls = revit.of("IfcWall")
    assert all(re.fullmatch(r"基本墙:[^:]+:\d{6}", wall.Name) for wall in walls)
    assert "基本墙:常规 - 200mm:304215" in {wall.Name for wall in walls}
    for wall in walls:
        sets = revit.sets(wall)
        assert {"约束", "尺寸标注", "标识数据", "阶段化", "结构", "其他"} <= set(sets)
        assert (sets["阶段化"]["创建的阶段"], sets["阶段化"]["拆除的阶段"]) == ("新构造", "无")
    assert [s.Name for s in revit.of("IfcBuildingStorey")] == [f"标高 {n}" for n in range(1, 6)]
    assert {c.Name for c in revit.of("IfcClassificationReference")} == {"Null"}
    assert len(revit.of("IfcBuildingElementProxy")) > 3
    assert revit.of("IfcSite")[0].RefLatitude[:3] == (39, 54, 57)
    assert "住宅楼".encode("utf-16-be").hex().upper() in revit.text[:1000]


def _ids(things: Iterable[Any]) -> list[str]:
    return [thing.GlobalId for thing in things]


def _duplicates(m: Model) -> list[str]:
    return [key for key, times in Counter(_ids(m.of("IfcRoot"))).items() if times > 1]


def _malformed(m: Model) -> list[str]:
    return [key for key in _ids(m.of("IfcRoot")) if not re.fullmatch(r"[0-3][0-9A-Za-z_$]{21}", key)]


def _walls_without_fire_rating(m: Model) -> list[str]:
    return _ids(wall for wall in m.of("IfcWall") if m.value(wall, "FireRating") is None)


def _doors_rated_elsewhere(m: Model) -> list[str]:
    doors = (door for door in m.of("IfcDoor") if m.value(door, "FireRating") is None)
    return _ids(door for door in doors if m.sets(door).get("标识数据", {}).get("耐火极限") == "甲级")


def _elements_without_storey(m: Model) -> list[str]:
    elements = (e for e in m.of("IfcElement") if not e.is_a("IfcFeatureElement"))
    return _ids(e for e in elements if not e.ContainedInStructure and not e.Decomposes)


def _storeys_with_one_name(m: Model) -> list[str]:
    names = Counter(storey.Name for storey in m.of("IfcBuildingStorey"))
    return _ids(storey for storey in m.of("IfcBuildingStorey") if names[storey.Name] > 1)


def _elevations_apart_from_placements(m: Model) -> list[str]:
    return _ids(
        storey
        for storey in m.of("IfcBuildingStorey")
        if storey.Elevation != storey.ObjectPlacement.RelativePlacement.Location.Coordinates[2]
    )


def _sites_at_default(m: Model) -> list[str]:
    beijing = ((39, 54, 57), (116, 25, 58))
    return _ids(site for site in m.of("IfcSite") if (site.RefLatitude[:3], site.RefLongitude[:3]) == beijing)


def _swapped_axes(m: Model) -> list[str]:
    (conversion,) = m.of("IfcMapConversion")
    swapped = 4.28e6 < conversion.Eastings < 4.82e6 and 41.3e6 < conversion.Northings < 41.7e6
    return _ids(m.of("IfcProject")) if swapped else []


def _windows_without_transmittance(m: Model) -> list[str]:
    return _ids(window for window in m.of("IfcWindow") if m.value(window, "ThermalTransmittance") is None)


def _new_fillings_in_demolished_hosts(m: Model) -> list[str]:
    found: list[str] = []
    for filling in m.of("IfcDoor", "IfcWindow"):
        host = filling.FillsVoids[0].RelatingOpeningElement.VoidsElements[0].RelatingBuildingElement
        if (m.value(filling, "Status"), m.value(host, "Status")) == ("NEW", "DEMOLISH"):
            found += _ids([filling, host])
    return found


def _elements_without_phase(m: Model) -> list[str]:
    elements = (e for e in m.of("IfcElement") if not e.is_a("IfcFeatureElement"))
    return _ids(e for e in elements if m.value(e, "Status") is None)


def _heights_in_metres(m: Model) -> list[str]:
    storeys = m.of("IfcBuildingStorey")
    return _ids(s for s in storeys if m.sets(s)["Pset_建筑楼层信息属性集"]["建筑层高"] < 10)


def _wrong_credit_codes(m: Model) -> list[str]:
    actors = m.of("IfcActor")
    return _ids(a for a in actors if not _credit_code_is_right(m.sets(a)["Pset_组织通用属性集"]["社会统一信用代码"]))


def _credit_code_is_right(code: str) -> bool:
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(code[:17]))
    return _CREDIT_ALPHABET[-total % 31] == code[17]


def _empty_storeys(m: Model) -> list[str]:
    return _ids(s for s in m.of("IfcBuildingStorey") if not s.ContainsElements and not s.IsDecomposedBy)


def _nameless_spaces(m: Model) -> list[str]:
    return _ids(space for space in m.of("IfcSpace") if not space.Name)


def _users_of_missing_instances(m: Model) -> list[str]:
    lines = re.findall(r"^#(\d+)=(.+)$", m.text, re.MULTILINE)
    there = {number for number, _ in lines}
    broken = [(number, refs) for number, body in lines if not there.issuperset(refs := re.findall(r"#(\d+)", body))]
    concerned = (m.file.by_id(int(n)) for number, refs in broken for n in (number, *refs) if n in there)
    return _ids(thing for thing in concerned if thing.is_a("IfcRoot"))


def _unknown_statuses(m: Model) -> list[str]:
    elements = (e for e in m.of("IfcElement") if not e.is_a("IfcFeatureElement"))
    return _ids(e for e in elements if m.value(e, "Status") not in {None, *_STATUSES})


DETECTORS: dict[str, Callable[[Model], list[str]]] = {
    "duplicate-global-id": _duplicates,
    "malformed-global-id": _malformed,
    "wall-without-fire-rating": _walls_without_fire_rating,
    "door-fire-rating-under-another-name": _doors_rated_elsewhere,
    "element-without-storey": _elements_without_storey,
    "storeys-with-the-same-name": _storeys_with_one_name,
    "storey-elevations-out-of-order": _elevations_apart_from_placements,
    "site-at-software-default": _sites_at_default,
    "northing-and-easting-swapped": _swapped_axes,
    "window-without-thermal-transmittance": _windows_without_transmittance,
    "new-door-in-demolished-wall": _new_fillings_in_demolished_hosts,
    "element-without-phase": _elements_without_phase,
    "storey-height-in-wrong-unit": _heights_in_metres,
    "credit-code-with-wrong-check-character": _wrong_credit_codes,
    "empty-storey": _empty_storeys,
    "space-without-name": _nameless_spaces,
    "dangling-classification-reference": _users_of_missing_instances,
    "status-outside-enumeration": _unknown_statuses,
}


def test_every_named_fault_has_its_detector() -> None:
    assert set(DETECTORS) == set(FAULTS)


@pytest.mark.parametrize("fault", DETECTORS)
def test_a_named_fault_is_there_where_the_catalogue_says_and_nowhere_else(fault: str, faulty: Model) -> None:
    assert sorted(DETECTORS[fault](faulty)) == sorted(FAULTS[fault]["global_ids"])


@pytest.mark.parametrize("fault", DETECTORS)
def test_the_good_block_has_none_of_the_faults(fault: str, block: Model) -> None:
    assert DETECTORS[fault](block) == []


class Checked:
    """What cimkit says of a sample: its report, and the things that each failing rule names."""

    def __init__(self, name: str) -> None:
        import cimkit

        self.report = cimkit.check(SAMPLES / name, lang="en")
        self.failing = {result.code: result for result in self.report.results if result.verdict == "failed"}

    def named_by(self, code: str) -> set[str | None]:
        """GlobalIds of what a rule's findings speak of; None stands for the file as a whole."""
        findings = self.failing[code].findings
        return {
            thing.id if thing is not None else None
            for finding in findings
            for thing in (finding.subject, *finding.related)
        }


def test_the_good_block_passes_with_nothing_of_weight_to_mend() -> None:
    checked = Checked(BLOCK)
    assert checked.report.internal_errors == []
    assert {code for code, result in checked.failing.items() if result.severity != "info"} == set()


def test_every_named_fault_is_found_where_it_is_and_nothing_else_is() -> None:
    checked = Checked(FAULTY)
    assert set(checked.failing) == {code for fault in FAULTS.values() for code in fault["rules"]}
    for code in checked.failing:
        concerned = {key for fault in FAULTS.values() if code in fault["rules"] for key in fault["global_ids"]}
        assert checked.named_by(code) <= {*concerned, None}, code
    for name, fault in FAULTS.items():
        named = set[str | None]().union(*(checked.named_by(code) for code in fault["rules"]))
        assert None in named or set(fault["global_ids"]) <= named, name


def test_the_imitation_of_a_chinese_export_is_told_what_it_lacks() -> None:
    checked = Checked(REVIT)
    assert checked.report.internal_errors == []
    assert checked.report.verdict == "manual"
    expected = {f"{prefix}-{code}" for prefix, codes in _IMITATION.items() for code in codes.split()}
    assert set(checked.failing) == expected
