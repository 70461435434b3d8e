"""The files of a source that lie in a folder or in a ZIP archive, by their names with `/`."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["PackedFiles", "open_files"]

#: One member unpacks to no more than this.
_LARGEST = 256_000_000


@dataclass(frozen=True, slots=True)
class PackedFiles:
    """sizes: name -> size as stored; archive: None for a folder; entries: of the archive, by name."""

    root: Path
    sizes: Mapping[str, int]
    archive: zipfile.ZipFile | None = None
    entries: Mapping[str, zipfile.ZipInfo] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.sizes

    def head(self, name: str, count: int) -> bytes:
        """The first bytes of a file. Raises OSError."""
        if self.archive is None:
            with (self.root / name).open("rb") as file:
                return file.read(count)
        return self._member(name, count)

    def read(self, name: str) -> bytes:
        """A whole file; one that ends in .gz is unpacked. Raises OSError for what is damaged or too large."""
        data = self.head(name, _LARGEST + 1)
        if name.lower().endswith(".gz"):
            try:
                data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, _LARGEST + 1)
            except zlib.error as problem:
                raise OSError(str(problem)) from problem
        if len(data) > _LARGEST:
            raise OSError("too large")
        return data

    def _member(self, name: str, count: int) -> bytes:
        assert self.archive is not None
        try:
            with self.archive.open(self.entries[name]) as file:
                return file.read(count)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, KeyError) as problem:
            raise OSError(str(problem)) from problem


def open_files(path: Path) -> PackedFiles:
    """The files of a folder, of the folder of a main file, or of an archive. Raises OSError, for an archive that can't
    be read too."""
    if path.is_file() and zipfile.is_zipfile(path):
        try:
            archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as problem:
            raise OSError(str(problem)) from problem
        listed = ((info.filename.replace("\\", "/"), info) for info in archive.infolist())
        entries = {name: info for name, info in listed if name and not name.endswith("/")}
        return PackedFiles(path, {name: info.file_size for name, info in entries.items()}, archive, entries)
    root = path if path.is_dir() else path.parent
    sizes = {}
    for place, folders, files in os.walk(root, followlinks=False):
        folders.sort()
        for name in sorted(files):
            whole = Path(place) / name
            if not whole.is_symlink():
                sizes[whole.relative_to(root).as_posix()] = whole.stat().st_size
    return PackedFiles(root, sizes)
