"""Conditions as packs write them, turned into `cimkit.rules.conditions`.

A mapping is one condition; several keys in it all hold. Its keys are the facets, the joints `all`, `any` and `not`,
`condition` (a named condition of the pack's `conditions.yaml`), and the named checks of `cimkit.checks.table`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cimkit.rules.check_reading import read_check
from cimkit.rules.conditions import (
    All,
    AnyOf,
    Attribute,
    Cardinality,
    Classification,
    Condition,
    Entity,
    Material,
    Not,
    PartOf,
    Phase,
    Property,
)
from cimkit.rules.faults import broken, unknown
from cimkit.rules.restriction import Restriction, exactly, matching, one_of
from cimkit.rules.scope import Scope
from cimkit.rules.shapes import choice, known_keys, one_or_many
from cimkit.rules.values_reading import folded, literal, read_value

__all__ = ["property_condition", "read_condition", "read_operand"]

#: Keys that stand beside `entity` and belong to it.
_OF_ENTITY = ("predefined", "exact")
_ANY_SET = "*"


def read_condition(data: Any, scope: Scope) -> Condition:
    """The condition that a mapping writes. Raises PackError for a word that is none, or holds the wrong thing."""
    if not isinstance(data, Mapping):
        raise broken("condition_not_mapping", scope.file, data, found=literal(data))
    if not data:
        raise broken("condition_empty", scope.file, data)
    parts: list[Condition] = []
    for key in data:
        if key in _OF_ENTITY:
            if "entity" not in data:
                raise broken("belongs_to_entity", scope.file, data, key, field=key)
        elif key in _READERS:
            parts.append(_READERS[key](data, key, scope))
        else:
            parts.append(read_check(data, key, scope, read_condition, read_operand, known=_READERS))
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def read_operand(data: Any, scope: Scope) -> Attribute | Property | None:
    """`{attribute: X}` or `{property: {...}}` as an operand of a check; None for anything else."""
    if isinstance(data, Mapping) and len(data) == 1:
        if "attribute" in data:
            return _attribute(data, "attribute", scope)
        if "property" in data:
            return _property(data, "property", scope)
    return None


# --- facets ---------------------------------------------------------------------------------------------------------


def _entity(data: Mapping[str, Any], key: str, scope: Scope) -> Entity:
    """`entity: IfcWall`, a list, a mapping {name, predefined, exact} as `part_of` holds it, or {pattern} of the names
    of layers."""
    given = data[key]
    if isinstance(given, Mapping) and list(given) == ["pattern"]:
        return Entity(matching(*one_or_many(given, "pattern", scope.file)), None, False)
    if isinstance(given, Mapping):
        known_keys(given, ("name", *_OF_ENTITY), scope.file)
        return _entity({**given, "entity": given.get("name")}, "entity", scope)
    names = [_kind(name) for name in one_or_many(data, key, scope.file)]
    if not names:
        raise broken("missing_key", scope.file, data, key, field=key)
    exact = data.get("exact", False)
    if not isinstance(exact, bool):
        raise broken("not_a_flag", scope.file, data, "exact", field="exact")
    predefined = read_value(data["predefined"], scope, data, "predefined") if "predefined" in data else None
    return Entity(exactly(names[0]) if len(names) == 1 else one_of(*names), predefined, exact)


def _kind(name: str) -> str:
    """Kinds of IFC are UPPER CASE in the facts; layers and feature classes keep their spelling."""
    return name.upper() if name[:3].casefold() == "ifc" else name


def _attribute(data: Mapping[str, Any], key: str, scope: Scope) -> Attribute:
    given = data[key]
    if not isinstance(given, Mapping):
        return Attribute(_name(data, key, scope, fold=False))
    known_keys(given, ("name", "value", "cardinality"), scope.file)
    return Attribute(_name(given, "name", scope, fold=False), _value(given, "value", scope), _cardinality(given, scope))


def _property(data: Mapping[str, Any], key: str, scope: Scope) -> Property:
    given = _mapping(data, key, scope)
    known_keys(given, ("set", "sets", "name", "aliases", "value", "datatype", "cardinality"), scope.file)
    sets = (*one_or_many(given, "set", scope.file), *one_or_many(given, "sets", scope.file))
    if isinstance(given.get("name"), Mapping):
        names: tuple[Restriction, ...] = (_name(given, "name", scope, fold=True),)
    else:
        names = tuple(folded(name) for name in one_or_many(given, "name", scope.file))
    if not names:
        raise broken("missing_key", scope.file, given, field="name")
    names += tuple(folded(name) for name in one_or_many(given, "aliases", scope.file))
    datatypes = one_or_many(given, "datatype", scope.file)
    return property_condition(
        tuple(_set(name) for name in sets),
        names,
        value=_value(given, "value", scope),
        datatype=one_of(*(name.upper() for name in datatypes)) if datatypes else None,
        cardinality=_cardinality(given, scope),
    )


def property_condition(
    sets: tuple[Restriction, ...],
    names: tuple[Restriction, ...],
    *,
    value: Restriction | None = None,
    datatype: Restriction | None = None,
    cardinality: Cardinality = Cardinality.REQUIRED,
) -> Property:
    """A property under any of its accepted carriers: each set with each name, the first of both being the standard one.

    No set means a field of a layer. The same names in any other set are where people put a value by mistake.
    """
    pairs: list[tuple[Restriction | None, Restriction]]
    pairs = [(each, name) for each in sets for name in names] if sets else [(None, name) for name in names]
    anywhere = not sets or any(each.patterns for each in sets)
    elsewhere = () if anywhere else tuple((None, name) for name in names)
    first, *carriers = pairs
    return Property(
        set=first[0],
        name=first[1],
        value=value,
        datatype=datatype,
        carriers=tuple(carriers),
        elsewhere=elsewhere,
        every=False,
        cardinality=cardinality,
    )


def _classification(data: Mapping[str, Any], key: str, scope: Scope) -> Classification:
    given = _mapping(data, key, scope)
    known_keys(given, ("system", "value", "cardinality"), scope.file)
    return Classification(_value(given, "system", scope), _value(given, "value", scope), _cardinality(given, scope))


def _material(data: Mapping[str, Any], key: str, scope: Scope) -> Material:
    given = _mapping(data, key, scope)
    known_keys(given, ("value", "cardinality"), scope.file)
    return Material(_value(given, "value", scope), _cardinality(given, scope))


def _part_of(data: Mapping[str, Any], key: str, scope: Scope) -> PartOf:
    given = _mapping(data, key, scope)
    known_keys(given, ("entity", *_OF_ENTITY, "relation", "cardinality"), scope.file)
    entity = _entity(given, "entity", scope) if "entity" in given else None
    relations = frozenset(name.upper() for name in one_or_many(given, "relation", scope.file))
    return PartOf(entity, relations, _cardinality(given, scope))


def _phase(data: Mapping[str, Any], key: str, scope: Scope) -> Phase:
    given = data[key]
    if given is None or given == {}:
        return Phase()
    value = read_value(given, scope, data, key)
    words = ("new", "existing", "demolished", "temporary", "other")
    for word in value.values if value is not None else ():
        if word not in words:
            raise unknown("unknown_word", word, words, scope.file, data, key, field=key)
    return Phase(value)


# --- joints ---------------------------------------------------------------------------------------------------------


def _joined(data: Mapping[str, Any], key: str, scope: Scope) -> Condition:
    given = data[key]
    if not isinstance(given, list) or not given:
        raise broken("not_conditions", scope.file, data, key, field=key)
    parts = tuple(read_condition(part, scope) for part in given)
    return All(parts) if key == "all" else AnyOf(parts)


def _not(data: Mapping[str, Any], key: str, scope: Scope) -> Condition:
    return Not(read_condition(data[key], scope))


def _named(data: Mapping[str, Any], key: str, scope: Scope) -> Condition:
    name = str(data[key])
    if name not in scope.conditions:
        raise unknown("unknown_condition", name, scope.conditions, scope.file, data, key)
    if name in scope.inside:
        raise broken("condition_in_itself", scope.file, data, key, name=name)
    return read_condition(scope.conditions[name], scope.within(name))


_READERS: Mapping[str, Callable[[Mapping[str, Any], str, Scope], Condition]] = {
    "entity": _entity,
    "attribute": _attribute,
    "property": _property,
    "classification": _classification,
    "material": _material,
    "part_of": _part_of,
    "phase": _phase,
    "all": _joined,
    "any": _joined,
    "not": _not,
    "condition": _named,
}


# --- parts ----------------------------------------------------------------------------------------------------------


def _mapping(data: Mapping[str, Any], key: str, scope: Scope) -> Mapping[str, Any]:
    given = {} if data[key] is None else data[key]
    if not isinstance(given, Mapping):
        raise broken("not_a_mapping_at", scope.file, data, key, field=key)
    return given


def _value(data: Mapping[str, Any], key: str, scope: Scope) -> Restriction | None:
    return read_value(data[key], scope, data, key) if data.get(key) is not None else None


def _name(data: Mapping[str, Any], key: str, scope: Scope, *, fold: bool) -> Restriction:
    """The name of an attribute or property: a text, several, or the value grammar."""
    given = data.get(key)
    if isinstance(given, str):
        return folded(given) if fold else exactly(given)
    value = read_value(given, scope, data, key)
    if value is None:
        raise broken("value_missing", scope.file, data, key)
    return value


def _set(name: str) -> Restriction:
    return matching(".*") if name == _ANY_SET else folded(name)


def _cardinality(data: Mapping[str, Any], scope: Scope) -> Cardinality:
    return choice(data, "cardinality", Cardinality, Cardinality.REQUIRED, scope.file)
