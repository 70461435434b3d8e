"""Where packs are: those that ship with cimkit, in all their editions, and folders that a user names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from cimkit.errors import PackError
from cimkit.rules.compiled import compiled
from cimkit.rules.faults import in_pack, nearest
from cimkit.rules.manifest_model import Manifest

__all__ = [
    "Edition",
    "extended_folder",
    "find_editions",
    "find_packs",
    "locate_pack",
    "manifest_of",
    "standards_folder",
]


class Edition(NamedTuple):
    """One edition of a shipped pack."""

    id: str
    edition: str
    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """`id@edition`, by which a caller asks for just this one."""
        return f"{self.id}@{self.edition}"

    def in_force_on(self, day: str) -> bool:
        """Whether the edition is in force on an ISO day; a bound that nobody has stated does not exclude."""
        first, last = self.manifest.in_force
        return (first is None or first <= day) and (last is None or day <= last)


def standards_folder() -> Path | None:
    """The folder of shipped packs: inside the package once installed, beside it in a checkout."""
    package = Path(str(resources.files("cimkit")))
    for folder in (package / "standards", package.parent / "standards"):
        if folder.is_dir():
            return folder
    return None


@lru_cache(maxsize=1)
def find_editions() -> tuple[Edition, ...]:
    """Every edition of every shipped pack, by id, then from old to new. Raises PackError for a broken `pack.yaml`."""
    folder = standards_folder()
    if folder is None:
        return ()
    paths = sorted(folder.glob("*/pack.yaml"))
    with suppress(OSError):  # one that can't be read is told by its own name
        contents = b"\0".join(path.read_bytes() for path in paths)
        manifests = compiled("shelf", contents, lambda: tuple(manifest_of(path.parent) for path in paths))
        return _by_age(paths, manifests)
    return _by_age(paths, tuple(manifest_of(path.parent) for path in paths))


def _by_age(paths: Sequence[Path], manifests: Sequence[Manifest]) -> tuple[Edition, ...]:
    editions = [
        Edition(manifest.id, manifest.edition, path.parent, manifest)
        for path, manifest in zip(paths, manifests, strict=True)
    ]
    return tuple(sorted(editions, key=lambda one: (one.id, one.manifest.in_force[0] or "", one.edition)))


def manifest_of(folder: Path) -> Manifest:
    """What the `pack.yaml` of a folder says. Raises PackError."""

    def read() -> Manifest:
        from cimkit.rules.manifest import read_manifest
        from cimkit.rules.yaml_reading import read_yaml_file

        data = read_yaml_file(folder / "pack.yaml", "pack.yaml")
        return read_manifest(data if isinstance(data, Mapping) else {})

    with in_pack(folder):
        try:
            content = (folder / "pack.yaml").read_bytes()
        except OSError:
            return read()  # which says what is wrong
        return compiled("manifest", content, read)


def extended_folder(folder: Path, name: str) -> Path:
    """The folder of the pack that the one in `folder` extends: one beside it, or a shipped pack. Raises PackError."""
    beside = folder.parent / name
    return beside if (beside / "pack.yaml").is_file() else locate_pack(name)


def find_packs(day: str | None = None) -> dict[str, Path]:
    """Shipped packs: id -> folder of the edition in force on `day` (ISO), or of the newest where no day is given.

    A pack none of whose editions was in force that day is not among them.
    """
    found: dict[str, Path] = {}
    for edition in find_editions():
        if day is None or edition.in_force_on(day):
            found[edition.id] = edition.folder
    return found


def _is_shipped(name: str) -> bool:
    """Whether a shipped pack has a folder of that name; no pack is read for it."""
    folder = standards_folder()
    return folder is not None and Path(name).name == name and (folder / name / "pack.yaml").is_file()


def locate_pack(name: str | Path, day: str | None = None) -> Path:
    """The folder of a pack named by id, by `id@edition`, or by the path of its folder (or of its `pack.yaml`).

    Raises PackError, with the nearest id, for a name that is none of these.
    """
    text, path = str(name), Path(name)
    if path.name == "pack.yaml" and path.is_file():
        return path.parent
    if (path / "pack.yaml").is_file() and not _is_shipped(text):
        return path
    shipped = find_packs(day)
    if text in shipped:
        return shipped[text]
    for edition in find_editions():
        if edition.name == text:
            return edition.folder
    if path.is_dir():
        return path
    every = {edition.id for edition in find_editions()}
    if text in every:
        raise PackError("rules.not_in_force", id=text, day=day)
    near = nearest(text, every | {edition.name for edition in find_editions()})
    if near is not None:
        raise PackError("rules.unknown_pack_near", word=text, near=near)
    raise PackError("rules.unknown_pack", word=text, known=", ".join(sorted(every)))
