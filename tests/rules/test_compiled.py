"""Packs kept in the cache are the packs that were read."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from cimkit.cache_folder import CACHE_VARIABLE, cache_folder, keep, kept
from cimkit.rules.compiled import compiled, pack_from_json, pack_to_json
from cimkit.rules.load import load_pack
from cimkit.rules.pack_reading import read_pack
from cimkit.rules.packs import find_editions


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "缓存 1#"))
    return tmp_path / "缓存 1#"


@pytest.mark.parametrize("edition", find_editions(), ids=lambda edition: edition.name)
def test_a_shipped_pack_reads_back_as_it_was(edition) -> None:
    pack = read_pack(edition.folder, {})
    again = pack_from_json(pack_to_json(pack))
    assert again == pack
    for rule, copy in zip(pack.rules, again.rules, strict=True):
        for part in ("where", "must", "title", "message", "why", "fix", "cites", "severity", "executable"):
            assert repr(getattr(copy, part)) == repr(getattr(rule, part)), rule.code


def test_a_kept_pack_is_not_read_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_pack("ifc-basics")
    assert list(cache.glob("packs/pack-*.json"))
    monkeypatch.setattr("cimkit.rules.pack_reading.read_pack", lambda *_: pytest.fail("read again"))
    assert load_pack("ifc-basics") == first


def test_a_changed_file_is_read_anew(cache: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    (folder / "rules").mkdir(parents=True)
    (folder / "pack.yaml").write_text("id: mine\nprefix: MIN\nedition: '1'\ntitle: {en: mine}\n", encoding="utf-8")
    (folder / "parameters.yaml").write_text("limit: 3\n", encoding="utf-8")
    assert load_pack(folder).parameters == {"limit": 3}
    (folder / "parameters.yaml").write_text("limit: 4\n", encoding="utf-8")
    assert load_pack(folder).parameters == {"limit": 4}
    assert load_pack(folder, parameters={"limit": 5}).parameters == {"limit": 5}
    assert load_pack(folder).parameters == {"limit": 4}


@pytest.mark.parametrize(
    "harm", [b"", b"{", b'{"shared": [], "made": ["os.system", "x"]}', b'{"shared": [], "made": [7]}']
)
def test_what_was_harmed_is_made_again(cache: Path, harm: bytes) -> None:
    compiled("thing", b"key", lambda: ("a", 1))
    (file,) = cache.glob("packs/thing-*.json")
    assert orjson.loads(file.read_bytes())["made"] == ["tuple", "a", 1]
    file.write_bytes(harm)
    assert compiled("thing", b"key", lambda: ("b", 2)) == ("b", 2)


def test_what_is_no_part_of_a_pack_is_not_kept(cache: Path) -> None:
    assert compiled("thing", b"key", lambda: {"a": object}) == {"a": object}
    assert not cache.exists()


def test_nothing_is_kept_when_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, "off")
    assert cache_folder() is None
    keep("x/y", b"1")
    assert kept("x/y") is None


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file"))
    keep("x/y", b"1")
    assert kept("x/y") is None
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
