"""One thing to check: a file, a member of an archive, bytes, a database, or a composite of several files."""

from __future__ import annotations

import hashlib
import io
import lzma
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, field

from cimkit.errors import SourceError
from cimkit.sources.limits import Limits

__all__ = ["Source", "open_archive", "problem_of", "sha256"]

_PIECE = 1 << 20
#: Endings that libraries which open paths insist on, for content that has no name of its own.
_ENDINGS = {"geopackage": ".gpkg", "geojson": ".geojson", "geojsonseq": ".geojsonl", "geotiff": ".tif", "las": ".las"}


class Source(Struct, frozen=True):
    """One thing to check. name: what reports call it. One of path, member, data and address holds its content; error:
    it could not be opened, and the run goes on without it.

    A composite has `parts`, the names of its files relative to its folder (with `/`, sorted); `main` is the one to
    begin with (`roads.shp`, `tileset.json`), None where that is the folder itself (`city.gdb`). Its `path` is the
    folder; in an archive `members` are the names of the parts as they are stored, in the same order. `noted` holds size
    and digest of the parts that somebody has read.
    """

    name: str
    path: Path | None = None
    archive: Path | io.BytesIO | None = None
    member: str | None = None
    data: bytes | None = None
    format: str | None = None
    size: int | None = None
    error: SourceError | None = None
    parts: tuple[str, ...] = ()
    main: str | None = None
    members: tuple[str, ...] = ()
    address: str | None = None
    noted: dict[str, tuple[int, str]] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.name, self.path, self.member, self.address))  # what is noted grows while it is read

    def read(self, limits: Limits) -> bytes:
        """The whole content; of a composite, its main file's. Raises SourceError when it is gone, locked or too
        large, or has no content of its own."""
        if self.error is not None:
            raise self.error
        if self.data is not None:
            return self.data
        if not self.parts and self.size is not None and self.size > limits.bytes:
            raise SourceError("sources.too_large", name=self.name, size=self.size, limit=limits.bytes)
        try:
            if self.member is not None:
                with open_archive(self) as opened:
                    return _read_member(self, opened, self.member, limits)
            return self._file().read_bytes()
        except OSError as problem:
            raise SourceError("sources.unreadable", name=self.name, problem=problem_of(problem)) from problem
        except MemoryError as problem:
            raise SourceError("sources.out_of_memory", name=self.name, size=self.size or 0) from problem

    def head(self, size: int) -> bytes:
        """The first bytes, at most `size`. Raises SourceError."""
        if self.path is None or self.error is not None:
            return self.read(Limits())[:size]
        try:
            with self._file().open("rb") as file:
                return file.read(size)
        except OSError as problem:
            raise SourceError("sources.unreadable", name=self.name, problem=problem_of(problem)) from problem

    def _file(self) -> Path:
        assert self.path is not None
        return self.path / self.main if self.parts and self.main is not None else self.path

    @contextmanager
    def on_disk(self, limits: Limits) -> Iterator[Path]:
        """A path that holds the content: a file, the main file of a composite with its parts beside it, or the folder
        of one. What lies in an archive or in memory is unpacked into a temporary folder, which goes when this ends.

        Raises SourceError when it is gone, locked, damaged or too large.
        """
        if self.error is not None:
            raise self.error
        if self.path is not None:
            yield self._file()
            return
        with tempfile.TemporaryDirectory(prefix="cimkit-", ignore_cleanup_errors=True) as made:
            yield self._unpack(Path(made), limits)

    def _unpack(self, folder: Path, limits: Limits) -> Path:
        try:
            if not self.parts:
                path = folder / _file_name(self)
                path.write_bytes(self.read(limits))
                return path
            root = folder / _file_name(self) if self.main is None else folder
            with open_archive(self) as opened:
                for part, member in zip(self.parts, self.members, strict=True):
                    path = root / part
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(_read_member(self, opened, member, limits))
        except OSError as problem:
            raise SourceError("sources.unreadable", name=self.name, problem=problem_of(problem)) from problem
        return root if self.main is None else root / self.main

    def listing(self) -> dict[str, int | str]:
        """Files, bytes, and a digest over the name, size and date of each part: what stands for a digest of the content
        where hashing terabytes is declined. Raises SourceError."""
        total, size = hashlib.sha256(), 0
        try:
            for number, part in enumerate(self.parts):
                if self.path is not None:
                    known = (self.path / part).stat()
                    told = f"{part}\0{known.st_size}\0{known.st_mtime_ns}\n"
                    size += known.st_size
                else:
                    told = f"{self.members[number]}\n"
                total.update(told.encode("utf-8", "surrogatepass"))
        except OSError as problem:
            raise SourceError("sources.unreadable", name=self.name, problem=problem_of(problem)) from problem
        return {"files": len(self.parts), "bytes": size or self.size or 0, "sha256": total.hexdigest()}

    def digest(self, limits: Limits) -> str:
        """Hex SHA-256 of the content. A composite's is over the name, size and content of each part, in their order.
        Raises SourceError."""
        if self.data is not None:
            return sha256(self.data)
        if self.error is not None:
            raise self.error
        if self.address is not None:
            return sha256(self.name.encode())
        try:
            if not self.parts:
                return sha256(self.read(limits)) if self.path is None else _digest_file(self.path)[1]
            total = hashlib.sha256()
            for part, size, content in self._digests(limits):
                total.update(f"{part}\0{size}\0{content}\n".encode("utf-8", "surrogatepass"))
            return total.hexdigest()
        except OSError as problem:
            raise SourceError("sources.unreadable", name=self.name, problem=problem_of(problem)) from problem

    def note(self, part: str, content: bytes) -> None:
        """Remember a part that is being read, so that `digest` need not read it again."""
        if part not in self.noted:
            self.noted[part] = len(content), sha256(content)

    def _digests(self, limits: Limits) -> Iterator[tuple[str, int, str]]:
        """Name, size and digest of each part."""
        if self.path is not None:
            for part in self.parts:
                yield part, *(self.noted.get(part) or _digest_file(self.path / part))
            return
        with open_archive(self) as opened:
            for part, member in zip(self.parts, self.members, strict=True):
                if part not in self.noted:
                    self.note(part, _read_member(self, opened, member, limits))
                yield part, *self.noted[part]


def sha256(data: bytes) -> str:
    """Hex digest of a source's content."""
    return hashlib.sha256(data).hexdigest()


def _digest_file(path: Path) -> tuple[int, str]:
    """Size and digest."""
    with path.open("rb", buffering=0) as file:
        return os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _file_name(source: Source) -> str:
    """A name for the unpacked content that every file system takes, with the ending that tells libraries its format."""
    given = source.name.replace("\\", "/").rpartition("!")[2].rpartition("/")[2]
    safe = "".join("_" if letter in '<>:"|?*' or ord(letter) < 32 else letter for letter in given).strip(" .")
    ending = _ENDINGS.get(source.format or "", "")
    if not safe or set(safe) <= {".", "-"}:
        safe = "source"
    return safe if "." in safe or not ending else f"{safe}{ending}"


def open_archive(source: Source) -> zipfile.ZipFile:
    """The archive that a source lies in. What lies in memory is opened anew, since several threads may read it at once.
    Raises SourceError where it is damaged."""
    archive = source.archive
    assert archive is not None
    try:
        return zipfile.ZipFile(archive if isinstance(archive, Path) else io.BytesIO(archive.getvalue()))
    except _BROKEN as problem:
        raise SourceError("sources.archive_broken", name=source.name) from problem


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    KeyError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)


def _read_member(source: Source, opened: zipfile.ZipFile, member: str, limits: Limits) -> bytes:
    try:
        stated = opened.getinfo(member).file_size
        if stated > limits.bytes:
            raise SourceError("sources.too_large", name=source.name, size=stated, limit=limits.bytes)
        with opened.open(member) as file:
            data = file.read(stated + 1)
    except _BROKEN as problem:
        raise SourceError("sources.archive_broken", name=source.name) from problem
    if len(data) > stated:
        raise SourceError("sources.archive_bomb", name=source.name, member=member)
    return data


def problem_of(problem: BaseException) -> str:
    """What the system says of a failed access."""
    return getattr(problem, "strerror", None) or str(problem)
