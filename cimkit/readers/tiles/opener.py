"""Where the files of a tileset come from: a folder, an archive or memory, each as names and bytes.

Nothing outside of what an opener lists can be reached through it.
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import BinaryIO, Protocol

from cimkit.errors import SourceError
from cimkit.sources.limits import Limits

__all__ = ["ArchiveOpener", "FolderOpener", "MemoryOpener", "NearbyOpener", "Opener", "UnreadableError", "unpacked"]

_GZIP = b"\x1f\x8b"


class UnreadableError(Exception):
    """A file can't be read. reason: `too_large`, `compression` (of a kind not known here) or `broken`."""

    def __init__(self, reason: str, problem: str = "") -> None:
        super().__init__(reason, problem)
        self.reason = reason
        self.problem = problem


class Opener(Protocol):
    """The files of one source. Names are relative, with `/`, as on the server that will hand them out."""

    def names(self) -> AbstractSet[str]:
        """Every file."""

    def read(self, name: str) -> bytes:
        """The bytes of one of `names()`. Raises UnreadableError."""


class MemoryOpener:
    """Files already in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)

    def names(self) -> frozenset[str]:
        return frozenset(self._files)

    def read(self, name: str) -> bytes:
        return self._files[name]


class FolderOpener:
    """The files below a folder. Links are not followed. `names` raises SourceError for a folder that can't be listed or
    holds too many files."""

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self._folder = folder
        self._limits = limits or Limits()
        self._names: frozenset[str] | None = None

    def names(self) -> frozenset[str]:
        if self._names is None:
            self._names = frozenset(self._walk())
        return self._names

    def _walk(self) -> list[str]:
        """One listing a folder: the names come with the exact case, which matters where the tileset is served."""
        found: list[str] = []
        waiting = [(os.fspath(self._folder), "")]
        while waiting:
            folder, prefix = waiting.pop()
            try:
                with os.scandir(folder) as listed:
                    entries = list(listed)
            except OSError as problem:
                raise SourceError("sources.unreadable", name=folder, problem=problem.strerror or "") from problem
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, f"{prefix}{entry.name}/"))
                elif entry.is_file(follow_symlinks=False):
                    found.append(f"{prefix}{entry.name}")
            if len(found) > self._limits.members:
                raise SourceError("sources.too_many_files", name=os.fspath(self._folder), limit=self._limits.members)
        return found

    def read(self, name: str) -> bytes:
        try:
            # A tileset has tens of thousands of small files: what opens them takes as long as what reads them.
            with io.FileIO(os.path.join(self._folder, name)) as file:  # noqa: PTH118
                size = os.fstat(file.fileno()).st_size
                if size > self._limits.bytes:
                    raise UnreadableError("too_large", str(size))
                return file.readall()
        except OSError as problem:
            raise UnreadableError("broken", problem.strerror or str(problem)) from problem


class NearbyOpener:
    """What lies around one file that was named by itself: its folder, the one above it, and all below those. Nothing is
    listed before it is asked for, since a file may lie anywhere, beside anything."""

    def __init__(self, file: Path, limits: Limits | None = None) -> None:
        file = file.resolve()
        folder = file.parent
        self._files = FolderOpener(folder.parent, limits)
        self._folder = folder.parent
        self.name = f"{folder.name}/{file.name}" if folder != folder.parent else file.name

    def names(self) -> AbstractSet[str]:
        return _NamesOnDisk(self._folder, self.name)

    def read(self, name: str) -> bytes:
        return self._files.read(name)


class _NamesOnDisk(AbstractSet[str]):
    """Names of files below a folder, looked up one by one with their exact case. It is iterated over no more than the
    folders that were looked into. Links are no files."""

    def __init__(self, folder: Path, given: str) -> None:
        self._root = folder
        self._given = given  # there whatever its case
        self._listed: dict[str, dict[str, bool]] = {}
        self._count = 0

    @classmethod
    def _from_iterable(cls, names: Iterable[str]) -> frozenset[str]:  # type: ignore[override]
        return frozenset(names)

    def _entries(self, folder: str) -> dict[str, bool]:
        """Entries of a folder -> whether they are files."""
        if folder not in self._listed:
            try:
                with os.scandir(self._root / folder) as listed:
                    self._listed[folder] = {
                        entry.name: entry.is_file(follow_symlinks=False) for entry in listed if not entry.is_symlink()
                    }
            except OSError:
                self._listed[folder] = {}  # what can't be listed has no files; whoever asks says what is missing
            self._count += sum(self._listed[folder].values())
        return self._listed[folder]

    def __contains__(self, name: object) -> bool:
        if name == self._given:
            return True
        steps = str(name).split("/")
        above = [self._entries("/".join(steps[:depth])).get(step) for depth, step in enumerate(steps)]
        return above[-1] is True and all(each is False for each in above[:-1])

    def __iter__(self) -> Iterator[str]:
        for folder, entries in list(self._listed.items()):
            yield from (f"{folder}/{name}" if folder else name for name, is_file in entries.items() if is_file)

    def __len__(self) -> int:
        return self._count


class ArchiveOpener:
    """The members of a ZIP archive. Raises zipfile.BadZipFile when it is none."""

    def __init__(self, archive: Path | BinaryIO | bytes | zipfile.ZipFile, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        if isinstance(archive, zipfile.ZipFile):
            self.zip = archive
        else:
            self.zip = zipfile.ZipFile(io.BytesIO(archive) if isinstance(archive, bytes) else archive)
        self._members = {
            info.filename.replace("\\", "/").lstrip("/"): info for info in self.zip.infolist() if not info.is_dir()
        }

    def names(self) -> frozenset[str]:
        return frozenset(self._members)

    def read(self, name: str) -> bytes:
        info = self._members[name]
        bomb = info.file_size > 10_000_000 and info.file_size > self._limits.archive_ratio * max(1, info.compress_size)
        if info.file_size > self._limits.bytes or bomb:
            raise UnreadableError("too_large", str(info.file_size))
        try:
            with self.zip.open(info) as file:
                data = file.read(info.file_size + 1)
        except NotImplementedError as problem:
            raise UnreadableError("compression", str(info.compress_type)) from problem
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as problem:
            raise UnreadableError("broken", str(problem)) from problem
        if len(data) > info.file_size:
            raise UnreadableError("too_large", str(info.file_size))
        return data


def unpacked(data: bytes, limits: Limits) -> bytes:
    """The data, gunzipped when it is gzip: servers often keep tiles that way. Raises UnreadableError."""
    if not data.startswith(_GZIP):
        return data
    most = min(limits.bytes, max(10_000_000, limits.archive_ratio * len(data)))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            plain = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raise UnreadableError("broken", str(problem)) from problem
    if len(plain) > most:
        raise UnreadableError("too_large", str(most))
    return plain
