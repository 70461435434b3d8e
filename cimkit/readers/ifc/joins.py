"""Joins of integer arrays, where a table library would first have to be given tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["ancestors", "endless", "matches", "numbered", "on_cycle", "repeated", "stable_order"]


_TABLE_PER_KEY, _TABLE_ALWAYS = 4, 1 << 16  # up to this size a table is faster than sorting

Places = npt.NDArray[np.signedinteger[Any]]


def matches(keys: npt.NDArray[np.integer], ordered: npt.NDArray[np.integer]) -> tuple[Places, Places]:
    """All pairs (i, j) with keys[i] == ordered[j], by i and then j. `ordered` ascends."""
    starts = np.searchsorted(ordered, keys, side="left")
    counts = np.searchsorted(ordered, keys, side="right") - starts
    return repeated(starts, counts)


def repeated(starts: npt.NDArray[np.integer], counts: npt.NDArray[np.integer]) -> tuple[Places, Places]:
    """(i, starts[i] + k) for each k < counts[i]. In 32 bits where they do: half the memory."""
    total = int(counts.sum())
    highest = max(total, int(starts.max()) if len(starts) else 0)
    whole = np.int32 if highest < np.iinfo(np.int32).max else np.int64
    before = starts - (np.cumsum(counts) - counts)
    which: Places = np.repeat(np.arange(len(counts), dtype=whole), counts)
    places: Places = np.arange(total, dtype=whole) + np.repeat(before.astype(whole), counts)
    return which, places


def numbered(keys: npt.NDArray[np.integer], size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """The distinct keys, ascending, and the number of each key among them. Keys are from 0 to below `size`."""
    if size > _TABLE_PER_KEY * len(keys) + _TABLE_ALWAYS:
        distinct, number = np.unique(keys, return_inverse=True)
        return distinct.astype(np.int64), number.astype(np.int32)
    seen = np.zeros(size, bool)
    seen[keys] = True
    return np.flatnonzero(seen), (np.cumsum(seen, dtype=np.int32) - np.int32(1))[keys]


def stable_order(keys: npt.NDArray[np.integer]) -> npt.NDArray[np.int64] | slice:
    """What puts the keys in order; nothing moves where they are in order, as they mostly are in a file."""
    if len(keys) < 2 or bool((keys[1:] >= keys[:-1]).all()):
        return slice(None)
    return np.argsort(keys, kind="stable")


def ancestors(parent: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Pairs (node, node above it), nearest first for each node; parent -1 is none.

    Nodes from which the way up never ends (they lie on a cycle, or below one) have no ancestors here.
    """
    parent = np.where(endless(parent), -1, parent)
    nodes, above = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    node = np.flatnonzero(parent >= 0)
    current = parent[node]
    while len(node):
        nodes.append(node)
        above.append(current)
        current = parent[current]
        node, current = node[current >= 0], current[current >= 0]
    node, up = np.concatenate(nodes), np.concatenate(above)
    order = np.argsort(node, kind="stable")
    return node[order], up[order]


def endless(parent: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """From which nodes the way up never ends."""
    jump = np.append(parent, -1)  # index -1 stays -1
    for _ in range(max(len(parent), 1).bit_length()):
        jump = jump[jump]
    return jump[:-1] >= 0


def on_cycle(parent: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Nodes that are above themselves."""
    jump = np.append(parent, -1)
    for _ in range(max(len(parent), 1).bit_length()):
        jump = jump[jump]
    # after more steps than there are nodes, one that still is somewhere is on a cycle
    return np.unique(jump[jump >= 0])
