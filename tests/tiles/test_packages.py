"""Tilesets in one file: 3TZ archives and SQLite packages."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cimkit.readers.tiles.packages import INDEX, index_of
from tests.tiles.building import as_bytes, defects_of, external, files, found, read, tileset


def archive(members: dict[str, Any], *, index: bytes | None = None, first: bool = False, packed: bool = False) -> bytes:
    """A 3TZ archive; index: another one than it must be."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        if first:
            file.writestr(INDEX, b"")
        for name, data in as_bytes(members).items():
            file.writestr(name, data, zipfile.ZIP_DEFLATED)
        if not first:
            right = index_of({info.filename: info.header_offset for info in file.infolist()})
            method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            file.writestr(INDEX, right if index is None else index, method)
    return out.getvalue()


def package(members: dict[str, Any]) -> bytes:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE media (key TEXT PRIMARY KEY, content BLOB)")
        database.executemany("INSERT INTO media VALUES (?, ?)", as_bytes(members).items())
        database.commit()
        return database.serialize()


def of_archive(data: bytes) -> set[tuple[str, str]]:
    return defects_of({"a.3tz": data}, "a.3tz")


@pytest.mark.parametrize("pack", [archive, package])
def test_packages_are_read_like_folders(pack: Any) -> None:
    facts = read({"it": pack(files())}, "it")
    assert found(facts) == set()
    assert facts.counts["tilesets"] == 2
    assert facts.datasets["name"].to_list() == ["it!tileset.json", "it!more.json"]


def test_files_inside_may_be_packed_once_more() -> None:
    members = {name: gzip.compress(data, mtime=0) for name, data in as_bytes(files()).items()}
    assert defects_of({"it": package(members)}, "it") == set()
    assert defects_of({**members, "tileset.json": gzip.compress(as_bytes(files())["tileset.json"])}) == set()
    broken = gzip.compress(b"x" * 100, mtime=0)[:-6]
    assert ("file", "unreadable") in defects_of({**files(), "a.glb": broken})


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (archive({"other.json": external()}), "tileset_missing"),
        (archive(files(), index=b""), "index_length"),
        (archive(files(), index=bytes(24 * 5)), "index_entries"),
        (archive(files(), first=True), "index_not_last"),
        (archive(files(), packed=True), "index_compressed"),
        (archive({**files(), "b.3tz": b""}), "nested"),
        (b"PK\3\4" + bytes(40), "not_a_package"),
        (b"SQLite format 3\0" + bytes(100), "not_a_package"),
        (package({"a": b""}), "tileset_missing"),
    ],
)
def test_packages_with_one_thing_wrong(data: bytes, detail: str) -> None:
    assert ("package", detail) in of_archive(data)


def test_an_index_out_of_order() -> None:
    members = as_bytes(files())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
        right = index_of({info.filename: info.header_offset for info in file.infolist()})
        file.writestr(INDEX, right[24:] + right[:24])
    assert of_archive(out.getvalue()) == {("package", "index_order")}


def test_archives_as_contents_are_an_extension() -> None:
    document = external()
    document["root"]["content"]["uri"] = "a.3tz"
    inside = {
        "a.3tz": archive({"tileset.json": tileset(), **{k: v for k, v in files().items() if k != "tileset.json"}})
    }
    document["root"]["geometricError"] = 1000
    document["root"]["boundingVolume"] = {"sphere": [0, 0, 0, 1e5]}
    assert defects_of({"t.json": document, **inside}, "t.json") == {("extension", "not_declared")}
    document["extensionsUsed"] = document["extensionsRequired"] = ["MAXAR_content_3tz"]
    assert defects_of({"t.json": document, **inside}, "t.json") == set()
    document["root"]["content"]["uri"] = "a.3tz/more.json"
    assert defects_of({"t.json": document, **inside}, "t.json") == set()
    document["root"]["content"]["uri"] = "a.3tz/gone.json"
    assert ("file", "missing") in defects_of({"t.json": document, **inside}, "t.json")


def test_a_folder_that_is_named_like_an_archive_is_a_folder(tmp_path: Path) -> None:
    from cimkit.readers.tiles.opener import FolderOpener
    from cimkit.readers.tiles.reader import read_tileset
    from tests.tiles.building import EVERY_DEFECT

    for name, data in as_bytes({f"a.3tz/{name}": each for name, each in files().items()}).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert found(read_tileset(FolderOpener(tmp_path), EVERY_DEFECT, name="a.3tz/tileset.json")) == set()


def test_bombs_are_not_unpacked() -> None:
    bomb = gzip.compress(bytes(50_000_000), mtime=0)
    assert ("not_read", "too_large") in defects_of({**files(), "a.glb": bomb})
