"""What lies in the folder of a project, and which of it the form names."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cimkit.facts.names import fold_layer_name
from cimkit.projects.definitions import Definitions, Item
from cimkit.projects.finding import FORM_NAMES
from cimkit.projects.form import Fault, Form, Row
from cimkit.rules.faults import nearest
from cimkit.sources.limits import Limits
from cimkit.sources.opening import expand
from cimkit.sources.source import Source

__all__ = ["Deliverable", "Inventory", "take_inventory"]

_MODEL_FORMATS = frozenset({"ifc", "ifcxml"})


@dataclass
class Deliverable:
    """Something that was delivered, named in the form or found.

    path     relative to the project, with `/`
    place    where the form names it; None: it was found
    item     code of what it is; because: form, name or format; both None: nobody can tell
    sources  what is read of it
    """

    id: str
    path: str
    place: str | None
    item: str | None
    because: str | None
    category: str
    exists: bool
    discipline: str | None = None
    version: str | None = None
    date: str | None = None
    sources: list[Source] = field(default_factory=list)


@dataclass(frozen=True)
class Inventory:
    """sources: all that is read, in order; deliverables: named ones as the form has them, then those found."""

    label: str
    sources: Sequence[Source]
    deliverables: Sequence[Deliverable]
    faults: Sequence[Fault]

    def relative(self, source: Source) -> str:
        """A source's name within the project."""
        return source.name.removeprefix(f"{self.label}/")

    def deliverable_of(self, source: Source) -> Deliverable | None:
        """The deliverable that a source is part of."""
        return self._by_source.get(source.name)

    @cached_property
    def _by_source(self) -> dict[str, Deliverable]:
        return {source.name: each for each in reversed(self.deliverables) for source in each.sources}


def take_inventory(folder: Path, form: Form, known: Definitions, stage: str, limits: Limits) -> Inventory:
    """Look through the folder. Other projects inside it are named and not looked into."""
    label = folder.resolve().name or "project"
    faults: list[Fault] = []
    files, nested = _walk(folder, form.file)
    faults += [Fault("nested_project", path, path, None, path) for path in nested]
    sources = [
        source
        for source in expand(folder, limits, name=label)
        if not _is_inside(source.name.removeprefix(f"{label}/"), [*nested, form.file]) and source.name != label
    ]
    named = list(_named(folder, form, known, stage, files, faults))
    _give_sources(named, sources, label)
    found = list(_found(named, sources, files, known, stage, label, _red_line_file(form)))
    return Inventory(label, sources, [*named, *found], faults)


def _walk(folder: Path, form: str) -> tuple[list[str], list[str]]:
    """Files of the project, and folders below that are projects of their own; both relative, with `/`."""
    names = {name.casefold() for name in FORM_NAMES}
    files: list[str] = []
    nested: list[str] = []
    for here, below, there in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        relative = Path(here).relative_to(folder).as_posix()
        prefix = "" if relative == "." else f"{relative}/"
        if prefix and names & {name.casefold() for name in there}:
            nested.append(relative)
            below.clear()
            continue
        files += [f"{prefix}{name}" for name in sorted(there) if name[0] not in ".~" and f"{prefix}{name}" != form]
    return files, nested


def _is_inside(path: str, folders: Sequence[str]) -> bool:
    return any(path == each or path.startswith((f"{each}/", f"{each}!")) for each in folders)


def _named(
    folder: Path, form: Form, known: Definitions, stage: str, files: Sequence[str], faults: list[Fault]
) -> Iterator[Deliverable]:
    seen: dict[str, str] = {}
    ids: dict[str, str] = {}
    for number, row in enumerate(form.rows("deliverables"), start=1):
        given = row.get("path")
        if given is None:
            continue
        path = posixpath.normpath(str(given).replace("\\", "/"))
        place = row.places["path"]
        if path.startswith(("../", "/")) or path == ".." or ":" in path.split("/")[0]:
            faults.append(Fault("path_outside", place, str(given), None, str(given)))
            continue
        identity = str(row.get("id") or number)
        for key, where, shown in ((path.casefold(), seen, path), (identity.casefold(), ids, identity)):
            if key in where:
                faults.append(Fault("deliverable_twice", place, shown, where[key], shown))
            where.setdefault(key, place)
        if sum(other == path.casefold() for other in seen) and seen[path.casefold()] != place:
            continue  # named twice: taken once
        exists = (folder / path).exists() or path in files
        yield _deliverable(row, identity, path, place, exists, known, stage, faults)


def _deliverable(
    row: Row,
    identity: str,
    path: str,
    place: str,
    exists: bool,
    known: Definitions,
    stage: str,
    faults: list[Fault],
) -> Deliverable:
    word = row.get("item")
    item = known.item(word) if word else None
    because = "form" if item is not None else None
    if word and item is None:
        near = nearest(word, known.item_words())
        faults.append(Fault("form_unknown_word", row.places["item"], word, near, word))
    if item is None:
        item, because = guess_item(path, None, known, stage)
    category = item.category if item is not None else row.get("category") or _category(path)
    return Deliverable(
        identity,
        path,
        place,
        item.code if item else None,
        because,
        category,
        exists,
        _discipline(row, known, faults),
        row.get("version"),
        row.get("date"),
    )


def _discipline(row: Row, known: Definitions, faults: list[Fault]) -> str | None:
    word = row.get("discipline")
    if word is None:
        return None
    found = known.discipline(word)
    if found is None:
        near = nearest(word, known.discipline_words())
        faults.append(Fault("form_unknown_word", row.places["discipline"], word, near, word))
    return found or str(word)


def guess_item(path: str, format: str | None, known: Definitions, stage: str) -> tuple[Item | None, str | None]:
    """What a file is by its name, else by its format; and which of them told."""
    stem = fold_layer_name(path.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    folder = fold_layer_name(path.rsplit("/", 1)[0]) if "/" in path else ""
    for place in (stem, folder):
        hits = [
            (len(word), item)
            for item in known.items.values()
            for word in map(fold_layer_name, (item.zh, item.code, *item.words))
            if word in place
        ]
        if hits:
            return max(hits, key=lambda hit: hit[0])[1], "name"
    if format in _MODEL_FORMATS or path.lower().endswith((".ifc", ".ifczip", ".ifcxml")):
        model = next((item for item in known.items.values() if item.category == "model" and item.stage == stage), None)
        return model, "format" if model else None
    return None, None


def _category(path: str) -> str:
    ending = path.lower().rpartition(".")[2]
    if ending in ("ifc", "ifczip", "ifcxml"):
        return "model"
    return "document" if ending in _DOCUMENTS else "data"


_DOCUMENTS = frozenset(
    ["pdf", "doc", "docx", "dwg", "dxf", "jpg", "jpeg", "png", "txt", "md", "ofd", "wps", "ppt", "pptx"]
)


def _give_sources(named: Sequence[Deliverable], sources: Sequence[Source], label: str) -> None:
    for each in named:
        each.sources = [source for source in sources if _is_inside(source.name.removeprefix(f"{label}/"), [each.path])]


def _red_line_file(form: Form) -> str | None:
    given = form.single.get("red_line")
    return posixpath.normpath(str(given).partition("#")[0].replace("\\", "/")) if given else None


def _found(
    named: Sequence[Deliverable],
    sources: Sequence[Source],
    files: Sequence[str],
    known: Definitions,
    stage: str,
    label: str,
    red_line: str | None,
) -> Iterator[Deliverable]:
    """What the form does not name: everything that can be read, and other files whose names tell what they are."""
    taken = {id(source) for each in named for source in each.sources}
    covered = [each.path for each in named]
    parts: set[str] = set()
    for source in sources:
        relative = source.name.removeprefix(f"{label}/")
        parts.add(relative.partition("!")[0])
        parts |= {posixpath.join(posixpath.dirname(relative), part) for part in source.parts}
        parts |= {f"{relative}/{part}" for part in source.parts}
        if id(source) in taken or relative == red_line:
            continue
        item, because = guess_item(relative, source.format, known, stage)
        category = item.category if item else ("model" if source.format in _MODEL_FORMATS else "data")
        yield Deliverable(
            relative, relative, None, item.code if item else None, because, category, exists=True, sources=[source]
        )
    for path in files:
        if path in parts or path == red_line or _is_inside(path, covered):
            continue
        item, because = guess_item(path, None, known, stage)
        if item is not None and item.category == "document":
            yield Deliverable(path, path, None, item.code, because, "document", exists=True)
