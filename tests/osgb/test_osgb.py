"""OSGB folders: the shapes of metadata.xml, the layout of tiles, references between files."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from cimkit.errors import SourceError
from cimkit.facts.demand import everything
from cimkit.facts.model import Facts
from cimkit.readers.notes import Notes
from cimkit.readers.osgb import reader
from cimkit.readers.osgb.defects import OSGB_DEFECTS
from cimkit.readers.osgb.metadata import read_model_metadata
from cimkit.readers.osgb.reader import read_osgb

MAGIC = struct.pack("<II", 0x6C910EA1, 0x1AFB4545)
METADATA = """<?xml version="1.0" encoding="utf-8"?>
<ModelMetadata version="1"><SRS>{srs}</SRS><SRSOrigin>{origin}</SRSOrigin>
<Texture><ColorSource>Visible</ColorSource></Texture></ModelMetadata>"""
SOUND = METADATA.format(srs="EPSG:4549", origin="541000,4629000,0")


def osgb(*children: str, packed: bool = False) -> bytes:
    body = b"".join(struct.pack("<I", len(child)) + child.encode() for child in children) + bytes(20)
    name = b"zlib" if packed else b"0"
    head = MAGIC + struct.pack("<III", 1, 161, 0) + struct.pack("<I", len(name)) + name
    return head + (zlib.compress(body) if packed else body)


def folder(root: Path, metadata: str | None = SOUND, **more: bytes) -> Path:
    """Two tiles, each a root with one child; more: further files, or None to leave one out."""
    files: dict[str, bytes | None] = {}
    for tile in ("Tile_+000_+000", "Tile_+000_+001"):
        files[f"Data/{tile}/{tile}.osgb"] = osgb(f"{tile}_L15_0.osgb", packed=tile.endswith("1"))
        files[f"Data/{tile}/{tile}_L15_0.osgb"] = osgb()
    files |= {key.replace("__", "/"): value for key, value in more.items()}
    if metadata is not None:
        files["metadata.xml"] = metadata.encode()
    for name, data in files.items():
        if data is not None:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
    return root


def read(root: Path) -> Facts:
    return read_osgb(root, everything(), name=root.name)


def values(facts: Facts, kind: str = "oblique") -> dict[str, Any]:
    return {each.name: each.column.values.text[0] for each in facts.properties if each.set_name == kind}


def defects(facts: Facts) -> list[tuple[str, str | None]]:
    return list(facts.defects.select("kind", "detail").iter_rows())


def test_a_sound_folder(tmp_path: Path) -> None:
    facts = read(folder(tmp_path))
    found = values(facts)
    assert (found["srs_shape"], found["crs"], found["tiles"], found["files"]) == ("epsg", "EPSG:4549", "2", "4")
    assert (found["origin_x"], found["level_greatest"], found["color_source"]) == ("541000.0", "15", "Visible")
    assert facts.subjects.kinds == ("oblique", "tile")
    assert defects(facts) == []


WKT = CRS.from_epsg(4549).to_wkt("WKT1_GDAL")


@pytest.mark.parametrize(
    ("text", "shape", "expected"),
    [
        (METADATA.format(srs="EPSG:4549", origin="541000,4629000"), "epsg", []),
        (METADATA.format(srs="EPSG:4529", origin="41535737,4629512,30.5"), "epsg", []),
        (METADATA.format(srs="EPSG:4549", origin="4629000,541000,0"), "epsg", [("osgb_origin", "swapped")]),
        (METADATA.format(srs="EPSG:4549", origin="1,2,3"), "epsg", [("osgb_origin", "outside_area")]),
        (METADATA.format(srs="EPSG:4549", origin="1,2,x"), "epsg",
         [("osgb_origin", "numbers"), ("osgb_origin", "missing")]),
        (METADATA.format(srs="EPSG:999999", origin="1,2,3"), "epsg", [("osgb_system", "not_registered")]),
        (METADATA.format(srs="ENU:41.8,123.4", origin="0,0,0"), "enu", []),
        (METADATA.format(srs="ENU:123.4,41.8", origin="0,0,0"), "enu", [("osgb_origin", "swapped")]),
        (METADATA.format(srs=WKT, origin="541000,4629000,0"), "wkt", []),
        (METADATA.format(srs="local", origin="0,0,0"), "local", [("osgb_system", "local")]),
        (METADATA.format(srs="沈阳城建坐标系", origin="0,0,0"), "missing", [("osgb_system", "not_told")]),
        ("<ModelMetadata><SRS>EPSG:4549</SRS></ModelMetadata>", "epsg", [("osgb_origin", "missing")]),
        ("<ModelMetadata/>", "missing", [("osgb_system", "missing")]),
        ("<Metadata><SRS>ENU:41,123</SRS></Metadata>", "enu", [("osgb_metadata", "wrong_root")]),
    ],
)  # fmt: skip
def test_the_shapes_of_its_metadata(text: str, shape: str, expected: list[tuple[str, str]]) -> None:
    notes = Notes(everything())
    found = read_model_metadata(text.encode(), notes)
    assert found is not None
    assert found.shape == shape
    assert list(notes.frame().select("kind", "detail").iter_rows()) == expected


def test_an_entity_bomb_is_not_expanded() -> None:
    bomb = '<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><ModelMetadata><SRS>&b;</SRS></ModelMetadata>'
    found = read_model_metadata(bomb.encode(), Notes(everything()))
    assert found is None or len(found.srs or "") < 20


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"Data__Tile_+000_+000__Tile_+000_+000.osgb": None}, ("osgb_root_missing", None)),
        ({"Data__Tile_+000_+000__Tile_+000_+000_L15_0.osgb": None}, ("osgb_child_missing", None)),
        ({"Data__Tile_+000_+000__Tile_+000_+000_L16_0.osgb": osgb()}, ("osgb_orphan", None)),
        ({"Data__Tile_+000_+000__Tile_+000_+000_L15_0.osgb": b""}, ("osgb_file", "empty")),
        ({"Data__Tile_+000_+000__Tile_+000_+000_L15_0.osgb": b"no tile"}, ("osgb_file", "magic")),
        ({"Other__Tile_9__Tile_9.osgb": osgb()}, ("osgb_stray", None)),
    ],
)
def test_layout_and_references(tmp_path: Path, more: dict[str, Any], expected: tuple[str, str | None]) -> None:
    assert expected in defects(read(folder(tmp_path, **more)))


def test_without_metadata(tmp_path: Path) -> None:
    facts = read(folder(tmp_path, metadata=None))
    assert defects(facts) == [("osgb_no_metadata", None)]
    assert values(facts)["srs_shape"] == "missing"


def test_metadata_alone(tmp_path: Path) -> None:
    path = tmp_path / "metadata.xml"
    path.write_text(SOUND, encoding="utf-8")
    assert values(read_osgb(path, everything(), name="metadata.xml"))["crs"] == "EPSG:4549"


def test_an_empty_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as error:
        read(tmp_path)
    assert error.value.key == "readers.osgb_empty"


def many(root: Path) -> Path:
    """Nine tiles: in each, one file that is not there and one that nobody refers to."""
    files = {"metadata.xml": SOUND.encode()}
    for number in range(9):
        files[f"Data/T{number}/T{number}.osgb"] = osgb(f"T{number}_L15_0.osgb", "gone.osgb")
        files[f"Data/T{number}/T{number}_L15_0.osgb"] = osgb()
        files[f"Data/T{number}/T{number}_over.osgb"] = osgb()
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def test_of_a_large_folder_whole_tiles_are_opened_spread_over_it_and_how_many_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = many(tmp_path)
    whole = read(root)
    told: Any = whole.whole["looked_at"]
    assert (told["tiles_opened"], told["files_opened"], told["bytes_opened"]) == (9, 27, told["bytes"])
    assert len(whole.defects) == 18

    monkeypatch.setattr(reader, "_OPENED", told["bytes"] // 3)
    facts = read(root)
    looked: Any = facts.whole["looked_at"]
    assert (looked["tiles"], looked["tiles_opened"], looked["files"], looked["files_opened"]) == (9, 3, 27, 9)
    assert looked["bytes_opened"] <= told["bytes"] // 3
    row = facts.defects.row(by_predicate=pl.col("kind") == "osgb_not_judged", named=True)
    assert (row["detail"], row["found"]) == ("size", "9 / 27")
    assert row["expected"] == f"3 / 9, {looked['bytes_opened']} / {told['bytes']} B"
    missing = facts.defects.filter(pl.col("kind") == "osgb_child_missing")["locator"].to_list()
    assert missing == [f"Data/T{number}/T{number}.osgb" for number in (0, 3, 6)]
    orphans = facts.defects.filter(pl.col("kind") == "osgb_orphan")["locator"].to_list()
    assert orphans == [f"Data/T{number}/T{number}_over.osgb" for number in (0, 3, 6)]


def test_a_file_too_large_to_be_opened_at_all_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_OPENED", 10)
    facts = read(many(tmp_path))
    looked: Any = facts.whole["looked_at"]
    assert (looked["tiles_opened"], looked["files_opened"]) == (0, 0)
    assert ("osgb_not_judged", "size") in defects(facts)


def test_what_cannot_be_unpacked_leaves_its_references_unknown(tmp_path: Path) -> None:
    broken = osgb("x.osgb", packed=True)[:40] + b"no zlib"
    facts = read(folder(tmp_path, **{"Data__T__T.osgb": broken, "Data__T__T_over.osgb": osgb()}))
    assert {("osgb_file", "packed"), ("osgb_not_judged", "packed")} <= set(defects(facts))
    assert "osgb_orphan" not in facts.defects["kind"].to_list()


def test_a_reference_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    facts = read(folder(tmp_path, **{"Data__T__T.osgb": osgb("../../../../x.osgb", "/etc/x.osgb")}))
    assert "osgb_child_missing" not in facts.defects["kind"].to_list()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=120), st.binary(max_size=120))
def test_any_bytes_give_facts_or_a_sentence(tmp_path: Path, metadata: bytes, tile: bytes) -> None:
    (tmp_path / "metadata.xml").write_bytes(metadata)
    (tmp_path / "a.osgb").write_bytes(MAGIC + tile)
    facts = read(tmp_path)
    assert set(facts.defects["kind"]) <= set(OSGB_DEFECTS)
