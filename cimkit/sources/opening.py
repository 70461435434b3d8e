"""From what a person hands over to files: paths, folders, archives, bytes and open files, each found or explained."""

from __future__ import annotations

import hashlib
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from cimkit.errors import SourceError
from cimkit.sources.limits import Limits
from cimkit.sources.recognise import HEAD_BYTES, recognise

__all__ = ["FORMATS_READ", "Source", "expand", "sha256"]

#: Formats that a reader exists for. Others are recognised and named, not read.
FORMATS_READ = frozenset({"ifc", "ifcxml"})


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to check. name: what reports call it. One of path, member and data holds its content; error: it
    could not be opened, and the run goes on without it."""

    name: str
    path: Path | None = None
    archive: Path | BinaryIO | None = None
    member: str | None = None
    data: bytes | None = None
    format: str | None = None
    size: int | None = None
    error: SourceError | None = None

    def read(self, limits: Limits) -> bytes:
        """The whole content. Raises SourceError when it is gone, locked or too large."""
        if self.error is not None:
            raise self.error
        if self.data is not None:
            return self.data
        if self.size is not None and self.size > limits.bytes:
            raise SourceError("sources.too_large", name=self.name, size=self.size, limit=limits.bytes)
        try:
            if self.member is not None:
                return _read_member(self, limits)
            assert self.path is not None
            return self.path.read_bytes()
        except OSError as problem:
            raise SourceError("sources.unreadable", name=self.name, problem=_problem(problem)) from problem
        except MemoryError as problem:
            raise SourceError("sources.out_of_memory", name=self.name, size=self.size or 0) from problem

    def head(self, size: int) -> bytes:
        """The first bytes, at most `size`. Raises SourceError."""
        if self.path is None or self.error is not None:
            return self.read(Limits())[:size]
        try:
            with self.path.open("rb") as file:
                return file.read(size)
        except OSError as problem:
            raise SourceError("sources.unreadable", name=self.name, problem=_problem(problem)) from problem


def sha256(data: bytes) -> str:
    """Hex digest of a source's content."""
    return hashlib.sha256(data).hexdigest()


def expand(
    given: str | os.PathLike[str] | bytes | BinaryIO, limits: Limits, *, name: str | None = None
) -> Iterator[Source]:
    """The sources behind what was given, in the order of their names. Never raises for a bad one: it is yielded with
    its error, and the others follow."""
    if isinstance(given, bytes | bytearray | memoryview):
        yield from _from_bytes(bytes(given), name or "-", limits)
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
    kind = recognise(data[:HEAD_BYTES])
    if kind == "zip":
        import io

        yield from _from_archive(io.BytesIO(data), name, limits)
    else:
        yield _accept(Source(name, data=data, size=len(data)), kind)


def _from_path(path: Path, limits: Limits, name: str | None) -> Iterator[Source]:
    label = name or path.as_posix()
    try:
        if path.is_dir():
            yield from _from_folder(path, label, limits)
            return
        size = path.stat().st_size
        with path.open("rb") as file:
            kind = recognise(file.read(HEAD_BYTES))
    except FileNotFoundError:
        yield Source(label, error=SourceError("sources.not_found", name=label))
        return
    except (OSError, ValueError) as problem:
        yield Source(label, error=SourceError("sources.unreadable", name=label, problem=_problem(problem)))
        return
    if kind == "zip":
        yield from _from_archive(path, label, limits)
    else:
        yield _accept(Source(label, path=path, size=size), kind)


def _accept(source: Source, kind: str | None) -> Source:
    """The source with its format, or with the reason why it can't be read."""
    from dataclasses import replace

    if source.size == 0:
        return replace(source, error=SourceError("sources.empty", name=source.name))
    if kind is None:
        return replace(source, error=SourceError("sources.not_recognised", name=source.name))
    if kind == "ids":
        return replace(source, format=kind, error=SourceError("sources.is_ids", name=source.name))
    if kind not in FORMATS_READ:
        return replace(source, format=kind, error=SourceError("sources.no_reader", name=source.name, format=kind))
    return replace(source, format=kind)


def _from_folder(folder: Path, label: str, limits: Limits) -> Iterator[Source]:
    """Every file below a folder that is recognised; links that lead out of it are not followed."""
    found = 0
    root = folder.resolve()
    for place, folders, files in os.walk(folder, followlinks=False):
        folders.sort()
        for file_name in sorted(files):
            path = Path(place) / file_name
            found += 1
            if found > limits.members:
                yield Source(label, error=SourceError("sources.too_many_files", name=label, limit=limits.members))
                return
            name = f"{label.rstrip('/')}/{path.relative_to(folder).as_posix()}"
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                yield Source(name, error=SourceError("sources.link_outside", name=name))
                continue
            for source in _from_path(path, limits, name):
                if source.error is None or source.error.key not in _NOT_MEANT_IN_FOLDERS:
                    yield source


#: Files beside the models (drawings, notes) are no sources; files that are models and broken are.
_NOT_MEANT_IN_FOLDERS = frozenset(
    {"sources.not_recognised", "sources.no_reader", "sources.is_ids", "sources.archive_without_source", "sources.empty"}
)


def _from_archive(archive: Path | BinaryIO, label: str, limits: Limits) -> Iterator[Source]:
    """Members of a zip that are recognised. Nested archives are named, not opened."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [info for info in opened.infolist() if not info.is_dir()]
            error = _archive_error(members, label, limits)
            if error is not None:
                yield Source(label, error=error)
                return
            sources = []
            for info in members:
                if info.filename.startswith("__MACOSX/"):
                    continue
                with opened.open(info) as file:
                    kind = recognise(file.read(HEAD_BYTES))
                if kind in FORMATS_READ:
                    name = f"{label}!{_member_name(info)}" if len(members) > 1 else label
                    sources.append(
                        Source(name, archive=archive, member=info.filename, format=kind, size=info.file_size)
                    )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as problem:
        key = "sources.archive_encrypted" if "encrypted" in str(problem) else "sources.archive_broken"
        yield Source(label, error=SourceError(key, name=label))
        return
    if not sources:
        yield Source(label, error=SourceError("sources.archive_without_source", name=label))
    yield from sorted(sources, key=lambda source: source.name)


def _archive_error(members: list[zipfile.ZipInfo], label: str, limits: Limits) -> SourceError | None:
    if len(members) > limits.members:
        return SourceError("sources.too_many_files", name=label, limit=limits.members)
    total = sum(info.file_size for info in members)
    if total > limits.archive_bytes:
        return SourceError("sources.archive_too_large", name=label, size=total, limit=limits.archive_bytes)
    for info in members:
        if info.file_size > 10_000_000 and info.file_size > limits.archive_ratio * max(1, info.compress_size):
            return SourceError("sources.archive_bomb", name=label, member=_member_name(info))
        parts = PurePosixPath(info.filename.replace("\\", "/")).parts
        if ".." in parts or info.filename.startswith(("/", "\\")) or (parts and ":" in parts[0]):
            return SourceError("sources.archive_path", name=label, member=_member_name(info))
    return None


def _member_name(info: zipfile.ZipInfo) -> str:
    """Names that a Chinese Windows packed are GB18030, which zip does not say."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _read_member(source: Source, limits: Limits) -> bytes:
    assert source.archive is not None
    assert source.member is not None
    try:
        with zipfile.ZipFile(source.archive) as opened, opened.open(source.member) as file:
            data = file.read(limits.bytes + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as problem:
        raise SourceError("sources.archive_broken", name=source.name) from problem
    if len(data) > limits.bytes or (source.size is not None and len(data) > source.size):
        raise SourceError("sources.archive_bomb", name=source.name, member=source.member)
    return data


def _problem(problem: BaseException) -> str:
    return getattr(problem, "strerror", None) or str(problem)
