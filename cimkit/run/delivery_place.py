"""Where a delivery lies: the names below a folder or in an archive, and the documents at its top."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct, field

from cimkit.errors import SourceError
from cimkit.sources.limits import Limits
from cimkit.sources.recognise import zip_kind
from cimkit.sources.source import problem_of
from cimkit.sources.trees import ArchiveTree, archive_error, folder_tree

__all__ = ["Place", "place_of", "relative_name"]

ENDINGS = (".yaml", ".yml", ".json", ".xlsx")
#: More than a manifest of a hundred thousand data sets.
_LARGEST = 64_000_000


class Place(Struct):
    """label: what the delivery is called; prefix: what the names of its sources begin with; paths: all its files.

    error: a document that is there and can't be read.
    """

    label: str
    prefix: str
    paths: Sequence[str]
    read: Callable[[str], bytes]
    error: SourceError | None = field(default=None)

    def document(self, stems: Sequence[str]) -> tuple[str, bytes] | None:
        """Name and content of the first file at the top that is called so."""
        names = {name.casefold(): name for name in self.paths if "/" not in name}
        for wanted in (f"{stem}{ending}" for stem in stems for ending in ENDINGS):
            if wanted in names:
                name = names[wanted]
                try:
                    return name, self.read(name)
                except SourceError as error:
                    self.error = error
                    return name, b""
                except (OSError, zipfile.BadZipFile, RuntimeError, EOFError) as problem:
                    shown = self.prefix + name
                    self.error = SourceError("sources.unreadable", name=shown, problem=problem_of(problem))
                    return name, b""
        return None


def relative_name(name: str, prefix: str, paths: Sequence[str]) -> str:
    """Where a source lies in its delivery. The only file of an archive is called by the archive's name."""
    if f"{name}!" == prefix and len(paths) == 1:
        return paths[0]
    return name.removeprefix(prefix)


def place_of(given: Any, limits: Limits, name: str | None = None) -> Place | None:
    """The folder or packed folder that was given; None for anything else, and for what `expand` refuses."""
    if isinstance(given, str | os.PathLike) and Path(given).is_dir():
        return _folder(Path(given), name, limits)
    label = name or (Path(given).as_posix() if isinstance(given, str | os.PathLike) else "-")
    if isinstance(given, bytes | bytearray):
        return _archive(io.BytesIO(given), label, limits) if given[:4] == b"PK\x03\x04" else None
    if isinstance(given, str | os.PathLike) and _is_zip(Path(given)):
        return _archive(Path(given), label, limits)
    return None


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except (OSError, ValueError):
        return False


def _folder(folder: Path, name: str | None, limits: Limits) -> Place | None:
    label = name or folder.as_posix()
    try:
        paths = folder_tree(folder, label, limits).names
    except SourceError:
        return None  # `expand` tells it

    def read(document: str) -> bytes:
        path = folder / document
        return _bounded(label, document, path.stat().st_size) or path.read_bytes()

    return Place(label, f"{label.rstrip('/')}/", paths, read)


def _archive(archive: Path | BinaryIO, label: str, limits: Limits) -> Place | None:
    try:
        with zipfile.ZipFile(archive) as opened:
            if zip_kind(opened.namelist()) != "zip":
                return None  # a workbook, a scene layer: one file
            tree = ArchiveTree(opened, label)
            if archive_error(tree.members, label, limits) is not None:
                return None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return None

    def read(document: str) -> bytes:
        with zipfile.ZipFile(archive) as opened:
            info = tree.members[document]
            return _bounded(label, document, info.file_size) or opened.read(info)

    return Place(label, f"{label}!", tree.names, read)


def _bounded(label: str, document: str, size: int) -> bytes:
    """Nothing, for a document that may be read. Raises SourceError."""
    if size > _LARGEST:
        raise SourceError("sources.too_large", name=f"{label}/{document}", size=size, limit=_LARGEST)
    return b""
