"""The files below a folder, or in an archive: names, sizes and first bytes. What leads outside is never followed."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Protocol

from msgspec import Struct, field

from cimkit.errors import SourceError
from cimkit.sources.limits import Limits
from cimkit.sources.recognise import HEAD_BYTES, recognise, zip_kind
from cimkit.sources.source import problem_of

__all__ = ["ArchiveTree", "FolderTree", "Tree", "archive_error", "folder_tree", "member_name"]


class Tree(Protocol):
    """names: relative, with `/`, as a person reads them, sorted; errors: what is there and could not be taken."""

    names: list[str]
    errors: list[tuple[str, SourceError]]

    def head(self, name: str, size: int) -> bytes:
        """The first bytes of a file. Raises OSError and what broken archives raise."""

    def size(self, name: str) -> int:
        """Bytes of a file, unpacked."""


class FolderTree(Struct):
    """The files of a folder. See `folder_tree`."""

    folder: Path
    names: list[str]
    errors: list[tuple[str, SourceError]] = field(default_factory=list)

    def head(self, name: str, size: int) -> bytes:
        with (self.folder / name).open("rb") as file:
            return file.read(size)

    def size(self, name: str) -> int:
        return (self.folder / name).stat().st_size


def folder_tree(folder: Path, label: str, limits: Limits, *, deep: bool = True) -> FolderTree:
    """List a folder. Links that lead out of it are errors; links to folders inside it are left out, since what they
    lead to is listed where it stands. Raises SourceError for more files than the limit."""
    tree = FolderTree(folder, [])
    root = folder.resolve()
    failed: list[OSError] = []
    for place, folders, files in os.walk(folder, followlinks=False, onerror=failed.append):
        at = PurePosixPath(Path(place).relative_to(folder).as_posix())
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in [*files, *links]:
            relative = str(at / name) if str(at) != "." else name
            path = Path(place) / name
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                shown = f"{label.rstrip('/')}/{relative}"
                tree.errors.append((relative, SourceError("sources.link_outside", name=shown)))
            elif name not in links:
                tree.names.append(relative)
        if len(tree.names) > limits.members:
            raise SourceError("sources.too_many_files", name=label, limit=limits.members)
        if not deep:
            break
    for problem in failed:
        shown = Path(problem.filename).as_posix() if problem.filename else label
        tree.errors.append((shown, SourceError("sources.unreadable", name=shown, problem=problem_of(problem))))
    tree.names.sort(key=lambda name: name.split("/"))
    return tree


class ArchiveTree:
    """The members of an open ZIP archive that are files, by readable name. Links in it are errors."""

    def __init__(self, opened: zipfile.ZipFile, label: str) -> None:
        self._zip = opened
        self.members: dict[str, zipfile.ZipInfo] = {}
        self.errors: list[tuple[str, SourceError]] = []
        for info in opened.infolist():
            name = member_name(info).replace("\\", "/")
            if not info.filename or info.is_dir() or name.startswith("__MACOSX/"):
                continue
            if stat.S_ISLNK(info.external_attr >> 16):
                self.errors.append((name, SourceError("sources.link_outside", name=f"{label}!{name}")))
            else:
                self.members[name] = info
        self.names = sorted(self.members)

    def head(self, name: str, size: int) -> bytes:
        with self._zip.open(self.members[name]) as file:
            return file.read(size)

    def size(self, name: str) -> int:
        return self.members[name].file_size

    def kind(self, name: str) -> str | None:
        """The format of a member, as `recognise` tells it; an archive in the archive by the names in it."""
        with self._zip.open(self.members[name]) as file:

            def read_at(offset: int, count: int) -> bytes:
                file.seek(offset)
                return file.read(count)

            kind = recognise(file.read(HEAD_BYTES), name, read_at)
            if kind != "zip":
                return kind
            file.seek(0)
            try:
                with zipfile.ZipFile(file) as inner:
                    return zip_kind(inner.namelist())
            except (zipfile.BadZipFile, NotImplementedError, ValueError):
                return "zip"


def archive_error(members: Mapping[str, zipfile.ZipInfo], label: str, limits: Limits) -> SourceError | None:
    """Why an archive is refused as a whole: too many files, too large, a bomb, a path that leads out of it."""
    if len(members) > limits.members:
        return SourceError("sources.too_many_files", name=label, limit=limits.members)
    total = sum(info.file_size for info in members.values())
    if total > limits.archive_bytes:
        return SourceError("sources.archive_too_large", name=label, size=total, limit=limits.archive_bytes)
    for name, info in members.items():
        if info.file_size > 10_000_000 and info.file_size > limits.archive_ratio * max(1, info.compress_size):
            return SourceError("sources.archive_bomb", name=label, member=name)
        parts = PurePosixPath(name).parts
        if ".." in parts or name.startswith("/") or (parts and ":" in parts[0]):
            return SourceError("sources.archive_path", name=label, member=name)
    return None


def member_name(info: zipfile.ZipInfo) -> str:
    """Names that a Chinese Windows packed are GB18030, which zip does not say."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename
