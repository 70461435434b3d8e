"""From a source of 3D Tiles to facts: tilesets with all that hangs on them, or one file of a tileset alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from cimkit.errors import SourceError
from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts
from cimkit.readers.tiles.contents import check_content
from cimkit.readers.tiles.defects import DEFECTS, GEOMETRY_DEFECTS, Ledger, Place
from cimkit.readers.tiles.extensions import ExtensionUse, judge_extensions
from cimkit.readers.tiles.files import Files, Found
from cimkit.readers.tiles.heights import GroundHeights
from cimkit.readers.tiles.implicit_walk import walk_implicit
from cimkit.readers.tiles.json_text import parse_json
from cimkit.readers.tiles.metadata_schema import read_schema
from cimkit.readers.tiles.opener import Opener
from cimkit.readers.tiles.packages import ARCHIVE, SQLITE, TILESET
from cimkit.readers.tiles.recognise import kind_of
from cimkit.readers.tiles.records import Records
from cimkit.readers.tiles.session import Session
from cimkit.readers.tiles.shapes import Shapes
from cimkit.readers.tiles.subtree import Tiling, read_buffers_document, read_subtree
from cimkit.readers.tiles.tables_of_facts import asks_for_attribute, build_facts
from cimkit.readers.tiles.tiles import Above, TileWalk, compare_with_parent
from cimkit.readers.tiles.tileset import Tileset, read_top_level
from cimkit.sources.limits import Limits

__all__ = ["read_tileset"]

#: The attribute of the first tileset that holds the lowest heights of its tiles by cell (`height_cells`).
GROUND = "GroundCells"
#: Kinds of defect that need every content to be opened.
_CONTENT_KINDS = frozenset({"tiles_binary", "tiles_content", "tiles_gltf", "tiles_file", "tiles_package"})


def read_tileset(
    opener: Opener,
    demand: Demand,
    *,
    name: str,
    kind: str | None = None,
    tiling: Tiling | None = None,
    limits: Limits | None = None,
) -> Facts:
    """The facts of a source of 3D Tiles.

    opener   its files; nothing else is ever opened, and no network asked
    name     the file to begin with: a tileset, subtree, schema, content, or 3TZ archive
    kind     what that is, where it should not be guessed: tileset, subtree, schema, buffers, content
    tiling   for a subtree alone: the implicit tiling it belongs to, without which the lengths of its bits are unknown

    Everything that is wrong is a row of `defects`; no content raises an error. Raises SourceError when the opener has
    no file `name`, or can't list its files.
    """
    limits = limits or Limits()
    ledger = Ledger()
    files = Files(opener, ledger, limits)
    if name not in files.names:
        raise SourceError("sources.not_found", name=name)
    everything = demand.kinds is None
    vertices = demand.geometry or bool(demand.defects & GEOMETRY_DEFECTS.keys())
    ground = GroundHeights() if asks_for_attribute(demand, GROUND) else None
    deep = everything or vertices or bool(demand.attributes) or bool(demand.defects & _CONTENT_KINDS)
    session = Session(files, ledger, Shapes(ledger), Records(), limits, deep or ground is not None, vertices, ground)
    tilesets = _Reading(session, tiling).read(name, kind)
    if ground is not None and tilesets:
        session.records[tilesets[0].sid].values[GROUND] = ground.text()
    if everything or "tiles_orphan" in demand.defects:
        _note_orphans(tilesets, ledger)
    wanted = None if everything else demand.defects & (DEFECTS.keys() | GEOMETRY_DEFECTS.keys())
    return build_facts(name, demand, session, tilesets, ledger.frame(wanted))


class _Reading:
    def __init__(self, session: Session, tiling: Tiling | None) -> None:
        self.session = session
        self.tiling = tiling

    def read(self, name: str, kind: str | None) -> list[Tileset]:
        """Read the file `name` and, when it is a tileset, all that it refers to; the tilesets, the first one first."""
        session = self.session
        session.files.used.add(name)
        found: Found | None = Found(session.files, name, session.files.label(name))
        data = session.files.read(name, name)
        if data is not None and data.startswith((ARCHIVE, SQLITE)):
            inner = session.files.unfold(name, data)
            found = inner.member(TILESET) if inner is not None else None
            data, kind = found.read(name) if found is not None else None, "tileset"
        if found is None or data is None:
            return []
        kind = kind or kind_of(data)
        if kind in ("content", "unknown"):
            self._read_content(found, data)
        elif kind == "subtree":
            self._read_subtree(found, data)
        else:
            document = parse_json(data, found.label, session.ledger)
            if document is not None and type(document) is not dict:
                session.shapes.wrong_type(document, Place(found.label), "object")
            elif document is not None:
                return self._read_document(found, document, kind)
        return []

    def _read_document(self, found: Found, document: dict[str, Any], kind: str) -> list[Tileset]:
        session = self.session
        use = ExtensionUse(session.shapes)
        if kind == "schema":
            session.ledger.sid = session.records.add("schema", found.name, found.label)
            read_schema(document, Place(found.label), session.shapes, use)
        elif kind == "buffers":
            read_buffers_document(document, found.label, session.shapes, use, session.fetcher(found.files, found.name))
        else:
            return self._read_tilesets(found, document)
        return []

    def _read_content(self, found: Found, data: bytes) -> None:
        session = self.session
        sid = session.records.add("content", found.name, found.label)
        session.ledger.sid = sid
        content = check_content(found, data, found.label, session.shapes)
        session.records[sid].values.update({"Uri": found.name, "Format": content.format, "Bytes": content.size})

    def _read_subtree(self, found: Found, data: bytes) -> None:
        session = self.session
        session.ledger.sid = session.records.add("subtree", found.name, found.label)
        use = ExtensionUse(session.shapes)
        fetch = session.fetcher(found.files, found.name)
        read_subtree(data, found.label, self.tiling, 0, None, session.shapes, use, fetch)

    def _read_tilesets(self, first: Found, document: dict[str, Any]) -> list[Tileset]:
        """The tileset and every external one, each once, breadth first."""
        session = self.session
        known: dict[str, Tileset] = {}
        waiting: deque[tuple[Found, Mapping[str, Any], Above | None]] = deque([(first, document, None)])
        while waiting:
            found, document_, above = waiting.popleft()
            if found.label in known:
                continue
            sid = session.records.add("tileset", found.name, found.label, above.sid if above else None)
            session.ledger.sid = sid
            use = ExtensionUse(session.shapes)
            tileset = known[found.label] = Tileset(found.label, found.name, found.files, sid, use)
            read_top_level(document_, tileset, session)
            walk = TileWalk(tileset, session)
            walk.read(above)
            for root, tile, tile_level in walk.implicit:
                walk_implicit(root, tile, tile_level, tileset, session)
            waiting.extend(walk.external)
        tilesets = list(known.values())
        self._judge(tilesets, known)
        return tilesets

    def _judge(self, tilesets: list[Tileset], known: Mapping[str, Tileset]) -> None:
        """What can be said only when every tileset is read."""
        session = self.session
        for tileset in tilesets:
            session.ledger.sid = tileset.sid
            for reference in tileset.externals:
                other = known[reference.label]
                compare_with_parent(
                    other.root_error,
                    other.root_volume,
                    other.root_matrix,
                    reference.geometric_error,
                    reference.volume,
                    Place(other.label, "/root"),
                    session,
                )
        below = _extensions_below(tilesets, known)
        for tileset in tilesets:
            session.ledger.sid = tileset.sid
            judge_extensions(tileset.use, below[tileset.label], Place(tileset.label), session.shapes)
        for tileset, reference_ in _circles(tilesets, known):
            session.ledger.sid = tileset.sid
            session.ledger.add("tiles_tree", "circle", reference_[0], reference_[1])


def _extensions_below(tilesets: list[Tileset], known: Mapping[str, Tileset]) -> dict[str, dict[str, str]]:
    """The extensions found in the tilesets under each, by name, with where. Circles end when nothing new comes."""
    below: dict[str, dict[str, str]] = {tileset.label: {} for tileset in tilesets}
    changed = True
    while changed:
        changed = False
        for tileset in reversed(tilesets):
            mine = below[tileset.label]
            for reference in tileset.externals:
                other = known[reference.label]
                for name, where in {**below[other.label], **other.use.found}.items():
                    if name not in mine:
                        mine[name] = where
                        changed = True
    return below


def _circles(tilesets: list[Tileset], known: Mapping[str, Tileset]) -> Iterable[tuple[Tileset, tuple[Place, str]]]:
    """References that lead back to a tileset on the way to them: depth first, with an explicit stack."""
    done: set[str] = set()
    for start in tilesets:
        if start.label in done:
            continue
        way = {start.label}
        stack = [(start, iter(start.externals))]
        while stack:
            tileset, references = stack[-1]
            reference = next(references, None)
            if reference is None:
                done.add(tileset.label)
                way.discard(tileset.label)
                stack.pop()
            elif reference.label in way:
                yield tileset, (reference.place, reference.label)
            elif reference.label not in done:
                way.add(reference.label)
                other = known[reference.label]
                stack.append((other, iter(other.externals)))


def _note_orphans(tilesets: list[Tileset], ledger: Ledger) -> None:
    """Files below the first tileset's folder that nothing refers to."""
    if not tilesets:
        return
    first = tilesets[0]
    folder = first.name.rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    ledger.sid = None
    source = first.files
    for name in sorted(source.names - source.used - {first.name}):
        if name.startswith(prefix) and not name.startswith("@3dtiles"):
            ledger.add("tiles_orphan", "not_referred_to", source.label(name))
