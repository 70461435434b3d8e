"""GeoTIFF: what is told of a sound one, what is found in an unsound one, and bytes give facts or a sentence."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

rasterio = pytest.importorskip("rasterio")

from affine import Affine  # noqa: E402

from cimkit.errors import SourceError  # noqa: E402
from cimkit.facts.demand import everything  # noqa: E402
from cimkit.facts.model import Facts  # noqa: E402
from cimkit.readers.notes import Notes  # noqa: E402
from cimkit.readers.raster.defects import RASTER_DEFECTS  # noqa: E402
from cimkit.readers.raster.directories import read_directories  # noqa: E402
from cimkit.readers.raster.reader import read_geotiff  # noqa: E402

HEIGHTS = np.tile(np.arange(60, dtype=np.float32), (40, 1))
PLACE = Affine(2.0, 0.0, 541000.0, 0.0, -2.0, 4629000.0)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rasterio's writer warns of what these files lack
        yield


def write(path: Path, pixels: Any = HEIGHTS, **profile: Any) -> Path:
    bands = pixels if pixels.ndim == 3 else pixels[None]
    given_ = {"crs": "EPSG:4549", "transform": PLACE, **profile}
    kept = {key: value for key, value in given_.items() if value is not None}
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=len(bands),
        height=bands.shape[1],
        width=bands.shape[2],
        dtype=bands.dtype,
        **kept,
    ) as raster:
        raster.write(bands)
    return path


def read(path: Path) -> Facts:
    return read_geotiff(path, everything(), name=path.name)


def fields(facts: Facts, kind: str = "raster") -> dict[str, Any]:
    return {each.name: each.column.values.text[0] for each in facts.properties if each.set_name == kind}


def number(facts: Facts, name: str) -> float:
    return float(next(each for each in facts.properties if each.name == name).column.values.number[0])


def defects(facts: Facts) -> list[tuple[str, str | None]]:
    return list(facts.defects.select("kind", "detail").iter_rows())


def test_an_elevation_model(tmp_path: Path) -> None:
    pixels = HEIGHTS.copy()
    pixels[:10] = -9999
    facts = read(write(tmp_path / "dem.tif", pixels, nodata=-9999, compress="deflate"))
    found = fields(facts)
    assert (found["role"], found["crs"], found["compression"], found["nodata"]) == (
        "elevation", "EPSG:4549", "deflate", "-9999",
    )  # fmt: skip
    assert number(facts, "resolution_m") == 2.0
    assert number(facts, "nodata_share") == pytest.approx(0.25)
    assert number(facts, "sampled_share") == 1.0
    assert (number(facts, "least"), number(facts, "greatest")) == (0.0, 59.0)
    assert facts.whole["raster"]["extent"] == [541000.0, 4628920.0, 541120.0, 4629000.0]  # type: ignore[index]
    assert facts.subjects.kinds == ("raster", "band")
    assert facts.links["part"].target.tolist() == [0]
    assert defects(facts) == []


def test_an_orthophoto_in_degrees(tmp_path: Path) -> None:
    pixels = np.full((3, 20, 30), 7, np.uint8)
    place = Affine(1e-5, 0, 123.4, 0, -1e-5, 41.8)
    facts = read(write(tmp_path / "dom.tif", pixels, crs="EPSG:4490", transform=place))
    assert fields(facts)["role"] == "image"
    assert number(facts, "bands") == 3
    assert number(facts, "resolution_m") == pytest.approx(0.83, abs=0.01)


def test_a_compound_system_tells_the_height_datum(tmp_path: Path) -> None:
    facts = read(write(tmp_path / "dem.tif", crs="EPSG:4549+5737"))
    assert (fields(facts)["crs"], fields(facts)["height_datum"]) == ("EPSG:4549", "EPSG:5737")


def test_the_extent_in_degrees(tmp_path: Path) -> None:
    facts = read(write(tmp_path / "dem.tif"))
    assert number(facts, "west_degrees") == pytest.approx(120.49, abs=0.05)
    assert number(facts, "north_degrees") == pytest.approx(41.80, abs=0.05)


def test_no_place_and_no_system(tmp_path: Path) -> None:
    facts = read(write(tmp_path / "scan.tif", crs=None, transform=None))
    assert set(defects(facts)) == {("raster_not_placed", "nothing"), ("raster_no_crs", None)}


def test_south_up_and_rotated(tmp_path: Path) -> None:
    up = read(write(tmp_path / "up.tif", transform=Affine(2, 0, 0, 0, 2, 0)))
    turned = read(write(tmp_path / "turned.tif", transform=Affine(2, 1, 0, 1, -2, 0)))
    assert ("raster_rotated", "upside_down") in defects(up)
    assert ("raster_rotated", "rotated") in defects(turned)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2\n0\n0\n-2\n541001\n4628999\n", []),
        ("2\n0\n0\n-2\n541000\n4629000\n", [("raster_world_file", "elsewhere")]),
        ("2\n0\n", [("raster_world_file", "unreadable")]),
        ("2\n0\n0\n-2\nnan\n1\n", [("raster_world_file", "unreadable")]),
    ],
)
def test_the_world_file_beside_it(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    path = write(tmp_path / "dem.tif")
    (tmp_path / "dem.TFW").write_text(text)
    facts = read(path)
    assert fields(facts)["world_file"] == "true"
    assert defects(facts) == expected


def test_a_value_for_no_data_that_the_type_cannot_hold(tmp_path: Path) -> None:
    path = write(tmp_path / "dom.tif", np.zeros((10, 10), np.uint8), nodata=200)
    data = path.read_bytes()
    assert data.count(b"200\x00") == 1
    path.write_bytes(data.replace(b"200\x00", b"300\x00"))
    assert defects(read(path)) == [("raster_nodata_type", None)]


def test_a_file_cut_short(tmp_path: Path) -> None:
    path = write(tmp_path / "dem.tif", np.random.default_rng(1).random((200, 200)).astype(np.float32))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - 20_000])
    found = defects(read(path))
    assert ("raster_data_missing", "beyond_end") in found
    assert ("raster_data_unreadable", "block") in found


def tiff(entries: list[tuple[int, int, int, int]], body: bytes = b"", following: int = 0) -> bytes:
    """A little-endian TIFF with one directory right behind its header."""
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = b"II*\x00" + struct.pack("<IH", 8, len(entries))
    return head + packed + struct.pack("<I", following) + body


GREY = [
    (256, 3, 1, 4), (257, 3, 1, 4), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 150), (277, 3, 1, 1),
    (278, 3, 1, 4), (279, 4, 1, 16),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (tiff(GREY, bytes(200), following=8), "circle"),
        (tiff(GREY, bytes(200), following=900_000), "outside"),
        (tiff([GREY[1], GREY[0], *GREY[2:]], bytes(200)), "order"),
        (tiff([*GREY, (305, 2, 500, 900_000)], bytes(200)), "value_outside"),
        (tiff([GREY[0], GREY[1], *GREY[5:]], bytes(200)), "tag_missing"),
    ],
)
def test_directories_out_of_order(tmp_path: Path, data: bytes, detail: str) -> None:
    path = tmp_path / "x.tif"
    path.write_bytes(data)
    notes = Notes(everything())
    read_directories(path, notes)
    assert detail in notes.frame()["detail"].to_list()


def test_a_huge_declared_size_is_not_unpacked(tmp_path: Path) -> None:
    huge = 2**31 - 1
    entries = [(256, 4, 1, huge), (257, 4, 1, huge), *GREY[2:7], (278, 4, 1, huge), GREY[8]]
    path = tmp_path / "x.tif"
    path.write_bytes(tiff(entries, bytes(200)))
    try:
        facts = read(path)
    except SourceError as error:
        assert error.key == "readers.raster_broken"  # noqa: PT017 - either way is a sentence
        return
    assert ("raster_not_judged", "block_size") in defects(facts)


@pytest.mark.parametrize(
    "data", [b"II*\x00", b"II*\x00\xff\xff\xff\xff", b"MM\x00*\x00\x00\x00\x08", b"no picture", b""]
)
def test_what_is_no_tiff_is_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.tif"
    path.write_bytes(data)
    with pytest.raises(SourceError) as error:
        read(path)
    assert error.value.key == "readers.raster_broken"


def test_a_claim_of_65535_bands_is_told_and_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "x.tif"
    write(path, HEIGHTS[:8, :8])
    data = bytearray(path.read_bytes())
    (directory,) = struct.unpack_from("<I", data, 4)
    (tags,) = struct.unpack_from("<H", data, directory)
    entries = [directory + 2 + 12 * number for number in range(tags)]
    (samples_per_pixel,) = (at for at in entries if struct.unpack_from("<H", data, at) == (277,))
    struct.pack_into("<H", data, samples_per_pixel + 8, 65_535)
    path.write_bytes(data)

    facts = read(path)

    assert facts.counts["bands"] == 65_535
    assert ("raster_not_judged", "65535") in facts.defects.select("kind", "found").rows()


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 700), st.binary(min_size=1, max_size=12))
def test_damaged_bytes_give_facts_or_a_sentence(tmp_path: Path, at: int, patch: bytes) -> None:
    good = tmp_path / "good.tif"
    if not good.exists():
        write(good, HEIGHTS[:8, :8])
    data = good.read_bytes()
    at %= len(data)
    path = tmp_path / "x.tif"
    path.write_bytes(data[:at] + patch + data[at + len(patch) :])
    try:
        facts = read(path)
    except SourceError:
        return
    assert set(facts.defects["kind"]) <= set(RASTER_DEFECTS)
