"""The property columns of a source by their names, as written and folded: a name is looked up, not compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import polars as pl

from cimkit.facts.columns import IntArray, PropertyColumn
from cimkit.facts.model import Facts
from cimkit.facts.names import fold_layer_name
from cimkit.rules.restriction import Restriction, fold_name

__all__ = ["Names", "PropertyIndex"]


class Names:
    """Distinct names, asked which of them a restriction means. fold: names that fold to the same are one name."""

    def __init__(self, names: Iterable[str], fold: Callable[[str], str] = fold_name) -> None:
        self._fold = fold
        self._names = tuple(dict.fromkeys(names))
        self._known = frozenset(self._names)
        self._folded: dict[str, list[str]] = {}
        for name in self._names:
            self._folded.setdefault(fold(name), []).append(name)
        self._asked: dict[Restriction, tuple[str, ...]] = {}

    def meant(self, test: Restriction | None) -> tuple[str, ...]:
        """The names that the restriction accepts; None: all of them."""
        if test is None:
            return self._names
        if test not in self._asked:
            self._asked[test] = tuple(self._find(test))
        return self._asked[test]

    def _find(self, test: Restriction) -> Iterator[str]:
        if not test.names_only:
            series = pl.Series(self._names, dtype=pl.String)
            yield from series.filter(test.accepts_text(series))
        elif test.fold:
            for value in dict.fromkeys(self._fold(value) for value in test.values):
                yield from self._folded.get(value, ())
        else:
            yield from (value for value in dict.fromkeys(test.values) if value in self._known)


class PropertyIndex:
    """Columns by set and name, and the subjects of each set, empty sets too."""

    def __init__(self, facts: Facts) -> None:
        # in the order of the source: a finding names the first set that it found something in
        groups = facts.groups.group_by("name", maintain_order=True).agg(pl.col("sid").unique())
        self.subjects_of_set: Mapping[str, IntArray] = {
            name: np.asarray(sids, np.int32) for name, sids in groups.iter_rows()
        }
        self._columns: dict[str, dict[str, PropertyColumn]] = {}
        for column in facts.properties:
            self._columns.setdefault(column.name, {})[column.set_name] = column
        fold = fold_layer_name if facts.schema is None else fold_name  # layers and fields, whose case databases change
        self._names = Names(self._columns, fold)
        self._sets = Names([*self.subjects_of_set, *(column.set_name for column in facts.properties)], fold)

    def sets(self, test: Restriction | None) -> tuple[str, ...]:
        """Names of the sets meant."""
        return self._sets.meant(test)

    def columns(self, set_test: Restriction | None, name_test: Restriction) -> list[PropertyColumn]:
        """The columns meant, in the order of the restrictions' values."""
        found: list[PropertyColumn] = []
        for name in self._names.meant(name_test):
            of_name = self._columns[name]
            if set_test is None:
                found += of_name.values()
            else:
                found += [of_name[set_name] for set_name in self.sets(set_test) if set_name in of_name]
        return found
