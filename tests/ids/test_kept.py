"""IDS files kept from run to run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import cimkit.ids.read
from cimkit.ids.kept import ids_rules
from cimkit.ids.read import RefusedIdsError, read_ids
from cimkit.rules.compiled import pack_from_json, pack_to_json

Make = Callable[..., bytes]

FACETS = """
<property dataType="IFCLABEL" cardinality="optional">
  <propertySet><simpleValue>Pset_WallCommon</simpleValue></propertySet>
  <baseName><xs:restriction base="xs:string"><xs:pattern value="Fire.*"/></xs:restriction></baseName>
</property>
<partOf relation="IFCRELAGGREGATES"><entity><name><simpleValue>IFCSITE</simpleValue></name></entity></partOf>
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("CIMKIT_CACHE", str(folder))
    return folder


def test_a_file_is_read_and_audited_once(ids: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    data = ids(FACETS)
    first = ids_rules(data)
    monkeypatch.setattr(cimkit.ids.read, "read_ids", None)
    assert ids_rules(data) == first
    assert first.rules == read_ids(data, "ids").rules


def test_another_content_name_or_language_is_another_file(ids: Make, tmp_path: Path) -> None:
    path = tmp_path / "need.ids"
    flawed = ids("<attribute><name><simpleValue>Nme</simpleValue></name></attribute>")
    path.write_bytes(flawed)
    said = {ids_rules(path, lang=lang).rules[0].flaw for lang in ("zh", "en")}
    assert len(said) == 2
    assert ids_rules(flawed).rules[0].pack != ids_rules(path).rules[0].pack
    path.write_bytes(ids(FACETS))
    assert ids_rules(path).rules[0].flaw is None


def test_what_is_refused_is_not_kept(cache: Path) -> None:
    for _ in range(2):
        with pytest.raises(RefusedIdsError):
            ids_rules(b"<a/>")
    assert not list(cache.rglob("*.json"))


def test_what_was_kept_and_damaged_is_read_again(ids: Make, cache: Path) -> None:
    data = ids(FACETS)
    first = ids_rules(data)
    (file,) = cache.rglob("*.json")
    file.write_bytes(file.read_bytes()[:-20])
    assert ids_rules(data) == first


def test_every_official_case_comes_back_as_it_was(shared: Path) -> None:
    cases = sorted((shared / "ids" / "cases").glob("*/*.ids"))
    if not cases:
        pytest.skip("no IDS cases in the test material")
    for path in cases:
        file = read_ids(path.read_bytes(), path.name)
        assert pack_from_json(pack_to_json(file.rules)) == file.rules, path.name
