"""Files that a source names and that are no sources themselves, such as pictures of a city model: are they there?

Nothing is opened. Names are looked for in the folder of the source, in those below it and in the one above it; in an
archive, wherever they stand in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from cimkit.errors import SourceError
from cimkit.sources.source import Source, open_archive
from cimkit.sources.trees import member_name

__all__ = ["Beside", "beside"]

#: What is wrong with a name, by a closed word; None: nothing. See `Beside.fault`.
Fault = str | None

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # one letter before the colon is a drive
_DRIVE = re.compile(r"[A-Za-z]:")


class Beside:
    """What lies beside one source. folder: the names in a folder that is given by its steps; steps: lead to
    the folder of the source, above the first of which nothing is looked for."""

    def __init__(self, folder: Callable[[tuple[str, ...]], frozenset[str]], steps: tuple[str, ...]) -> None:
        self._folder = folder
        self._steps = steps
        self._known: dict[tuple[str, ...], frozenset[str]] = {}
        self._folded: dict[tuple[str, ...], frozenset[str]] = {}

    def fault(self, uri: str) -> Fault:
        """`missing`: no such file; `case`: its name is written otherwise, in small or large letters; `outside`: it
        leads out of what was handed in, and was not looked for; `absolute`: a path of one machine; `remote`: an address
        in a network; None: the file is there, or its content stands in the name itself."""
        name = uri.strip()
        if name[:5].lower() == "data:":
            return None
        if name.lower().startswith("file:") or _DRIVE.match(name) or name.startswith(("/", "\\")):
            return "remote" if name.startswith("//") else "absolute"
        if _SCHEME.match(name):
            return "remote"
        faults = [self._of_path(each) for each in dict.fromkeys((name, unquote(name)))]
        return None if None in faults else faults[-1]

    def _of_path(self, name: str) -> Fault:
        steps = list(self._steps)
        for step in name.replace("\\", "/").split("/"):
            if step == "..":
                if not steps:
                    return "outside"
                steps.pop()
            elif step not in ("", "."):
                steps.append(step)
        if not steps or "\0" in name or not name.strip("./\\"):  # no name, or one of a folder
            return "missing"
        return self._of_steps(tuple(_composed(step) for step in steps))

    def _of_steps(self, steps: tuple[str, ...]) -> Fault:
        *above, last = steps
        names = self._names(tuple(above))
        if last in names:
            return None
        return "case" if last.casefold() in self._folded_names(tuple(above)) else "missing"

    def _names(self, steps: tuple[str, ...]) -> frozenset[str]:
        if steps not in self._known:
            self._known[steps] = self._folder(steps)
        return self._known[steps]

    def _folded_names(self, steps: tuple[str, ...]) -> frozenset[str]:
        if steps not in self._folded:
            self._folded[steps] = frozenset(name.casefold() for name in self._names(steps))
        return self._folded[steps]


def beside(source: Source) -> Beside | None:
    """What lies beside a source; None for one that lies nowhere: bytes, a database."""
    if source.archive is not None and source.member is not None:
        packed = _Archive(source)
        return Beside(packed.folder, packed.steps[:-1])
    if source.path is None:
        return None
    own = (source.path if source.path.is_dir() else source.path.parent).resolve()
    steps = (_composed(own.name),) if own.name else ()

    def folder(inner: tuple[str, ...]) -> frozenset[str]:
        if inner[: len(steps)] == steps:  # its own folder is called as it was given, whatever its case
            return _listed(own, inner[len(steps) :])
        return _listed(own.parent, inner)

    return Beside(folder, steps)


def _composed(name: str) -> str:
    """Letters as most systems compose them."""
    return unicodedata.normalize("NFC", name)


def _steps(name: str) -> list[str]:
    return [_composed(step) for step in name.replace("\\", "/").split("/") if step not in ("", ".")]


def _listed(root: Path, steps: tuple[str, ...]) -> frozenset[str]:
    """Names in a folder as they are written, whatever the file system makes of their case. Links to folders are not
    followed."""
    place = root
    for step in steps:
        found = _named(place, step)
        if found is None or (place / found).is_symlink():
            return frozenset()
        place = place / found
    try:
        return frozenset(_composed(entry.name) for entry in place.iterdir())
    except OSError:
        return frozenset()


def _named(folder: Path, step: str) -> str | None:
    """The folder of this name in another, exactly as it is written."""
    try:
        return next((entry.name for entry in folder.iterdir() if _composed(entry.name) == step), None)
    except OSError:
        return None


class _Archive:
    """The names in the archive of a source."""

    def __init__(self, source: Source) -> None:
        self._folders: dict[tuple[str, ...], set[str]] = {}
        self.steps: tuple[str, ...] = ()
        try:
            with open_archive(source) as opened:
                infos = opened.infolist()
        except (SourceError, OSError):
            return
        for info in infos:
            steps = tuple(_steps(member_name(info)))
            if info.filename == source.member:
                self.steps = steps
            for at in range(len(steps)):
                self._folders.setdefault(steps[:at], set()).add(steps[at])

    def folder(self, steps: tuple[str, ...]) -> frozenset[str]:
        return frozenset(self._folders.get(steps, ()))
