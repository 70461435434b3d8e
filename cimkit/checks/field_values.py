"""What is wrong with the values of a field: each distinct value is looked at once.

A value's fault is the key of its sentence in the locale files' findings, in the order of `FAULTS`: the first that a
value has is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct

from cimkit.checks.codes import SCHEMES
from cimkit.facts.columns import MANY_ROWS, BoolArray, State, Values
from cimkit.facts.field_columns import base_type

__all__ = ["FAULTS", "TYPES", "Wanted", "faults_of", "spells_numbers"]

FAULTS = (
    "", "field_empty", "field_placeholder", "field_wrong_type", "field_too_long", "field_wrong_value",
    "code_wrong_form", "code_wrong_check", "code_not_in_list",
)  # fmt: skip
_AT = {fault: place for place, fault in enumerate(FAULTS)}

#: What people and programs write where nothing is known; a field that holds it is not filled.
_PLACEHOLDERS = ("/", "\\", "-", "--", "---", "—", "——", "null", "Null", "NULL", "<null>", "<Null>", "<NULL>", "<空>",
                 "NaN", "nan", "None", "#N/A", "N/A", "n/a", "?", "？", "*")  # fmt: skip
_BOOLEAN = frozenset({"BOOLEAN", "BOOL", "LOGICAL"})
_TRUTH = ("是", "否", "有", "无", "true", "false", "True", "False", "TRUE", "FALSE", "Y", "N", "y", "n", "0", "1")
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_DAY = r"^(\d{4})[-/.年]?(0?[1-9]|1[0-2])[-/.月]?(0?[1-9]|[12]\d|3[01])日?$"
_MONTH = r"^\d{4}([-/.年](0?[1-9]|1[0-2])月?|年)?$"
_MOMENT = (
    r"^(\d{4})[-/.年](0?[1-9]|1[0-2])[-/.月](0?[1-9]|[12]\d|3[01])日?"
    r"[T ]\s*([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$"
)
_YEAR = r"^(1[5-9]|20|21)\d{2}年?$"


class Wanted(Struct, frozen=True):
    """What a value must be. type: a key of TYPES; length: in characters, at most; value, codes: restrictions, of the
    value and of the list that a code must stand in; scheme: of `checks.codes`."""

    type: str = ""
    length: int | None = None
    value: Any = None
    scheme: str = ""
    codes: Any = None


def faults_of(values: Values, wanted: Wanted, *, required: bool) -> npt.NDArray[np.uint8]:
    """Index into FAULTS of each distinct value (n). A value that is not there is a fault where one is required."""
    if len(values) < MANY_ROWS:
        return _faults_of(values, wanted, required)
    halves = (values.part(0, len(values) // 2), values.part(len(values) // 2, len(values)))
    with ThreadPoolExecutor(2) as pool:
        return np.concatenate(list(pool.map(lambda half: _faults_of(half, wanted, required), halves)))


def _faults_of(values: Values, wanted: Wanted, required: bool) -> npt.NDArray[np.uint8]:
    faults = np.zeros(len(values), np.uint8)
    present = (values.state == State.PRESENT) | (values.state == State.LIST) | (values.state == State.OBJECT)
    text = values.text.fill_null("") if values.text.null_count() else values.text
    bare = text.str.strip_chars()
    blank = present & bare.is_in(list(_PLACEHOLDERS)).to_numpy()
    if required:
        faults[~present] = _AT["field_empty"]
        faults[blank] = _AT["field_placeholder"]
    judged = present & ~blank & (values.state == State.PRESENT)
    if wanted.type in TYPES:
        _mark(faults, judged & ~TYPES[wanted.type](values, text), "field_wrong_type")
    if wanted.length is not None:
        _mark(faults, judged & (text.str.len_chars().to_numpy() > wanted.length), "field_too_long")
    if wanted.value is not None and judged.any():
        _mark(faults, judged & ~_accepted(values, bare, wanted.value, wanted.type), "field_wrong_value")
    if wanted.scheme:
        _mark_codes(faults, judged, bare, wanted.scheme)
    if wanted.codes is not None:
        _mark(faults, judged & ~wanted.codes.accepts_text(bare), "code_not_in_list")
    return faults


def _mark(faults: npt.NDArray[np.uint8], where: BoolArray, fault: str) -> None:
    faults[where & (faults == 0)] = _AT[fault]


def _mark_codes(faults: npt.NDArray[np.uint8], judged: BoolArray, bare: pl.Series, scheme: str) -> None:
    judge, codes = SCHEMES[scheme], bare.to_list()
    known: dict[str, str | None] = {}
    for place in np.flatnonzero(judged & (faults == 0)).tolist():
        code = codes[place]
        if code not in known:
            known[code] = judge(code)
        fault = known[code]
        if fault is not None:
            faults[place] = _AT[fault]


def _accepted(values: Values, bare: pl.Series, value: Any, type_: str) -> BoolArray:
    """Whether values are allowed. A list or a pattern speaks of codes, whatever the column's type; a number that a text
    column holds is compared as one."""
    numeric = type_ in ("number", "integer")
    if not numeric and not value.is_range:
        accepted: BoolArray = value.accepts_text(bare)
    else:
        accepted = value.accepts(_as_numbers(values, bare) if numeric or value.is_range else values)
    return accepted


def _as_numbers(values: Values, text: pl.Series) -> Values:
    numbers = text.str.strip_chars().cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    spelt = np.where(np.isnan(values.number), numbers, values.number)
    return Values(values.text, spelt, values.datatype, values.state)


def spells_numbers(values: Values) -> bool:
    """Whether texts, all of those that are there, spell numbers."""
    text = values.text.filter(pl.Series(values.state == State.PRESENT)).str.strip_chars()
    return bool(len(text)) and bool(text.str.contains(_NUMBER).all())


# --- types --------------------------------------------------------------------------------------------------------


def _is_number(values: Values, text: pl.Series) -> BoolArray:
    spelt: BoolArray = text.str.strip_chars().str.contains(_NUMBER).to_numpy()
    return ~np.isnan(values.number) | spelt


def _is_integer(values: Values, text: pl.Series) -> BoolArray:
    numbers = _as_numbers(values, text).number
    with np.errstate(invalid="ignore"):
        whole: BoolArray = np.isfinite(numbers) & (numbers == np.floor(numbers))
    return whole


def _is_truth(values: Values, text: pl.Series) -> BoolArray:
    declared = np.fromiter((base_type(each or "") in _BOOLEAN for each in values.datatype), bool, len(values))
    plain = text.str.strip_chars().str.strip_suffix(".0")
    spelt: BoolArray = plain.is_in(list(_TRUTH)).to_numpy()
    return declared | spelt


def _is_day(values: Values, text: pl.Series) -> BoolArray:
    return _judged_once(text, _spells_day)


def _is_month(values: Values, text: pl.Series) -> BoolArray:
    """A year, a month or a day."""
    return text.str.strip_chars().str.contains(_MONTH).to_numpy() | _is_day(values, text)


def _is_moment(values: Values, text: pl.Series) -> BoolArray:
    moment: BoolArray = text.str.strip_chars().str.contains(_MOMENT).to_numpy()
    return moment & _judged_once(text.str.strip_chars().str.extract(r"^([^T ]+)").fill_null(""), _spells_day)


def _is_day_or_moment(values: Values, text: pl.Series) -> BoolArray:
    """A day, with the time of day or without."""
    either: BoolArray = _is_day(values, text) | _is_moment(values, text)
    return either


def _is_year(values: Values, text: pl.Series) -> BoolArray:
    return text.str.strip_chars().str.strip_suffix(".0").str.contains(_YEAR).to_numpy()


def _judged_once(text: pl.Series, judge: Callable[[str], bool]) -> BoolArray:
    known = {each: judge(each.strip()) for each in text.unique().to_list()}
    return np.fromiter((known[each] for each in text.to_list()), bool, len(text))


def _spells_day(text: str) -> bool:
    """A day that the calendar has: 2021-05-30, 2021/5/30, 20210530, 2021年5月30日; a midnight behind it is no harm."""
    match = re.fullmatch(_DAY[1:-1], text.removesuffix("T00:00:00").removesuffix(" 00:00:00"))
    if match is None:
        return False
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


#: Words for types of fields -> which distinct values are of that type. Any value is a text.
TYPES: Mapping[str, Callable[[Values, pl.Series], Any]] = {
    "number": _is_number,
    "integer": _is_integer,
    "boolean": _is_truth,
    "date": _is_day,
    "month": _is_month,
    "datetime": _is_moment,
    "moment": _is_day_or_moment,
    "year": _is_year,
}
