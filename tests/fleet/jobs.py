"""What the workers of these tests do: importable, since spawned processes import it."""

from __future__ import annotations

import os
import time
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def slow_first(number: int) -> int:
    time.sleep(0.3 if number == 0 else 0)
    return number


def odd_ones_fail(number: int) -> int:
    if number % 2:
        message = f"{number} is odd"
        raise ValueError(message)
    return number


def three_kills(number: int) -> int:
    """A native library that takes the process with it."""
    if number == 3:
        os._exit(9)
    return number


def killed_once(mark: str) -> str:
    """Dies the first time it is tried, as a worker that runs out of memory beside others."""
    path = Path(mark)
    if path.name.startswith("sick") and not path.exists():
        path.write_text("tried", encoding="utf-8")
        os._exit(9)
    return path.name


def threads_of_polars(_: int) -> tuple[str, int]:
    import polars as pl

    return os.environ["POLARS_MAX_THREADS"], pl.thread_pool_size()


def process(_: int) -> int:
    return os.getpid()
