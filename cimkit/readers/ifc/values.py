"""Values as a STEP file writes them, decoded once for each distinct one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.columns import IntArray, State, Values
from cimkit.readers.ifc.joins import numbered
from cimkit.readers.ifc.series import picked
from cimkit.readers.ifc.units import AS_WRITTEN, Conversion
from cimkit.readers.step.distinct import encode

if TYPE_CHECKING:
    from cimkit.readers.ifc.units import Units

__all__ = ["decode", "decoded", "encode_with", "recoded"]

_MANY = 1000  # from so many on it pays to ask first whether all are strings
_LOGICALS = {".T.": "true", ".F.": "false", ".U.": "unknown"}


def encode_with(
    codes: IntArray, *others: npt.NDArray[np.integer]
) -> tuple[IntArray, tuple[npt.NDArray[np.int64], ...]]:
    """Number the distinct combinations of codes and further small integers (all >= 0), and say what each is made of."""
    key = codes.astype(np.int64)
    widths: list[int] = []
    for other in others:
        width = int(other.max()) + 1 if len(other) else 1
        widths.append(width)
        key = key * width + other
    distinct, combined = numbered(key, int(key.max()) + 1 if len(key) else 1)
    parts: list[npt.NDArray[np.int64]] = []
    for width in reversed(widths):
        parts.append(distinct % width)
        distinct = distinct // width
    return combined, (distinct, *reversed(parts))


def decode(
    raw: pl.Series,
    declared: pl.Series,
    units: Units,
    *,
    enumerated: npt.NDArray[np.bool_] | None = None,
    unit_rows: npt.NDArray[np.integer] | None = None,
) -> Values:
    """Decode distinct values.

    raw         as written: `$`, `'text'`, `.T.`, `12.5`, `#7`, `(…)`, `IFCLABEL('x')`; null is `$`
    declared    upper case type for those that name none themselves
    enumerated  which are declared as enumerations, where `.T.` is a name and no truth; None: none
    unit_rows   row of the unit instance each value names itself, -1 none; None: none at all
    """
    if len(raw) > _MANY and raw.str.starts_with("'").all():
        return _strings(raw, declared)
    written = pl.col("raw").fill_null("$").str.strip_chars()
    opened = written.str.splitn("(", 2)
    typed = written.str.contains(r"^[A-Za-z_]")
    inner = pl.col("inner")
    frame = (
        pl.LazyFrame({"raw": raw, "declared": declared})
        .select(
            typed=typed,
            inner=pl.when(typed)
            .then(opened.struct[1].str.strip_suffix(")").str.strip_chars().fill_null("$"))
            .otherwise(written),
            datatype=pl.when(typed).then(opened.struct[0].str.strip_chars().str.to_uppercase()).otherwise("declared"),
        )
        .with_columns(head=inner.str.head(1))
        .with_columns(
            logical=inner.is_in(list(_LOGICALS)) & (pl.col("typed") | ~pl.Series(_all_or(enumerated, len(raw)))),
            null=inner.is_in(["$", "*"]),
            empty=(inner == "''") | ((pl.col("head") == "(") & inner.str.contains(r"^\(\s*\)$")),
            number=inner.cast(pl.Float64, strict=False).fill_null(float("nan")),
        )
        .collect()
    )
    head = frame["head"]
    state = np.full(len(frame), State.PRESENT, np.uint8)
    state[frame["null"].to_numpy()] = State.NULL
    state[(head == "#").to_numpy()] = State.OBJECT
    state[(head == "(").to_numpy()] = State.LIST
    state[frame["empty"].to_numpy()] = State.EMPTY
    state[(frame["logical"] & (frame["inner"] == ".U.")).to_numpy()] = State.UNKNOWN
    number = _converted(frame["number"].to_numpy(writable=True), frame["datatype"], units, unit_rows)
    return Values(_texts(frame, state), number, frame["datatype"], state)


def _strings(raw: pl.Series, declared: pl.Series) -> Values:
    """Values that are strings and nothing else."""
    state = np.full(len(raw), State.PRESENT, np.uint8)
    empty = (raw == "''").to_numpy()
    text = decoded(raw)
    if empty.any():
        state[empty] = State.EMPTY
        text = text.set(pl.Series(empty), None)
    return Values(text, np.full(len(raw), np.nan), declared, state)


def _all_or(enumerated: npt.NDArray[np.bool_] | None, count: int) -> npt.NDArray[np.bool_]:
    return np.zeros(count, bool) if enumerated is None else enumerated


def _texts(frame: pl.DataFrame, state: npt.NDArray[np.uint8]) -> pl.Series:
    """Decoded texts; null where there is nothing to read."""
    readable = np.isin(state, (State.PRESENT, State.LIST, State.UNKNOWN))
    quoted = np.flatnonzero((frame["head"] == "'").to_numpy() & readable)
    inner = pl.col("inner")
    plain = frame.lazy().select(
        pl.when(~pl.Series(readable))
        .then(None)
        .when("logical")
        .then(inner.replace(_LOGICALS))
        .when((pl.col("head") == ".") & inner.str.ends_with("."))
        .then(inner.str.strip_chars("."))
        .when(pl.col("head") == '"')
        .then(inner.str.strip_chars('"'))
        .otherwise(inner)
    )
    if len(quoted) == len(frame):
        return decoded(frame["inner"])
    texts = plain.collect().to_series()
    if not len(quoted):
        return texts
    index = np.arange(len(texts))
    index[quoted] = len(texts) + np.arange(len(quoted))
    return picked(pl.concat([texts, decoded(picked(frame["inner"], quoted))]), index)


def decoded(quoted: pl.Series) -> pl.Series:
    """Strings without their quotes and escapes."""
    from cimkit.readers.step import decode_strings

    return decode_strings(quoted.str.strip_prefix("'").str.strip_suffix("'"))


def _converted(
    number: npt.NDArray[np.float64],
    datatype: pl.Series,
    units: Units,
    unit_rows: npt.NDArray[np.integer] | None,
) -> npt.NDArray[np.float64]:
    """Numbers in SI units; NaN where there is none."""
    number[~np.isfinite(number)] = np.nan
    if not len(number):
        return number
    code, names = encode(datatype)
    scale, offset = _spread(code, [units.of_datatype(name) if name else AS_WRITTEN for name in names])
    if unit_rows is not None and (unit_rows >= 0).any():
        rows, code_of_row = np.unique(unit_rows, return_inverse=True)
        own_scale, own_offset = _spread(code_of_row, [units.of_row(int(row)) for row in rows])
        own = unit_rows >= 0
        scale, offset = np.where(own, own_scale, scale), np.where(own, own_offset, offset)
    converted: npt.NDArray[np.float64] = number * scale + offset
    return converted


def _spread(
    codes: npt.NDArray[np.integer], conversions: list[Conversion]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    scales = np.fromiter((each.scale for each in conversions), float, len(conversions))
    offsets = np.fromiter((each.offset for each in conversions), float, len(conversions))
    return scales[codes], offsets[codes]


def recoded(codes: IntArray, edges: npt.NDArray[np.integer], values: Values) -> Iterator[tuple[IntArray, Values]]:
    """For each stretch of the codes (`edges` says where they begin and end): the distinct values that it uses, and
    its codes into these."""
    used = [np.empty(0, np.int64)]
    own: list[IntArray] = []
    for start, end in pairwise(edges):
        distinct, code = numbered(codes[start:end], len(values))
        used.append(distinct)
        own.append(code)
    index = np.concatenate(used)
    text, datatype = picked(values.text, index), picked(values.datatype, index)
    number, state = values.number[index], values.state[index]
    start = 0
    for code, distinct in zip(own, used[1:], strict=True):
        end = start + len(distinct)
        part = slice(start, end)
        yield (
            code,
            Values(text.slice(start, end - start), number[part], datatype.slice(start, end - start), state[part]),
        )
        start = end
