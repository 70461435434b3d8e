"""Many tasks: any order of completion, sick tasks, workers that die."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cimkit.errors import UsageError
from cimkit.run.crews import by_itself, cores, crew_for, of_executor, processes
from cimkit.run.fleet import DIED, in_order, work_through
from tests.fleet import jobs


def test_answers_come_as_they_end_and_can_be_put_in_order() -> None:
    with ThreadPoolExecutor(2) as executor:
        ended = [done.index for done in work_through(jobs.slow_first, range(6), of_executor(executor))]
        assert sorted(ended) == list(range(6))
        assert ended[0] != 0
        ordered = in_order(work_through(jobs.slow_first, range(6), of_executor(executor)))
        assert [done.answer for done in ordered] == list(range(6))


@pytest.mark.parametrize("crew", [by_itself(), processes(2)], ids=["inline", "processes"])
def test_a_sick_task_fails_alone(crew: object) -> None:
    tasks = list(in_order(work_through(jobs.odd_ones_fail, range(5), crew)))
    assert [task.answer for task in tasks] == [0, None, 2, None, 4]
    failure = tasks[1].failure
    assert failure is not None
    assert (failure.kind, failure.message) == ("ValueError", "1 is odd")
    assert failure.where.rpartition("/")[2].startswith("jobs.py:")


def test_a_task_that_kills_its_worker_is_tried_twice_and_reported() -> None:
    tasks = list(in_order(work_through(jobs.three_kills, range(8), processes(2))))
    assert [task.answer for task in tasks] == [0, 1, 2, None, 4, 5, 6, 7]
    assert tasks[3].failure is not None
    assert tasks[3].failure.kind == DIED


def test_a_worker_that_dies_once_loses_nothing(tmp_path: Path) -> None:
    names = ["well-1", "well-2", "sick", "well-3", "well-4", "well-5"]
    items = [str(tmp_path / name) for name in names]
    assert [task.answer for task in in_order(work_through(jobs.killed_once, items, processes(2)))] == names


def test_no_more_is_handed_out_than_can_be_worked_on() -> None:
    taken: list[int] = []

    def endless() -> Iterator[int]:
        for number in range(10_000):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(2) as executor:
        tasks = work_through(jobs.double, endless(), of_executor(executor))
        first = next(tasks)
        assert first.answer is not None
        assert len(taken) <= 5
        tasks.close()


def test_processes_are_spawned_and_share_the_cores() -> None:
    told = [task.answer for task in work_through(jobs.threads_of_polars, range(2), processes(2))]
    share = max(1, cores() // 2)
    if "POLARS_MAX_THREADS" not in os.environ:
        assert told == [(str(share), share)] * 2
    assert os.getpid() not in {task.answer for task in work_through(jobs.process, range(2), processes(2))}


def test_a_broken_executor_of_the_caller_ends_no_run() -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    tasks = list(work_through(jobs.double, range(3), of_executor(executor)))
    assert [task.failure.kind for task in tasks if task.failure] == [DIED] * 3


@pytest.mark.parametrize(("jobs_given", "scheduler"), [(0, None), (-1, None), (2, "tcp://127.0.0.1:1")])
def test_wrong_crews_are_refused(jobs_given: int, scheduler: str | None) -> None:
    with pytest.raises(UsageError):
        crew_for(jobs_given, scheduler)
