"""How the process takes memory from the system and gives it back, where that can be told."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

__all__ = ["collect_seldom", "leave_threads_to_the_reader", "start_no_idle_threads", "use_one_arena"]

_M_ARENA_MAX = -8  # of glibc's malloc.h
_MODELS = (".ifc", ".ifczip", ".ifcxml")
_OBJECTS_BETWEEN_COLLECTIONS = 400_000


def collect_seldom() -> None:
    """Let Python look for circles of dead objects seldom: a start makes many objects and hardly a dead one, and looking
    through them took a tenth of a second of a small file's second."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def start_no_idle_threads() -> None:
    """Tell numpy's linear algebra, of which little is used here, to start no threads that would wait beside ours.

    It counts only before numpy is loaded; what the user has set stands.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def leave_threads_to_the_reader(sources: Sequence[str]) -> None:
    """Where models alone are checked, let polars work in the thread that asks: the reader keeps all cores busy, and the
    rules' hundreds of small questions are answered sooner than a pool of threads is woken (a twentieth of a check).

    It counts only before polars is loaded; what the user has set stands.
    """
    if all(source.lower().endswith(_MODELS) for source in sources):
        os.environ.setdefault("POLARS_MAX_THREADS", "1")


def use_one_arena() -> None:
    """Let glibc's threads share one heap: the arrays of the pieces of a file come and go in threads, and heaps of their
    own would keep a fifth more memory (measured on a file of 250 MB). Other systems are left as they are."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library, such as musl
        return
    mallopt(_M_ARENA_MAX, 1)
