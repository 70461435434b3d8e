"""Names of layers and fields, folded: people write the same name in many ways."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from msgspec import Struct

if TYPE_CHECKING:
    import polars as pl

__all__ = ["FoldedNames", "fold_layer_name", "folded_names", "narrow_name"]

#: As Unicode and polars have it; Python alone counts four separators among the control characters as white space.
_SPACES = re.compile(r"[^\S\x1c-\x1f]+")
_BRACKETS = str.maketrans(dict.fromkeys("[{【〔〖「『〈《", "(") | dict.fromkeys("]}】〕〗」』〉》", ")"))


def narrow_name(name: str) -> str:
    """A name without width, spaces and the form of its brackets."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", name)).translate(_BRACKETS)


@lru_cache(maxsize=65536)
def fold_layer_name(name: str) -> str:
    """A layer's or field's name without width, case, spaces, the form of its brackets and a prefix `Pset_`.

    Databases change the case of names, and spreadsheets the rest.
    """
    return narrow_name(name).casefold().removeprefix("pset_")


@lru_cache(maxsize=4096)
def folded_names(names: frozenset[str]) -> frozenset[str]:
    """What these names fold to; remembered, since every rule asks it of every source."""
    return frozenset(map(fold_layer_name, names))


class FoldedNames(Struct, frozen=True):
    """A test of names (`demand.NameTest`): those that fold to one of these."""

    folded: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> FoldedNames:
        return cls(folded_names(frozenset(names)))

    def __call__(self, names: pl.Series) -> npt.NDArray[np.bool_]:
        meant = (name is not None and fold_layer_name(name) in self.folded for name in names)
        return np.fromiter(meant, bool, len(names))
