"""Property facet: a property of a set, or a field of a layer, has a value, or an allowed one.

IDS asks that every set that matches has a property that matches, and that each of those holds (`every`). A pack's
requirement is met by any one accepted carrier.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import orjson
from msgspec import Struct
from msgspec.structs import replace

from cimkit.checks.contract import finding_rows
from cimkit.facts.columns import BoolArray, Column, IntArray, PropertyColumn
from cimkit.rules.conditions import Cardinality, Property
from cimkit.run.facets.property_index import PropertyIndex
from cimkit.run.facets.property_instances import Judged, judge_column
from cimkit.run.facets.shown import shown_texts

if TYPE_CHECKING:
    import polars as pl

    from cimkit.run.evaluation import Evaluation

__all__ = ["explain", "holds", "present_columns"]

_NOBODY: IntArray = np.zeros(0, np.int32)
#: So many accepted property sets a finding names; the rule's page has all.
_SETS_NAMED = 3


class _Answer(Struct, frozen=True):
    """Subjects that have any matching property, one with a value, one that holds, one that does not.

    Kept a bit a subject: a run asks hundreds of properties of a million subjects.
    """

    count: int
    bits: Mapping[str, npt.NDArray[np.uint8]]

    @classmethod
    def of(cls, **masks: BoolArray) -> _Answer:
        return cls(len(masks["exists"]), {name: np.packbits(mask) for name, mask in masks.items()})

    def _mask(self, name: str) -> BoolArray:
        return np.unpackbits(self.bits[name], count=self.count).view(bool)

    @property
    def exists(self) -> BoolArray:
        return self._mask("exists")

    @property
    def filled(self) -> BoolArray:
        return self._mask("filled")

    @property
    def good(self) -> BoolArray:
        return self._mask("good")

    @property
    def bad(self) -> BoolArray:
        return self._mask("bad")

    @property
    def written_wrong(self) -> BoolArray:
        """Has one that does not hold and is more than null."""
        return self._mask("written_wrong")

    @property
    def incomplete(self) -> BoolArray:
        """Has a matching set without the property."""
        return self._mask("incomplete")


def holds(facet: Property, evaluation: Evaluation) -> BoolArray:
    """Which subjects meet the facet (n)."""
    answer = _answer(facet, evaluation)
    match facet.cardinality:
        case Cardinality.REQUIRED:
            return answer.good & ~answer.bad & ~answer.incomplete if facet.every else answer.good
        case Cardinality.OPTIONAL:
            return ~answer.written_wrong if facet.every else ~answer.filled | answer.good
        case Cardinality.PROHIBITED:
            return ~(answer.exists if facet.value is None else answer.good)


def _plain(facet: Property) -> Property:
    """The facet without what does not change the question, so that it is asked once."""
    return replace(facet, cardinality=Cardinality.REQUIRED, instructions=None, uri=None, elsewhere=())


def _answer(facet: Property, evaluation: Evaluation) -> _Answer:
    key = ("property", _plain(facet))
    answer: _Answer = evaluation.remember(key, lambda: _compute(facet, evaluation))
    return answer


def _compute(facet: Property, evaluation: Evaluation) -> _Answer:
    count = len(evaluation.facts)
    exists, filled, good, bad, wrong, incomplete = (np.zeros(count, bool) for _ in range(6))
    for judged in _judged(facet, evaluation):
        exists[judged.sid] = True
        filled[judged.sid[judged.filled]] = True
        good[judged.sid[judged.good]] = True
        bad[judged.sid[~judged.good]] = True
        wrong[judged.sid[judged.written & ~judged.good]] = True
    if facet.every:
        incomplete = _incomplete(facet, evaluation)
    return _Answer.of(exists=exists, filled=filled, good=good, bad=bad, written_wrong=wrong, incomplete=incomplete)


def _incomplete(facet: Property, evaluation: Evaluation) -> BoolArray:
    """Subjects that have a matching set without a matching property (n)."""
    index = _index(evaluation)
    count = len(evaluation.facts)
    result = np.zeros(count, bool)
    by_set: dict[str, list[PropertyColumn]] = {}
    for column in index.columns(facet.set, facet.name):
        by_set.setdefault(column.set_name, []).append(column)
    for name in index.sets(facet.set):
        lacking = np.zeros(count, bool)
        lacking[index.subjects_of_set.get(name, _NOBODY)] = True
        for column in by_set.get(name, ()):
            lacking[column.column.sid] = False
        result |= lacking
    return result


def _index(evaluation: Evaluation) -> PropertyIndex:
    index: PropertyIndex = evaluation.remember("properties", lambda: PropertyIndex(evaluation.facts))
    return index


def _meant(facet: Property, evaluation: Evaluation) -> list[PropertyColumn]:
    index = _index(evaluation)
    found = index.columns(facet.set, facet.name)
    for set_test, name_test in facet.carriers:
        found += index.columns(set_test, name_test)
    return list({(column.set_name, column.name): column for column in found}.values())


def _judged(facet: Property, evaluation: Evaluation) -> list[Judged]:
    key = ("judged", _plain(facet))

    def make() -> list[Judged]:
        return [judge_column(column, facet) for column in _meant(facet, evaluation)]

    judged: list[Judged] = evaluation.remember(key, make)
    return judged


def present_columns(facet: Property, evaluation: Evaluation) -> list[Column]:
    """The columns of the facet's carriers, in the order of the rule; for operands of named checks."""
    return [column.column for column in _meant(facet, evaluation)]


def explain(facet: Property, evaluation: Evaluation, sids: IntArray) -> pl.DataFrame:
    """Missing set, missing property, empty, wrong datatype, wrong value, or the value under another name.

    The values name the set and property that was looked at: where nothing stands, those where it should.
    """
    place = _Places(len(evaluation.facts), sids)
    prohibited = facet.cardinality is Cardinality.PROHIBITED
    found, datatypes, carriers = _Joined(len(sids)), _Joined(len(sids)), _Joined(len(sids))
    filled, typed = np.zeros(len(sids), bool), np.zeros(len(sids), bool)  # of the properties that do not hold
    for judged in _judged(facet, evaluation):
        filled[place.of(judged.sid[judged.filled & ~judged.good])] = True
        typed[place.of(judged.sid[judged.typed & ~judged.good])] = True
        _collect(judged.column, place, _at_fault(judged, facet), found, datatypes, carriers)
    nowhere = _json(_expected_place(facet))
    values = [carrier or nowhere for carrier in carriers.texts]
    if prohibited:
        reasons = np.full(len(sids), "property_prohibited", dtype=object)
    else:
        reasons = _reasons(facet, evaluation, sids, filled, typed, place)
        _look_elsewhere(facet, evaluation, sids, place, reasons, found.texts, values)
    value = facet.value.describe() if facet.value is not None else None
    expected = [value] * len(sids)
    for at in np.flatnonzero(reasons == "property_wrong_datatype"):
        values[at] = _json({**orjson.loads(values[at]), "value": found.texts[at] or ""})
        found.texts[at] = datatypes.texts[at]
        expected[at] = facet.datatype.describe() if facet.datatype is not None else None
    if facet.set is None:  # a field of a layer: there is no set to name
        values = [_json({key: told for key, told in orjson.loads(each).items() if key != "set"}) for each in values]
    return finding_rows(sids, reasons.tolist(), found=found.texts, expected=expected, values=values)


def _at_fault(judged: Judged, facet: Property) -> IntArray:
    """Whose property of this column is what the finding speaks of."""
    if facet.cardinality is not Cardinality.PROHIBITED:
        return judged.sid[~judged.good]
    return judged.sid if facet.value is None else judged.sid[judged.good]


class _Joined:
    """Texts by place, each different one once."""

    def __init__(self, count: int) -> None:
        self.texts: list[str | None] = [None] * count

    def add(self, at: int, text: str | None) -> None:
        """Append a text that is not there yet."""
        before = self.texts[at]
        if before is None:
            self.texts[at] = text
        elif text is not None and text not in before.split(", "):
            self.texts[at] = f"{before}, {text}"


class _Places:
    """Where each subject stands among the sids that are explained."""

    def __init__(self, count: int, sids: IntArray) -> None:
        self._place = np.full(count, -1, np.int32)
        self._place[sids] = np.arange(len(sids), dtype=np.int32)

    def of(self, sids: IntArray) -> IntArray:
        """The places of those that are explained."""
        places = self._place[sids]
        return places[places >= 0]

    def rows(self, column: Column, sids: IntArray) -> tuple[IntArray, IntArray]:
        """The column's rows of those of these subjects that are explained, and the place of each."""
        wanted = np.zeros(len(self._place), bool)
        wanted[sids] = True
        rows = np.flatnonzero(wanted[column.sid] & (self._place[column.sid] >= 0)).astype(np.int32)
        return rows, self._place[column.sid[rows]]


def _reasons(
    facet: Property, evaluation: Evaluation, sids: IntArray, filled: BoolArray, typed: BoolArray, place: _Places
) -> npt.NDArray[np.object_]:
    """filled, typed: who has a property that does not hold although it has a value, one of the right data type."""
    answer = _answer(facet, evaluation)
    has_set = answer.exists[sids]
    if facet.set is not None:
        index = _index(evaluation)
        for name in index.sets(facet.set):
            has_set[place.of(index.subjects_of_set.get(name, _NOBODY))] = True
    else:
        has_set[:] = True
    reasons = np.full(len(sids), "property_missing", dtype=object)
    reasons[answer.exists[sids]] = "property_empty"
    reasons[answer.incomplete[sids] & (facet.cardinality is Cardinality.REQUIRED)] = "property_missing"
    reasons[filled] = "property_wrong_datatype"
    reasons[typed] = "property_wrong_value"
    if not facet.carriers:  # with several accepted places it is the property that is missing, not one set of many
        reasons[~has_set] = "set_missing"
    return reasons


def _json(values: dict[str, str]) -> str:
    return orjson.dumps(values).decode()


def _names(facet: Property) -> dict[str, str]:
    return {"set": facet.set.describe() if facet.set is not None else "", "name": facet.name.describe()}


def _expected_place(facet: Property) -> dict[str, str]:
    """Where the property should stand: of several accepted sets the first few, the standard one first."""
    sets = dict.fromkeys(each.describe() for each in (facet.set, *(pair[0] for pair in facet.carriers)) if each)
    shown = " / ".join(list(sets)[:_SETS_NAMED])
    return {"set": f"{shown} …" if len(sets) > _SETS_NAMED else shown, "name": facet.name.describe()}


def _collect(
    judged: PropertyColumn, place: _Places, sids: IntArray, found: _Joined, datatypes: _Joined, carriers: _Joined
) -> None:
    """What stands in the rows of these subjects, of which type and where, joined where a subject has several."""
    column = judged.column
    rows, places = place.rows(column, sids)
    carrier = _json({"set": judged.set_name, "name": judged.name})
    told = zip(
        places.tolist(), shown_texts(column, rows).to_list(), column.spread_datatypes(rows).to_list(), strict=True
    )
    for at, text, datatype in told:
        if found.texts[at] is None:  # a place with a value tells more than an empty one
            carriers.texts[at] = carrier
        if text is not None:
            found.add(at, text)
            datatypes.add(at, datatype)


def _look_elsewhere(
    facet: Property,
    evaluation: Evaluation,
    sids: IntArray,
    place: _Places,
    reasons: npt.NDArray[np.object_],
    found: list[str | None],
    values: list[str],
) -> None:
    """The value may stand under another name: then the finding says where."""
    lacking = ~_answer(facet, evaluation).filled[sids]
    if not facet.elsewhere or not lacking.any():
        return
    meant = {(column.set_name, column.name) for column in _meant(facet, evaluation)}
    names = _names(facet)
    for set_test, name_test in facet.elsewhere:
        for other in _index(evaluation).columns(set_test, name_test):
            if (other.set_name, other.name) in meant:
                continue
            column = other.column
            present = column.sid[column.present()]
            rows, places = place.rows(column, present)
            open_rows, places = rows[lacking[places]], places[lacking[places]]
            for at, text in zip(places.tolist(), column.texts(open_rows).to_list(), strict=True):
                if text is None:
                    continue
                reasons[at] = "property_under_other_name"
                found[at] = f"{other.set_name}.{other.name} = {text}"
                where = {"other_set": other.set_name, "other_name": other.name, "other_value": text}
                values[at] = _json({**names, **where})
                lacking[at] = False
