"""What of a feature lies within others: shared by `inside` and `covered`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cimkit.checks.plane.gathering import Gathered

__all__ = ["left_over"]


def left_over(mine: Gathered, theirs: Gathered, tolerance: float) -> npt.NDArray[np.object_]:
    """What remains of each feature outside the others widened by the tolerance; empty where nothing does.

    Most features lie within a single other one, which is told from the tree alone; only of the rest are several
    others put together.
    """
    import shapely

    rest = mine.geometry.copy()
    if not len(mine) or not len(theirs):
        return rest
    others = theirs.geometry if not tolerance else shapely.buffer(theirs.geometry, tolerance, join_style="mitre")
    tree = shapely.STRtree(others)
    inside, _ = tree.query(mine.geometry, predicate="covered_by")
    rest[inside] = shapely.Point()
    outside = np.flatnonzero(~shapely.is_empty(rest))
    feature, other = tree.query(mine.geometry[outside], predicate="intersects")
    starts = np.flatnonzero(np.r_[True, feature[1:] != feature[:-1]]) if len(feature) else np.zeros(0, np.int64)
    for group in np.split(np.arange(len(feature)), starts[1:]) if len(feature) else ():
        at = outside[feature[group[0]]]
        rest[at] = shapely.difference(mine.geometry[at], shapely.union_all(others[other[group]]))
    return rest
