"""What a file is, by its content."""

from __future__ import annotations

import io
import json
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.sources.recognise import HEAD_BYTES, recognise, zip_kind


def whole(data: bytes, name: str | None = None) -> str | None:
    return recognise(data[:HEAD_BYTES], name, lambda offset, size: data[offset : offset + size])


def tiff(*tags: int, at: int = 8, order: str = "<") -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = b"".join(struct.pack(f"{order}HHII", tag, 3, 1, 0) for tag in tags)
    return (
        mark + struct.pack(f"{order}I", at) + bytes(at - 8) + struct.pack(f"{order}H", len(tags)) + entries + bytes(4)
    )


def dbf() -> bytes:
    field = b"NAME".ljust(11, b"\0") + b"C" + bytes(4) + bytes([10]) + bytes(15)
    return bytes([3, 126, 1, 2]) + struct.pack("<IHH", 0, 65, 11) + bytes(20) + field + b"\r" + b"\x1a"


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (b"ISO-10303-21;\n", "ifc"),
        (b"/* a */ /* b */ISO-10303-21;", "ifc"),
        (b'{"type": "CityJSON", "version": "2.0"}', "cityjson"),
        (b'\xef\xbb\xbf {"CityObjects": {}, "vertices": []}', "cityjson"),
        (b'{"type":"CityJSONFeature"}\n{"type":"CityJSONFeature"}', "cityjson"),
        (b'{"type": "FeatureCollection", "features": []}', "geojson"),
        (b'{"type": "Feature", "geometry": null}', "geojson"),
        (b'{"type": "Polygon", "coordinates": []}', "geojson"),
        (b'{"type": "Feature"}\n{"type": "Feature"}\n', "geojsonseq"),
        (b'\x1e{"type": "Feature"}\n', "geojsonseq"),
        (b'{"asset": {"version": "1.1"}, "geometricError": 1, "root": {}}', "3dtiles"),
        (b'{"root": {"boundingVolume": {}}, "geometricError": 1}', "3dtiles"),
        (b'{"tileAvailability": {}}', "3dtiles"),
        (b'{"id": "a", "classes": {}}', "3dtiles"),
        (b'{"classes": {}, "images": []}', "json"),
        (b'{"asset": {"version": "2.0"}, "scenes": []}', "3dtiles"),
        (b"b3dm\x01\0\0\0", "3dtiles"),
        (b"glTF\x02\0\0\0", "3dtiles"),
        (b"subt\x01\0\0\0", "3dtiles"),
        (b'{"asset": "SuperMap", "version": 2.0}', "s3m"),
        (b'{"layerType": "3DObject", "store": {}}', "i3s"),
        (b'{"type": "Topology", "objects": {}}', "json"),
        (b"[1, 2]", "json"),
        (b"{ broken", "json"),
        (b"<?xml version='1.0'?><!-- c --><core:CityModel xmlns:core='x'>", "citygml"),
        (b"<!DOCTYPE CityModel [<!ENTITY a 'b'>]><CityModel>", "citygml"),
        (b"<gmd:MD_Metadata xmlns:gmd='x'/>", "metadata"),
        (b"<ModelMetadata version='1'>", "osgb"),
        (b"<html>", "xml"),
        ("<?xml version='1.0' encoding='UTF-16'?><CityModel/>".encode("utf-16"), "citygml"),
        (b"SQLite format 3\0" + bytes(52) + b"GPKG" + bytes(30), "geopackage"),
        (b"SQLite format 3\0" + bytes(90) + b"CREATE TABLE gpkg_contents (", "geopackage"),
        (b"SQLite format 3\0" + bytes(90) + b"CREATE TABLE media (key TEXT", "3dtiles"),
        (b"SQLite format 3\0" + bytes(90), "sqlite"),
        (b"LASF" + bytes(20), "las"),
        (b"PAR1" + bytes(20), "parquet"),
        (b"\0\0\x27\x0a" + bytes(96), "shapefile"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8), "xls"),
        (tiff(256, 33550, 33922), "geotiff"),
        (tiff(256, 34735, order=">"), "geotiff"),
        (tiff(256, 257), "tiff"),
        (tiff(256, 34735, at=200_000), "geotiff"),
        (tiff(256, 257, at=200_000), "tiff"),
        (dbf(), "dbf"),
        (b"PK\x03\x04", "zip"),
        (b"%PDF-1.7", None),
        (b"", None),
        (bytes(1000), None),
    ],
)
def test_formats_are_told_by_content(data: bytes, format: str | None) -> None:
    assert whole(data) == format


@pytest.mark.parametrize("name", ["a.csv", "a.TSV"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_tables_need_their_name_and_text(name: str, encoding: str) -> None:
    data = "编号,名称\n1,铁西\n".encode(encoding)
    assert whole(data, name) == "csv"
    assert whole(data, "a.txt") is None
    assert whole(bytes(40), name) is None
    assert whole(b"ISO-10303-21;", name) == "ifc"


def test_text_cut_within_a_letter_is_text() -> None:
    data = ("a" + "铁" * 40_000).encode()
    assert recognise(data[:HEAD_BYTES], "a.csv") == "csv"


@given(st.permutations(["type", "CityObjects", "vertices", "transform", "metadata"]), st.integers(0, 30_000))
def test_cityjson_is_told_wherever_its_type_stands(order: list[str], vertices: int) -> None:
    parts = {
        "type": "CityJSON",
        "CityObjects": {"a": {"type": "Building", "geometry": [{"type": "MultiPoint"}]}},
        "vertices": [[1, 2, 3]] * vertices,
        "transform": {"scale": [1, 1, 1]},
        "metadata": {"title": "FeatureCollection"},
    }
    assert whole(json.dumps({name: parts[name] for name in order}).encode()) == "cityjson"


@pytest.mark.parametrize("fill", [65_530, 4_065_530, 4_065_600])
def test_a_mark_across_two_pieces_is_seen(fill: int) -> None:
    for shift in range(0, 60, 3):
        data = b'{"vertices": [' + b" " * (fill + shift) + b'], "type" : "CityJSON"}'
        assert whole(data) == "cityjson"


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["[Content_Types].xml", "xl/workbook.xml"], "xlsx"),
        (["[Content_Types].xml", "word/document.xml"], "office"),
        (["tileset.json", "a/b.glb", "@3dtilesIndex1@"], "3dtiles"),
        (["3dSceneLayer.json.gz", "nodes/root/3dNodeIndexDocument.json.gz"], "i3s"),
        (["a/b.shp", "a/b.dbf"], "zip"),
        ([], "zip"),
    ],
)
def test_archives_are_told_by_their_names(names: list[str], kind: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    with zipfile.ZipFile(packed) as archive:
        assert zip_kind(archive.namelist()) == kind


@given(st.binary(max_size=400), st.sampled_from([b"", b"{", b"[", b"<", b"II*\0", b"MM\0+", b"\x03", b"\x1e{"]))
def test_nothing_is_too_odd_to_be_told(rest: bytes, start: bytes) -> None:
    whole(start + rest, "a.csv")


@pytest.mark.parametrize("data", [b'{"id": 3}', b'{"asset": {}}', b'{"buffers": []}', b'{"classes": {}, "more": 1}'])
def test_what_could_be_part_of_a_tileset_is_taken_for_one_only_when_it_is_named_by_itself(data: bytes) -> None:
    assert recognise(data) == "json"
    assert recognise(data, alone=True) == "3dtiles"
    assert recognise(b'{"name": "package", "version": "1.0"}', alone=True) == "json"
