"""Files that a source names: found where they lie, and never looked for outside of what was handed in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cimkit.sources.beside import Beside, beside
from cimkit.sources.source import Source

FILES = ("area/models/town.gml", "area/models/pic/Wall a.png", "area/pic/\u5c4b\u9876.jpg", "elsewhere/secret.png")


def on_disk(root: Path) -> Source:
    for name in FILES:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return Source("town.gml", path=root / "area" / "models" / "town.gml")


def packed(root: Path) -> Source:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in FILES:
            archive.writestr(name, "x")
    return Source("d.zip!area/models/town.gml", archive=content, member=FILES[0])


@pytest.fixture(params=[on_disk, packed], ids=["folder", "archive"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Beside:
    make: Callable[[Path], Source] = request.param
    found = beside(make(tmp_path))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("uri", "fault"),
    [
        ("pic/Wall a.png", None),
        ("./pic/Wall%20a.png", None),
        ("pic\\Wall a.png", None),
        ("../pic/\u5c4b\u9876.jpg", None),
        ("../pic/%E5%B1%8B%E9%A1%B6.jpg", None),
        ("../models/pic/Wall a.png", None),
        ("data:image/png;base64,AAAA", None),
        ("pic/wall A.png", "case"),
        ("pic/roof.png", "missing"),
        ("nowhere/Wall a.png", "missing"),
        ("", "missing"),
        ("a\0b", "missing"),
        ("../../../../etc/passwd", "outside"),
        ("pic/../../../../etc/passwd", "outside"),
        ("%2e%2e/%2e%2e/%2e%2e/secret.png", "outside"),
        ("/etc/passwd", "absolute"),
        ("C:\\textures\\a.png", "absolute"),
        ("file:///etc/passwd", "absolute"),
        ("https://example.org/a.png", "remote"),
        ("//server/share/a.png", "remote"),
    ],
)
def test_a_name_is_there_or_what_is_wrong_with_it_is_told(town: Beside, uri: str, fault: str | None) -> None:
    assert town.fault(uri) == fault


def test_two_folders_above_a_file_nothing_is_looked_for_but_in_an_archive_all_of_it_is(tmp_path: Path) -> None:
    folder, archive = beside(on_disk(tmp_path)), beside(packed(tmp_path))
    assert folder is not None
    assert archive is not None
    assert folder.fault("../../elsewhere/secret.png") == "outside"
    assert archive.fault("../../elsewhere/secret.png") is None


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    source = on_disk(tmp_path)
    link = tmp_path / "area" / "models" / "link"
    try:
        link.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    found = beside(source)
    assert found is not None
    assert found.fault("link/secret.png") == "missing"


def test_names_that_a_chinese_system_packed_are_found() -> None:
    # zipfile writes letters beyond ASCII as UTF-8 and says so; such a system writes GB18030 and says nothing
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("AAAA/a.gml", "x")
        archive.writestr("AAAA/BBBB.png", "x")
    raw = content.getvalue()
    for plain, written in ((b"AAAA", "\u4e09\u7ef4"), (b"BBBB", "\u8d34\u56fe")):
        raw = raw.replace(plain, written.encode("gb18030"))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        stored = archive.namelist()[0]
    found = beside(Source("d.zip!a.gml", archive=io.BytesIO(raw), member=stored))
    assert found is not None
    assert found.fault("\u8d34\u56fe.png") is None
    assert found.fault("../\u4e09\u7ef4/\u8d34\u56fe.png") is None


def test_what_lies_nowhere_has_nothing_beside_it() -> None:
    assert beside(Source("-", data=b"x")) is None
    assert beside(Source("pg:", address="pg:")) is None


@given(st.text(max_size=40))
def test_no_name_raises(uri: str) -> None:
    nowhere = Beside(lambda _: frozenset({"a"}), ("folder",))
    assert nowhere.fault(uri) in (None, "missing", "case", "outside", "absolute", "remote")
