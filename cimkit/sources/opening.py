"""From what a person hands over to sources: paths, folders, archives, bytes and open files, each found or explained."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from cimkit.errors import SourceError
from cimkit.sources.composites import Composite, composites
from cimkit.sources.formats import FORMATS_READ, QUIET_IN_FOLDERS
from cimkit.sources.limits import Limits
from cimkit.sources.recognise import HEAD_BYTES, recognise, zip_kind
from cimkit.sources.source import Source, problem_of, sha256
from cimkit.sources.trees import ArchiveTree, FolderTree, archive_error, folder_tree, member_name

__all__ = ["FORMATS_READ", "Source", "expand", "sha256"]

#: Addresses of databases; what follows is never looked for on disk.
_DATABASE = re.compile(r"(?i)^(postgres(?:ql)?://|pg:)")
_PASSWORD = re.compile(r"(?i)(://[^:/@\s]*:)[^@/\s]*(@)|(password\s*=\s*)(?:'[^']*'|\S+)")


def expand(
    given: str | os.PathLike[str] | bytes | BinaryIO, limits: Limits, *, name: str | None = None
) -> Iterator[Source]:
    """The sources behind what was given, in the order of their names. Never raises for a bad one: it is yielded with
    its error, and the others follow."""
    if isinstance(given, bytes | bytearray | memoryview):
        yield from _from_bytes(bytes(given), name or "-", limits)
    elif isinstance(given, str) and _DATABASE.match(given):
        yield _accept(Source(name or _PASSWORD.sub(r"\1\3…\2", given), address=given), "postgis")
    elif isinstance(given, str | os.PathLike):
        yield from _from_path(Path(given), limits, name)
    else:
        yield from _from_file(given, name, limits)


def _from_file(file: BinaryIO, name: str | None, limits: Limits) -> Iterator[Source]:
    label = name or str(getattr(file, "name", "-"))
    data: object = file.read(limits.bytes + 1)
    if not isinstance(data, bytes):
        yield Source(label, error=SourceError("sources.text_file", name=label))
    elif len(data) > limits.bytes:
        yield Source(label, error=SourceError("sources.too_large", name=label, size=len(data), limit=limits.bytes))
    else:
        yield from _from_bytes(data, label, limits)


def _from_bytes(data: bytes, name: str, limits: Limits) -> Iterator[Source]:
    kind = recognise(data[:HEAD_BYTES], name, lambda offset, size: data[offset : offset + size], alone=True)
    whole = Source(name, data=data, size=len(data))
    if kind == "zip":
        yield from _from_archive(io.BytesIO(data), whole, limits)
    else:
        yield _accept(whole, kind)


def _from_path(path: Path, limits: Limits, name: str | None) -> Iterator[Source]:
    """A folder with all that is in it, or one file with the parts that lie beside it."""
    label = name or path.as_posix()
    if not path.is_dir():
        yield from _from_one_file(path, label, limits, alone=True)
        return
    try:
        tree = folder_tree(path, label, limits)
    except SourceError as error:
        yield Source(label, error=error)
        return
    nothing = True
    for source in _from_folder(tree, label, limits):
        nothing = False
        yield source
    if nothing:  # a folder that was mistyped, or not filled, must not look like one without fault
        yield Source(label, error=SourceError("sources.folder_without_source", name=label))


def _from_one_file(path: Path, label: str, limits: Limits, *, alone: bool) -> Iterator[Source]:
    """alone: named by itself, so that what belongs to it is looked for beside it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:

            def read_at(offset: int, count: int) -> bytes:
                file.seek(offset)
                return file.read(count)

            kind = recognise(file.read(HEAD_BYTES), path.name, read_at, alone=alone)
    except FileNotFoundError:
        yield Source(label, error=SourceError("sources.not_found", name=label))
        return
    except (OSError, ValueError) as problem:
        yield Source(label, error=SourceError("sources.unreadable", name=label, problem=problem_of(problem)))
        return
    source = Source(label, path=path, size=size)
    if kind == "zip":
        yield from _from_archive(path, source, limits)
        return
    composite = _composite_of(path, kind, label, limits) if alone and size else None
    if composite is not None:
        yield _accept(_in_folder(composite, path.parent, label), composite.format)
    else:
        yield _accept(source, kind)


#: Main files of composites: format -> whether their parts lie in folders below, or beside them.
_HAVE_PARTS = {
    **dict.fromkeys(("shapefile", "geopackage", "geotiff", "tiff"), False),
    **dict.fromkeys(("3dtiles", "s3m", "i3s"), True),
}


def _composite_of(path: Path, kind: str | None, label: str, limits: Limits) -> Composite | None:
    """The composite that a file named by itself is the main file of."""
    if kind not in _HAVE_PARTS or (kind == "3dtiles" and path.name.lower() != "tileset.json"):
        return None
    try:
        tree = folder_tree(path.parent, label, limits, deep=_HAVE_PARTS[kind])
        found, _ = composites(tree)
    except (SourceError, OSError):
        return None  # it is judged by itself, and its reader says what it lacks
    return next((each for each in found if not each.folder and each.main == path.name), None)


def _in_folder(composite: Composite, folder: Path, label: str) -> Source:
    root = folder / composite.folder if composite.folder else folder
    try:
        size = sum((root / part).stat().st_size for part in composite.parts)
    except OSError as problem:
        return Source(label, error=SourceError("sources.unreadable", name=label, problem=problem_of(problem)))
    return Source(label, path=root, size=size, parts=composite.parts, main=composite.main)


def _accept(source: Source, kind: str | None) -> Source:
    """The source with its format, or with the reason why it can't be read."""
    if source.error is not None:
        return replace(source, format=kind)
    if source.size == 0:
        return replace(source, error=SourceError("sources.empty", name=source.name))
    if kind is None:
        return replace(source, error=SourceError("sources.not_recognised", name=source.name))
    if kind == "ids":
        return replace(source, format=kind, error=SourceError("sources.is_ids", name=source.name))
    if kind not in FORMATS_READ:
        return replace(source, format=kind, error=SourceError("sources.no_reader", name=source.name, format=kind))
    return replace(source, format=kind)


def _from_folder(tree: FolderTree, label: str, limits: Limits) -> Iterator[Source]:
    """Every composite and every file below a folder that is recognised."""
    prefix = label.rstrip("/")
    try:
        grouped, single = composites(tree)
    except OSError as problem:
        yield Source(label, error=SourceError("sources.unreadable", name=label, problem=problem_of(problem)))
        return

    entries: dict[str, Composite | SourceError | None] = dict.fromkeys(single)
    entries |= {each.name: each for each in grouped}
    entries |= dict(tree.errors)
    for relative in sorted(entries, key=lambda each: each.split("/")):
        name = f"{prefix}/{relative}" if relative else label
        entry = entries[relative]
        if isinstance(entry, Composite):
            yield _accept(_in_folder(entry, tree.folder, name), entry.format)
        elif entry is not None:
            yield Source(name, error=entry)
        else:
            found = _from_one_file(tree.folder / relative, name, limits, alone=False)
            yield from (source for source in found if _is_meant(source, relative))


#: Names of data: a file that is called so and holds something else, or nothing, is broken data.
_DATA_NAMES = (".ifc", ".ifcxml", ".ifczip", ".gpkg", ".gml", ".las", ".laz", ".geojson", ".city.json", ".cityjson")
#: Other files beside the data (drawings, notes) are no sources; files that are data and broken are.
_NOT_MEANT = frozenset({"sources.not_recognised", "sources.is_ids", "sources.archive_without_source", "sources.empty"})


def _is_meant(source: Source, name: str) -> bool:
    """Whether something found in a folder or an archive, called `name` there, is meant as data."""
    if name.lower().endswith(_DATA_NAMES):
        return True
    if source.error is None or source.error.key == "sources.no_reader":
        return source.format not in QUIET_IN_FOLDERS
    return source.error.key not in _NOT_MEANT


def _from_archive(archive: Path | io.BytesIO, whole: Source, limits: Limits) -> Iterator[Source]:
    """What is in a ZIP file: a source in itself (XLSX, SLPK, 3TZ), or a packed folder. Archives in it are named, not
    opened."""
    label = whole.name
    try:
        with zipfile.ZipFile(archive) as opened:
            kind = zip_kind(opened.namelist())
            if kind != "zip":
                yield _accept(whole, kind)
                return
            every = {
                member_name(info).replace("\\", "/"): info
                for info in opened.infolist()
                if info.filename and not info.is_dir()
            }
            error = archive_error(every, label, limits)
            if error is not None:
                yield Source(label, error=error)
                return
            sources = list(_packed(ArchiveTree(opened, label), archive, label))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as problem:
        key = "sources.archive_encrypted" if "encrypted" in str(problem) else "sources.archive_broken"
        yield Source(label, error=SourceError(key, name=label))
        return
    if not sources:
        yield Source(label, error=SourceError("sources.archive_without_source", name=label))
    yield from sorted(sources, key=lambda source: source.name)


def _packed(tree: ArchiveTree, archive: Path | io.BytesIO, label: str) -> Iterator[Source]:
    """The sources in an archive. One that holds a single file is called by the archive's name."""
    grouped, single = composites(tree)
    alone = len(tree.names) + len(tree.errors) == 1
    for composite in grouped:
        names = list(composite.names())
        stored = {part: tree.members[name].filename for part, name in zip(composite.parts, names, strict=True)}
        source = Source(
            f"{label}!{composite.name}" if composite.name else label,
            archive=archive,
            member=None if composite.main is None else stored[composite.main],
            size=sum(tree.size(name) for name in names),
            parts=composite.parts,
            main=composite.main,
            members=tuple(stored.values()),
        )
        yield _accept(source, composite.format)
    for name in single:
        source = Source(
            label if alone else f"{label}!{name}",
            archive=archive,
            member=tree.members[name].filename,
            size=tree.size(name),
        )
        kind = tree.kind(name)
        if kind == "zip":
            yield replace(source, error=SourceError("sources.nested_archive", name=source.name))
        elif _is_meant(accepted := _accept(source, kind), name):
            yield accepted
    for name, error in tree.errors:
        yield Source(f"{label}!{name}", error=error)
