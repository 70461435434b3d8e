"""Many tasks over any executor: answers as they come, and no sick task stops the others."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from cimkit.run.crews import Crew

__all__ = ["DIED", "Done", "Failure", "in_order", "work_through"]

Item = TypeVar("Item")
Answer = TypeVar("Answer")

#: `Failure.kind` of a task whose worker died twice: once beside others, once alone.
DIED = "died"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task has no answer. kind: `died`, or the class of the exception; where: the file and line it came from."""

    kind: str
    message: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Done(Generic[Answer]):
    """A task that ended: `index` counts the items as they were given; `failure` is set where there is no answer."""

    index: int
    answer: Answer | None = None
    failure: Failure | None = None


def work_through(function: Callable[[Item], Answer], items: Iterable[Item], crew: Crew) -> Iterator[Done[Answer]]:
    """Call `function` with each item and give what it answers, in the order in which the tasks end.

    function and items must be picklable where the crew works in other processes. Only a few tasks are handed out at a
    time, so that thousands of items need no more memory than a few. An exception in the function is the task's failure.
    When a worker dies, the tasks that were out are tried once more, one at a time: the one that kills its worker again
    has failed, and the others are none the wiser.
    """
    with _Hired(crew) as hired:
        waiting = iter(enumerate(items))
        out: dict[Future[Any], tuple[int, Item]] = {}
        exhausted = False
        while True:
            suspects: list[tuple[int, Item]] = []
            while not exhausted and not suspects and len(out) < crew.ahead:
                task = next(waiting, None)
                if task is None:
                    exhausted = True
                elif (future := hired.hand_out(function, task[1])) is None:
                    suspects.append(task)
                else:
                    out[future] = task
            if not out and not suspects:
                return
            while out:
                ended, _ = wait(out, return_when=FIRST_COMPLETED)
                for future in ended:
                    index, item = out.pop(future)
                    if future.cancelled() or future.exception() is not None:
                        suspects.append((index, item))
                    else:
                        yield _done(index, future.result())
                if not suspects:
                    break  # else all that are out come home first, so that each suspect is alone
            for index, item in sorted(suspects, key=lambda task: task[0]):
                yield hired.alone(function, index, item)


def in_order(tasks: Iterable[Done[Answer]]) -> Iterator[Done[Answer]]:
    """The same tasks in the order of the items; those that ended early are kept until it is their turn."""
    early: dict[int, Done[Answer]] = {}
    turn = 0
    for done in tasks:
        early[done.index] = done
        while turn in early:
            yield early.pop(turn)
            turn += 1


class _Hired:
    """The executor at work, replaced by a new one when it breaks."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew
        self._stack = ExitStack()
        self._executor: Executor | None = None

    def __enter__(self) -> Self:
        self._executor = self._stack.enter_context(self.crew.hire())
        return self

    def __exit__(self, *what: object) -> None:
        self._stack.close()

    def hand_out(self, function: Callable[[Item], Any], item: Item) -> Future[Any] | None:
        """The task's future; None where the executor is broken."""
        assert self._executor is not None
        try:
            return self._executor.submit(_guarded, function, item)
        except (BrokenExecutor, RuntimeError):  # RuntimeError: it was shut down
            return None

    def alone(self, function: Callable[[Item], Any], index: int, item: Item) -> Done[Any]:
        """The task once more, with no other beside it."""
        future = self.hand_out(function, item)
        if future is None and self.crew.renewable:
            self._renew()
            future = self.hand_out(function, item)
        if future is None:
            return Done(index, failure=Failure(DIED, ""))
        wait([future])
        error = None if future.cancelled() else future.exception()
        if error is None and not future.cancelled():
            return _done(index, future.result())
        if isinstance(error, BrokenExecutor) and self.crew.renewable:
            self._renew()
        return Done(index, failure=Failure(DIED, str(error or "")[:300]))

    def _renew(self) -> None:
        self._stack.close()
        self._executor = self._stack.enter_context(self.crew.hire())


def _guarded(function: Callable[[Item], Answer], item: Item) -> Answer | Failure:
    """What runs in the worker. An exception comes home as plain text: its class may not be known there, and its
    traceback would hold the frames of the whole check."""
    try:
        return function(item)
    except Exception as error:  # noqa: BLE001 - told as the task's failure, never hidden
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{frames[-1].filename.replace(chr(92), '/').rpartition('cimkit/')[2]}:{frames[-1].lineno}"
        return Failure(type(error).__name__, str(error)[:500], where)


def _done(index: int, answer: Any) -> Done[Any]:
    return Done(index, failure=answer) if isinstance(answer, Failure) else Done(index, answer)
