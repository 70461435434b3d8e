"""3D Tiles of any source: a folder with its tileset, the same packed, one file, an archive or package of tiles."""

from __future__ import annotations

import zipfile
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath

from msgspec.structs import replace

from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts
from cimkit.readers.tiles.opener import ArchiveOpener, FolderOpener, MemoryOpener, NearbyOpener, Opener
from cimkit.readers.tiles.reader import read_tileset
from cimkit.sources.limits import Limits
from cimkit.sources.source import Source, open_archive

__all__ = ["read_tiles"]


#: What can only be told of a folder that is the tileset's own.
_OF_FOLDERS = frozenset({"tiles_orphan"})


def read_tiles(source: Source, demand: Demand, limits: Limits) -> Facts:
    """The facts of a source of 3D Tiles. Raises SourceError when it can't be opened.

    Beside one file that was named by itself others may lie that have nothing to do with it: what it refers to is
    looked for there, and no file is called unused.
    """
    if source.parts:
        main = source.main or ""
        if source.path is not None:
            folder = _NotingOpener(FolderOpener(source.path, limits), source)
            return read_tileset(folder, demand, name=main, limits=limits)
        with open_archive(source) as opened:
            packed = _NotingOpener(_PackedOpener(source, opened, limits), source)
            return read_tileset(packed, demand, name=main, limits=limits)
    if source.path is not None and source.data is None:
        alone = replace(demand, defects=demand.defects - _OF_FOLDERS)
        nearby = NearbyOpener(source.path, limits)
        facts = read_tileset(nearby, alone, name=nearby.name, limits=limits)
        return replace(facts, whole={**facts.whole, "not_looked": _OF_FOLDERS})
    name = PurePosixPath(source.name.replace("\\", "/")).name or "-"
    return read_tileset(MemoryOpener({name: source.read(limits)}), demand, name=name, limits=limits)


class _NotingOpener:
    """Has the source note what is read: its digest is asked for afterwards, and no file is read twice."""

    def __init__(self, opener: Opener, source: Source) -> None:
        self._opener = opener
        self._source = source

    def names(self) -> AbstractSet[str]:
        return self._opener.names()

    def read(self, name: str) -> bytes:
        data = self._opener.read(name)
        self._source.note(name, data)
        return data


class _PackedOpener(ArchiveOpener):
    """The parts of a composite that lies in an archive, under their names relative to it."""

    def __init__(self, source: Source, opened: zipfile.ZipFile, limits: Limits) -> None:
        super().__init__(opened, limits)
        stored = {info.filename: info for info in self.zip.infolist()}
        self._members = {part: stored[name] for part, name in zip(source.parts, source.members, strict=True)}
