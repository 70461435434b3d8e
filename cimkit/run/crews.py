"""Who does the work of many checks: this process, spawned ones, a Dask cluster, or any executor a caller brings."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Any

from msgspec import Struct

from cimkit.errors import UsageError

__all__ = ["Crew", "by_itself", "cluster", "cores", "crew_for", "of_executor", "processes"]

#: How many threads polars takes in a process; read when polars is first used.
_POLARS_THREADS = "POLARS_MAX_THREADS"
_CONNECT_SECONDS = 20


class Crew(Struct, frozen=True):
    """hire: opens an executor and closes it again; ahead: tasks handed out at a time; renewable: whether a new executor
    can be hired when one breaks."""

    hire: Callable[[], AbstractContextManager[Executor]]
    ahead: int
    renewable: bool = True


def crew_for(jobs: int | None = None, scheduler: str | None = None, *, default: int = 1) -> Crew:
    """The crew that `--jobs` and `--scheduler` ask for; without either, `default` processes.

    Raises UsageError for fewer than one job, and for both at once.
    """
    if scheduler is not None:
        if jobs is not None:
            raise UsageError("run.jobs_and_scheduler")
        return cluster(scheduler)
    count = default if jobs is None else jobs
    if count < 1:
        raise UsageError("run.too_few_jobs", jobs=count)
    return by_itself() if count == 1 else processes(count)


def cores() -> int:
    """Processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def by_itself() -> Crew:
    """This process, one task after the other."""
    return Crew(_Inline, ahead=1)


def processes(jobs: int) -> Crew:
    """So many spawned processes on this machine, which share its processors among them.

    A spawned process imports the caller's main module: a script needs `if __name__ == "__main__":`.
    """

    @contextmanager
    def hire() -> Iterator[Executor]:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        threads = max(1, cores() // jobs)
        pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin, initargs=(threads,))
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    return Crew(hire, ahead=2 * jobs)


def cluster(address: str) -> Crew:
    """An existing Dask cluster (https://distributed.dask.org). Its workers need cimkit, and the files under the same
    paths; how many threads polars takes there is theirs to set.

    Raises UsageError, on hiring, where it can't be reached.
    """

    @contextmanager
    def hire() -> Iterator[Executor]:
        try:
            distributed: Any = import_module("distributed")
        except ImportError as error:
            raise UsageError("run.dask_missing") from error
        try:
            client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise UsageError("run.scheduler_unreachable", address=address, why=str(error)[:300]) from error
        try:
            with client.get_executor(pure=False) as executor:
                yield executor
        finally:
            client.close()

    return Crew(hire, ahead=64)  # wide enough for a cluster, and few enough to remember


def of_executor(executor: Executor) -> Crew:
    """An executor that the caller opened and closes. Processes must be spawned, not forked (polars hangs in a fork)."""

    @contextmanager
    def hire() -> Iterator[Executor]:
        yield executor

    return Crew(hire, ahead=2 * (getattr(executor, "_max_workers", None) or cores()), renewable=False)


def _begin(threads: int) -> None:
    """The first thing a worker does: it takes its share of the processors, and dies silently when Ctrl-C ends the
    run."""
    os.environ.setdefault(_POLARS_THREADS, str(threads))
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class _Inline(Executor):
    """Runs a task at once, in the caller's thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the future carries it to whoever asks
            future.set_exception(error)
        return future
