"""The value grammar of rules: what stands where a value is asked, turned into a restriction.

REI60                          that text        2.5, true     that number, that truth value
[A, B1, B2]                    one of these     {list: grades}   one of the codes of a list of the pack
{pattern: "[A-Z]{2}\\\\d+"}      an XSD pattern, or a list of them
{min: 0, max: 1}               bounds; min_exclusive, max_exclusive leave the bound itself out
{length: 22}                   number of characters; min_length, max_length
{parameter: name}              what the parameter holds, in this same grammar
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cimkit.rules.faults import broken
from cimkit.rules.restriction import Restriction, exactly, matching, one_of
from cimkit.rules.scope import Scope
from cimkit.rules.shapes import known_keys, one_or_many, text_in

__all__ = ["folded", "literal", "read_value", "resolved"]

_BOUNDS = {
    "min": "min_inclusive",
    "max": "max_inclusive",
    "min_exclusive": "min_exclusive",
    "max_exclusive": "max_exclusive",
}
_LENGTHS = ("length", "min_length", "max_length")
_KEYS = ("pattern", *_BOUNDS, *_LENGTHS, "list", "parameter")


def literal(value: Any) -> str:
    """A scalar as XSD writes it: `true`, `2.5`, the text itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


@lru_cache(maxsize=4096)
def folded(name: str) -> Restriction:
    """One name, whatever its width, spaces, brackets or prefix `Pset_`; the same object for the same name."""
    return Restriction(base="", values=(name,), simple=True, fold=True)


def resolved(value: Any, scope: Scope) -> Any:
    """`value`, or what the parameter holds that it names; None for a parameter without a value."""
    if isinstance(value, Mapping) and "parameter" in value:
        known_keys(value, ("parameter",), scope.file)
        return scope.parameter(str(value["parameter"]), value, "parameter")
    return value


def read_value(data: Any, scope: Scope, holder: Any = None, at: str | None = None) -> Restriction | None:
    """The restriction that `data` writes; None for a parameter that nobody has set (the rule is manual then).

    `holder` and `at` say where `data` stands, for errors. Raises PackError.
    """
    data = resolved(data, scope)
    if data is None and not _is_parameter(holder, at):
        raise broken("value_missing", scope.file, holder, at)
    if data is None:
        return None
    if isinstance(data, Mapping):
        return _restriction(data, scope)
    if isinstance(data, list | tuple):
        if not data or any(isinstance(item, Mapping | list | tuple) or item is None for item in data):
            raise broken("value_list", scope.file, holder, at)
        return one_of(*(literal(item) for item in data))
    return exactly(literal(data))


def _is_parameter(holder: Any, at: str | None) -> bool:
    value = holder.get(at) if isinstance(holder, Mapping) and at is not None else None
    return isinstance(value, Mapping) and "parameter" in value


def _restriction(data: Mapping[str, Any], scope: Scope) -> Restriction | None:
    known_keys(data, _KEYS, scope.file)
    if not data:
        raise broken("value_empty", scope.file, data)
    if "list" in data:
        return _listed(data, scope)
    limits: dict[str, Any] = {}
    for key, value in data.items():
        value = resolved(value, scope)  # noqa: PLW2901  (a bound may be a parameter)
        if value is None:
            return None
        if key in _BOUNDS:
            limits[_BOUNDS[key]] = _bound(data, key, value, scope)
        elif key in _LENGTHS:
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise broken("not_a_length", scope.file, data, key, field=key)
            limits[key] = value
    if any(key in _BOUNDS for key in data):
        limits["base"] = (
            "double" if all(_is_number(limits[name]) for name in _BOUNDS.values() if name in limits) else "date"
        )
    patterns = one_or_many(data, "pattern", scope.file)
    return Restriction(**limits, patterns=patterns) if limits else matching(*patterns)


def _listed(data: Mapping[str, Any], scope: Scope) -> Restriction:
    known_keys(data, ("list",), scope.file)
    codes = scope.codes(text_in(data, "list", scope.file, required=True) or "", data, "list")
    if not codes:
        raise broken("list_empty", scope.file, data, "list", name=data["list"])
    return one_of(*codes)


def _bound(data: Mapping[str, Any], key: str, value: Any, scope: Scope) -> str:
    """A number, or a day written as ISO 8601 has it."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise broken("not_a_bound", scope.file, data, key, field=key)
    text = literal(value)
    if not (_is_number(text) or _is_day(text)):
        raise broken("not_a_bound", scope.file, data, key, field=key)
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_day(text: str) -> bool:
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
