"""All sources of a run looked at: here or by a crew, and not again where the answer is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cimkit.errors import CimkitError, SourceError
from cimkit.report.model import SourceSummary, Verdict
from cimkit.run.across import AcrossRun
from cimkit.run.looking import Look, Looked
from cimkit.sources.source import Source

if TYPE_CHECKING:
    from cimkit.run.cache import AnswerCache
    from cimkit.run.crews import Crew
    from cimkit.run.fleet import Failure
    from cimkit.run.keeping import Keeper

__all__ = ["CancelledError", "Progress", "looks"]

#: So many sources in one run are the least whose answers are kept.
_FEWEST_KEPT = 2

#: progress(step, done, total): step is `read`, `judge` or `report`; done of total sources.
Progress = Callable[[str, int, int], None]


class CancelledError(CimkitError):
    """The caller asked the run to stop."""

    exit_status = 3

    def __init__(self) -> None:
        super().__init__("run.cancelled")


def looks(
    look: Look,
    sources: Sequence[Source],
    crew: Crew | None,
    cache: AnswerCache | None,
    *,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Iterator[Looked]:
    """What each source says, in the order of the sources. Raises CancelledError when `cancel()` becomes true."""

    def heed(done: int) -> None:
        if cancel is not None and cancel():
            raise CancelledError
        if progress is not None:
            progress("read", done, len(sources))

    keeper = _keeper(look, sources, cache)
    if crew is not None and look.across is None:  # who compares the sources must see them all, in one process
        yield from _by_crew(look, sources, crew, keeper, heed)
        return
    for index, source in enumerate(sources):
        heed(index)
        looked = keeper.find(source, index) if keeper is not None else None
        if looked is None:
            looked = look((index, source))
            if keeper is not None:
                keeper.keep(source, looked)
        yield looked


def _keeper(look: Look, sources: Sequence[Source], cache: AnswerCache | None) -> Keeper | None:
    """Who keeps the answers. Of a source that is checked alone none is kept: it is checked again when it has changed,
    and to look for an answer would come before every check."""
    if cache is None or len(sources) < _FEWEST_KEPT:
        return None
    from cimkit.run.keeping import Keeper

    return Keeper.of(look, cache)


def _by_crew(
    look: Look, sources: Sequence[Source], crew: Crew, keeper: Keeper | None, heed: Callable[[int], None]
) -> Iterator[Looked]:
    from cimkit.run.fleet import work_through

    answers: dict[int, Looked] = {}
    handed_out: list[tuple[int, Source]] = []

    def tasks() -> Iterator[tuple[int, Source]]:
        for index, source in enumerate(sources):
            found = keeper.find(source, index) if keeper is not None else None
            if found is None and not _can_travel(source):
                found = look((index, source))
            if found is not None:
                answers[index] = found
                continue
            handed_out.append((index, source))
            yield index, source

    heed(0)
    for done in work_through(look, tasks(), crew):
        index, source = handed_out[done.index]
        if done.answer is None:
            answers[index] = _lost(look, source, done.failure)
        else:
            answers[index] = done.answer
            if keeper is not None:
                keeper.keep(source, done.answer)
        heed(len(answers))
    yield from (answers[index] for index in range(len(sources)))


def _can_travel(source: Source) -> bool:
    """Whether another process can look at it: not at a file that the caller holds open, nor at what can't be read."""
    return source.error is None and (source.archive is None or isinstance(source.archive, Path))


def _lost(look: Look, source: Source, failure: Failure | None) -> Looked:
    """What the report says of a source whose worker died, or failed in a way that no check foresees."""
    from cimkit.run.fleet import DIED

    summary = SourceSummary(path=source.name, bytes=source.size, format=source.format, verdict=Verdict.BLOCKED)
    looked = Looked(summary, None, AcrossRun(look.plan.missing_parameters))
    if failure is None or failure.kind == DIED:
        error = SourceError("run.worker_died", name=source.name)
        looked.summary = replace(summary, error=error.message(look.lang), error_key=error.key)
    else:
        looked.faults.append(
            {
                "source": source.name,
                "rule": None,
                "kind": failure.kind,
                "message": failure.message,
                "where": failure.where,
            }
        )
    return looked
