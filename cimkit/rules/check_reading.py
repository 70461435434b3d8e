"""Named checks as packs write them: the name against the table of checks, each option read as what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cimkit.checks.table import CHECKS, CheckSpec, Option
from cimkit.rules.conditions import Check
from cimkit.rules.faults import broken, unknown
from cimkit.rules.scope import Scope
from cimkit.rules.shapes import known_keys, one_or_many
from cimkit.rules.values_reading import literal, read_value, resolved

__all__ = ["read_check"]

_ReadCondition = Callable[[Any, Scope], Any]
_ReadOperand = Callable[[Any, Scope], Any]


def read_check(
    data: Mapping[str, Any],
    name: str,
    scope: Scope,
    read_condition: _ReadCondition,
    read_operand: _ReadOperand,
    known: Iterable[str],
) -> Check:
    """The check `name` with the options that `data` holds for it. `known`: the facets, for the hint at a wrong word."""
    if name not in CHECKS:
        raise unknown("unknown_check", name, {*CHECKS, *known}, scope.file, data, name)
    spec = CHECKS[name]
    given = _options(data, name, spec, scope)
    known_keys(given, spec.options, scope.file)
    reader = _OptionReader(scope, read_condition, read_operand)
    return Check(name, {key: reader.read(given, key, spec.options[key]) for key in given})


def _options(data: Mapping[str, Any], name: str, spec: CheckSpec, scope: Scope) -> Mapping[str, Any]:
    """What stands under the check's name, as a mapping of its options."""
    given = data[name]
    if isinstance(given, Mapping) and (not given or any(key in spec.options for key in given) or spec.short is None):
        to = given.get("to")
        if (
            "to" in spec.options and isinstance(to, Mapping) and "where" in to
        ):  # whose keys count, written beside the key
            key_only = {key: value for key, value in to.items() if key != "where"}
            return {**given, "where": to["where"], "to": key_only}
        return given
    if given is None:
        return {}
    if spec.short is None:
        raise broken("check_options", scope.file, data, name, name=name, known=", ".join(spec.options))
    return {spec.short: given}


class _OptionReader:
    """Reads each option as the table of checks says what it holds."""

    def __init__(self, scope: Scope, read_condition: _ReadCondition, read_operand: _ReadOperand) -> None:
        self.scope = scope
        self.read_condition = read_condition
        self.read_operand = read_operand

    def read(self, given: Mapping[str, Any], key: str, kind: Option) -> Any:
        """The option `key`. None where it names a parameter that has no value."""
        if kind is Option.CONDITION:
            return self.read_condition(given[key], self.scope)
        if kind is Option.VALUE:
            return read_value(given[key], self.scope, given, key)
        if kind is Option.OPERAND:
            return self._operand(given, key, given[key])
        if kind is Option.OPERANDS:
            return self._operands(given, key)
        value = resolved(given[key], self.scope)
        return None if value is None else self._plain(value, given, key, kind)

    def _operand(self, given: Mapping[str, Any], key: str, value: Any) -> Any:
        if key in ("attribute", "property"):
            operand = self.read_operand({key: value}, self.scope)
        else:
            value = resolved(value, self.scope)
            if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
                return value
            operand = self.read_operand(value, self.scope)
        if operand is None:
            raise broken("not_an_operand", self.scope.file, given, key, field=key)
        return operand

    def _operands(self, given: Mapping[str, Any], key: str) -> tuple[Any, ...]:
        if not isinstance(given[key], list):
            raise broken("not_operands", self.scope.file, given, key, field=key)
        return tuple(self._operand(given, key, value) for value in given[key])

    def _plain(self, value: Any, given: Mapping[str, Any], key: str, kind: Option) -> Any:
        file = self.scope.file
        match kind:
            case Option.TEXT if isinstance(value, str):
                return value
            case Option.TEXTS:
                if isinstance(value, Mapping) and "list" in value:
                    return self.scope.codes(str(value["list"]), value, "list")
                return one_or_many(given if value is given[key] else {key: value}, key, file)
            case Option.NUMBER if isinstance(value, int | float) and not isinstance(value, bool):
                return value
            case Option.FLAG if isinstance(value, bool):
                return value
            case Option.PAIRS if isinstance(value, Mapping) and list(value) == ["list"]:
                return self.scope.named_codes(str(value["list"]), value, "list")
            case Option.BOX if isinstance(value, Mapping):
                return _numbers(value, ("north", "south", "east", "west"), file)
            case Option.PLACES if isinstance(value, list) and all(isinstance(place, Mapping) for place in value):
                return tuple(_numbers(place, ("lat", "lon"), file, ("name",)) for place in value)
        raise broken("option_kind", file, given, key, field=key, kind=str(kind), found=literal(value))


def _numbers(data: Mapping[str, Any], names: tuple[str, ...], file: str, texts: tuple[str, ...] = ()) -> dict[str, Any]:
    """A mapping that holds a number under each of the names, and perhaps some texts."""
    known_keys(data, (*names, *texts), file)
    for name in names:
        if isinstance(data.get(name), bool) or not isinstance(data.get(name), int | float):
            raise broken("not_a_number", file, data, name, field=name)
    return {key: value for key, value in data.items() if value is not None}
