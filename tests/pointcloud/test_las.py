"""LAS and LAZ: what a sound cloud tells, what is found in an unsound one; damaged bytes give facts or a sentence."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

laspy = pytest.importorskip("laspy")

from pyproj import CRS  # noqa: E402

from cimkit.errors import SourceError  # noqa: E402
from cimkit.facts.demand import everything  # noqa: E402
from cimkit.facts.model import Facts  # noqa: E402
from cimkit.readers.pointcloud.defects import LAS_DEFECTS  # noqa: E402
from cimkit.readers.pointcloud.reader import read_las  # noqa: E402


def write(
    path: Path,
    *,
    point_format: int = 6,
    version: str = "1.4",
    crs: str | None = "EPSG:4549",
    count: int = 400,
    **fields: Any,
) -> Path:
    header = laspy.LasHeader(point_format=point_format, version=version)
    header.scales, header.offsets = [0.001] * 3, [541000, 4629000, 0]
    if crs is not None:
        header.add_crs(CRS.from_user_input(crs))
    cloud = laspy.LasData(header)
    side = int(count**0.5)
    cloud.x = 541000 + np.arange(count) % side * 0.5
    cloud.y = 4629000 + np.arange(count) // side * 0.5
    cloud.z = 50 + np.arange(count) % 7 * 0.1
    cloud.classification = np.arange(count) % 2 + 1
    cloud.return_number = np.ones(count, np.uint8)
    cloud.number_of_returns = np.ones(count, np.uint8)
    for name, value in fields.items():
        setattr(cloud, name, value)
    cloud.write(path)
    return path


def read(path: Path) -> Facts:
    return read_las(path, everything(), name=path.name)


def values(facts: Facts, kind: str = "pointcloud") -> dict[str, Any]:
    return {each.name: each.column.values.text.to_list() for each in facts.properties if each.set_name == kind}


def defects(facts: Facts) -> list[tuple[str, str | None]]:
    return list(facts.defects.select("kind", "detail").iter_rows())


def patched(path: Path, at: int, form: str, *numbers: Any) -> Path:
    data = bytearray(path.read_bytes())
    struct.pack_into(f"<{form}", data, at, *numbers)
    path.write_bytes(bytes(data))
    return path


@pytest.mark.parametrize(
    ("name", "point_format", "version"), [("a.las", 6, "1.4"), ("b.laz", 3, "1.2"), ("c.laz", 7, "1.4")]
)
def test_a_sound_cloud(tmp_path: Path, name: str, point_format: int, version: str) -> None:
    facts = read(write(tmp_path / name, point_format=point_format, version=version))
    found = {key: value[0] for key, value in values(facts).items()}
    assert (found["version"], found["crs"], found["points"]) == (version, "EPSG:4549", "400")
    assert found["compressed"] == ("true" if name.endswith("laz") else "false")
    assert float(found["density"]) == pytest.approx(4.0, rel=0.3)
    assert (float(found["west"]), float(found["found_east"])) == (541000.0, 541009.5)
    assert values(facts, "pointclass")["code"] == ["1", "2"]
    assert facts.links["part"].target.tolist() == [0, 0]
    assert defects(facts) == []


def test_the_height_datum_of_a_compound_system(tmp_path: Path) -> None:
    found = values(read(write(tmp_path / "a.las", crs="EPSG:4549+5737")))
    assert (found["crs"], found["height_datum"]) == (["EPSG:4549"], ["EPSG:5737"])


def test_no_reference_system(tmp_path: Path) -> None:
    assert ("las_no_crs", None) in defects(read(write(tmp_path / "a.las", crs=None, point_format=3, version="1.2")))


def test_points_outside_the_stated_extent(tmp_path: Path) -> None:
    path = patched(write(tmp_path / "a.las", point_format=3, version="1.2"), 179, "d", 541001.0)
    assert ("las_extent", "outside_box") in defects(read(path))


def test_an_extent_that_is_none(tmp_path: Path) -> None:
    path = patched(write(tmp_path / "a.las", point_format=3, version="1.2"), 179, "d", float("nan"))
    assert ("las_extent", "no_box") in defects(read(path))


def test_counts_by_return_that_are_wrong(tmp_path: Path) -> None:
    path = patched(write(tmp_path / "a.las", point_format=3, version="1.2"), 111, "I", 7)
    assert ("las_counts", "by_return") in defects(read(path))


def test_return_numbers_beyond_the_number_of_returns(tmp_path: Path) -> None:
    path = write(tmp_path / "a.las", return_number=np.full(400, 2, np.uint8))
    assert ("las_returns", "number") in defects(read(path))


def test_reserved_classes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.las", classification=np.full(400, 30, np.uint8))
    assert ("las_class", "reserved") in defects(read(path))


def test_the_old_count_of_version_1_4(tmp_path: Path) -> None:
    path = patched(write(tmp_path / "a.las"), 107, "I", 400)
    assert ("las_counts", "legacy") in defects(read(path))


@pytest.mark.parametrize("name", ["a.las", "a.laz"])
def test_a_file_cut_short(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, count=10_000)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    found = {kind for kind, _ in defects(read(path))}
    assert found & {"las_truncated", "las_unreadable"}


@pytest.mark.parametrize(
    ("at", "form", "value", "detail"),
    [
        (94, "H", 100, "header_size"),
        (105, "H", 3, "record_length"),
        (131, "d", 0.0, "scale"),
        (155, "d", float("inf"), "offset"),
        (96, "I", 2**31, "first_point"),
    ],
)
def test_headers_that_cannot_be(tmp_path: Path, at: int, form: str, value: Any, detail: str) -> None:
    path = patched(write(tmp_path / "a.las", point_format=3, version="1.2"), at, form, value)
    assert ("las_header", detail) in defects(read(path))


def test_huge_numbers_of_points_and_records_end(tmp_path: Path) -> None:
    path = write(tmp_path / "a.las", point_format=3, version="1.2")
    patched(path, 100, "I", 2**32 - 1)
    patched(path, 107, "I", 2**32 - 1)
    found = {kind for kind, _ in defects(read(path))}
    assert {"las_truncated", "las_record"} <= found


@pytest.mark.parametrize("data", [b"", b"LASF", b"LASF" + bytes(300), b"no points" * 50, b"LASF" + b"\xff" * 400])
def test_what_is_no_las_is_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.las"
    path.write_bytes(data)
    with pytest.raises(SourceError) as error:
        read(path)
    assert error.value.key == "readers.las_broken"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["good.las", "good.laz"]), st.integers(0, 900), st.binary(min_size=1, max_size=12))
def test_damaged_bytes_give_facts_or_a_sentence(tmp_path: Path, name: str, at: int, patch: bytes) -> None:
    good = tmp_path / name
    if not good.exists():
        write(good, count=16)
    data = good.read_bytes()
    at %= len(data)
    path = tmp_path / f"x{good.suffix}"
    path.write_bytes(data[:at] + patch + data[at + len(patch) :])
    try:
        facts = read(path)
    except SourceError:
        return
    assert set(facts.defects["kind"]) <= set(LAS_DEFECTS)
