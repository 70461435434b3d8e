"""The subtrees of an implicit tiling, one after another, with the tiles and contents that they say are there."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cimkit.readers.tiles.availability import Bits, level_slices, morton_coordinates
from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.implicit import ImplicitRoot
from cimkit.readers.tiles.session import Session
from cimkit.readers.tiles.subtree import Availability, read_subtree
from cimkit.readers.tiles.tiles import note_gltf
from cimkit.readers.tiles.tileset import Tileset

__all__ = ["walk_implicit"]

#: More tiles than this of one implicit tiling are not read; that is said.
MOST_TILES = 1_000_000


@dataclass(frozen=True, slots=True)
class _Root:
    """A subtree's root tile: its level, its coordinates, the sid of the tile above it."""

    level: int
    coordinates: tuple[int, ...]
    parent: int


def walk_implicit(root: ImplicitRoot, sid: int, level: int, tileset: Tileset, session: Session) -> None:
    """Read every subtree that another one says is there. sid, level: of the implicit root tile."""
    _Walk(root, sid, level, tileset, session).run()


class _Walk:
    def __init__(self, root: ImplicitRoot, sid: int, level: int, tileset: Tileset, session: Session) -> None:
        self.root = root
        self.sid = sid
        self.level = level
        self.tileset = tileset
        self.session = session
        self.referred = 0  # files that availability says are there
        self.tiles = 0

    def run(self) -> None:
        waiting = deque([_Root(0, (0,) * self.root.tiling.dimensions, self.sid)])
        while waiting:
            at = waiting.popleft()
            if not self._may_go_on():
                return
            found = self._read(at)
            if found is None or found.tiles is None:
                continue
            bottom = self._add_tiles(found, at)
            if found.children is not None:
                waiting.extend(self._children(found.children, at, bottom))

    def _may_go_on(self) -> bool:
        """One constant bit can promise millions of files: no more are looked for than a source may have."""
        self.referred += 1
        most = self.session.limits.members
        if self.referred == most + 1:
            self.session.ledger.add("tiles_not_read", "too_many_files", self.root.subtrees.place, expected=f"..{most}")
        return self.referred <= most

    def _may_hold(self, tiles: int) -> bool:
        """No source makes more than `MOST_TILES` subjects of one implicit tiling."""
        before, self.tiles = self.tiles, self.tiles + tiles
        if before <= MOST_TILES < self.tiles:
            self.session.ledger.add(
                "tiles_not_read", "too_many_tiles", self.root.subtrees.place, expected=f"..{MOST_TILES}"
            )
        return self.tiles <= MOST_TILES

    def _read(self, at: _Root) -> Availability | None:
        session, files, template = self.session, self.tileset.files, self.root.subtrees
        session.ledger.sid = self.sid
        uri = template.fill(at.level, at.coordinates)
        found = files.locate(uri, self.tileset.name, template.place)
        data = found.read(template.place) if found is not None else None
        if found is None or data is None:
            return None
        sid = session.records.add("subtree", found.name, found.label, self.tileset.sid)
        session.ledger.sid = sid
        fetch = session.fetcher(found.files, found.name)
        tileset = self.tileset
        read = read_subtree(
            data, found.label, self.root.tiling, at.level, tileset.schema, session.shapes, tileset.use, fetch
        )
        values = session.records[sid].values
        values.update({"Uri": uri, "Level": self.level + at.level, "Bytes": len(data)})
        if read is not None and read.tiles is not None:
            values["Tiles"] = int(read.tiles.sum())
        return read

    def _add_tiles(self, found: Availability, at: _Root) -> npt.NDArray[np.int64]:
        """Subjects for the available tiles and contents; the sids of the deepest level's tiles (-1: not there)."""
        tiling, session = self.root.tiling, self.session
        above = np.array([at.parent], np.int64)
        for depth, bits in enumerate(level_slices(tiling.branching, tiling.subtree_levels)):
            level = at.level + depth
            here: Bits = found.tiles[bits] if found.tiles is not None else np.zeros(0, bool)
            morton = np.flatnonzero(here)
            sids = np.full(len(here), -1, np.int64)
            columns = [
                (c + (r << depth)).tolist()
                for c, r in zip(morton_coordinates(morton, tiling.dimensions), at.coordinates, strict=True)
            ]
            if not self._may_hold(len(morton)):
                return np.zeros(0, np.int64)
            for index, coordinates in zip(morton.tolist(), zip(*columns, strict=True), strict=True):
                key = "/".join(map(str, (level, *coordinates)))
                is_root = level == 0
                sid = (
                    self.sid
                    if is_root
                    else session.records.add(
                        "tile",
                        key,
                        f"{self.root.subtrees.place}!{key}",
                        int(above[index >> tiling.dimensions]) if depth else at.parent,
                    )
                )
                sids[index] = sid
                if not is_root:
                    session.tile_counts[self.tileset.label] += 1
                    session.records[sid].values["Level"] = self.level + level
                for number, content in enumerate(found.contents):
                    if content is not None and content[bits][index]:
                        self._open(number, level, coordinates, sid)
            above = sids
        return above

    def _open(self, number: int, level: int, coordinates: tuple[int, ...], tile: int) -> None:
        """Look at one content of one tile."""
        templates, session = self.root.contents, self.session
        template = templates[number] if number < len(templates) else None
        if template is None or not self._may_go_on():
            return
        uri = template.fill(level, coordinates)
        sid = session.records.add("content", uri, f"{template.place}!{uri}", tile)
        session.records[sid].values["Uri"] = uri
        session.ledger.sid = sid
        place = Place(template.place.file, template.place.pointer)
        found = self.tileset.files.locate(uri, self.tileset.name, place)
        content = session.content(found, place) if found is not None else None
        if content is None:
            return
        content.points = []  # the volumes of implicit tiles are not compared with what is in them
        session.records[sid].values.update({"Format": content.format, "Bytes": content.size})
        note_gltf(self.tileset, content.format, str(place))
        if content.format == "tileset":
            session.ledger.add("tiles_implicit", "external_tileset", place, uri)

    def _children(self, bits: Bits, at: _Root, bottom: npt.NDArray[np.int64]) -> list[_Root]:
        tiling = self.root.tiling
        morton = np.flatnonzero(bits)
        columns = [
            (c + (r << tiling.subtree_levels)).tolist()
            for c, r in zip(morton_coordinates(morton, tiling.dimensions), at.coordinates, strict=True)
        ]
        if not len(bottom):
            return []  # no more tiles are read
        parents = bottom[morton >> tiling.dimensions].tolist()
        level = at.level + tiling.subtree_levels
        return [
            _Root(level, coordinates, parent if parent >= 0 else self.sid)
            for coordinates, parent in zip(zip(*columns, strict=True), parents, strict=True)
        ]
