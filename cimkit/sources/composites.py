"""Which files of a folder or archive are one source together: a shapefile, a FileGDB, a tileset, an OSGB folder ..."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from cimkit.sources.recognise import HEAD_BYTES, recognise
from cimkit.sources.trees import Tree

__all__ = ["Composite", "composites"]

#: What stands beside a .shp and belongs to it; the longer ending first.
_OF_SHAPEFILES = (
    ".shp.xml", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".fbn", ".fbx", ".ain", ".aih", ".qix",
    ".mxs", ".ixs", ".cst",
)  # fmt: skip
#: What SQLite writes beside a GeoPackage while somebody holds it.
_OF_GEOPACKAGES = (".gpkg-wal", ".gpkg-shm", ".gpkg-journal", ".gpkg")
#: What stands beside a GeoTIFF and belongs to it.
_OF_RASTERS = (".tif.aux.xml", ".tiff.aux.xml", ".tif.ovr", ".tiff.ovr", ".tif.xml", ".tfw", ".tifw", ".tfwx", ".prj")
_RASTERS = (".tif", ".tiff")
#: What the folder of a tileset holds besides the tileset; everything else there is a source of its own.
_OF_TILES = (
    ".json", ".b3dm", ".i3dm", ".pnts", ".cmpt", ".glb", ".gltf", ".subtree", ".bin", ".geom", ".vctr", ".3tz", ".ktx",
    ".ktx2", ".png", ".jpg", ".jpeg", ".webp", ".gz",
)  # fmt: skip
_TILES = (".b3dm", ".i3dm", ".pnts", ".cmpt", ".glb", ".gltf", ".subtree")
_TILESET = "tileset.json"
_OF_S3M = (".scp", ".s3m", ".s3mb", ".s3md", ".json", ".att", ".tee", ".crn", ".ktx", ".ktx2", ".png", ".jpg", ".dds")
_OF_OSGB = (".osgb", "metadata.xml", ".jpg", ".jpeg", ".png", ".prj")
_I3S = ("3dscenelayer.json.gz", "3dscenelayer.json")
#: The first system table of every FileGDB.
_GDB = "a00000001.gdbtable"


class Composite(Struct, frozen=True):
    """folder: relative (empty: the top); main and parts: relative to it, as in `Source`."""

    format: str
    folder: str
    main: str | None
    parts: tuple[str, ...]

    def names(self) -> Iterator[str]:
        """The parts as names of the tree."""
        prefix = f"{self.folder}/" if self.folder else ""
        return (f"{prefix}{part}" for part in self.parts)

    @property
    def name(self) -> str:
        """What it is called: its main file, or its folder."""
        return "/".join(step for step in (self.folder, self.main) if step)


def composites(tree: Tree) -> tuple[list[Composite], list[str]]:
    """The composites of a tree, and the names that are part of none. What first claims a file keeps it, but a file may
    lie beside two that share it (`area.prj` of `area.shp` and `area.tif`)."""
    free = dict.fromkeys(tree.names)
    found: list[Composite] = []
    for roots in (_geodatabases, _scene_layers, _supermap, _tilesets, _oblique):
        for composite in roots(tree, list(free)):
            found.append(composite)
            for name in composite.names():
                free.pop(name, None)
    beside = list(_beside(free))
    for composite in beside:
        for name in composite.names():
            free.pop(name, None)
    return [*found, *beside], list(free)


def _folder_of(name: str) -> str:
    return name.rpartition("/")[0]


def _below(folder: str, names: Iterable[str], endings: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Names below a folder, relative to it."""
    prefix = f"{folder}/" if folder else ""
    return tuple(
        name[len(prefix) :]
        for name in names
        if name.startswith(prefix) and (endings is None or name.lower().endswith(endings))
    )


def _topmost(folders: Iterable[str]) -> list[str]:
    """Folders that are not below another of them."""
    kept: list[str] = []
    for folder in sorted(set(folders), key=lambda each: each.split("/") if each else []):
        if not any(above in ("", folder) or folder.startswith(f"{above}/") for above in kept):
            kept.append(folder)
    return kept


def _geodatabases(_: Tree, names: list[str]) -> Iterator[Composite]:
    for folder in _topmost(_folder_of(name) for name in names if name.lower().endswith(_GDB)):
        yield Composite("filegdb", folder, None, _below(folder, names))


def _scene_layers(_: Tree, names: list[str]) -> Iterator[Composite]:
    mains = {_folder_of(name): name for name in names if name.lower().rpartition("/")[2] in _I3S}
    for folder in _topmost(mains):
        yield Composite("i3s", folder, mains[folder].rpartition("/")[2], _below(folder, names))


def _supermap(tree: Tree, names: list[str]) -> Iterator[Composite]:
    mains = {_folder_of(name): name for name in names if name.lower().endswith(".scp") and _is(tree, name, "s3m")}
    for folder in _topmost(mains):
        yield Composite("s3m", folder, mains[folder].rpartition("/")[2], _below(folder, names, _OF_S3M))


def _tilesets(tree: Tree, names: list[str]) -> Iterator[Composite]:
    """Folders with a tileset.json; and those with tiles whose one tileset is called otherwise."""
    mains = {
        _folder_of(name): name
        for name in names
        if name.rpartition("/")[2].lower() == _TILESET and _is(tree, name, "3dtiles")
    }
    for folder in _topmost(mains):
        yield Composite("3dtiles", folder, mains[folder].rpartition("/")[2], _below(folder, names, _OF_TILES))
    covered = tuple(f"{folder}/" if folder else "" for folder in mains)
    left = [name for name in names if not name.startswith(covered)] if mains else names
    with_tiles = {above for name in left if name.lower().endswith(_TILES) for above in _above(name)}
    others: dict[str, list[str]] = defaultdict(list)
    for name in left:
        if name.lower().endswith(".json") and _folder_of(name) in with_tiles and _is_tileset(tree, name):
            others[_folder_of(name)].append(name)
    for folder in _topmost(others):
        if len(others[folder]) == 1:  # of several nobody can tell to which a tile belongs: each is read by itself
            yield Composite("3dtiles", folder, others[folder][0].rpartition("/")[2], _below(folder, left, _OF_TILES))


def _above(name: str) -> Iterator[str]:
    """The folders that a file lies in, the nearest first."""
    while name:
        name = _folder_of(name)
        yield name


def _is_tileset(tree: Tree, name: str) -> bool:
    head = _head(tree, name)
    return b'"root"' in head and b'"asset"' in head and recognise(head, name) == "3dtiles"


def _oblique(_: Tree, names: list[str]) -> Iterator[Composite]:
    """Folders of OSGB tiles: below the folder of their metadata.xml, or of their `Data`, or of their `Tile_...`."""
    metadata = {_folder_of(name) for name in names if name.rpartition("/")[2].lower() == "metadata.xml"}
    holders = {_folder_of(name) for name in names if name.lower().endswith(".osgb")}
    roots = _topmost(_oblique_root(folder, metadata) for folder in holders)
    for folder in roots:
        yield Composite("osgb", folder, None, _below(folder, names, _OF_OSGB))


def _oblique_root(folder: str, metadata: set[str]) -> str:
    above = [folder, *(str(parent) for parent in PurePosixPath(folder).parents)]
    above = ["" if each == "." else each for each in above]
    for each in above:
        if each in metadata:
            return each
    for each in above:
        if each.rpartition("/")[2].lower() == "data":
            return _folder_of(each)
    for each in reversed(above):
        if each.rpartition("/")[2].lower().startswith("tile_"):
            return _folder_of(each)
    return folder


def _beside(names: Iterable[str]) -> Iterator[Composite]:
    """Shapefiles and rasters with what lies beside them under the same name."""
    stems: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for name in names:
        folder, _, file = name.rpartition("/")
        lower = file.lower()
        for endings in (_OF_SHAPEFILES, (*_OF_RASTERS, *_RASTERS), _OF_GEOPACKAGES):
            ending = next((each for each in endings if lower.endswith(each)), None)
            if ending is not None:
                stems[folder, lower[: -len(ending)]][ending] = file
    for (folder, _), files in stems.items():
        main = files.get(".shp") or (files.get(".dbf") if ".shx" in files else None) or files.get(".shx")
        if main is not None:
            parts = tuple(sorted(file for ending, file in files.items() if ending in _OF_SHAPEFILES))
            yield Composite("shapefile", folder, main, parts)
        if ".gpkg" in files:
            parts = tuple(sorted(file for ending, file in files.items() if ending in _OF_GEOPACKAGES))
            if len(parts) > 1:
                yield Composite("geopackage", folder, files[".gpkg"], parts)
        raster = next((files[ending] for ending in _RASTERS if ending in files), None)
        if raster is not None:
            parts = tuple(sorted({file for ending, file in files.items() if ending in _OF_RASTERS} | {raster}))
            if len(parts) > 1:
                yield Composite("geotiff", folder, raster, parts)


def _is(tree: Tree, name: str, format: str) -> bool:
    return recognise(_head(tree, name), name) == format


def _head(tree: Tree, name: str) -> bytes:
    """The first bytes; none of a file that can't be opened: it stands by itself then, and is told so when it is."""
    try:
        return tree.head(name, HEAD_BYTES)
    except OSError:
        return b""
