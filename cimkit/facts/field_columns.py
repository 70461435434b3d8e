"""A column of a data frame as a column of facts, for a million rows as for ten."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import orjson
import polars as pl

from cimkit.facts.columns import Column, IntArray, State, Values

__all__ = ["base_type", "field_column", "field_type", "type_size"]

#: A dictionary pays where each value stands for this many rows at least.
_ROWS_A_VALUE = 4
#: Integers that lie within so many are counted.
_NEAR = 1 << 16
#: Rows that are looked at first; where each of them is another, so are nearly all.
_SAMPLE = 10_000
#: So many values are compared with every row.
_AS_FEW = 8
#: Where each of the first stands for so many of them, no guess over all rows is needed.
_FEW_OF_SAMPLE = 100
_NUMERIC_TYPES = frozenset({"INTEGER", "REAL"})
_DECLARED = re.compile(r"([^()]*)(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?")
_BY_DTYPE: Mapping[type[pl.DataType], str] = {
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
    pl.Datetime: "DATETIME",
    pl.Time: "TIME",
    pl.Binary: "BLOB",
    pl.List: "LIST",
    pl.Array: "LIST",
    pl.Struct: "OBJECT",
}


def field_type(dtype: pl.DataType) -> str:
    """TEXT, INTEGER, REAL, BOOLEAN, DATE, DATETIME, TIME, BLOB, LIST or OBJECT."""
    if dtype.is_integer():
        return "INTEGER"
    if dtype.is_numeric():
        return "REAL"
    return _BY_DTYPE.get(dtype.base_type(), "TEXT")


def base_type(declared: str) -> str:
    """`TEXT` of `TEXT(50)`."""
    return declared.partition("(")[0].strip()


def type_size(declared: str) -> tuple[int | None, int | None]:
    """Length and precision of a declared type: `TEXT(50)` -> 50, None; `REAL(10,2)` -> 10, 2."""
    match = _DECLARED.fullmatch(declared.strip())
    if match is None:
        return None, None
    return (int(match[2]) if match[2] else None), (int(match[3]) if match[3] else None)


def field_column(series: pl.Series, sid: IntArray, declared: str | None = None) -> Column:
    """The column of a field. sid: subject of each row, ascending; declared: its type, `TEXT(50)`; None: by its dtype.

    Fields with few distinct values keep each once; others are kept row by row. Texts of a column that is declared
    INTEGER or REAL are read as numbers and keep what is written; those that spell no number stay TEXT.
    """
    if series.dtype in (pl.Categorical, pl.Enum):
        series = series.cast(pl.String)
    elif series.dtype.is_nested() or series.dtype == pl.Object:
        return Column(sid, None, _nested(series, declared))
    if _may_repeat(series):
        distinct, codes = _dictionary(series)
        if len(distinct) * _ROWS_A_VALUE <= len(series):
            return Column(sid, codes, _values(distinct, declared))
    return Column(sid, None, _values(series, declared))


def _dictionary(series: pl.Series) -> tuple[pl.Series, npt.NDArray[np.int32]]:
    """The distinct values, and which of them each row has."""
    if series.dtype.is_integer() and series.dtype != pl.UInt64 and not series.null_count():
        low, high = int(series.min()), int(series.max())  # type: ignore[arg-type]
        if high - low < _NEAR:  # storeys, years, codes: counted instead of sorted or hashed
            places = (series.cast(pl.Int64) - low).to_numpy()
            there = np.bincount(places, minlength=high - low + 1) > 0
            numbers = pl.Series(series.name, np.flatnonzero(there) + low).cast(series.dtype)
            return numbers, (np.cumsum(there, dtype=np.int32) - 1)[places].astype(np.int32)
    if len(series) > _SAMPLE:
        few = _few(series)
        if few is not None:
            return few
    distinct = series.unique(maintain_order=True)
    numbered = pl.Series(range(len(distinct)), dtype=pl.Int32)
    return distinct, series.replace_strict(distinct, numbered, return_dtype=pl.Int32).to_numpy()


def _few(series: pl.Series) -> tuple[pl.Series, npt.NDArray[np.int32]] | None:
    """The same for a column that has no more than the few values of its first rows: to compare all rows with each of
    them takes half as long as to look every row up. None for any other column."""
    first = series.head(_SAMPLE).unique(maintain_order=True)
    if len(first) > _AS_FEW:
        return None
    codes = np.zeros(len(series), np.int8)
    met = 0
    for number in range(len(first)):
        same = series.eq_missing(first[number])
        met += int(same.sum())
        if number:
            codes += same.cast(pl.Int8).to_numpy() * np.int8(number)
    return (first, codes.astype(np.int32)) if met == len(series) else None


def _may_repeat(series: pl.Series) -> bool:
    """Whether it is worth looking for the distinct values: the first rows and a guess over all of them say so."""
    if len(series) <= _ROWS_A_VALUE or series.dtype in (pl.Null, pl.Binary, pl.Decimal):
        return False
    if len(series) > _SAMPLE:
        among_first = series.head(_SAMPLE).n_unique()
        if among_first == _SAMPLE:
            return False  # a key
        if among_first * _FEW_OF_SAMPLE <= _SAMPLE:
            return True
    distinct: object = series.approx_n_unique()
    return isinstance(distinct, int) and distinct * _ROWS_A_VALUE <= len(series)


def _values(series: pl.Series, declared: str | None) -> Values:
    datatype = declared or field_type(series.dtype)
    states = np.zeros(len(series), np.uint8)
    null = series.is_null().to_numpy()
    text = _texts(series)
    if series.dtype == pl.Binary:
        states[~null] = State.OBJECT
    if series.dtype == pl.String:
        blank = _blank(series)
        if blank.any():
            states[blank.to_numpy()] = State.EMPTY
            text = pl.select(pl.when(blank).then(None).otherwise(text).alias("text"))["text"]
    states[null] = State.NULL
    datatypes = pl.Series([datatype], dtype=pl.String).new_from_index(0, len(series))
    numbers = _numbers(series, datatype)
    if series.dtype == pl.String and base_type(datatype) in _NUMERIC_TYPES:
        strange = pl.Series(np.isnan(numbers) & (states == State.PRESENT))
        if strange.any():
            datatypes = pl.select(pl.when(strange).then(pl.lit("TEXT")).otherwise(datatypes).alias("type"))["type"]
    return Values(text=text, number=numbers, datatype=datatypes, state=states)


def _blank(texts: pl.Series) -> pl.Series:
    """Whether texts are empty or white space alone. Few begin with anything that can be white, and only those are
    looked at: ASCII white space and controls stand before `!`, all other white space from `\\x7f` on."""
    doubtful = ((texts < "!") | (texts >= "\x7f")).fill_null(value=False)
    if not doubtful.any():
        return doubtful
    return doubtful & texts.str.contains(r"^\s*$").fill_null(value=False)


def _texts(series: pl.Series) -> pl.Series:
    if series.dtype == pl.String:
        return series
    if series.dtype == pl.Binary:
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(series))
    if series.dtype == pl.Datetime:
        return series.dt.to_string("iso:strict").str.replace(r"\.0+", "")
    return series.cast(pl.String)  # booleans are `true` and `false`, dates 2024-05-01


def _numbers(series: pl.Series, datatype: str) -> npt.NDArray[np.float64]:
    numeric = series.dtype.is_numeric()
    if numeric or (series.dtype == pl.String and base_type(datatype) in _NUMERIC_TYPES):
        written = series if numeric else series.str.strip_chars()
        return written.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    return np.broadcast_to(np.float64(np.nan), len(series))  # texts have none: one number stands for all


def _nested(series: pl.Series, declared: str | None) -> Values:
    """Lists and objects as JSON."""
    kind = declared or field_type(series.dtype)
    rows = [None if value is None else orjson.dumps(value, default=str).decode() for value in series.to_list()]
    full = State.OBJECT if kind == "OBJECT" else State.LIST
    states = [State.NULL if row is None else State.EMPTY if row in ("[]", "{}") else full for row in rows]
    shown = [row if state == full else None for row, state in zip(rows, states, strict=True)]
    return Values(
        text=pl.Series(shown, dtype=pl.String),
        number=np.full(len(rows), np.nan),
        datatype=pl.Series([kind], dtype=pl.String).new_from_index(0, len(rows)),
        state=np.asarray(states, np.uint8),
    )
