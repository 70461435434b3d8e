"""What the answer on a project depends on, so that a run asks again only what changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cimkit.errors import CimkitError
from cimkit.projects.definitions import PACK
from cimkit.projects.portfolio.entry import Entry, Options
from cimkit.rules.load import pack_digests
from cimkit.rules.packs import find_editions, find_packs, locate_pack
from cimkit.rules.settings import find_settings, read_settings
from cimkit.run.cache import AnswerCache, cimkit_state, key_of

__all__ = ["KeptEntries"]

#: What could not be read today may be readable tomorrow.
_PASSING = frozenset({"sources.unreadable", "sources.out_of_memory", "sources.not_found", "run.worker_died"})


class KeptEntries:
    """The entries kept of projects, for one run. An entry holds while the project's files, the options, cimkit, what
    decides which packs fit, and the packs that it was checked by are the same."""

    def __init__(self, answers: AnswerCache, options: Options) -> None:
        self.answers = answers
        self.options = options
        self._packs: dict[str, list[str]] = {}
        self._settings: dict[Path, Any] = {}
        self._shipped = frozenset(find_packs())
        self._asked = key_of(
            what="project",
            cimkit=cimkit_state(),
            options=[options.lang, options.stage, options.select, options.ignore, options.depth],
            packs=[[pack, self._digests(pack)] for pack in options.packs] if options.packs is not None else None,
            ids=[[path, _digest(path)] for path in options.ids],
            definitions=self._digests(PACK),
            fitting=sorted((each.name, _digest(each.folder / "pack.yaml")) for each in find_editions()),
        )

    def key(self, folder: Path) -> str | None:
        """The key of the project in a folder as it is now; None: it can't be read."""
        try:
            files = list(_files(folder))
            settings = Path(self.options.settings) if self.options.settings else find_settings(folder)
            return key_of(asked=self._asked, label=folder.name, files=files, settings=self._set_by(settings))
        except (OSError, CimkitError):
            return None

    def find(self, key: str) -> Entry | None:
        """The entry kept under a key, if its packs are what they were."""
        entry = self.answers.find(key)
        if entry is None or not isinstance(entry.get("digests"), dict):
            return None
        if any(self._digests(pack) != digests for pack, digests in entry.pop("digests").items()):
            return None
        return entry

    def keep(self, key: str, entry: Entry) -> None:
        """Keep an entry, unless it may be another next time though nothing changed."""
        if entry["faults"] or _PASSING & {entry["error_key"], *(key for _, _, key in entry["unread"])}:
            return
        digests = {pack: self._digests(pack) for pack in entry["packs"] if pack in self._shipped}
        self.answers.keep(key, {**entry, "digests": digests})

    def _set_by(self, path: Path | None) -> Any:
        """What a settings file decides. Raises PackError for a broken one."""
        if path is None:
            return None
        if path not in self._settings:
            read = read_settings(path)
            waivers = [_digest(each) for each in read.waivers if isinstance(each, Path)]
            packs = {name: self._digests(name) for name in read.packs or ()}
            self._settings[path] = [str(path), _digest(path), waivers, packs]
        return self._settings[path]

    def _digests(self, pack: str) -> list[str]:
        """Digests of a pack's files and of those below it; none for one that is not there any more."""
        if pack not in self._packs:
            try:
                self._packs[pack] = pack_digests(locate_pack(pack))
            except CimkitError:
                self._packs[pack] = []
        return self._packs[pack]


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file of the folder with its digest, by name."""
    base = os.fspath(folder)
    for here, below, files in os.walk(base):
        below.sort()
        for name in sorted(files):
            path = os.path.join(here, name)  # noqa: PTH118 - thousands of them, and pathlib is slow
            yield path[len(base) + 1 :].replace(os.sep, "/"), _digest(path)


def _digest(path: str | os.PathLike[str]) -> str:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
        return hashlib.file_digest(file, "sha256").hexdigest()
