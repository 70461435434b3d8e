"""Answers kept on disk, by what they depend on: a check is not done again while nothing has changed.

An answer is a JSON file in the user's cache folder (`cimkit.cache_folder`), readable, written whole or not at all, and
found by a digest of everything that decides it. Files can be deleted at any time; the next run makes them again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct

from cimkit import __version__
from cimkit.cache_folder import cache_folder
from cimkit.whole_files import written_whole

__all__ = ["MOST_BYTES", "AnswerCache", "cimkit_state", "key_of"]

#: So much is kept; when it is more, what was used longest ago goes first.
MOST_BYTES = 2_000_000_000
_KEPT_SHARE = 0.8  # of MOST_BYTES, after trimming: not every run should have to trim
#: Libraries whose version may change an answer, or whose absence does.
_LIBRARIES = (
    "polars", "numpy", "lxml", "pyproj", "shapely", "pyogrio", "rasterio", "laspy", "ifcopenshell", "jsonschema-rs",
    "python-calamine",
)  # fmt: skip


class AnswerCache(Struct, frozen=True):
    """A folder of answers. None of its methods raises for a folder that is missing, full or not ours: then nothing is
    found, or nothing is kept."""

    folder: Path
    most_bytes: int = MOST_BYTES

    @classmethod
    def usual(cls) -> AnswerCache | None:
        """The one in the user's cache folder; None where the environment variable CIMKIT_CACHE says `off`."""
        folder = cache_folder()
        return None if folder is None else cls(folder / "answers")

    def find(self, key: str) -> dict[str, Any] | None:
        """The answer kept under a key."""
        path = self._path(key)
        try:
            answer = orjson.loads(path.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None  # not there, or cut short: it is made again
        with suppress(OSError):
            os.utime(path)  # used now, so it goes last
        return answer if isinstance(answer, dict) else None

    def keep(self, key: str, answer: Mapping[str, Any] | bytes) -> bool:
        """Keep an answer, given as data or as its JSON. False: it could not be kept."""
        path = self._path(key)
        try:
            content = answer if isinstance(answer, bytes) else orjson.dumps(answer)
            path.parent.mkdir(parents=True, exist_ok=True)
            with written_whole(path) as stream:
                stream.write(content)
        except (OSError, TypeError):  # a full disk, a folder that is not ours; something that is no JSON
            return False
        return True

    def extent(self) -> tuple[int, int]:
        """How many answers there are, and their bytes."""
        sizes = [size for _, size, _ in self._files()]
        return len(sizes), sum(sizes)

    def empty(self) -> int:
        """Delete all answers; how many there were."""
        return sum(_deleted(path) for _, _, path in self._files())

    def trim(self) -> int:
        """Delete what was used longest ago if there is more than `most_bytes`; how many were deleted."""
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        if total <= self.most_bytes:
            return 0
        count = 0
        for _, size, path in files:
            if total <= self.most_bytes * _KEPT_SHARE:
                break
            total -= size
            count += _deleted(path)
        return count

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self.folder.glob("??/*.json"):
            with suppress(OSError):  # another run deleted it
                state = path.stat()
                yield state.st_mtime, state.st_size, path


def key_of(**parts: Any) -> str:
    """The digest of what an answer depends on: plain data, the order of whose names does not matter."""
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)).hexdigest()


@lru_cache(maxsize=1)
def cimkit_state() -> list[Any]:
    """What tells this cimkit from another: its version, those of the libraries it reads with, and in a checkout, where
    the version stays while the code changes, its files."""
    package = Path(__file__).resolve().parents[1]
    files: list[Any] = []
    if (package.parent / "pyproject.toml").is_file():
        for path in sorted(package.rglob("*")):
            if path.suffix in (".py", ".yaml", ".csv", ".json", ".npz"):
                state = path.stat()
                files.append((path.relative_to(package).as_posix(), state.st_size, state.st_mtime_ns))
    return [__version__, [(name, _version(name)) for name in _LIBRARIES], key_of(files=files)]


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def _deleted(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True
