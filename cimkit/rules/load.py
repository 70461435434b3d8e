"""Packs: a folder of text files becomes a frozen `Pack`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from msgspec import field
from msgspec.structs import replace

from cimkit.errors import PackError
from cimkit.rules.compiled import compiled
from cimkit.rules.faults import in_pack
from cimkit.rules.model import Pack
from cimkit.rules.pack_files import read_pack_files
from cimkit.rules.packs import extended_folder, find_packs, locate_pack, manifest_of

__all__ = ["LoadedPack", "load_pack", "pack_digests", "packs"]


class LoadedPack(Pack, frozen=True):
    """A pack that knows where it was read.

    folder            its folder, from which it is read again when settings give its parameters other values
    self_consistent   codes of rules that ask data only to agree with themselves: practice may make those errors
    complete_source   codes of rules whose page gives a closed list or a formula in full: they need no clause
    removed           why this pack drops rules of the one it extends: code -> reason
    watch             the page to watch for a new edition, and when somebody looked last
    """

    folder: Path = Path()
    self_consistent: frozenset[str] = frozenset()
    complete_source: frozenset[str] = frozenset()
    removed: Mapping[str, str] = field(default_factory=dict)
    watch: Any = None


def packs(day: str | None = None) -> tuple[LoadedPack, ...]:
    """All shipped packs, by id: the editions in force on an ISO day, or the newest. Raises PackError."""
    return tuple(load_pack(folder) for _, folder in sorted(find_packs(day).items()))


def load_pack(path: str | Path, *, parameters: Mapping[str, Any] | None = None, day: str | None = None) -> LoadedPack:
    """Read a pack, by its folder, id or `id@edition`.

    parameters: values that replace those of the pack's `parameters.yaml`. day: ISO day that chooses the edition.
    Raises PackError, which names file, line and the nearest right word, for anything that is not as a pack should be.
    """
    folder = locate_pack(path, day)
    given = parameters or {}

    def read() -> LoadedPack:
        from cimkit.rules.pack_reading import read_pack

        return read_pack(folder, given)

    try:
        key = orjson.dumps([pack_digests(folder), dict(given)])
    except (PackError, TypeError):  # a fault that reading tells with its place; a value that is no JSON
        return read()
    return replace(compiled("pack", key, read), folder=folder)


def pack_digests(folder: Path, inside: tuple[Path, ...] = ()) -> list[str]:
    """Digests of a pack's files, and of the packs below it."""
    with in_pack(folder):
        own = read_pack_files(folder).sha256
    below, here = manifest_of(folder).extends, folder.resolve()
    if below is None or here in inside:  # one that extends itself is a fault that reading tells
        return [own]
    return [own, *pack_digests(extended_folder(folder, below), (*inside, here))]
