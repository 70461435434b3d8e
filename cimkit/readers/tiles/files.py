"""The files of one source as its documents name them: found, read once, unpacked; what is not there is written down."""

from __future__ import annotations

import sqlite3
import zipfile
from dataclasses import dataclass

from cimkit.readers.tiles.defects import Ledger, Place
from cimkit.readers.tiles.opener import ArchiveOpener, Opener, UnreadableError, unpacked
from cimkit.readers.tiles.packages import SQLITE, TILESET, PackageOpener, check_archive
from cimkit.readers.tiles.uris import Target, resolve
from cimkit.sources.limits import Limits

__all__ = ["Files", "Found"]

_INLINE = "data:"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a URI refers to. label: what locators call it; data: of a data URI."""

    files: Files
    name: str
    label: str
    data: bytes | None = None

    def read(self, place: Place | str) -> bytes | None:
        """Its bytes, unpacked; None (written down at `place`) when they can't be had."""
        return self.data if self.data is not None else self.files.read(self.name, place)


class Files:
    """prefix: what locators put before names (`a.3tz!` inside an archive)."""

    def __init__(self, opener: Opener, ledger: Ledger, limits: Limits, prefix: str = "") -> None:
        self.opener = opener
        self.ledger = ledger
        self.limits = limits
        self.prefix = prefix
        self.names = opener.names()
        #: Names that something refers to, or that were the source itself.
        self.used: set[str] = set()
        self._archives: dict[str, Files | None] = {}
        self._folded: dict[str, str] | None = None

    def label(self, name: str) -> str:
        """What locators call the file."""
        return f"{self.prefix}{name}"

    def locate(self, uri: str, base: str, place: Place | str) -> Found | None:
        """What `uri` in the file `base` refers to; None (written down at `place`) when it is nothing here."""
        target = resolve(uri, base)
        if target.kind == "data":
            return Found(self, _INLINE, f"{place}!data", target.data)
        if target.kind == "archive":
            return self._inside(target, place)
        if target.kind == "file":
            if target.name in self.names:
                self.used.add(target.name)
                return Found(self, target.name, self.label(target.name))
            self._miss(target.name, place)
        elif target.kind == "broken":
            self.ledger.add("tiles_file", "not_a_uri", place, uri)
        else:
            self.ledger.add("tiles_not_read", target.kind, place, uri)
        return None

    def _miss(self, name: str, place: Place | str) -> None:
        """Say what is missing; a name that differs in case alone works on one system and not on another."""
        if self._folded is None:
            self._folded = {each.casefold(): each for each in self.names}
        near = self._folded.get(name.casefold())
        self.ledger.add("tiles_file", "other_case" if near else "missing", place, name, near)

    def _inside(self, target: Target, place: Place | str) -> Found | None:
        """A file inside an archive; a folder that is named like one is a folder."""
        plain = f"{target.name}/{target.inner}"
        if plain in self.names:
            self.used.add(plain)
            return Found(self, plain, self.label(plain))
        if target.name not in self.names:
            self._miss(target.name, place)
            return None
        self.used.add(target.name)
        if self.prefix:
            self.ledger.add("tiles_package", "nested", self.label(target.name))
            return None
        data = None if target.name in self._archives else self.read(target.name, place)
        if data is not None:
            self._archives[target.name] = self.unfold(target.name, data)
        inner = self._archives.get(target.name)
        return inner.member(target.inner) if inner is not None else None

    def member(self, name: str) -> Found | None:
        """A file of this package; None (written down) when it is not there."""
        if name not in self.names:
            kind, detail = ("tiles_package", "tileset_missing") if name == TILESET else ("tiles_file", "missing")
            self.ledger.add(kind, detail, self.prefix.rstrip("!"), expected=name)
            return None
        self.used.add(name)
        return Found(self, name, self.label(name))

    def unfold(self, name: str, data: bytes) -> Files | None:
        """The files inside an archive or a package; None (written down) when it can't be opened."""
        label = self.label(name)
        opener: Opener
        try:
            if data.startswith(SQLITE):
                opener = PackageOpener(data)
            else:
                archive = opener = ArchiveOpener(data, self.limits)
                check_archive(archive, data, label, self.ledger)
        except (zipfile.BadZipFile, sqlite3.DatabaseError, NotImplementedError, OSError, ValueError) as problem:
            self.ledger.add("tiles_package", "not_a_package", label, str(problem))
            return None
        return Files(opener, self.ledger, self.limits, f"{label}!")

    def read(self, name: str, place: Place | str) -> bytes | None:
        """The bytes of one of `names`, gunzipped; None when they can't be had (written down at `place`)."""
        try:
            return unpacked(self.opener.read(name), self.limits)
        except UnreadableError as problem:
            if problem.reason in ("too_large", "compression"):
                self.ledger.add("tiles_not_read", problem.reason, place, [self.label(name), problem.problem])
            else:
                self.ledger.add("tiles_file", "unreadable", place, [self.label(name), problem.problem])
            return None
