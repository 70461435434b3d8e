"""Many projects checked: found, handed out, kept as they come, and put in order."""

from __future__ import annotations

import glob
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path

import orjson

from cimkit import __version__
from cimkit.errors import SourceError, UsageError
from cimkit.projects.definitions import definitions
from cimkit.projects.finding import find_projects
from cimkit.projects.portfolio.entry import Entry, Options, ProjectCheck, failed_entry
from cimkit.projects.portfolio.keys import KeptEntries
from cimkit.projects.portfolio.model import Portfolio, PortfolioFault
from cimkit.projects.portfolio.tables import number_of, tables_of
from cimkit.rules.load import load_pack
from cimkit.rules.settings import read_settings
from cimkit.rules.stages import stage_named
from cimkit.run.cache import AnswerCache
from cimkit.run.crews import Crew, by_itself, of_executor
from cimkit.run.fleet import work_through

__all__ = ["check_portfolio", "projects_below"]

#: progress(done, total): projects.
Progress = Callable[[int, int], None]


def check_portfolio(
    where: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    options: Options | None = None,
    executor: Executor | None = None,
    crew: Crew | None = None,
    cache: AnswerCache | None = None,
    progress: Progress | None = None,
) -> Portfolio:
    """Check every project below a folder, or that a pattern (`projects/*/2021-*`) finds.

    executor   any `concurrent.futures.Executor`; its processes must be spawned, not forked
    crew       the same from `cimkit.run.crews`, which can hire a new worker for one that died
    cache      where entries are kept; None: every project is checked

    The order of the projects, and every byte of what is written of them, does not depend on who was ready first. Raises
    UsageError and PackError for wrong options, SourceError where there is no project.
    """
    options = options or Options()
    _refuse_wrong(options)
    root, folders, faults = projects_below(where)
    kept = KeptEntries(cache, options) if cache is not None else None
    crew = crew or (of_executor(executor) if executor is not None else by_itself())
    names = [_relative(folder, root) for folder in folders]
    answers: dict[int, bytes] = {}  # packed: thousands of them are to need little memory
    numbers: list[str | None] = [None] * len(folders)
    for index, entry in _entries(folders, options, crew, kept):
        answers[index] = zlib.compress(orjson.dumps(entry), 1)
        numbers[index] = number_of(entry)
        if progress is not None:
            progress(len(answers), len(folders))
    named = ((name, orjson.loads(zlib.decompress(answers.pop(index)))) for index, name in enumerate(names))
    tables = tables_of(named, numbers)
    return Portfolio(
        version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        lang=options.lang,
        name=root.name or str(root),
        tables=tables,
        faults=[*faults, *_twice(names, numbers)],
    )


def projects_below(
    where: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
) -> tuple[Path, list[Path], list[PortfolioFault]]:
    """The folder that names are relative to, the folders of the projects by name, and what is wrong with where they
    are. A project inside another is part of that one, and told."""
    given = [where] if isinstance(where, str | os.PathLike) else list(where)
    found: dict[Path, None] = {}
    bases = []
    for each in given:
        path = Path(each)
        if path.is_dir():
            places = [path]
        elif glob.has_magic(str(each)):
            places = [Path(match) for match in sorted(glob.glob(str(each), recursive=True))]  # noqa: PTH207 - any pattern
            places = [place for place in places if place.is_dir()]
        else:
            raise SourceError("portfolio.no_folder", name=str(each))
        bases += [path] if path.is_dir() else places
        found |= dict.fromkeys(project.resolve() for place in places for project in find_projects(place))
    if not found:
        raise SourceError("portfolio.no_projects", name=", ".join(str(each) for each in given))
    root = Path(os.path.commonpath([base.resolve() for base in bases]))
    if root in found:
        root = root.parent
    folders, faults = [], []
    for folder in sorted(found, key=lambda each: _relative(each, root)):
        outer = next((parent for parent in folder.parents if parent in found), None)
        if outer is None:
            folders.append(folder)
        else:
            faults.append(PortfolioFault("nested", _relative(folder, root), (_relative(outer, root),)))
    return root, folders, faults


def _entries(
    folders: Sequence[Path], options: Options, crew: Crew, kept: KeptEntries | None
) -> Iterator[tuple[int, Entry]]:
    """Index and entry of each project as they become known: kept ones while the others are handed out."""
    ready: list[tuple[int, Entry]] = []
    handed_out: list[tuple[int, str | None]] = []

    def tasks() -> Iterable[str]:
        for index, folder in enumerate(folders):
            key = kept.key(folder) if kept is not None else None
            entry = kept.find(key) if kept is not None and key is not None else None
            if entry is not None:
                ready.append((index, entry))
                continue
            handed_out.append((index, key))
            yield str(folder)

    for done in work_through(ProjectCheck(options), tasks(), crew):
        index, key = handed_out[done.index]
        if done.answer is None:
            yield index, failed_entry(str(folders[index]), done.failure, options.lang)
        else:
            if kept is not None and key is not None:
                kept.keep(key, done.answer)
            yield index, done.answer
        while ready:
            yield ready.pop()
    yield from ready


def _refuse_wrong(options: Options) -> None:
    """Refuse options that would be wrong for every project before the first is asked. Raises UsageError, PackError."""
    if options.stage is not None and stage_named(options.stage) is None:
        from cimkit.rules.choose import choose

        choose((), packs=[], stage=options.stage)  # which says what is wrong
    for pack in options.packs or ():
        load_pack(pack)
    if options.settings is not None:
        read_settings(Path(options.settings))
    for path in options.ids:
        if not Path(path).is_file():
            raise UsageError("portfolio.no_ids", path=path)
    definitions()


def _twice(names: Sequence[str], numbers: Sequence[str | None]) -> list[PortfolioFault]:
    holders: dict[str, list[str]] = {}
    for name, number in zip(names, numbers, strict=True):
        if number is not None:
            holders.setdefault(number, []).append(name)
    return [
        PortfolioFault("number_twice", number, tuple(two)) for number, two in sorted(holders.items()) if len(two) > 1
    ]


def _relative(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.as_posix()
