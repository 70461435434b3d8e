"""field: a layer has a field, and the field holds what it may."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import orjson
import polars as pl
from msgspec import Struct

from cimkit.checks.contract import Context, Outcome, finding_rows, no_rows
from cimkit.checks.field_names import FieldNames, Match, same_unit, unit_word
from cimkit.checks.field_values import FAULTS, Wanted, faults_of, spells_numbers
from cimkit.facts.columns import BoolArray, Column, IntArray, PropertyColumn
from cimkit.facts.demand import Demand, PropertyDemand
from cimkit.facts.model import Facts
from cimkit.facts.names import FoldedNames, fold_layer_name

__all__ = ["demand", "judge"]

_NUMBERS = frozenset({"number", "integer"})
_NUMERIC = frozenset({"INTEGER", "REAL"})
_EMPTY = FAULTS.index("field_empty")


def demand(options: Mapping[str, Any]) -> Demand:
    """The field under all its names, in these layers only; attributes of city models stand in no layer."""
    layers = FoldedNames.of((*options["layer"], ""))
    return Demand(properties=frozenset({PropertyDemand(layers, _names(options))}))


def judge(context: Context, selected: BoolArray, options: Mapping[str, Any]) -> Outcome:
    """layer: its accepted names; name, names: of the field, the standard one and its alternatives; others: under which
    people put the value by mistake; required: false leaves the field free to be absent or empty.

    A field that a layer lacks is one finding, not one for each feature; so are a name cut short by dBASE or said with
    another unit, and a declared type, length or precision (decimals) that is not enough. Of each value: type (number,
    integer, boolean, date, month, datetime, moment, year), length, value, scheme (`checks.codes`) and list. What
    stands for "nothing known" (`/`, `<空>`) does not fill a required field. whole_layer: a layer without rows must have
    it too.
    """
    required = bool(options.get("required", True))
    wanted = _wanted(options)
    notes, parts = [], []
    failed, asked = np.zeros(len(selected), bool), np.zeros(len(selected), bool)
    for layer in _layers(context.facts, options):
        here = layer.members & selected
        if not here.any() and not (options.get("whole_layer") and not layer.members.any()):
            continue
        found = _names(options).best(list(layer.fields))
        if found is None:
            if required:
                notes.append(_missing(layer, options))
                asked |= here
            continue
        name, match = found
        notes += _about_name(layer.name, name, match, options)
        column = layer.columns.get(name)
        notes += _about_type(layer, name, column, options)
        part = _Part.of(name, column, wanted, here, required=required)
        parts.append(part)
        failed |= part.failed
        asked |= here if required else part.written
    whole = pl.concat(notes) if notes else None
    return Outcome(failed, partial(_explain, parts, options), asked=asked, whole=whole)


def _names(options: Mapping[str, Any]) -> FieldNames:
    return FieldNames.of((options["name"], *options.get("names", ())), options.get("others", ()))


def _wanted(options: Mapping[str, Any]) -> Wanted:
    length = options.get("length")
    return Wanted(
        type=options.get("type") or "",
        length=int(length) if length is not None else None,
        value=options.get("value"),
        scheme=options.get("scheme") or "",
        codes=options.get("list"),
    )


# --- layers -------------------------------------------------------------------------------------------------------


class _Layer(Struct, frozen=True):
    """A layer that the rule means. fields: name -> what is declared of it; columns: those that were read; members:
    which subjects are its features (n)."""

    name: str
    fields: Mapping[str, Mapping[str, Any]]
    columns: Mapping[str, Column]
    members: BoolArray


def _layers(facts: Facts, options: Mapping[str, Any]) -> Iterator[_Layer]:
    """By what the source tells of its layers; else by the kinds that its subjects have."""
    meant = FoldedNames.of(options["layer"]).folded
    told = facts.whole.get("layers")
    described = {each["name"]: each for each in told} if isinstance(told, list) else {}
    for name in dict.fromkeys((*described, *facts.subjects.kinds)):
        if fold_layer_name(name) not in meant:
            continue
        members = facts.subjects.of_kinds(frozenset({name}))
        columns = {each.name: each.column for each in facts.properties if _is_of(each, name, described, members)}
        fields = {field["name"]: field for field in described.get(name, {}).get("fields", ())}
        yield _Layer(name, fields or {each: {} for each in columns}, columns, members)


def _is_of(column: PropertyColumn, layer: str, described: Mapping[str, Any], members: BoolArray) -> bool:
    """Where nobody tells of layers, a column belongs to those whose features have it."""
    return column.set_name == layer if layer in described else bool(members[column.column.sid].any())


# --- about the layer as a whole -----------------------------------------------------------------------------------


def _note(layer: str, reason: str, field: str, found: str | None, expected: str | None) -> pl.DataFrame:
    values = orjson.dumps({"layer": layer, "field": field}).decode()
    return finding_rows([None], reason, locator=layer, found=found, expected=expected, values=values)


def _missing(layer: _Layer, options: Mapping[str, Any]) -> pl.DataFrame:
    near = difflib.get_close_matches(options["name"], list(layer.fields), n=1, cutoff=0.8)
    aliases = " / ".join((options["name"], *options.get("names", ())))
    return _note(layer.name, "field_missing", options["name"], near[0] if near else None, aliases)


def _about_name(layer: str, name: str, match: Match, options: Mapping[str, Any]) -> Iterator[pl.DataFrame]:
    if match is Match.OTHER:
        yield _note(layer, "field_under_other_name", options["name"], name, options["name"])
    elif match is Match.CUT_SHORT:
        yield _note(layer, "field_name_cut", options["name"], name, options["name"])
    said, unit = unit_word(name), options.get("unit")
    if said is not None and unit and not same_unit(said, unit):
        yield _note(layer, "field_wrong_unit", name, said, unit)


def _about_type(layer: _Layer, name: str, column: Column | None, options: Mapping[str, Any]) -> Iterator[pl.DataFrame]:
    """Declared types that do not fit, of columns that hold anything."""
    told = layer.fields.get(name, {})
    declared, length, decimals = (told.get(key) for key in ("type", "length", "precision"))
    wanted, wanted_length, wanted_decimals = (options.get(key) for key in ("type", "length", "precision"))
    if wanted in _NUMBERS and declared == "TEXT" and column is not None and spells_numbers(column.values):
        yield _note(layer.name, "field_declared_as", name, _spelt(declared, length), wanted)
    if wanted_length is not None and declared == "TEXT" and length is not None and length < wanted_length:
        yield _note(layer.name, "field_declared_short", name, str(length), f"{wanted_length:g}")
    if wanted_decimals is not None and declared in _NUMERIC and decimals is not None and decimals < wanted_decimals:
        yield _note(layer.name, "field_declared_coarse", name, str(decimals), f"{wanted_decimals:g}")


def _spelt(declared: str, length: int | None) -> str:
    return declared if length is None else f"{declared}({length})"


# --- about each feature -------------------------------------------------------------------------------------------


class _Part(Struct, frozen=True):
    """The answer for one layer. faults: index into FAULTS of each subject (n)."""

    name: str
    column: Column | None
    faults: Any
    failed: BoolArray
    written: BoolArray

    @classmethod
    def of(cls, name: str, column: Column | None, wanted: Wanted, here: BoolArray, *, required: bool) -> _Part:
        faults = here * np.uint8(_EMPTY if required else 0)
        written = np.zeros(len(here), bool)
        if column is not None:
            of_values = faults_of(column.values, wanted, required=required)
            place = column.place()
            if isinstance(place, slice):
                written[place] = column.present()
            else:
                written[column.sid[column.present()]] = True
            faults[place] = column.spread(of_values) if of_values.any() else 0
        if not here.all():
            faults[~here] = 0
        return cls(name, column, faults, faults > 0, written & here)


def _explain(parts: list[_Part], options: Mapping[str, Any], sids: IntArray) -> pl.DataFrame:
    frames = []
    for part in parts:
        own = sids[part.failed[sids]]
        if len(own):
            frames.append(_rows(part, options, own))
    return pl.concat(frames).sort("sid", maintain_order=True) if frames else no_rows()


def _rows(part: _Part, options: Mapping[str, Any], sids: IntArray) -> pl.DataFrame:
    reasons = [FAULTS[fault] for fault in part.faults[sids].tolist()]
    found: list[str | None] = [None] * len(sids)
    if part.column is not None:
        places = np.searchsorted(part.column.sid, sids)
        inside = np.flatnonzero(places < len(part.column.sid))
        inside = inside[part.column.sid[places[inside]] == sids[inside]]
        for place, text in zip(inside.tolist(), part.column.texts(places[inside]).to_list(), strict=True):
            found[place] = text
    expected = {reason: _expected(reason, options) for reason in set(reasons)}
    values = orjson.dumps({"field": part.name}).decode()
    return finding_rows(sids, reasons, found=found, expected=[expected[each] for each in reasons], values=values)


def _expected(reason: str, options: Mapping[str, Any]) -> str | None:
    match reason:
        case "field_wrong_type":
            return str(options.get("type"))
        case "field_too_long":
            return f"{options.get('length'):g}"
        case "field_wrong_value":
            value = options.get("value")
            return value.describe() if value is not None else None
        case "code_wrong_form" | "code_wrong_check" | "code_not_in_list":
            return options.get("scheme") or None
        case _:
            return None
