"""Names under which a field of a layer is known: accepted ones, those that say the unit too, and those cut short.

A dBASE table (the attributes of a shapefile) keeps ten bytes of a name: of `建筑物统一编码` five characters in GBK,
three in UTF-8. People write the unit behind a name in brackets: `建筑高度(m)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from cimkit.facts.names import fold_layer_name

if TYPE_CHECKING:
    import polars as pl

__all__ = ["FieldNames", "Match", "same_unit", "unit_word"]

#: Bytes of a field's name that dBASE keeps, and the encodings in which they are counted.
_DBASE_NAME = 10
_DBASE_ENCODINGS = ("gb18030", "utf-8")
_BRACKETED = re.compile(r"(.+)\(([^()]+)\)")

#: How units are written, folded (see `fold_layer_name`: `㎡` and `m²` are `m2` there), and what they mean.
_UNITS = {
    spelt: unit
    for unit, spellings in {
        "mm": ("mm", "毫米"),
        "cm": ("cm", "厘米"),
        "m": ("m", "米"),
        "km": ("km", "千米", "公里"),
        "m2": ("m2", "平方米", "平米", "平方"),
        "hm2": ("hm2", "ha", "公顷"),
        "km2": ("km2", "平方千米", "平方公里"),
        "mu": ("亩",),
        "m3": ("m3", "立方米", "立方"),
        "°": ("°", "度", "deg"),
        "℃": ("°c", "℃", "摄氏度"),
        "%": ("%", "百分比"),
        "t": ("t", "吨"),
        "kg": ("kg", "千克", "公斤"),
        "元": ("元",),
        "万元": ("万元",),
        "亿元": ("亿元",),
        "人": ("人",),
        "万人": ("万人",),
        "户": ("户",),
        "层": ("层",),
        "h": ("h", "小时"),
        "mpa": ("mpa", "兆帕"),
        "kpa": ("kpa", "千帕"),
        "kv": ("kv", "千伏"),
        "mm/h": ("mm/h", "毫米/小时"),
    }.items()
    for spelt in spellings
}


class Match(IntEnum):
    """How well a field's name fits, best first."""

    ACCEPTED = 0
    WITH_UNIT = 1
    CUT_SHORT = 2
    OTHER = 3


class FieldNames(Struct, frozen=True):
    """A test of field names (`demand.NameTest`). All folded: those accepted, what dBASE leaves of them, those under
    which people put the value by mistake."""

    accepted: frozenset[str]
    cut: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str], others: Iterable[str] = ()) -> FieldNames:
        return _field_names(tuple(names), tuple(others))

    def match(self, name: str) -> Match | None:
        """How a field's name fits; None: it means something else."""
        folded = fold_layer_name(name)
        if folded in self.accepted:
            return Match.ACCEPTED
        bracketed = _BRACKETED.fullmatch(folded)
        if bracketed is not None and bracketed[2] in _UNITS and bracketed[1] in self.accepted:
            return Match.WITH_UNIT
        if folded in self.cut:
            return Match.CUT_SHORT
        return Match.OTHER if folded in self.others else None

    def best(self, names: Sequence[str]) -> tuple[str, Match] | None:
        """The field among several that fits best, the first of equals."""
        found = [(match, place, name) for place, name in enumerate(names) if (match := self.match(name)) is not None]
        if not found:
            return None
        match, _, name = min(found)
        return name, match

    def __call__(self, names: pl.Series) -> npt.NDArray[np.bool_]:
        return np.fromiter((name is not None and self.match(name) is not None for name in names), bool, len(names))


@lru_cache(maxsize=4096)
def _field_names(names: tuple[str, ...], others: tuple[str, ...]) -> FieldNames:
    cut = {
        fold_layer_name(short)
        for name in names
        for encoding in _DBASE_ENCODINGS
        if (short := _cut(name, encoding)) != name
    }
    accepted = frozenset(fold_layer_name(name) for name in names)
    return FieldNames(accepted, frozenset(cut) - accepted, frozenset(fold_layer_name(name) for name in others))


def _cut(name: str, encoding: str) -> str:
    return name.encode(encoding)[:_DBASE_NAME].decode(encoding, "ignore")


def unit_word(name: str) -> str | None:
    """The unit that a field's name says in brackets, as it is written; None: it says none that is known."""
    bracketed = _BRACKETED.fullmatch(fold_layer_name(name))
    return bracketed[2] if bracketed is not None and bracketed[2] in _UNITS else None


def same_unit(one: str, other: str) -> bool:
    """Whether two spellings mean one unit. Spellings that are not known are compared as they are."""
    first, second = (fold_layer_name(word) for word in (one, other))
    return _UNITS.get(first, first) == _UNITS.get(second, second)
