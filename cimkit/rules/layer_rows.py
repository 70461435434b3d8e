"""Rows of requirement tables that speak of layers: what the check `field` is asked of each.

A row's `layer` holds the layer's accepted names. Where the pack has a list `layers`, one name is enough: the others
stand in that list (`code`, `zh`, and any number in `en`), and the name of a group stands for all that lies below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cimkit.checks.codes import SCHEMES
from cimkit.rules.conditions import Check
from cimkit.rules.faults import fault_at, unknown
from cimkit.rules.restriction import Restriction, one_of
from cimkit.rules.scope import Scope
from cimkit.rules.sheets import Row, split_cell

__all__ = ["field_check", "layer_names"]

#: The list of a pack that says under which names its layers go.
LAYERS = "layers"
#: Words for types; those that the check `field` knows stand for themselves.
_TYPE_WORDS = {
    **{word: word for word in ("number", "integer", "boolean", "date", "month", "datetime", "moment", "year")},
    **dict.fromkeys(("text", "文本", "字符", "字符型"), ""),
    **dict.fromkeys(("real", "数值", "实数", "浮点型"), "number"),
    **dict.fromkeys(("整数", "整型"), "integer"),
    **dict.fromkeys(("布尔", "布尔型"), "boolean"),
    **dict.fromkeys(("日期", "日期型"), "date"),
    **dict.fromkeys(("日期时间", "时间"), "datetime"),
    **dict.fromkeys(("年份",), "year"),
}


def layer_names(written: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
    """All accepted names of the layers that a row names, each once; of a group, those of its layers."""
    names = dict.fromkeys(written)
    known = scope.lists.get(LAYERS)
    if known is None:
        return tuple(names)
    groups = {code.parent for code in known.codes if code.parent is not None}
    meant: set[str] = set()
    for code in known.codes:  # a group stands before its members
        every = [name for name in (code.zh, code.code, *split_cell(code.en)) if name]
        if code.parent not in meant and not any(name in names for name in every):
            continue
        meant.add(code.code)
        if code.code in groups:
            names = {name: None for name in names if name not in every}
        else:
            names.update(dict.fromkeys(every))
    return tuple(names)


def field_check(row: Row, scope: Scope, layers: tuple[str, ...], constraint: str | None) -> Check:
    """The check that a row about a field becomes. Raises PackError, with the row at fault."""
    cells, place = row.cells, f"{scope.file}:{row.number}"
    if "property" not in cells:
        raise fault_at("cell_missing", scope.file, row.number, column="property")
    options: dict[str, Any] = {"layer": layers, "name": cells["property"]}
    for option, column in (("names", "aliases"), ("others", "others")):
        if column in cells:
            options[option] = split_cell(cells[column])
    if constraint == "O":
        options["required"] = False
    elif constraint == "M":
        options["whole_layer"] = True
    if "type" in cells:
        options["type"] = _TYPE_WORDS[_one_of_these("type", _TYPE_WORDS, cells, place)]
    for column in ("length", "precision"):
        if column in cells:
            if not cells[column].isdecimal():
                raise fault_at("cell_length", scope.file, row.number, found=cells[column])
            options[column] = int(cells[column])
    if "unit" in cells:
        options["unit"] = cells["unit"]
    if "scheme" in cells:
        options["scheme"] = _one_of_these("scheme", SCHEMES, cells, place)
    _add_values(options, row, scope.in_file(place))
    return Check("field", options)


def _one_of_these(column: str, known: Mapping[str, Any], cells: Mapping[str, str], place: str) -> str:
    word = cells[column]
    if word not in known:
        raise unknown("unknown_word", word, list(known), place, field=column)
    return word


def _add_values(options: dict[str, Any], row: Row, scope: Scope) -> None:
    """A list, or a range. Beside a scheme the list is that of the codes that exist."""
    listed = row.cells.get("list")
    bounds = {side: row.cells[side] for side in ("min", "max") if side in row.cells}
    for side, bound in bounds.items():
        if not _is_number(bound):
            raise fault_at("cell_bound", scope.file.rpartition(":")[0], row.number, column=side, found=bound)
    if listed is not None:
        words = split_cell(listed)
        codes = one_of(*(scope.codes(words[0]) if len(words) == 1 else words))
        options["list" if "scheme" in options else "value"] = codes
    elif bounds:
        options["value"] = Restriction(base="double", min_inclusive=bounds.get("min"), max_inclusive=bounds.get("max"))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
