"""Values as a STEP file writes them, decoded once for each distinct one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.columns import IntArray, State, Values
from cimkit.readers.ifc.units import AS_WRITTEN, Conversion

if TYPE_CHECKING:
    from cimkit.readers.ifc.units import Units

__all__ = ["decode", "decoded", "encode", "encode_with", "take"]

_LOGICALS = {".T.": "true", ".F.": "false", ".U.": "unknown"}


def encode(values: pl.Series) -> tuple[IntArray, pl.Series]:
    """The number of each value among the distinct ones, and these in the order of their first appearance."""
    distinct = values.unique(maintain_order=True)
    numbered = pl.DataFrame({"value": distinct, "code": np.arange(len(distinct), dtype=np.int32)})
    joined = (
        values.alias("value").to_frame().join(numbered, on="value", how="left", nulls_equal=True, maintain_order="left")
    )
    return joined["code"].to_numpy(), distinct


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
    distinct, combined = np.unique(key, return_inverse=True)
    parts: list[npt.NDArray[np.int64]] = []
    for width in reversed(widths):
        parts.append(distinct % width)
        distinct = distinct // width
    return combined.astype(np.int32), (distinct, *reversed(parts))


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
    frame = pl.DataFrame({"raw": raw.fill_null("$"), "declared": declared}).select(
        "declared",
        pl.col("raw").str.strip_chars(),
        typed=pl.col("raw").str.contains(r"^\s*[A-Za-z_]"),
    )
    if frame["typed"].any():
        opened = pl.col("raw").str.splitn("(", 2)
        frame = frame.with_columns(
            inner=pl.when("typed")
            .then(opened.struct[1].str.strip_suffix(")").str.strip_chars().fill_null("$"))
            .otherwise("raw"),
            datatype=pl.when("typed").then(opened.struct[0].str.strip_chars().str.to_uppercase()).otherwise("declared"),
        )
    else:
        frame = frame.with_columns(inner="raw", datatype="declared")
    inner = frame["inner"]
    head = inner.str.head(1).fill_null("")
    logical = inner.is_in(list(_LOGICALS))
    if enumerated is not None:
        logical &= pl.Series(~enumerated) | frame["typed"]
    state = np.full(len(inner), State.PRESENT, np.uint8)
    state[inner.is_in(["$", "*"]).to_numpy()] = State.NULL
    state[(head == "#").to_numpy()] = State.OBJECT
    listed = (head == "(").to_numpy()
    state[listed] = State.LIST
    empty = (inner == "''").to_numpy()
    if listed.any():
        empty |= inner.str.contains(r"^\(\s*\)$").to_numpy()
    state[empty] = State.EMPTY
    state[(logical & (inner == ".U.")).to_numpy()] = State.UNKNOWN
    text = _texts(inner, head, logical, state)
    number = _numbers(inner, frame["datatype"], units, unit_rows)
    return Values(text, number, frame["datatype"], state)


def _texts(inner: pl.Series, head: pl.Series, logical: pl.Series, state: npt.NDArray[np.uint8]) -> pl.Series:
    readable = pl.Series(np.isin(state, (State.PRESENT, State.LIST, State.UNKNOWN)))
    frame = pl.DataFrame({"inner": inner, "head": head, "logical": logical, "readable": readable})
    strings = decoded(inner.filter(head == "'"))
    texts = frame.select(
        text=pl.when(~pl.col("readable"))
        .then(None)
        .when("logical")
        .then(pl.col("inner").replace(_LOGICALS))
        .when(pl.col("head") == ".")
        .then(pl.when(pl.col("inner").str.ends_with(".")).then(pl.col("inner").str.strip_chars(".")).otherwise("inner"))
        .when(pl.col("head") == '"')
        .then(pl.col("inner").str.strip_chars('"'))
        .otherwise("inner")
    )["text"]
    quoted = ((head == "'") & readable).to_numpy()
    return _put(texts, np.flatnonzero(quoted), strings.filter(readable.filter(head == "'")))


def _put(texts: pl.Series, where: npt.NDArray[np.int64], replacement: pl.Series) -> pl.Series:
    if not len(where):
        return texts
    index = np.arange(len(texts))
    index[where] = len(texts) + np.arange(len(where))
    return pl.concat([texts, replacement]).gather(index)


def decoded(quoted: pl.Series) -> pl.Series:
    """Strings without their quotes and escapes."""
    from cimkit.readers.step import decode_strings

    return decode_strings(quoted.str.strip_prefix("'").str.strip_suffix("'"))


def _numbers(
    inner: pl.Series, datatype: pl.Series, units: Units, unit_rows: npt.NDArray[np.integer] | None
) -> npt.NDArray[np.float64]:
    number = inner.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy(writable=True)
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


def take(values: Values, index: npt.NDArray[np.integer]) -> Values:
    """Some of the values."""
    return Values(values.text.gather(index), values.number[index], values.datatype.gather(index), values.state[index])
