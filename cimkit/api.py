"""The public functions. Each is pure: what it needs is handed in, what it finds is handed back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from msgspec.structs import replace

from cimkit.errors import CimkitError, SourceError, UsageError
from cimkit.facts.model import Facts
from cimkit.locales import LANGUAGES
from cimkit.report.model import Report, Verdict
from cimkit.rules.settings import Settings
from cimkit.sources.limits import Limits
from cimkit.sources.source import Source

if TYPE_CHECKING:
    from cimkit.run.cache import AnswerCache
    from cimkit.run.checking import Progress
    from cimkit.run.crews import Crew
    from cimkit.run.delivery import DeliveryRun
    from cimkit.run.fleet import Failure

__all__ = [
    "Limits",
    "Report",
    "SourceLike",
    "Verdict",
    "check",
    "check_many",
    "check_sources",
    "read",
]

#: What can be checked: a path, the bytes of a file, or a file open for reading bytes.
SourceLike = str | os.PathLike[str] | bytes | BinaryIO


def check(
    source: SourceLike,
    *,
    packs: Sequence[str | os.PathLike[str]] | None = None,
    ids: Sequence[str | os.PathLike[str] | bytes] = (),
    stage: str | None = None,
    settings: str | os.PathLike[str] | None = None,
    lang: str | None = None,
    name: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
    pictures: bool = False,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    base: SourceLike | None = None,
    depth: str | None = None,
) -> Report:
    """Check one source (a file, a folder, an archive, bytes, an open binary file).

    packs     ids or folders of rule packs; None: those that settings name, else those that fit the source; []: none,
              then only whether the source can be read is told
    ids       IDS files to check against too
    stage     规划, 施工图, 竣工 or 既有; None: what settings say, else what the source declares, else 施工图
    settings  a settings file; None: `cimcheck.yaml` beside the source or above it
    lang      `zh` or `en`, of the sentences in the report; None: zh
    name      what to call a source that has no path
    pictures  also draw storey plans for the HTML report (needs the extra `ifc`)
    base      what a delivery replaces: structure, keys, ended features and secrecy are compared with it
    depth     `structure`, `sample` or `full` (default): how much of very large sources is looked at

    Returns the report; a source that can't be read is in it with the reason. Raises UsageError for wrong arguments
    and PackError for a broken pack, settings or IDS file.
    """
    return check_sources(
        [source],
        packs=packs,
        ids=ids,
        stage=stage,
        settings=settings,
        lang=lang,
        names=[name] if name else None,
        limits=limits,
        progress=progress,
        cancel=cancel,
        pictures=pictures,
        select=select,
        ignore=ignore,
        base=base,
        depth=depth,
    )


def check_sources(
    sources: Sequence[SourceLike],
    *,
    packs: Sequence[str | os.PathLike[str]] | None = None,
    ids: Sequence[str | os.PathLike[str] | bytes] = (),
    stage: str | None = None,
    settings: str | os.PathLike[str] | None = None,
    lang: str | None = None,
    names: Sequence[str] | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
    pictures: bool = False,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    base: SourceLike | None = None,
    depth: str | None = None,
    crew: Crew | None = None,
    cache: AnswerCache | None = None,
) -> Report:
    """Check several sources into one report; otherwise as `check`.

    crew: who looks at the sources (`cimkit.run.crews`), this process unless one is given. cache: where answers are
    kept, so that a source is not asked the same twice. Sources that are compared with each other use neither.
    """
    from cimkit.run.checking import run
    from cimkit.run.planning import plan_for, settings_for, with_depth
    from cimkit.sources.opening import expand

    lang = _known_language(lang)
    limits = with_depth(limits or Limits(), depth)
    opened: list[Source] = []
    deliveries: list[DeliveryRun] = []
    for index, source in enumerate(sources):
        if not isinstance(source, str | os.PathLike | bytes | bytearray | memoryview) and not hasattr(source, "read"):
            raise UsageError("run.not_a_source", kind=type(source).__name__)
        name = names[index] if names else None
        found = list(expand(source, limits, name=name))
        if base is not None or _is_several(source, found):
            from cimkit.run.delivery import delivery_in

            found, delivery = delivery_in(source, found, limits, name=name, base=base)
            deliveries += [delivery] if delivery is not None else []
        opened += found
    chosen = settings_for(settings, sources)
    concluding = None
    if deliveries:
        from cimkit.run.delivery import Deliveries

        concluding = Deliveries(deliveries)
    known = [*opened, *(delivery.source for delivery in deliveries)]
    plan = plan_for(
        known,
        packs=None if packs is None else _several(packs),
        ids=_several(ids),
        stage=stage,
        settings=chosen,
        select=_several(select),
        ignore=_several(ignore),
        lang=lang,
    )
    report = run(
        opened,
        plan,
        lang=lang,
        limits=limits,
        progress=progress,
        cancel=cancel,
        pictures=pictures,
        concluding=concluding,
        crew=crew,
        cache=cache,
    )
    return _with_waivers(report, chosen)


def _known_language(lang: str | None) -> str:
    if lang is not None and lang not in LANGUAGES:
        raise UsageError("run.unknown_language", word=lang, known=", ".join(LANGUAGES))
    return lang or "zh"


def _several(given: Any) -> Any:
    """One pack or IDS file by itself is a list of one: a text is a sequence, too, of letters that nobody meant."""
    return [given] if isinstance(given, str | bytes | os.PathLike) else given


def _is_several(given: SourceLike, found: Sequence[Source]) -> bool:
    """Whether a folder or a packed folder was given, so that it may be a delivery."""
    if isinstance(given, str | os.PathLike) and Path(given).is_dir():
        return True
    packed = any("!" in source.name for source in found)
    return packed or any(
        each.error is not None and each.error.key == "sources.archive_without_source" for each in found
    )


def _with_waivers(report: Report, settings: Settings) -> Report:
    """The report in which the waivers of the settings hold."""
    if not settings.waivers:
        return report
    from cimkit.report.waivers import apply_waivers, load_waivers, waivers_of

    waivers = []
    for given in settings.waivers:
        waivers += load_waivers(given) if isinstance(given, os.PathLike) else waivers_of([given], str(settings.file))
    return apply_waivers(report, waivers)


def check_many(sources: Iterable[SourceLike], *, executor: Executor | None = None, **options: Any) -> Iterator[Report]:
    """Check each source into a report of its own, in the order given. options: those of `check`.

    executor: any `concurrent.futures.Executor`; its workers must be spawned, not forked (polars hangs in a fork).
    A source that can't be read, or that kills its worker twice, is a report that says so. Raises UsageError and
    PackError as `check` does.
    """
    if executor is None:
        for source in sources:
            yield check(source, **options)
        return
    from cimkit.run.crews import of_executor
    from cimkit.run.fleet import in_order, work_through

    given: list[SourceLike] = []
    for done in in_order(work_through(_Check(options), _noted(sources, given), of_executor(executor))):
        answer = done.answer
        if isinstance(answer, CimkitError):
            raise answer
        yield answer if answer is not None else _unanswered(given[done.index], done.failure, options)


def _noted(sources: Iterable[SourceLike], given: list[SourceLike]) -> Iterator[SourceLike]:
    for source in sources:
        given.append(source)
        yield source


def _unanswered(source: SourceLike, failure: Failure | None, options: Mapping[str, Any]) -> Report:
    """The report on a source whose check ended without one."""
    from cimkit.run.checking import Plan, run
    from cimkit.sources.source import Source

    name = str(options.get("name") or (source if isinstance(source, str | os.PathLike) else "-"))
    if failure is None or failure.kind == "died":
        error = SourceError("run.worker_died", name=name)
    else:
        error = SourceError("run.task_failed", name=name, kind=failure.kind, detail=failure.message)
    return run([Source(name, error=error)], Plan(()), lang=options.get("lang") or "zh")


class _Check:
    """`check` with its options, in a form that can be sent to another process."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options

    def __call__(self, source: SourceLike) -> Report | CimkitError:
        try:
            return check(source, **self.options)
        except CimkitError as error:
            return error  # it holds for every source: raised where the reports are waited for


def read(source: SourceLike, *, name: str | None = None, limits: Limits | None = None) -> Facts:
    """The facts of one source, everything but geometry, as tables (polars frames and columns).

    Raises SourceError when it can't be read, or is a folder or archive with several sources.
    """
    from cimkit.run.reading import read_facts
    from cimkit.run.vocabulary import whole_demand
    from cimkit.sources.opening import expand

    limits = limits or Limits()
    opened = list(expand(source, limits, name=name))
    if len(opened) != 1:
        raise SourceError("sources.not_one", name=name or str(source)[:200], count=len(opened))
    facts = read_facts(opened[0], limits, lambda _: whole_demand())
    return replace(facts, defect_rows=facts.defects)
