"""Which properties of which sets a demand means. Its tests are asked once of each distinct name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import polars as pl

    from cimkit.facts.columns import IntArray
    from cimkit.facts.demand import NameTest, PropertyDemand

    Cells = tuple[IntArray, IntArray]

__all__ = ["WantedNames"]


class WantedNames:
    """The demanded pairs of set name and property name."""

    def __init__(self, demands: Iterable[PropertyDemand]) -> None:
        self._demands = tuple(demands)

    def sets(self, names: pl.Series) -> npt.NDArray[np.bool_]:
        """Which set names some demand means."""
        wanted = np.zeros(len(names), bool)
        for test in {demand.set for demand in self._demands}:
            wanted |= _meant(test, names)
        return wanted

    def pairs(self, sets: pl.Series, names: pl.Series, cells: Cells) -> npt.NDArray[np.bool_]:
        """Which of these pairs (positions in `sets`, positions in `names`) some demand means."""
        of_set, of_name = cells
        wanted = np.zeros(len(of_set), bool)
        known: dict[tuple[str, NameTest | None], npt.NDArray[np.bool_]] = {}

        def meant(role: str, test: NameTest | None, series: pl.Series, index: IntArray) -> npt.NDArray[np.bool_]:
            if (role, test) not in known:
                known[role, test] = _meant(test, series)[index]
            return known[role, test]

        for demand in self._demands:
            wanted |= meant("set", demand.set, sets, of_set) & meant("name", demand.name, names, of_name)
        return wanted


def _meant(test: NameTest | None, names: pl.Series) -> npt.NDArray[np.bool_]:
    return np.ones(len(names), bool) if test is None else np.asarray(test(names), bool)
