"""Records that do not fit their entity: too many or too few attributes, or values of the wrong type.

A value's kind is told by its first byte: `'` a string, `.` an enumeration or truth, `#` a reference, `(` a list, a
digit or sign a number, a letter a typed value. Enumerations and typed values are also looked up in the schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cimkit.readers.ifc.series import picked
from cimkit.readers.ifc.subjects import repeating_kinds, shape_kinds
from cimkit.readers.step.distinct import encode
from cimkit.readers.step.pieces import in_pieces

if TYPE_CHECKING:
    from cimkit.facts.ifc_schema import Attribute, Entity
    from cimkit.readers.ifc.instances import IfcModel, Rows
    from cimkit.readers.step import Records

__all__ = ["schema_defects"]

_ROWS_AT_ONCE = 1 << 17
_NUMBERS = b"0123456789+-."
_LETTERS = bytes(range(ord("A"), ord("Z") + 1)) + bytes(range(ord("a"), ord("z") + 1))
_ABSENT, _NULL = 0, ord("$")
_DERIVED = b"*"
#: First bytes that a value of each kind may have.
_HEADS = {
    "string": b"'",
    "binary": b'"',
    "enumeration": b".",
    "boolean": b".",
    "logical": b".",
    "integer": b"0123456789+-",
    "real": _NUMBERS,
    "number": _NUMBERS,
    "entity": b"#",
    "select": b"#" + _LETTERS,
}
_TRUTHS = {"boolean": (".T.", ".F."), "logical": (".T.", ".F.", ".U.")}


def schema_defects(model: IfcModel, kinds: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Arguments of `defects.defect_rows` for what is wrong with records, entity by entity.

    Records of shape and looks are left alone: they are most of a file, and no fact rests on them.
    """
    if not kinds & {"wrong_arity", "wrong_type"}:
        return
    shape, repeating = shape_kinds(model), repeating_kinds(model)
    for keyword in model.kinds:
        entity = model.schema.entities.get(keyword)
        if entity is None or keyword in shape:
            continue
        all_rows = np.asarray(model.file.rows_of(keyword), np.int64)
        if keyword in repeating:
            like = model.file.alike(all_rows)
            for defect in _of_entity(model, kinds, entity, np.unique(like).astype(np.int64)):
                yield _of_all_alike(defect, all_rows, like)
        else:
            yield from _of_entity(model, kinds, entity, all_rows)


def _of_entity(model: IfcModel, kinds: frozenset[str], entity: Entity, all_rows: Rows) -> Iterator[dict[str, Any]]:
    for start, end in in_pieces(len(all_rows), _ROWS_AT_ONCE):
        rows = all_rows[start:end]
        records = model.file.records(rows)
        right = records.arity == len(entity.attributes)
        if "wrong_arity" in kinds and not right.all():
            wrong = np.flatnonzero(~right)
            yield {
                "kind": "wrong_arity",
                "rows": rows[wrong],
                "found": pl.Series(records.arity[wrong]).cast(pl.String),
                "expected": str(len(entity.attributes)),
            }
        if "wrong_type" in kinds:
            yield from _wrong_types(model, entity, rows, records)


def _of_all_alike(defect: dict[str, Any], rows: Rows, like: npt.NDArray[np.int32]) -> dict[str, Any]:
    """What was found in one of the records that say the same was found in all of them."""
    order = np.argsort(defect["rows"])
    ordered = defect["rows"][order]
    place = np.minimum(np.searchsorted(ordered, like), len(ordered) - 1)
    meant = np.flatnonzero(ordered[place] == like)
    return {**defect, "rows": rows[meant], "found": picked(defect["found"], order[place[meant]])}


def _wrong_types(model: IfcModel, entity: Entity, rows: Rows, records: Records) -> Iterator[dict[str, Any]]:
    for position, attribute in enumerate(entity.attributes):
        wrong = np.flatnonzero(_wrong(model, attribute, records, position))
        if len(wrong):
            yield {
                "kind": "wrong_type",
                "rows": rows[wrong],
                "detail": attribute.name,
                "found": records.take(wrong).raw(position).str.head(200),
                "expected": _expected(attribute),
            }


def _wrong(model: IfcModel, attribute: Attribute, records: Records, position: int) -> npt.NDArray[np.bool_]:
    heads = records.heads(position)
    fitting = _fitting(model, attribute)
    allowed = fitting.copy()
    allowed[_ABSENT] = True  # too few attributes, which is a defect of its own
    if attribute.derived:
        return ~allowed[heads]
    allowed[_NULL] = attribute.optional
    wrong = ~allowed[heads]
    if attribute.aggregate:
        return wrong
    if attribute.kind in ("enumeration", "boolean", "logical"):
        known = model.schema.enumerations.get(attribute.type, ())
        words = _TRUTHS.get(attribute.kind) or tuple(f".{word}." for word in known)
        fits = np.flatnonzero(fitting[heads])
        if words and len(fits):
            codes, distinct = encode(records.take(fits).raw(position))
            unknown = np.array([word.upper() not in words for word in distinct.to_list()])
            wrong[fits[unknown[codes]]] = True
    if attribute.kind in ("entity", "select") and attribute.type:
        _mark_foreign(model, attribute, records, position, wrong)
    if attribute.kind == "integer":
        fits = np.flatnonzero(fitting[heads])
        if len(fits):
            codes, distinct = encode(records.take(fits).raw(position))
            wrong[fits[distinct.str.contains(r"[.eE]").to_numpy()[codes]]] = True
    return wrong


def _fitting(model: IfcModel, attribute: Attribute) -> npt.NDArray[np.bool_]:
    """Of each byte whether a value of the attribute may begin with it (256)."""
    if attribute.derived:
        signs = _DERIVED
    elif attribute.aggregate:
        signs = b"("
    else:
        signs = _HEADS[attribute.kind]
        if attribute.kind == "select" and _selects_enumeration(model, attribute):
            signs += b"."
    fitting = np.zeros(256, bool)
    fitting[np.frombuffer(signs, np.uint8)] = True
    return fitting


def _mark_foreign(
    model: IfcModel, attribute: Attribute, records: Records, position: int, wrong: npt.NDArray[np.bool_]
) -> None:
    """References to instances of entities that may not stand there."""
    targets = records.refs(position)
    leaves = {attribute.type} if attribute.kind == "entity" else model.schema.selects.get(attribute.type, frozenset())
    allowed = frozenset().union(*(model.schema.subtypes(leaf) for leaf in leaves))
    known = frozenset(model.kinds) & frozenset(model.schema.entities)
    there = np.flatnonzero(targets >= 0)
    wrong[there] |= model.of_kinds(targets[there].astype(np.int64), known - allowed)


def _selects_enumeration(model: IfcModel, attribute: Attribute) -> bool:
    return any(leaf in model.schema.enumerations for leaf in model.schema.selects.get(attribute.type, ()))


def _expected(attribute: Attribute) -> str:
    name = attribute.type or attribute.kind.upper()
    return "LIST OF " * attribute.aggregate + name
