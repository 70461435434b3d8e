"""The tables: subjects, attributes, metadata as properties, links, datasets; and rules that are asked of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from cimkit.checks import no_defect
from cimkit.errors import SourceError
from cimkit.facts.columns import Column
from cimkit.facts.demand import Demand, everything
from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.details import DETAILS
from cimkit.readers.tiles.opener import FolderOpener, MemoryOpener
from cimkit.readers.tiles.reader import read_tileset
from tests.tiles.building import as_bytes, files, read

FACTS = read(files(), demand=everything())


def cells(column: Column) -> dict[int, str]:
    return dict(zip(column.sid.tolist(), column.texts(np.arange(len(column.sid), dtype=np.int32)), strict=True))


def of_kind(kind: str) -> list[int]:
    return np.flatnonzero(FACTS.subjects.of_kinds(frozenset({kind}))).tolist()


def test_subjects() -> None:
    assert FACTS.format == "3dtiles"
    assert {kind: len(of_kind(kind)) for kind in FACTS.subjects.kinds} == {
        "tileset": 2,
        "tile": 4,
        "content": 5,
        "subtree": 0,
        "schema": 1,
    }
    root = Place("tileset.json", "/root")
    described = FACTS.describe(np.array(of_kind("tile"), np.int32))
    assert described["locator"].to_list() == [
        str(place) for place in (root, root.at("children", 0), root.at("children", 1), Place("more.json", "/root"))
    ]


def test_attributes() -> None:
    assert list(cells(FACTS.attributes["Format"]).values()) == ["glb", "glb", "b3dm", "tileset", "glb"]
    assert list(cells(FACTS.attributes["Refine"]).values()) == ["ADD", "ADD", "ADD", "REPLACE"]
    errors = FACTS.attributes["GeometricError"]
    tiles = {sid: text for sid, text in cells(errors).items() if sid in of_kind("tile")}
    assert list(tiles.values()) == ["100.0", "9.0", "0.0", "0.0"]  # the second by its metadata
    assert list(cells(FACTS.attributes["Level"]).values()) == ["0", "1", "1", "2"]


def test_metadata_values_are_properties_of_their_class() -> None:
    properties = {(each.set_name, each.name): cells(each.column) for each in FACTS.properties}
    assert set(properties) == {("building", name) for name in ("height", "use", "owners", "share")} | {
        ("tile", "error")
    }
    assert properties["building", "height"] == {0: "12.5"}
    assert properties["building", "owners"] == {0: '["a","b"]'}


def test_links() -> None:
    parents = FACTS.links["TILEPARENT"]
    tiles = of_kind("tile")
    pairs = dict(zip(parents.sid.tolist(), parents.target.tolist(), strict=True))
    assert pairs == {tiles[1]: tiles[0], tiles[2]: tiles[0], tiles[3]: tiles[2]}
    contents = FACTS.links["TILECONTENT"]
    assert set(contents.sid.tolist()) == set(of_kind("content"))
    assert set(contents.target.tolist()) == set(tiles)


def test_datasets() -> None:
    assert FACTS.datasets.select("name", "format", "schema", "software", "count").rows() == [
        ("tileset.json", "3dtiles", "1.1", "by hand", 3),
        ("more.json", "3dtiles", "1.1", None, 1),
    ]
    assert FACTS.whole["tiles"]["extent"] == {"least": [900, 1900, 3000], "most": [1100, 2100, 3020]}  # type: ignore[index]


def test_regions_give_degrees_and_a_reference_system() -> None:
    document = files()["more.json"]
    document["root"]["boundingVolume"] = {"region": [0, 0, np.pi / 2, np.pi / 4, -5, 5]}
    facts = read({"t.json": document, "a.glb": files()["a.glb"]}, "t.json")
    assert facts.datasets.select("crs", "height_datum").rows() == [("EPSG:4979", "ellipsoid")]
    extent = {"west": 0, "south": 0, "east": 90, "north": 45, "low": -5, "high": 5}
    assert facts.whole["tiles"]["extent"] == extent  # type: ignore[index]


def test_only_what_is_demanded_is_given() -> None:
    facts = read(files(), demand=Demand(kinds=frozenset({"tile"})))
    assert not facts.attributes
    assert not facts.properties
    assert not facts.links
    assert facts.defects.is_empty()


def test_a_rule_finds_defects_with_their_places() -> None:
    broken = {**files(), "a.glb": b"glTF"}
    facts = read(broken)

    class Lent:
        """What the check needs of the engine: the facts."""

        def __init__(self) -> None:
            self.facts = facts

    outcome = no_defect.judge(Lent(), np.ones(len(facts), bool), {"kind": ("tiles_binary",)})  # type: ignore[arg-type]
    assert outcome.whole is not None
    assert outcome.whole.select("reason", "locator").rows() == [("defect_tiles_binary", "a.glb@0")]


def test_folders(tmp_path: Path) -> None:
    for name, data in as_bytes(files()).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    facts = read_tileset(FolderOpener(tmp_path), everything(), name="tileset.json")
    assert facts.defects.is_empty()
    with pytest.raises(SourceError, match=r"gone\.json"):
        read_tileset(FolderOpener(tmp_path), everything(), name="gone.json")
    with pytest.raises(SourceError):
        read_tileset(FolderOpener(tmp_path / "gone"), everything(), name="tileset.json")


def test_memory_gives_what_it_was_given() -> None:
    opener = MemoryOpener({"a": b"1"})
    assert opener.names() == {"a"}
    assert opener.read("a") == b"1"


def test_both_languages_have_a_phrase_for_every_detail() -> None:
    wanted = {f"{kind.removeprefix('tiles_')}_{word}" for kind, words in DETAILS.items() for word in words}
    folder = Path(__file__).resolve().parents[2] / "cimkit" / "locales"
    for language in ("zh", "en"):
        assert set(yaml.safe_load((folder / language / "tiles.yaml").read_text(encoding="utf-8"))) == wanted
