"""What a portfolio costs beside the checks: `python benchmarks/portfolio.py [--count 2000] [--dask] [--kill]`.

A province of synthetic projects is made in a temporary folder and checked by two processes, then again with nothing
changed. Told are seconds, what a project costs beside its check (the same run with checks that answer at once), and
the memory of the process that hands out the work and of its largest worker by quarters. --kill ends a worker in the
middle; --dask has a local cluster do the same.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil

from cimkit.projects.portfolio import checking
from cimkit.projects.portfolio.entry import Entry, Options, ProjectCheck
from cimkit.projects.portfolio.formats import write
from cimkit.projects.portfolio.model import Portfolio
from cimkit.projects.portfolio.tables import digest_of
from cimkit.run.cache import AnswerCache
from cimkit.run.crews import Crew, cluster, processes
from samples.makers.province import make_province


@dataclass(frozen=True, slots=True)
class AtOnce(ProjectCheck):
    """Answers at once, with what a real check said of another project."""

    answer: Entry = field(default_factory=dict)

    def __call__(self, folder: str) -> Entry:
        return {**self.answer, "number": Path(folder).name}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--pack", action="append", help="as cimcheck's; `none`: the files are read, no rule is asked")
    parser.add_argument("--dask", action="store_true")
    parser.add_argument("--kill", action="store_true")
    given = parser.parse_args()
    options = Options(packs=None if given.pack is None else tuple(pack for pack in given.pack if pack != "none"))
    with tempfile.TemporaryDirectory() as made:
        folder, kept = Path(made) / "province", AnswerCache(Path(made) / "cache")
        began = time.perf_counter()
        make_province(folder, given.count)
        print(f"made {given.count} projects in {time.perf_counter() - began:.1f} s")
        kill = _kill_a_child if given.kill else None
        first, seconds = _checked("first", folder, options, processes(given.jobs), kept, kill)
        again, seconds_again = _checked("again", folder, options, processes(given.jobs), kept, None)
        same = digest_of(first.tables) == digest_of(again.tables)
        print(f"  {seconds / seconds_again:.0f} times faster; the same: {same}")
        _beside(folder, options, given.jobs, AnswerCache(Path(made) / "other"), given.count)
        began = time.perf_counter()
        for format in ("html", "json", "xlsx"):
            write(again, format, Path(made) / f"out.{format}")
        print(f"page, JSON and workbook written in {time.perf_counter() - began:.1f} s")
        if given.dask:
            _by_cluster(folder, options, first, kill=given.kill)


def _checked(
    name: str, folder: Path, options: Options, crew: Crew, kept: AnswerCache | None, kill: Callable[[], None] | None
) -> tuple[Portfolio, float]:
    me, sizes = psutil.Process(), []

    def watch(done: int, total: int) -> None:
        if done % max(1, total // 4) == 0:
            workers = max((child.memory_info().rss for child in me.children(recursive=True)), default=0)
            sizes.append(f"{me.memory_info().rss / 1e6:.0f}/{workers / 1e6:.0f}")
        if kill is not None and done == total // 2:
            kill()

    began = time.perf_counter()
    portfolio = checking.check_portfolio(folder, options=options, crew=crew, cache=kept, progress=watch)
    seconds = time.perf_counter() - began
    unread = portfolio.projects["error"].drop_nulls().len()
    print(f"{name}: {seconds:.2f} s, {unread} lost; MB here / in the largest worker, by quarters: {' '.join(sizes)}")
    return portfolio, seconds


def _beside(folder: Path, options: Options, jobs: int, kept: AnswerCache, count: int) -> None:
    """What the run costs when its checks cost nothing."""
    one = min(form.parent for form in folder.rglob("project.yaml"))
    real, answer = checking.ProjectCheck, ProjectCheck(options)(str(one))
    checking.ProjectCheck = partial(AtOnce, answer=answer)  # type: ignore[assignment, misc]
    began = os.times()
    _, seconds = _checked("beside the checks", folder, options, processes(jobs), kept, None)
    checking.ProjectCheck = real  # type: ignore[misc]
    ended = os.times()
    used = [1000 * (after - before) / count for before, after in zip(began[:4], ended[:4], strict=True)]
    print(f"  {1000 * seconds / count:.2f} ms a project, the start of the processes included")
    print(f"  of CPU {sum(used[:2]):.2f} ms a project here, {sum(used[2:]):.2f} ms in the workers")


def _kill_a_child() -> None:
    worker = next(child for child in psutil.Process().children() if "resource_tracker" not in " ".join(child.cmdline()))
    os.kill(worker.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    print("  killed a worker")


def _by_cluster(folder: Path, options: Options, first: Portfolio, *, kill: bool) -> None:
    import dask
    from distributed import LocalCluster

    # Dask profiles its workers all the time, and what it keeps of that grows with every project.
    dask.config.set({"distributed.worker.profile.enabled": False})
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as local:

        def kill_a_worker() -> None:
            os.kill(next(iter(local.workers.values())).pid, getattr(signal, "SIGKILL", signal.SIGTERM))
            print("  killed a worker")

        there, _ = _checked(
            "cluster", folder, options, cluster(local.scheduler_address), None, kill_a_worker if kill else None
        )
    print(f"  the same: {digest_of(there.tables) == digest_of(first.tables)}")


if __name__ == "__main__":
    main()
