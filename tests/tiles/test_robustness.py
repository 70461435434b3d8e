"""Whatever bytes come, the reader answers with facts."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import cimkit
from cimkit.facts.demand import everything
from cimkit.readers.tiles.recognise import is_tileset, kind_of
from cimkit.readers.tiles.uris import resolve
from cimkit.report.model import Verdict
from tests.tiles.building import as_bytes, defects_of, external, files, found, glb, gltf_document, legacy, read, tileset
from tests.tiles.test_property_tables import COLUMNS
from tests.tiles.test_property_tables import files as table_files

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "a.glb", "ADD", "FLOAT32", "SCALAR", "{level}", "../../x", "data:,", "ENUM", "height", "use"]),
    st.text(max_size=5),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found_ = [path] if path else []
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in children:
        found_ += places(each, (*path, key))
    return found_


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    result = copy.deepcopy(document)
    target = result
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return result


TILESET_PLACES = places(tileset())


@given(st.sampled_from(TILESET_PLACES), values)
@settings(max_examples=120)
def test_any_value_anywhere_in_a_tileset(path: tuple[Any, ...], value: Any) -> None:
    read({**files(), "tileset.json": replaced(tileset(), path, value)}, demand=everything())


SUBTREE = table_files(COLUMNS)["s/0/0/0.subtree"]
SUBTREE_PLACES = places(SUBTREE)


@given(st.sampled_from(SUBTREE_PLACES), values)
@settings(max_examples=80)
def test_any_value_anywhere_in_a_subtree(path: tuple[Any, ...], value: Any) -> None:
    given_ = table_files(COLUMNS)
    read({**given_, "s/0/0/0.subtree": replaced(SUBTREE, path, value)})


GLTF = gltf_document()
GLTF_PLACES = places(GLTF)


@given(st.sampled_from(GLTF_PLACES), values)
@settings(max_examples=80)
def test_any_value_anywhere_in_a_gltf(path: tuple[Any, ...], value: Any) -> None:
    read({"it": glb(replaced(GLTF, path, value))}, "it", kind="content")


TILE = legacy(
    b"i3dm",
    {"INSTANCES_LENGTH": 1, "POSITION": {"byteOffset": 0}},
    bytes(16),
    {"a": [1]},
    rest=glb(),
    extra=b"\1\0\0\0",
)


@given(st.integers(0, len(TILE) - 1), st.binary(min_size=1, max_size=6), st.booleans())
@settings(max_examples=120)
def test_any_byte_of_a_tile(offset: int, data: bytes, cut: bool) -> None:
    broken = TILE[:offset] if cut else TILE[:offset] + data + TILE[offset + len(data) :]
    read({"it": broken}, "it", kind="content")


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "b3dm", "glTF", "subt", "PK\3\4", "SQLite format 3\0", "{", "\x1f\x8b"]),
)
def test_any_bytes(data: bytes, start: str) -> None:
    read({"it": start.encode("latin-1") + data}, "it")


@given(values)
def test_any_document(document: Any) -> None:
    data = json.dumps(document).encode()
    for kind in ("tileset", "subtree", "schema", "buffers", "content"):
        read({"it": data}, "it", kind=kind)
    assert kind_of(data) in {"tileset", "subtree", "schema", "buffers", "content"}
    assert not is_tileset(data)


@given(st.text(), st.text())
def test_uris_never_leave_the_source(uri: str, base: str) -> None:
    target = resolve(uri, base)
    assert target.kind in {"file", "archive", "data", "remote", "outside", "broken"}
    if target.kind in {"file", "archive"}:
        assert not target.name.startswith("/")
        assert ".." not in target.name.split("/")
        assert ".." not in target.inner.split("/")


def test_uris_are_relative_to_the_file_that_has_them() -> None:
    cases = {
        ("a.glb", "t/tileset.json"): "t/a.glb",
        ("./b/../a%20b.glb?v=1#x", "tileset.json"): "a b.glb",
        ("../a.glb", "t/u/tileset.json"): "t/a.glb",
        ("%E5%A4%A7.glb", "tileset.json"): "大.glb",
    }
    assert {key: resolve(*key).name for key in cases} == cases


def test_json_as_3d_tiles_wants_it() -> None:
    plain = as_bytes(files())
    assert defects_of({**plain, "tileset.json": b"\xef\xbb\xbf" + plain["tileset.json"]}) == {
        ("json", "byte_order_mark")
    }
    twice = plain["tileset.json"].replace(b'"asset": {', b'"asset": {"version": "1.0", ')
    assert defects_of({**plain, "tileset.json": twice}) == {("json", "duplicate_name")}
    latin = plain["tileset.json"].replace(b"by hand", b"by h\xe4nd")
    assert ("json", "encoding") in defects_of({**plain, "tileset.json": latin})
    assert ("json", "too_deep") in defects_of({"tileset.json": b'{"root":' + b"[" * 2000 + b"]" * 2000 + b"}"})


def test_what_is_a_tileset() -> None:
    plain = as_bytes(files())
    assert is_tileset(plain["tileset.json"])
    assert is_tileset(b"\xef\xbb\xbf" + plain["more.json"])
    assert is_tileset(plain["tileset.json"][:-300])  # the beginning of a long one
    assert not is_tileset(plain["a.glb"])
    assert not is_tileset(b'{"asset": {"version": "2.0"}, "scenes": []}')


def test_a_part_of_a_tileset_alone() -> None:
    plain = as_bytes(files())
    assert found(read({"s.json": tileset()["schema"]}, "s.json")) == set()
    assert found(read({"a.glb": plain["a.glb"]}, "a.glb")) == set()
    assert read({"s.json": tileset()["schema"]}, "s.json").counts["schemas"] == 1


def test_a_file_named_by_itself_has_no_unused_files_beside_it(tmp_path: Path) -> None:
    content = external()
    content["root"]["content"]["uri"] = "../a.glb"
    (tmp_path / "some.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path.parent / "a.glb").write_bytes(glb())
    report = cimkit.check(tmp_path / "some.json", packs=["city-basics"])
    verdicts = {result.code: result.verdict for result in report.results}
    assert verdicts["CTB-TIL-034"] is Verdict.NOT_APPLICABLE
    assert verdicts["CTB-TIL-020"] is Verdict.PASSED  # the folder above is looked into
