"""Which properties of which sets a demand means. Its tests are asked once of each distinct name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import polars as pl

    from cimkit.facts.demand import NameTest, PropertyDemand

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

    def pairs(self, sets: pl.Series, names: pl.Series) -> npt.NDArray[np.bool_]:
        """Which property names are meant in which sets (sets x names)."""
        wanted = np.zeros((len(sets), len(names)), bool)
        known: dict[tuple[str, NameTest | None], npt.NDArray[np.int64]] = {}

        def found(role: str, test: NameTest | None, series: pl.Series) -> npt.NDArray[np.int64]:
            if (role, test) not in known:
                known[role, test] = np.flatnonzero(_meant(test, series))
            return known[role, test]

        for demand in self._demands:
            wanted[np.ix_(found("set", demand.set, sets), found("name", demand.name, names))] = True
        return wanted


def _meant(test: NameTest | None, names: pl.Series) -> npt.NDArray[np.bool_]:
    return np.ones(len(names), bool) if test is None else np.asarray(test(names), bool)
