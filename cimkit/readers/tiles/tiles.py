"""The tree of tiles in a tileset's JSON, walked without recursion.

Source: OGC 22-025r4 and 18-053r2, Tiles; tile.schema.json, content.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cimkit.readers.tiles.contents import Content
from cimkit.readers.tiles.defects import Place
from cimkit.readers.tiles.entities import read_entity, semantic_value
from cimkit.readers.tiles.extensions import ARCHIVES, CONTENT_GLTF
from cimkit.readers.tiles.files import Found
from cimkit.readers.tiles.implicit import ImplicitRoot, check_implicit_root, read_implicit_tiling
from cimkit.readers.tiles.points import farthest_outside, tolerance
from cimkit.readers.tiles.session import Session
from cimkit.readers.tiles.tileset import External, Tileset
from cimkit.readers.tiles.volumes import Matrix, Volume, after, is_inside, is_invertible, largest_scale, read_volume

__all__ = ["Above", "TileWalk", "compare_with_parent", "note_gltf"]

_MULTIPLE_CONTENTS = "3DTILES_multiple_contents"
_REFINEMENTS = ("ADD", "REPLACE")


@dataclass(frozen=True, slots=True)
class Above:
    """What a tile is compared with: the one above it. level: 0 at the root of the first tileset."""

    sid: int | None
    level: int
    error: float | None
    volume: Volume | None
    refine: str | None
    to_tileset: Matrix | None  # from the tile's coordinates to those of the first tileset


@dataclass(frozen=True, slots=True)
class _Content:
    """A content's URI, the URI's place, its subject (the tile, at the root of an implicit tiling), what holds it."""

    uri: str | None
    place: Place
    sid: int
    volume: Volume | None


class TileWalk:
    """Reads the tiles of one tileset. `implicit`: roots of implicit tilings met, each with its tile's sid and level;
    `external`: tilesets met, each with what refers to it."""

    def __init__(self, tileset: Tileset, session: Session) -> None:
        self.tileset = tileset
        self.session = session
        self.shapes = session.shapes
        self.ledger = session.ledger
        self.implicit: list[tuple[ImplicitRoot, int, int]] = []
        self.external: list[tuple[Found, dict[str, Any], Above]] = []

    def read(self, above: Above | None) -> None:
        """Read every tile. above: the tile that refers to this tileset, None for the first one."""
        tileset = self.tileset
        if tileset.root is None:
            return
        root = Place(tileset.label, "/root")
        waiting = [(tileset.root, root, above or Above(None, -1, None, None, None, None), True)]
        while waiting:
            tile, place, above, is_root = waiting.pop()
            below = self._read_tile(tile, place, above, is_root)
            if "children" not in tile:
                continue
            children = self.shapes.mappings(tile, "children", place) or ()
            listed = [
                (child, place.at("children", index), below, False)
                for index, child in enumerate(children)
                if child is not None
            ]
            self.session.records[below.sid or 0].values["Children"] = len(listed)
            waiting.extend(reversed(listed))
        self.ledger.sid = tileset.sid

    def _read_tile(self, tile: dict[str, Any], place: Place, above: Above, is_root: bool) -> Above:
        shapes, use = self.shapes, self.tileset.use
        sid = self.session.records.add("tile", place.pointer, str(place), above.sid)
        self.ledger.sid = sid
        self.session.tile_counts[self.tileset.label] += 1
        use.look(tile, place)
        values = self.session.records[sid].values
        volume = self._volume(tile, "boundingVolume", place, required=True)
        self._volume(tile, "viewerRequestVolume", place)
        error = shapes.number(tile, "geometricError", place, required=True, least=0)
        refine = self._refine(tile, place, is_root)
        matrix = self._transform(tile, place)
        entity = read_entity(tile, "metadata", place, self.tileset.schema, shapes, use)
        self.session.records[sid].entity = entity
        better = semantic_value(entity, "TILE_GEOMETRIC_ERROR")
        error = float(better) if better is not None else error
        values["Level"] = above.level + 1
        values["GeometricError"] = error
        values["Refine"] = refine or above.refine
        values["BoundingVolume"] = volume.kind if volume is not None else None
        if is_root:
            self.tileset.root_error, self.tileset.root_volume = error, volume
            self.tileset.root_matrix = matrix
        else:
            compare_with_parent(error, volume, matrix, above.error, above.volume, place, self.session)
        here = Above(sid, above.level + 1, error, volume, refine or above.refine, after(above.to_tileset, matrix))
        self._read_contents(tile, place, sid, here)
        self.ledger.sid = sid
        return here

    def _volume(self, owner: Mapping[str, Any], name: str, place: Place, *, required: bool = False) -> Volume | None:
        value = self.shapes.mapping(owner, name, place, required=required)
        if value is None:
            return None
        self.tileset.use.look(value, place.at(name))
        return read_volume(value, place.at(name), self.shapes)

    def _refine(self, tile: Mapping[str, Any], place: Place, is_root: bool) -> str | None:
        """The root must say it; other tiles inherit."""
        if "refine" not in tile:
            if is_root:
                self.ledger.add(
                    "tiles_refine", "missing_in_root", place.at("refine"), expected=" | ".join(_REFINEMENTS)
                )
            return None
        refine = self.shapes.text(tile, "refine", place)
        if refine is None or refine in _REFINEMENTS:
            return refine
        detail = "wrong_case" if refine.upper() in _REFINEMENTS else "unknown"
        self.ledger.add("tiles_refine", detail, place.at("refine"), refine, " | ".join(_REFINEMENTS))
        return None

    def _transform(self, tile: Mapping[str, Any], place: Place) -> Matrix | None:
        """The matrix; None when there is none, or none that can be used."""
        numbers = self.shapes.numbers(tile, "transform", place, 16)
        if numbers is None:
            return None
        matrix: Matrix = tuple(
            (numbers[row], numbers[row + 4], numbers[row + 8], numbers[row + 12]) for row in range(4)
        )
        if list(matrix[3]) != [0, 0, 0, 1]:
            self.ledger.add("tiles_transform", "not_affine", place.at("transform"), list(matrix[3]), [0, 0, 0, 1])
            return None
        if not is_invertible(matrix):
            self.ledger.add("tiles_transform", "not_invertible", place.at("transform"))
            return None
        return matrix

    def _read_contents(self, tile: Mapping[str, Any], place: Place, sid: int, here: Above) -> None:
        if "content" in tile and "contents" in tile:
            self.ledger.add("tiles_value", "one_of", place, "content | contents")
        listed: list[tuple[dict[str, Any] | None, Place]] = []
        if "content" in tile:
            listed.append((self.shapes.mapping(tile, "content", place), place.at("content")))
        if "contents" in tile:
            at = place.at("contents")
            listed += [
                (each, at.at(index)) for index, each in enumerate(self.shapes.mappings(tile, "contents", place) or ())
            ]
        listed += self._extension_contents(tile, place)
        is_implicit = "implicitTiling" in tile
        contents = [
            self._read_content(each, at, sid, here.volume, is_implicit) for each, at in listed if each is not None
        ]
        self.session.records[sid].values["Contents"] = len(contents)
        if is_implicit:
            self.ledger.sid = sid
            check_implicit_root(tile, place, self.shapes)
            value = self.shapes.mapping(tile, "implicitTiling", place)
            at = place.at("implicitTiling")
            uris = [(each.uri, each.place) for each in contents]
            root = read_implicit_tiling(value, at, uris, self.shapes, self.tileset.use) if value is not None else None
            if root is not None:
                self.implicit.append((root, sid, here.level))
            return
        for each in contents:
            if each.uri is not None:
                self._open(each, each.uri, bool(tile.get("children")), here)

    def _extension_contents(self, tile: Mapping[str, Any], place: Place) -> list[tuple[dict[str, Any] | None, Place]]:
        """Contents in the extension of 3D Tiles 1.0 that became `contents`."""
        extensions = tile.get("extensions")
        value = extensions.get(_MULTIPLE_CONTENTS) if type(extensions) is dict else None
        if type(value) is not dict:
            return []
        name = "contents" if "contents" in value else "content"
        at = place.at("extensions", _MULTIPLE_CONTENTS)
        return [(each, at.at(name, index)) for index, each in enumerate(self.shapes.mappings(value, name, at) or ())]

    def _read_content(
        self, content: dict[str, Any], place: Place, tile: int, volume: Volume | None, is_implicit: bool
    ) -> _Content:
        """Check a content object."""
        shapes, tileset = self.shapes, self.tileset
        tileset.use.look(content, place)
        uri = shapes.text(content, "uri", place, required=True)
        entity = read_entity(content, "metadata", place, tileset.schema, shapes, tileset.use)
        group = shapes.integer(content, "group", place, least=0)
        if group is not None and group >= tileset.groups:
            self.ledger.add("tiles_identifier", "group", place.at("group"), group, f"0..{tileset.groups - 1}")
        own = self._volume(content, "boundingVolume", place)
        if own is not None and volume is not None and is_inside(own, volume) is False:
            self.ledger.add("tiles_bounding_volume", "content_outside_tile", place.at("boundingVolume"))
        if is_implicit:
            return _Content(uri, place.at("uri"), tile, None)
        sid = self.session.records.add("content", uri or place.pointer, str(place), tile)
        self.session.records[sid].entity = entity
        self.session.records[sid].values.update({"Uri": uri, "Group": group})
        return _Content(uri, place.at("uri"), sid, own or volume)

    def _open(self, content_of: _Content, uri: str, has_children: bool, here: Above) -> None:
        """Look at the file behind a content's URI."""
        records, tileset = self.session.records, self.tileset
        sid, place = content_of.sid, content_of.place
        self.ledger.sid = sid
        found = tileset.files.locate(uri, tileset.name, place)
        if found is None:
            return
        if found.files is not tileset.files and not tileset.archived:
            tileset.use.found.setdefault(ARCHIVES, str(place))
        content = self.session.content(found, place)
        if content is None:
            return
        records[sid].values.update({"Format": content.format, "Bytes": content.size})
        note_gltf(tileset, content.format, str(place))
        if content.format == "tileset" and content.document is not None:
            if has_children:
                self.ledger.add("tiles_tree", "children_of_external", place, found.label)
            tileset.externals.append(External(found.label, place, here.error, here.volume))
            self.external.append((found, content.document, here))
        if self.session.ground is not None and not has_children and not self.tileset.other_up_axis:
            self.session.ground.add(content.points, here.to_tileset)
        self._compare_points(content, content_of.volume, here.to_tileset, place)

    def _compare_points(self, content: Content, volume: Volume | None, to_tileset: Matrix | None, place: Place) -> None:
        """Write down vertices outside the volume that must hold them. They are let go of then."""
        points, content.points = content.points, []
        if (
            not self.session.vertices
            or not points
            or volume is None
            or not volume.numbers
            or self.tileset.other_up_axis
        ):
            return
        distance = farthest_outside(points, volume, to_tileset)
        if distance > tolerance(volume):
            found = f"{distance:.3g} m"
            self.ledger.add("tiles_vertices_outside", "outside", place, found, f"..{tolerance(volume):.3g} m")


def note_gltf(tileset: Tileset, format_: str, where: str) -> None:
    """glTF as a tile format is an extension of 3D Tiles 1.0 and part of 1.1."""
    if format_ not in ("glb", "gltf"):
        return
    if tileset.version == "1.0":
        tileset.use.found.setdefault(CONTENT_GLTF, where)
    else:
        tileset.use.in_core.add(CONTENT_GLTF)


def compare_with_parent(
    error: float | None,
    volume: Volume | None,
    matrix: Matrix | None,
    parent_error: float | None,
    parent_volume: Volume | None,
    place: Place,
    session: Session,
) -> None:
    """Write down a geometric error greater than the parent's, a bounding volume not inside the parent's.

    matrix: from the tile to its parent; it scales the error by its greatest scaling factor.
    """
    if error is not None and parent_error is not None:
        scale = largest_scale(matrix)
        if error * scale > parent_error * (1 + 1e-9):
            session.ledger.add(
                "tiles_error_grows", "greater", place.at("geometricError"), error * scale, f"..{parent_error}"
            )
    if volume is not None and parent_volume is not None and is_inside(volume, parent_volume, matrix) is False:
        session.ledger.add("tiles_outside_parent", "volume", place.at("boundingVolume"))
