"""Folders, archives and single files become sources; what can't be taken says why."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from cimkit.sources.formats import FORMATS_READ
from cimkit.sources.limits import Limits
from cimkit.sources.opening import expand
from cimkit.sources.source import Source
from tests.sources.test_recognise import dbf

TILESET = b'{"asset": {"version": "1.1"}, "geometricError": 1, "root": {}}'
IFC = b"ISO-10303-21;\n"
SHP = b"\0\0\x27\x0a" + bytes(96)
CITY: Mapping[str, bytes] = {
    "楼.ifc": IFC,
    "路网/road.shp": SHP,
    "路网/ROAD.DBF": b"dbf",
    "路网/road.shx": SHP,
    "路网/road.shp.xml": b"<x/>",
    "路网/说明.docx": b"no",
    "city.gdb/a00000001.gdbtable": b"x",
    "city.gdb/gdb": b"x",
    "tiles/tileset.json": TILESET,
    "tiles/0/tileset.json": TILESET,
    "tiles/0/a.b3dm": b"b3dm",
    "tiles/0/note.csv": b"a,b\n",
    "oblique/metadata.xml": b"<ModelMetadata/>",
    "oblique/Data/Tile_001/Tile_001.osgb": b"osg",
    "oblique/Data/Tile_002/Tile_002.osgb": b"osg",
    "dem.tif": b"II*\0\x08\0\0\0\0\0",
    "dem.tfw": b"1\n",
    "a.las": b"LASF",
}
FOUND = {
    "a.las": ("las", ()),
    "city.gdb": ("filegdb", ("a00000001.gdbtable", "gdb")),
    "dem.tif": ("geotiff", ("dem.tfw", "dem.tif")),
    "oblique": ("osgb", ("Data/Tile_001/Tile_001.osgb", "Data/Tile_002/Tile_002.osgb", "metadata.xml")),
    "tiles/0/note.csv": ("csv", ()),
    "tiles/tileset.json": ("3dtiles", ("0/a.b3dm", "0/tileset.json", "tileset.json")),
    "楼.ifc": ("ifc", ()),
    "路网/road.shp": ("shapefile", ("ROAD.DBF", "road.shp", "road.shp.xml", "road.shx")),
}


def written(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(files: Mapping[str, bytes], *, gbk: bool = False) -> bytes:
    """A ZIP; gbk: its names are GB18030 and it does not say so."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.encode("gb18030").decode("cp437") if gbk else name, content)
    data = packed.getvalue()
    if gbk:  # zipfile flags every name beyond ASCII as UTF-8: put the raw bytes and no flag in their place
        for name in files:
            raw = name.encode("gb18030")
            data = data.replace(raw.decode("cp437").encode(), raw)
    return data


def found(sources: list[Source], prefix: str) -> dict[str, tuple[str | None, tuple[str, ...]]]:
    return {source.name.removeprefix(prefix): (source.format, source.parts) for source in sources}


def test_a_folder_is_its_sources_and_parts_are_none(tmp_path: Path) -> None:
    sources = list(expand(written(tmp_path, CITY), Limits()))
    assert found(sources, f"{tmp_path.as_posix()}/") == FOUND
    assert [source.name for source in sources] == sorted(
        (source.name for source in sources), key=lambda n: n.split("/")
    )


def test_an_archive_is_the_same_sources(tmp_path: Path) -> None:
    sources = list(expand(zipped(CITY), Limits(), name="交付.zip"))
    assert found(sources, "交付.zip!") == FOUND


@pytest.mark.parametrize("given", ["路网/road.shp", "dem.tif", "tiles/tileset.json"])
def test_a_main_file_alone_brings_its_parts(tmp_path: Path, given: str) -> None:
    written(tmp_path, CITY)
    (source,) = expand(tmp_path / given, Limits())
    assert (source.format, source.parts) == FOUND[given]
    if source.error is None:
        with source.on_disk(Limits()) as path:
            assert path == tmp_path / given


def test_names_packed_on_a_chinese_windows_are_read() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("aaaa/bb.shp", SHP)
        archive.writestr("aaaa/bb.dbf", b"x")
    data = packed.getvalue().replace(b"aaaa", "路网".encode("gb18030")).replace(b"bb.", "道".encode("gb18030") + b".")
    (source,) = expand(data, Limits(), name="a.zip")
    assert source.name == "a.zip!路网/道.shp"
    assert source.parts == ("道.dbf", "道.shp")
    with Source.on_disk(_known(source), Limits()) as path:
        assert path.name == "道.shp"
        assert path.with_suffix(".dbf").read_bytes() == b"x"


def _known(source: Source) -> Source:
    """The source as if every reader were there."""
    from msgspec.structs import replace

    return replace(source, error=None)


def test_packed_parts_are_unpacked_side_by_side_and_go_again() -> None:
    sources = {source.format: _known(source) for source in expand(zipped(CITY), Limits(), name="a.zip")}
    with sources["filegdb"].on_disk(Limits()) as path:
        assert path.name == "city.gdb"
        assert sorted(each.name for each in path.iterdir()) == ["a00000001.gdbtable", "gdb"]
    assert not path.exists()
    with sources["3dtiles"].on_disk(Limits()) as path:
        assert path.read_bytes() == TILESET
        assert (path.parent / "0" / "a.b3dm").is_file()


def test_bytes_get_a_name_with_the_ending_that_libraries_want() -> None:
    with Source("a/b?.gpkg", data=b"x", format="geopackage").on_disk(Limits()) as path:
        assert path.name == "b_.gpkg"
    with Source("-", data=b"x", format="geopackage").on_disk(Limits()) as path:
        assert path.suffix == ".gpkg"


def test_a_digest_is_of_names_sizes_and_content(tmp_path: Path) -> None:
    limits = Limits()

    def digest(files: Mapping[str, bytes]) -> str:
        (source,) = expand(zipped(files), limits, name="x.zip")
        return _known(source).digest(limits)

    files = {"a.shp": SHP, "a.dbf": b"one"}
    (source,) = expand(written(tmp_path, files), limits)
    assert _known(source).digest(limits) == digest(files)  # packed or not
    others = [{"a.shp": SHP, "a.dbf": b"two"}, {"b.shp": SHP, "b.dbf": b"one"}, {**files, "a.prj": b""}]
    assert len({digest(each) for each in [files, *others]}) == 4
    (tmp_path / "m.ifc").write_bytes(IFC)
    (single,) = expand(tmp_path / "m.ifc", limits)
    assert single.digest(limits) == hashlib.sha256(IFC).hexdigest()


def test_a_format_without_a_reader_says_so(tmp_path: Path) -> None:
    assert "dbf" not in FORMATS_READ
    (tmp_path / "table.dbf").write_bytes(dbf())
    (source,) = expand(tmp_path, Limits())
    assert source.error is not None
    assert (source.error.key, source.format) == ("sources.no_reader", "dbf")
    assert "dbf" in source.error.message("zh")


@pytest.mark.parametrize("name", ["../a.ifc", "/a.ifc", "C:/a.ifc", "a/../../b.ifc", "..\\a.ifc"])
def test_paths_out_of_an_archive_are_refused(name: str) -> None:
    (source,) = expand(zipped({name: IFC, "b.ifc": IFC}), Limits(), name="a.zip")
    assert source.error is not None
    assert source.error.key == "sources.archive_path"


def test_links_out_of_a_folder_are_told_and_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    written(outside, {"a.ifc": IFC})
    written(inside, {"b.ifc": IFC, "sub/c.ifc": IFC})
    try:
        (inside / "file.ifc").symlink_to(outside / "a.ifc")
        (inside / "folder").symlink_to(outside, target_is_directory=True)
        (inside / "own").symlink_to(inside / "sub", target_is_directory=True)
    except OSError:
        pytest.skip("links can't be made here")
    told = {source.name.rpartition("/")[2]: source.error and source.error.key for source in expand(inside, Limits())}
    assert told == {
        "b.ifc": None,
        "c.ifc": None,
        "file.ifc": "sources.link_outside",
        "folder": "sources.link_outside",
    }


def test_links_in_an_archive_are_told_and_not_followed() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        info = zipfile.ZipInfo("l.ifc")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        info.create_system = 3
        archive.writestr(info, "/etc/passwd")
        archive.writestr("b.ifc", IFC)
    sources = {
        source.name: source.error and source.error.key for source in expand(packed.getvalue(), Limits(), name="a")
    }
    assert sources == {"a!b.ifc": None, "a!l.ifc": "sources.link_outside"}


def test_an_archive_in_an_archive_is_named() -> None:
    sources = list(expand(zipped({"in.zip": zipped({"a.ifc": IFC}), "b.ifc": IFC}), Limits(), name="a"))
    assert {source.name: source.error and source.error.key for source in sources} == {
        "a!b.ifc": None,
        "a!in.zip": "sources.nested_archive",
    }


def test_a_database_is_an_address_and_its_password_is_not_shown() -> None:
    (source,) = expand("postgresql://me:secret@host/db", Limits())
    assert source.format == "postgis"
    assert source.address == "postgresql://me:secret@host/db"
    assert "secret" not in source.name


def test_parts_in_memory_are_read_by_several_threads_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    files = {f"tiles/{number}.b3dm": b"b3dm" + bytes([number % 256]) * 20_000 for number in range(200)}
    (source,) = expand(zipped({"tiles/tileset.json": TILESET, **files}), Limits(), name="a.zip")
    with ThreadPoolExecutor(4) as crew:
        digests = {each.result() for each in [crew.submit(source.digest, Limits()) for _ in range(8)]}
    assert len(digests) == 1


def test_a_tileset_of_another_name_has_the_tiles_below_it() -> None:
    tiles = {"三维/root.json": TILESET, "三维/0/more.json": TILESET, "三维/0/a.glb": b"glTF", "三维/属性.csv": b"a,b\n"}
    sources = list(expand(zipped(tiles), Limits(), name="a.zip"))
    assert found(sources, "a.zip!") == {
        "三维/root.json": ("3dtiles", ("0/a.glb", "0/more.json", "root.json")),
        "三维/属性.csv": ("csv", ()),
    }
    two = list(expand(zipped({**tiles, "三维/other.json": TILESET}), Limits(), name="a.zip"))
    assert {source.name for source in two} >= {"a.zip!三维/root.json", "a.zip!三维/other.json", "a.zip!三维/0/a.glb"}


def test_a_locked_file_does_not_hide_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, {"tiles/tileset.json": TILESET, "a.ifc": IFC})
    opened = Path.open

    def locked(path: Path, *given: object, **options: object) -> object:
        if path.name == "tileset.json":
            raise PermissionError(13, "Permission denied")
        return opened(path, *given, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", locked)
    told = {source.name.rpartition("/")[2]: source.error and source.error.key for source in expand(tmp_path, Limits())}
    assert told == {"a.ifc": None, "tileset.json": "sources.unreadable"}


def test_a_folder_without_data_is_an_error(tmp_path: Path) -> None:
    assert [source.error.key for source in expand(tmp_path, Limits()) if source.error] == [
        "sources.folder_without_source"
    ]
    written(tmp_path, {"说明.txt": b"notes"})
    assert [source.error.key for source in expand(tmp_path, Limits()) if source.error] == [
        "sources.folder_without_source"
    ]


def test_broken_data_among_others_is_told_and_notes_are_not(tmp_path: Path) -> None:
    written(
        tmp_path,
        {"a/空.ifc": b"", "b/错.IFC": b"hello", "断.geojson": b'{"type": "Feat', "说明.txt": b"notes", "空.txt": b""},
    )
    told = {source.name.rpartition("/")[2]: source.error and source.error.key for source in expand(tmp_path, Limits())}
    assert told == {"空.ifc": "sources.empty", "错.IFC": "sources.not_recognised", "断.geojson": "sources.no_reader"}
