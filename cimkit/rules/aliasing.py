"""Other names for sets and properties, which settings bring: more carriers under which a value is as good."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cimkit.rules.across_model import Across, Measure, Role
from cimkit.rules.conditions import All, AnyOf, Check, Condition, Not, Property
from cimkit.rules.restriction import Restriction, fold_name
from cimkit.rules.values_reading import folded

__all__ = ["across_with_aliases", "with_aliases"]

_Names = Mapping[str, Sequence[str]]


def with_aliases(condition: Condition | None, aliases: _Names) -> Condition | None:
    """The condition, each property in it found under the other names too, wherever it stands."""
    if condition is None or not aliases:
        return condition
    by_folded_name = {fold_name(name): tuple(others) for name, others in aliases.items()}
    return _mapped(condition, lambda found: _with_carriers(found, by_folded_name))


def across_with_aliases(across: Across | None, aliases: _Names) -> Across | None:
    """The roles of a rule across sources, what they select and take found under the other names too."""
    if across is None:
        return None
    first, second = (_role_with_aliases(role, aliases) for role in (across.first, across.second))
    return replace(across, first=first, second=second)


def _role_with_aliases(role: Role, aliases: _Names) -> Role:
    taken = {
        name: what if isinstance(what, Measure) else with_aliases(what, aliases) for name, what in role.take.items()
    }
    return replace(role, where=with_aliases(role.where, aliases), take=taken)


def _mapped(condition: Condition, change: Callable[[Property], Property]) -> Condition:
    match condition:
        case Property():
            return change(condition)
        case All(of):
            return All(tuple(_mapped(part, change) for part in of))
        case AnyOf(of):
            return AnyOf(tuple(_mapped(part, change) for part in of))
        case Not(of):
            return Not(_mapped(of, change))
        case Check(name, options):
            return Check(name, {key: _mapped_option(value, change) for key, value in options.items()})
        case _:
            return condition


def _mapped_option(value: Any, change: Callable[[Property], Property]) -> Any:
    if isinstance(value, tuple):
        return tuple(_mapped_option(part, change) for part in value)
    return _mapped(value, change) if isinstance(value, Property | All | AnyOf | Not | Check) else value


def _with_carriers(found: Property, aliases: _Names) -> Property:
    carriers = [(found.set, found.name), *found.carriers]
    added = [
        (other_set, other_name)
        for given_set, given_name in carriers
        for other_set in _others(given_set, aliases)
        for other_name in _others(given_name, aliases)
        if other_name is not None
    ]
    new = tuple(pair for pair in dict.fromkeys(added) if pair not in carriers)
    return replace(found, carriers=(*found.carriers, *new)) if new else found


def _others(given: Restriction | None, aliases: _Names) -> list[Restriction | None]:
    """The name itself and its other names."""
    others: list[Restriction | None] = [given]
    for name in given.values if given is not None else ():
        others += [folded(alias) for alias in aliases.get(fold_name(name), ())]
    return others
