"""What projects are read by, kept as data in the pack `renewal-project`: kinds, items, names of fields, floor lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cimkit.facts.names import fold_layer_name
from cimkit.rules.pack_files import read_pack_files
from cimkit.rules.packs import locate_pack
from cimkit.rules.sheets import read_sheet

__all__ = ["PACK", "Area", "Definitions", "Item", "Kind", "definitions"]

#: The pack that says what a project must hold.
PACK = "renewal-project"
_LIST_COLUMNS = ("code", "zh", "en", "parent", "from", "to", "source")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of project. packs: ids of those that speak of its data."""

    code: str
    zh: str
    en: str
    words: tuple[str, ...]
    packs: tuple[str, ...]

    def label(self, lang: str) -> str:
        """Its name."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Item:
    """Something a project may deliver. category: model, data or document; stage: of a model, the stage it is made
    for."""

    code: str
    zh: str
    en: str
    category: str
    words: tuple[str, ...]
    stage: str | None = None
    layers: tuple[str, ...] = ()  # full names of layers that hold it

    def label(self, lang: str) -> str:
        """Its name."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Area:
    """A city or county of GB/T 2260."""

    code: str
    name: str
    parent: str | None


@dataclass(frozen=True)
class Definitions:
    """buildings, floor_lines: as their files have them; areas: by code; seats: code of a city or county -> latitude,
    longitude."""

    kinds: Mapping[str, Kind]
    items: Mapping[str, Item]
    buildings: Mapping[str, Any]
    floor_lines: Mapping[str, Mapping[str, Any]]
    areas: Mapping[str, Area]
    seats: Mapping[str, tuple[float, float]]
    disciplines: Mapping[str, tuple[str, ...]]  # as the reader of IFC names them -> other words
    tasks: Mapping[str, str | None]  # number -> name, None until somebody knows it

    def kind(self, word: str) -> Kind | None:
        """The kind that a word means."""
        found: Kind | None = _meant(self.kinds.values(), word)
        return found

    def item(self, word: str) -> Item | None:
        """The item that a word means."""
        found: Item | None = _meant(self.items.values(), word)
        return found

    def item_of_layer(self, name: str) -> Item | None:
        """The item that a layer or table of this name holds."""
        folded = fold_layer_name(name)
        held = (item for item in self.items.values() if folded in map(fold_layer_name, item.layers))
        return next(held, None) or self.item(name)

    def discipline(self, word: str) -> str | None:
        """The discipline that a word means."""
        folded = fold_layer_name(word)
        return next(
            (
                name
                for name, words in self.disciplines.items()
                if folded in {fold_layer_name(each) for each in (name, *words)}
            ),
            None,
        )

    def discipline_words(self) -> list[str]:
        """Every word for a discipline."""
        return [word for name, words in self.disciplines.items() for word in (name, *words)]

    def kind_words(self) -> list[str]:
        """Every word for a kind."""
        return [word for kind in self.kinds.values() for word in (kind.zh, kind.code, *kind.words)]

    def item_words(self) -> list[str]:
        """Every word for an item."""
        return [word for item in self.items.values() for word in (item.zh, item.code, *item.words)]

    def field_names(self, field: str) -> tuple[str, ...]:
        """Names under which data keep a field of buildings."""
        return tuple(self.buildings["fields"][field])

    def is_building_layer(self, name: str) -> bool:
        """Whether a layer of this name holds buildings."""
        return fold_layer_name(name) in {fold_layer_name(each) for each in self.buildings["layers"]}

    def area(self, word: str, inside: str | None = None) -> Area | None:
        """The city or county of this code or name. inside: code of the city that a county must lie in."""
        if word in self.areas:
            return self.areas[word]
        if word.isdigit():
            return None
        plain = _bare(word)
        found = [
            each
            for each in self.areas.values()
            if _bare(each.name) == plain and (each.parent == inside if inside else each.code.endswith("00"))
        ]
        return found[0] if len(found) == 1 else None


def _bare(name: str) -> str:
    """沈阳 for 沈阳市: people leave the last word out."""
    return name.strip().removesuffix("市").removesuffix("区").removesuffix("县")


def _meant(known: Iterable[Any], word: str) -> Any:
    folded = fold_layer_name(word)
    return next(
        (
            each
            for each in known
            if folded in {fold_layer_name(name) for name in (each.code, each.zh, each.en, *each.words)}
        ),
        None,
    )


def definitions(folder: Path | None = None) -> Definitions:
    """The definitions of the pack (in `folder`; None: the shipped one). Raises PackError."""
    return _read(folder if folder is not None else locate_pack(PACK))


@lru_cache(maxsize=4)
def _read(folder: Path) -> Definitions:
    files = read_pack_files(folder)
    kinds = {
        code: Kind(code, str(data["zh"]), str(data["en"]), _texts(data, "words"), _texts(data, "packs"))
        for code, data in files.yaml_mapping("project/kinds.yaml").items()
    }
    items = {
        code: Item(
            code,
            str(data["zh"]),
            str(data["en"]),
            str(data["category"]),
            _texts(data, "words"),
            data.get("stage"),
            _texts(data, "layers"),
        )
        for code, data in files.yaml_mapping("project/items.yaml").items()
    }
    areas = {
        row.cells["code"]: Area(row.cells["code"], row.cells.get("zh", ""), row.cells.get("parent"))
        for row in read_sheet(files.content["lists/areas.csv"], "lists/areas.csv", _LIST_COLUMNS)
    }
    return Definitions(
        kinds,
        items,
        files.yaml_mapping("project/buildings.yaml"),
        files.yaml_mapping("project/floor_lines.yaml"),
        areas,
        {code: (float(place[0]), float(place[1])) for code, place in files.yaml_mapping("project/seats.yaml").items()},
        {name: tuple(map(str, words or ())) for name, words in files.yaml_mapping("project/disciplines.yaml").items()},
        {
            row.cells["code"]: row.cells.get("zh")
            for row in read_sheet(files.content["lists/tasks.csv"], "lists/tasks.csv", _LIST_COLUMNS)
        },
    )


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(word) for word in data.get(key) or ())
