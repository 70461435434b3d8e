"""Pieces of work for a few threads: numpy lets go of Python's lock, so two cores do twice as much."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_pieces", "in_threads"]

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")

MOST_THREADS = 8


def in_threads(work: Callable[[Piece], Answer], pieces: Sequence[Piece], *, threaded: bool) -> Iterator[Answer]:
    """`work` of every piece, in order. Without `threaded`, or with one core, in this thread."""
    threads = min(os.cpu_count() or 1, MOST_THREADS, len(pieces)) if threaded else 1
    if threads < 2:
        yield from map(work, pieces)
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="cimkit-step") as pool:
        yield from pool.map(work, pieces)


def in_pieces(count: int, size: int) -> list[tuple[int, int]]:
    """The ranges that cut `count` things into pieces of about `size`."""
    return [(start, min(start + size, count)) for start in range(0, count, size)]
