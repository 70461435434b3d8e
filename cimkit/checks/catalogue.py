"""catalogue: what a delivery holds is what its manifest lists and its agreement asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import orjson
import polars as pl
from msgspec import Struct

from cimkit.checks.contract import Context, Outcome, finding_rows, of_source, whole_finding
from cimkit.checks.delivery_rows import ALL, Texts, numbers, of_kind, texts
from cimkit.facts.columns import BoolArray, IntArray
from cimkit.facts.demand import Demand
from cimkit.facts.model import Facts

__all__ = ["demand", "judge"]


def demand(options: Mapping[str, Any]) -> Demand:
    """All that a delivery's subjects have."""
    return ALL


class _Question(Struct, frozen=True):
    """kind: subjects it is asked of; asked and failed: masks; found, expected: what the sentence names."""

    kind: str
    asked: Callable[[Facts], BoolArray]
    failed: Callable[[Facts], BoolArray]
    reason: str
    found: tuple[str, str] | None = None
    expected: tuple[str, str] | None = None  # with it the reason ends in `_near`, where the reason has two sentences
    near: bool = False


def _is(of_set: str, name: str, word: str) -> Callable[[Facts], BoolArray]:
    return lambda facts: np.asarray(texts(facts, of_set, name) == word, bool)


def _has(of_set: str, name: str) -> Callable[[Facts], BoolArray]:
    return lambda facts: np.asarray(texts(facts, of_set, name) != None, bool)  # noqa: E711 - element by element


def _lacks(of_set: str, name: str) -> Callable[[Facts], BoolArray]:
    return lambda facts: np.asarray(texts(facts, of_set, name) == None, bool)  # noqa: E711


def _all(facts: Facts) -> BoolArray:
    return np.ones(len(facts), bool)


def _has_agreement(facts: Facts) -> BoolArray:
    delivery: Any = facts.whole.get("delivery") or {}
    return np.full(len(facts), delivery.get("agreement") is not None)


def _conditional(facts: Facts) -> BoolArray:
    return np.asarray(texts(facts, "agreed", "constraint") == "C", bool)


_QUESTIONS: Mapping[str, _Question] = {
    "missing": _Question(
        "agreed",
        _is("agreed", "owed", "true"),
        _lacks("agreed", "delivered"),
        "catalogue_missing",
        expected=("agreed", "near"),
        near=True,
    ),
    "condition": _Question("agreed", _conditional, _lacks("agreed", "owed"), "catalogue_condition"),
    "absent": _Question(
        "dataset",
        _has("dataset", "there"),
        _is("dataset", "there", "false"),
        "catalogue_absent",
        expected=("dataset", "near"),
        near=True,
    ),
    "unread": _Question(
        "dataset", _has("dataset", "read"), _is("dataset", "read", "false"), "catalogue_unread",
        expected=("dataset", "near_layer"), near=True,
    ),
    "twice": _Question("dataset", _all, lambda facts: numbers(facts, "dataset", "named") > 1, "catalogue_twice"),
    "unlisted": _Question(
        "layer", _has("layer", "listed"), _is("layer", "listed", "false"), "catalogue_unlisted", found=("layer", "path")
    ),
    "extra": _Question(
        "layer", _has_agreement, _lacks("layer", "agreed"), "catalogue_extra", expected=("layer", "near"), near=True
    ),
    "place": _Question(
        "layer",
        _has("layer", "well_placed"),
        _is("layer", "well_placed", "false"),
        "catalogue_place",
        found=("layer", "path"),
        expected=("layer", "right_place"),
    ),
    "name": _Question(
        "layer",
        _has("layer", "well_named"),
        _is("layer", "well_named", "false"),
        "catalogue_name",
        found=("layer", "path"),
        expected=("layer", "right_name"),
    ),
}  # fmt: skip


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """aspect:

    missing    an agreed layer that is owed (M, or C whose condition holds) is handed over
    condition  whether a layer is owed on a condition can be told by a machine
    absent     a file that the manifest names is there
    unread     what is there can be read as data, and holds the layer that the manifest names
    twice      no two rows of the manifest name the same
    unlisted   what is there is in the manifest
    extra      what is there was agreed
    place      it lies where it was agreed
    name       its file is called as agreed
    manifest   there is a manifest; without one the finding says what each layer was taken for
    """
    facts = context.facts
    aspect = str(options["aspect"])
    if aspect == "manifest":
        return _manifest(facts)
    question = _QUESTIONS[aspect]
    asked = selected & of_kind(facts, question.kind) & question.asked(facts)
    failed = asked & question.failed(facts)

    def explain(sids: IntArray) -> pl.DataFrame:
        found = _shown(facts, question.found, sids)
        expected = _shown(facts, question.expected, sids)
        reasons = [f"{question.reason}_near" if question.near and each else question.reason for each in expected]
        return finding_rows(
            sids, pl.Series(reasons), found=found, expected=expected, values=_values(facts, question.kind, sids)
        )

    return Outcome(failed, explain, asked=asked)


def _shown(facts: Facts, field: tuple[str, str] | None, sids: IntArray) -> list[Any]:
    if field is None:
        return [None] * len(sids)
    column: Texts = texts(facts, *field)
    return list(column[sids])


def _values(facts: Facts, kind: str, sids: IntArray) -> list[str]:
    names = {
        "agreed": ("constraint", "condition", "category"),
        "dataset": ("path", "layer"),
        "layer": ("layer", "format", "category"),
    }[kind]
    columns = {name: texts(facts, kind, name) for name in names}
    return [
        orjson.dumps({name: column[sid] for name, column in columns.items() if column[sid]}).decode()
        for sid in sids.tolist()
    ]


def _manifest(facts: Facts) -> Outcome:
    inferred: Any = facts.whole.get("inferred")
    if inferred is None:
        return of_source(len(facts), whole_finding("catalogue_inferred").clear(), looked=False)
    finding = whole_finding(
        "catalogue_inferred", found="; ".join(inferred), values=orjson.dumps({"count": len(inferred)}).decode()
    )
    delivery: Any = facts.whole.get("delivery") or {}
    return of_source(len(facts), finding.clear() if delivery.get("manifest") else finding)
