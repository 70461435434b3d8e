"""A folder of OSGB tiles to facts: one subject of kind `oblique`, one of kind `tile` for each tile's folder."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cimkit.errors import SourceError
from cimkit.facts.model import Facts
from cimkit.readers.notes import Notes
from cimkit.readers.osgb.files import HEAD, is_osgb, references
from cimkit.readers.osgb.metadata import ModelMetadata, read_model_metadata
from cimkit.readers.records import Record, facts_of_records

if TYPE_CHECKING:
    from cimkit.facts.demand import Demand

__all__ = ["read_osgb"]

_LEVEL = re.compile(r"_L(\d{1,3})(?:_|$)", re.IGNORECASE)
#: Bytes of tiles that are opened for their references; of a larger folder so many tiles, spread over it.
_OPENED = 1_000_000_000
_LARGEST_METADATA = 10_000_000


@dataclass(slots=True)
class _Tile:
    """folder: relative, with `/`; files: name -> size."""

    folder: str
    files: dict[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.folder.rpartition("/")[2]

    @property
    def root(self) -> str | None:
        """The file a viewer begins with: it has the folder's name."""
        wanted = f"{self.name}.osgb".casefold()
        return next((file for file in self.files if file.casefold() == wanted), None)

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(self.files.values())

    def levels(self) -> list[int]:
        return [int(match[1]) for file in self.files if (match := _LEVEL.search(file.rpartition(".")[0]))]


def read_osgb(path: Path, demand: Demand, *, name: str) -> Facts:
    """The facts of a folder of OSGB tiles (or of its metadata.xml alone).

    `oblique`: reference system in its shape (`srs_shape`: epsg, enu, local, wkt, missing), origin, tiles, files, bytes,
    levels; `tile`: files, bytes, levels, whether the file is there that a viewer begins with. `opened_share` says how
    many of the files were opened for what they refer to; `whole["looked_at"]` counts tiles, files and bytes, and those
    of them that were opened.

    Raises SourceError for a folder that cannot be listed or has neither tiles nor metadata.
    """
    notes = Notes(demand)
    try:
        root = path if path.is_dir() else path.parent
        found = dict(_listed(root)) if path.is_dir() else {path.name: path.stat().st_size}
    except OSError as problem:
        raise SourceError("sources.unreadable", name=name, problem=problem.strerror or str(problem)) from problem
    metadata_name = min((each for each in found if _is_metadata(each)), key=lambda each: each.count("/"), default=None)
    tiles = _tiles(found)
    if metadata_name is None and not tiles:
        raise SourceError("readers.osgb_empty", name=name)
    metadata = _metadata(root, metadata_name, found, notes)
    _judge_layout(tiles, notes)
    looked = _look_inside(root, tiles, notes)
    return _facts(tiles, metadata, looked, demand, name, notes)


def _is_metadata(name: str) -> bool:
    return name.rpartition("/")[2].casefold() == "metadata.xml"


def _listed(root: Path) -> Iterator[tuple[str, int]]:
    """Files below the folder with their sizes; links out of it are left alone."""
    for place, folders, files in os.walk(root, followlinks=False):
        folders.sort()
        for file in sorted(files):
            whole = Path(place) / file
            if not whole.is_symlink():
                yield whole.relative_to(root).as_posix(), whole.stat().st_size


def _tiles(found: dict[str, int]) -> list[_Tile]:
    tiles: dict[str, _Tile] = {}
    for name, size in found.items():
        folder, _, file = name.rpartition("/")
        if file.casefold().endswith(".osgb"):
            tiles.setdefault(folder, _Tile(folder)).files[file] = size
    return [tiles[folder] for folder in sorted(tiles)]


def _metadata(root: Path, metadata_name: str | None, found: dict[str, int], notes: Notes) -> ModelMetadata | None:
    if metadata_name is None:
        notes.add("osgb_no_metadata")
        return None
    if found[metadata_name] > _LARGEST_METADATA:
        notes.add("osgb_metadata", "too_large", found=found[metadata_name], locator=metadata_name)
        return None
    try:
        data = (root / metadata_name).read_bytes()
    except OSError as problem:
        notes.add("osgb_metadata", "syntax", found=problem.strerror, locator=metadata_name)
        return None
    return read_model_metadata(data, notes)


def _judge_layout(tiles: list[_Tile], notes: Notes) -> None:
    if not tiles:
        notes.add("osgb_no_tiles")
    in_data = [tile for tile in tiles if "data" in tile.folder.casefold().split("/")]
    for tile in tiles:
        if in_data and tile not in in_data:
            notes.add("osgb_stray", found=len(tile.files), expected="Data", locator=tile.folder or ".")
        elif tile.folder and tile.root is None and tile.name.casefold() != "data":
            notes.add("osgb_root_missing", expected=f"{tile.name}.osgb", locator=tile.folder)


@dataclass(slots=True)
class _Looked:
    """What was looked at. Of every file its name, size and first bytes; `opened`: files read whole, and asked for what
    they refer to."""

    tiles: int = 0
    tiles_opened: int = 0
    files: int = 0
    files_opened: int = 0
    bytes: int = 0
    bytes_opened: int = 0

    @property
    def share(self) -> float:
        """Of the files, those that were opened."""
        return self.files_opened / self.files if self.files else 0.0


def _look_inside(root: Path, tiles: list[_Tile], notes: Notes) -> _Looked:
    """Judge the files by what is in them. Of a large folder whole tiles are opened, spread evenly over it, always the
    same ones."""
    looked = _Looked(len(tiles), 0, sum(len(tile.files) for tile in tiles), 0, sum(tile.size for tile in tiles))
    wanted = notes.wants("osgb_child_missing", "osgb_orphan", "osgb_not_judged")
    chosen = _chosen(tiles, looked.bytes) if wanted else frozenset[int]()
    there = {f"{tile.folder}/{file}".lstrip("/") for tile in tiles for file in tile.files}
    used: set[str] = set()
    unknown: set[int] = set()  # tiles with files that could not be unpacked
    for number, tile in enumerate(tiles):
        for file, length in tile.files.items():
            name = f"{tile.folder}/{file}".lstrip("/")
            if not _sound(root / name, length, name, notes) or number not in chosen:
                continue
            looked.files_opened += 1
            looked.bytes_opened += length
            names = references(root / name)
            if names is None:
                unknown.add(number)
                notes.add("osgb_file", "packed", locator=name)
                continue
            used |= _judge_references(names, tile.folder, name, there, notes)
    looked.tiles_opened = len(chosen)
    if wanted:
        _note_not_judged(looked, tiles, unknown, notes)
    if not unknown:
        for number in sorted(chosen):  # a tile's files are referred to by the tile itself
            _note_orphans(tiles[number], used, notes)
    return looked


def _chosen(tiles: list[_Tile], size: int) -> frozenset[int]:
    """Numbers of the tiles that are opened: all of a folder that is not too large, else as many as may be."""
    if size <= _OPENED:
        return frozenset(range(len(tiles)))
    step = math.ceil(size / _OPENED)
    chosen, opened = set(), 0
    for number in range(0, len(tiles), step):
        if opened + tiles[number].size <= _OPENED:
            chosen.add(number)
            opened += tiles[number].size
    return frozenset(chosen)


def _note_not_judged(looked: _Looked, tiles: list[_Tile], unknown: set[int], notes: Notes) -> None:
    """Say precisely what was not looked at."""
    if looked.tiles_opened < looked.tiles:
        files = f"{looked.files_opened} / {looked.files}"
        shares = f"{looked.tiles_opened} / {looked.tiles}, {looked.bytes_opened} / {looked.bytes} B"
        notes.add("osgb_not_judged", "size", found=files, expected=shares)
    for number in sorted(unknown):
        notes.add("osgb_not_judged", "packed", locator=tiles[number].folder or ".")


def _sound(path: Path, length: int, name: str, notes: Notes) -> bool:
    if not length:
        notes.add("osgb_file", "empty", locator=name)
        return False
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as problem:
        notes.add("osgb_file", "cannot_open", found=problem.strerror, locator=name)
        return False
    if not is_osgb(head):
        notes.add("osgb_file", "magic", found=head[:8].hex(" "), locator=name)
        return False
    return True


def _judge_references(names: set[str], folder: str, name: str, there: set[str], notes: Notes) -> set[str]:
    """The files referred to that are there; those that are not are noted."""
    used = set()
    for other in sorted(names):
        place = _resolved(folder, other)
        if place in there:
            used.add(place)
        elif place is not None:
            notes.add("osgb_child_missing", found=other, locator=name)
    return used


def _resolved(folder: str, other: str) -> str | None:
    """The name relative to the whole folder; None: it leads out of it, or is absolute."""
    if other.startswith("/") or ":" in other:
        return None
    steps: list[str] = folder.split("/") if folder else []
    for step in other.split("/"):
        if step == "..":
            if not steps:
                return None
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _note_orphans(tile: _Tile, used: set[str], notes: Notes) -> None:
    if tile.root is None:
        return  # without its root all of them would be
    for file in tile.files:
        if file != tile.root and f"{tile.folder}/{file}".lstrip("/") not in used:
            notes.add("osgb_orphan", locator=f"{tile.folder}/{file}".lstrip("/"))


def _facts(
    tiles: list[_Tile], metadata: ModelMetadata | None, looked: _Looked, demand: Demand, name: str, notes: Notes
) -> Facts:
    levels = [level for tile in tiles for level in tile.levels()]
    system = metadata.system if metadata is not None else None
    fields: dict[str, Any] = {
        "srs": metadata.srs if metadata is not None else None,
        "srs_shape": metadata.shape if metadata is not None else "missing",
        "crs": system.crs if system is not None else None,
        "height_datum": system.height if system is not None else None,
        "latitude": metadata.latitude if metadata is not None else None,
        "longitude": metadata.longitude if metadata is not None else None,
        "version": metadata.version if metadata is not None else None,
        "color_source": metadata.color_source if metadata is not None else None,
        "tiles": len(tiles),
        "files": looked.files,
        "bytes": looked.bytes,
        "opened_share": round(looked.share, 6),
    }
    for axis, number in zip("xyz", metadata.origin if metadata is not None else (), strict=False):
        fields[f"origin_{axis}"] = number
    if levels:
        fields |= {"level_least": min(levels), "level_greatest": max(levels)}
    stem = name.rstrip("/").rpartition("/")[2]
    records = [Record("oblique", stem, stem, stem, fields)]
    for tile in tiles:
        own = tile.levels()
        records.append(
            Record(
                "tile", tile.folder or tile.name, tile.name or stem, tile.folder or ".",
                {
                    "files": len(tile.files),
                    "bytes": tile.size,
                    "root": tile.root is not None,
                    "level_least": min(own, default=None),
                    "level_greatest": max(own, default=None),
                },
                part_of=0,
            )
        )  # fmt: skip
    dataset = {"name": stem, "format": "osgb", "crs": fields["crs"], "height_datum": fields["height_datum"],
               "count": len(tiles)}  # fmt: skip
    return facts_of_records(
        records, demand, format="osgb", datasets=[dataset], notes=notes,
        whole={"oblique": dict(fields), "looked_at": asdict(looked)},
        counts={"tiles": len(tiles), "files": fields["files"]},
    )  # fmt: skip
