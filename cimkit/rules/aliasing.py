"""Other names for sets, properties, layers and fields, which settings bring: more places where a value is as good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from cimkit.rules.across_model import Across, Role
from cimkit.rules.conditions import All, AnyOf, Check, Condition, Entity, Not, Property
from cimkit.rules.restriction import Restriction, fold_name, one_of
from cimkit.rules.values_reading import folded

__all__ = ["across_with_aliases", "with_aliases"]

_Names = Mapping[str, Sequence[str]]


def with_aliases(condition: Condition | None, aliases: _Names) -> Condition | None:
    """The condition, each property, layer and field in it found under the other names too, wherever it stands."""
    if condition is None or not aliases:
        return condition
    by_folded_name = {fold_name(name): tuple(others) for name, others in aliases.items()}
    return _mapped(condition, by_folded_name)


def across_with_aliases(across: Across | None, aliases: _Names) -> Across | None:
    """The roles of a rule across sources, what they select and take found under the other names too."""
    if across is None:
        return None
    first, second = (_role_with_aliases(role, aliases) for role in (across.first, across.second))
    return replace(across, first=first, second=second)


def _role_with_aliases(role: Role, aliases: _Names) -> Role:
    by_folded_name = {fold_name(name): tuple(others) for name, others in aliases.items()}
    taken = {
        name: _with_carriers(what, by_folded_name) if isinstance(what, Property) else what
        for name, what in role.take.items()
    }
    return replace(role, where=with_aliases(role.where, aliases), take=taken)


def _mapped(condition: Condition, aliases: _Names) -> Condition:
    match condition:
        case Property():
            return _with_carriers(condition, aliases)
        case Entity():
            return _with_layers(condition, aliases)
        case All(of):
            return All(tuple(_mapped(part, aliases) for part in of))
        case AnyOf(of):
            return AnyOf(tuple(_mapped(part, aliases) for part in of))
        case Not(of):
            return Not(_mapped(of, aliases))
        case Check(name, options):
            mapped = {key: _mapped_option(value, aliases) for key, value in options.items()}
            return Check(name, _with_field_names(mapped, aliases) if name == "field" else mapped)
        case _:
            return condition


def _mapped_option(value: Any, aliases: _Names) -> Any:
    if isinstance(value, tuple):
        return tuple(_mapped_option(part, aliases) for part in value)
    return _mapped(value, aliases) if isinstance(value, Property | Entity | All | AnyOf | Not | Check) else value


def _with_layers(found: Entity, aliases: _Names) -> Entity:
    """A layer under its other names; the kinds of a schema have none."""
    named = found.name.values
    others = _texts(tuple(name for name in named if not name.startswith("IFC")), aliases)
    return replace(found, name=one_of(*named, *others)) if others and found.name.names_only else found


def _with_field_names(options: Mapping[str, Any], aliases: _Names) -> Mapping[str, Any]:
    """The check `field`, which names layers and fields as plain texts."""
    layers, names = options["layer"], options.get("names", ())
    return {
        **options,
        "layer": (*layers, *_texts(layers, aliases)),
        "names": (*names, *_texts((options["name"], *names), aliases)),
    }


def _texts(names: Sequence[str], aliases: _Names) -> tuple[str, ...]:
    """The other names of these names, each once and none of them already there."""
    others = [alias for name in names for alias in aliases.get(fold_name(name), ())]
    return tuple(alias for alias in dict.fromkeys(others) if alias not in names)


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
