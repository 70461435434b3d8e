"""Arithmetic over rows of different lengths: row k of `starts` is the slice starts[k]:starts[k + 1] of a flat array."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cimkit.facts.boundaries import IntVector, row_starts

__all__ = ["IntVector", "component_labels", "expand", "following", "owners", "reduce_rows", "row_starts"]


def owners(starts: IntVector) -> IntVector:
    """The row of each element."""
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))


def following(starts: IntVector) -> IntVector:
    """Index of the element after each, the first of the row after its last."""
    after = np.arange(1, starts[-1] + 1)
    filled = np.diff(starts) > 0
    after[starts[1:][filled] - 1] = starts[:-1][filled]
    return after


def reduce_rows(
    ufunc: np.ufunc, values: npt.NDArray[np.generic], starts: IntVector, empty: float
) -> npt.NDArray[np.generic]:
    """ufunc.reduce over each row along the first axis; `empty` for rows without elements."""
    shape = (len(starts) - 1, *values.shape[1:])
    reduced: npt.NDArray[np.generic] = np.full(shape, empty, values.dtype)
    filled = np.diff(starts) > 0
    if filled.any():
        reduced[filled] = ufunc.reduceat(values, starts[:-1][filled], axis=0)
    return reduced


def expand(rows: IntVector, starts: IntVector) -> tuple[IntVector, IntVector]:
    """The elements of some rows, one row after the other: (position in `rows`, index of the element)."""
    lengths = np.diff(starts)[rows]
    owner = np.repeat(np.arange(len(rows)), lengths)
    offset = np.arange(len(owner)) - np.repeat(row_starts(lengths)[:-1], lengths)
    return owner, starts[rows][owner] + offset


def component_labels(count: int, a: IntVector, b: IntVector) -> IntVector:
    """Connected components of a graph with nodes 0..count-1 and edges a-b: of each node the lowest node it reaches."""
    label = np.arange(count)
    while len(a):
        low = np.minimum(label[a], label[b])
        np.minimum.at(label, label[a], low)
        np.minimum.at(label, label[b], low)
        while True:
            shorter = label[label]
            if np.array_equal(shorter, label):
                break
            label = shorter
        apart = label[a] != label[b]
        a, b = a[apart], b[apart]
    return label
