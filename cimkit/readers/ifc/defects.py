"""Defects of an IFC file as facts: of its text, of its numbers, of its entities against the schema.

Nothing is judged here; each kind is looked for only where it is demanded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.facts.ifc_schema import SCHEMA_NAMES
from cimkit.facts.model import DEFECT_ROWS
from cimkit.readers.ifc.joins import on_cycle
from cimkit.readers.ifc.relations import ENDS, pairs_of
from cimkit.readers.ifc.schema_defects import schema_defects
from cimkit.readers.ifc.series import picked, repeated_text

if TYPE_CHECKING:
    from cimkit.readers.ifc.instances import IfcModel, Rows
    from cimkit.readers.ifc.subjects import SubjectIndex

__all__ = ["find_defects"]

_TEXT_KINDS = frozenset({"header", "syntax", "truncated", "encoding"})
_HEADER = (
    "missing-header-entity",
    "duplicate-header-entity",
    "unexpected-header-entity",
    "wrong-header-order",
    "wrong-parameter-count",
)
_ENCODING = ("non-ascii-character", "byte-order-mark")
#: Relations in which a thing has one thing above it, and can't be above itself.
_HIERARCHIES = ("IFCRELAGGREGATES", "IFCRELNESTS", "IFCRELCONTAINEDINSPATIALSTRUCTURE")


def find_defects(model: IfcModel, subjects: SubjectIndex, kinds: frozenset[str], *, exact_schema: bool) -> pl.DataFrame:
    """A row for each defect of these kinds (`facts.model.DEFECTS`)."""
    frames = [pl.DataFrame(schema=DEFECT_ROWS)]
    if kinds & _TEXT_KINDS:
        frames.append(_of_text(model, subjects).filter(pl.col("kind").is_in(list(kinds))))
    if "schema" in kinds and not exact_schema:
        frames.append(_schema(model))
    frames.extend(find(model, subjects) for kind, find in _FINDERS.items() if kind in kinds)
    frames.extend(defect_rows(model, subjects, **found) for found in schema_defects(model, kinds))
    return pl.concat([frame.select(*DEFECT_ROWS).cast(DEFECT_ROWS) for frame in frames])  # type: ignore[arg-type]


def defect_rows(
    model: IfcModel,
    subjects: SubjectIndex,
    kind: str,
    rows: Rows,
    *,
    detail: str | None = None,
    found: pl.Series | str | None = None,
    expected: pl.Series | str | None = None,
) -> pl.DataFrame:
    """A defect of one kind for each of these instances, with its line."""
    sid = pl.Series(subjects.sid[rows], dtype=pl.Int32)
    lines = model.file.lines.lines(model.file.starts[rows])
    return pl.DataFrame(
        {
            "sid": sid.set(sid < 0, None),
            "row": pl.Series(np.asarray(model.file.ids)[rows], dtype=pl.Int64),
            "line": pl.Series(lines, dtype=pl.Int64),
        }
    ).select(
        pl.lit(kind).alias("kind"),
        "sid",
        "row",
        "line",
        pl.lit(None, pl.Int64).alias("column"),
        pl.lit(detail, pl.String).alias("detail"),
        _column(found, len(rows)).alias("found"),
        _column(expected, len(rows)).alias("expected"),
    )


def _column(value: pl.Series | str | None, count: int) -> pl.Series:
    if isinstance(value, pl.Series):
        return value
    return repeated_text(value, count)


def _of_text(model: IfcModel, subjects: SubjectIndex) -> pl.DataFrame:
    """What breaks the syntax, sorted into the kinds that rules ask for."""
    from cimkit.readers.step import syntax_defects

    file = model.file
    found = syntax_defects(file)
    offset = found["offset"].to_numpy()
    if not len(offset):
        return pl.DataFrame(schema=DEFECT_ROWS)
    place = np.searchsorted(file.starts, offset, side="right") - 1
    inside = place >= 0
    if len(file):
        inside &= offset < file.ends[np.maximum(place, 0)]
    row = np.where(inside, place, -1)
    kind = pl.col("detail")
    return (
        found.select(
            sid=_nullable(subjects.sid[row]),
            row=_nullable(np.where(inside, np.append(np.asarray(file.ids, np.int64), -1)[row], -1)),
            line="line",
            column="column",
            detail="kind",
            found="excerpt",
            expected=pl.lit(None, pl.String),
        )
        .with_columns(
            kind=pl.when(kind.is_in(_HEADER))
            .then(pl.lit("header"))
            .when(kind.is_in(_ENCODING))
            .then(pl.lit("encoding"))
            .when(kind == "truncated")
            .then(pl.lit("truncated"))
            .otherwise(pl.lit("syntax")),
            detail=kind.str.replace_all("-", "_", literal=True),
        )
        .select(*DEFECT_ROWS)
    )


def _nullable(values: npt.NDArray[np.integer]) -> pl.Series:
    series = pl.Series(values)
    return series.set(series < 0, None)


def _schema(model: IfcModel) -> pl.DataFrame:
    identifiers = model.file.header.schema_identifiers or ()
    row = {
        "kind": "schema",
        "detail": "unknown" if identifiers else "missing",
        "found": " | ".join(identifiers) or None,
        "expected": " | ".join(SCHEMA_NAMES),
    }
    return pl.DataFrame([row], schema=DEFECT_ROWS)


def _duplicates(model: IfcModel, subjects: SubjectIndex) -> pl.DataFrame:
    from cimkit.readers.step import duplicate_ids

    found = duplicate_ids(model.file)
    return defect_rows(
        model, subjects, "duplicate_id", found["row"].to_numpy(), found="#" + found["id"].cast(pl.String)
    )


def _dangling(model: IfcModel, subjects: SubjectIndex) -> pl.DataFrame:
    from cimkit.readers.step import dangling_references

    found = dangling_references(model.file)
    rows = defect_rows(
        model,
        subjects,
        "dangling_reference",
        found["from_row"].to_numpy(),
        found="#" + found["to_id"].cast(pl.String),
    )
    return rows.with_columns(line=found["line"])


def _unknown(model: IfcModel, subjects: SubjectIndex) -> pl.DataFrame:
    known = model.schema.entities
    return _of_keywords(model, subjects, "unknown_entity", lambda keyword: bool(keyword) and keyword not in known)


def _abstract(model: IfcModel, subjects: SubjectIndex) -> pl.DataFrame:
    known = model.schema.entities
    return _of_keywords(
        model, subjects, "abstract_entity", lambda keyword: keyword in known and known[keyword].abstract
    )


def _of_keywords(model: IfcModel, subjects: SubjectIndex, kind: str, bad: Callable[[str], bool]) -> pl.DataFrame:
    wanted = [keyword for keyword in model.kinds if bad(keyword)]
    rows = np.asarray(model.file.rows_of(*wanted), np.int64) if wanted else np.empty(0, np.int64)
    names = picked(pl.Series(model.kinds, dtype=pl.String), model.kind_of[rows])
    return defect_rows(model, subjects, kind, rows, found=names)


def _cycles(model: IfcModel, subjects: SubjectIndex) -> pl.DataFrame:
    """Things that are, through one relation, their own whole."""
    frames = [pl.DataFrame(schema=DEFECT_ROWS)]
    for relation in _HIERARCHIES:
        pairs = pairs_of(model, relation, *ENDS[relation])
        # few of a file's instances are part of anything: they are numbered anew, so that only these are walked
        nodes, numbers = np.unique(np.concatenate([pairs.thing, pairs.other]), return_inverse=True)
        parent = np.full(len(nodes), -1, np.int64)
        parent[numbers[: len(pairs.thing)]] = numbers[len(pairs.thing) :]
        rows = nodes[on_cycle(parent)]
        name = model.schema.entities[relation].name
        frames.append(defect_rows(model, subjects, "cycle", rows, found=name))
    return pl.concat([frame.cast(DEFECT_ROWS) for frame in frames])  # type: ignore[arg-type]


_FINDERS: Mapping[str, Callable[[IfcModel, SubjectIndex], pl.DataFrame]] = {
    "duplicate_id": _duplicates,
    "dangling_reference": _dangling,
    "unknown_entity": _unknown,
    "abstract_entity": _abstract,
    "cycle": _cycles,
}
