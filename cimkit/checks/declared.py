"""declared: what one document of a delivery says agrees with what the files, the other document or the base say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from cimkit.checks.contract import Context, Outcome, finding_rows
from cimkit.checks.delivery_rows import ALL, numbers, texts
from cimkit.checks.places import epsg_code
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts

if TYPE_CHECKING:
    import polars as pl

__all__ = ["demand", "judge"]

#: The set that holds what a set is compared with, and whether one of its alternatives is enough.
_OWN = {"file": "dataset", "owed": "dataset", "given": "agreed"}
#: Where the grade that was given stands, and the one that was asked for.
_GIVEN_AND_ASKED = {"owed": ("dataset", "owed"), "given": ("given", "agreed")}
#: Two extents may differ by this share of the longer side: digits that a manifest leaves out. cimkit's own choice.
_EXTENT_SHARE = 0.01


def demand(options: Mapping[str, Any]) -> Demand:
    """All that a delivery's subjects have."""
    return ALL


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """field, against: `file` (the manifest with what the file says), `owed` (the manifest with the agreement), `given`
    (the agreement with what the files say). Only subjects for which both sides say something are asked.

    crs, height_datum, format, level, key and the like agree when one of the alternatives does; count is equal; extent
    differs by less than `tolerance` of its longer side (default 0.01); a file is not newer than its stated date;
    accuracy is not coarser, secrecy not lower nor left out where it was agreed, the number of features not smaller, and
    the extent covered.
    """
    facts = context.facts
    field, against = str(options["field"]), str(options["against"])
    compare = _ORDERED.get((field, against), _TEXTS)
    asked, wrong, found, expected = compare(facts, field, against, float(options.get("tolerance", _EXTENT_SHARE)))
    if field == "secrecy":  # compared by rank, told in words
        found, expected = (texts(facts, of_set, field) for of_set in _GIVEN_AND_ASKED[against])
    asked = selected & asked
    failed = asked & wrong
    values = orjson.dumps({"field": field}).decode()

    def explain(sids: IntArray) -> pl.DataFrame:
        return finding_rows(
            sids,
            f"declared_{against}",
            found=[_plain(found[sid]) for sid in sids],
            expected=[_plain(expected[sid]) for sid in sids],
            values=values,
        )

    return Outcome(failed, explain, asked=asked)


Compared = tuple[BoolArray, BoolArray, Any, Any]
_Compare = Callable[[Facts, str, str, float], Compared]


def _texts(facts: Facts, field: str, against: str, _: float) -> Compared:
    """Texts with alternatives. The document's word is one side, what it is held against the other."""
    stated, other = texts(facts, _OWN[against], field), texts(facts, against, field)
    asked = _there(stated) & _there(other)
    same = np.fromiter(
        (not both or _agree(one, two, field) for both, one, two in zip(asked, stated, other, strict=True)),
        bool,
        len(facts),
    )
    return (asked, ~same, stated, other) if against == "owed" else (asked, ~same, other, stated)


def _agree(one: str, two: str, field: str) -> bool:
    first, second = ({_folded(word, field) for word in text.split(" | ")} for text in (one, two))
    return not first.isdisjoint(second) and (len(first) == 1 or len(second) == 1)


def _folded(word: str, field: str) -> str:
    if field in ("crs", "height_datum"):
        code = epsg_code(word)
        if code is not None:
            return str(code)
    return "".join(word.split()).casefold()


def _numbers(own: str, name: str, against: str, other: str, *, more: bool, stated: bool = False) -> _Compare:
    """more: the given number may be larger than the asked one, not smaller; else the other way round. stated: nothing
    given is as bad."""

    def compare(facts: Facts, field: str, _: str, __: float) -> Compared:
        asked_for = numbers(facts, against if against == "owed" else own, name)
        given = numbers(facts, own if against == "owed" else against, other)
        known = np.isfinite(given)
        asked = np.isfinite(asked_for) & (known | stated)
        wrong = asked & ~(known & (given >= asked_for if more else given <= asked_for))
        return asked, wrong, given, asked_for

    return compare


def _count(facts: Facts, field: str, against: str, _: float) -> Compared:
    stated, counted = numbers(facts, "dataset", field), numbers(facts, against, field)
    asked = np.isfinite(stated) & np.isfinite(counted)
    return asked, asked & (stated != counted), counted, stated


def _extent(facts: Facts, field: str, against: str, tolerance: float) -> Compared:
    apart = numbers(facts, against, "apart")
    asked = np.isfinite(apart)
    return asked, asked & (apart > tolerance), texts(facts, against, field), texts(facts, "dataset", field)


def _date(facts: Facts, field: str, against: str, _: float) -> Compared:
    stated, of_file = texts(facts, "dataset", field), texts(facts, against, field)
    asked = _there(stated) & _there(of_file)
    newer = np.fromiter(
        (bool(both) and str(two)[: len(one)] > one for both, one, two in zip(asked, stated, of_file, strict=True)),
        bool,
        len(facts),
    )
    return asked, newer, of_file, stated


def _key(facts: Facts, field: str, against: str, _: float) -> Compared:
    stated, there = texts(facts, "dataset", field), texts(facts, against, field)
    asked = _there(stated) & _there(there)
    return asked, asked & np.asarray(there == "false", bool), np.full(len(facts), None, object), stated


def _cover(facts: Facts, field: str, against: str, tolerance: float) -> Compared:
    share = numbers(facts, against, field)
    asked = np.isfinite(share)
    return asked, asked & (share < 1 - tolerance), share, np.ones(len(facts))


def _there(column: Any) -> BoolArray:
    return np.asarray(column != None, bool)  # noqa: E711 - element by element


def _plain(value: Any) -> str | None:
    return None if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


_TEXTS: _Compare = _texts
_ORDERED: Mapping[tuple[str, str], _Compare] = {
    ("count", "file"): _count,
    ("extent", "file"): _extent,
    ("date", "file"): _date,
    ("key", "file"): _key,
    ("cover", "given"): _cover,
    ("accuracy", "owed"): _numbers("dataset", "accuracy", "owed", "accuracy", more=False),
    ("secrecy", "owed"): _numbers("dataset", "secrecy_rank", "owed", "secrecy_rank", more=True, stated=True),
    ("accuracy", "given"): _numbers("agreed", "accuracy", "given", "accuracy", more=False),
    ("secrecy", "given"): _numbers("agreed", "secrecy_rank", "given", "secrecy_rank", more=True),
    ("at_least", "given"): _numbers("agreed", "at_least", "given", "count", more=True),
}
